/** Rows of joint tables: the same bits compiled and plain, and the mutual information of the table written out. */
import { afterEach, expect, test } from "vitest";
import { Random } from "../../src/information/random.ts";
import { createJointRows, logTable, type Room, type RowTable } from "../../src/kernels/joint-rows.ts";
import { type KernelPath, useKernels } from "../../src/kernels/path.ts";

afterEach(() => useKernels("auto"));

const shapes = [
  { rows: 1, segments: 1, terms: 1 },
  { rows: 3, segments: 4, terms: 2 },
  { rows: 16, segments: 9, terms: 13 },
  { rows: 7, segments: 66, terms: 30 },
];

function onPath(path: KernelPath, { rows, segments, terms }: (typeof shapes)[number], kind: string) {
  useKernels(path);
  const random = new Random(rows, segments);
  const kernel = createJointRows();
  const stride = (segments + 3) & ~3;
  const fourRows = (rows + 3) & ~3;
  const filled = (count: number, value: (at: number) => number): Room => {
    const room = kernel.room(count);
    for (let at = 0; at < count; at++) room.values[at] = value(at);
    return room;
  };
  const weights = filled(fourRows * (terms + 1), () => random.uniform() / terms);
  const values = filled(terms * stride, (at) => (at % stride) / stride);
  const even = kernel.room(fourRows * stride);
  kernel.product(weights, terms + 1, rows, terms, values, stride, even);
  const odd = filled(fourRows * stride, () => 0.01 * random.uniform());
  const centres = filled(fourRows, (r) => (r === 0 ? 0 : 0.1 * r));
  const table: RowTable = {
    stride,
    thresholds: filled(stride, (s) => (s < segments - 1 ? s / segments - 0.5 : Infinity)),
    keep: filled(stride, (s) => (kind === "outside" && s % 5 === 3 ? 0 : 1)),
    columnOf: kind === "shared" ? filled(stride, (s) => s % 3) : undefined,
    row: kernel.room(2 * stride),
    columns: kernel.room(stride),
    sums: kernel.room(6),
    logs: filled(logTable.length, (at) => logTable[at]!),
  };
  kernel.addRows(even, odd, centres, rows, true, 0.8, table);
  kernel.addRows(even, odd, centres, rows, false, 0.3, table);
  const found = [even.values.subarray(0, rows * stride), table.columns.values, table.sums.values].flatMap((values) => [
    ...values,
  ]);
  const ofColumns = kernel.endTable(table);
  expect(table.columns.values.every((p) => p === 0)).toBe(true);
  const given = { even: [...even.values], odd: [...odd.values], centres: [...centres.values] };
  const [thresholds, keep] = [[...table.thresholds.values], [...table.keep.values]];
  kernel.free();
  return { found, ofColumns, given, thresholds, keep, stride };
}

for (const shape of shapes) {
  for (const kind of ["plain", "outside", "shared"]) {
    test(`${JSON.stringify(shape)}, ${kind}: the same bits, and the sums of the table written out`, () => {
      const compiled = onPath("wasm", shape, kind);
      const { found, ofColumns, given, thresholds, keep, stride } = onPath("typescript", shape, kind);
      for (const [at, value] of found.entries()) expect(Object.is(compiled.found[at], value)).toBe(true);

      expect(Object.is(compiled.ofColumns, ofColumns)).toBe(true);

      const columns = new Float64Array(stride);
      let [joint, ofRows, outside, total] = [0, 0, 0, 0];
      const row = (r: number, sign: number, halfWidth: number) => {
        const cells = new Float64Array(stride);
        let before = 0;
        for (const [s, threshold] of thresholds.entries()) {
          const t = threshold - sign * given.centres[r]!;
          const value = given.even[r * stride + s]! - sign * given.odd[r * stride + s]!;
          const upTo = t <= -halfWidth ? 0 : t >= halfWidth ? 1 : Math.min(1, Math.max(0, value));
          const p = Math.max(0, upTo - before);
          before = upTo;
          if (keep[s] === 0) outside += p;
          else cells[kind === "shared" ? s % 3 : s]! += p;
        }
        const sum = cells.reduce((a, b) => a + b, 0);
        for (const [s, p] of cells.entries()) {
          columns[s]! += p;
          if (p > 0) joint += p * Math.log(p);
        }
        if (sum > 0) ofRows += sum * Math.log(sum);
        total += sum;
      };
      for (let r = 0; r < shape.rows; r++) {
        row(r, 1, 0.8);
        if (given.centres[r] !== 0) row(r, -1, 0.8);
        row(r, 1, 0.3);
      }
      const [even, odd, evenOutside, oddOutside, rowsFound, totalFound] = found.slice(-6) as number[];
      expect(even! + odd!).toBeCloseTo(joint, 12);
      expect(evenOutside! + oddOutside!).toBeCloseTo(outside, 12);
      expect(rowsFound).toBeCloseTo(ofRows, 12);
      expect(totalFound).toBeCloseTo(total, 12);
      expect(ofColumns).toBeCloseTo(
        columns.reduce((sum, p) => (p > 0 ? sum + p * Math.log(p) : sum), 0),
        12,
      );
      for (let s = 0; s < stride; s++) expect(found[found.length - 6 - stride + s]).toBeCloseTo(columns[s]!, 12);
    });
  }
}
