/** Layers whose values are known in closed form. */
import { describe, expect, test } from "vitest";
import { eiParts, eiPartsMatrix } from "../../src/measures/edge-information.ts";
import { effectiveInformation } from "../../src/measures/effective-information.ts";
import { sensitivity, sensitivityMatrix } from "../../src/measures/sensitivity.ts";
import { type DenseSpec, dense } from "../../src/model/mechanism.ts";

const unit = [0, 1] as const;
const both = [-1, 1] as const;
const ten = [0, 10] as const;

function diagonal(values: readonly number[]): number[][] {
  return values.map((value, j) => values.map((_, i) => (i === j ? value : 0)));
}

/** 4 standard errors, and not below what rounding explains. */
function expectClose(found: { bits: number; standardError: number }, truth: number): void {
  expect(Math.abs(found.bits - truth)).toBeLessThanOrEqual(4 * found.standardError + 1e-9);
}

describe("a single edge", () => {
  // EI of y = φ(wx), summed over the breakpoints of the bins by an independent program, six decimals.
  const cases: [
    activation: DenseSpec["activation"],
    range: readonly [number, number],
    bins: number,
    values: [w: number, bits: number][],
  ][] = [
    [
      "sigmoid",
      unit,
      8,
      [
        [0.5, 0],
        [1, 0.946532],
        [2, 1.440636],
        [3, 1.689577],
        [5, 1.318341],
        [10, 0.712816],
      ],
    ],
    [
      "sigmoid",
      unit,
      16,
      [
        [0.5, 0.984251],
        [1, 1.882265],
        [2, 2.406678],
        [3, 2.527276],
        [5, 2.059537],
        [10, 1.234597],
      ],
    ],
    [
      "sigmoid",
      unit,
      64,
      [
        [0.5, 2.94382],
        [1, 3.784363],
        [2, 4.381975],
        [3, 4.349204],
        [5, 4.083996],
        [10, 2.502083],
      ],
    ],
    [
      "tanh",
      both,
      8,
      [
        [0.5, 1.935353],
        [1, 2.347585],
        [1.3, 2.549878],
        [2, 2.313904],
        [5, 1.520191],
      ],
    ],
    [
      "tanh",
      both,
      64,
      [
        [0.5, 4.675384],
        [1, 5.198842],
        [1.3, 5.072751],
        [2, 4.885514],
        [5, 3.283513],
      ],
    ],
    [
      "relu",
      ten,
      8,
      [
        [0.25, 1],
        [0.5, 2],
        [1, 3],
        [2, 1.716917],
        [4, 0.871987],
      ],
    ],
    [
      "relu",
      ten,
      64,
      [
        [0.25, 4],
        [0.5, 5],
        [1, 6],
        [2, 3.441766],
        [4, 1.775999],
      ],
    ],
  ];
  for (const [activation, range, bins, values] of cases) {
    for (const [w, bits] of values) {
      test(`${activation}, weight ${w}, ${bins} bins: EI = EI_parts = sensitivity = ${bits}, exactly`, async () => {
        const mechanism = dense({ weights: [[w]], activation, inputRange: range, outputRange: range });
        const options = { bins, outside: "clamp" } as const;
        const ei = await effectiveInformation(mechanism, options);
        expect(ei.method).toBe("exact");
        expect(ei.standardError).toBe(0);
        expect(Math.abs(ei.bits - bits)).toBeLessThan(6e-7);
        expect((await eiParts(mechanism, options)).bits).toBe(ei.bits);
        expect(Math.abs((await sensitivity(mechanism, options)).bits - ei.bits)).toBeLessThan(1e-12);
      });
    }
  }

  test("aligned bins lose nothing: the identity transmits log2(bins)", async () => {
    for (const bins of [2, 3, 8, 64, 1000, 4096]) {
      const mechanism = dense({ weights: [[1]], activation: "identity", inputRange: unit, outputRange: unit });
      expect(Math.abs((await effectiveInformation(mechanism, { bins })).bits - Math.log2(bins))).toBeLessThan(1e-10);
    }
  });

  test("half the range in each of two bins: 0.311278 bit of dropping nothing", async () => {
    // x in quarters, y = 1 in the last only: H(¼) − ½ H(½) = 0.811278 − 0.5.
    const mechanism = dense({
      weights: [[1]],
      bias: [-0.25],
      activation: "identity",
      inputRange: unit,
      outputRange: both,
    });
    const found = await eiParts(mechanism, { bins: { input: 2, output: 4 } });
    // y in [−¼, ¾]: bins of width ½ cut x at ¼ and ¾; each half of x sees its own bin or the middle one, evenly.
    expect(Math.abs(found.bits - 0.5)).toBeLessThan(1e-12);
  });
});

describe("two inputs, by areas of clipped polygons", () => {
  // EI, from an independent program that clips the unit square's cells by the output thresholds.
  const cases: [layer: DenseSpec, eight: number, sixteen: number][] = [
    [
      {
        weights: [
          [2, -1],
          [1, 3],
        ],
        activation: "sigmoid",
        inputRange: unit,
      },
      3.132152,
      4.960529,
    ],
    [
      {
        weights: [
          [2, -1],
          [1, 3],
        ],
        bias: [0.5, -0.25],
        activation: "sigmoid",
        inputRange: unit,
      },
      3.17949,
      4.976217,
    ],
    [
      {
        weights: [
          [5, -4],
          [3, 6],
        ],
        activation: "sigmoid",
        inputRange: unit,
      },
      2.650312,
      4.102201,
    ],
    [
      {
        weights: [
          [1.3, -0.7],
          [0.4, 2.1],
        ],
        activation: "tanh",
        inputRange: both,
      },
      4.258092,
      6.098863,
    ],
    [
      {
        weights: [
          [0.8, 0.3],
          [-0.5, 0.9],
        ],
        activation: "relu",
        inputRange: ten,
      },
      4.078217,
      5.82516,
    ],
    [
      {
        weights: [
          [2, -1],
          [1, 3],
          [-2, 2],
        ],
        activation: "sigmoid",
        inputRange: unit,
      },
      3.648761,
      5.528471,
    ],
    [
      {
        weights: [
          [2, -1],
          [1, 3],
          [-2, 2],
          [4, 1],
        ],
        bias: [0, 0, 0, -2],
        activation: "sigmoid",
        inputRange: unit,
      },
      4.430786,
      6.323741,
    ],
    [{ weights: [[1, 1]], activation: "sigmoid", inputRange: unit }, 1.251395, 2.164956],
  ];
  for (const [layer, eight, sixteen] of cases) {
    const shape = `${layer.activation} ${JSON.stringify(layer.weights)} bias ${JSON.stringify(layer.bias ?? null)}`;
    test(`${shape}: ${eight} bits at 8 bins, ${sixteen} at 16`, async () => {
      const mechanism = dense(layer);
      for (const [bins, truth] of [
        [8, eight],
        [16, sixteen],
      ] as const) {
        const found = await effectiveInformation(mechanism, { bins, seed: bins, tolerance: 0.01, outside: "clamp" });
        expect(found.standardError).toBeLessThanOrEqual(0.01);
        // The recorded values have six decimals.
        expect(Math.abs(found.bits - truth)).toBeLessThan(4 * found.standardError + 6e-7);
      }
    });
  }
});

describe("layers made of parts", () => {
  test("a diagonal layer: EI = EI_parts = sensitivity = the sum of its edges", async () => {
    const weights = [0.7, -2, 3, 5, -1.2];
    const mechanism = dense({ weights: diagonal(weights), activation: "sigmoid", inputRange: unit });
    let sum = 0;
    for (const w of weights)
      sum += (await eiParts(dense({ weights: [[w]], activation: "sigmoid", inputRange: unit }), { bins: 8 })).bits;
    expect(Math.abs((await eiParts(mechanism, { bins: 8 })).bits - sum)).toBeLessThan(1e-10);
    expect(Math.abs((await sensitivity(mechanism, { bins: 8 })).bits - sum)).toBeLessThan(1e-10);
    expectClose(await effectiveInformation(mechanism, { bins: 8, tolerance: 0.02 }), sum);
  });

  test("a 100→100 diagonal layer's pairwise measures are the sums of its edges", async () => {
    const weights = Array.from({ length: 100 }, (_, k) => ((k * 37) % 100) / 20 - 2.5);
    const mechanism = dense({ weights: diagonal(weights), activation: "tanh", inputRange: both });
    let sum = 0;
    for (const w of weights)
      sum += (await eiParts(dense({ weights: [[w]], activation: "tanh", inputRange: both }), { bins: 16 })).bits;
    expect(Math.abs((await eiParts(mechanism, { bins: 16 })).bits - sum)).toBeLessThan(1e-8);
    expect(Math.abs((await sensitivity(mechanism, { bins: 16 })).bits - sum)).toBeLessThan(1e-8);
  });

  test("a duplicated output leaves EI as it is and doubles EI_parts", async () => {
    const rows = [
      [1, -2, 0.5],
      [3, 0.2, -1],
    ];
    const once = dense({ weights: rows, activation: "sigmoid", inputRange: unit });
    const twice = dense({ weights: [...rows, ...rows], activation: "sigmoid", inputRange: unit });
    const parts = (await eiParts(once, { bins: 8 })).bits;
    expect(Math.abs((await eiParts(twice, { bins: 8 })).bits - 2 * parts)).toBeLessThan(1e-12);
    const [a, b] = [
      await effectiveInformation(once, { bins: 8, seed: 1 }),
      await effectiveInformation(twice, { bins: 8, seed: 2 }),
    ];
    expect(Math.abs(a.bits - b.bits)).toBeLessThan(4 * Math.hypot(a.standardError, b.standardError));
  });

  test("a block-diagonal layer's EI is the sum of its blocks' EIs", async () => {
    const [a, b] = [
      [
        [2, -1],
        [1, 3],
      ],
      [
        [5, -4],
        [3, 6],
      ],
    ];
    const blocks = [
      [...a[0]!, 0, 0],
      [...a[1]!, 0, 0],
      [0, 0, ...b[0]!],
      [0, 0, ...b[1]!],
    ];
    const mechanism = dense({ weights: blocks, activation: "sigmoid", inputRange: unit });
    expectClose(await effectiveInformation(mechanism, { bins: 8, tolerance: 0.015 }), 3.132152 + 2.650312);
  });

  test("zero weights transmit nothing, exactly", async () => {
    const mechanism = dense({
      weights: [
        [0, 0],
        [0, 0],
        [0, 0],
      ],
      bias: [0, 1, -1],
      activation: "tanh",
      inputRange: both,
    });
    for (const measure of [effectiveInformation, eiParts, sensitivity]) {
      const found = await measure(mechanism, { bins: 8 });
      expect([found.bits, found.standardError, found.outside]).toEqual([0, 0, 0]);
    }
  });

  test("the aligned identity on four units transmits 4 · log2(8) bits", async () => {
    const mechanism = dense({
      weights: diagonal([1, 1, 1, 1]),
      activation: "identity",
      inputRange: unit,
      outputRange: unit,
    });
    expectClose(await effectiveInformation(mechanism, { bins: 8, tolerance: 0.01 }), 12);
    expect(Math.abs((await sensitivity(mechanism, { bins: 8 })).bits - 12)).toBeLessThan(1e-10);
  });

  test("dead units transmit nothing: a ReLU that never fires, a sigmoid that never leaves its end", async () => {
    const relu = dense({ weights: [[1, 2]], bias: [-100], activation: "relu", inputRange: unit });
    const sigmoid = dense({ weights: [[1, 2]], bias: [100], activation: "sigmoid", inputRange: unit });
    for (const mechanism of [relu, sigmoid]) {
      expect([...(await eiPartsMatrix(mechanism, { bins: 8 })).bits]).toEqual([0, 0]);
      expect([...(await sensitivityMatrix(mechanism, { bins: 8 })).bits]).toEqual([0, 0]);
      expect((await effectiveInformation(mechanism, { bins: 8 })).bits).toBe(0);
    }
  });
});

describe("outputs outside their range", () => {
  test("dropped outputs condition the rest: y = 2x on (0, 1) keeps the lower half of x", async () => {
    const mechanism = dense({ weights: [[2]], activation: "identity", inputRange: unit, outputRange: unit });
    const found = await eiParts(mechanism, { bins: 8 });
    // Four bins of x survive, each spread over two bins of y.
    expect(Math.abs(found.bits - 2)).toBeLessThan(1e-12);
    expect(found.outside).toBeCloseTo(0.5, 12);
    expect(found.warnings.join()).toMatch(/outside the output range/);
  });

  test("clamped outputs go to the end bin: y = 2x on (0, 1)", async () => {
    const mechanism = dense({ weights: [[2]], activation: "identity", inputRange: unit, outputRange: unit });
    const found = await eiParts(mechanism, { bins: 8, outside: "clamp" });
    // P(y in a bin below the last) = 1/16 each for 7, the last 9/16; H(Y | x bin) = 1 bit for four of eight bins.
    const h = (p: number) => -p * Math.log2(p);
    expect(Math.abs(found.bits - (7 * h(1 / 16) + h(9 / 16) - 0.5))).toBeLessThan(1e-12);
    expect(found.outside).toBeCloseTo(0.5, 12);
    expect(found.warnings.join()).toMatch(/counted in the end bins/);
    const sampled = await effectiveInformation(mechanism, { bins: 8, outside: "clamp", method: "conditional" });
    expect(Math.abs(sampled.bits - found.bits)).toBeLessThanOrEqual(4 * sampled.standardError + 1e-12);
    expect(Math.abs(sampled.outside - 0.5)).toBeLessThan(0.02);
  });

  test("dropping is the same rule for EI: two units y = 2x, one of them negative half the time", async () => {
    const mechanism = dense({
      weights: [
        [2, 0],
        [0, 2],
      ],
      activation: "identity",
      inputRange: unit,
      outputRange: unit,
    });
    const found = await effectiveInformation(mechanism, { bins: 8, tolerance: 0.02 });
    expectClose(found, 4);
    expect(Math.abs(found.outside - 0.75)).toBeLessThan(0.02);
  });

  test("of a layer wholly outside EI is anything that the bins allow, with outside 1 and a warning", async () => {
    for (const weights of [
      [[1, 1]],
      [[1]],
      [[0, 0]],
      [
        [1, 1],
        [1, -1],
      ],
    ]) {
      const bias = weights.map(() => 100);
      const mechanism = dense({ weights, bias, activation: "identity", inputRange: unit });
      const found = await effectiveInformation(mechanism, { bins: 8 });
      const most = 3 * Math.min(weights.length, weights[0]!.length);
      expect(found).toMatchObject({ bits: most / 2, outside: 1, interval: [0, most], bounds: [0, most] });
      expect(found.warnings.join()).toContain("EI is unknown");
      const clamped = await effectiveInformation(mechanism, { bins: 8, outside: "clamp" });
      expect([clamped.bits, clamped.outside]).toEqual([0, 1]);
    }
  });

  test("pairs of an output wholly outside count as 0 bits, with outside 1 and a warning", async () => {
    const mechanism = dense({ weights: [[1, 1]], bias: [100], activation: "identity", inputRange: unit });
    for (const measure of [eiParts, sensitivity]) {
      const found = await measure(mechanism, { bins: 8 });
      expect([found.bits, found.outside]).toEqual([0, 1]);
      expect(found.warnings.length).toBeGreaterThan(0);
    }
  });
});
