/** Wide layers that are hard, too large or given up: what they get. */
import { describe, expect, test } from "vitest";
import { InvalidInputError } from "../../src/checks/error-classes.ts";
import type { Estimate } from "../../src/information/estimate.ts";
import { Random } from "../../src/information/random.ts";
import { effectiveInformation } from "../../src/measures/effective-information.ts";
import { dense, mechanismOf } from "../../src/model/mechanism.ts";
import { network } from "../../src/model/model.ts";

const unit = [0, 1] as const;

function random(outputs: number, inputs: number, scale: number): number[][] {
  const source = new Random(inputs, outputs);
  return Array.from({ length: outputs }, () =>
    Array.from({ length: inputs }, () => (scale * (2 * source.uniform() - 1)) / Math.sqrt(inputs)),
  );
}

const likelihood = { bins: 8, method: "likelihood", tolerance: 0.15 } as const;

/** Against counting, 4 combined errors. */
async function expectAsCounted(weights: number[][], bias?: number[]): Promise<Estimate> {
  const mechanism = dense({ weights, bias, activation: "sigmoid", inputRange: unit });
  const counted = await effectiveInformation(mechanism, { bins: 8, method: "conditional", tolerance: 0.03 });
  const found = await effectiveInformation(mechanism, likelihood);
  const error = Math.hypot(counted.standardError, found.standardError);
  expect(Math.abs(found.bits - counted.bits)).toBeLessThanOrEqual(4 * error + 1e-9);
  for (const [lower, upper] of [found.bounds!, counted.bounds!]) {
    expect(lower).toBeLessThanOrEqual(counted.bits + 4 * counted.standardError);
    expect(upper).toBeGreaterThanOrEqual(counted.bits - 4 * counted.standardError);
  }
  expect(found.bracket![0]).toBeLessThanOrEqual(found.bracket![1]);
  for (const value of [found.bits, found.standardError, ...found.bracket!, ...found.bracketError!, ...found.bounds!]) {
    expect(Number.isFinite(value)).toBe(true);
  }
  return found;
}

describe("hard layers", () => {
  test.each([1e-3, 1e-7, 1e-11, 1e-15])("rows that differ by %d", async (by) => {
    const weights = random(5, 8, 4);
    weights[1] = weights[0]!.map((w, i) => w + by * Math.sin(i));
    weights[3] = weights[2]!.map((w, i) => w + weights[4]![i]! + by * Math.cos(i));
    await expectAsCounted(weights);
  });

  test("weights of 1e-9 beside 1e3", async () => {
    const weights = random(5, 6, 3).map((row, j) =>
      row.map((w, i) => ((i + j) % 3 === 0 ? 1e-9 * w : (i + j) % 3 === 1 ? 1e3 * w : w)),
    );
    await expectAsCounted(weights);
  });

  // A cell moves the small rows by a part in 10^9 of the thresholds' span: a table of that span sees nothing of it.
  test.each([1, 2, 3])("rows of weights around 1e-9 beside rows around 1e3, %d", async (seed) => {
    const weights = random(5, 6 + seed, 4).map((row, j) => row.map((w) => w * (j % 2 === 1 ? 1e-9 : 1e3)));
    await expectAsCounted(weights);
  });

  test("units that never leave a bin, one with nearly all its mass in one, thresholds beyond the support", async () => {
    const weights = random(6, 8, 3);
    weights[1] = weights[1]!.map((w) => 1e-6 * w);
    await expectAsCounted(weights, [0, 0.3, 40, -40, 3.4, -2.9]);
  });

  test("no unit ever leaves its bin", async () => {
    const found = await expectAsCounted(random(12, 9, 1), new Array<number>(12).fill(60));
    expect(found.bits).toBe(0);
  });
});

describe("uneven bins", () => {
  const mechanism = dense({ weights: random(3, 3, 5), activation: "sigmoid", inputRange: unit });

  test.each([
    [2, 64],
    [64, 2],
    [1024, 8],
    [3, 16],
  ])(
    "%d of the inputs, %d of the outputs: as counted, the joint states themselves where they are few",
    async (input, output) => {
      const bins = { input, output };
      const method = input < 8 ? "plug-in" : "conditional";
      const truth = await effectiveInformation(mechanism, { bins, method, samples: 2_000_000, tolerance: 0.01 });
      const found = await effectiveInformation(mechanism, { ...likelihood, bins });
      const error = Math.hypot(found.standardError, truth.standardError);
      expect(Math.abs(found.bits - truth.bits)).toBeLessThanOrEqual(4 * error);
      expect(found.bounds![0]).toBeLessThanOrEqual(truth.bits + 4 * truth.standardError);
      expect(found.bounds![1]).toBeGreaterThanOrEqual(truth.bits - 4 * truth.standardError);
    },
  );

  test("2 of the inputs, 65,536 of the outputs: all of the inputs' 3 bits arrive, but for what one bin of 65,536 hides", async () => {
    const found = await effectiveInformation(mechanism, { ...likelihood, bins: { input: 2, output: 65_536 } });
    expect(Math.abs(found.bits - 3)).toBeLessThanOrEqual(4 * found.standardError + 0.01);
  });
});

describe("refused", () => {
  test("2,000 outputs, with what they cost and what to do; begun where forced", async () => {
    const mechanism = dense({ weights: random(2000, 400, 1), activation: "sigmoid", inputRange: unit });
    const refused = effectiveInformation(mechanism, likelihood);
    await expect(refused).rejects.toThrow(InvalidInputError);
    await expect(refused).rejects.toThrow(/400 inputs and 2000 outputs: about \d+ seconds.*`force`/s);
    const stop = new AbortController();
    stop.abort(new Error("begun"));
    await expect(effectiveInformation(mechanism, { ...likelihood, force: true, signal: stop.signal })).rejects.toThrow(
      "begun",
    );
  });

  test("less memory than the layer takes", async () => {
    const mechanism = dense({ weights: random(200, 200, 1), activation: "sigmoid", inputRange: unit });
    await expect(effectiveInformation(mechanism, { ...likelihood, memory: 1e7 })).rejects.toThrow(/MB/);
  });

  test("what is known only by its values", async () => {
    const net = network({ layers: [{ weights: random(4, 4, 1), activation: "softmax" }] });
    await expect(effectiveInformation(mechanismOf(net.chain!.layers[0]!), likelihood)).rejects.toThrow(/dense layer/);
  });
});

test("cancelled in the middle: the last partial value stands, with its larger error", async () => {
  const mechanism = dense({ weights: random(10, 10, 5), activation: "sigmoid", inputRange: unit });
  const stop = new AbortController();
  const partials: Estimate[] = [];
  const run = effectiveInformation(mechanism, {
    ...likelihood,
    tolerance: 0.01,
    signal: stop.signal,
    onPartial: (partial) => {
      partials.push(partial);
      if (partials.length === 2) stop.abort(new Error("enough"));
    },
  });
  await expect(run).rejects.toThrow("enough");
  expect(partials.length).toBe(2);
  const [first, second] = partials;
  expect(second!.standardError).toBeLessThan(first!.standardError);
  expect(second!.standardError).toBeGreaterThan(0.01);
  expect(second!.evidence!.routes).toEqual({ output: "likelihood", cell: "likelihood" });
});
