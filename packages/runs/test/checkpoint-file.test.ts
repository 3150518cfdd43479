import { describe, expect, it } from "vitest";
import { FormatError } from "../../core/src/checks/error-classes.ts";
import { split } from "../../core/src/datasets/dataset.ts";
import { iris } from "../../core/src/datasets/iris.ts";
import { readSafetensors } from "../../core/src/formats/safetensors.ts";
import { safetensorsFrom } from "../../core/src/formats/safetensors-writer.ts";
import { createNetwork } from "../../core/src/training/initialize.ts";
import { type Checkpoint, train } from "../../core/src/training/train.ts";
import { checkpointBytes, checkpointFrom } from "../src/checkpoint-file.ts";

const data = split(iris(), 100, 0);
const network = createNetwork({ layers: [4, 5, 3], activation: ["tanh", "sigmoid"], seed: 1, inputRange: [0, 8] });
const options = { epochs: 4, every: 2, batchSize: 10, learningRate: 0.01, seed: 3, optimizer: "adam" } as const;

async function checkpoints(from?: Checkpoint): Promise<Checkpoint[]> {
  const all: Checkpoint[] = [];
  for await (const checkpoint of train(network, data, { ...options, from })) all.push(checkpoint);
  return all;
}

describe("a checkpoint's file", () => {
  it("restores the network, the optimiser and the scores to the bit, and is written to the same bytes again", async () => {
    for (const checkpoint of await checkpoints()) {
      const bytes = checkpointBytes(checkpoint);
      const restored = checkpointFrom(bytes, "c.safetensors");
      expect(restored).toStrictEqual(checkpoint);
      expect(checkpointBytes(restored)).toEqual(bytes);
    }
  });

  it("is a state from which training goes on to the same bytes", async () => {
    const [, middle, last] = await checkpoints();
    const [continued] = await checkpoints(checkpointFrom(checkpointBytes(middle!), "c.safetensors"));
    expect(checkpointBytes(continued!)).toEqual(checkpointBytes(last!));
  });

  it("names its tensors as PyTorch does", async () => {
    const [first] = await checkpoints();
    const { tensors } = readSafetensors(checkpointBytes(first!), "c.safetensors");
    expect([...tensors.values()].map(({ name, shape }) => `${name} ${shape.join("x")}`)).toEqual([
      "layers.0.weight 5x4",
      "layers.0.bias 5",
      "layers.1.weight 3x5",
      "layers.1.bias 3",
      "optimizer.moments.0 43",
      "optimizer.moments.1 43",
    ]);
  });

  it("is refused, by the file's name, where something is missing or changed", async () => {
    const [first] = await checkpoints();
    const { tensors, metadata } = readSafetensors(checkpointBytes(first!), "c.safetensors");
    const list = [...tensors.values()];
    const changed = (changes: Record<string, string>) => safetensorsFrom(list, { ...metadata, ...changes });
    const cases: [Uint8Array, string][] = [
      [safetensorsFrom(list), "c.safetensors: expected a checkpoint of the format causalscope-checkpoint"],
      [changed({ version: "2" }), "got causalscope-checkpoint, version 2"],
      [changed({ epoch: "-1" }), "c.safetensors: epoch: expected a whole number; got -1"],
      [changed({ layers: "{" }), "c.safetensors: layers: expected JSON"],
      [changed({ layers: "3" }), "c.safetensors: layers: expected an array"],
      [changed({ layers: '[{"activation":"gelu"},null]' }), "expected one of the activations"],
      [safetensorsFrom(list.slice(1), metadata), "a tensor layers.0.weight of two dimensions; got none"],
    ];
    for (const [bytes, message] of cases) {
      expect(() => checkpointFrom(bytes, "c.safetensors")).toThrow(FormatError);
      expect(() => checkpointFrom(bytes, "c.safetensors")).toThrow(message);
    }
  });
});
