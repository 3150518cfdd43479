/** Models that others publish are read, and their weights decoded as TensorFlow.js does. */
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { published } from "../../../../../test/published.ts";
import { graphFromTfjs, tfjsWeights } from "../../../src/formats/tfjs/tfjs.ts";
import { type Graph, parametersOf } from "../../../src/model/graph.ts";
import type { TensorFlow } from "./keras-models.ts";
import { faceModel, nsfw } from "./published.ts";

function counts(graph: Graph): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { operation } of graph.nodes) found[operation.kind] = (found[operation.kind] ?? 0) + 1;
  return found;
}

const parameters = (graph: Graph) => graph.nodes.reduce((sum, { operation }) => sum + parametersOf(operation), 0);

/** All numbers that the manifest announces. */
const stored = (text: string) =>
  (JSON.parse(text) as { weightsManifest: { weights: { shape: number[] }[] }[] }).weightsManifest
    .flatMap(({ weights }) => weights)
    .reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);

describe("models that nsfwjs publishes", () => {
  it("MobileNetV2, a Keras model with uint8 weights", () => {
    const { text, file } = nsfw("mobilenet_v2");
    const graph = graphFromTfjs(text, "model.json", { file });
    expect(counts(graph)).toEqual({
      pad: 5,
      convolution: 52,
      affine: 52,
      activation: 37,
      sum: 10,
      "average-pool": 1,
      reshape: 1,
      dense: 3,
      softmax: 1,
    });
    expect(parameters(graph)).toBe(stored(text));
    expect(graph.inputs).toEqual([{ name: "input_1", shape: [1, 224, 224, 3] }]);
    expect(graph.outputs.map((name) => graph.shapes.get(name))).toEqual([[1, 5]]);
    expect(graph.notes).toEqual([]);
  });

  it("Inception v3, a Keras model with concatenations, in six shards", () => {
    const { text, file } = nsfw("inception_v3");
    const graph = graphFromTfjs(text, "model.json", { file });
    expect(counts(graph)).toMatchObject({
      convolution: 94,
      affine: 94,
      concatenate: 15,
      "max-pool": 4,
      "average-pool": 10,
    });
    expect(counts(graph).unknown).toBeUndefined();
    expect(parameters(graph)).toBe(stored(text));
    expect(graph.shapes.get(graph.outputs[0]!)).toEqual([1, 5]);
  });

  it("MobileNetV2 again, as a TensorFlow graph with fused operators", () => {
    const { text, file } = nsfw("mobilenet_v2_mid");
    const graph = graphFromTfjs(text, "model.json", { file });
    expect(graph.format).toBe("TensorFlow.js graph model");
    expect(counts(graph)).toMatchObject({
      convolution: 52,
      affine: 2,
      sum: 10,
      dense: 1,
      softmax: 1,
      "average-pool": 1,
    });
    expect(counts(graph).unknown).toBeUndefined();
    expect(graph.inputs).toEqual([{ name: "input", shape: [1, 224, 224, 3] }]);
    expect(graph.outputs.map((name) => graph.shapes.get(name))).toEqual([[1, 5]]);
  });
});

describe("weights that face-api publishes", () => {
  it.each([
    "age_gender",
    "face_expression",
    "face_landmark_68",
    "face_landmark_68_tiny",
    "face_recognition",
    "ssd_mobilenetv1",
    "tiny_face_detector",
  ])("%s", (name) => {
    const tf: TensorFlow = createRequire(import.meta.url)(`${published("@tensorflow/tfjs")}/dist/tf.min.js`);
    const { text, file } = faceModel(name);
    const tensors = tfjsWeights(text, "manifest.json", file);
    const groups = JSON.parse(text) as { paths: string[]; weights: object[] }[];
    expect(tensors.size).toBe(groups.flatMap(({ weights }) => weights).length);
    for (const { paths, weights } of groups) {
      const { buffer } = Uint8Array.from(Buffer.concat(paths.map((path) => file(path)!)));
      for (const [key, tensor] of Object.entries<TensorFlow>(tf.io.decodeWeights(buffer, weights))) {
        const own = tensors.get(key)!;
        expect(own.shape).toEqual(tensor.shape);
        expect(Buffer.compare(floats(own.values()), floats(tensor.dataSync()))).toBe(0);
      }
    }
  });
});

function floats(values: Float32Array | Float64Array): Uint8Array {
  return new Uint8Array(Float32Array.from(values).buffer);
}
