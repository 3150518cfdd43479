/**
 * Data processing: what is divided finer, or seen by more outputs, tells no less. Differences of the estimates may be 3 of their errors
 * below 0. (EI in expectation; the bins of one are unions of the other's, for 64 = 2 · 32 = 4 · 16 = 8 · 8.)
 */
import { expect, test } from "vitest";
import type { BinsSpec } from "../../src/information/bins.ts";
import type { Estimate } from "../../src/information/estimate.ts";
import { Random } from "../../src/information/random.ts";
import { effectiveInformation } from "../../src/measures/effective-information.ts";
import { dense } from "../../src/model/mechanism.ts";

const random = new Random(12);
const weights = Array.from({ length: 30 }, () =>
  Array.from({ length: 30 }, () => (2 * random.uniform() - 1) / Math.sqrt(30)),
);

function measured(outputs: number, bins: BinsSpec): Promise<Estimate> {
  const mechanism = dense({ weights: weights.slice(0, outputs), activation: "sigmoid", inputRange: [0, 1] });
  return effectiveInformation(mechanism, { bins, tolerance: 0.25, method: "likelihood" });
}

function expectNotLess(later: Estimate, earlier: Estimate): void {
  const error = Math.hypot(later.standardError, earlier.standardError);
  expect(later.bits).toBeGreaterThan(earlier.bits - 3 * error);
}

test("30 → 30 at 8, 16, 32 and 64 bins on both sides, and with either side finer alone", async () => {
  const coarse = await measured(30, 8);
  const sizes: BinsSpec[] = [16, 32, 64];
  let last = coarse;
  for (const bins of sizes) {
    const next = await measured(30, bins);
    expectNotLess(next, last);
    last = next;
  }
  expectNotLess(await measured(30, { input: 64, output: 8 }), coarse);
  expectNotLess(await measured(30, { input: 8, output: 64 }), coarse);
});

test("5, 10, 20 and 30 outputs of the same 30 inputs", async () => {
  let last = await measured(5, 8);
  for (const outputs of [10, 20, 30]) {
    const next = await measured(outputs, 8);
    expectNotLess(next, last);
    last = next;
  }
});
