import { describe, expect, it } from "vitest";
import { InvalidInputError } from "../../src/checks/error-classes.ts";
import {
  dirichletEntropy,
  type EntropyMethod,
  entropyFromCounts,
  entropyMethods,
  grassbergerEntropy1988,
} from "../../src/information/entropy-estimators.ts";
import { chiSquareTail, digammaAt, lnGamma, trigammaAt } from "../../src/information/special-functions.ts";

function padded(counts: readonly number[], states: number): number[] {
  return [...counts, ...new Array<number>(states - counts.length).fill(0)];
}

const A = padded([4, 2, 3, 2, 4, 2], 9);
const B = [10, 5, 3, 2, 1, 1, 1];
const C = padded([1, 1, 1, 1, 1, 1, 2, 2], 20);
const D = padded([4, 12, 4, 5, 3, 1, 5, 1, 2, 2, 2, 2, 11, 3, 4, 12, 12, 1, 2], 100);
const E = [50, 30, 15, 4, 1];
const ALL = [A, B, C, D, E];

/** Nats, computed elsewhere with high precision; plug-in, Miller–Madow, Chao–Shen, Chao–Wang–Jost and Zhang agree with the package infomeasure. */
const TABLE: Readonly<Partial<Record<EntropyMethod, readonly number[]>>> = {
  "plug-in": [1.74232658886, 1.58092153248, 2.02532622077, 2.63544426461, 1.16714016417],
  "miller-madow": [1.88938541239, 1.71135631509, 2.37532622077, 2.73771699188, 1.18714016417],
  jackknife: [1.91843562787, 1.78649498534, 2.69631198947, 2.76587745092, 1.19280670599],
  grassberger: [1.78985069932, 1.83718901446, 2.77294793846, 2.73385340518, 1.18957640821],
  "chao-shen": [1.86335963528, 1.81404414797, 3.01938602601, 2.76166404759, 1.19451301093],
  "chao-wang-jost": [1.90033683637, 1.82455420474, 2.87272933075, 2.75281127104, 1.18821102688],
  zhang: [1.90033683637, 1.72531980646, 2.42896825397, 2.74468298506, 1.18821102688],
  "james-stein": [2.16869015962, 1.74966477116, 2.99573227355, 3.17887798501, 1.2094762153],
};

describe("entropy from counts", () => {
  it.each(Object.keys(TABLE) as EntropyMethod[])("by %s is that of the reference table", (method) => {
    for (const [k, counts] of ALL.entries()) {
      expect(entropyFromCounts(counts, method).bits * Math.LN2).toBeCloseTo(TABLE[method]![k]!, 10);
    }
  });

  it("by James and Stein over the states that were seen alone", () => {
    const values = [1.79175946923, 1.74966477116, 2.07944154168, 2.78641833053, 1.2094762153];
    for (const [k, counts] of ALL.entries()) {
      const seen = counts.filter((count) => count > 0);
      expect(entropyFromCounts(seen, "james-stein").bits * Math.LN2).toBeCloseTo(values[k]!, 10);
    }
  });

  it("under a Dirichlet prior", () => {
    const half = [1.8032542618, 1.56662352127, 2.4173673516, 3.52217704577, 1.1754330554];
    const one = [1.9057017675, 1.63658766002, 2.62832046425, 3.9063126569, 1.19962175301];
    for (const [k, counts] of ALL.entries()) {
      expect(dirichletEntropy(counts, 0.5).bits * Math.LN2).toBeCloseTo(half[k]!, 10);
      expect(dirichletEntropy(counts, 1).bits * Math.LN2).toBeCloseTo(one[k]!, 10);
    }
  });

  it("by NSB, with its posterior deviation", () => {
    const values = [
      [1.94064673, 0.15602423],
      [1.67707284, 0.13933251],
      [2.68115504, 0.24063749],
      [2.80609692, 0.11947691],
      [1.18400759, 0.0694151],
    ] as const;
    for (const [k, counts] of ALL.entries()) {
      const { bits, standardError } = entropyFromCounts(counts, "nsb");
      expect(Math.abs(bits * Math.LN2 - values[k]![0])).toBeLessThan(1e-4);
      expect(Math.abs(standardError * Math.LN2 - values[k]![1])).toBeLessThan(1e-4);
    }
  });

  it("by NSB also where the posterior is narrower than the first steps of its integral", () => {
    // 2,000 states, seen 1 to 20 times: β is known to within a few per cent. A plain sum over a fine grid is the reference.
    const counts = Array.from({ length: 2000 }, (_, k) => 1 + (k % 20));
    const [states, total] = [counts.length, 21_000];
    const points = Array.from({ length: 1200 }, (_, k) => Math.exp(0.6 + 0.001 * k)).map((b) => {
      let weight = lnGamma(states * b) - lnGamma(total + states * b);
      for (let n = 1; n <= 20; n++) weight += 100 * (lnGamma(n + b) - lnGamma(b));
      return { b, weight: weight + Math.log(b * (states * trigammaAt(states * b + 1) - trigammaAt(b + 1))) };
    });
    const most = Math.max(...points.map(({ weight }) => weight));
    let [sum, mean] = [0, 0];
    for (const { b, weight } of points.filter((point) => point.weight > most - 40)) {
      sum += Math.exp(weight - most);
      mean += Math.exp(weight - most) * dirichletEntropy(counts, b).bits;
    }
    expect(points[0]!.weight).toBeLessThan(most - 40);
    expect(points.at(-1)!.weight).toBeLessThan(most - 40);
    expect(entropyFromCounts(counts, "nsb").bits).toBeCloseTo(mean / sum, 8);
  });

  it("by Grassberger's first corrections", () => {
    const first = [1.76238979327, 1.81276320914, 2.64646742456, 2.7172024872, 1.18011301921];
    const other = [1.86238979327, 1.81210444762, 2.71313409123, 2.74945773196, 1.19632570105];
    for (const [k, counts] of ALL.entries()) {
      expect(grassbergerEntropy1988(counts, "n + 1").bits * Math.LN2).toBeCloseTo(first[k]!, 10);
      expect(grassbergerEntropy1988(counts, "n(n + 1)").bits * Math.LN2).toBeCloseTo(other[k]!, 10);
    }
  });

  it("has the error of leaving out each observation in turn", () => {
    for (const method of ["plug-in", "jackknife", "chao-shen", "james-stein"] as const) {
      const total = B.reduce((sum, count) => sum + count, 0);
      const values = B.flatMap((count, i) => {
        const less = B.map((each, k) => (k === i ? each - 1 : each));
        return new Array<number>(count).fill(entropyFromCounts(less, method).bits);
      });
      const mean = values.reduce((sum, value) => sum + value, 0) / total;
      const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      expect(entropyFromCounts(B, method).standardError).toBeCloseTo(Math.sqrt(((total - 1) / total) * squares), 12);
    }
  });

  it("does not depend on the order of the states", () => {
    for (const method of entropyMethods) {
      for (const counts of ALL) {
        const turned = [...counts].reverse();
        expect(entropyFromCounts(turned, method)).toEqual(entropyFromCounts(counts, method));
      }
    }
  });

  it("refuses counts that are none", () => {
    for (const counts of [[], [0, 0], [1, -1], [0.5, 1], [Number.NaN]]) {
      expect(() => entropyFromCounts(counts, "plug-in")).toThrow(InvalidInputError);
    }
  });
});

describe("special functions", () => {
  it("satisfy their recurrences and known values", () => {
    expect(lnGamma(0.5)).toBeCloseTo(0.5723649429247001, 14);
    expect(lnGamma(10)).toBeCloseTo(12.801827480081469, 13);
    expect(digammaAt(1)).toBeCloseTo(-0.5772156649015329, 14);
    expect(digammaAt(0.5)).toBeCloseTo(-1.9635100260214235, 14);
    expect(trigammaAt(1)).toBeCloseTo(Math.PI ** 2 / 6, 14);
    for (const x of [1e-6, 0.1, 0.7, 3.3, 11.9, 40, 1e6]) {
      expect(lnGamma(x + 1) - lnGamma(x) - Math.log(x)).toBeCloseTo(0, x > 1e5 ? 8 : 12);
      expect((digammaAt(x + 1) - digammaAt(x)) * x).toBeCloseTo(1, x > 1e5 ? 8 : 11);
      expect((trigammaAt(x) - trigammaAt(x + 1)) * x * x).toBeCloseTo(1, x > 1e5 ? 4 : 10);
    }
  });

  it("give the tail of χ²", () => {
    expect(chiSquareTail(0, 3)).toBe(1);
    // Two degrees of freedom: exp(−x/2).
    for (const x of [0.1, 1, 3, 10, 50]) expect(chiSquareTail(x, 2) / Math.exp(-x / 2)).toBeCloseTo(1, 12);
    expect(chiSquareTail(3.841458820694124, 1)).toBeCloseTo(0.05, 12);
    expect(chiSquareTail(27.41642854, 2)).toBeCloseTo(1.113264e-6, 11);
  });
});
