/** The plug-in method, its noise, and the published rules that go with it. */
import { describe, expect, test } from "vitest";
import { doublingJoint, doublingParts } from "../../src/estimators/counting/doubling.ts";
import { drawPairs } from "../../src/estimators/counting/draw-pairs.ts";
import { extrapolateParts, fitPower } from "../../src/estimators/counting/extrapolate.ts";
import { dynamicOutput } from "../../src/estimators/dynamic-range.ts";
import { ALL_INPUTS, type SamplingOptions } from "../../src/estimators/engine.ts";
import { noiseSource } from "../../src/estimators/noise.ts";
import { binsOfEach } from "../../src/estimators/plug-in/binned-samples.ts";
import { drawJoint, plugInJoint, plugInPairwise, plugInParts } from "../../src/estimators/plug-in/plug-in.ts";
import { StateKey } from "../../src/information/state-key.ts";
import { NOISE_BLOCK } from "../../src/kernels/blocks.ts";
import { eiPartsMatrix } from "../../src/measures/edge-information.ts";
import { sensitivityMatrix } from "../../src/measures/sensitivity.ts";
import { activation } from "../../src/model/activation.ts";
import { blackBox, dense, type Mechanism, throughAll } from "../../src/model/mechanism.ts";
import { network } from "../../src/model/model.ts";

const unit = [0, 1] as const;

function options(bins: number, samples: number, more: Partial<SamplingOptions> = {}): SamplingOptions {
  return {
    bins: { input: bins, output: bins },
    outside: "drop",
    seed: 5,
    tolerance: 0,
    samples,
    method: "plug-in",
    memory: 1e9,
    ...more,
  };
}

function identity(weights: number[][], inputRange: readonly [number, number] = unit): Mechanism {
  return dense({ weights, activation: "identity", inputRange, outputRange: unit });
}

const layer = dense({
  weights: [
    [2, -1, 0.5],
    [-3, 2, 1],
  ],
  bias: [0.2, 0.1],
  activation: "sigmoid",
  inputRange: unit,
});
/** The same function, known only by its values. */
const unknown = valuesOf(layer);

/** A mechanism without what is known of its structure. */
function valuesOf({ name, inputs, outputs, inputRanges, outputRange, activation, evaluate }: Mechanism): Mechanism {
  return { kind: "blackBox", name, inputs, outputs, inputRanges, outputRange, activation, evaluate };
}

async function joint(mechanism: Mechanism, of: SamplingOptions, spec?: Parameters<typeof noiseSource>[1]) {
  return plugInJoint(mechanism, binsOfEach(mechanism, of), of, noiseSource(mechanism, spec, of.seed));
}

async function pairs(mechanism: Mechanism, of: SamplingOptions, correct = false) {
  return plugInPairwise(mechanism, ALL_INPUTS, { ...of, correct }, noiseSource(mechanism, undefined, of.seed));
}

describe("the plug-in of whole layers", () => {
  test("draws exactly the samples asked for, and is the same for the same seed", async () => {
    const of = options(4, 10_001);
    const [a, b] = [await joint(layer, of), await joint(layer, of)];
    expect(a).toEqual(b);
    expect(a.samples).toBe(10_001);
    expect(a.method).toBe("plug-in");
    expect((await joint(layer, { ...of, seed: 0 })).bits).not.toBe(a.bits);
  });

  test("is log2 of the bins for an aligned identity, up to the sampled frequencies", async () => {
    // The plug-in entropy of 8 equal states at 100,000 samples is low by 7/(2N ln 2) = 5e-5 bit, with as large an error.
    const found = await joint(identity([[1]]), options(8, 100_000));
    expect(Math.abs(found.bits - 3)).toBeLessThan(4e-4);
    expect(found.bits).toBeLessThan(3);
  });

  test("evaluates a dense layer's cuts and its values to the same counts", async () => {
    for (const outside of ["drop", "clamp"] as const) {
      const narrow: Mechanism = { ...layer, outputRange: [0.3, 0.8] };
      const of = options(8, 20_000, { outside });
      const found = await joint(narrow, of);
      expect(await joint(valuesOf(narrow), of)).toEqual(found);
      expect(found.outside).toBeGreaterThan(0.1);
      expect(found.warnings.join()).toContain(outside === "drop" ? "dropped" : "end bins");
    }
  });

  test("leaves a sample out as a whole where any output lies outside", async () => {
    // y = (x, 2x): half of the samples stay, on which y tells x: log2 of the 4 input bins left.
    const found = await joint(identity([[1], [2]]), options(8, 100_000));
    expect(Math.abs(found.bits - 2)).toBeLessThan(4e-4);
    expect(Math.abs(found.outside - 0.5)).toBeLessThan(0.01);
  });

  test("says so where every sample lies outside, and gives what the bins allow", async () => {
    const found = await joint(
      dense({ weights: [[0]], bias: [9], activation: "relu", outputRange: unit }),
      options(4, 500),
    );
    expect(found).toMatchObject({ bits: 1, outside: 1, interval: [0, 2] });
    expect(found.warnings.join()).toContain("EI is unknown");
  });

  test("counts an input that is not looked at as noise", async () => {
    // x₂ alone decides y₂, so that y₁'s input tells nothing of it.
    const mechanism = identity([[0, 1]]);
    const source = noiseSource(mechanism, undefined, 1);
    const hidden = await plugInJoint(mechanism, Float64Array.of(8, 1), options(8, 50_000), source);
    const seen = await plugInJoint(mechanism, Float64Array.of(1, 8), options(8, 50_000), source);
    expect(hidden.bits).toBeLessThan(0.003);
    expect(seen.bits).toBeGreaterThan(2.999);
  });

  test("warns in words where input states were seen once, and where joint states were", async () => {
    const wide = identity(
      Array.from({ length: 12 }, (_, j) => Array.from({ length: 12 }, (_, i) => (i === j ? 1 : 0))),
    );
    const inputs = await joint(wide, options(8, 5_000));
    expect(inputs.warnings.join()).toMatch(/unsaturated: (99|100) % of the input states were seen once; .*biased/);
    expect(inputs.bits).toBeCloseTo(Math.log2(5_000), 1);
    const sum = await joint(dense({ weights: [[1, 1.37]], activation: "tanh", inputRange: unit }), options(32, 8_000));
    expect(sum.warnings.join()).toMatch(/unsaturated: \d+ % of the joint states were seen once/);
    expect((await joint(layer, options(2, 50_000))).warnings.join()).not.toContain("unsaturated");
  });

  test("its standard error is the spread over seeds", async () => {
    const runs = [];
    for (let seed = 0; seed < 60; seed++) runs.push(await joint(layer, options(2, 4096, { seed })));
    const mean = runs.reduce((sum, { bits }) => sum + bits, 0) / runs.length;
    const spread = Math.sqrt(runs.reduce((sum, { bits }) => sum + (bits - mean) ** 2, 0) / (runs.length - 1));
    // A standard deviation of 60 values is known to 1/√118 = 9 %: four times that.
    expect(runs[0]!.standardError / spread).toBeGreaterThan(0.64);
    expect(runs[0]!.standardError / spread).toBeLessThan(1.36);
  });

  test("with a tolerance, stops where error and first-order bias are below it, or says that it was not reached", async () => {
    const reached = await joint(layer, options(4, 4_000_000, { tolerance: 0.005 }));
    expect(reached.standardError).toBeLessThanOrEqual(0.005);
    expect(reached.samples).toBeLessThan(4_000_000);
    const short = await joint(layer, options(4, 3_000, { tolerance: 0.001 }));
    expect(short.samples).toBe(3_000);
    expect(short.warnings.join()).toContain("not reached within 3,000 samples");
  });

  test("shards merge to the counts of one run, bit for bit, wherever they are cut", async () => {
    const of = options(8, 30_000);
    const source = noiseSource(layer, undefined, of.seed);
    const parts = binsOfEach(layer, of);
    const whole = await drawJoint(layer, parts, of, source, [0, 30_000]);
    const cut = NOISE_BLOCK + 777;
    const first = await drawJoint(layer, parts, of, source, [0, cut]);
    first.merge(await drawJoint(layer, parts, of, source, [cut, 30_000]));
    expect(first.statistic()).toEqual(whole.statistic());
    expect(first).toMatchObject({ drawn: 30_000, kept: whole.kept });
    const other = await drawJoint(layer, parts, options(4, 10), source, [0, 10]);
    expect(() => first.merge(other)).toThrow(/same units and bins/);
  });

  test("joint states have exact keys while they fit two words, and distinct hashes beyond", () => {
    for (const [units, bins] of [
      [16, 8],
      [40, 16],
    ] as const) {
      const key = new StateKey(new Float64Array(units).fill(bins));
      const seen = new Set<string>();
      const state = new Int32Array(units);
      for (let u = 0; u < units; u++) {
        for (let v = 0; v < units; v++) {
          state.fill(0);
          state[u] = bins - 1;
          state[v] = 1;
          key.set(state, 0);
          seen.add(`${key.low},${key.high}`);
        }
      }
      expect(seen.size).toBe(units * units);
    }
  });

  test("a cancelled run throws the signal's reason", async () => {
    const controller = new AbortController();
    const onProgress = () => controller.abort(new Error("enough"));
    const run = joint(unknown, options(4, 100_000, { signal: controller.signal, onProgress }));
    await expect(run).rejects.toThrow("enough");
  });
});

describe("the plug-in of pairs", () => {
  test("comes to the exact values, the bias being subtracted, within 5 standard errors", async () => {
    const of = options(8, 200_000);
    const exact = await eiPartsMatrix(layer, { bins: 8 });
    const found = await pairs(layer, of, true);
    for (const [at, bits] of found.bits.entries()) {
      expect(Math.abs(bits - exact.bits[at]!)).toBeLessThan(5 * found.standardError[at]!);
    }
  });

  test("holds the other inputs at rest when one is noisy", async () => {
    const rest = Float64Array.of(0.5, 0.2, 0.9);
    const exact = await sensitivityMatrix(layer, { bins: 8, rest });
    for (const mechanism of [layer, unknown]) {
      const found = await plugInPairwise(
        mechanism,
        { noise: "one input", rest },
        { ...options(8, 100_000), correct: true },
        noiseSource(mechanism, undefined, 5),
      );
      for (const [at, bits] of found.bits.entries()) {
        expect(Math.abs(bits - exact.bits[at]!)).toBeLessThan(5 * found.standardError[at]! + 1e-9);
      }
    }
  });

  test("Miller's correction takes most of the bias of an unconnected pair away", async () => {
    // Independent: the raw plug-in is 49/(2N ln 2) = 0.0088 bit, known to 0.2 of that (its law is χ² of 49).
    const mechanism = dense({ weights: [[0, 1]], activation: "identity", inputRange: unit, outputRange: unit });
    const [raw, corrected] = [
      await pairs(mechanism, options(8, 4_000)),
      await pairs(mechanism, options(8, 4_000), true),
    ];
    expect(raw.bits[0]!).toBeGreaterThan(0.004);
    expect(Math.abs(corrected.bits[0]!)).toBeLessThan(0.0088 * 0.8);
    expect(raw.warnings.join()).toMatch(/too high by about 0\.00/);
  });

  test("drops a sample from the pairs of the output that lies outside, not from others", async () => {
    const found = await pairs(identity([[1], [2]]), options(8, 100_000));
    expect(Math.abs(found.bits[0]! - 3)).toBeLessThan(1e-3);
    expect(Math.abs(found.bits[1]! - 2)).toBeLessThan(1e-3);
    expect(found.outside[0]).toBe(0);
    expect(Math.abs(found.outside[1]! - 0.5)).toBeLessThan(0.01);
  });

  test("the error of their sum knows that pairs share samples", async () => {
    // Twice the same output: the sum of two equal terms has twice the error of one, not √2 times.
    const of = options(8, 20_000);
    const sumOf = async (mechanism: Mechanism) =>
      plugInParts(mechanism, ALL_INPUTS, of, noiseSource(mechanism, undefined, 5));
    const weights = [2, -1];
    const [one, two] = [
      await sumOf(dense({ weights: [weights], activation: "sigmoid", inputRange: unit })),
      await sumOf(dense({ weights: [weights, weights], activation: "sigmoid", inputRange: unit })),
    ];
    expect(two.bits).toBeCloseTo(2 * one.bits, 10);
    expect(two.standardError).toBeCloseTo(2 * one.standardError, 10);
  });

  test("shards merge to the counts of one run", async () => {
    const of = options(8, 10_000);
    const source = noiseSource(layer, undefined, 5);
    const whole = await drawPairs(layer, ALL_INPUTS, of, source, [0, 10_000]);
    const shard = await drawPairs(layer, ALL_INPUTS, of, source, [0, 5_001]);
    shard.merge(await drawPairs(layer, ALL_INPUTS, of, source, [5_001, 10_000]));
    expect(shard.drawn).toBe(10_000);
    for (let i = 0; i < 3; i++) for (let j = 0; j < 2; j++) expect(shard.table(i, j)).toEqual(whole.table(i, j));
  });

  test("refuses histograms above 1 GB, and says what would fit", async () => {
    const big = dense({
      weights: { data: new Float64Array(784 * 100).fill(0.1), shape: [100, 784] },
      activation: "sigmoid",
      inputRange: unit,
    });
    await expect(pairs(big, options(64, 1000))).rejects.toThrow(
      /at most 1\.00 GB; got 1\.28 GB.*at most 56 bins.*77 outputs/,
    );
  });

  test("refuses more samples than a cell can count", async () => {
    await expect(pairs(layer, options(4, 2 ** 31))).rejects.toThrow(/2147483647/);
  });
});

describe("noise", () => {
  test("a given sample makes an identity's EI the entropy of its rows' bins", async () => {
    // Bins 0, 0, 1, 3: H = 1.5 bit.
    const rows = [[0.1], [0.2], [0.3], [0.9]];
    const found = await joint(identity([[1]]), options(4, 100_000), { kind: "sample", rows });
    expect(Math.abs(found.bits - 1.5)).toBeLessThan(5 * found.standardError);
    const flat = await joint(identity([[1]]), options(4, 100_000), {
      kind: "sample",
      rows: Float64Array.from(rows.flat()),
    });
    expect(flat.bits).toBe(found.bits);
  });

  test("Gaussian noise makes an identity's EI the entropy of a truncated normal's bins", async () => {
    // Bins of (−2, 2) at whole numbers, mean 0, deviation 1: Φ(1) − Φ(0) = 0.3413447461, Φ(2) − Φ(1) = 0.1359051220.
    const [inner, outer] = [0.3413447461, 0.135905122].map((p) => p / (2 * (0.3413447461 + 0.135905122)));
    const entropy = -2 * (inner! * Math.log2(inner!) + outer! * Math.log2(outer!));
    const mechanism = dense({ weights: [[1]], activation: "identity", inputRange: [-2, 2], outputRange: [-2, 2] });
    const found = await joint(mechanism, options(4, 200_000), { kind: "gaussian", standardDeviation: 1 });
    expect(Math.abs(found.bits - entropy)).toBeLessThan(5 * found.standardError);
    expect(found.warnings.join()).toMatch(/4\.6 % of the normal distribution lies outside .* truncated there/);
  });

  test("fewer rows of a block are the first of more, for every kind", () => {
    const rows = [
      [0, 0.5, 1],
      [1, 0, 0.25],
    ];
    for (const spec of [
      undefined,
      { kind: "gaussian", standardDeviation: [1, 0.2, 0.1] },
      { kind: "sample", rows },
    ] as const) {
      const source = noiseSource(layer, spec, 0);
      const [few, many] = [new Float64Array(30), new Float64Array(300)];
      source.fill(few, 10, 3);
      source.fill(many, 100, 3);
      expect(many.subarray(0, 30)).toEqual(few);
      source.fill(few, 10, 4);
      expect(many.subarray(0, 30)).not.toEqual(few);
      expect(many.every((value) => value >= 0 && value <= 1)).toBe(true);
    }
  });

  test("refuses what it cannot draw from, with the count", () => {
    const make = (spec: unknown) => () => noiseSource(layer, spec as never, 0);
    expect(make({ kind: "sample", rows: [[0, 2, -1]] })).toThrow(/2 of 3 outside it/);
    expect(make({ kind: "sample", rows: [[0, Number.NaN, 1]] })).toThrow(/1 of 3 outside it, or not numbers/);
    expect(make({ kind: "sample", rows: [[0, 1]] })).toThrow(/2 in row 0/);
    expect(make({ kind: "sample", rows: [] })).toThrow(/at least one; got an empty array/);
    expect(make({ kind: "sample", rows: new Float64Array(4) })).toThrow(/4 numbers/);
    expect(make({ kind: "gaussian", standardDeviation: 0 })).toThrow(/above 0/);
    expect(make({ kind: "gaussian", standardDeviation: [1, 2] })).toThrow(/3, one per input/);
    expect(make({ kind: "gaussian", mean: 50, standardDeviation: 1 })).toThrow(/of its mass in the input range/);
    expect(make({ kind: "pink" })).toThrow(/"uniform", "gaussian" or "sample"/);
  });

  test("a source that leaves the input range is refused, not clamped", async () => {
    const source = { fill: (out: Float64Array) => void out.fill(1.5) };
    const run = plugInJoint(layer, binsOfEach(layer, options(4, 10)), options(4, 10), source);
    await expect(run).rejects.toThrow(/input 0 inside its range \(0, 1\); got 1\.5/);
  });
});

describe("the published rules", () => {
  const rule = (bins: number, threshold: number, samples = 2_000_000) => ({
    bins: { input: bins, output: bins },
    outside: "drop" as const,
    seed: 2,
    threshold,
    samples,
    memory: 1e9,
  });
  const source = noiseSource(layer, undefined, 2);

  test("doubling of EI_parts stops at 10,000 · 2^k samples, the later the smaller the threshold", async () => {
    const coarse = await doublingParts(layer, ALL_INPUTS, rule(32, 0.5), source);
    const fine = await doublingParts(layer, ALL_INPUTS, rule(32, 0.02), source);
    expect(Number.isInteger(Math.log2(coarse.samples / 10_000))).toBe(true);
    expect(fine.samples).toBeGreaterThan(coarse.samples);
    expect(fine.warnings.join()).toMatch(/published rule .* last two values only/);
  });

  test("doubling of a layer that carries nothing stops at 0", async () => {
    const dead = dense({ weights: [[0, 0, 0]], activation: "sigmoid", inputRange: unit });
    expect(await doublingParts(dead, ALL_INPUTS, rule(8, 0.05), source)).toMatchObject({ bits: 0, samples: 10_000 });
  });

  test("doubling of EI compares bits, and says where it was not met", async () => {
    const parts = binsOfEach(layer, { bins: { input: 4, output: 4 } });
    const met = await doublingJoint(layer, parts, rule(4, 0.05), source);
    expect(met.samples).toBe(20_000);
    const cut = await doublingJoint(layer, parts, rule(4, 1e-9, 15_000), source);
    expect(cut.samples).toBe(15_000);
    expect(cut.warnings.join()).toContain("was not met within 15,000 samples");
    await expect(doublingJoint(layer, parts, rule(4, 0), source)).rejects.toThrow(/threshold, a number above 0/);
  });

  test("the fit of A/s^α + C finds a curve's own parameters", async () => {
    const sizes = Array.from({ length: 16 }, (_, k) => (k + 5) * 100_000);
    const values = sizes.map((s) => 12 + 800 * s ** -0.9);
    const found = await fitPower(sizes, values);
    expect(found.limit).toBeCloseTo(12, 6);
    expect(found.exponent).toBeCloseTo(0.9, 4);
    expect(found.residual).toBeLessThan(1e-7);
    const flat = await fitPower(
      sizes,
      sizes.map(() => 7),
    );
    expect(flat.limit).toBeCloseTo(7, 9);
  });

  test("extrapolated EI_parts is nearer the exact value than its last point, with an error that covers it", async () => {
    const mechanism = dense({ weights: [[1, 2]], activation: "sigmoid", inputRange: unit });
    const noise = noiseSource(mechanism, undefined, 3);
    const found = await extrapolateParts(mechanism, ALL_INPUTS, rule(256, 0.05), noise);
    const exact = (await eiPartsMatrix(mechanism, { bins: 256 })).bits.reduce((sum, bits) => sum + bits, 0);
    const last = await plugInParts(mechanism, ALL_INPUTS, options(256, 2_000_000), noise);
    expect(Math.abs(found.bits - exact)).toBeLessThan(Math.abs(last.bits - exact));
    expect(Math.abs(found.bits - exact)).toBeLessThan(4 * found.standardError);
    expect(found.warnings.join()).toMatch(/extrapolated from .* the form is an assumption/);
  });
});

describe("dynamic output ranges", () => {
  test("are the extremes of a monotone layer, in bins of the input's width", async () => {
    const mechanism = dense({
      weights: [
        [1, -2],
        [0.5, 0],
      ],
      activation: "identity",
      inputRange: unit,
    });
    const found = await dynamicOutput(mechanism, 8);
    expect(found.mechanism.outputRange).toEqual([-2, 1]);
    expect(found.bins).toEqual({ input: 8, output: 24 });
    expect(found.samples).toBe(0);
    expect(found.warnings.join()).toContain("exactly");
  });

  test("hold the turning points of a function that is not monotone", async () => {
    const bump = activation({ name: "bump", value: (z) => 1 - z * z, turningPoints: [0], defaultRange: [0, 1] });
    const found = await dynamicOutput(dense({ weights: [[1]], activation: bump, inputRange: [-1, 2] }), 4);
    expect(found.mechanism.outputRange[0]).toBe(-3);
    expect(found.mechanism.outputRange[1]).toBeGreaterThanOrEqual(1);
  });

  test("hold what sensitivity sees where 0 is outside the input range", async () => {
    const mechanism = dense({ weights: [[1, 1]], activation: "identity", inputRange: [1, 2] });
    expect((await dynamicOutput(mechanism, 4)).mechanism.outputRange).toEqual([1, 4]);
    expect((await dynamicOutput(mechanism, 4, { rest: [1, 1] })).mechanism.outputRange).toEqual([2, 4]);
  });

  test("of a black box come from samples, and say so", async () => {
    const found = await dynamicOutput(unknown, 8, { samples: 5_000, seed: 1 });
    const exact = await dynamicOutput(layer, 8);
    expect(found.samples).toBe(5_000);
    expect(found.warnings.join()).toContain("from 5,000 samples");
    expect(found.mechanism.outputRange[0]).toBeGreaterThanOrEqual(exact.mechanism.outputRange[0]);
    expect((await joint(found.mechanism, { ...options(8, 10_000), bins: found.bins })).outside).toBeLessThan(0.01);
  });

  test("refuse outputs that never change, and bins without number", async () => {
    const dead = dense({ weights: [[0]], activation: "identity", inputRange: unit });
    await expect(dynamicOutput(dead, 8)).rejects.toThrow(/outputs that vary/);
    const steep = dense({ weights: [[1e9]], activation: "identity", inputRange: unit });
    await expect(dynamicOutput(steep, 8)).rejects.toThrow(/at most 65536 output bins/);
    await expect(dynamicOutput(layer, 1)).rejects.toThrow(/inputBins: expected a whole number/);
  });
});

describe("mechanisms known only by their values", () => {
  const box = (evaluate: (batch: Float64Array) => ArrayLike<number>) =>
    blackBox({ inputs: 2, outputs: 1, inputRange: unit, outputRange: unit, evaluate });
  const first = (batch: Float64Array) => Float64Array.from({ length: batch.length / 2 }, (_, row) => batch[2 * row]!);

  test("NaN, another shape and an error are named, with the sample", async () => {
    const nan = box((batch) => first(batch).map((value, row) => (row === 3 ? Number.NaN : value)));
    const x = new Float64Array(8);
    noiseSource(nan, undefined, 5).fill(x, 4, 0);
    await expect(joint(nan, options(4, 100))).rejects.toThrow(
      `NaN at output 0 for the inputs [${x[6]!.toPrecision(6)}, ${x[7]!.toPrecision(6)}]`,
    );
    await expect(
      pairs(
        box(() => [1, 2]),
        options(4, 100),
      ),
    ).rejects.toThrow(/100 values \(100 samples of 1 outputs\); got 2/);
    const throwing = box(() => {
      throw new Error("out of order");
    });
    const said = new RegExp(`out of order \\(inputs of the first of 100 samples: \\[${x[0]!.toPrecision(6)}`);
    await expect(joint(throwing, options(4, 100))).rejects.toThrow(said);
  });

  test("a chain of layers that overflows to NaN is named too", async () => {
    const steep = { weights: [[1e200], [-1e200]], activation: "identity" } as const;
    const layers = [steep, { weights: [[1e200, 1e200]], activation: "identity" } as const];
    const mechanism = throughAll(network({ layers }).chain!.layers, { inputRange: unit, outputRange: unit });
    await expect(joint(mechanism, options(4, 100))).rejects.toThrow(/NaN at output 0 for the inputs/);
  });

  test("pairwise information of a product is seen, though each input alone tells half of it", async () => {
    const and = box((batch) => first(batch).map((value, row) => (value >= 0.5 && batch[2 * row + 1]! >= 0.5 ? 1 : 0)));
    const found = await pairs(and, options(2, 50_000), true);
    // I(x; x ∧ z) = H(¼) − ½ H(½) = 0.311278 bit.
    for (const at of [0, 1]) expect(Math.abs(found.bits[at]! - 0.311278)).toBeLessThan(5 * found.standardError[at]!);
  });
});
