/** `causalscope mi FILE --x COLUMNS --y COLUMNS`: what two sides of a table tell of each other, by every estimator that fits them. */

import { mutualInformation } from "@causalscope/core";
import { InvalidInputError } from "@causalscope/core/errors";
import type { MutualInformationOptions } from "@causalscope/core/information";
import type { EntropyRow, Missing, SideSummary } from "@causalscope/core/internal";
import { escaped, type MiMethod, type MiOptions, miMethods, scales } from "@causalscope/core/internal";
import type { Command } from "commander";
import type { Io } from "./io.ts";
import { jsonText } from "./json-text.ts";
import { positiveOption, scaleOption, wholeNumberOption } from "./options.ts";
import { decimals, left, noteLines, right, table } from "./table.ts";
import { hasLabels, missingOption, type Role, type TableFile, tableFile } from "./table-file.ts";

interface MiFlags extends MiOptions {
  readonly x: string;
  readonly y: string;
  readonly yFile?: string;
  readonly missing?: Missing;
  readonly discrete?: string;
  readonly entropies?: boolean;
  readonly json?: boolean;
}

export function miCommand(command: Command, io: Io): void {
  const whole = (flag: string, least: number) => (text: string) => wholeNumberOption(text, flag, least);
  command
    .argument("<file>")
    .description(
      "Mutual information of two sides of a table (CSV, .npy, .npz, IDX), in bits: discrete with bias corrections and tests of independence, continuous by nearest neighbours, or one of each.",
    )
    .allowExcessArguments(false)
    .requiredOption("--x <columns>", "by name or number from 1: age, 1, 1-3, a,b; a name with a comma in double quotes")
    .requiredOption("--y <columns>", "the same")
    .option("--y-file <file>", "the table of --y (default: the same; of an .npz file its array y)")
    .option("--missing <policy>", "rows that lack a value: refuse or drop-rows (default: refuse)", missingOption)
    .option(
      "--discrete <sides>",
      "x, y, both or none (default: by looking: words, and whole numbers with few values, are discrete)",
    )
    .option(
      "--bins <n>",
      "equal-mass bins, by which continuous sides are read as discrete ones, too",
      whole("--bins", 2),
      8,
    )
    .option("--method <names>", `some of ${miMethods.join(", ")} (default: those that fit)`, methodsOf)
    .option("--k <n>", "nearest neighbours", whole("--k", 1), 4)
    .option("--permutations <n>", "shuffles of the test of independence", whole("--permutations", 1), 999)
    .option(
      "--neighbour-permutations <n>",
      "shuffles for p-values of neighbours, each as long as the estimate; 0 for none",
      whole("--neighbour-permutations", 0),
      0,
    )
    .option(
      "--scale <how>",
      `of continuous columns, before distances are taken: ${scales.join(", ")}`,
      (text) => scaleOption(text, "--scale"),
      "zscore" as const,
    )
    .option("--jitter <width>", "noise that breaks ties of continuous sides", (text) =>
      positiveOption(text, "--jitter"),
    )
    .option(
      "--noise <deviation>",
      "also what a continuous side tells of a discrete one through Gaussian noise: pairwise bounds and Monte Carlo",
      (text) => positiveOption(text, "--noise"),
    )
    .option("--seed <n>", "of shuffles, jitter and noise", whole("--seed", 0), 0)
    .option("--entropies", "also the entropy of each side, by the same estimators")
    .option("--json", "the same for a program")
    .addHelpText(
      "after",
      "\nExamples:\n  $ causalscope mi flowers.csv --x sepal_length --y species\n  $ causalscope mi x.npy --x 1-3 --y 1 --y-file y.npy --k 3",
    )
    .action((file: string, flags: MiFlags) => runMi(file, flags, io));
}

function methodsOf(text: string): MiMethod[] {
  return text.split(",").map((part) => {
    const found = miMethods.find((method) => method === part.trim().toLowerCase());
    if (found !== undefined) return found;
    throw new InvalidInputError({ who: "--method", expected: `some of ${miMethods.join(", ")}`, got: part.trim() });
  });
}

function runMi(file: string, flags: MiFlags, io: Io): void {
  const { discrete, bins, k, permutations, neighbourPermutations, jitter, noise, seed, scale, method } = flags;
  if (discrete !== undefined && !["x", "y", "both", "none"].includes(discrete)) {
    throw new InvalidInputError({ who: "--discrete", expected: "x, y, both or none", got: JSON.stringify(discrete) });
  }
  const [first, second] = readSides(file, flags, io);
  const { x, y, rows, estimates, entropies, warnings } = mutualInformation(first.table, {
    x: first.columns,
    y: second.columns,
    yTable: second.table,
    names: { x: first.text, y: second.text, table: first.who, yTable: second.who },
    discrete: discrete as MutualInformationOptions["discrete"],
    missing: flags.missing,
    entropies: flags.entropies,
    ...{ bins, k, permutations, neighbourPermutations, jitter, noise, seed, scale, method },
  });
  const kinds = escaped(`${x.name}: ${kindOf(x)}; ${y.name}: ${kindOf(y)}; ${rows} rows.`);
  if (flags.json === true) {
    io.stdout.write(
      jsonText({
        file,
        rows,
        x: kindOf(x),
        y: kindOf(y),
        seed: flags.seed,
        scale: flags.scale,
        provenance: provenances(first, second),
        estimates,
        ...(entropies && { entropies }),
        warnings,
      }),
    );
    return;
  }
  const lines = estimates.map(({ estimator, bits, standardError, note }) => [
    estimator,
    decimals(bits, 4),
    standardError === undefined ? "" : standardError.toFixed(4),
    note,
  ]);
  const below = estimates.some(({ bits }) => bits < 0)
    ? "Information is never negative, but an estimate without bias falls on either side of the truth: a value a little below 0 says that there is next to none.\n"
    : "";
  const informations = table([left("estimator"), right("I(x; y), bits"), right("±"), left("")], lines);
  const said = `${below}${noteLines(warnings)}`;
  io.stdout.write(`${kinds}\n\n${informations}${said}${entropies ? `\n${entropyTable(entropies)}` : ""}`);
}

function entropyTable(rows: readonly EntropyRow[]): string {
  const lines = rows.map(({ estimator, side, bits, standardError }) => [
    estimator,
    side,
    decimals(bits, 4),
    standardError === undefined ? "" : standardError.toFixed(4),
  ]);
  return table([left("estimator"), left("of"), right("H, bits"), right("±")], lines);
}

function kindOf({ discrete, columns }: SideSummary): string {
  return `${discrete ? "discrete" : "continuous"}${columns > 1 ? `, ${columns} columns` : ""}`;
}

/** Columns of a table that are asked for. */
interface Asked extends TableFile {
  readonly flag: string;
  readonly text: string;
  readonly who: string;
  /** From 0. */
  readonly columns: readonly number[];
}

/** @throws InvalidInputError for columns that are not there, or tables of different lengths. */
function readSides(file: string, flags: MiFlags, io: Io): readonly [Asked, Asked] {
  const x = askedOf("--x", flags.x, file, "inputs", io);
  // The arrays x and y of one archive are its two sides.
  const y = askedOf("--y", flags.y, flags.yFile ?? file, hasLabels(flags.yFile ?? file, io) ? "labels" : "inputs", io);
  const [rows, others] = [x.table.shape[0], y.table.shape[0]];
  if (others === rows) return [x, y];
  throw new InvalidInputError({ who: "--y-file", expected: `${rows} rows, as --x has`, got: `${others}` });
}

function askedOf(flag: string, text: string, path: string, role: Role, io: Io): Asked {
  const found = tableFile(path, role, io);
  const { table } = found;
  const width = table.values.length / table.shape[0]!;
  const names = table.names ?? [];
  const columns = names.includes(text.trim())
    ? [names.indexOf(text.trim())]
    : partsOf(text, flag).flatMap((part) => columnsOf(part, names, width, flag, path));
  return { ...found, flag, text, who: path, columns: [...new Set(columns)] };
}

function provenances(x: Asked, y: Asked): TableFile["provenance"][] {
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
