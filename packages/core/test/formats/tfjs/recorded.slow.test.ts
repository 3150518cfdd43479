/**
 * What the recordings in fixtures/ hold is what TensorFlow.js makes of the same models today.
 * `CAUSALSCOPE_RECORD=1 npx vitest run packages/core/test/formats/tfjs/recorded.slow.test.ts` makes them anew.
 */
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { beforeAll, describe, expect, it } from "vitest";
import { published } from "../../../../../test/published.ts";
import { elements } from "../../../src/model/tensor.ts";
import { drawn, graphModels } from "./graph-models.ts";
import { kerasModels, type TensorFlow } from "./keras-models.ts";
import { nsfw } from "./published.ts";
import {
  type RecordedFiles,
  type RecordedModel,
  type RecordedTensor,
  type Recordings,
  recording,
  recordingFile,
  rounding,
  withShards,
} from "./recorded.ts";

let tf: TensorFlow;
beforeAll(async () => {
  const require = createRequire(import.meta.url);
  tf = require(`${published("@tensorflow/tfjs")}/dist/tf.min.js`);
  await tf.setBackend("cpu");
});

const tensor = (found: TensorFlow): RecordedTensor => ({
  shape: found.shape,
  values: Array.from(found.dataSync() as Float32Array, (value) => Number(value.toPrecision(9))),
});
const several = (tensors: TensorFlow): TensorFlow[] => (Array.isArray(tensors) ? tensors : [tensors]);

/** Weights that are drawn anew, moving averages too, so that nothing is 0 or 1 by chance. */
function shake(model: TensorFlow): void {
  for (const [at, weight] of model.weights.entries()) {
    const low = weight.name.includes("variance") ? 0.5 : -1;
    weight.write(tf.randomUniform(weight.shape, low, 1.5, "float32", at + 1));
  }
}

/** What `model.save("file://…")` writes, with the weights in shards of `shard` bytes. */
async function saved(model: TensorFlow, shard?: number): Promise<RecordedFiles> {
  const { modelTopology, weightSpecs, weightData, format, generatedBy } = await new Promise<TensorFlow>((resolve) =>
    model.save(
      tf.io.withSaveHandler(async (artifacts: TensorFlow) => {
        resolve(artifacts);
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
      }),
    ),
  );
  const bytes = new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData));
  return stored(withShards({ format, generatedBy, modelTopology }, weightSpecs, bytes, shard));
}

function stored({ text, file }: ReturnType<typeof withShards>): RecordedFiles {
  const root = JSON.parse(text) as { weightsManifest: { paths: string[] }[] };
  const paths = root.weightsManifest.flatMap(({ paths }) => paths);
  return { root, shards: Object.fromEntries(paths.map((path) => [path, Buffer.from(file(path)!).toString("base64")])) };
}

async function keras(): Promise<Recordings["keras"]> {
  const recorded: Record<string, RecordedModel> = {};
  for (const [name, make] of Object.entries(kerasModels(tf))) {
    const { model, shard, predicts = true } = make();
    shake(model);
    const inputs = predicts
      ? model.inputs.map(({ shape }: TensorFlow, at: number) =>
          tf.randomUniform([1, ...shape.slice(1)], -2, 2, "float32", 100 + at),
        )
      : [];
    const outputs = predicts ? several(model.predict(inputs.length === 1 ? inputs[0] : inputs)) : [];
    const files = await saved(model, shard);
    recorded[name] = { ...files, inputs: inputs.map(tensor), outputs: outputs.map(tensor) };
  }
  return recorded;
}

async function graph(): Promise<Recordings["graph"]> {
  const recorded: Record<string, Recordings["graph"][string]> = {};
  for (const [name, { text, file }] of Object.entries(graphModels)) {
    const { modelTopology, signature, weightsManifest } = JSON.parse(text);
    const [{ paths, weights }] = weightsManifest;
    const { buffer: weightData } = Uint8Array.from(Buffer.concat(paths.map((path: string) => file(path)!)));
    const loaded = await tf.loadGraphModel(
      tf.io.fromMemory({ modelTopology, signature, weightSpecs: weights, weightData }),
    );
    const [, ...sizes] = loaded.inputs[0].shape as number[];
    const shape = [1, ...sizes];
    const x = tf.tensor(drawn(shape, -2, 2, 3), shape);
    recorded[name] = { inputs: [tensor(x)], outputs: several(loaded.predict(x)).map(tensor) };
  }
  return recorded;
}

/** The published MobileNetV2 without all but its first nodes, so that a case takes little time. */
async function publishedPart(): Promise<Recordings["published"]> {
  const { text, file } = nsfw("mobilenet_v2_mid");
  const json = JSON.parse(text) as {
    modelTopology: { node: { name: string; op: string; input?: string[] }[] };
    userDefinedMetadata?: unknown;
    weightsManifest: { paths: string[]; weights: { name: string; shape: number[] }[] }[];
  };
  const nodes = json.modelTopology.node;
  const inputs = nodes.filter(({ op }) => op !== "Const").slice(0, 8);
  const kept = new Set(inputs.flatMap(({ name, input = [] }) => [name, ...input]));
  json.modelTopology.node = nodes.filter(({ name }) => kept.has(name));
  // It names outputs that are gone.
  delete json.userDefinedMetadata;
  const [{ paths, weights }] = json.weightsManifest as [(typeof json.weightsManifest)[number]];
  const bytes = Buffer.concat(paths.map((path) => file(path)!));
  // One byte each.
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const { name, shape } of weights) {
    const end = at + elements(shape);
    if (kept.has(name)) parts.push(bytes.subarray(at, end));
    at = end;
  }
  const rest = weights.filter(({ name }) => kept.has(name));
  return { "mobilenet-v2": stored(withShards(json, rest, Buffer.concat(parts))) };
}

/** Equal but for the predictions, which may differ by what engines round otherwise. */
function expectSame(found: RecordedModel | RecordedFiles, recorded: RecordedModel | RecordedFiles): void {
  const { outputs = [], ...rest } = found as RecordedModel;
  const { outputs: expected = [], ...others } = recorded as RecordedModel;
  expect(rest).toEqual(others);
  expect(outputs.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
  for (const [at, { values }] of expected.entries()) {
    for (const [k, value] of values.entries()) {
      expect(Math.abs(outputs[at]!.values[k]! - value)).toBeLessThan(rounding(values));
    }
  }
}

describe("recordings are what TensorFlow.js gives", () => {
  it.each([
    ["keras", keras],
    ["graph", graph],
    ["published", publishedPart],
  ] as const)("%s", async (name, make) => {
    const found = await make();
    if (process.env.CAUSALSCOPE_RECORD !== undefined) {
      const lines = Object.entries(found).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`);
      writeFileSync(recordingFile(name), `{\n${lines.join(",\n")}\n}\n`);
    }
    const recorded: Readonly<Record<string, RecordedFiles | RecordedModel>> = recording(name) as never;
    expect(Object.keys(found)).toEqual(Object.keys(recorded));
    for (const [key, value] of Object.entries(found)) expectSame(value as RecordedFiles, recorded[key]!);
  });
});
