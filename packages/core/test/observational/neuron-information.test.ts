import { describe, expect, it } from "vitest";
import { sized } from "../../../../test/sizes.ts";
import { InvalidInputError } from "../../src/checks/error-classes.ts";
import { dataset } from "../../src/datasets/dataset.ts";
import { Random } from "../../src/information/random.ts";
import { network } from "../../src/model/model.ts";
import { falseDiscoveryRates, neuronInformation } from "../../src/observational/neuron-information.ts";
import { learnQuantizer, quantized } from "../../src/observational/quantizer.ts";

/** One input per example, and units that pass on what the table says: unit 0 is active for rows of the worked example's first state. */
const COUNTS = [
  [30, 10, 5],
  [10, 20, 25],
];
const inputs: number[][] = [];
const labels: number[] = [];
for (const [state, row] of COUNTS.entries()) {
  for (const [label, count] of row.entries()) {
    for (let k = 0; k < count; k++) {
      inputs.push([state === 0 ? -1 : 1]);
      labels.push(label);
    }
  }
}
const data = dataset({ name: "table", inputs, labels, classes: ["a", "b", "c"] });
const units = network({
  layers: [
    { weights: [[1], [0], [0]], bias: [0, 0, 2], activation: "relu" },
    {
      weights: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
      activation: "softmax",
    },
  ],
});

describe("the information of neurons", () => {
  it("stops between permutations where it is cancelled", async () => {
    const stop = new AbortController();
    const found = neuronInformation(units, data, { permutations: 2 ** 31 - 1, signal: stop.signal });
    setTimeout(() => stop.abort(new Error("enough")), 20);
    await expect(found).rejects.toThrow("enough");
  });

  it("is that of the worked example", async () => {
    const [first, dead, constant] = await neuronInformation(units, data);
    expect(first!.entropy).toBeCloseTo(0.992774454, 9);
    expect(first!.information).toBeCloseTo(0.1977677275, 10);
    expect(first!.corrected).toBeCloseTo(0.1833407771, 10);
    expect(first!.klSelectivity).toBeCloseTo(0.2683483147, 10);
    expect(first!.klClass).toBe(0);
    expect(first!.specific[0]).toBeCloseTo(0.346556149, 10);
    expect(first!.pValue).toBeCloseTo(1.113264e-6, 11);
    // Class means ¼, ⅔ and ⅚ of an activation that is 0 or 1.
    expect(first!.classSelectivity).toBeCloseTo((5 / 6 - 11 / 24) / (5 / 6 + 11 / 24), 12);
    expect(dead).toMatchObject({
      entropy: 0,
      information: 0,
      classSelectivity: 0,
      pValue: 1,
      warnings: ["dead: always 0"],
    });
    expect(constant).toMatchObject({ entropy: 0, information: 0, warnings: ["constant"] });
  });

  it("has a bootstrap interval that holds it, the same for the same seed", async () => {
    const ask = (seed: number) => neuronInformation(units, data, { bootstrap: 200, seed });
    const [first] = await ask(1);
    const [low, high] = first!.interval!;
    expect(low).toBeLessThan(first!.corrected);
    expect(high).toBeGreaterThan(first!.corrected);
    // Some four standard errors of the delta method across: 0.061 bit each.
    expect(high - low).toBeGreaterThan(0.15);
    expect(high - low).toBeLessThan(0.35);
    expect(await ask(1)).toStrictEqual(await ask(1));
    expect((await ask(2))[0]!.interval).not.toEqual([low, high]);
  });

  it.each([
    [0, 300],
    [0, 1000],
    [0.4, 1000],
  ])(
    "has intervals that hold the truth in 95 of 100 cases or more: chances ½ ± %s, %s examples",
    async (shift, rows) => {
      const cases = sized({ small: 100, whole: 200 });
      const random = new Random(7);
      const chance = (label: number) => 0.5 + shift * ((label - 4.5) / 4.5);
      const entropy = (p: number) => -(p * Math.log2(p) + (1 - p) * Math.log2(1 - p));
      const truth = 1 - Array.from({ length: 10 }, (_, label) => entropy(chance(label)) / 10).reduce((a, b) => a + b);
      const drawn = Array.from({ length: rows }, (_, row) => row % 10);
      const states = drawn.map((label) =>
        Array.from({ length: cases }, () => Number(random.uniform() < chance(label))),
      );
      const identity = Array.from({ length: cases }, (_, j) =>
        Array.from({ length: cases }, (_, i) => Number(i === j)),
      );
      const zeros = Array.from({ length: 10 }, () => new Array<number>(cases).fill(0));
      const passing = network({
        layers: [
          { weights: identity, activation: "relu" },
          { weights: zeros, activation: "softmax" },
        ],
      });
      const coins = dataset({ name: "coins", inputs: states, labels: drawn });
      const found = (await neuronInformation(passing, coins, { bootstrap: 200 })).filter(({ layer }) => layer === 0);
      const holding = (value: (corrected: number) => number) =>
        found.filter(({ interval, corrected }) => interval![0] <= value(corrected) && value(corrected) <= interval![1]);
      expect(holding((corrected) => corrected)).toHaveLength(cases);
      // Three standard deviations of the share among so many cases, and 1 % for the quantiles of 200 draws.
      expect(holding(() => truth).length / cases).toBeGreaterThan(0.95 - 3 * Math.sqrt((0.95 * 0.05) / cases) - 0.01);
    },
  );

  it("refuses and warns where it must", async () => {
    await expect(neuronInformation(units, { ...data, labels: undefined })).rejects.toThrow("data with labels");
    const two = dataset({
      name: "two",
      inputs,
      labels: labels.map((label) => Math.min(label, 1)),
      classes: ["a", "b", "c"],
    });
    await expect(neuronInformation(units, two)).rejects.toThrow("none of class 2");
    const wide = dataset({ name: "wide", inputs: inputs.map(([x]) => [x!, 0]), labels });
    await expect(neuronInformation(units, wide)).rejects.toThrow(InvalidInputError);
    const huge = network({
      layers: [
        { weights: [[1e308], [1e308]], bias: [1e308, -1e308], activation: "identity" },
        {
          weights: [
            [1, 0],
            [0, 1],
            [1, 1],
          ],
          activation: "softmax",
        },
      ],
    });
    await expect(neuronInformation(huge, data)).rejects.toThrow(
      /activations of layer 1: expected finite numbers; got .*Infinity at unit/,
    );
    const [many] = await neuronInformation(units, data, { quantizer: { kind: "fixed", bins: 500, range: [0, 1] } });
    expect(many!.warnings.join()).toMatch(/more bins \(500\) than examples \(100\).*too high by up to/);
  });
});

describe("a quantizer", () => {
  const states = (values: number[], spec: Parameters<typeof learnQuantizer>[0], activation = "relu") => [
    ...quantized(learnQuantizer(spec, values, activation), values),
  ];

  it("has a threshold by the activation, or the one that is given", () => {
    expect(states([0, 0.4, 0.6], { kind: "threshold" })).toEqual([0, 1, 1]);
    expect(states([0, 0.4, 0.6], { kind: "threshold" }, "sigmoid")).toEqual([0, 0, 1]);
    expect(states([-0.1, 0, 0.1], { kind: "threshold" }, "tanh")).toEqual([0, 0, 1]);
    expect(states([0, 0.4, 0.6], { kind: "threshold", threshold: 0.5 })).toEqual([0, 0, 1]);
  });

  it("has bins of equal width, or of equal numbers, zeros apart", () => {
    expect(states([0, 1, 2, 3, 4], { kind: "uniform", bins: 2 })).toEqual([0, 0, 0, 1, 1]);
    expect(states([5, 5, 5], { kind: "uniform", bins: 4 })).toEqual([0, 0, 0]);
    expect(states([-9, 0.4, 0.6, 9], { kind: "fixed", bins: 2, range: [0, 1] })).toEqual([0, 0, 1, 1]);
    expect(states([-0.5, 0, 0.9, 1.5, 3.2], { kind: "width", width: 1 })).toEqual([0, 1, 1, 2, 4]);
    // Three zeros are a state; four others fall into two bins of two.
    expect(states([0, 0, 0, 1, 2, 3, 4], { kind: "equal-mass", bins: 3 })).toEqual([2, 2, 2, 0, 0, 1, 1]);
    expect(states([1, 2, 3, 4, 5, 6], { kind: "equal-mass", bins: 3 })).toEqual([0, 0, 1, 1, 2, 2]);
    expect(states([1, 1, 1, 1, 7], { kind: "equal-mass", bins: 3 })).toEqual([0, 0, 0, 0, 1]);
  });

  it("has bins of equally many distinct values, or each of these is a state", () => {
    // Distinct: 1, 2, 3, 4, however often; zero is off, once or often.
    expect(states([0, 0, 1, 1, 1, 1, 2, 3, 4], { kind: "adaptive", bins: 2 })).toEqual([2, 2, 0, 0, 0, 0, 0, 1, 1]);
    expect(states([0, 1, 2], { kind: "adaptive", bins: 2 })).toEqual([2, 0, 1]);
    expect(states([-1, 1, 2, 5], { kind: "adaptive", bins: 2 })).toEqual([0, 0, 1, 1]);
    expect(states([0, 0], { kind: "adaptive", bins: 2 })).toEqual([0, 0]);
    expect(states([0.5, -1, 0.5, 7, -0, 0], { kind: "unique" })).toEqual([2, 0, 2, 3, 1, 1]);
    expect(states([3, 3], { kind: "unique" })).toEqual([0, 0]);
  });

  it("is read by the same edges on other data", () => {
    const learned = learnQuantizer({ kind: "uniform", bins: 4 }, [0, 4], "relu");
    expect([...quantized(learned, [-3, 0.5, 1.5, 99])]).toEqual([0, 0, 1, 3]);
  });

  it("refuses bins that are none", () => {
    for (const bins of [1, 0, 2.5, 1e6]) {
      expect(() => learnQuantizer({ kind: "uniform", bins }, [1], "relu")).toThrow(InvalidInputError);
    }
    expect(() => learnQuantizer({ kind: "fixed", bins: 2, range: [1, 1] }, [1], "relu")).toThrow("low < high");
    expect(() => learnQuantizer({ kind: "width", width: 0 }, [1], "relu")).toThrow("width: expected a number above 0");
    expect(() => learnQuantizer({ kind: "width", width: 1e-9 }, [0, 1], "relu")).toThrow("at most 1,000,000 bins");
    expect(() => learnQuantizer({ kind: "threshold" }, [], "relu")).toThrow("expected values");
  });
});

describe("false discovery rates", () => {
  it("are those of Benjamini and Hochberg", () => {
    const found = falseDiscoveryRates([0.01, 0.04, 0.03, 0.5]);
    for (const [k, q] of [0.04, 0.16 / 3, 0.16 / 3, 0.5].entries()) expect(found[k]).toBeCloseTo(q, 12);
    expect(falseDiscoveryRates([])).toEqual([]);
  });
});
