/**
 * Weights as TensorFlow.js stores them: a manifest of groups, each with the files (shards) whose bytes, put one after the other, hold its
 * tensors in order. https://github.com/tensorflow/tfjs/blob/master/tfjs-core/src/io/types.ts (WeightsManifestEntry)
 */

import { checkFile } from "../../checks/check.ts";
import { FormatError } from "../../checks/error-classes.ts";
import { elements, type Tensor } from "../../model/tensor.ts";
import { parseJson, record, shown } from "../json-values.ts";
import { type Json, listAt, property, shapeOf, textAt, textOf } from "./checked.ts";
import { decoderOf, type Stored } from "./decode-weights.ts";
import { pathInFolder, Shards } from "./shards.ts";

/** Returns the bytes of a file beside the model, or undefined where there is none. */
export type FileOf = (path: string) => Uint8Array | undefined;

export interface Weights {
  /** All but texts and complex numbers. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Those: what no measured layer computes with, such as the names of classes. */
  readonly passedOver: ReadonlyMap<string, "text" | "complex">;
  readonly notes: readonly string[];
}

/**
 * The tensors of a weights manifest without a model: a file that is the array of groups, or an object with it as `weightsManifest`.
 * Kernels stay as they are stored: `[kH, kW, in, out]`, dense ones `[in, out]`.
 *
 * @param who Names the text in errors: the file's path.
 * @param file Gives the bytes of a shard, by its path relative to the manifest's folder.
 * @example
 * ```ts
 * const weights = [{ name: "dense/kernel", shape: [2, 1], dtype: "float32" }];
 * const manifest = JSON.stringify([{ paths: ["shard.bin"], weights }]);
 * const shard = new Uint8Array(Float32Array.of(0.5, -2).buffer);
 * const tensors = tfjsWeights(manifest, "manifest.json", () => shard);
 * console.log([...tensors.get("dense/kernel")!.values()]); // [ 0.5, -2 ]
 * ```
 * @throws FormatError for a manifest of another form, shards that are missing, too short or outside the folder, and weights that are not
 *   finite.
 */
export function tfjsWeights(manifestText: string, who: string, file: FileOf): Map<string, Tensor> {
  const root = parseJson(manifestText, who);
  const manifest = Array.isArray(root)
    ? root
    : listAt(record(root, who, "an array of weight groups"), "weightsManifest", who);
  const { tensors } = weightsOf(manifest, who, file);
  for (const tensor of tensors.values()) requireFinite(tensor, who);
  return new Map(tensors);
}

/** @throws FormatError as `tfjsWeights`, but looks at no value. */
export function weightsOf(manifest: readonly unknown[], who: string, file: FileOf): Weights {
  const tensors = new Map<string, Tensor>();
  const names = new Set<string>();
  const notes: string[] = [];
  const taken = new Set<string>();
  const passedOver = new Map<string, "text" | "complex">();
  for (const [at, value] of manifest.entries()) {
    const position = `${who}: weights group ${at + 1}`;
    const group = record(value, position, "an object with paths and weights");
    const paths = listAt(group, "paths", position).map((path, index) =>
      pathInFolder(textOf(path, `${position}: paths [${index}]`), position),
    );
    // Named again and again, a small shard would stand for any amount of weights.
    for (const path of paths) {
      checkFile(!taken.has(path), () => ({
        who: position,
        expected: "unique shard paths",
        got: `${shown(path)} twice`,
      }));
      taken.add(path);
    }
    const shards = new Shards(paths.map((path) => bytesOf(path, who, file)));
    let end = 0;
    for (const [index, entry] of listAt(group, "weights", position).entries()) {
      const spec = record(entry, `${position}: weight ${index + 1}`, "an object with name, shape and dtype");
      const name = textAt(spec, "name", `${position}: weight ${index + 1}`);
      checkFile(!names.has(name), () => ({ who, expected: "weights with unique names", got: `"${name}" twice` }));
      names.add(name);
      const stored = storedOf(spec, name, `${who}: weight "${name}"`);
      const begin = end;
      end += stored.decoder === "text" ? textBytes(shards, begin, stored, paths, who) : stored.bytes;
      if (end > shards.length) tooShort(name, end, shards.length, paths, who);
      if (typeof stored.decoder === "string") {
        passedOver.set(name, stored.decoder);
        continue;
      }
      const { decode, dtype } = stored.decoder;
      const size = elements(stored.shape);
      const last = end;
      tensors.set(name, {
        name,
        shape: stored.shape,
        dtype,
        values: () => decode(shards.slice(begin, last), size),
      });
    }
    if (end < shards.length) {
      notes.push(`${paths.join(", ")}: ${shards.length - end} bytes after the last weight were not read.`);
    }
  }
  return { tensors, passedOver, notes };
}

/** @throws FormatError that names the first value that is not a number or infinite. */
export function requireFinite(tensor: Tensor, who: string): void {
  // Scaled integers are finite where their scale is, which was seen when the manifest was read.
  if (tensor.dtype.endsWith("scaled") || tensor.dtype === "int32" || tensor.dtype === "bool") return;
  const values = tensor.values();
  for (let index = 0; index < values.length; index++) {
    if (Number.isFinite(values[index])) continue;
    throw new FormatError({
      who: `${who}: weight "${tensor.name}" [${index}]`,
      expected: "a finite number",
      got: `${values[index]}`,
    });
  }
}

function storedOf(spec: Json, name: string, who: string): Stored {
  const shape = shapeOf(property(spec, "shape"), `${who}: shape`);
  const decoder = decoderOf(spec, name, who);
  const width = decoder === "text" ? 4 : decoder === "complex" ? 8 : decoder.width;
  return { shape, decoder, bytes: elements(shape) * width };
}

function bytesOf(path: string, who: string, file: FileOf): Uint8Array {
  const bytes = file(path);
  checkFile(bytes !== undefined, () => ({
    who,
    expected: `the file ${shown(path)} with its weights, beside it`,
    got: "none",
    remedy: "Keep model.json and its .bin files in one folder.",
  }));
  return bytes;
}

/** Texts are stored each with its length before it. */
function textBytes(shards: Shards, begin: number, stored: Stored, paths: readonly string[], who: string): number {
  let at = begin;
  const count = stored.bytes / 4;
  for (let index = 0; index < count; index++) {
    if (at + 4 > shards.length) tooShort("of texts", at + 4, shards.length, paths, who);
    const length = shards.slice(at, at + 4);
    at += 4 + new DataView(length.buffer, length.byteOffset, 4).getUint32(0, true);
  }
  return at - begin;
}

function tooShort(name: string, expected: number, got: number, paths: readonly string[], who: string): never {
  throw new FormatError({
    who: `${who}: weight "${name}"`,
    expected: `at least ${expected} bytes in ${paths.length === 1 ? paths[0] : `its ${paths.length} shards`}`,
    got: `${got}`,
    remedy: "A file of weights is truncated, or belongs to another model.",
  });
}
