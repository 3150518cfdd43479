/** Damaged files are refused with one clear error, or read: nothing else happens. */
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { InvalidInputError } from "../../../src/errors.ts";
import { graphFromTfjs } from "../../../src/formats/tfjs/tfjs.ts";
import { elements } from "../../../src/network/tensor.ts";
import { type Files, nsfw, saved } from "./models.ts";

const { layers } = tf;

/** Small models with one of everything. */
async function keras(): Promise<Files> {
  const input = tf.input({ shape: [6, 6, 2], name: "in" });
  const inner = tf.sequential({
    layers: [
      layers.conv2d({ filters: 2, kernelSize: 3, padding: "same", inputShape: [6, 6, 2], activation: "relu" }),
      layers.batchNormalization({}),
    ],
  });
  const once = inner.apply(input) as tf.SymbolicTensor;
  const depthwise = layers.depthwiseConv2d({ kernelSize: 2, padding: "same" }).apply(once) as tf.SymbolicTensor;
  const sum = layers.add().apply([depthwise, inner.apply(depthwise) as tf.SymbolicTensor]) as tf.SymbolicTensor;
  const pooled = layers.maxPooling2d({ poolSize: 2 }).apply(layers.zeroPadding2d({}).apply(sum)) as tf.SymbolicTensor;
  const flat = layers.flatten().apply(layers.permute({ dims: [3, 1, 2] }).apply(pooled)) as tf.SymbolicTensor;
  const joined = layers.concatenate().apply([flat, flat]) as tf.SymbolicTensor;
  const dense = layers.dense({ units: 4, activation: "softmax" }).apply(joined) as tf.SymbolicTensor;
  const shaped = layers.leakyReLU({}).apply(layers.reshape({ targetShape: [2, 2] }).apply(dense)) as tf.SymbolicTensor;
  return saved(tf.model({ inputs: input, outputs: shaped }), 100);
}

/** The published graph without all but its last nodes, so that a case takes little time. */
function graph(): Files {
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
  const [group] = json.weightsManifest;
  const all = group!.weights;
  const begins = new Map<string, number>();
  let at = 0;
  for (const { name, shape } of all) {
    begins.set(name, at);
    at += elements(shape);
  }
  const bytes = Buffer.concat(group!.paths.map((path) => file(path)!));
  group!.weights = all.filter(({ name }) => kept.has(name));
  group!.paths = ["w.bin"];
  const parts = group!.weights.map(({ name, shape }) => {
    const begin = begins.get(name)!;
    return bytes.subarray(begin, begin + elements(shape));
  });
  const own = new Uint8Array(Buffer.concat(parts));
  return { text: JSON.stringify(json), file: (path) => (path === "w.bin" ? own : undefined) };
}

/** Reads, and asks for every weight where it could be read. */
function attempt(text: string, file: Files["file"]): void {
  try {
    const { nodes } = graphFromTfjs(text, "model.json", { file });
    for (const { operation } of nodes) {
      if (!("weights" in operation)) continue;
      expect(operation.weights.values().length).toBe(elements(operation.weights.shape));
    }
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    expect(error.message).toMatch(/^model\.json/);
    expect(error.message.length).toBeLessThan(2000);
  }
}

const odd = fc.oneof(
  fc.constantFrom<unknown>(null, -1, 0, 1, 2, 1.5, 2 ** 31, 2 ** 53, 1e308, "", "x", "in", "same", [], {}, [[]], true),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Everywhere in a JSON value, as paths. */
function placesIn(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, each]) => placesIn(each, [...path, key]))];
}

/** A copy with another value at a path, or with none. */
function changed(root: unknown, path: readonly (string | number)[], value: unknown, remove: boolean): string {
  if (path.length === 0) return JSON.stringify(value) ?? "";
  const copy = structuredClone(root) as Record<string | number, unknown>;
  const parent = path.slice(0, -1).reduce((at, key) => at[key] as typeof copy, copy);
  const key = path.at(-1)!;
  if (!remove) parent[key] = value;
  else if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
  return JSON.stringify(copy);
}

describe("damaged models", () => {
  const models: Files[] = [];
  beforeAll(async () => {
    models.push(await keras(), graph());
    for (const { text, file } of models) expect(graphFromTfjs(text, "m", { file }).nodes.length).toBeGreaterThan(7);
  });

  it.each([0, 1])("model %d with one or two values that are others", (which) => {
    const { text, file } = models[which]!;
    const root: unknown = JSON.parse(text);
    const places = placesIn(root);
    const change = fc.tuple(fc.nat(places.length - 1), odd, fc.boolean());
    fc.assert(
      fc.property(change, fc.option(change), ([at, value, remove], second) => {
        const once = changed(root, places[at]!, value, remove);
        attempt(once, file);
        if (second === null) return;
        const again: unknown = once === "" ? null : JSON.parse(once);
        const left = placesIn(again);
        attempt(changed(again, left[second[0] % left.length]!, second[1], second[2]), file);
      }),
      { numRuns: 600, seed: 6 },
    );
  });

  it.each([0, 1])("model %d with values of one place at another", (which) => {
    const { text, file } = models[which]!;
    const root: unknown = JSON.parse(text);
    const places = placesIn(root);
    const place = fc.nat(places.length - 1);
    fc.assert(
      fc.property(place, place, (from, to) => {
        const value = places[from]!.reduce<unknown>((at, key) => (at as Record<string | number, unknown>)[key], root);
        attempt(changed(root, places[to]!, value, false), file);
      }),
      { numRuns: 300, seed: 6 },
    );
  });

  it.each([0, 1])("model %d cut off, or with other characters", (which) => {
    const { text, file } = models[which]!;
    fc.assert(
      fc.property(fc.nat(text.length), fc.string({ maxLength: 3 }), fc.nat(3), (at, other, skipped) => {
        attempt(text.slice(0, at), file);
        attempt(text.slice(0, at) + other + text.slice(at + skipped), file);
      }),
      { numRuns: 300, seed: 6 },
    );
  });

  it.each([0, 1])("model %d with shards that are cut off, missing or of random bytes", (which) => {
    const { text, file } = models[which]!;
    fc.assert(
      fc.property(fc.nat(200), fc.uint8Array({ maxLength: 64 }), fc.boolean(), (length, noise, missing) => {
        attempt(text, (path) => (missing ? undefined : file(path)?.subarray(0, length)));
        attempt(text, (path) => {
          const bytes = file(path)?.slice();
          bytes?.set(noise.subarray(0, bytes.length), Math.min(length, Math.max(0, bytes.length - noise.length)));
          return bytes;
        });
      }),
      { numRuns: 300, seed: 6 },
    );
  });

  it("random texts", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        attempt(text, () => undefined);
        attempt(`{"modelTopology":${text},"weightsManifest":[]}`, () => undefined);
      }),
      { numRuns: 300, seed: 6 },
    );
  });
});
