import { describe, expect, it } from "vitest";
import { InvalidInputError } from "../../src/checks/error-classes.ts";
import { linearDecoderBound } from "../../src/information/linear-decoder.ts";
import { normals } from "../../src/information/normals.ts";
import { Random } from "../../src/information/random.ts";

/** Two classes, each a unit Gaussian, `apart` apart along the first of the dimensions. */
function gaussians(count: number, apart: number, dimensions = 1) {
  const [random, normal] = [new Random(1), normals(new Random(2))];
  const labels = Array.from({ length: count }, () => random.below(2));
  const values = Float64Array.from({ length: count * dimensions }, (_, k) => {
    const shift = k % dimensions === 0 ? apart * labels[Math.floor(k / dimensions)]! : 0;
    return normal() + shift;
  });
  return { samples: { values, dimensions }, labels };
}

describe("the decoder's bound", () => {
  // For equal Gaussians the best decoder is logistic, so nothing is lost but what is not learned: I in nats from the integral.
  it.each([
    [1, 0.111421482],
    [2, 0.33683082],
    [4, 0.632720194],
  ])("of two Gaussians %d apart is their information", (apart, nats) => {
    const { samples, labels } = gaussians(8000, apart);
    const found = linearDecoderBound(samples, labels);
    // 4,000 samples learn 2 numbers that matter: 2/(2 · 4000) nats are lost, far less than the error.
    expect(Math.abs(found.bits - nats / Math.LN2)).toBeLessThan(4 * found.standardError);
    expect(found.standardError).toBeLessThan(0.02);
    expect(found.bits).toBeCloseTo(found.entropy - found.crossEntropy, 12);
    expect([found.learned, found.asked, found.settled]).toEqual([4000, 4000, true]);
  });

  it("is below 0 where there is nothing to read, and does not count what was memorised", () => {
    const { samples, labels } = gaussians(120, 0, 40);
    const { bits } = linearDecoderBound(samples, labels, { penalty: 0.01 });
    expect(bits).toBeLessThan(0);
    // Then only how often classes come is learned, and of 60 samples that is off by some hundredths.
    const blind = linearDecoderBound(samples, labels, { penalty: 1e6 });
    expect(Math.abs(blind.bits)).toBeLessThan(0.05);
    expect(blind.bits).toBeGreaterThan(bits + 0.1);
  });

  it("takes many classes, and reads each right where they are apart", () => {
    const random = new Random(7);
    const labels = Array.from({ length: 600 }, (_, k) => k % 6);
    const corners = [0, 1, 2, 3, 4, 5].map((c) => [Math.cos(c), Math.sin(c)]);
    const values = Float64Array.from(labels.flatMap((c) => corners[c]!.map((at) => at + 0.05 * random.uniform())));
    const found = linearDecoderBound({ values, dimensions: 2 }, labels, { penalty: 1e-4 });
    expect(found.accuracy).toBe(1);
    expect(found.bits).toBeGreaterThan(0.95 * found.entropy);
    expect(found.bits).toBeLessThanOrEqual(found.entropy);
  });

  it("does not mind the scale of a feature, nor one that is constant or repeated", () => {
    const { samples, labels } = gaussians(400, 2);
    const { bits } = linearDecoderBound(samples, labels, { penalty: 0 });
    const scaled = { values: samples.values.map((value) => 1e6 * value + 3), dimensions: 1 };
    expect(linearDecoderBound(scaled, labels, { penalty: 0 }).bits).toBeCloseTo(bits, 6);
    const more = Float64Array.from([...samples.values].flatMap((value) => [value, 5, -value]));
    const found = linearDecoderBound({ values: more, dimensions: 3 }, labels, { penalty: 0 });
    expect(found.bits).toBeCloseTo(bits, 4);
  });

  it("is a function of the seed", () => {
    const { samples, labels } = gaussians(200, 1);
    expect(linearDecoderBound(samples, labels, { seed: 5 })).toEqual(linearDecoderBound(samples, labels, { seed: 5 }));
    expect(linearDecoderBound(samples, labels, { seed: 5 }).bits).not.toBe(
      linearDecoderBound(samples, labels, { seed: 6 }).bits,
    );
  });

  it("lives with a class that it never learned", () => {
    const labels = Array.from({ length: 40 }, (_, k) => (k === 17 ? 2 : k % 2));
    const values = Float64Array.from(labels, (label, k) => label + 0.01 * k);
    for (let seed = 0; seed < 4; seed++) {
      const { bits, standardError } = linearDecoderBound({ values, dimensions: 1 }, labels, { seed });
      expect(Number.isFinite(bits) && Number.isFinite(standardError)).toBe(true);
    }
  });

  it("refuses what it cannot take", () => {
    const samples = { values: Float64Array.of(1, 2, 3, 4), dimensions: 1 };
    for (const run of [
      () => linearDecoderBound(samples, [0, 1, 0]),
      () => linearDecoderBound(samples, [0, 1, 0, 0.5]),
      () => linearDecoderBound(samples, [0, 0, 0, 0]),
      () => linearDecoderBound(samples, [0, 1, 0, 1], { learning: 1 }),
      () => linearDecoderBound(samples, [0, 1, 0, 1], { learning: 0.1 }),
      () => linearDecoderBound(samples, [0, 1, 0, 1], { penalty: -1 }),
      () => linearDecoderBound({ values: Float64Array.of(1, 2, Number.NaN, 4), dimensions: 1 }, [0, 1, 0, 1]),
    ]) {
      expect(run).toThrow(InvalidInputError);
    }
  });
});
