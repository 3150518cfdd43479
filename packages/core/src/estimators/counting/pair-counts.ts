/** Dense histograms of every pair (input, output), and the plug-in mutual information of each. Shards merge by addition. */

import { check } from "../../checks/check.ts";
import { TooMuchError } from "../../checks/error-classes.ts";
import type { BinCounts } from "../../information/bins.ts";
import { OUTSIDE } from "../../information/bins.ts";
import { log2, square } from "../../information/elementary.ts";
import { NOISE_BLOCK } from "../../kernels/blocks.ts";
import type { EngineOptions } from "../engine.ts";

/** Bytes of a count. */
const COUNT_BYTES = 4;

/** The largest count of a cell. */
const MOST_SAMPLES = 2 ** 31 - 1;

const LOGS = 1 << 16;
const logs = new Float64Array(LOGS);
for (let count = 2; count < LOGS; count++) logs[count] = log2(count);

/** log2 c of a count ≥ 1. */
export function logOfCount(count: number): number {
  return count < LOGS ? logs[count]! : log2(count);
}

/** c log2 c. */
function timesLog(count: number): number {
  return count === 0 ? 0 : count * logOfCount(count);
}

/** @throws InvalidInputError for more samples than a cell can count. */
export function requireCountable(samples: number, name: string): void {
  check(samples <= MOST_SAMPLES, () => ({
    who: `${name}: plug-in`,
    expected: `samples of at most ${MOST_SAMPLES}`,
    got: `${samples}`,
  }));
}

export interface PairStatistic {
  /** Plug-in I(x̂_i; ŷ_j) of the samples counted, in bits. */
  readonly bits: number;
  /** Standard deviation of log2 p(x,y)/(p(x)p(y)) over √(samples counted). */
  readonly standardError: number;
  /** (cells − rows − columns + 1)/(2N ln 2) bits, of those that are occupied: Miller's first-order bias. */
  readonly bias: number;
  /** Samples counted. */
  readonly kept: number;
  /** Occupied cells. */
  readonly cells: number;
}

export class PairCounts {
  readonly inputs: number;
  readonly outputs: number;
  readonly bins: BinCounts;
  /** Samples drawn, per input where inputs are noisy one at a time. */
  drawn = 0;
  /** Samples with the output outside its range, per output, summed over the inputs that were noisy one at a time. */
  readonly beyond: Float64Array;
  readonly #tables: Int32Array;
  readonly #column = new Int32Array(NOISE_BLOCK);
  /** Bins of the outputs of the block at hand, `[outputs, NOISE_BLOCK]`. */
  readonly #outputs: Int32Array;

  /** @throws TooMuchError where the histograms would take more than there is memory for, whatever number of threads counts beside. */
  constructor(name: string, inputs: number, outputs: number, bins: BinCounts, memory: number) {
    const cells = inputs * outputs * bins.input * bins.output;
    if (COUNT_BYTES * cells > memory) throw new TooMuchError(tooLarge(name, inputs, outputs, bins, memory));
    this.inputs = inputs;
    this.outputs = outputs;
    this.bins = bins;
    this.beyond = new Float64Array(outputs);
    this.#tables = new Int32Array(cells);
    this.#outputs = new Int32Array(outputs * NOISE_BLOCK);
  }

  /**
   * Takes the rows `first` … `rows` − 1 of `y`, `[rows, outputs]`, for the inputs counted next, and notes which lay outside the output
   * range by `beyond`, of the same shape.
   */
  setOutputs(y: Int32Array, beyond: Uint8Array, first: number, rows: number): void {
    const { outputs } = this;
    for (let j = 0; j < outputs; j++) {
      const from = j * NOISE_BLOCK;
      let out = 0;
      for (let row = first, at = first * outputs + j; row < rows; row++, at += outputs) {
        this.#outputs[from + row] = y[at]!;
        out += beyond[at]!;
      }
      this.beyond[j]! += out;
    }
  }

  /** Counts the rows `first` … `rows` − 1 of `x`, `[rows, inputs]`, for input i; a row is left out of a pair whose output is `OUTSIDE`. */
  addInput(i: number, x: Int32Array, first: number, rows: number): void {
    const { inputs, outputs, bins } = this;
    const tables = this.#tables;
    const column = this.#column;
    const y = this.#outputs;
    for (let row = first; row < rows; row++) column[row] = x[row * inputs + i]! * bins.output;
    // One table at a time, so that it stays in the cache.
    for (let j = 0; j < outputs; j++) {
      const base = (i * outputs + j) * bins.input * bins.output;
      const from = j * NOISE_BLOCK;
      for (let row = first; row < rows; row++) {
        const bin = y[from + row]!;
        if (bin !== OUTSIDE) tables[base + column[row]! + bin]!++;
      }
    }
  }

  /** Adds the counts of a shard: tables of all pairs, and samples outside per output. */
  add(tables: Int32Array, beyond: Int32Array, drawn: number): void {
    this.drawn += drawn;
    for (let j = 0; j < this.outputs; j++) this.beyond[j]! += beyond[j]!;
    for (let at = 0; at < this.#tables.length; at++) this.#tables[at]! += tables[at]!;
  }

  merge(other: PairCounts): void {
    const fits =
      other.inputs === this.inputs &&
      other.outputs === this.outputs &&
      other.bins.input === this.bins.input &&
      other.bins.output === this.bins.output;
    check(fits, () => ({ who: "PairCounts.merge()", expected: "counts of the same units and bins", got: "others" }));
    this.drawn += other.drawn;
    for (let j = 0; j < this.outputs; j++) this.beyond[j]! += other.beyond[j]!;
    for (let at = 0; at < this.#tables.length; at++) this.#tables[at]! += other.#tables[at]!;
  }

  /** Counts of a pair, `[input bins, output bins]`. */
  table(i: number, j: number): Int32Array {
    const size = this.bins.input * this.bins.output;
    return this.#tables.subarray((i * this.outputs + j) * size, (i * this.outputs + j + 1) * size);
  }

  /** Counts of a pair's rows and columns, written to the arguments; returns their sum. */
  marginals(i: number, j: number, rows: Float64Array, columns: Float64Array): number {
    const table = this.table(i, j);
    let kept = 0;
    columns.fill(0);
    for (let a = 0, at = 0; a < this.bins.input; a++) {
      let sum = 0;
      for (let b = 0; b < this.bins.output; b++, at++) {
        const count = table[at]!;
        if (count === 0) continue;
        sum += count;
        columns[b]! += count;
      }
      rows[a] = sum;
      kept += sum;
    }
    return kept;
  }

  /** `rows` and `columns` are room to work in: as many numbers as there are input and output bins. */
  statistic(i: number, j: number, rows: Float64Array, columns: Float64Array): PairStatistic {
    const kept = this.marginals(i, j, rows, columns);
    if (kept === 0) return { bits: 0, standardError: 0, bias: 0, kept, cells: 0 };
    const table = this.table(i, j);
    let [joint, ofRows, ofColumns, squares] = [0, 0, 0, 0];
    let [cells, rowsSeen, columnsSeen] = [0, 0, 0];
    for (const count of columns) {
      if (count === 0) continue;
      ofColumns += timesLog(count);
      columnsSeen++;
    }
    const logColumns = columns.map((count) => (count > 0 ? log2(count / kept) : 0));
    for (let a = 0, at = 0; a < this.bins.input; a++) {
      const row = rows[a]!;
      if (row === 0) {
        at += this.bins.output;
        continue;
      }
      rowsSeen++;
      ofRows += timesLog(row);
      const logRow = log2(row);
      for (let b = 0; b < this.bins.output; b++, at++) {
        const count = table[at]!;
        if (count === 0) continue;
        const log = timesLog(count);
        joint += log;
        cells++;
        squares += count * square(log / count - logRow - logColumns[b]!);
      }
    }
    const bits = Math.max(0, (joint - ofRows - ofColumns + timesLog(kept)) / kept);
    return {
      bits,
      standardError: Math.sqrt(Math.max(0, squares / kept - bits * bits) / kept),
      bias: (cells - rowsSeen - columnsSeen + 1) / (2 * kept * Math.LN2),
      kept,
      cells,
    };
  }

  /** Σ_ij of the plug-in values, in bits. */
  total(): number {
    const [rows, columns] = [new Float64Array(this.bins.input), new Float64Array(this.bins.output)];
    let sum = 0;
    for (let i = 0; i < this.inputs; i++) {
      for (let j = 0; j < this.outputs; j++) sum += this.statistic(i, j, rows, columns).bits;
    }
    return sum;
  }
}

/** Shards that are counted at one time: each makes tables of its own, and sends them, which all together may take as much again. */
export function shardsAtOnce(pool: EngineOptions["pool"], cells: number, memory: number): number {
  return Math.max(1, Math.min(pool?.workers ?? 1, Math.floor(memory / (2 * COUNT_BYTES * cells))));
}

/** Bytes of all the tables that there are at one time. */
export function tableBytes(pool: EngineOptions["pool"], cells: number, memory: number): number {
  return COUNT_BYTES * cells * (1 + 2 * shardsAtOnce(pool, cells, memory));
}

function tooLarge(name: string, inputs: number, outputs: number, bins: BinCounts, most: number) {
  const cells = most / COUNT_BYTES;
  const fitting = Math.floor(Math.sqrt(cells / (inputs * outputs)));
  const outputsThatFit = Math.floor(cells / (inputs * bins.input * bins.output));
  const ways: string[] = [];
  if (fitting >= 2) ways.push(`at most ${fitting} bins on each side fit`);
  if (outputsThatFit >= 1) ways.push(`with these bins, ${outputsThatFit} outputs at a time fit`);
  if (ways.length === 0) ways.push(`with 2 bins, layers of up to ${Math.floor(cells / 4)} pairs fit`);
  return {
    who: `${name}: plug-in of ${inputs} × ${outputs} pairs at ${bins.input} × ${bins.output} bins`,
    expected: `histograms of at most ${inBytes(most)}`,
    got: inBytes(COUNT_BYTES * inputs * outputs * bins.input * bins.output),
    remedy: `Use fewer bins or fewer units (${ways.join(", or ")}), allow more memory, or, for a dense layer, use the exact method.`,
  };
}

function inBytes(size: number): string {
  return size < 1e9 ? `${Math.ceil(size / 1e6)} MB` : `${(size / 1e9).toPrecision(3)} GB`;
}
