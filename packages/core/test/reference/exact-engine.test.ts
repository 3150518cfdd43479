/** The exact engine against brute force, on random layers over all activationNames, ranges, bins and policies. */
import { describe, expect, test } from "vitest";
import { activationNames } from "../../../../test/generators.ts";
import { sized } from "../../../../test/sizes.ts";
import { eiPartsMatrix } from "../../src/measures/edge-information.ts";
import { sensitivityMatrix } from "../../src/measures/sensitivity.ts";
import { dense } from "../../src/model/mechanism.ts";
import { type Layer, noise, pairwise, type Value } from "./brute-force.ts";

const SAMPLES = 40_000;

function outputRangeOf(activation: Layer["activation"], pick: <T>(list: readonly T[]) => T): [number, number] {
  if (activation === "sigmoid" || activation === "hard-sigmoid") return [0, 1];
  if (activation === "tanh" || activation === "hard-tanh") return [-1, 1];
  if (activation === "relu" || activation === "softplus") return [0, pick([1, 4])];
  // The second cuts GELU and SiLU on both sides of their minimum.
  return pick([
    [-2, 2],
    [-0.25, 1],
    [-10, 10],
    [0, 3],
  ]);
}

function randomLayer(index: number): Layer {
  const random = noise(1000 + index);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const [n, m] = [1 + Math.floor(random() * 8), 1 + Math.floor(random() * 3)];
  const scale = pick([0.5, 1, 3, 8]);
  const activation = activationNames[index % activationNames.length]!;
  const inputRange = pick([
    [0, 1],
    [-1, 1],
    [0, 10],
    [-3, 0.5],
    [2, 5],
  ] as [number, number][]);
  const width = inputRange[1] - inputRange[0];
  const weight = () => (random() < 0.1 ? 0 : ((2 * random() - 1) * scale * 2) / (width * Math.sqrt(n)));
  return {
    weights: Array.from({ length: m }, () => Array.from({ length: n }, weight)),
    ...(index % 3 === 0 ? {} : { bias: Array.from({ length: m }, () => (2 * random() - 1) * scale) }),
    activation,
    inputRange,
    outputRange: outputRangeOf(activation, pick),
    bins: { input: pick([2, 3, 8, 16]), output: pick([2, 5, 8, 16]) },
    outside: index % 5 === 0 ? "clamp" : "drop",
  };
}

/** 5 standard errors, and what Miller–Madow leaves of the bias: it counts every rare cell as if it were common. */
function expectWithin(exact: number, sampled: Value, where: string): void {
  const doubt = 5 * sampled.standardError + 256 / (2 * SAMPLES * Math.LN2) / 4;
  expect(Math.abs(exact - sampled.bits), `${where}: exact ${exact}, sampled ${sampled.bits}`).toBeLessThan(doubt);
}

describe("the exact engine agrees with brute force within 5 standard errors", () => {
  for (let index = 0; index < sized({ small: 20, whole: 60 }); index++) {
    const layer = randomLayer(index);
    const { bins, outside } = layer;
    const shape = `${layer.weights[0]!.length}→${layer.weights.length} ${layer.activation}, bins ${bins.input} and ${bins.output}, ${outside}`;
    test(`layer ${index}: ${shape}`, async () => {
      const { weights, bias, activation, inputRange, outputRange } = layer;
      const mechanism = dense({ weights, bias, activation, inputRange, outputRange });
      for (const [matrix, sampled] of [
        [await eiPartsMatrix(mechanism, { bins, outside }), pairwise(layer, SAMPLES, index)],
        [await sensitivityMatrix(mechanism, { bins, outside }), pairwise(layer, SAMPLES / 4, index, true)],
      ] as const) {
        for (const [i, row] of sampled.entries()) {
          for (const [j, value] of row.entries()) {
            expectWithin(matrix.bits[i * layer.weights.length + j]!, value, `pair ${i}, ${j}`);
          }
        }
      }
    });
  }
});
