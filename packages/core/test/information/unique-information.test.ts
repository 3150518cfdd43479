import { describe, expect, it } from "vitest";
import { Random } from "../../src/information/random.ts";
import { positiveSolver } from "../../src/information/solve-positive.ts";
import { type SourceTable, sourceInformation } from "../../src/information/source-table.ts";
import { leastInformation } from "../../src/information/unique-information.ts";

function randomTable(random: Random): SourceTable {
  const [first, second, target] = [1 + random.below(5), 1 + random.below(5), 1 + random.below(4)];
  const [empty, spread] = [random.uniform(), 1 + random.below(8)];
  const weights = Float64Array.from({ length: first * second * target }, () =>
    random.uniform() < empty ? 0 : random.uniform() ** spread,
  );
  weights[0] = 1;
  return { first, second, target, weights };
}

/** Σ over the other source: `[source, target]`. */
function sums({ first: n, second: m, target: t, weights }: SourceTable): Float64Array {
  const found = new Float64Array((n + m) * t);
  for (const [k, weight] of weights.entries()) {
    const [a, b, y] = [Math.floor(k / t / m), Math.floor(k / t) % m, k % t];
    found[a * t + y]! += weight;
    found[(n + b) * t + y]! += weight;
  }
  return found;
}

describe("the least information of two sources together", () => {
  it("is proved to within its gap, on tables with zeros and with probabilities of all sizes", () => {
    const random = new Random(3);
    for (let run = 0; run < 300; run++) {
      const table = randomTable(random);
      const { bits, gap, distribution } = leastInformation(table);
      expect(gap).toBeLessThan(1e-8);
      // What was found keeps what each source tells alone, to a few ulps of 1,
      const total = table.weights.reduce((sum, weight) => sum + weight, 0);
      const kept = sums({ ...table, weights: distribution });
      for (const [k, sum] of sums(table).entries()) expect(Math.abs(kept[k]! - sum / total)).toBeLessThan(1e-15);
      // has the information that is said,
      const own = sourceInformation({ ...table, weights: distribution });
      expect(Math.abs(own.both - bits)).toBeLessThan(1e-13);
      // and no more than the table itself, nor less than one source.
      const { first, second, both } = sourceInformation(table);
      expect(bits).toBeLessThan(both + 1e-12 + gap);
      expect(bits).toBeGreaterThan(Math.max(first, second) - 1e-12);
    }
  });

  it("is that of a search over all distributions, where these have one parameter", () => {
    // Two states each: with the sums fixed, Q has one free number for each target.
    const random = new Random(4);
    for (let run = 0; run < 10; run++) {
      const p = Float64Array.from({ length: 8 }, () => random.uniform());
      const total = p.reduce((sum, value) => sum + value, 0);
      const moved = (shifts: readonly number[]) =>
        p.map((value, k) => value / total + ((k >> 2) % 2 === (k >> 1) % 2 ? 1 : -1) * shifts[k % 2]!);
      const information = (q: Float64Array) => sourceInformation({ first: 2, second: 2, target: 2, weights: q }).both;
      let [center, width] = [[0, 0], 0.5];
      for (let level = 0; level < 60; level++, width *= 0.75) {
        let best = Infinity;
        let at = center;
        for (let i = -4; i <= 4; i++) {
          for (let j = -4; j <= 4; j++) {
            const shifts = [center[0]! + (i * width) / 4, center[1]! + (j * width) / 4];
            const q = moved(shifts);
            if (q.some((value) => value < 0)) continue;
            const bits = information(q);
            if (bits < best) [best, at] = [bits, shifts];
          }
        }
        center = at;
      }
      const { bits } = leastInformation({ first: 2, second: 2, target: 2, weights: p });
      expect(Math.abs(bits - information(moved(center)))).toBeLessThan(1e-9);
    }
  });
});

describe("positiveSolver()", () => {
  it("solves systems of all scales, and leaves out a row that depends on others", () => {
    const x = positiveSolver(Float64Array.of(4e12, 0, 2, 3e-12), 2)!(Float64Array.of(8e12 + 2, 7));
    // By hand: [4e12 2; 2 3e-12].
    const determinant = 4e12 * 3e-12 - 4;
    expect(x[0]).toBeCloseTo(((8e12 + 2) * 3e-12 - 14) / determinant, 10);
    expect(x[1]! / ((4e12 * 7 - 2 * (8e12 + 2)) / determinant)).toBeCloseTo(1, 12);
    expect([...positiveSolver(Float64Array.of(1, 1, 1, 1), 2)!(Float64Array.of(3, 3))]).toEqual([3, 0]);
    expect(positiveSolver(Float64Array.of(0), 1)).toBeUndefined();
  });
});
