/** What is kept of a user's own table with what was learned from it: where it came from, and what was made of its columns. */
import type { Scale } from "@causalscope/core/information";

/** Plain data: a part of the question of a run. */
// A type, since an interface has no index signature, which plain data need.
export type Provenance = {
  /** An array of an archive is `FILE:ARRAY`. */
  readonly files: readonly {
    readonly file: string;
    /** Of the whole file, as hexadecimal digits. */
    readonly sha256: string;
  }[];
  /** Of the inputs. */
  readonly columns: readonly string[];
  /** By position. */
  readonly classes: readonly string[];
  /** What was made of each input, over all rows. */
  readonly scale: Scale;
  readonly notes: readonly string[];
};

/** For a table of settings. */
export function provenanceSettings({ files, columns, classes, scale, notes }: Provenance): [string, string][] {
  const shown = (names: readonly string[]) =>
    names.length > 20 ? `${names.slice(0, 20).join(", ")} … (${names.length})` : names.join(", ");
  return [
    ...files.map(({ file, sha256 }): [string, string] => ["file", `${file}, SHA-256 ${sha256}`]),
    ["inputs", shown(columns)],
    ["classes", shown(classes)],
    ["scaling of inputs", SCALES[scale]],
    ...notes.map((note): [string, string] => ["note", note]),
  ];
}

const SCALES: Readonly<Record<Scale, string>> = {
  none: "unchanged",
  minmax: "minimum to maximum of each input, over all rows, onto the input range",
  zscore: "each input to mean 0 and standard deviation 1, over all rows",
};
