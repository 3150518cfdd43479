/** What is kept of a user's own table with what was learned from it: where it came from, and what was made of its columns. */
import type { Dataset } from "@causalscope/core";
import type { Scale } from "@causalscope/core/information";
import type { Range } from "@causalscope/core/measures";

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

/** Inputs that lie outside the range, by position. */
export function columnsOutside({ inputs, features }: Dataset, [low, high]: Range): number[] {
  const found = new Set<number>();
  for (const [at, value] of inputs.entries()) if (value < low || value > high) found.add(at % features);
  return [...found].sort((a, b) => a - b);
}

/**
 * The data with every input scaled over all rows: by `minmax` onto the range, by `zscore` to a mean of 0 and a deviation of 1. An input that does
 * not vary becomes the lower end, or 0.
 */
export function scaledInputs(data: Dataset, scale: Scale, [low, high]: Range): Dataset {
  if (scale === "none") return data;
  const { inputs, features, rows } = data;
  const scaled = new Float64Array(inputs.length);
  for (let i = 0; i < features; i++) {
    let [least, most, sum] = [Infinity, -Infinity, 0];
    for (let at = i; at < inputs.length; at += features) {
      least = Math.min(least, inputs[at]!);
      most = Math.max(most, inputs[at]!);
      sum += inputs[at]! / rows;
    }
    let square = 0;
    for (let at = i; at < inputs.length; at += features) square += (inputs[at]! - sum) ** 2 / rows;
    const deviation = Math.sqrt(square);
    for (let at = i; at < inputs.length; at += features) {
      if (scale === "zscore") scaled[at] = deviation > 0 ? (inputs[at]! - sum) / deviation : 0;
      else {
        const share = most > least ? (inputs[at]! - least) / (most - least) : 0;
        scaled[at] = Math.min(high, low + share * (high - low));
      }
    }
  }
  return { ...data, inputs: scaled };
}

/** The least range about 0, with two digits, that holds all inputs. */
export function rangeAbout0({ inputs }: Dataset): Range {
  let most = 0;
  for (const value of inputs) most = Math.max(most, Math.abs(value));
  const reach = Math.max(1, Math.ceil(most * 10) / 10);
  return [-reach, reach];
}

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
