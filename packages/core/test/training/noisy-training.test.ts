import { describe, expect, it } from "vitest";
import { InvalidInputError } from "../../src/checks/error-classes.ts";
import { dataset } from "../../src/datasets/dataset.ts";
import { network } from "../../src/model/model.ts";
import { type NoisyTrainingOptions, trainNoisily } from "../../src/training/noisy-training.ts";

const data = dataset({ name: "two", inputs: [[1], [-2], [0.5]], labels: [1, 0, 0] });
const start = network({ layers: [{ weights: [[0.3], [-0.2]], bias: [0.1, 0], activation: "softmax" }] });
const ask = (options: Partial<NoisyTrainingOptions>) =>
  trainNoisily(start, data, { steps: 1, learningRate: 0.5, clip: 100, noise: 0, seed: 0, ...options });
const weightsOf = ({ model }: ReturnType<typeof ask>) => {
  const [layer] = model.chain!.layers;
  return [...layer!.weights, ...layer!.bias!];
};

/** Of the mean cross-entropy of a softmax: (p − y) x, by hand. */
function gradient(weights: readonly number[]): number[] {
  const [a, b, c, d] = weights as [number, number, number, number];
  const sums = [0, 0, 0, 0];
  for (let row = 0; row < 3; row++) {
    const x = data.inputs[row]!;
    const [p, q] = [Math.exp(a * x + c), Math.exp(b * x + d)];
    const slopes = [p / (p + q), q / (p + q)].map((share, j) => share - Number(data.labels![row] === j));
    for (const j of [0, 1]) {
      sums[j]! += (slopes[j]! * x) / 3;
      sums[2 + j]! += slopes[j]! / 3;
    }
  }
  return sums;
}

describe("training with noise", () => {
  it("is gradient descent without it, of clipped gradients", () => {
    const first = [0.3, -0.2, 0.1, 0];
    const slope = gradient(first);
    const norm = Math.hypot(...slope);
    const plain = weightsOf(ask({}));
    for (const [k, weight] of plain.entries()) expect(weight).toBeCloseTo(first[k]! - 0.5 * slope[k]!, 12);
    const clipped = weightsOf(ask({ clip: norm / 4 }));
    for (const [k, weight] of clipped.entries()) expect(weight).toBeCloseTo(first[k]! - (0.5 * slope[k]!) / 4, 12);
    const second = weightsOf(ask({ steps: 2 }));
    const then = gradient(plain);
    for (const [k, weight] of second.entries()) expect(weight).toBeCloseTo(plain[k]! - 0.5 * then[k]!, 12);
  });

  it("adds noise of its deviation to each weight, with the seed, and says what each step may know", () => {
    const plain = weightsOf(ask({}));
    const off = Array.from({ length: 400 }, (_, seed) => weightsOf(ask({ noise: 0.2, seed })));
    for (const [k, weight] of plain.entries()) {
      const gaps = off.map((weights) => weights[k]! - weight);
      const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + gap * gap, 0) / 400);
      // A share of 1/√800 either way is one standard error.
      expect(Math.abs(deviation / 0.2 - 1)).toBeLessThan(0.15);
    }
    const [one, same] = [ask({ noise: 0.2, seed: 7, steps: 3 }), ask({ noise: 0.2, seed: 7, steps: 3 })];
    expect(one).toStrictEqual(same);
    expect(one.steps).toEqual(new Array(3).fill({ learningRate: 0.5, noise: 0.2, norm: 100 }));
  });

  it("refuses what is no training", () => {
    expect(() => ask({ steps: 0 })).toThrow(InvalidInputError);
    expect(() => ask({ clip: 0 })).toThrow("clip: expected a number above 0; got 0");
    expect(() => ask({ noise: -1 })).toThrow("noise: expected a number of at least 0; got -1");
    const wide = dataset({ name: "wide", inputs: [[1, 2]], labels: [0] });
    expect(() => trainNoisily(start, wide, { steps: 1, learningRate: 1, clip: 1, noise: 0, seed: 0 })).toThrow("wide");
  });
});
