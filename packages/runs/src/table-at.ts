/** Tables of the user's own: where they are, how they were read, and what they were. */
import { sha256 } from "@causalscope/core/basics";
import { tableFrom } from "@causalscope/core/datasets";
import { StorageError } from "@causalscope/core/errors";
import { type CellTable, cellTable, columnName, isZip, type NumberTable, zipNames } from "@causalscope/core/internal";
import type { Storage } from "./storage.ts";

/** Where files are looked for. */
export type Files = Pick<Storage, "read">;

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

export interface TableAt {
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
 * @throws StorageError for no such file; what the reader throws.
 */
export function tableAt(path: string, role: Role, files: Files, remedy = "Check the path."): TableAt {
  const { file, array, bytes } = fileAt(path, files, remedy);
  const own = array ?? arrayOf(bytes, role, file);
  const who = own === undefined ? file : `${file}:${own}`;
  const table = cellTable(bytes, who, own === undefined ? {} : { array: own });
  const rows = table.shape[0]!;
  const width = table.values.length / rows;
  const { names } = table;
  const provenance: FileProvenance = {
    file,
    ...(own !== undefined && { array: own }),
    sha256: sha256(bytes),
    rows,
    columns: names === undefined ? width : names.map((_, column) => columnName(table, column)),
  };
  return { table, provenance };
}

/** The numbers at a path, without words or missing cells. @throws as `tableAt`, and FormatError for these. */
export function numbersAt(path: string, files: Files, remedy: string): NumberTable {
  const { file, array, bytes } = fileAt(path, files, remedy);
  const own = array ?? arrayOf(bytes, "inputs", file);
  return tableFrom(bytes, own === undefined ? file : `${file}:${own}`, own === undefined ? {} : { array: own });
}

/** Whether an archive has an array of labels beside its inputs. */
export function hasLabels(path: string, files: Files): boolean {
  const { bytes, array, file } = fileAt(path, files, "Check the path.");
  return (
    array === undefined &&
    isZip(bytes) &&
    arrayOf(bytes, "labels", file) !== undefined &&
    arrays(bytes, file).length > 1
  );
}

function fileAt(path: string, files: Files, remedy: string) {
  const whole = files.read(path);
  if (whole !== undefined) return { file: path, array: undefined, bytes: whole };
  const at = path.lastIndexOf(":");
  const bytes = at > 0 ? files.read(path.slice(0, at)) : undefined;
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
