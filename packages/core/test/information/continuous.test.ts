import { describe, expect, it } from "vitest";
import { InvalidInputError } from "../../src/checks/error-classes.ts";
import { digamma } from "../../src/information/digamma.ts";
import type { Estimate } from "../../src/information/estimate.ts";
import {
  jittered,
  neighbourEntropy,
  neighbourInformation,
  neighbourInformationOfLabels,
  type Samples,
  tiedShare,
} from "../../src/information/nearest-neighbours.ts";
import { normals } from "../../src/information/normals.ts";
import { Random } from "../../src/information/random.ts";
import { splitError } from "../../src/information/split-error.ts";
import { pairwiseBounds, pairwiseLabelBounds } from "../../src/observational/pairwise-bounds.ts";

/** Test data that any language can make: a linear congruential generator, and normal numbers by Box and Muller. */
const draws: number[] = [];
for (let k = 0, s = 12345; k < 1600; k++) {
  s = (Math.imul(1664525, s) + 1013904223) >>> 0;
  draws.push((s + 0.5) / 2 ** 32);
}
const [u, v, w, q] = [0, 400, 800, 1200].map((from) => draws.slice(from, from + 400)) as [
  number[],
  number[],
  number[],
  number[],
];
const z1 = u.map((value, k) => Math.sqrt(-2 * Math.log(value)) * Math.cos(2 * Math.PI * v[k]!));
const z2 = u.map((value, k) => Math.sqrt(-2 * Math.log(value)) * Math.sin(2 * Math.PI * v[k]!));
const x = z1;
const y = z1.map((value, k) => 0.9 * value + Math.sqrt(0.19) * z2[k]!);

const of = (...columns: number[][]): Samples => ({
  values: Float64Array.from(columns[0]!.flatMap((_, k) => columns.map((column) => column[k]!))),
  dimensions: columns.length,
});

/** As the papers print them: nats, of columns as they are. */
const nats = ({ bits }: Estimate) => bits * Math.LN2;
const RAW = { scale: "none", splits: 1 } as const;

describe("information by nearest neighbours", () => {
  it("is that of the reference table, which another program confirms", () => {
    expect(draws.slice(0, 4).map((value) => Number(value.toFixed(8)))).toEqual([
      0.02040269, 0.01654785, 0.54315579, 0.63490406,
    ]);
    const table = [
      [1, 0.603286961, 0.669524634, -0.05163871, -0.008113077],
      [3, 0.764535591, 0.747768031, -0.022692711, -0.056276397],
      [4, 0.78079886, 0.768419146, -0.001161457, -0.016637003],
      [5, 0.791735237, 0.781446842, -0.016742855, -0.017127385],
      [10, 0.810233109, 0.811828324, 0.00538175, 0.00662978],
    ] as const;
    for (const [k, xy1, xy2, uw1, uw2] of table) {
      expect(nats(neighbourInformation(of(x), of(y), k, 1, RAW))).toBeCloseTo(xy1, 8);
      expect(nats(neighbourInformation(of(x), of(y), k, 2, RAW))).toBeCloseTo(xy2, 8);
      expect(nats(neighbourInformation(of(u), of(w), k, 1, RAW))).toBeCloseTo(uw1, 8);
      expect(nats(neighbourInformation(of(u), of(w), k, 2, RAW))).toBeCloseTo(uw2, 8);
    }
  });

  it("takes several dimensions", () => {
    const [a, b] = [
      of(u, w),
      of(
        u.map((value, k) => value + 0.3 * v[k]!),
        w.map((value, k) => value * q[k]!),
      ),
    ];
    expect(nats(neighbourInformation(a, b, 3, 1, RAW))).toBeCloseTo(1.517183715, 8);
    expect(nats(neighbourInformation(a, b, 3, 2, RAW))).toBeCloseTo(1.519665791, 8);
    expect(nats(neighbourInformation(a, b, 4, 1, RAW))).toBeCloseTo(1.485007161, 8);
    expect(nats(neighbourInformation(a, b, 4, 2, RAW))).toBeCloseTo(1.498661517, 8);
  });

  it("of labels is Ross's", () => {
    const c = u.map((value, k) => Math.floor(3 * (0.7 * value + 0.3 * w[k]!)));
    expect([0, 1, 2].map((label) => c.filter((each) => each === label).length)).toEqual([104, 188, 108]);
    for (const [k, expected] of [
      [1, 0.617408946],
      [3, 0.645868754],
      [5, 0.639618468],
    ] as const) {
      expect(nats(neighbourInformationOfLabels(of(u), c, k, RAW))).toBeCloseTo(expected, 8);
    }
  });

  it("gives differential entropy", () => {
    for (const [k, expected] of [
      [1, 1.434012214],
      [3, 1.399833659],
      [5, 1.371563055],
    ] as const) {
      expect(nats(neighbourEntropy(of(x), k, RAW))).toBeCloseTo(expected, 8);
    }
  });

  it("refuses what it cannot take, and ties where they matter", () => {
    expect(() => neighbourInformation(of(x), of(y.slice(1)), 3)).toThrow(InvalidInputError);
    expect(() => neighbourInformation(of(x), of(y), 400)).toThrow("neighbours from 1 to 399");
    expect(() => neighbourInformation(of([Number.NaN, 1]), of([1, 2]), 1)).toThrow("finite numbers");
    expect(() => neighbourEntropy(of([1, 1, 1, 2]), 2)).toThrow("not tied");
    expect(neighbourEntropy(jittered(of([1, 1, 1, 2]), 0.1, 0), 2).bits).toBeLessThan(7);
    expect(jittered(of(x), 0.1, 3)).toEqual(jittered(of(x), 0.1, 3));
    const rounded = x.map((value) => Math.round(value));
    expect(() => neighbourInformation(of(rounded), of(rounded), 3, 1)).toThrow("not tied");
    expect(() => neighbourInformation(of(rounded), of(rounded), 3, 2)).toThrow("not tied");
    expect(tiedShare(of(rounded))).toBeGreaterThan(0.99);
    expect([tiedShare(of(x)), tiedShare(of([1, 2, 1, 3])), tiedShare(of([5]))]).toEqual([0, 0.5, 0]);
    expect(tiedShare(of([1, 1, 1], [2, 3, 2]))).toBeCloseTo(2 / 3, 14);
  });

  it("looks at as many samples as all pairs would show", () => {
    // Written out by definition, on points of two numbers with ties in one of them.
    const [a, b] = [of(u.slice(0, 90), v.map((value) => Math.round(4 * value)).slice(0, 90)), of(w.slice(0, 90))];
    const gap = (s: Samples, i: number, j: number) =>
      Math.max(
        ...Array.from({ length: s.dimensions }, (_, d) =>
          Math.abs(s.values[i * s.dimensions + d]! - s.values[j * s.dimensions + d]!),
        ),
      );
    const psi = (n: number) => {
      let sum = -0.5772156649015329;
      for (let j = 1; j < n; j++) sum += 1 / j;
      return sum;
    };
    for (const k of [1, 4]) {
      let [expected, plain] = [psi(k) + psi(90), 0];
      for (let i = 0; i < 90; i++) {
        const others = Array.from({ length: 90 }, (_, j) => j).filter((j) => j !== i);
        const reach = others.map((j) => Math.max(gap(a, i, j), gap(b, i, j))).sort((p, r) => p - r)[k - 1]!;
        const near = (s: Samples) => others.filter((j) => gap(s, i, j) < reach).length;
        expected -= (psi(near(a) + 1) + psi(near(b) + 1)) / 90;
        const own = others.map((j) => gap(a, i, j)).sort((p, r) => p - r)[k - 1]!;
        plain += (2 * Math.log(2 * own)) / 90;
      }
      expect(nats(neighbourInformation(a, b, k, 1, RAW))).toBeCloseTo(expected, 12);
      expect(nats(neighbourEntropy(a, k, RAW))).toBeCloseTo(plain + psi(90) - psi(k), 12);
    }
  });

  it("of laws with atoms counts what is equal, and is the first estimator where nothing is", () => {
    expect(nats(neighbourInformation(of(x), of(y), 4, "mixed", RAW))).toBeCloseTo(0.78079886, 8);
    // All equal neighbours: ⟨ψ(n_ab) − ψ(n_a) − ψ(n_b)⟩ + ψ(N) over the table 30, 10 / 20, 40.
    const cells = [
      [0, 0, 30],
      [0, 1, 10],
      [1, 0, 20],
      [1, 1, 40],
    ] as const;
    const column = (side: 0 | 1) => cells.flatMap((cell) => new Array<number>(cell[2]).fill(cell[side]));
    const expected =
      digamma(100) +
      (30 * (digamma(30) - digamma(40) - digamma(50)) +
        10 * (digamma(10) - digamma(40) - digamma(50)) +
        20 * (digamma(20) - digamma(60) - digamma(50)) +
        40 * (digamma(40) - digamma(60) - digamma(50))) /
        100;
    expect(nats(neighbourInformation(of(column(0)), of(column(1)), 3, "mixed"))).toBeCloseTo(expected, 12);
  });

  it("has an error that says how far other samples differ", () => {
    const runs = 60;
    const values: number[] = [];
    let said = 0;
    for (let seed = 0; seed < runs; seed++) {
      const normal = normals(new Random(seed, 1));
      const [a, b] = [new Float64Array(200), new Float64Array(200)];
      for (let i = 0; i < 200; i++) {
        a[i] = normal();
        b[i] = 0.8 * a[i]! + 0.6 * normal();
      }
      const pick = (list: Float64Array, rows: Int32Array) => ({
        values: Float64Array.from(rows, (row) => list[row]!),
        dimensions: 1,
      });
      const estimate = (rows: Int32Array) => neighbourInformation(pick(a, rows), pick(b, rows), 4, 1, RAW).bits;
      values.push(estimate(Int32Array.from({ length: 200 }, (_, row) => row)));
      said += splitError(200, estimate, { seed }) ** 2 / runs;
    }
    const mean = values.reduce((sum, value) => sum + value, 0) / runs;
    const spread = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (runs - 1);
    // 60 runs know a variance to √(2/59) = 18 %, and √(said/spread) to 9 %; four times that.
    expect(Math.abs(Math.sqrt(said / spread) - 1)).toBeLessThan(0.37);
    expect(splitError(40, (rows) => rows[0]!, { seed: 2 })).toBe(splitError(40, (rows) => rows[0]!, { seed: 2 }));
    expect(() => splitError(3, () => 0)).toThrow(InvalidInputError);
    expect(() => splitError(10, () => 0, { splits: 0 })).toThrow(InvalidInputError);
  });
});

describe("pairwise bounds", () => {
  it("are those of the reference table", () => {
    for (const [variance, upper, lower] of [
      [0.001, 5.717989024, 5.11670923],
      [0.1, 2.513370378, 1.471386891],
      [1, 0.929651469, 0.365770085],
    ] as const) {
      const { bits, bounds, interval, standardError } = pairwiseBounds(of(x, y), variance);
      expect(bounds[1] * Math.LN2).toBeCloseTo(upper, 8);
      expect(bounds[0] * Math.LN2).toBeCloseTo(lower, 8);
      expect(interval).toEqual(bounds);
      expect([bits - standardError, bits + standardError].map((end) => end * Math.LN2)).toEqual([
        expect.closeTo(lower, 8),
        expect.closeTo(upper, 8),
      ]);
    }
  });

  it("keep their order, and end at log2 N", () => {
    for (const variance of [1e-9, 1e-3, 0.3, 1e6]) {
      const [lower, upper] = pairwiseBounds(of(x, y), variance).bounds;
      expect(lower).toBeGreaterThanOrEqual(-1e-12);
      expect(upper).toBeGreaterThanOrEqual(lower);
      expect(upper).toBeLessThanOrEqual(Math.log2(400) + 1e-12);
      const labels = x.map((value) => Number(value > 0));
      const label = pairwiseLabelBounds(of(x, y), labels, variance);
      expect(label.bounds[1]).toBeGreaterThanOrEqual(label.bounds[0]);
    }
    // Without noise, points tell their labels.
    const labels = x.map((value) => Number(value > 0));
    const share = labels.reduce((sum, value) => sum + value, 0) / 400;
    const entropy = -share * Math.log2(share) - (1 - share) * Math.log2(1 - share);
    expect(pairwiseLabelBounds(of(x, y), labels, 1e-12).bounds[0]).toBeCloseTo(entropy, 9);
  });
});
