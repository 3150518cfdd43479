/** Models of TensorFlow.js as files, and what TensorFlow.js makes of them, as recorded.slow.test.ts recorded it. */
import { readFileSync } from "node:fs";
import type { Values } from "./naive.ts";

export interface Files {
  readonly text: string;
  readonly file: (path: string) => Uint8Array | undefined;
}

/** A model.json around a topology, and its shards. */
export function withShards(root: object, weights: readonly object[], bytes: Uint8Array, shard = Infinity): Files {
  const count = Math.max(1, Math.ceil(bytes.length / shard));
  const paths = Array.from({ length: count }, (_, at) => `group1-shard${at + 1}of${count}.bin`);
  const size = shard === Infinity ? bytes.length : shard;
  const shards = new Map(paths.map((path, at) => [path, bytes.slice(at * size, (at + 1) * size)]));
  const text = JSON.stringify({ ...root, weightsManifest: [{ paths, weights }] });
  return { text, file: (path) => shards.get(path) };
}

/** A model.json, and its shards in base64. */
export interface RecordedFiles {
  readonly root: object;
  readonly shards: Readonly<Record<string, string>>;
}

/** A tensor in float32, with 9 digits, which tell it exactly. */
export interface RecordedTensor {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

export interface RecordedModel extends RecordedFiles {
  /** In the order of the model's inputs. */
  readonly inputs: readonly RecordedTensor[];
  /** What TensorFlow.js predicts of them. */
  readonly outputs: readonly RecordedTensor[];
}

/** `keras`: layers models; `graph`: predictions of the models of graph-models.ts; `published`: a part of MobileNetV2 from nsfwjs (MIT). */
export interface Recordings {
  readonly keras: Readonly<Record<string, RecordedModel>>;
  readonly graph: Readonly<Record<string, Pick<RecordedModel, "inputs" | "outputs">>>;
  readonly published: Readonly<Record<string, RecordedFiles>>;
}

export const recordingFile = (name: keyof Recordings): URL => new URL(`fixtures/${name}.json`, import.meta.url);

export function recording<Name extends keyof Recordings>(name: Name): Recordings[Name] {
  return JSON.parse(readFileSync(recordingFile(name), "utf8"));
}

export function filesOf({ root, shards }: RecordedFiles): Files {
  return {
    text: JSON.stringify(root),
    file: (path) => (shards[path] === undefined ? undefined : new Uint8Array(Buffer.from(shards[path], "base64"))),
  };
}

export function valuesOf({ shape, values }: RecordedTensor): Values {
  return { shape, data: Float64Array.from(Float32Array.from(values)) };
}

/** Sums of at most a few hundred float32 products of order 1: 1e-5 of the largest covers their rounding. */
export function rounding(values: readonly number[]): number {
  return 1e-5 * Math.max(1, ...values.map(Math.abs));
}
