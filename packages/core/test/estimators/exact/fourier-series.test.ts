/** Fourier series of sums of uniforms, against the closed form: a sum over corners. */
import { describe, expect, test } from "vitest";
import { UniformSeries } from "../../../src/estimators/exact/fourier-series.ts";

/** P(Σ s_k U_k < t), U_k uniform on [−1, 1]: Σ over signs e of Π e · (t + e·s)₊ⁿ / (n! Π 2 s). It cancels, so for few terms only. */
function byCorners(widths: readonly number[], t: number): number {
  const n = widths.length;
  let sum = 0;
  for (let corner = 0; corner < 2 ** n; corner++) {
    let [at, sign] = [t, 1];
    for (const [k, s] of widths.entries()) {
      const up = (corner >> k) & 1;
      at += up ? s : -s;
      sign *= up ? 1 : -1;
    }
    if (at > 0) sum += sign * at ** n;
  }
  const scale = widths.reduce((product, s, k) => product * 2 * s * (k + 1), 1);
  return sum / scale;
}

function below({ period, length }: UniformSeries, characteristic: Float64Array, t: number): number {
  let sum = t / period + 0.5;
  for (let q = 1; q <= length; q++) {
    sum += (characteristic[q - 1]! * Math.sin((2 * Math.PI * q * t) / period)) / (Math.PI * q);
  }
  return sum;
}

const sums: readonly (readonly number[])[] = [
  [1, 1, 1, 1, 1, 1],
  [0.3, 1.1, 0.7, 2, 0.9, 1.4, 0.5],
  [1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3],
  [2, 2, 2, 2, 2, 0.5, 0.25],
];

describe("UniformSeries", () => {
  test.each(sums.map((widths) => [widths]))("of %j: the distribution function to 1e-9", (widths) => {
    const series = UniformSeries.of(Float64Array.from(widths), false)!;
    const support = widths.reduce((sum, s) => sum + s, 0);
    expect(series.support).toBeCloseTo(support, 12);
    for (let k = 0; k <= 40; k++) {
      const t = (support * (k - 20)) / 20;
      if (Math.abs(t) > series.period / 2) continue;
      // The corners' terms reach (2 · support)ⁿ / (n! Π 2s), of which rounding leaves 1e-16 each.
      expect(Math.abs(below(series, series.whole(), t) - byCorners(widths, t))).toBeLessThan(1e-9);
    }
  });

  test("each term in turn narrower: as if it had been so from the beginning", () => {
    const widths = sums[1]!;
    const series = UniformSeries.of(Float64Array.from(widths), true)!;
    const seen: number[] = [];
    series.eachShrunk(4, (k, characteristic) => {
      seen.push(k);
      const own = widths.map((s, at) => (at === k ? s / 4 : s));
      for (const t of [-3, -0.4, 0, 1.3, 4]) {
        expect(Math.abs(below(series, characteristic, t) - byCorners(own, t))).toBeLessThan(1e-9);
      }
    });
    expect(seen).toEqual(widths.map((_, k) => k));
  });

  test("two terms fall off too slowly", () => {
    expect(UniformSeries.of(Float64Array.of(1, 0.8), false)).toBeUndefined();
  });

  test("many terms: the period is nine standard deviations on each side, not the support", () => {
    const series = UniformSeries.of(new Float64Array(400).fill(0.5), false)!;
    expect(series.support).toBe(200);
    expect(series.period).toBeCloseTo(18 * Math.sqrt((400 * 0.25) / 3), 9);
    expect(below(series, series.whole(), 0)).toBe(0.5);
  });
});
