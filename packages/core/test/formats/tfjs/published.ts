/** Published models of TensorFlow.js, taken from the packages that slow tests fetch. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { published } from "../../../../../test/published.ts";
import type { Files } from "./recorded.ts";

const require = createRequire(import.meta.url);

/** A model that nsfwjs carries as JavaScript modules with base64. */
export function nsfw(model: "mobilenet_v2" | "mobilenet_v2_mid" | "inception_v3"): Files {
  const folder = `${published("nsfwjs")}/dist/models/${model}`;
  const text = JSON.stringify(require(`${folder}/model.min.js`));
  return {
    text,
    file: (path) => {
      const name = `${folder}/${path}.min.js`;
      return existsSync(name) ? new Uint8Array(Buffer.from(require(name) as string, "base64")) : undefined;
    },
  };
}

/** The weights of a model of face-api: the manifest's text, and the files beside it. */
export function faceModel(name: string): Files {
  const folder = `${published("@vladmandic/face-api")}/model`;
  return {
    text: readFileSync(`${folder}/${name}_model-weights_manifest.json`, "utf8"),
    file: (path) => (existsSync(`${folder}/${path}`) ? new Uint8Array(readFileSync(`${folder}/${path}`)) : undefined),
  };
}
