/**
 * Sums over the rows of joint tables, compiled or plain. Arrays live in rooms of the kernel's own memory, so that nothing is copied:
 * make all rooms first, fill their values, then call.
 */

import { kernelPath } from "./path.ts";
import * as plain from "./typescript/joint-rows.ts";
import { acquire, type Instance, type KernelExports, release } from "./wasm-instance.ts";

export type RowTable = plain.RowTable<Room>;
export const logTable = plain.logTable;

/** An array of the kernel. */
export interface Room {
  readonly values: Float64Array;
}

export interface JointRows {
  /** Room for `count` doubles, 0 all. */
  room(count: number): Room;
  /**
   * out[r, s] = Σ_k weights[r, k] · values[k, s]: `rows` × `terms` weights, `pitch` from row to row; values and out `stride` wide. All have
   * room for a multiple of 4 rows.
   */
  product(weights: Room, pitch: number, rows: number, terms: number, values: Room, stride: number, out: Room): void;
  /**
   * Adds a row for each centre c, P(z < t) being even[r] − odd[r] at the thresholds t, 0 where t ≤ c − halfWidth and 1 where
   * t ≥ c + halfWidth; and, when mirrored and c ≠ 0, one for −c from even[r] + odd[r]. Values below 0 or above 1 are rounding.
   */
  addRows(
    even: Room,
    odd: Room,
    centres: Room,
    rows: number,
    mirrored: boolean,
    halfWidth: number,
    table: RowTable,
  ): void;
  /** Σ p ln p of the columns, which become 0. */
  endTable(table: RowTable): number;
  /** Forgets all rooms. */
  clear(): void;
  /** Gives the memory back. */
  free(): void;
}

export function createJointRows(): JointRows {
  return kernelPath() === "wasm" ? new CompiledRows() : new PlainRows();
}

class PlainRows implements JointRows {
  room(count: number): Room {
    return { values: new Float64Array(count) };
  }

  product(weights: Room, pitch: number, rows: number, terms: number, values: Room, stride: number, out: Room): void {
    plain.product(weights.values, pitch, rows, terms, values.values, stride, out.values);
  }

  addRows(
    even: Room,
    odd: Room,
    centres: Room,
    rows: number,
    mirrored: boolean,
    halfWidth: number,
    table: RowTable,
  ): void {
    plain.addRows(even.values, odd.values, centres.values, rows, mirrored, halfWidth, {
      stride: table.stride,
      thresholds: table.thresholds.values,
      keep: table.keep.values,
      columnOf: table.columnOf?.values,
      row: table.row.values,
      columns: table.columns.values,
      sums: table.sums.values,
      logs: table.logs.values,
    });
  }

  endTable({ columns, logs }: RowTable): number {
    return plain.endTable(columns.values, logs.values);
  }

  clear(): void {}

  free(): void {}
}

class CompiledRoom implements Room {
  readonly at: number;
  readonly #instance: Instance<KernelExports>;
  readonly #count: number;
  #view: Float64Array;

  constructor(instance: Instance<KernelExports>, count: number) {
    this.at = instance.alloc(8 * count);
    this.#instance = instance;
    this.#count = count;
    this.#view = instance.f64(this.at, count);
  }

  get values(): Float64Array {
    // Views are detached when the memory grows.
    if (this.#view.length !== this.#count) this.#view = this.#instance.f64(this.at, this.#count);
    return this.#view;
  }
}

function at(room: Room | undefined): number {
  return room === undefined ? 0 : (room as CompiledRoom).at;
}

class CompiledRows implements JointRows {
  readonly #instance = acquire();

  room(count: number): Room {
    return new CompiledRoom(this.#instance, count);
  }

  product(weights: Room, pitch: number, rows: number, terms: number, values: Room, stride: number, out: Room): void {
    this.#instance.exports.product(at(weights), pitch, rows, terms, at(values), stride, at(out));
  }

  addRows(
    even: Room,
    odd: Room,
    centres: Room,
    rows: number,
    mirrored: boolean,
    halfWidth: number,
    { thresholds, keep, columnOf, row, columns, stride, sums, logs }: RowTable,
  ): void {
    this.#instance.exports.addRows(
      at(even),
      at(odd),
      at(centres),
      rows,
      mirrored ? 1 : 0,
      halfWidth,
      at(thresholds),
      at(keep),
      at(columnOf),
      at(row),
      at(columns),
      stride,
      at(sums),
      at(logs),
    );
  }

  endTable({ columns, stride, logs }: RowTable): number {
    return this.#instance.exports.endTable(at(columns), stride, at(logs));
  }

  clear(): void {
    this.#instance.clear();
  }

  free(): void {
    release(this.#instance);
  }
}
