/** Particles in a rectangle: the law that they begin with, and that moving them leaves a law what it is. */
import { describe, expect, test } from "vitest";
import type { Rectangle } from "../../../src/estimators/likelihood/walk-frame.ts";
import { Walkers } from "../../../src/estimators/likelihood/walkers.ts";
import { Random, streamKey } from "../../../src/information/random.ts";
import { normalCdf } from "../../../src/model/activation.ts";

function rectangleOf(rows: readonly (readonly number[])[], bounds: readonly (readonly [number, number])[]): Rectangle {
  return {
    inputs: rows[0]!.length,
    rows: rows.length,
    weights: Float64Array.from(rows.flat()),
    gram: Float64Array.from(rows.flatMap((a) => rows.map((b) => a.reduce((sum, w, i) => sum + w * b[i]!, 0)))),
    intervals: {
      start: Int32Array.from({ length: rows.length + 1 }, (_, j) => j),
      lower: Float64Array.from(bounds, ([low]) => low),
      upper: Float64Array.from(bounds, ([, high]) => high),
    },
  };
}

const SIGMA = 0.28;
const rows = [
  [1, -2, 0.5],
  [0.5, 1, 1.5],
];
const bounds = [
  [-0.3, 0.4],
  [0.1, 0.6],
] as const;

describe("walkers", () => {
  test("begin in the rectangle; of one row ln p is that of the normal law", () => {
    const rectangle = rectangleOf([rows[0]!], [[-0.1, 0.5]]);
    const walkers = new Walkers(rectangle, 64, SIGMA, streamKey(1), undefined);
    const deviation = SIGMA * Math.hypot(...rows[0]!);
    const truth = Math.log(normalCdf(0.5 / deviation) - normalCdf(-0.1 / deviation));
    // One row is drawn within its interval: there is no chance in p.
    expect(walkers.begin(0, undefined)).toBeCloseTo(truth, 9);
    expect([...walkers.weight]).toEqual(new Array(64).fill(1));
    expect(walkers.work).toBeGreaterThan(0);
    walkers.free();
  });

  test("of two rows p is unbiased, against draws of the normal law", () => {
    const rectangle = rectangleOf(rows, bounds);
    const runs = 400;
    const found = Array.from({ length: runs }, (_, run) => {
      const walkers = new Walkers(rectangle, 16, SIGMA, streamKey(2, run), undefined);
      const p = Math.exp(walkers.begin(0, undefined));
      walkers.free();
      return p;
    });
    const mean = found.reduce((sum, p) => sum + p, 0) / runs;
    const error = Math.sqrt(found.reduce((sum, p) => sum + (p - mean) ** 2, 0) / (runs - 1) / runs);
    const random = new Random(9);
    const draws = 400_000;
    const normal = () => Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
    let inside = 0;
    for (let k = 0; k < draws; k++) {
      const x = [SIGMA * normal(), SIGMA * normal(), SIGMA * normal()];
      const isIn = rows.every((row, j) => {
        const z = row.reduce((sum, w, i) => sum + w * x[i]!, 0);
        return z >= bounds[j]![0] && z <= bounds[j]![1];
      });
      if (isIn) inside++;
    }
    const truth = inside / draws;
    expect(Math.abs(mean - truth)).toBeLessThan(4 * Math.hypot(error, Math.sqrt((truth * (1 - truth)) / draws)));
  });

  test("moved at precision 0, a particle has the uniform law on the rectangle and never leaves it", () => {
    const walkers = new Walkers(rectangleOf(rows, bounds), 8, SIGMA, streamKey(3), undefined);
    walkers.begin(0, undefined);
    const start = Float64Array.of(0.1, 0.1, 0.1);
    walkers.placePair(start);
    expect([...walkers.first()]).toEqual([...start]);
    const rounds = 20_000;
    const [sums, squares] = [new Float64Array(3), new Float64Array(3)];
    let [position, beyond] = [0, -Infinity];
    for (let round = 0; round < rounds; round++) {
      position = walkers.move(2, 0, 0, position, round % 2 === 1);
      const x = walkers.first();
      for (let i = 0; i < 3; i++) {
        beyond = Math.max(beyond, Math.abs(x[i]!) - 0.5);
        sums[i]! += x[i]!;
        squares[i]! += x[i]! ** 2;
      }
      for (const [j, row] of rows.entries()) {
        const z = row.reduce((sum, w, i) => sum + w * x[i]!, 0);
        beyond = Math.max(beyond, bounds[j]![0] - z, z - bounds[j]![1]);
      }
    }
    walkers.free();
    expect(beyond).toBeLessThan(1e-12);
    // The same by points on a grid of the cube.
    const side = 120;
    const [expected, square] = [new Float64Array(3), new Float64Array(3)];
    let count = 0;
    for (let at = 0; at < side ** 3; at++) {
      const x = [at % side, Math.floor(at / side) % side, Math.floor(at / side ** 2)].map(
        (k) => (k + 0.5) / side - 0.5,
      );
      const isIn = rows.every((row, j) => {
        const z = row[0]! * x[0]! + row[1]! * x[1]! + row[2]! * x[2]!;
        return z >= bounds[j]![0] && z <= bounds[j]![1];
      });
      if (!isIn) continue;
      count++;
      for (let i = 0; i < 3; i++) {
        expected[i]! += x[i]!;
        square[i]! += x[i]! ** 2;
      }
    }
    for (let i = 0; i < 3; i++) {
      // Deviations of up to 0.3, and rounds that depend on some ten before: 0.3 · √(10 / 20,000) is 0.007; four of them.
      expect(Math.abs(sums[i]! / rounds - expected[i]! / count)).toBeLessThan(0.028);
      expect(Math.abs(squares[i]! / rounds - square[i]! / count)).toBeLessThan(0.02);
    }
  });

  test("confining gives weight 0 to what is outside, and resampling leaves only what is inside", () => {
    const dependent = [...rows, [1.5, -1, 2]];
    const walkers = new Walkers(rectangleOf(dependent, [...bounds, [-0.1, 0.5]]), 256, SIGMA, streamKey(4), undefined);
    expect(walkers.begin(0, undefined)).toBeGreaterThan(-Infinity);
    const outside = [...walkers.beyond()].map((by) => by > 0);
    walkers.confine(0, false);
    expect([...walkers.weight].map((weight) => weight === 0)).toEqual(outside);
    expect(outside).toContain(true);
    expect(outside).toContain(false);
    walkers.resample(2 ** 42, false);
    for (const by of walkers.beyond()) expect(by).toBeLessThanOrEqual(1e-12);
    expect([...walkers.weight]).toEqual(new Array(256).fill(1));
    walkers.free();
  });

  test("a frozen particle stays where it is put", () => {
    const walkers = new Walkers(rectangleOf(rows, bounds), 16, SIGMA, streamKey(5), undefined);
    const frozen = Float64Array.of(0.05, -0.02, 0.2);
    expect(walkers.begin(0, frozen)).toBeGreaterThan(-Infinity);
    walkers.confine(0, true);
    walkers.resample(2 ** 42, true);
    expect([...walkers.first()]).toEqual([...frozen]);
    walkers.free();
  });
});
