/** Twin of assembly/joint-rows.ts: the same operations in the same order, even and odd columns summed apart. */
import { log } from "../../information/elementary.ts";

/**
 * One table's columns and what is known of it so far; `stride` is a multiple of 4. The real line is cut at the thresholds, ascending,
 * with ∞ behind the last; segment s lies below threshold s. Room of `row`: 2 · stride.
 */
export interface RowTable<Array> {
  readonly stride: number;
  readonly thresholds: Array;
  /** 1 for segments that count, 0 for those outside. */
  readonly keep: Array;
  /** The column of each segment; undefined where each is a column of its own. */
  readonly columnOf: Array | undefined;
  readonly row: Array;
  /** Sums of the columns. */
  readonly columns: Array;
  /** Σ p ln p in two parts, share outside in two parts, Σ of the rows' p ln p, total. */
  readonly sums: Array;
  /** `logTable`. */
  readonly logs: Array;
}

/** out[r, s] = Σ_k weights[r, k] · values[k, s], added in the order of k. */
export function product(
  weights: Float64Array,
  pitch: number,
  rows: number,
  terms: number,
  values: Float64Array,
  stride: number,
  out: Float64Array,
): void {
  for (let r = 0; r < rows; r++) {
    const to = r * stride;
    out.fill(0, to, to + stride);
    for (let k = 0; k < terms; k++) {
      const weight = weights[r * pitch + k]!;
      const from = k * stride;
      for (let s = 0; s < stride; s++) out[to + s]! += weight * values[from + s]!;
    }
  }
}

/** For c in the middle of each of 256 parts of [1, 2): 1/c and ln c in turn. */
export const logTable = new Float64Array(512);
for (let part = 0; part < 256; part++) {
  const inverse = 512 / (513 + 2 * part);
  logTable[2 * part] = inverse;
  // Of the rounded 1/c, not of c.
  logTable[2 * part + 1] = -log(inverse);
}

/** Weights below this count as this in a logarithm: 0 · ln 0 is 0, and nothing larger is moved by a bit. */
const TINY = 1e-300;

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);

/** p ln p of p ≥ 0, in error by some 1e-16 of p. */
function timesLog(p: number, logs: Float64Array): number {
  double[0] = TINY < p ? p : TINY;
  const high = words[1]!;
  words[1] = (high & 0xfffff) | 0x3ff00000;
  const part = 2 * ((high >> 12) & 0xff);
  const r = double[0]! * logs[part]! - 1;
  const square = r * r;
  const near = r + square * (r * 0.3333333333333333 - 0.5 + square * (r * 0.2 - 0.25));
  const k = (high >>> 20) - 1023;
  return p * (k * Math.LN2 + logs[part + 1]! + near);
}

/** Adds rows to the sums of a table: P(z < t) is even − odd around a centre, even + odd around its mirror image. */
export function addRows(
  even: Float64Array,
  odd: Float64Array,
  centres: Float64Array,
  rows: number,
  mirrored: boolean,
  halfWidth: number,
  table: RowTable<Float64Array>,
): void {
  for (let r = 0; r < rows; r++) {
    const centre = centres[r]!;
    const from = r * table.stride;
    addRow(even, odd, from, 1, centre, halfWidth, table);
    if (mirrored && centre !== 0) addRow(even, odd, from, -1, centre, halfWidth, table);
  }
}

function addRow(
  even: Float64Array,
  odd: Float64Array,
  from: number,
  sign: number,
  centre: number,
  halfWidth: number,
  { thresholds, keep, columnOf, row, columns, stride, sums, logs }: RowTable<Float64Array>,
): void {
  let before = 0;
  for (let s = 0; s < stride; s++) {
    const value = even[from + s]! - sign * odd[from + s]!;
    const t = thresholds[s]! - sign * centre;
    let f = value > 0 ? value : 0;
    if (f > 1 || t >= halfWidth) f = 1;
    if (t <= -halfWidth) f = 0;
    const p = f - before;
    before = f;
    const kept = p > 0 ? p * keep[s]! : 0;
    sums[2 + (s & 1)]! += p > 0 ? p - kept : 0;
    row[s] = kept;
  }
  if (columnOf !== undefined) {
    // Several segments share a column: gathered behind the row first.
    for (let s = 0; s < stride; s++) row[stride + columnOf[s]!]! += row[s]!;
    row.copyWithin(0, stride, 2 * stride);
    row.fill(0, stride, 2 * stride);
  }
  let [evens, odds] = [0, 0];
  for (let s = 0; s < stride; s++) {
    const kept = row[s]!;
    if (!(kept > 0)) continue;
    sums[s & 1]! += timesLog(kept, logs);
    if ((s & 1) === 0) evens += kept;
    else odds += kept;
    columns[s]! += kept;
  }
  const total = evens + odds;
  sums[4]! += timesLog(total, logs);
  sums[5]! += total;
}

/** Σ p ln p of the columns, which become 0. */
export function endTable(columns: Float64Array, logs: Float64Array): number {
  let [evens, odds] = [0, 0];
  for (let s = 0; s < columns.length; s += 2) {
    evens += timesLog(columns[s]!, logs);
    odds += timesLog(columns[s + 1]!, logs);
  }
  columns.fill(0);
  return evens + odds;
}
