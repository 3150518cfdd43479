/** What two discrete things tell of each other, from a table of how often they occurred together. Bits. */

import { check, countClasses, requireCount, requireList } from "../checks/check.ts";
import { InvalidInputError } from "../checks/error-classes.ts";
import { instance } from "../checks/schema/instance-of.ts";
import { isOptionsObject, parse, shownInput } from "../checks/schema/parse.ts";
import { options as optionsOf } from "../checks/schema/records.ts";
import { positiveInteger, seed } from "../checks/schema/scalars.ts";
import { log } from "./elementary.ts";
import { type EntropyMethod, entropyFromCounts } from "./entropy-estimators.ts";
import { type Estimate, estimate } from "./estimate.ts";
import { type ShuffleTest, shuffleTests } from "./shuffles.ts";
import { chiSquareTail } from "./special-functions.ts";

/** How often each pair of states occurred together: counts ≥ 0, `[rows, columns]`, row-major. */
export interface ContingencyTable {
  readonly rows: number;
  readonly columns: number;
  readonly counts: Float64Array;
}

/** Most cells of a table: one that is larger says nothing of samples that fit into memory. */
const MAX_CELLS = 1e7;

/**
 * How often each pair of labels occurs, from two lists of labels 0, 1, 2 …: the first list gives the row, the second
 * the column.
 *
 * @example
 * ```ts
 * const active = [0, 0, 0, 1, 1, 1, 1, 1];
 * const label = [0, 0, 0, 0, 1, 1, 1, 1];
 * const { rows, columns, counts } = contingencyTable(active, label);
 * console.log(rows, columns, [...counts]); // 2 2 [ 3, 0, 1, 4 ]
 * ```
 * @throws InvalidInputError for lists of different lengths, empty lists, labels that are not whole numbers from 0, or
 *   so many labels that the table would have more than 10^7 cells.
 */
export function contingencyTable(x: ArrayLike<number>, y: ArrayLike<number>): ContingencyTable {
  const who = "contingencyTable()";
  for (const list of [x, y]) requireList(list, who, "labels");
  check(x.length === y.length && x.length > 0, {
    who,
    expected: "two lists of the same length, at least 1",
    got: `${x.length} and ${y.length}`,
  });
  const [rows, columns] = [countClasses(x, who), countClasses(y, who)];
  check(rows * columns <= MAX_CELLS, {
    who,
    expected: `at most ${MAX_CELLS.toLocaleString("en")} cells`,
    got: `${rows} × ${columns}`,
    remedy: "Use fewer states, or treat the sides as continuous.",
  });
  const counts = new Float64Array(rows * columns);
  for (let k = 0; k < x.length; k++) counts[x[k]! * columns + y[k]!]!++;
  return { rows, columns, counts };
}

/** @throws InvalidInputError for what is no table of whole counts, at least one of them above 0. */
function requireTable(table: ContingencyTable, who: string): void {
  const { rows, columns, counts } = parse(tableRecord, table, who);
  parse(positiveInteger, rows, `${who}: rows`);
  parse(positiveInteger, columns, `${who}: columns`);
  requireList(counts, who, "counts");
  requireCount(counts, rows * columns, who, `counts, ${rows} × ${columns}`);
  let total = 0;
  for (let at = 0; at < counts.length; at++) {
    const count = counts[at]!;
    if (!Number.isSafeInteger(count) || count < 0) {
      const got = `${shownInput(count)} at ${at}`;
      throw new InvalidInputError({ who, expected: "counts, whole numbers of at least 0", got });
    }
    total += count;
  }
  check(total > 0, { who, expected: "at least one observation", got: "none" });
}

const tableRecord = instance<ContingencyTable>(
  isOptionsObject,
  "a table of counts, such as contingencyTable() creates",
);

/** Sums over columns for each row, and over rows for each column. */
export function margins({ rows, columns, counts }: ContingencyTable): {
  ofRows: Float64Array;
  ofColumns: Float64Array;
} {
  const [ofRows, ofColumns] = [new Float64Array(rows), new Float64Array(columns)];
  for (let a = 0; a < rows; a++) {
    for (let b = 0; b < columns; b++) {
      ofRows[a]! += counts[a * columns + b]!;
      ofColumns[b]! += counts[a * columns + b]!;
    }
  }
  return { ofRows, ofColumns };
}

/**
 * I(row; column) in bits, with one estimator of entropy for all three terms: H(row) + H(column) − H(both). It may be
 * below 0 after a correction, and is never clipped. The standard error is that of the table's sampling, by the delta
 * method for a multinomial: 0 where I is 0 to first order.
 *
 * @param method An estimator of `entropyFromCounts()`. Default "plug-in", which is too high on average.
 * @example
 * ```ts
 * // A neuron that answers as the label in three of four cases: 1 − H(¼) bits.
 * const table = { rows: 2, columns: 2, counts: Float64Array.of(3, 1, 1, 3) };
 * console.log(informationFromCounts(table).bits.toFixed(3)); // 0.189
 * console.log(informationFromCounts(table, "miller-madow").bits.toFixed(3)); // 0.099
 * ```
 * @throws InvalidInputError for a table of another size than its counts, counts that are not whole numbers from 0, or
 *   counts that are all 0; for an unknown method.
 */
export function informationFromCounts(table: ContingencyTable, method: EntropyMethod = "plug-in"): Estimate {
  requireTable(table, "informationFromCounts()");
  const { ofRows, ofColumns } = margins(table);
  const entropy = (counts: ArrayLike<number>) => entropyFromCounts(counts, method).bits;
  // States of neither side that never occurred do not make pairs that could.
  const seen = table.counts.filter(
    (_, k) => ofRows[Math.floor(k / table.columns)]! * ofColumns[k % table.columns]! > 0,
  );
  const used = (counts: Float64Array) => counts.filter((count) => count > 0);
  const bits = entropy(used(ofRows)) + entropy(used(ofColumns)) - entropy(seen);
  return estimate({
    bits,
    standardError: deltaError(table, ofRows, ofColumns),
    samples: ofRows.reduce((sum, count) => sum + count, 0),
    method: "plug-in",
    outside: 0,
    warnings: [],
  });
}

/** √(Var(ln p(a,b)/(p(a)p(b))) / N), in bits. */
function deltaError({ counts, columns }: ContingencyTable, ofRows: Float64Array, ofColumns: Float64Array): number {
  const total = ofRows.reduce((sum, count) => sum + count, 0);
  let [mean, square] = [0, 0];
  for (const [k, count] of counts.entries()) {
    if (count === 0) continue;
    const ratio = log((count * total) / (ofRows[Math.floor(k / columns)]! * ofColumns[k % columns]!));
    mean += (count / total) * ratio;
    square += (count / total) * ratio * ratio;
  }
  return Math.sqrt(Math.max(0, square - mean * mean) / total) / Math.LN2;
}

/** What `gTest()` returns. */
export interface IndependenceTest {
  /** G = 2 N I in nats, of the plug-in I. */
  readonly statistic: number;
  /** (rows − 1)(columns − 1), of those that occurred. */
  readonly degrees: number;
  /** Chance of such a table, or one further off, where the two are independent: by χ², which is right for large counts. */
  readonly pValue: number;
}

/**
 * The G-test of independence of rows and columns (Woolf 1957). Its p-value, 0 … 1, assumes large counts: with fewer
 * than 5 samples for each cell use `permutationTest()`.
 *
 * @example
 * ```ts
 * const table = { rows: 2, columns: 2, counts: Float64Array.of(30, 10, 10, 30) };
 * const { statistic, degrees, pValue } = gTest(table);
 * console.log(statistic.toFixed(2), degrees, pValue < 0.001); // 20.93 1 true
 * ```
 * @throws InvalidInputError for a table as `informationFromCounts` refuses it.
 */
export function gTest(table: ContingencyTable): IndependenceTest {
  requireTable(table, "gTest()");
  const { ofRows, ofColumns } = margins(table);
  const total = ofRows.reduce((sum, count) => sum + count, 0);
  const statistic = 2 * total * plugInBits(table, ofRows, ofColumns, total) * Math.LN2;
  const used = (counts: Float64Array) => counts.reduce((sum, count) => sum + Number(count > 0), 0);
  const degrees = (used(ofRows) - 1) * (used(ofColumns) - 1);
  return { statistic, degrees, pValue: degrees === 0 ? 1 : chiSquareTail(statistic, degrees) };
}

function plugInBits(
  { counts, columns }: ContingencyTable,
  ofRows: Float64Array,
  ofColumns: Float64Array,
  total: number,
): number {
  let nats = 0;
  for (const [k, count] of counts.entries()) {
    if (count === 0) continue;
    nats += (count / total) * log((count * total) / (ofRows[Math.floor(k / columns)]! * ofColumns[k % columns]!));
  }
  return Math.max(0, nats / Math.LN2);
}

const permutationOptions = optionsOf({ permutations: positiveInteger, seed });

/**
 * The chance of as much plug-in information when one of the lists is shuffled: a p-value that assumes no large counts,
 * and the mean information of the shuffles, in bits, which is the bias of the plug-in. The same seed gives the same
 * shuffles.
 *
 * @example
 * ```ts
 * const active = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1];
 * const label = [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1];
 * const { pValue, mean } = permutationTest(active, label, { permutations: 999, seed: 0 });
 * console.log(pValue.toFixed(3), mean.toFixed(3)); // 0.017 0.070
 * ```
 * @throws InvalidInputError as `contingencyTable`, or for fewer than 1 permutation.
 */
export function permutationTest(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  options: { readonly permutations: number; readonly seed: number },
): ShuffleTest {
  parse(permutationOptions, options, "permutationTest()");
  const { rows, columns } = contingencyTable(x, y);
  return shuffleTests([{ states: x, count: rows }], y, columns, options)[0]!;
}

/** D(row given column ‖ row) for each column, in bits: what one class does to the states; their mean over the columns is I. */
export function classDivergences(table: ContingencyTable): Float64Array {
  const { rows, columns, counts } = table;
  const { ofRows, ofColumns } = margins(table);
  const total = ofRows.reduce((sum, count) => sum + count, 0);
  return ofColumns.map((column, b) => {
    let nats = 0;
    for (let a = 0; a < rows; a++) {
      const count = counts[a * columns + b]!;
      if (count > 0) nats += (count / column) * log((count * total) / (column * ofRows[a]!));
    }
    return nats / Math.LN2;
  });
}

/** i(row) = H(column) − H(column given row), in bits, for each row that occurred, else NaN (DeWeese & Meister 1999): may be negative. */
export function specificInformation(table: ContingencyTable): Float64Array {
  const { columns, counts } = table;
  const { ofRows, ofColumns } = margins(table);
  const total = ofRows.reduce((sum, count) => sum + count, 0);
  const entropy = (values: ArrayLike<number>, sum: number) => {
    let nats = 0;
    for (let k = 0; k < values.length; k++) if (values[k]! > 0) nats -= (values[k]! / sum) * log(values[k]! / sum);
    return nats / Math.LN2;
  };
  const whole = entropy(ofColumns, total);
  return ofRows.map((row, a) =>
    row === 0 ? Number.NaN : whole - entropy(counts.subarray(a * columns, (a + 1) * columns), row),
  );
}
