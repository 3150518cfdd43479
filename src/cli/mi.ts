/** `causalscope mi FILE --x COLUMNS --y COLUMNS`: what two sides of a table tell of each other, by every estimator that fits them. */
import type { Command } from "commander";
import { tableFrom } from "../datasets/read-table.ts";
import { InvalidInputError, StorageError } from "../errors.ts";
import { scales } from "../information/scale.ts";
import type { Io } from "./io.ts";
import { jsonText } from "./json-text.ts";
import {
  type EntropyRow,
  entropyEstimates,
  type MiMethod,
  type MiOptions,
  miEstimates,
  miMethods,
  type Side,
} from "./mi-estimates.ts";
import { positiveOption, scaleOption, wholeNumberOption } from "./options.ts";
import { decimals, left, right, table } from "./table.ts";

interface MiFlags extends MiOptions {
  readonly x: string;
  readonly y: string;
  readonly yFile?: string;
  readonly discrete?: string;
  readonly entropies?: boolean;
  readonly json?: boolean;
}

export function miCommand(root: Command, io: Io): void {
  const whole = (flag: string, least: number) => (text: string) => wholeNumberOption(text, flag, least);
  root
    .command("mi <file>")
    .summary("what columns of a table tell of each other, by every estimator that fits")
    .description(
      "Mutual information of two sides of a table (CSV, .npy, .npz, IDX), in bits: discrete with bias corrections and tests of independence, continuous by nearest neighbours, or one of each.",
    )
    .allowExcessArguments(false)
    .requiredOption("--x <columns>", "by name or number from 1: age, 1, 1-3, a,b")
    .requiredOption("--y <columns>", "the same")
    .option("--y-file <file>", "the table of --y (default: the same)")
    .option(
      "--discrete <sides>",
      "x, y, both or none (default: by looking: whole numbers with few values are discrete)",
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
  const sides = flags.discrete ?? "look";
  if (!["look", "x", "y", "both", "none"].includes(sides)) {
    throw new InvalidInputError({ who: "--discrete", expected: "x, y, both or none", got: JSON.stringify(sides) });
  }
  const x = sideOf("--x", flags.x, file, sides === "look" ? undefined : sides === "x" || sides === "both", io);
  const y = sideOf(
    "--y",
    flags.y,
    flags.yFile ?? file,
    sides === "look" ? undefined : sides === "y" || sides === "both",
    io,
  );
  const count = x.columns[0]!.length;
  if (y.columns[0]!.length !== count) {
    throw new InvalidInputError({
      who: "--y-file",
      expected: `${count} rows, as --x has`,
      got: `${y.columns[0]!.length}`,
    });
  }
  const { rows, warnings } = miEstimates(x, y, flags);
  const entropies = flags.entropies === true ? [x, y].flatMap((side) => entropyEstimates(side, flags)) : [];
  const kinds = `${x.name}: ${kindOf(x)}; ${y.name}: ${kindOf(y)}; ${count} rows.`;
  if (flags.json === true) {
    io.stdout.write(
      jsonText({
        file,
        rows: count,
        x: kindOf(x),
        y: kindOf(y),
        seed: flags.seed,
        scale: flags.scale,
        estimates: rows,
        ...(flags.entropies === true && { entropies }),
        warnings,
      }),
    );
    return;
  }
  const lines = rows.map(({ estimator, bits, standardError, note }) => [
    estimator,
    decimals(bits, 4),
    standardError === undefined ? "" : standardError.toFixed(4),
    note,
  ]);
  const below = rows.some(({ bits }) => bits < 0)
    ? "Information is never negative, but an estimate without bias falls on either side of the truth: a value a little below 0 says that there is next to none.\n"
    : "";
  const informations = table([left("estimator"), right("I(x; y), bits"), right("±"), left("")], lines);
  const notes = `${below}${warnings.map((warning) => `Note: ${warning}.\n`).join("")}`;
  io.stdout.write(`${kinds}\n\n${informations}${notes}${entropies.length > 0 ? `\n${entropyTable(entropies)}` : ""}`);
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

function kindOf({ discrete, columns }: Side): string {
  return `${discrete ? "discrete" : "continuous"}${columns.length > 1 ? `, ${columns.length} columns` : ""}`;
}

/** Values that a discrete column may have, where nobody says. */
const FEW = 32;

function sideOf(flag: string, asked: string, file: string, discrete: boolean | undefined, io: Io): Side {
  const bytes = io.storage.read(file);
  if (bytes === undefined)
    throw new StorageError({ who: file, expected: "a file", got: "none", remedy: "Check the path." });
  const { shape, values, names = [] } = tableFrom(bytes, file);
  if (shape[0]! < 2) throw new InvalidInputError({ who: file, expected: "at least 2 rows", got: `${shape[0]}` });
  const width = values.length / shape[0]!;
  const columns = asked.split(",").flatMap((part) => columnsOf(part.trim(), names, width, flag, file));
  const found = columns.map((column) =>
    Float64Array.from({ length: shape[0]! }, (_, row) => values[row * width + column]!),
  );
  const looksDiscrete = found.every((column) => new Set(column).size <= FEW && column.every(Number.isInteger));
  for (const [k, column] of found.entries()) {
    if (column.every((value) => value === column[0])) {
      const got = `${column[0]} in every row`;
      throw new InvalidInputError({
        who: `${flag} ${asked}`,
        expected: "columns that vary",
        got: `column ${columns[k]! + 1}: ${got}`,
      });
    }
  }
  return { name: asked, columns: found, discrete: discrete ?? looksDiscrete };
}

function columnsOf(part: string, names: readonly string[], width: number, flag: string, file: string): number[] {
  const named = names.indexOf(part);
  if (named >= 0) return [named];
  const [from, to = from] = part.split("-").map(Number);
  if (Number.isInteger(from) && Number.isInteger(to) && from! >= 1 && to! <= width && from! <= to!) {
    return Array.from({ length: to! - from! + 1 }, (_, k) => from! + k - 1);
  }
  const expected = `a column of ${file}: ${names.length > 0 ? names.join(", ") : `1 to ${width}`}`;
  throw new InvalidInputError({ who: flag, expected, got: JSON.stringify(part) });
}
