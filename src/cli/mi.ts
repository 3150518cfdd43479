/** `causalscope mi FILE --x COLUMNS --y COLUMNS`: what two sides of a table tell of each other, by every estimator that fits them. */
import type { Command } from "commander";
import { tableFrom } from "../datasets/read-table.ts";
import { InvalidInputError, StorageError } from "../errors.ts";
import { contingencyTable, gTest, informationFromCounts, permutationTest } from "../information/contingency.ts";
import { type EntropyMethod, entropyMethods } from "../information/entropy-estimators.ts";
import {
  jittered,
  neighbourInformation,
  neighbourInformationOfLabels,
  type Samples,
} from "../information/nearest-neighbours.ts";
import { learnQuantizer, quantized } from "../observational/quantizer.ts";
import type { Io } from "./io.ts";
import { numberOption, wholeNumberOption } from "./options.ts";
import { decimals, table } from "./table.ts";

interface MiFlags {
  readonly x: string;
  readonly y: string;
  readonly yFile?: string;
  readonly discrete?: string;
  readonly bins: number;
  readonly k: number;
  readonly permutations: number;
  readonly jitter?: number;
  readonly seed: number;
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
    .option("--k <n>", "nearest neighbours", whole("--k", 1), 4)
    .option("--permutations <n>", "shuffles of the test of independence", whole("--permutations", 1), 999)
    .option("--jitter <width>", "noise that breaks ties of continuous sides", (text) => numberOption(text, "--jitter"))
    .option("--seed <n>", "of shuffles and jitter", whole("--seed", 0), 0)
    .option("--json", "the same for a program")
    .addHelpText(
      "after",
      "\nExamples:\n  $ causalscope mi flowers.csv --x sepal_length --y species\n  $ causalscope mi x.npy --x 1-3 --y 1 --y-file y.npy --k 3",
    )
    .action((file: string, flags: MiFlags) => runMi(file, flags, io));
}

interface Side {
  readonly name: string;
  readonly columns: Float64Array[];
  readonly discrete: boolean;
}

interface Row {
  readonly estimator: string;
  readonly bits: number;
  /** Undefined where the estimator has none. */
  readonly standardError?: number;
  readonly note: string;
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
  if (count < 2) throw new InvalidInputError({ who: file, expected: "at least 2 rows", got: `${count}` });
  const warnings: string[] = [];
  const rows = [...asDiscrete(x, y, flags, warnings), ...asContinuous(x, y, flags)];
  const kinds = `${x.name}: ${kindOf(x)}; ${y.name}: ${kindOf(y)}; ${count} rows.`;
  if (flags.json === true) {
    io.stdout.write(
      `${JSON.stringify({ file, rows: count, x: kindOf(x), y: kindOf(y), estimates: rows, warnings }, null, 2)}\n`,
    );
    return;
  }
  const right = (title: string) => ({ title, align: "right" }) as const;
  const left = (title: string) => ({ title, align: "left" }) as const;
  const lines = rows.map(({ estimator, bits, standardError, note }) => [
    estimator,
    decimals(bits, 4),
    standardError === undefined ? "" : standardError.toFixed(4),
    note,
  ]);
  const below = rows.some(({ bits }) => bits < 0)
    ? "Information is never negative, but an estimate without bias falls on either side of the truth: a value a little below 0 says that there is next to none.\n"
    : "";
  io.stdout.write(
    `${kinds}\n\n${table([left("estimator"), right("I(x; y), bits"), right("±"), left("")], lines)}${below}${warnings.map((warning) => `Note: ${warning}.\n`).join("")}`,
  );
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

function statesOf({ columns, discrete }: Side, bins: number): { states: Int32Array; count: number } {
  const rows = columns[0]!.length;
  let keys: string[] = new Array(rows).fill("");
  for (const column of columns) {
    const values = discrete
      ? column
      : quantized(learnQuantizer({ kind: "equal-mass", bins }, column, "identity"), column);
    keys = keys.map((key, row) => `${key}/${values[row]}`);
  }
  const seen = new Map<string, number>();
  const states = Int32Array.from(keys, (key) => {
    if (!seen.has(key)) seen.set(key, seen.size);
    return seen.get(key)!;
  });
  return { states, count: seen.size };
}

function asDiscrete(x: Side, y: Side, { bins, permutations, seed }: MiFlags, warnings: string[]): Row[] {
  const [a, b] = [statesOf(x, bins), statesOf(y, bins)];
  const rows = a.states.length;
  const contingency = contingencyTable(a.states, b.states);
  const binned = x.discrete && y.discrete ? "" : `, ${bins} equal-mass bins`;
  const bias = ((a.count - 1) * (b.count - 1)) / (2 * rows * Math.LN2);
  if (bias > 0.05)
    warnings.push(
      `the plug-in of ${a.count} × ${b.count} states is too high by about ${bias.toFixed(2)} bit at ${rows} rows${binned}`,
    );
  if (a.count > rows / 2 || b.count > rows / 2)
    warnings.push("half of the rows have a state of their own: read as discrete, they say nothing");
  const test = gTest(contingency);
  const shuffled = permutationTest(a.states, b.states, { permutations, seed });
  const methods: readonly EntropyMethod[] = entropyMethods;
  return methods.map((method) => {
    const { bits, standardError } = informationFromCounts(contingency, method);
    const note =
      method === "plug-in"
        ? `G-test p = ${shown(test.pValue)}; ${permutations} shuffles p = ${shown(shuffled.pValue)}, ${shuffled.mean.toFixed(4)} bit on average`
        : "";
    return { estimator: `${method}${binned}`, bits, standardError, note };
  });
}

function shown(p: number): string {
  return p < 1e-4 ? p.toExponential(1) : p.toFixed(4);
}

function asContinuous(x: Side, y: Side, { k, jitter, seed }: MiFlags): Row[] {
  if (x.discrete && y.discrete) return [];
  const samples = ({ columns }: Side, part: number): Samples => {
    const dimensions = columns.length;
    const values = new Float64Array(columns[0]!.length * dimensions);
    for (const [d, column] of columns.entries())
      for (const [row, value] of column.entries()) values[row * dimensions + d] = value;
    const plain = { values, dimensions };
    return jitter === undefined ? plain : jittered(plain, jitter, seed + part);
  };
  const bits = (nats: number) => nats / Math.LN2;
  if (x.discrete !== y.discrete) {
    const [labels, other] = x.discrete ? [x, y] : [y, x];
    const { states } = statesOf(labels, 2);
    return [
      {
        estimator: `Ross, k = ${k}`,
        bits: bits(neighbourInformationOfLabels(samples(other, 0), states, k)),
        note: "discrete and continuous",
      },
    ];
  }
  const [a, b] = [samples(x, 0), samples(y, 1)];
  return ([1, 2] as const).map((variant) => ({
    estimator: `KSG ${variant}, k = ${k}`,
    bits: bits(neighbourInformation(a, b, k, variant)),
    note: "not invariant to rescaling one side",
  }));
}
