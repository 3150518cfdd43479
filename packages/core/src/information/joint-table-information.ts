/** Mutual information of a joint probability table, row by row: the table itself is never held. */
import { log } from "./elementary.ts";

/**
 * Takes the weights of a joint table in any order within a row, row after row, and gives I(row; column) of what it was given,
 * renormalised to sum to 1.
 */
export class InformationSum {
  readonly #columns: Float64Array;
  readonly #row: Float64Array;
  readonly #touched: Int32Array;
  #count = 0;
  /** Σ p ln p over the table, and over the sums of its rows. */
  #joint = 0;
  #ofRows = 0;
  #total = 0;

  constructor(columns: number) {
    this.#columns = new Float64Array(columns);
    this.#row = new Float64Array(columns);
    this.#touched = new Int32Array(columns);
  }

  /** Forgets everything. */
  clear(): void {
    this.#columns.fill(0);
    this.#joint = 0;
    this.#ofRows = 0;
    this.#total = 0;
  }

  /** Adds a weight ≥ 0 to a column of the current row. */
  add(column: number, weight: number): void {
    if (!(weight > 0)) return;
    if (this.#row[column] === 0) this.#touched[this.#count++] = column;
    this.#row[column]! += weight;
  }

  /** Adds whole rows at once, each of weight 1 in one column. */
  addRows(column: number, rows: number): void {
    this.#columns[column]! += rows;
    this.#total += rows;
  }

  endRow(): void {
    let sum = 0;
    for (let k = 0; k < this.#count; k++) {
      const column = this.#touched[k]!;
      const p = this.#row[column]!;
      this.#joint += p * log(p);
      this.#columns[column]! += p;
      this.#row[column] = 0;
      sum += p;
    }
    this.#count = 0;
    if (sum > 0) this.#ofRows += sum * log(sum);
    this.#total += sum;
  }

  /** Bits; 0 where every weight was 0. Rounding below 0 is returned as 0, since the true value cannot be negative. */
  bits(): number {
    const total = this.#total;
    if (!(total > 0)) return 0;
    let ofColumns = 0;
    for (const p of this.#columns) if (p > 0) ofColumns += p * log(p);
    return Math.max(0, ((this.#joint - this.#ofRows - ofColumns) / total + log(total)) / Math.LN2);
  }
}

/** I(A; B) in bits of a table of weights ≥ 0, `[rows, columns]`, row-major. */
export function mutualInformation(table: Float64Array, rows: number, columns: number): number {
  const sum = new InformationSum(columns);
  for (let a = 0; a < rows; a++) {
    for (let b = 0; b < columns; b++) sum.add(b, table[a * columns + b]!);
    sum.endRow();
  }
  return sum.bits();
}
