/** A table of numbers from the bytes of a file, whatever its format: CSV, .npy, .npz or IDX, packed by gzip or not. */
import { FormatError } from "../errors.ts";
import { requireOptions } from "../options-check.ts";
import { gunzipped, isGzip, isZip } from "./compressed.ts";
import { readCsv } from "./csv.ts";
import { isIdx, readIdx } from "./idx.ts";
import { isNpy, readNpy, readNpz } from "./npy.ts";
import type { NumberTable } from "./table.ts";

export interface TableOptions {
  /** Which array of an .npz file. */
  readonly array?: string;
}

/**
 * The format is told by the content, not by a name.
 *
 * @param who Names the bytes in errors: the file's path.
 * @throws FormatError for bytes that are none of these, damaged or cut off, and values that are not finite.
 */
export function tableFrom(bytes: Uint8Array, who: string, options: TableOptions = {}): NumberTable {
  requireOptions(options, { array: true }, "tableFrom()");
  const content = isGzip(bytes) ? gunzipped(bytes, who) : bytes;
  const table = readAny(content, who, options);
  const at = table.values.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return table;
  const row = Math.floor(at / (table.values.length / table.shape[0]!));
  throw new FormatError({ who, expected: "finite numbers", got: `${table.values[at]} in row ${row} (from 0)` });
}

function readAny(bytes: Uint8Array, who: string, { array }: TableOptions): NumberTable {
  if (isZip(bytes)) return readNpz(bytes, who, array);
  if (isNpy(bytes)) return readNpy(bytes, who);
  if (isIdx(bytes)) return readIdx(bytes, who);
  return readCsv(textOf(bytes, who), who);
}

function textOf(bytes: Uint8Array, who: string): string {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (!text.includes("\0")) return text;
  } catch {
    // Said below.
  }
  throw new FormatError({ who, expected: "CSV, .npy, .npz or IDX", got: "bytes that are none of them" });
}
