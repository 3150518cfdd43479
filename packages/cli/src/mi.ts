/** `causalscope mi FILE --x COLUMNS --y COLUMNS`: mutual information of columns of a table, by every estimator that applies. */

import { mutualInformation } from "@causalscope/core";
import { escaped } from "@causalscope/core/basics";
import { InvalidInputError } from "@causalscope/core/errors";
import type { MutualInformationEstimate, MutualInformationOptions } from "@causalscope/core/information";
import type { EntropyRow, SideSummary } from "@causalscope/core/internal";
import { type MiOptions, type Missing, miMethods, missingPolicies, scales } from "@causalscope/core/internal";
import type { Column } from "@causalscope/runs";
import { hasLabels, type Role, type TableAt, tableAt } from "@causalscope/runs/internal";
import type { Command } from "commander";
import { choiceOption, choicesOption } from "./choices.ts";
import { noteInFlags } from "./flag-names.ts";
import { positiveOption, wholeNumberOption } from "./flag-values.ts";
import { type Format, type FormatFlags, formatOf, formatOptions, printResult } from "./format.ts";
import { addExamples } from "./help.ts";
import { type Io, print } from "./io.ts";
import { left, right, type Table, table } from "./text-table.ts";
import { decimals, noteLines } from "./value-text.ts";

interface MiFlags extends MiOptions, FormatFlags {
  readonly x: string;
  readonly y: string;
  readonly yFile?: string;
  readonly missing?: Missing;
  readonly discrete?: MutualInformationOptions["discrete"];
  readonly entropies?: boolean;
}

const SIDES = ["x", "y", "both", "none"] as const;

export function miCommand(command: Command, io: Io): void {
  const whole = (flag: string, least: number) => (text: string) => wholeNumberOption(text, flag, least);
  command
    .argument("<file>", "table: CSV, .npy, .npz (FILE.npz:x for one of its arrays) or IDX")
    .description(
      "Estimates the mutual information of two sets of columns of a table, in bits: for discrete columns with bias corrections and tests of independence, for continuous columns from nearest neighbours, and for one of each.",
    )
    .allowExcessArguments(false)
    .optionsGroup("Columns:")
    .requiredOption(
      "--x <columns>",
      'columns (required), by name or number from 1: age; 1; 1-3; a,b; "a, b" for a name with a comma',
    )
    .requiredOption("--y <columns>", "the other columns (required), written the same way")
    .option("--y-file <file>", "table of --y (default: the same; of an .npz file, its array y)")
    .addOption(
      choiceOption(
        "--missing <policy>",
        "rows with missing values: refuse them, or drop-rows (default: refuse)",
        missingPolicies,
      ),
    )
    .addOption(
      choiceOption(
        "--discrete <sides>",
        "which sides are discrete: x, y, both or none (default: words, and whole numbers with few values)",
        SIDES,
      ),
    )
    .addOption(choiceOption("--scale <how>", `scale of continuous columns: ${scales.join(", ")}`, scales, "zscore"))
    .option("--jitter <width>", "add noise of this width to continuous columns, to break ties", (text) =>
      positiveOption(text, "--jitter"),
    )
    .optionsGroup("Estimators:")
    .addOption(
      choicesOption("--method <names>", `some of ${miMethods.join(", ")} (default: all that apply)`, miMethods),
    )
    .option("--bins <n>", "equal-mass bins for reading continuous columns as discrete", whole("--bins", 2), 8)
    .option("--k <n>", "number of nearest neighbours", whole("--k", 1), 4)
    .option("--permutations <n>", "permutations for the test of independence", whole("--permutations", 1), 999)
    .option(
      "--neighbour-permutations <n>",
      "permutations for p-values of nearest-neighbour estimates (each takes as long as the estimate), 0 for none",
      whole("--neighbour-permutations", 0),
      0,
    )
    .option(
      "--noise <deviation>",
      "also a continuous side seen through Gaussian noise: pairwise bounds and Monte Carlo",
      (text) => positiveOption(text, "--noise"),
    )
    .option("--entropies", "also the entropy of each side, by the same estimators")
    .option("--seed <n>", "seed of permutations, jitter and noise", whole("--seed", 0), 0)
    .optionsGroup("Output:");
  formatOptions(command, "a row for each estimate").action((file: string, flags: MiFlags) =>
    runMi(file, flags, formatOf(command), io),
  );
  addExamples(command, io, [
    ["causalscope mi flowers.csv --x sepal_length --y species"],
    ["causalscope mi x.npy --x 1-3 --y 1 --y-file y.npy --k 3"],
  ]);
}

/** An estimate of the information or, with a side, of its entropy. */
type Row = MutualInformationEstimate | EntropyRow;

const COLUMNS: readonly Column<Row>[] = [
  { name: "quantity", type: "STRING", of: (row) => ("side" in row ? "entropy" : "mutual information") },
  { name: "side", type: "STRING", of: (row) => ("side" in row ? row.side : "") },
  { name: "estimator", type: "STRING", of: (row) => row.estimator },
  { name: "bits", type: "DOUBLE", of: (row) => row.bits },
  { name: "standard_error", type: "DOUBLE", nullable: true, of: (row) => row.standardError },
  { name: "note", type: "STRING", of: (row) => ("note" in row ? row.note : "") },
];

function runMi(file: string, flags: MiFlags, format: Format, io: Io): void {
  const { discrete, bins, k, permutations, neighbourPermutations, jitter, noise, seed, scale, method } = flags;
  const [first, second] = readSides(file, flags, io);
  io.endAtOnce?.();
  const { x, y, rows, estimates, entropies, warnings } = mutualInformation(first.table, {
    x: first.columns,
    y: second.columns,
    yTable: second.table,
    names: { x: first.text, y: second.text, table: first.who, yTable: second.who },
    discrete,
    missing: flags.missing,
    entropies: flags.entropies,
    ...{ bins, k, permutations, neighbourPermutations, jitter, noise, seed, scale, method },
  });
  printResult(io, format, {
    table: () => [
      escaped(`${x.name}: ${kindOf(x)}; ${y.name}: ${kindOf(y)}; ${rows} rows.`),
      "\n\n",
      informationTable(estimates),
      "\n",
      estimates.some(({ bits }) => bits < 0)
        ? "Mutual information is never negative, but an unbiased estimate can be: a value just below 0 means that there is next to none.\n"
        : "",
      noteLines(warnings.map(noteInFlags)),
      ...(entropies === undefined ? [] : ["\n", entropyTable(entropies)]),
    ],
    json: () => ({
      file,
      rows,
      x: kindOf(x),
      y: kindOf(y),
      seed,
      scale,
      provenance: provenances(first, second),
      estimates,
      ...(entropies && { entropies }),
      warnings,
    }),
    columns: COLUMNS,
    rows: () => [...estimates, ...(entropies ?? [])],
  });
  if (format === "csv" || format === "ndjson") print(io.stderr, noteLines(warnings.map(noteInFlags)));
}

function informationTable(estimates: readonly MutualInformationEstimate[]): Table {
  const rows = estimates.map(({ estimator, bits, standardError, note }) => [
    estimator,
    decimals(bits, 4),
    standardError === undefined ? "" : standardError.toFixed(4),
    note,
  ]);
  return table([left("estimator"), right("I(x; y), bits"), right("±"), left("note")], rows);
}

function entropyTable(rows: readonly EntropyRow[]): Table {
  const lines = rows.map(({ estimator, side, bits, standardError }) => [
    estimator,
    side,
    decimals(bits, 4),
    standardError === undefined ? "" : standardError.toFixed(4),
  ]);
  return table([left("estimator"), left("side"), right("H, bits"), right("±")], lines);
}

function kindOf({ discrete, columns }: SideSummary): string {
  return `${discrete ? "discrete" : "continuous"}${columns > 1 ? `, ${columns} columns` : ""}`;
}

/** Columns of a table, as one side. */
interface FileSide extends TableAt {
  readonly flag: string;
  readonly text: string;
  /** The file's path. */
  readonly who: string;
  /** From 0. */
  readonly columns: readonly number[];
}

/** @throws InvalidInputError for columns that are not there, or tables of different lengths. */
function readSides(file: string, flags: MiFlags, io: Io): readonly [FileSide, FileSide] {
  const x = sideOf("--x", flags.x, file, "inputs", io);
  // The arrays x and y of one archive are its two sides.
  const y = sideOf(
    "--y",
    flags.y,
    flags.yFile ?? file,
    hasLabels(flags.yFile ?? file, io.storage) ? "labels" : "inputs",
    io,
  );
  const [rows, others] = [x.table.shape[0], y.table.shape[0]];
  if (others === rows) return [x, y];
  throw new InvalidInputError({ who: "--y-file", expected: `${rows} rows, as --x has`, got: `${others}` });
}

function sideOf(flag: string, text: string, path: string, role: Role, io: Io): FileSide {
  const file = tableAt(path, role, io.storage);
  const { table } = file;
  const width = table.values.length / table.shape[0]!;
  const names = table.names ?? [];
  const columns = names.includes(text.trim())
    ? [names.indexOf(text.trim())]
    : partsOf(text, flag).flatMap((part) => columnsOf(part, names, width, flag, path));
  return { ...file, flag, text, who: path, columns: [...new Set(columns)] };
}

function provenances(x: FileSide, y: FileSide): TableAt["provenance"][] {
  const same = x.provenance.file === y.provenance.file && x.provenance.array === y.provenance.array;
  return same ? [x.provenance] : [x.provenance, y.provenance];
}

/** Names between commas; one that holds a comma stands in double quotes, doubled ones within it for themselves. */
function partsOf(text: string, flag: string): { readonly name: string; readonly isQuoted: boolean }[] {
  const parts: { name: string; isQuoted: boolean }[] = [];
  const pattern = /\s*(?:"((?:[^"]|"")*)"|([^,"]*))\s*(?:,|$)/y;
  while (pattern.lastIndex < text.length || text.endsWith(",")) {
    const match = pattern.exec(text);
    if (match === null) {
      const expected = "names or numbers of columns with commas between, names with commas in double quotes";
      throw new InvalidInputError({ who: flag, expected, got: JSON.stringify(text) });
    }
    const isQuoted = match[1] !== undefined;
    parts.push({ name: isQuoted ? match[1]!.replaceAll('""', '"').trim() : match[2]!.trim(), isQuoted });
    if (pattern.lastIndex >= text.length) break;
  }
  return parts;
}

function columnsOf(
  { name, isQuoted }: { readonly name: string; readonly isQuoted: boolean },
  names: readonly string[],
  width: number,
  flag: string,
  file: string,
): number[] {
  const named = name === "" ? -1 : names.indexOf(name);
  if (named >= 0) return [named];
  const [, from, to = from] = (isQuoted ? null : /^(\d{1,9})(?:\s*-\s*(\d{1,9}))?$/.exec(name)) ?? [];
  const [first, last] = [Number(from), Number(to)];
  if (first >= 1 && last <= width && first <= last) {
    return Array.from({ length: last - first + 1 }, (_, k) => first + k - 1);
  }
  const known =
    names.length > 0
      ? names
          .filter((each) => each !== "")
          .map((each) => (/[",]/.test(each) ? JSON.stringify(each) : each))
          .join(", ")
      : `1 to ${width}`;
  throw new InvalidInputError({ who: flag, expected: `a column of ${file}: ${known}`, got: JSON.stringify(name) });
}
