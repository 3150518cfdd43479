/** Tables of the user's own: where they are, how they were read, and what they were. */
import { createHash } from "node:crypto";
import { tableFrom } from "@causalscope/core/datasets";
import { InvalidInputError, StorageError } from "@causalscope/core/errors";
import {
  type CellTable,
  cellTable,
  columnName,
  isZip,
  type Missing,
  missingPolicies,
  type NumberTable,
  zipNames,
} from "@causalscope/core/internal";
import type { Io } from "./io.ts";

/** What is kept of a file with results that came from it. */
export interface FileProvenance {
  readonly file: string;
  /** Of an archive. */
  readonly array?: string;
  /** Of the whole file, as hexadecimal digits. */
  readonly sha256: string;
  readonly rows: number;
  /** Names, or how many there are without. */
  readonly columns: readonly string[] | number;
}

export interface TableFile {
  readonly table: CellTable;
  readonly provenance: FileProvenance;
}

/** Names that arrays of inputs and of labels go by. */
const ROLES = {
  inputs: ["x", "inputs", "data", "images", "features", "x_train", "x_test"],
  labels: ["y", "labels", "targets", "label", "target", "y_train", "y_test"],
} as const;

export type Role = keyof typeof ROLES;

/**
 * The table at a path; `FILE.npz:ARRAY` is an array of an archive. Of an archive of several, of which none is named, the one that its role tells: x and
 * y, inputs and labels.
 *
 * @param flag names the option in errors. @throws StorageError for no such file; what the reader throws.
 */
export function tableFile(path: string, role: Role, io: Io, remedy = "Check the path."): TableFile {
  const { file, array, bytes } = fileAt(path, io, remedy);
  const own = array ?? arrayOf(bytes, role, file);
  const who = own === undefined ? file : `${file}:${own}`;
  const table = cellTable(bytes, who, own === undefined ? {} : { array: own });
  const rows = table.shape[0]!;
  const width = table.values.length / rows;
  const { names } = table;
  const provenance: FileProvenance = {
    file,
    ...(own !== undefined && { array: own }),
    sha256: createHash("sha256").update(bytes).digest("hex"),
    rows,
    columns: names === undefined ? width : names.map((_, column) => columnName(table, column)),
  };
  return { table, provenance };
}

/** The numbers at a path, without words or missing cells. @throws as `tableFile`, and FormatError for these. */
export function numbersAt(path: string, io: Io, remedy: string): NumberTable {
  const { file, array, bytes } = fileAt(path, io, remedy);
  const own = array ?? arrayOf(bytes, "inputs", file);
  return tableFrom(bytes, own === undefined ? file : `${file}:${own}`, own === undefined ? {} : { array: own });
}

/** Whether an archive has an array of labels beside its inputs. */
export function hasLabels(path: string, io: Io): boolean {
  const { bytes, array, file } = fileAt(path, io, "Check the path.");
  return (
    array === undefined &&
    isZip(bytes) &&
    arrayOf(bytes, "labels", file) !== undefined &&
    arrays(bytes, file).length > 1
  );
}

function fileAt(path: string, io: Io, remedy: string): { file: string; array: string | undefined; bytes: Uint8Array } {
  const whole = io.storage.read(path);
  if (whole !== undefined) return { file: path, array: undefined, bytes: whole };
  const at = path.lastIndexOf(":");
  const bytes = at > 0 ? io.storage.read(path.slice(0, at)) : undefined;
  if (bytes !== undefined) return { file: path.slice(0, at), array: path.slice(at + 1), bytes };
  throw new StorageError({ who: path, expected: "a file", got: "none", remedy });
}

function arrays(bytes: Uint8Array, who: string): string[] {
  return zipNames(bytes, who).flatMap((name) => (name.endsWith(".npy") ? [name.slice(0, -4)] : []));
}

function arrayOf(bytes: Uint8Array, role: Role, who: string): string | undefined {
  if (!isZip(bytes)) return undefined;
  const names = arrays(bytes, who);
  if (names.length < 2) return undefined;
  const found = ROLES[role].flatMap((known) => names.filter((name) => name.toLowerCase() === known));
  return found[0];
}

export function missingOption(text: string): Missing {
  const found = missingPolicies.find((known) => known === text);
  if (found !== undefined) return found;
  throw new InvalidInputError({ who: "--missing", expected: missingPolicies.join(" or "), got: JSON.stringify(text) });
}

/** For a table of settings or a line of text. */
export function provenanceText({ file, array, sha256, rows, columns }: FileProvenance): string {
  const count = typeof columns === "number" ? columns : columns.length;
  return `${file}${array === undefined ? "" : `:${array}`}, ${rows} rows, ${count} columns, SHA-256 ${sha256}`;
}
