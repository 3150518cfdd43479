/** Measures averaged over where the output bins begin: closed forms, and many shifted ranges measured one by one. */
import { describe, expect, test } from "vitest";
import { sized } from "../../../../test/sizes.ts";
import { outputCuts } from "../../src/estimators/engine.ts";
import { exactEngine } from "../../src/estimators/exact/exact-engine.ts";
import { degeneracy } from "../../src/measures/degeneracy.ts";
import { eiPartsMatrix } from "../../src/measures/edge-information.ts";
import { effectiveInformation } from "../../src/measures/effective-information.ts";
import { sensitivity, sensitivityMatrix } from "../../src/measures/sensitivity.ts";
import { type DenseMechanism, type DenseSpec, dense, type Mechanism } from "../../src/model/mechanism.ts";

const averaged = { offset: "averaged" } as const;

/** E over the offset of the entropy of a uniform value s bins wide, fine input bins telling it wholly. */
const closedForm = (s: number) => (s <= 1 ? s / (2 * Math.LN2) : Math.log2(s) + 1 / (2 * s * Math.LN2));

describe("sensitivity, averaged over where the bins begin", () => {
  for (const s of [1e-6, 0.03, 0.5, 1, 1.7, 3, 6]) {
    test(`of a weight that moves its output by ${s} bins is s/(2 ln 2), or log2 s + 1/(2 s ln 2)`, async () => {
      // Output bins of 0.25 on −1 … 1, the input on −1 … 1: the output's swing is 2 w.
      const layer = dense({ weights: [[s / 8]], activation: "identity", inputRange: [-1, 1], outputRange: [-1, 1] });
      const inputs = 512;
      const found = await sensitivity(layer, { bins: { input: inputs, output: 8 }, ...averaged });
      // Each of the fine input bins is itself s/inputs output bins wide.
      const expected = closedForm(s) - closedForm(s / inputs);
      expect(Math.abs(found.bits - expected)).toBeLessThan(2e-6 + 1e-6 * expected);
      expect(found.standardError).toBe(0);
    });
  }

  test("of 1e-6 is next to nothing, where fixed bins give a bit and a warning that degeneracy carries on", async () => {
    const layer = dense({
      weights: [
        [1e-6, -1e-6],
        [2e-6, 0.5],
      ],
      activation: "identity",
      inputRange: [-1, 1],
      outputRange: [-1, 1],
    });
    const fixed = await sensitivity(layer, { bins: 8 });
    expect(fixed.bits).toBeGreaterThan(3);
    expect(fixed.warnings.join()).toMatch(/3 of 4 pairs move their output by less than a tenth of a bin/);
    const whole = await effectiveInformation(layer, { bins: 8, tolerance: 0.1 });
    expect(degeneracy(fixed, whole).warnings.join()).toMatch(/3 of 4 pairs/);
    const found = await sensitivityMatrix(layer, { bins: 8, ...averaged });
    expect(found.bits[0]).toBeLessThan(1e-4);
    expect(found.warnings).toEqual([]);
    const odd = await sensitivity(layer, { bins: 7 });
    expect(odd.warnings.join()).not.toContain("tenth of a bin");
  });
});

const shifts = sized({ small: 60, whole: 200 });

/** The mean over many shifts, each measured with its own edges by the exact engine. */
async function byShifts(
  mechanism: Mechanism,
  bins: number,
  outside: "drop" | "clamp",
  single: boolean,
): Promise<Float64Array> {
  const sum = new Float64Array(mechanism.inputs * mechanism.outputs);
  const intervention = single
    ? ({ noise: "one input", rest: new Float64Array(mechanism.inputs) } as const)
    : ({ noise: "all inputs" } as const);
  for (let k = 0; k < shifts; k++) {
    const options = { bins: { input: bins, output: bins }, outside, memory: 1e9, shift: (k + 0.5) / shifts };
    const { bits } = await exactEngine.pairwise(mechanism, intervention, options);
    for (const [at, value] of bits.entries()) sum[at]! += value / shifts;
  }
  return sum;
}

describe(`pairs, against ${shifts} shifts`, () => {
  const layers: readonly DenseSpec[] = [
    {
      weights: [
        [0.9, -0.4],
        [0.3, 1.2],
      ],
      activation: "identity",
      inputRange: [-1, 1],
      outputRange: [-1, 1],
    },
    {
      weights: [
        [2, -1.5],
        [0.7, 3],
      ],
      bias: [0.3, -0.5],
      activation: "sigmoid",
      inputRange: [0, 1],
    },
    {
      weights: [
        [2, -1.5],
        [0.7, 3],
      ],
      bias: [0.1, 0.2],
      activation: "relu",
      inputRange: [-1, 1],
      outputRange: [0, 2],
    },
    { weights: [[2, -1.5, 0.4]], activation: "gelu", inputRange: [-1, 1], outputRange: [-0.2, 2] },
  ];
  for (const spec of layers) {
    for (const outside of ["drop", "clamp"] as const) {
      test(`${String(spec.activation)}, ${outside}`, async () => {
        const layer = dense(spec);
        for (const single of [true, false]) {
          const expected = await byShifts(layer, 8, outside, single);
          const measure = single ? sensitivityMatrix : eiPartsMatrix;
          const found = await measure(layer, { bins: 8, outside, ...averaged });
          // Means over N places miss kinks by about 1/N² of their slopes.
          for (const [at, value] of expected.entries())
            expect(Math.abs(found.bits[at]! - value)).toBeLessThan(20 / shifts ** 2);
        }
      });
    }
  }

  test("outside is what it is with fixed bins", async () => {
    const layer = dense({ weights: [[2, 1]], activation: "identity", inputRange: [-1, 1], outputRange: [-1, 1] });
    for (const outside of ["drop", "clamp"] as const) {
      for (const measure of [sensitivityMatrix, eiPartsMatrix]) {
        const [a, b] = [
          await measure(layer, { bins: 8, outside, ...averaged }),
          await measure(layer, { bins: 8, outside }),
        ];
        expect(Math.abs(a.outside[0]! - b.outside[0]!)).toBeLessThan(1e-9);
      }
    }
  });
});

describe("EI, averaged over where the bins begin", () => {
  test("of one edge is what its pair tells, and of two edges their sum", async () => {
    const spec = { activation: "identity", inputRange: [-1, 1], outputRange: [-1, 1] } as const;
    const pair = (await eiPartsMatrix(dense({ weights: [[0.6]], ...spec }), { bins: 8, ...averaged })).bits[0]!;
    const one = await effectiveInformation(dense({ weights: [[0.6]], ...spec }), { bins: 8, ...averaged });
    expect(Math.abs(one.bits - pair)).toBeLessThan(4 * one.standardError + 2e-3);
    const two = await effectiveInformation(
      dense({
        weights: [
          [0.6, 0],
          [0, 0.6],
        ],
        ...spec,
      }),
      { bins: 8, ...averaged },
    );
    expect(Math.abs(two.bits - 2 * pair)).toBeLessThan(4 * two.standardError + 4e-3);
  });

  test("of weights of 1e-6 is next to nothing, where fixed bins tell signs", async () => {
    const layer = dense({
      weights: [
        [1e-6, 2e-6],
        [-2e-6, 1e-6],
      ],
      activation: "identity",
      inputRange: [-1, 1],
      outputRange: [-1, 1],
    });
    expect((await effectiveInformation(layer, { bins: 8 })).bits).toBeGreaterThan(0.5);
    expect((await effectiveInformation(layer, { bins: 8, ...averaged })).bits).toBeLessThan(0.01);
  });

  test("is refused where it cannot be, and an unknown place by name", async () => {
    const layer = dense({ weights: [[1]], activation: "identity" });
    await expect(effectiveInformation(layer, { bins: 8, method: "plug-in", ...averaged })).rejects.toThrow(
      /one dense layer with uniform noise/,
    );
    await expect(sensitivity(layer, { bins: 8, offset: "middle" as "fixed" })).rejects.toThrow(
      /offset: expected "fixed" or "averaged"/,
    );
  });
});

test("shifted edges cover the range, with a bin more", () => {
  const layer = dense({ weights: [[1]], activation: "identity", outputRange: [0, 1] }) as DenseMechanism;
  const cuts = outputCuts(layer, { bins: { input: 4, output: 4 }, outside: "drop", shift: 0.5 });
  expect(cuts.count).toBe(5);
  expect([...cuts.thresholds].slice(0, 5)).toEqual([0, 0.125, 0.375, 0.625, 0.875]);
});
