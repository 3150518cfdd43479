/** Nodes and attributes of a TensorFlow GraphDef in JSON: 64-bit integers are texts, texts are base64. */

import { checkFile } from "../../checks/check.ts";
import { FormatError } from "../../checks/error-classes.ts";
import { record, shown } from "../json-values.ts";
import { type Json, listAt, property, textAt, textOf } from "./checked.ts";

/** An output of a node. */
export interface Source {
  readonly node: string;
  readonly output: number;
}

export interface DefNode {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly Source[];
  readonly attributes: Attributes;
}

/** Longer lists than this have no attributes. */
const MOST_IN_LIST = 1000;

/** The nodes by name. @throws FormatError for nodes without a name or an operator, or named twice. */
export function defNodes(topology: Json, who: string): ReadonlyMap<string, DefNode> {
  const nodes = new Map<string, DefNode>();
  for (const [at, value] of listAt(topology, "node", who).entries()) {
    const position = `${who}: node ${at + 1}`;
    const node = record(value, position, "an object");
    const name = textAt(node, "name", position);
    checkFile(!nodes.has(name), () => ({ who, expected: "nodes with unique names", got: `"${name}" twice` }));
    const where = `${who}: node "${name}"`;
    const list = property(node, "input") === undefined ? [] : listAt(node, "input", where);
    const inputs = list.map((input, index) => textOf(input, `${where}: input [${index}]`));
    nodes.set(name, {
      name,
      op: textAt(node, "op", where),
      // "^name" says only that the other node runs before.
      inputs: inputs.filter((input) => !input.startsWith("^")).map(sourceOf),
      attributes: new Attributes(property(node, "attr") ?? {}, where),
    });
  }
  return nodes;
}

/** "name" or "name:output". */
export function sourceOf(text: string): Source {
  const [, node, output] = /^(.*?)(?::[^:]*?)?:(\d{1,9})$/s.exec(text) ?? [];
  return node === undefined ? { node: text, output: 0 } : { node, output: Number(output) };
}

export class Attributes {
  readonly who: string;
  readonly #attributes: Json;

  constructor(attributes: unknown, who: string) {
    this.who = who;
    this.#attributes = record(attributes, `${who}: attr`, "an object");
  }

  text(key: string, otherwise: string): string {
    const value = this.#value(key, "s");
    return value === undefined ? otherwise : this.#decoded(value, key);
  }

  texts(key: string): readonly string[] {
    return this.#list(key, "s").map((value) => this.#decoded(value, key));
  }

  flag(key: string): boolean {
    const value = this.#value(key, "b") ?? false;
    if (typeof value !== "boolean") this.#fail(key, "true or false", value);
    return value;
  }

  float(key: string, otherwise: number): number {
    const value = this.#value(key, "f") ?? otherwise;
    if (typeof value !== "number" || !Number.isFinite(value)) this.#fail(key, "a finite number", value);
    return value;
  }

  whole(key: string, otherwise: number): number {
    const value = this.#value(key, "i");
    return value === undefined ? otherwise : this.#wholeOf(value, key);
  }

  wholes(key: string): readonly number[] {
    return this.#list(key, "i").map((value) => this.#wholeOf(value, key));
  }

  /** Sizes with null for open ones; undefined where even their number is open. */
  shape(key: string): readonly unknown[] | undefined {
    const value = this.#value(key, "shape");
    if (value === undefined) return undefined;
    const shape = record(value, `${this.who}: ${key}`, "a shape");
    if (property(shape, "unknownRank") === true) return undefined;
    const dims = property(shape, "dim") === undefined ? [] : listAt(shape, "dim", `${this.who}: ${key}`);
    return dims.map((dim) => {
      const size = property(record(dim, `${this.who}: ${key}`, "a size"), "size");
      return size === undefined ? 0 : this.#wholeOf(size, key);
    });
  }

  #value(key: string, kind: string): unknown {
    const value = property(this.#attributes, key);
    return value === undefined ? undefined : property(record(value, `${this.who}: ${key}`, "an object"), kind);
  }

  #list(key: string, kind: string): readonly unknown[] {
    const value = this.#value(key, "list");
    if (value === undefined) return [];
    const list = property(record(value, `${this.who}: ${key}`, "an object"), kind) ?? [];
    if (!Array.isArray(list) || list.length > MOST_IN_LIST) this.#fail(key, "a short array", list);
    return list;
  }

  #wholeOf(value: unknown, key: string): number {
    const number = typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
    if (!Number.isSafeInteger(number)) this.#fail(key, "a whole number", value);
    return number as number;
  }

  #decoded(value: unknown, key: string): string {
    if (Array.isArray(value) && value.length <= MOST_IN_LIST && value.every((byte) => Number.isInteger(byte))) {
      return String.fromCharCode(...(value as number[]));
    }
    if (typeof value !== "string") this.#fail(key, "text in base64", value);
    try {
      return atob(value);
    } catch {
      return this.#fail(key, "text in base64", value);
    }
  }

  #fail(key: string, expected: string, got: unknown): never {
    throw new FormatError({ who: `${this.who}: ${key}`, expected, got: shown(got) });
  }
}
