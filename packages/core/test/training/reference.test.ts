import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { dataset } from "../../src/datasets/dataset.ts";
import type { LayerSpec } from "../../src/model/dense-chain.ts";
import { network } from "../../src/model/model.ts";
import { train } from "../../src/training/train.ts";
import type { TrainOptions } from "../../src/training/train-options.ts";

interface Recorded {
  name: string;
  inputs: number[][];
  targets: number[][];
  options: TrainOptions;
  start: LayerSpec[];
  losses: number[];
  end: { weights: number[][]; bias: number[] | null }[];
}

// Written by reference/train_reference.py, which shares no code with the product.
const cases: Recorded[] = JSON.parse(readFileSync(new URL("fixtures/train.json", import.meta.url), "utf8"));

// The two programs differ in the order of sums, in fused against chained derivatives and in the last place of exp: an ulp
// or two a step of numbers of order 1. These runs are stable and hundreds of steps long: 1e-15 was found, 1e-12 is allowed.
const TOLERANCE = 1e-12;

describe("train", () => {
  test.each(cases)("agrees with an independent program, loss by loss and weight by weight: $name", async (recorded) => {
    const data = dataset({ name: "recorded", inputs: recorded.inputs, targets: recorded.targets });
    const losses: number[] = [];
    let end = network({ layers: recorded.start });
    for await (const checkpoint of train(end, { train: data }, recorded.options)) {
      losses.push(checkpoint.train.loss);
      end = checkpoint.model;
    }
    expect(losses).toHaveLength(recorded.losses.length);
    for (const [epoch, loss] of losses.entries())
      expect(Math.abs(loss - recorded.losses[epoch]!)).toBeLessThan(TOLERANCE);
    expect(Math.abs(losses.at(-1)! - losses[0]!)).toBeGreaterThan(0.01);
    for (const [l, layer] of end.chain!.layers.entries()) {
      const { weights, bias } = recorded.end[l]!;
      for (const [at, weight] of weights.flat().entries()) {
        expect(Math.abs(layer.weights[at]! - weight)).toBeLessThan(TOLERANCE);
      }
      expect(layer.bias === undefined).toBe(bias === null);
      for (const [at, b] of (bias ?? []).entries()) expect(Math.abs(layer.bias![at]! - b)).toBeLessThan(TOLERANCE);
    }
  });
});
