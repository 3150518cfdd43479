/** Closeness of points: the same bits compiled and plain, and the sums written out. */
import { afterEach, expect, test } from "vitest";
import { Random } from "../../src/information/random.ts";
import { closeness, type GroupedPoints } from "../../src/kernels/closeness.ts";
import { useKernels } from "../../src/kernels/path.ts";
import { instancesInUse } from "../../src/kernels/wasm-instance.ts";

afterEach(() => useKernels("auto"));

/** Points in a cube, some of them twice, in groups of given sizes. */
function points(sizes: readonly number[], units: number): GroupedPoints {
  const random = new Random(units, sizes.length);
  const groups: { start: number; size: number }[] = [];
  let pitch = 0;
  for (const size of sizes) {
    groups.push({ start: pitch, size });
    pitch += size + (size & 1);
  }
  const values = new Float64Array(units * pitch).fill(Infinity, 0, pitch);
  for (const { start, size } of groups) {
    const keys = Float64Array.from({ length: size }, () => Math.floor(random.uniform() * 40) / 40).sort();
    for (let at = 0; at < size; at++) {
      values[start + at] = keys[at]!;
      for (let u = 1; u < units; u++) values[u * pitch + start + at] = Math.floor(random.uniform() * 8) / 8;
    }
  }
  return { values, pitch, units, groups };
}

function writtenOut({ values, pitch, units, groups }: GroupedPoints, scale: number): number[][] {
  const groupOf = (row: number) => groups.findIndex(({ start, size }) => row >= start && row < start + size);
  const rows = Array.from({ length: pitch }, (_, row) => row).filter((row) => groupOf(row) >= 0);
  const sums = Array.from({ length: 4 }, () => Array<number>(pitch).fill(0));
  for (const a of rows) {
    for (const b of rows.filter((row) => row !== a)) {
      let distance = 0;
      for (let u = 0; u < units; u++) distance += (values[u * pitch + a]! - values[u * pitch + b]!) ** 2;
      const across = groupOf(a) === groupOf(b) ? 0 : 1;
      sums[across]![a]! += Math.exp(-scale * distance);
      sums[2 + across]![a]! += Math.exp(-4 * scale * distance);
    }
  }
  return sums;
}

const shapes = [
  { sizes: [1], units: 1 },
  { sizes: [2, 1], units: 1 },
  { sizes: [7, 8, 3], units: 3 },
  { sizes: [33, 20], units: 4 },
  { sizes: [50], units: 9 },
];

for (const shape of shapes) {
  for (const scale of [0.1, 10, 1000]) {
    test(`${JSON.stringify(shape)}, scale ${scale}: the same bits, and the sums written out`, () => {
      const given = points(shape.sizes, shape.units);
      useKernels("wasm");
      const compiled = closeness(given, scale, 46);
      useKernels("typescript");
      const plain = closeness(given, scale, 46);
      expect(compiled).toEqual(plain);
      const found = [plain.wide.within, plain.wide.across, plain.narrow.within, plain.narrow.across];
      const truth = writtenOut(given, scale);
      for (const [k, sums] of found.entries()) {
        // What is left out is below 53 e^−46.
        for (const [row, sum] of sums.entries()) expect(Math.abs(sum - truth[k]![row]!)).toBeLessThan(1e-12);
      }
      expect(instancesInUse()).toBe(0);
    });
  }
}

test("leaves out what is too far", () => {
  const given: GroupedPoints = {
    values: Float64Array.of(0, 1, 3, Infinity),
    pitch: 4,
    units: 1,
    groups: [{ start: 0, size: 3 }],
  };
  // Squares of distances: 1, 4, 9.
  const { wide } = closeness(given, 1, 4.5);
  expect([...wide.within]).toEqual([Math.exp(-1), Math.exp(-1) + Math.exp(-4), Math.exp(-4), 0]);
});
