import { describe, expect, it } from "vitest";
import { InvalidInputError } from "../../src/checks/error-classes.ts";
import {
  boundedLoss,
  crossEntropyTrend,
  fCmiBound,
  individualSampleBound,
  inputCompressionBound,
  mostBitsForCompression,
  noisyTrainingBound,
  posteriorBound,
  weightInformationBound,
} from "../../src/observational/generalization-bounds.ts";

describe("bounds on the generalization gap", () => {
  it("by compression of the input: the published example", () => {
    // 12 bits, 3,277 examples: ε² ≤ 0.62, ε ≤ 0.79.
    const { bound, vacuous } = inputCompressionBound(12, 3277);
    expect(bound * bound).toBeCloseTo(0.6255, 3);
    expect([bound.toFixed(2), vacuous]).toEqual(["0.79", false]);
    expect(inputCompressionBound(13, 3277).vacuous).toBe(true);
    const most = mostBitsForCompression(3277);
    expect(inputCompressionBound(most, 3277).bound).toBeCloseTo(1, 9);
    expect(inputCompressionBound(most - 0.01, 3277).vacuous).toBe(false);
  });

  it("by information in the weights, on all examples or on each", () => {
    expect(weightInformationBound(8 / Math.LN2, 100).bound).toBeCloseTo(Math.sqrt((2 * 0.25 * 8) / 100), 12);
    expect(weightInformationBound(Infinity, 100)).toMatchObject({ vacuous: true, caveats: ["I(D; W) is infinite"] });
    // By concavity never looser, where single informations sum to no more than that of all.
    const each = Array.from({ length: 100 }, (_, i) => (i < 4 ? 2 : 0));
    expect(individualSampleBound(each).bound).toBeLessThanOrEqual(weightInformationBound(8, 100).bound);
    expect(individualSampleBound(new Array(100).fill(0.08)).bound).toBeCloseTo(
      weightInformationBound(8, 100).bound,
      12,
    );
  });

  it("by noisy training, below what ln(1 + x) ≤ x leaves of it", () => {
    const steps = Array.from({ length: 50 }, () => ({ learningRate: 0.1, noise: 0.5, norm: 1 }));
    const { bound } = noisyTrainingBound(steps, 1000, 200);
    const simple = Math.sqrt((0.25 / 200) * 50 * (0.1 / 0.5) ** 2);
    expect(bound).toBeLessThan(simple);
    expect(bound).toBeGreaterThan(0.999 * simple);
  });

  it("by a posterior, and the trend by cross-entropy", () => {
    expect(posteriorBound(0.1, 20 / Math.LN2, 1000).bound).toBeCloseTo((100 + 20) / 500 - 0.1, 12);
    // It bounds the test loss, here by 1.8, which says nothing.
    expect(posteriorBound(0.9, 0, 100)).toMatchObject({ bound: 0.9, vacuous: true });
    expect(posteriorBound(0.1, 20, 1000).vacuous).toBe(false);
    expect(crossEntropyTrend(8, 1000)).toBeLessThan(crossEntropyTrend(8, 100));
    expect(boundedLoss(0)).toBe(0);
    expect(boundedLoss(Math.LN2)).toBeCloseTo(0.5, 12);
  });

  it("by what predictions tell of who was learned from", () => {
    const member = Array.from({ length: 64 }, (_, n) => n % 2);
    const zeros = new Array(64).fill(0);
    // Predictions that do not depend on it tell nothing; those that give it away tell one bit.
    expect(fCmiBound([{ member, first: zeros, second: zeros }]).bound).toBe(0);
    const away = fCmiBound([{ member, first: member, second: zeros }], 0.3);
    expect(away.bound).toBeCloseTo(Math.sqrt(2 * Math.LN2), 12);
    expect(away).toMatchObject({ vacuous: true, gap: 0.3 });
    const both = fCmiBound([
      { member, first: member, second: zeros },
      { member, first: zeros, second: zeros },
    ]);
    expect(both.bound).toBeCloseTo(Math.sqrt(2 * Math.LN2) / 2, 12);
    // Answers that have nothing to do with it tell something by chance, which the correction takes away.
    const chance = Array.from({ length: 64 }, (_, n) => Math.floor(n / 3) % 2);
    const noise = fCmiBound([{ member, first: chance, second: zeros }]);
    expect(noise.corrected).toBeLessThanOrEqual(noise.bound);
  });

  it("refuse numbers that are none", () => {
    expect(() => inputCompressionBound(-1, 100)).toThrow(InvalidInputError);
    expect(() => weightInformationBound(1, 0)).toThrow("examples: expected a number above 0; got 0");
    expect(() => noisyTrainingBound([{ learningRate: 1, noise: 0, norm: 1 }], 10, 10)).toThrow("noise");
    expect(() => posteriorBound(0.1, 1, 100, { beta: 0.5 })).toThrow("beta: expected a number above 0.5; got 0.5");
    expect(() => inputCompressionBound(1, 100, 4)).toThrow("confidence: expected a number between 0 and 1; got 4");
    expect(() => mostBitsForCompression(100, 1)).toThrow("confidence: expected a number between 0 and 1");
    expect(() => posteriorBound(Number.NaN, 1, 100)).toThrow("a training loss");
    expect(() => noisyTrainingBound([{ learningRate: -1, noise: 1, norm: 1 }], 10, 10)).toThrow("a learning rate");
    expect(() => fCmiBound([])).toThrow("pairs");
    expect(() => fCmiBound([{ member: [0], first: [0, 1], second: [0] }])).toThrow(
      "1 answers, as many as trainings; got 2",
    );
  });
});
