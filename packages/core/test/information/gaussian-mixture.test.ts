import { describe, expect, it } from "vitest";
import { InvalidInputError } from "../../src/checks/error-classes.ts";
import { mixtureEntropy, mixtureInformation, mixtureInformations } from "../../src/information/gaussian-mixture.ts";
import { Random } from "../../src/information/random.ts";
import { pairwiseBounds, pairwiseLabelBounds } from "../../src/observational/pairwise-bounds.ts";

const points = (values: readonly number[], dimensions = 1) => ({ values: Float64Array.from(values), dimensions });

/** Of two unit Gaussians so far apart, in nats: what the tests of JIDT use, with more digits. */
const TWO_GAUSSIANS = [
  [1, 0.111421482],
  [2, 0.33683082],
  [4, 0.632720194],
  [8, 0.693053645],
] as const;

/** A difference within four standard errors is passed by chance in all but 1 of 16,000 seeds. */
const ERRORS = 4;

describe("information through Gaussian noise", () => {
  it.each(TWO_GAUSSIANS)("tells two points %d apart as the integral says", (apart, nats) => {
    const { bits, standardError } = mixtureInformation(points([0, apart]), undefined, 1, { draws: 20_000 });
    expect(standardError).toBeGreaterThan(0);
    expect(standardError).toBeLessThan(0.01);
    expect(Math.abs(bits - nats / Math.LN2)).toBeLessThan(ERRORS * standardError);
  });

  it("has the entropy of one Gaussian in any number of dimensions, without error", () => {
    for (const dimensions of [1, 3, 2000]) {
      const { bits, standardError } = mixtureEntropy(points(new Array(dimensions).fill(0.5), dimensions), 0.25);
      expect(bits).toBeCloseTo((dimensions / 2) * Math.log2(2 * Math.PI * Math.E * 0.25), 8);
      expect(standardError).toBe(0);
    }
  });

  it("is the same, within its error, from some of the points, of all labellings at once", () => {
    const random = new Random(9);
    const cloud = points(
      Array.from({ length: 400 }, () => random.uniform()),
      2,
    );
    const labels = Array.from({ length: 200 }, (_, k) => Number(cloud.values[2 * k]! > 0.7));
    const found = mixtureInformations(cloud, [undefined, labels], 0.01, { draws: 2, drawn: 100, seed: 3 });
    for (const [k, which] of [undefined, labels].entries()) {
      const all = mixtureInformation(cloud, which, 0.01, { draws: 40 });
      const error = Math.hypot(found[k]!.standardError, all.standardError);
      expect(error).toBeLessThan(0.2);
      expect(Math.abs(found[k]!.bits - all.bits)).toBeLessThan(ERRORS * error);
    }
    expect(() => mixtureInformation(cloud, undefined, 1, { drawn: 1 })).toThrow(
      "drawn: expected a whole number of at least 2",
    );
  });

  it("tells how much more half of the points gives", () => {
    // Mirrored, the first half is the second with the labels exchanged: draws from either are alike.
    const four = points([-1, 5, 1, 7]);
    const [both] = mixtureInformations(four, [[0, 1, 0, 1]], 1, { draws: 20_000, halved: true });
    const half = mixtureInformation(points([-1, 5]), [0, 1], 1, { draws: 20_000, seed: 1 });
    // The excess is a difference at the same draws, whose error is at most that of what is subtracted.
    const error = Math.hypot(half.standardError, 2 * both!.standardError);
    expect(error).toBeLessThan(0.01);
    expect(Math.abs(both!.excess - (half.bits - both!.bits))).toBeLessThan(ERRORS * error);
    expect(both!.excess).toBeGreaterThan(0);
    const [none] = mixtureInformations(points([0, 4, 0, 4]), [[0, 1, 0, 1]], 1, { halved: true });
    expect(none!.excess).toBeCloseTo(0, 12);
  });

  it("lies between the pairwise bounds, of points and of labels", () => {
    const random = new Random(5);
    const cloud = points(
      Array.from({ length: 240 }, () => random.uniform()),
      2,
    );
    const labels = Array.from({ length: 120 }, (_, k) => Number(cloud.values[2 * k]! > 0.6));
    for (const variance of [1e-4, 1e-2, 1]) {
      for (const which of [undefined, labels]) {
        const { bits, standardError } = mixtureInformation(cloud, which, variance, { draws: 40, seed: 1 });
        const [lower, upper] = (
          which === undefined ? pairwiseBounds(cloud, variance) : pairwiseLabelBounds(cloud, which, variance)
        ).bounds;
        expect(bits).toBeGreaterThan(lower - ERRORS * standardError);
        expect(bits).toBeLessThan(upper + ERRORS * standardError);
      }
    }
  });

  it("takes equal numbers as one label, whatever they are, and points of one label as one", () => {
    const cloud = points([0, 0, 5, 5]);
    const options = { draws: 50, seed: 3 };
    expect(mixtureInformation(cloud, [7, 7, -1, -1], 0.01, options).bits).toBeCloseTo(1, 12);
    expect(mixtureInformation(cloud, [1, 1, 0, 0], 1, options)).toEqual(
      mixtureInformation(cloud, [0, 0, 9, 9], 1, options),
    );
    expect(mixtureInformation(cloud, [4, 4, 4, 4], 1, options)).toMatchObject({ bits: 0, standardError: 0 });
  });

  it("gives the same for the same seed, and an error that says how far others differ", () => {
    const cloud = points([0, 1, 2.5, 3]);
    const runs = Array.from({ length: 200 }, (_, seed) => mixtureInformation(cloud, undefined, 1, { seed }));
    expect(mixtureInformation(cloud, undefined, 1, { seed: 0 })).toEqual(runs[0]);
    const mean = runs.reduce((sum, { bits }) => sum + bits, 0) / runs.length;
    const spread = runs.reduce((sum, { bits }) => sum + (bits - mean) ** 2, 0) / (runs.length - 1);
    const said = runs.reduce((sum, { standardError }) => sum + standardError ** 2, 0) / runs.length;
    // A variance of 200 runs is known to √(2/199) = 10 %; four times that.
    expect(Math.abs(said / spread - 1)).toBeLessThan(0.4);
  });

  it("refuses what it cannot take", () => {
    for (const run of [
      () => mixtureInformation(points([]), undefined, 1),
      () => mixtureInformation(points([1, Number.NaN]), undefined, 1),
      () => mixtureInformation(points([1, 2]), [0], 1),
      () => mixtureInformation(points([1, 2]), undefined, 0),
      () => mixtureInformation(points([1, 2]), undefined, 1, { draws: 1 }),
      () => mixtureEntropy(points([1, 2, 3], 2), 1),
    ]) {
      expect(run).toThrow(InvalidInputError);
    }
  });
});
