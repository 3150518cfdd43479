/** The exact engine's ways through a pair: the same bits compiled and plain, in one shard and in many, and the same values on each way. */
import { afterEach, expect, test } from "vitest";
import { outputCuts } from "../../src/estimators/engine.ts";
import { type ExactPairsJob, exactPairs, outputRanges } from "../../src/estimators/exact/exact-pairs.ts";
import { transform } from "../../src/estimators/exact/fft.ts";
import { PiecewiseCdf } from "../../src/estimators/exact/piecewise.ts";
import { uniformSumCdf } from "../../src/estimators/exact/uniform-sum.ts";
import { mutualInformation } from "../../src/information/joint-table-information.ts";
import { Random } from "../../src/information/random.ts";
import { useKernels } from "../../src/kernels/path.ts";
import { eiPartsMatrix } from "../../src/measures/edge-information.ts";
import { sensitivityMatrix } from "../../src/measures/sensitivity.ts";
import { type DenseSpec, dense, isDense } from "../../src/model/mechanism.ts";
import { OUTSIDE } from "../../src/model/preactivation-bins.ts";
import { here } from "../../src/settings/pool.ts";

afterEach(() => useKernels("auto"));

const random = new Random(7, 0);
const row = (count: number, scale = 1) => Array.from({ length: count }, () => scale * (2 * random.uniform() - 1));

const layers: Record<string, number[][]> = {
  "few inputs": [
    [0.5, -1.5, 2],
    [0, 0, 0],
    [0, 1e-17, -0.75],
  ],
  "polynomials of the centre": [row(12), row(12)],
  "one input far wider than the rest": [[3, ...row(9, 0.4)], row(10)],
  "a long series": [[1, ...row(8, 0.012)], row(9)],
  "a series that does not end": [[1, ...row(8, 1e-5)], row(9)],
};
const activations = ["sigmoid", "relu", { name: "bump", value: (z: number) => Math.exp(-z * z), turningPoints: [0] }];
const ways = [
  { bins: { input: 7, output: 12 }, outside: "drop" },
  { bins: { input: 38, output: 5 }, outside: "clamp" },
] as const;

for (const [name, weights] of Object.entries(layers)) {
  test(`${name}: compiled and plain give the same bytes`, async () => {
    for (const activation of activations as DenseSpec["activation"][]) {
      const layer = dense({ weights, activation, inputRange: [-1, 1], outputRange: [0, 0.9] });
      for (const options of ways) {
        const found = [];
        for (const path of ["wasm", "typescript"] as const) {
          useKernels(path);
          found.push([await eiPartsMatrix(layer, options), await sensitivityMatrix(layer, options)]);
        }
        expect(found[0]).toEqual(found[1]);
      }
    }
  });

  test(`${name}: every pair is the mutual information of the table of piecewise polynomials`, async () => {
    const [input, output] = [7, 12];
    const layer = dense({ weights, activation: "sigmoid", inputRange: [-1, 1], outputRange: [0.1, 0.9] });
    if (!isDense(layer)) throw new Error("not dense");
    const bins = { input, output };
    const { bits } = await eiPartsMatrix(layer, { bins });
    const cuts = outputCuts(layer, { bins, outside: "drop" });
    for (const [j, own] of weights.entries()) {
      for (const [i, weight] of own.entries()) {
        const halfWidths = own.map((w, k) => Math.abs(w) / (k === i ? input : 1)).filter((s) => s > 0);
        if (weight === 0 || halfWidths.length === 0) {
          expect(bits[i * weights.length + j]).toBe(0);
          continue;
        }
        const cdf = PiecewiseCdf.of(halfWidths);
        const table = new Float64Array(input * output);
        for (let a = 0; a < input; a++) {
          const centre = (weight * (2 * a + 1 - input)) / input;
          let before = 0;
          for (const [s, bin] of cuts.bins.entries()) {
            const upTo = s < cuts.thresholds.length ? cdf.at(cuts.thresholds[s]! - centre) : 1;
            if (bin !== OUTSIDE) table[a * output + bin]! += Math.max(0, upTo - before);
            before = upTo;
          }
        }
        // Each distribution function is good to a few 1e-15, and the information adds up some hundred of them.
        expect(Math.abs(bits[i * weights.length + j]! - mutualInformation(table, input, output))).toBeLessThan(1e-12);
      }
    }
  });
}

test("the wrapped series of many terms is the distribution itself, near the middle and in the tails", () => {
  const halfWidths = Array.from({ length: 60 }, () => 0.2 + random.uniform());
  const [series, pieces] = [uniformSumCdf(halfWidths), PiecewiseCdf.of(halfWidths)];
  expect(series.halfWidth).toBeLessThan(0.9 * pieces.halfWidth);
  for (let k = -400; k <= 400; k++) {
    const t = (pieces.halfWidth * k) / 400;
    // Sixty fits of 2e-15 each.
    expect(Math.abs(series.at(t) - pieces.at(t))).toBeLessThan(1.2e-13);
  }
});

test("any cut into shards gives the same results", async () => {
  const layer = dense({ weights: Array.from({ length: 9 }, () => row(20)), activation: "tanh", inputRange: [0, 1] });
  if (!isDense(layer)) throw new Error("not dense");
  const bins = { input: 16, output: 16 };
  const job: ExactPairsJob = {
    layer,
    intervention: { noise: "all inputs" },
    inputBins: 16,
    cuts: outputCuts(layer, { bins, outside: "drop" }),
    beyond: undefined,
  };
  const [whole] = await here.run(exactPairs, job, [{ from: 0, to: 9 }]);
  const parts = await here.run(exactPairs, job, [
    { from: 0, to: 1 },
    { from: 1, to: 6 },
    { from: 6, to: 9 },
  ]);
  expect(parts.flatMap(({ bits }) => [...bits])).toEqual([...whole!.bits]);
  expect(parts.flatMap(({ outside }) => [...outside])).toEqual([...whole!.outside]);
});

test("shards cover all outputs in order, and a small layer is one", () => {
  const cuts = { thresholds: new Float64Array(64), bins: new Int32Array(65), count: 64 };
  const job = (inputs: number, outputs: number): ExactPairsJob => ({
    layer: { inputs, outputs, inputRanges: [], dense: { weights: new Float64Array(0), bias: new Float64Array(0) } },
    intervention: { noise: "all inputs" },
    inputBins: 64,
    cuts,
    beyond: undefined,
  });
  expect(outputRanges(job(5, 5))).toEqual([{ from: 0, to: 5 }]);
  const ranges = outputRanges(job(784, 100));
  expect(ranges.length).toBeGreaterThan(20);
  expect(ranges[0]!.from).toBe(0);
  expect(ranges.at(-1)!.to).toBe(100);
  for (const [r, { from, to }] of ranges.entries()) {
    expect(to).toBeGreaterThan(from);
    if (r > 0) expect(from).toBe(ranges[r - 1]!.to);
  }
});

test("work is given to the pool that comes with the options", async () => {
  const tasks: string[] = [];
  const pool: typeof here = {
    workers: 2,
    run(task, job, shards, options) {
      tasks.push(task.name);
      return here.run(task, structuredClone(job), structuredClone(shards), options);
    },
  };
  const layer = dense({
    weights: [row(6)],
    activation: { name: "cube", value: (z) => z ** 3, turningPoints: [], defaultRange: [-1, 1] },
  });
  const alone = await eiPartsMatrix(layer, { bins: 8 });
  expect(await eiPartsMatrix(layer, { bins: 8, pool })).toEqual(alone);
  expect(tasks).toEqual(["exact pairs"]);
});

test("the Fourier transform is the sum that it stands for", () => {
  const data = Float64Array.from({ length: 64 }, () => random.uniform());
  const found = data.slice();
  transform(found);
  for (let k = 0; k < 32; k++) {
    let [re, im] = [0, 0];
    for (let n = 0; n < 32; n++) {
      const angle = (2 * Math.PI * k * n) / 32;
      re += data[2 * n]! * Math.cos(angle) + data[2 * n + 1]! * Math.sin(angle);
      im += data[2 * n + 1]! * Math.cos(angle) - data[2 * n]! * Math.sin(angle);
    }
    expect(found[2 * k]).toBeCloseTo(re, 12);
    expect(found[2 * k + 1]).toBeCloseTo(im, 12);
  }
});
