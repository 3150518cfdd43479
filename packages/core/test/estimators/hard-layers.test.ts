/** Layers on which an estimate could leave what is proved, or claim to know what it cannot: the truth of each is derived beside it. */
import { describe, expect, test } from "vitest";
import { sized } from "../../../../test/sizes.ts";
import { Random } from "../../src/information/random.ts";
import { eiParts, eiPartsMatrix } from "../../src/measures/edge-information.ts";
import { effectiveInformation } from "../../src/measures/effective-information.ts";
import { outputEntropies } from "../../src/measures/output-entropies.ts";
import { dense } from "../../src/model/mechanism.ts";

const within = (inner: readonly number[], [least, most]: readonly [number, number]) =>
  inner.every((value) => value >= least && value <= most);

describe("steep clamped layers at 512 bins", () => {
  // The output is one of two end bins but in one cell of 512 at most: 1 bit less at most that cell's entropy.
  for (const [activation, weight] of [
    ["softplus", 1e6],
    ["softplus", 3e6],
    ["relu", 3e3],
    ["relu", 1e5],
  ] as const) {
    for (const seed of sized({ small: [0], whole: [0, 1, 2] })) {
      test(`${activation}, a weight of ${weight}, seed ${seed}: EI is 0.998 … 1.001 bit, inside the bounds`, async () => {
        const layer = dense({
          weights: [[3.4e-7, -weight]],
          bias: [-0.0239],
          activation,
          inputRange: [
            [-1e-6, 3e-6],
            [-1, 1],
          ],
          outputRange: [-1, 1],
        });
        const found = await effectiveInformation(layer, { bins: 512, outside: "clamp", tolerance: 0.005, seed });
        expect(found.bits).toBeGreaterThan(activation === "relu" ? 0.99 : 0.998);
        expect(found.bits).toBeLessThan(1.01);
        expect(within([found.bits, ...found.interval], found.bounds!)).toBe(true);
        expect(found.warnings.join()).not.toContain("outside the proved bounds");
      });
    }
  }
});

describe("next to nothing inside the output range", () => {
  const few = dense({
    weights: [
      [0.015033335840267427, 0.0022484065105961687, 0],
      [-8.332716858764029e-12, -853609.2884490731, 7.510592119969831e-10],
      [-758.825726861911, 57670.44549913084, -7.6765592446954e-9],
    ],
    activation: "thresholded-relu(0.8)",
    inputRange: [-1.289736384873334, 1.239096985226388],
    outputRange: [-1, 1],
  });

  test("a value from some thousand samples is no exact 0, and its interval leaves room for what was not seen", async () => {
    const found = await effectiveInformation(few, {
      bins: { input: 16, output: 4 },
      seed: 1,
      tolerance: 0.005,
      samples: 1e6,
    });
    const inside = (1 - found.outside) * 1e6;
    expect(inside).toBeGreaterThan(200);
    // A state of probability 1/N is missed by N samples one time in three; it adds about log2(N)/N.
    expect(found.interval[1]).toBeGreaterThan(Math.log2(inside) / inside);
    expect(found.standardError).toBeGreaterThan(0);
    expect(found.warnings.join()).not.toMatch(/\de\+/);
  });

  test("from too few samples all is possible that the bins allow", async () => {
    const found = await effectiveInformation(few, { bins: { input: 16, output: 4 }, seed: 1, samples: 30_000 });
    expect(found).toMatchObject({ bits: 3, interval: [0, 6] });
    expect(found.warnings.join()).toContain("EI is unknown");
  });

  test("the share outside is exact beside weights of 1e-12 and 1e5", async () => {
    const layer = dense({
      weights: [
        [
          0.06213688685681087, -3.916847174817374e-5, 0.00852930352632863, 371723.63139578904, -1.7656299258715398e-6,
          -3.2125524627291128e-12,
        ],
      ],
      activation: "leaky-relu(0.3)",
      inputRange: [0, 1],
      outputRange: [0, 6],
    });
    const options = { bins: { input: 16, output: 4 } };
    // By rational arithmetic.
    const truth = 0.9999839539731454;
    const matrix = await eiPartsMatrix(layer, options);
    expect(Math.abs(matrix.outside[0]! - truth)).toBeLessThan(1e-12);
    expect(Math.abs((await eiParts(layer, options)).outside - truth)).toBeLessThan(1e-12);
    expect(Math.abs((await outputEntropies(layer, options))[0]!.outside - truth)).toBeLessThan(1e-12);
    expect(matrix.warnings.join()).not.toContain("wholly");
  });
});

test("few cells with many states are listed: one output of 512 bins, 4 cells", async () => {
  const layer = dense({
    weights: [
      [0.7, 0.7],
      [0.7, 0.7],
    ],
    bias: [0, -1.7914773712255603],
    activation: "sigmoid",
    inputRange: [-1, 1],
    outputRange: [0, 0.5],
  });
  const options = { bins: { input: 2, output: 512 }, outside: "clamp", tolerance: 0.02 } as const;
  for (const seed of [0, 1, 2, 3]) {
    const found = await effectiveInformation(layer, { ...options, seed });
    // By 750,000 draws in each of the four cells, four times over.
    expect(Math.abs(found.bits - 0.99985)).toBeLessThan(4 * Math.hypot(found.standardError, 0.00023));
    expect(found.method).toBe("conditional");
    expect(found.samples).toBeLessThan(400_000);
  }
});

describe("more outputs than inputs", () => {
  const samples = sized({ small: 4_000, whole: 20_000 });
  for (const outside of sized({ small: ["drop"], whole: ["drop", "clamp"] } as const)) {
    test(`8 → 96, ${outside}: neither the value nor its interval passes 24 bits`, async () => {
      const random = new Random(7);
      const weights = Array.from({ length: 96 }, () =>
        Array.from({ length: 8 }, () => 0.28 * (2 * random.uniform() - 1)),
      );
      const layer = dense({
        weights,
        activation: "identity",
        inputRange: [-Math.sqrt(3), Math.sqrt(3)],
        outputRange: [-1.2, 1.2],
      });
      const found = await effectiveInformation(layer, { bins: 8, tolerance: 1, outside, samples });
      expect(within([found.bits, ...found.interval, ...(found.bracket ?? [])], [0, 24])).toBe(true);
    });
  }
});
