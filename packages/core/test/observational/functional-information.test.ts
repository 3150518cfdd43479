import { describe, expect, it } from "vitest";
import { type Dataset, dataset } from "../../src/datasets/dataset.ts";
import { network } from "../../src/model/model.ts";
import { fCmiExperiment } from "../../src/observational/functional-information.ts";
import {
  gaussianDivergence,
  lossDifferenceBound,
  pacBayesBound,
} from "../../src/observational/generalization-bounds.ts";

const ROWS = 40;
/** One-hot rows: each can be known by heart. Labels alternate. */
const data = dataset({
  name: "rows",
  inputs: Array.from({ length: ROWS }, (_, row) => Array.from({ length: ROWS }, (_, k) => Number(k === row))),
  labels: Array.from({ length: ROWS }, (_, row) => row % 2),
});

/** Answers what it was told of rows that it has seen, and 0 of others. */
async function byHeart(train: Dataset) {
  const weights = [new Array<number>(ROWS).fill(0), new Array<number>(ROWS).fill(-1)];
  for (let row = 0; row < train.rows; row++) {
    const place = train.inputs.subarray(row * ROWS, (row + 1) * ROWS).indexOf(1);
    weights[1]![place] = train.labels![row] === 1 ? 1 : -1;
  }
  return network({ layers: [{ weights, activation: "softmax" }] });
}

async function constant() {
  const weights = [new Array<number>(ROWS).fill(1), new Array<number>(ROWS).fill(0)];
  return network({ layers: [{ weights, activation: "softmax" }] });
}

describe("f-CMI by experiment", () => {
  it("tells nothing of a learner that does not learn", async () => {
    const { labels, lossDifference, gap } = await fCmiExperiment(data, {
      learn: constant,
      pairs: 20,
      draws: 10,
      seed: 1,
    });
    expect([labels.bound, lossDifference.bound]).toEqual([0, 0]);
    // Halves of the labels on either side, up to which they are.
    expect(Math.abs(gap)).toBeLessThan(0.35);
    expect(labels).toMatchObject({ gap, vacuous: false, corrected: 0, bits: 0 });
  });

  it("tells all of one that learns by heart what it can: the bit of each pair that has a label of 1", async () => {
    const draws = 200;
    const { labels, lossDifference, gap } = await fCmiExperiment(data, { learn: byHeart, pairs: 20, draws, seed: 1 });
    // Rows of label 1 are right only where they were seen: half of the rows, so a gap of about one half.
    expect(Math.abs(gap - 0.5)).toBeLessThan(0.05);
    // Pairs with a label of 1 in either place give the coin away; pairs of two 0 do not.
    expect(labels.bits).toBeGreaterThan(0.4);
    expect(labels.bound).toBeGreaterThan(gap);
    expect(labels.bound).toBeLessThanOrEqual(Math.sqrt(2 * Math.LN2) + 1e-12);
    expect(lossDifference.bound).toBeLessThanOrEqual(labels.bound + 1e-12);
    expect(lossDifference.bound).toBeGreaterThan(gap);
  });

  it("is the same for a seed, and refuses what cannot be paired", async () => {
    const ask = (more: object) => fCmiExperiment(data, { learn: byHeart, pairs: 5, draws: 4, seed: 2, ...more });
    expect(await ask({})).toStrictEqual(await ask({}));
    await expect(ask({ pairs: 21 })).rejects.toThrow("42 examples, two for each pair; got 40");
    await expect(ask({ draws: 1 })).rejects.toThrow("draws: expected a whole number of at least 2; got 1");
    const bare = { ...data, labels: undefined };
    await expect(fCmiExperiment(bare, { learn: byHeart, pairs: 5, seed: 0 })).rejects.toThrow(
      "labels; got none in rows",
    );
  });
});

describe("bounds by a posterior and by differences of losses", () => {
  it("are closed forms", () => {
    expect(gaussianDivergence([1, 2], [0, 0], 0.5)).toMatchObject({ standardError: 0, method: "exact" });
    expect(gaussianDivergence([1, 2], [0, 0], 0.5).bits).toBeCloseTo(5 / 0.5 / Math.LN2, 12);
    expect(pacBayesBound(gaussianDivergence([1, 2], [0, 0], 0.5), 100).bound).toBeCloseTo(
      Math.sqrt((10 + Math.log(20 / 0.05)) / 200),
      12,
    );
    expect(pacBayesBound(0, 100).bound).toBeCloseTo(Math.sqrt(Math.log(20 / 0.05) / 200), 12);
    expect(pacBayesBound(1000, 100).vacuous).toBe(true);
    const member = [0, 1, 0, 1];
    // Both always wrong: predictions tell the coin, mistakes do not.
    const wrong = [{ member, first: [1, 2, 1, 2], second: [2, 1, 2, 1] }];
    expect(lossDifferenceBound(wrong, [[0, 0]]).bound).toBe(0);
    expect(() => lossDifferenceBound(wrong, [])).toThrow("two labels for each pair");
    expect(() => gaussianDivergence([1], [1, 2], 1)).toThrow("2 weights, as many before as after; got 1");
    expect(() => gaussianDivergence([1], [1], 0)).toThrow("deviation");
  });
});
