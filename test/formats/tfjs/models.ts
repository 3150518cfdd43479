/** Models of TensorFlow.js as files: made by TensorFlow.js itself, or taken from npm packages. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as tf from "@tensorflow/tfjs";

const require = createRequire(import.meta.url);

export interface Files {
  readonly text: string;
  readonly file: (path: string) => Uint8Array | undefined;
}

/** What `model.save("file://…")` writes, with the weights in shards of `shard` bytes. */
export async function saved(model: tf.LayersModel, shard = Infinity): Promise<Files> {
  let files: Files | undefined;
  await model.save(
    tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData, format, generatedBy }) => {
      const bytes = new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData!));
      files = withShards({ format, generatedBy, modelTopology }, weightSpecs!, bytes, shard);
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
    }),
  );
  return files!;
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

/** A model that nsfwjs carries as JavaScript modules with base64. */
export function nsfw(model: "mobilenet_v2" | "mobilenet_v2_mid" | "inception_v3"): Files {
  const folder = `nsfwjs/dist/models/${model}`;
  const text = JSON.stringify(require(packaged(`${folder}/model.min.js`)));
  return {
    text,
    file: (path) => {
      const name = packaged(`${folder}/${path}.min.js`);
      return existsSync(name) ? new Uint8Array(Buffer.from(require(name) as string, "base64")) : undefined;
    },
  };
}

export const FACE_MODELS = "@vladmandic/face-api/model";

/** A file of an npm package, also one that the package does not export. */
export function packaged(path: string): string {
  return new URL(`../../../node_modules/${path}`, import.meta.url).pathname;
}

export function bytesBeside(folder: string): Files["file"] {
  return (path) => {
    const name = packaged(`${folder}/${path}`);
    return existsSync(name) ? new Uint8Array(readFileSync(name)) : undefined;
  };
}
