/** The files in which a group of weights is stored, read as if they were one. */
import { checkFile } from "../../checks/check.ts";
import { shown } from "../json-values.ts";

export class Shards {
  readonly length: number;
  readonly #parts: readonly Uint8Array[];
  /** Where each part begins. */
  readonly #begins: readonly number[];

  constructor(parts: readonly Uint8Array[]) {
    let length = 0;
    this.#parts = parts;
    this.#begins = parts.map((part) => {
      const begin = length;
      length += part.length;
      return begin;
    });
    this.length = length;
  }

  /** A view where one part has it all, a copy otherwise. */
  slice(begin: number, end: number): Uint8Array {
    let copy: Uint8Array | undefined;
    for (const [index, part] of this.#parts.entries()) {
      const at = this.#begins[index]!;
      if (at + part.length <= begin || at >= end) continue;
      const piece = part.subarray(Math.max(0, begin - at), end - at);
      if (piece.length === end - begin) return piece;
      copy ??= new Uint8Array(end - begin);
      copy.set(piece, Math.max(0, at - begin));
    }
    return copy ?? new Uint8Array(0);
  }
}

/**
 * The path without its "./" and "a/..".
 *
 * @throws FormatError for a path that is absolute, a URL, or leaves the model's folder.
 */
export function pathInFolder(path: string, who: string): string {
  const kept: string[] = [];
  let inside = !/^[/\\]|^[a-z][a-z\d+.-]*:/i.test(path);
  for (const part of path.split(/[/\\]/)) {
    if (part === "..") inside &&= kept.pop() !== undefined;
    else if (part !== "." && part !== "") kept.push(part);
  }
  checkFile(inside && kept.length > 0, () => ({
    who,
    expected: "paths of files in the model's folder",
    got: shown(path),
    remedy: "Weights are read only from the folder of model.json, and never downloaded.",
  }));
  return kept.join("/");
}
