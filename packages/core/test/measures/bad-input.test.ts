/** What a caller hears who asks for what cannot be measured. */
import { describe, expect, test } from "vitest";
import { InvalidInputError } from "../../src/checks/error-classes.ts";
import { Random } from "../../src/information/random.ts";
import { causalPlane } from "../../src/measures/causal-plane.ts";
import { eiParts, eiPartsMatrix } from "../../src/measures/edge-information.ts";
import { effectiveInformation } from "../../src/measures/effective-information.ts";
import { sensitivity } from "../../src/measures/sensitivity.ts";
import { activation } from "../../src/model/activation.ts";
import { dense } from "../../src/model/mechanism.ts";
import { network } from "../../src/model/model.ts";

const good = {
  weights: [
    [1, 2],
    [3, 4],
  ],
  activation: "sigmoid",
} as const;

describe("dense() refuses", () => {
  const cases: [what: string, spec: unknown, message: RegExp][] = [
    ["a weight that is NaN", { ...good, weights: [[1, Number.NaN]] }, /NaN at weight \[0\]\[1\]/],
    [
      "a weight that is infinite",
      { ...good, weights: [[1], [Number.NEGATIVE_INFINITY]] },
      /-Infinity at weight \[1\]\[0\]/,
    ],
    ["a weight that is text", { ...good, weights: [["1"]] }, /NaN at weight/],
    ["no outputs", { ...good, weights: [] }, /got 0 rows/],
    ["no inputs", { ...good, weights: [[], []] }, /2 rows of 0/],
    ["ragged weights", { ...good, weights: [[1, 2], [3]] }, /rows of 2 weights.*got 1 in row 1/],
    [
      "flat weights that do not fill their shape",
      { ...good, weights: { data: [1, 2, 3], shape: [2, 2] } },
      /\[2, 2\] and 3 values/,
    ],
    ["a bias of another length", { ...good, bias: [1] }, /a bias of 2 values.*got 1/],
    ["a bias that is not finite", { ...good, bias: [1, Number.NaN] }, /NaN at bias \[1\]/],
    ["an unknown activation", { ...good, activation: "sigmoidal" }, /sigmoid, tanh, relu.*got "sigmoidal"/],
    ["no activation", { weights: [[1]] }, /activation.*got none/],
    [
      "weights whose sum overflows",
      {
        ...good,
        weights: [
          [1, 1],
          [1e308, 1e308],
        ],
      },
      /stays below 1e300.*output 1/,
    ],
    ["a reversed input range", { ...good, inputRange: [1, 0] }, /inputRange.*low < high.*\[1, 0\]/],
    ["an output range of no width", { ...good, outputRange: [1, 1] }, /outputRange.*\[1, 1\]/],
    ["a range that is not finite", { ...good, inputRange: [0, Number.POSITIVE_INFINITY] }, /finite/],
    ["a range of one number", { ...good, inputRange: [1] }, /\[low, high\]/],
  ];
  for (const [what, spec, message] of cases) {
    test(what, () => {
      const call = () => dense(spec as Parameters<typeof dense>[0]);
      expect(call).toThrow(InvalidInputError);
      expect(call).toThrow(message);
    });
  }
});

describe("network() refuses", () => {
  const layer = { weights: [[1, 2]], activation: "tanh" } as const;
  test("no layers", () => expect(() => network({ layers: [] })).toThrow(/at least one layer/));
  test("layers that do not fit", () =>
    expect(() => network({ layers: [layer, layer] })).toThrow(/layer 2: expected 1 inputs.*got 2/));
  test("a name used twice", () => {
    const layers = [{ ...layer, name: "a" }, { weights: [[1]], activation: "tanh", name: "a" } as const];
    expect(() => network({ layers })).toThrow(/"a" twice/);
  });
});

describe("a measure refuses", () => {
  const mechanism = dense(good);
  const every = [effectiveInformation, eiParts, eiPartsMatrix, sensitivity] as ((
    m: typeof mechanism,
    o: never,
  ) => Promise<unknown>)[];
  for (const bins of [
    1,
    0,
    -8,
    2.5,
    2 ** 16 + 1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    "8",
    undefined,
    null,
    { input: 8 },
    { input: 8, output: 1 },
  ]) {
    test(`bins: ${JSON.stringify(bins) ?? bins}`, async () => {
      for (const measure of every) {
        await expect(measure(mechanism, { bins } as never)).rejects.toThrow(InvalidInputError);
        await expect(measure(mechanism, { bins } as never)).rejects.toThrow(/whole number from 2 to 65,536/);
      }
    });
  }
  const others: [option: object, message: RegExp][] = [
    [{ seed: -1 }, /seed/],
    [{ seed: 0.5 }, /seed/],
    [{ seed: 2 ** 53 }, /seed/],
    [{ tolerance: 0 }, /tolerance.*above 0/],
    [{ tolerance: -0.1 }, /tolerance/],
    [{ tolerance: Number.NaN }, /tolerance/],
    [{ samples: 0 }, /samples/],
    [{ samples: 1.5 }, /samples/],
    [{ method: "guess" }, /method.*"guess"/],
    [{ outside: "ignore" }, /"drop" or "clamp"/],
  ];
  for (const [option, message] of others) {
    test(
      JSON.stringify(option, (_, value) => (Number.isNaN(value) ? "NaN" : value)),
      async () => {
        const call = effectiveInformation(mechanism, { bins: 8, ...option } as never);
        await expect(call).rejects.toThrow(InvalidInputError);
        await expect(call).rejects.toThrow(message);
      },
    );
  }
});

describe("a measure that is cancelled", () => {
  const mechanism = dense({
    weights: Array.from({ length: 6 }, (_, j) => Array.from({ length: 6 }, (_, i) => Math.sin(1 + 7 * j + i) * 3)),
    activation: "sigmoid",
    inputRange: [0, 1],
  });

  test("before it starts rejects with the signal's reason", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    for (const measure of [effectiveInformation, eiParts, sensitivity]) {
      await expect(measure(mechanism, { bins: 8, signal })).rejects.toThrow("enough");
    }
  });

  test("in the middle stops at the next stretch, and reports progress until then", async () => {
    const cancel = new AbortController();
    const seen: number[] = [];
    const call = effectiveInformation(mechanism, {
      bins: 8,
      tolerance: 1e-6,
      samples: 1e9,
      signal: cancel.signal,
      onProgress: (fraction) => {
        seen.push(fraction);
        if (seen.length === 2) cancel.abort(new Error("enough"));
      },
    });
    await expect(call).rejects.toThrow("enough");
    expect(seen.length).toBe(2);
    expect(seen[0]! > 0 && seen[0]! < seen[1]! && seen[1]! < 1).toBe(true);
  });
});

describe("what cannot be counted is said", () => {
  const random = new Random(9);
  const wide = dense({
    weights: Array.from({ length: 20 }, () => Array.from({ length: 20 }, () => 2 * random.uniform() - 1)),
    activation: "sigmoid",
    inputRange: [0, 1],
  });

  test("a wide layer whose states are to be counted gives bounds, their middle, and a warning", async () => {
    const found = await effectiveInformation(wide, { bins: 8, method: "conditional" });
    expect(found.warnings.join()).toMatch(/unsaturated.*likelihood/);
    const [lower, upper] = found.bounds!;
    expect(lower < found.bits && found.bits < upper).toBe(true);
    expect(found.standardError).toBeCloseTo((upper - lower) / Math.sqrt(12), 12);
  });

  test("a tolerance out of reach of the samples is reported", async () => {
    const small = dense({
      weights: [
        [1, 2],
        [3, -4],
      ],
      activation: "sigmoid",
      inputRange: [0, 1],
    });
    const found = await effectiveInformation(small, { bins: 8, tolerance: 1e-4, samples: 50_000 });
    expect(found.warnings.join()).toMatch(/tolerance of 0.0001 bit was not reached/);
    expect(found.samples).toBeLessThan(80_000);
  });
});

describe("causalPlane()", () => {
  const net = network({
    layers: [
      {
        weights: [
          [1, 2],
          [3, 4],
        ],
        activation: "tanh",
      },
      { weights: [[1, -1]], activation: "sigmoid" },
    ],
    inputRange: [0, 1],
  });

  test("gives every layer its ranges, and each measure as an Estimate", async () => {
    const [first, second] = await causalPlane(net, { bins: 8, seed: 3, tolerance: 0.05 });
    expect([first!.inputRange, first!.outputRange, second!.inputRange, second!.outputRange]).toEqual([
      [0, 1],
      [-1, 1],
      [-1, 1],
      [0, 1],
    ]);
    for (const layer of [first!, second!]) {
      expect(layer.degeneracy.bits).toBeCloseTo(layer.sensitivity.bits - layer.ei.bits, 12);
      expect(layer.phi.bits).toBeCloseTo(layer.ei.bits - layer.eiParts.bits, 12);
      expect(layer.phi.standardError).toBe(layer.ei.standardError);
      expect([layer.eiParts.standardError, layer.sensitivity.standardError]).toEqual([0, 0]);
    }
  });

  test("lets the caller set the network's own input range", async () => {
    const [first] = await causalPlane(net, { bins: 8, tolerance: 0.05, inputRange: [-5, 5] });
    expect(first!.inputRange).toEqual([-5, 5]);
  });

  test("warns that degeneracy mixes two kinds of noise where EI has another than uniform", async () => {
    const noise = { kind: "gaussian", standardDeviation: 0.2 } as const;
    const [layer] = await causalPlane(net, { bins: 4, tolerance: 0.05, noise });
    expect(layer!.degeneracy.warnings.join()).toMatch(/mixes the two/);
    expect([layer!.ei.method, layer!.sensitivity.method]).toEqual(["plug-in", "exact"]);
  });

  test("warns where sensitivity cannot rest at 0, and where degeneracy falls below 0", async () => {
    const [first] = await causalPlane(net, { bins: 8, tolerance: 0.05, inputRange: [1, 2] });
    expect(first!.sensitivity.warnings.join()).toMatch(/held at 0, which is outside/);
    const faint = network({ layers: [{ weights: [[0.3, 0.3, 0.3, 0.3]], activation: "sigmoid" }], inputRange: [0, 1] });
    const [layer] = await causalPlane(faint, { bins: 8, tolerance: 0.01 });
    expect(layer!.sensitivity.bits).toBe(0);
    expect(layer!.degeneracy.warnings.join()).toMatch(/below 0/);
  });
});

describe("a layer of 100,000 units", () => {
  test("is refused with the figures, not begun", async () => {
    const [n, m] = [200, 100_000];
    const big = dense({ weights: { data: new Float64Array(n * m).fill(0.5), shape: [m, n] }, activation: "tanh" });
    await expect(effectiveInformation(big, { bins: 8 })).rejects.toThrow(
      /200 inputs and 100000 outputs.*eiBetweenGroups/,
    );
  });
});

test("an activation that is no number where the layer can be is refused, and named", async () => {
  const logarithm = activation({ name: "ln", value: (z) => Math.log(z + 0.5), defaultRange: [-1, 1] });
  const spec = { weights: [[1]], activation: logarithm } as const;
  expect(() => dense({ ...spec, inputRange: [-1, 1] })).toThrow(
    "expected numbers from the activation ln for values of output 0 from -1 to 1; got NaN at -1",
  );
  // ln(z + ½) is between −ln 2 and ln 3/2, in one of two bins on either side of z = ½.
  const defined = dense({ ...spec, inputRange: [0, 1] });
  expect((await eiParts(defined, { bins: 2 })).bits).toBeCloseTo(1, 12);
});

test("weights near the end of the doubles move nothing", async () => {
  for (const weight of [5e-324, 1e-300]) {
    const mechanism = dense({
      weights: [
        [weight, weight],
        [weight, -weight],
      ],
      activation: "identity",
      inputRange: [-1, 1],
    });
    expect((await eiParts(mechanism, { bins: 8 })).bits).toBe(0);
    expect((await effectiveInformation(mechanism, { bins: 8 })).bits).toBe(0);
  }
  const small = dense({
    weights: [
      [1e-280, 1e-280],
      [1e-280, -1e-280],
    ],
    activation: "identity",
    inputRange: [-1, 1],
  });
  const whole = dense({
    weights: [
      [1, 1],
      [1, -1],
    ],
    activation: "identity",
    inputRange: [-1, 1],
  });
  const [found, expected] = [await eiParts(small, { bins: 8 }), await eiParts(whole, { bins: 8 })];
  expect(found.bits).toBeCloseTo(expected.bits, 9);
});
