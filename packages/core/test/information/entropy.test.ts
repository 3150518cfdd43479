/** Entropy estimates against values computed independently, and against laws whose entropy is known. */
import { describe, expect, test } from "vitest";
import { digamma } from "../../src/information/digamma.ts";
import { chaoWangJost, unseenTail } from "../../src/information/entropy.ts";
import { mutualInformation } from "../../src/information/joint-table-information.ts";
import { Random } from "../../src/information/random.ts";
import { StateTable } from "../../src/information/state-table.ts";

function spectrum(counts: readonly number[]): { spectrum: Map<number, number>; total: number } {
  const found = new Map<number, number>();
  for (const c of counts) found.set(c, (found.get(c) ?? 0) + 1);
  return { spectrum: found, total: counts.reduce((a, b) => a + b, 0) };
}

describe("digamma", () => {
  test("is −γ at 1, and grows by 1/n", () => {
    expect(digamma(1)).toBe(-0.5772156649015329);
    for (const n of [1, 2, 10, 1000, 4095, 4096, 5000, 1e6]) expect(digamma(n + 1) - digamma(n)).toBeCloseTo(1 / n, 13);
  });
  test("meets its table where the asymptotic series takes over", () => {
    // ψ(4096) = H_4095 − γ, computed with 30 digits.
    expect(Math.abs(digamma(4096) - 8.31764409143979)).toBeLessThan(1e-13);
  });
});

describe("the estimate of Chao, Wang & Jost", () => {
  /** The defining formula, term by term: only for totals small enough to sum. */
  function byDefinition(counts: readonly number[]): number {
    const n = counts.reduce((a, b) => a + b, 0);
    let nats = 0;
    for (const x of counts) {
      let sum = 0;
      for (let k = x; k < n; k++) sum += 1 / k;
      nats += (x / n) * sum;
    }
    const f1 = counts.filter((c) => c === 1).length;
    const f2 = counts.filter((c) => c === 2).length;
    if (f1 === 0) return nats / Math.LN2;
    const a = f2 > 0 ? (2 * f2) / ((n - 1) * f1 + 2 * f2) : 2 / ((n - 1) * (f1 - 1) + 2);
    if (a === 1) return nats / Math.LN2;
    let rest = -Math.log(a);
    for (let r = 1; r < n; r++) rest -= (1 - a) ** r / r;
    return (nats + (f1 / n) * (1 - a) ** (1 - n) * rest) / Math.LN2;
  }

  for (const counts of [[4, 2, 1], [1, 1, 1, 1], [10, 5, 3, 2, 2, 1, 1, 1], [1], [3, 3], [50, 1], [7, 2, 2, 2, 1]]) {
    test(`of the counts ${counts.join(", ")} is what its definition says`, () => {
      const { spectrum: found, total } = spectrum(counts);
      expect(chaoWangJost(found, total)).toBeCloseTo(byDefinition(counts), 9);
    });
  }

  test("has no tail when no state was seen once", () => expect(unseenTail(0, 5, 100)).toBe(0));
});

describe("StateTable", () => {
  test("counts states, keeps their values, grows, and merges by addition", () => {
    const [table, other, all] = [new StateTable(), new StateTable(), new StateTable()];
    const random = new Random(1);
    const counts = new Map<number, number>();
    for (let s = 0; s < 5000; s++) {
      const state = random.below(700) * random.below(3);
      counts.set(state, (counts.get(state) ?? 0) + 1);
      (s < 2000 ? table : other).add(state, state % 7, state / 2);
      all.add(state, state % 7, state / 2);
    }
    table.merge(other.list());
    expect([table.total, table.size]).toEqual([5000, counts.size]);
    const { low, counts: found, values } = table.list();
    expect(new Map(Array.from(low, (state, entry) => [state, found[entry]!]))).toEqual(counts);
    expect(values).toEqual(Float64Array.from(low, (state) => state / 2));
    // A shard after the other gives the very table, in the order of first appearance.
    expect(table.list()).toEqual(all.list());
  });

  test("tells apart states that differ in one word only", () => {
    const table = new StateTable();
    table.add(1, 0, 0);
    table.add(0, 1, 0);
    table.add(1, 0, 0);
    expect([table.size, table.total]).toEqual([2, 3]);
  });
});

describe("mutualInformation", () => {
  test("of a table that determines one side by the other is that side's entropy", () => {
    expect(mutualInformation(Float64Array.of(1, 0, 0, 0, 2, 0, 0, 0, 1), 3, 3)).toBeCloseTo(1.5, 14);
  });
  test("of a product is 0, of weights that are all 0 is 0, and its scale does not matter", () => {
    expect(mutualInformation(Float64Array.of(2, 6, 1, 3), 2, 2)).toBeCloseTo(0, 14);
    expect(mutualInformation(new Float64Array(6), 2, 3)).toBe(0);
    expect(mutualInformation(Float64Array.of(300, 100, 100, 300), 2, 2)).toBeCloseTo(0.18872187554086717, 13);
  });
});
