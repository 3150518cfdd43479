import { describe, expect, it } from "vitest";
import { InvalidInputError } from "../../src/errors.ts";
import {
  jittered,
  neighbourEntropy,
  neighbourInformation,
  neighbourInformationOfLabels,
  type Samples,
} from "../../src/information/nearest-neighbours.ts";
import { pairwiseBounds, pairwiseLabelBounds } from "../../src/information/pairwise-bounds.ts";

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
      expect(neighbourInformation(of(x), of(y), k, 1)).toBeCloseTo(xy1, 8);
      expect(neighbourInformation(of(x), of(y), k, 2)).toBeCloseTo(xy2, 8);
      expect(neighbourInformation(of(u), of(w), k, 1)).toBeCloseTo(uw1, 8);
      expect(neighbourInformation(of(u), of(w), k, 2)).toBeCloseTo(uw2, 8);
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
    expect(neighbourInformation(a, b, 3, 1)).toBeCloseTo(1.517183715, 8);
    expect(neighbourInformation(a, b, 3, 2)).toBeCloseTo(1.519665791, 8);
    expect(neighbourInformation(a, b, 4, 1)).toBeCloseTo(1.485007161, 8);
    expect(neighbourInformation(a, b, 4, 2)).toBeCloseTo(1.498661517, 8);
  });

  it("of labels is Ross's", () => {
    const c = u.map((value, k) => Math.floor(3 * (0.7 * value + 0.3 * w[k]!)));
    expect([0, 1, 2].map((label) => c.filter((each) => each === label).length)).toEqual([104, 188, 108]);
    for (const [k, nats] of [
      [1, 0.617408946],
      [3, 0.645868754],
      [5, 0.639618468],
    ] as const) {
      expect(neighbourInformationOfLabels(of(u), c, k)).toBeCloseTo(nats, 8);
    }
  });

  it("gives differential entropy", () => {
    for (const [k, nats] of [
      [1, 1.434012214],
      [3, 1.399833659],
      [5, 1.371563055],
    ] as const) {
      expect(neighbourEntropy(of(x), k)).toBeCloseTo(nats, 8);
    }
  });

  it("refuses what it cannot take, and ties where they matter", () => {
    expect(() => neighbourInformation(of(x), of(y.slice(1)), 3)).toThrow(InvalidInputError);
    expect(() => neighbourInformation(of(x), of(y), 400)).toThrow("neighbours from 1 to 399");
    expect(() => neighbourInformation(of([Number.NaN, 1]), of([1, 2]), 1)).toThrow("finite numbers");
    expect(() => neighbourEntropy(of([1, 1, 1, 2]), 2)).toThrow("not tied");
    expect(neighbourEntropy(jittered(of([1, 1, 1, 2]), 0.1, 0), 2)).toBeLessThan(5);
    expect(jittered(of(x), 0.1, 3)).toEqual(jittered(of(x), 0.1, 3));
  });
});

describe("pairwise bounds", () => {
  it("are those of the reference table", () => {
    for (const [variance, upper, lower] of [
      [0.001, 5.717989024, 5.11670923],
      [0.1, 2.513370378, 1.471386891],
      [1, 0.929651469, 0.365770085],
    ] as const) {
      const found = pairwiseBounds(of(x, y), variance);
      expect(found.upper).toBeCloseTo(upper, 8);
      expect(found.lower).toBeCloseTo(lower, 8);
    }
  });

  it("keep their order, and end at ln N", () => {
    for (const variance of [1e-9, 1e-3, 0.3, 1e6]) {
      const { lower, upper } = pairwiseBounds(of(x, y), variance);
      expect(lower).toBeGreaterThanOrEqual(-1e-12);
      expect(upper).toBeGreaterThanOrEqual(lower);
      expect(upper).toBeLessThanOrEqual(Math.log(400) + 1e-12);
      const labels = x.map((value) => Number(value > 0));
      const label = pairwiseLabelBounds(of(x, y), labels, variance);
      expect(label.upper).toBeGreaterThanOrEqual(label.lower);
    }
    // Without noise, points tell their labels.
    const labels = x.map((value) => Number(value > 0));
    const share = labels.reduce((sum, value) => sum + value, 0) / 400;
    const entropy = -share * Math.log(share) - (1 - share) * Math.log(1 - share);
    expect(pairwiseLabelBounds(of(x, y), labels, 1e-12).lower).toBeCloseTo(entropy, 9);
  });
});
