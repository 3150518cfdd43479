/** Neighbours of values that tie: rounded numbers, counts, atoms. Truths are sums over the laws' own cells. */
import { describe, expect, it } from "vitest";
import {
  type NeighbourVariant,
  neighbourEntropy,
  neighbourInformation,
  neighbourInformationOfLabels,
  type Samples,
} from "../../src/information/nearest-neighbours.ts";
import { normals } from "../../src/information/normals.ts";
import { Random } from "../../src/information/random.ts";

const column = (values: ArrayLike<number>): Samples => ({ values: Float64Array.from(values), dimensions: 1 });

/** I in bits of a table of probabilities, by its definition. */
function informationOf(table: readonly (readonly number[])[]): number {
  const rows = table.map((row) => row.reduce((sum, p) => sum + p, 0));
  const columns = table[0]!.map((_, j) => table.reduce((sum, row) => sum + row[j]!, 0));
  const terms = table.flatMap((row, i) => row.map((p, j) => (p > 0 ? p * Math.log2(p / (rows[i]! * columns[j]!)) : 0)));
  return terms.reduce((sum, term) => sum + term, 0);
}

const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

/** P(x in cell i, y in cell j) for x ~ N(0, 1), y = x + N(0, noise²), cells of a width, by the midpoint rule. */
function roundedTable(width: number, noise: number): number[][] {
  const [fine, cells] = [Math.max(4, Math.round(width * 40)), Math.ceil(5 / width)];
  const step = width / fine;
  const places = Array.from({ length: 2 * cells + 1 }, (_, i) => i - cells);
  const within = (cell: number) => Array.from({ length: fine }, (_, k) => cell * width - width / 2 + (k + 0.5) * step);
  const wide = Array.from({ length: 4 * cells + 1 }, (_, j) => j - 2 * cells);
  return places.map((i) => {
    const xs = within(i);
    return wide.map((j) => {
      let p = 0;
      for (const x of xs) {
        const inner = within(j).reduce((sum, y) => sum + (density((y - x) / noise) / noise) * step, 0);
        p += density(x) * step * inner;
      }
      return p;
    });
  });
}

function roundedPair(width: number, noise: number, count: number, seed: number) {
  const normal = normals(new Random(seed));
  const [x, y] = [new Float64Array(count), new Float64Array(count)];
  for (let k = 0; k < count; k++) {
    const value = normal();
    x[k] = Math.round(value / width) * width;
    y[k] = Math.round((value + noise * normal()) / width) * width;
  }
  return { x, y };
}

const binomial = (n: number, k: number): number =>
  k === 0 || k === n ? 1 : binomial(n - 1, k - 1) + binomial(n - 1, k);

describe("information of values that tie", () => {
  // Four standard errors, and what bias a comparison on many laws showed at these numbers of samples: 0.05 bit.
  const BIAS = 0.05;

  it.each([
    [0.03, 1],
    [0.1, 1],
    [0.3, 1],
    [1, 1],
    [0.1, 0.3],
    [0.3, 0.3],
  ])("is that of normal numbers rounded to %f, noise %f", (width, noise) => {
    const { x, y } = roundedPair(width, noise, 1200, 5);
    const truth = width < 0.1 ? 0.5 * Math.log2(1 + 1 / noise ** 2) : informationOf(roundedTable(width, noise));
    const { bits, standardError } = neighbourInformation(column(x), column(y), 4, "mixed");
    expect(Math.abs(bits - truth)).toBeLessThan(4 * standardError + BIAS);
    expect(standardError).toBeLessThan(0.08);
  });

  it("is that of counts", () => {
    const random = new Random(3);
    const throws = (n: number) => Array.from({ length: n }, () => random.below(2)).reduce((sum, one) => sum + one, 0);
    const [x, y] = [new Float64Array(1000), new Float64Array(1000)];
    for (let k = 0; k < 1000; k++) {
      x[k] = throws(8);
      y[k] = x[k]! + throws(4);
    }
    const table = Array.from({ length: 9 }, (_, a) =>
      Array.from({ length: 13 }, (_, b) =>
        b >= a && b <= a + 4 ? (binomial(8, a) * binomial(4, b - a)) / 2 ** 12 : 0,
      ),
    );
    const { bits, standardError } = neighbourInformation(column(x), column(y), 4, "mixed");
    expect(Math.abs(bits - informationOf(table))).toBeLessThan(4 * standardError + BIAS);
  });

  it("is next to none of independent lattices, rectified numbers and dice", () => {
    const normal = normals(new Random(9));
    const random = new Random(10);
    const laws = [
      () => random.below(30),
      () => Math.max(0, normal()),
      () => random.below(6),
      () => Math.round(10 * normal()) / 10,
    ];
    for (const law of laws) {
      const [x, y] = [Float64Array.from({ length: 1000 }, law), Float64Array.from({ length: 1000 }, law)];
      const { bits, standardError } = neighbourInformation(column(x), column(y), 4, "mixed");
      expect(Math.abs(bits)).toBeLessThan(4 * standardError + BIAS);
    }
  });

  it("does not depend on the unit, on where 0 is, or on numbers being kept in 32 bits", () => {
    const { x, y } = roundedPair(0.1, 1, 500, 2);
    const information = (a: Float64Array, b: Float64Array) =>
      neighbourInformation(column(a), column(b), 4, "mixed").bits;
    const plain = information(x, y);
    for (const [factor, shift] of [
      [10, 0],
      [1 / 3, 0],
      [2.54, 1000],
      [1e-6, 0],
      [1e9, 0],
      [1e200, 0],
    ] as const) {
      expect(
        information(
          x.map((value) => value * factor + shift),
          y,
        ),
      ).toBeCloseTo(plain, 12);
      expect(
        information(
          x.map((value) => value * factor),
          y.map((value) => value * factor),
        ),
      ).toBeCloseTo(plain, 12);
    }
    expect(information(x.map(Math.fround), y.map(Math.fround))).toBeCloseTo(plain, 12);
    const labels = Array.from(x, (value) => Number(value > 0.5));
    const ofLabels = (values: Float64Array) => neighbourInformationOfLabels(column(values), labels, 3).bits;
    expect(ofLabels(y.map((value) => value * 10))).toBeCloseTo(ofLabels(y), 12);
    expect(ofLabels(y.map((value) => value / 7))).toBeCloseTo(ofLabels(y), 12);
  });

  it("counts all samples within the distance of the k-th neighbour, as written out by definition", () => {
    const { x, y } = roundedPair(0.5, 1, 60, 4);
    const psi = (n: number) =>
      Array.from({ length: n - 1 }, (_, j) => 1 / (j + 1)).reduce((a, b) => a + b, -0.5772156649015329);
    const gap = (list: Float64Array, i: number, j: number) => Math.abs(list[i]! - list[j]!);
    for (const k of [1, 3]) {
      let nats = psi(60);
      for (let i = 0; i < 60; i++) {
        const others = Array.from({ length: 60 }, (_, j) => j).filter((j) => j !== i);
        const reach = others.map((j) => Math.max(gap(x, i, j), gap(y, i, j))).sort((a, b) => a - b)[k - 1]!;
        const count = (is: (j: number) => boolean) => others.filter(is).length;
        const both = count((j) => gap(x, i, j) <= reach && gap(y, i, j) <= reach);
        const side = (list: Float64Array) =>
          Math.max(
            count((j) => gap(list, i, j) <= reach),
            count((j) => gap(list, i, j) < reach) + 1,
          );
        const [nx, ny] = [side(x), side(y)];
        const closed = [x, y].map((list) => count((j) => gap(list, i, j) <= reach));
        nats +=
          (reach === 0 && both >= 2 * k
            ? psi(both + 1) - psi(closed[0]! + 1) - psi(closed[1]! + 1)
            : psi(both) - psi(nx) - psi(ny)) / 60;
      }
      const found = neighbourInformation(column(x), column(y), k, "mixed", { scale: "none" });
      expect(found.bits * Math.LN2).toBeCloseTo(nats, 10);
    }
  });

  it("is refused by estimators that assume a density", () => {
    const { x, y } = roundedPair(0.3, 1, 500, 2);
    for (const variant of [1, 2] as const) {
      expect(() => neighbourInformation(column(x), column(y), 4, variant)).toThrow("samples that are not tied");
    }
    expect(() => neighbourEntropy(column(x), 4)).toThrow("samples that are not tied");
    // Whole numbers that never repeat: no two samples are equal, but neighbours on both sides are as far.
    const places = column(Array.from({ length: 500 }, (_, k) => k));
    expect(() => neighbourEntropy(places, 3)).toThrow("neighbours at the same distance");
    expect(() => neighbourInformation(places, column(y), 4, 2)).toThrow("neighbours at the same distance");
    expect(neighbourInformation(places, column(y), 4, 1)).toEqual(neighbourInformation(places, column(y), 4, "mixed"));
    expect(() => neighbourInformation(column(x), column(y), 4, "gao" as NeighbourVariant)).toThrow('1, 2 or "mixed"');
  });

  it("of labels is right on rounded numbers", () => {
    const normal = normals(new Random(6));
    for (const width of [0.1, 0.5, 1]) {
      const labels = Int32Array.from({ length: 1200 }, (_, k) => k % 3);
      const x = Float64Array.from(labels, (label) => Math.round((label + normal()) / width) * width);
      const cells = Array.from({ length: Math.ceil(14 / width) }, (_, j) => (j - Math.floor(6 / width)) * width);
      const table = [0, 1, 2].map((label) =>
        cells.map((cell) => {
          const fine = Array.from({ length: 40 }, (_, n) => cell - width / 2 + ((n + 0.5) * width) / 40);
          return fine.reduce((sum, at) => sum + (density(at - label) * width) / 40, 0) / 3;
        }),
      );
      const { bits, standardError } = neighbourInformationOfLabels(column(x), labels, 4);
      expect(Math.abs(bits - informationOf(table))).toBeLessThan(4 * standardError + 0.02);
    }
  });
});

describe("scales of columns", () => {
  const normal = normals(new Random(21));
  const COUNT = 800;
  // y is told by b, with a signal to noise of 4: ½ log2 5 bits. a is noise.
  const rows = Array.from({ length: COUNT }, () => {
    const b = normal();
    return { a: 1000 * normal(), b, y: 2 * b + normal() };
  });
  const both: Samples = { values: Float64Array.from(rows.flatMap(({ a, b }) => [a, b])), dimensions: 2 };
  const y = column(rows.map((row) => row.y));

  it("do not hide a column behind another of larger numbers", () => {
    const truth = 0.5 * Math.log2(5);
    for (const variant of [1, 2, "mixed"] as const) {
      const { bits, standardError } = neighbourInformation(both, y, 4, variant);
      // Of 800 samples of three numbers KSG is too low by some hundredths.
      expect(Math.abs(bits - truth)).toBeLessThan(4 * standardError + 0.05);
      expect(neighbourInformation(both, y, 4, variant, { scale: "none" }).bits).toBeLessThan(0.2);
      expect(neighbourInformation(both, y, 4, variant, { scale: "minmax" }).bits).toBeGreaterThan(0.9);
    }
    const labels = rows.map((row) => Number(row.y > 0));
    const [scaled, raw] = [undefined, "none" as const].map(
      (scale) => neighbourInformationOfLabels(both, labels, 4, scale && { scale }).bits,
    );
    expect(scaled!).toBeGreaterThan(0.4);
    expect(raw!).toBeLessThan(0.1);
    expect(() => neighbourInformation(both, y, 4, 1, { scale: "log" as "none" })).toThrow(
      '"zscore", "minmax" or "none"',
    );
    expect(() => neighbourInformation(both, y, 4, 1, { scael: "none" } as object)).toThrow("Did you mean scale?");
  });

  it("leave differential entropy what it is", () => {
    const plain = neighbourEntropy(y, 4, { scale: "none" });
    expect(neighbourEntropy(y, 4).bits).toBeCloseTo(plain.bits, 10);
    // ½ log2 2πe · 5 bits.
    expect(Math.abs(plain.bits - 0.5 * Math.log2(2 * Math.PI * Math.E * 5))).toBeLessThan(
      4 * plain.standardError + 0.02,
    );
    // Of a normal number and one a thousand times as large, independent: both added up.
    const wide = neighbourEntropy(both, 4);
    expect(Math.abs(wide.bits - Math.log2(2 * Math.PI * Math.E * 1000))).toBeLessThan(4 * wide.standardError + 0.1);
  });

  it("leave out a side that has one value, which tells nothing", () => {
    const still = column(new Float64Array(COUNT).fill(7));
    const found = neighbourInformation(still, y, 4);
    expect([found.bits, found.standardError]).toEqual([0, 0]);
    expect(found.warnings[0]).toContain("x has one value in every sample");
    expect(
      neighbourInformationOfLabels(
        still,
        rows.map((_, k) => k % 2),
        4,
      ).bits,
    ).toBe(0);
    expect(
      neighbourInformationOfLabels(
        y,
        rows.map(() => 1),
        4,
      ).bits,
    ).toBe(0);
  });
});

describe("an estimate at its ceiling", () => {
  const x = column(Array.from({ length: 1000 }, (_, k) => Math.sin(k)));

  it.each([
    ["y = 2x", (value: number) => 2 * value],
    ["y = x³", (value: number) => value ** 3],
    ["y = exp x", (value: number) => Math.exp(value)],
    ["y = x²", (value: number) => value * value],
  ])("says so of %s, whatever the scale, and has an error", (_, of) => {
    const y = column(Array.from(x.values, of));
    for (const variant of [1, 2, "mixed"] as const) {
      for (const scale of ["zscore", "none"] as const) {
        const { standardError, warnings } = neighbourInformation(x, y, 4, variant, { scale });
        expect(standardError).toBeGreaterThan(0.5);
        expect(warnings.join()).toMatch(/at the maximum for 1,000 samples and k = 4 \(\d\.\d\d bit\)/);
      }
    }
  });

  it("is not said of what is well below it, nor of a bit that is wholly known", () => {
    const normal = normals(new Random(8));
    const noisy = column(Array.from(x.values, (value) => value + 0.3 * normal()));
    expect(neighbourInformation(x, noisy, 4).warnings).toEqual([]);
    const sign = column(Array.from(x.values, (value) => Number(value > 0)));
    const found = neighbourInformation(x, sign, 4, "mixed");
    expect(found.warnings).toEqual([]);
    expect(found.bits).toBeCloseTo(1, 1);
  });
});
