/** The flags of each study: of its options, as its schema has them; of files with data; and those that all studies have. */

import { InvalidInputError } from "@causalscope/core/errors";
import type { Scale } from "@causalscope/core/information";
import type { Missing } from "@causalscope/core/internal";
import { scales } from "@causalscope/core/internal";
import type { Study } from "@causalscope/runs";
import type { Written } from "@causalscope/runs/options";
import { formOf, type StudyField } from "@causalscope/runs/options";
import { type Command, Option } from "commander";
import { alternatives, ListOption } from "./choices.ts";
import {
  binsOption,
  memoryOption,
  nameOrNumberOption,
  numberOption,
  rangeOption,
  scaleOption,
  scheduleOption,
  seedsOption,
  widthsOption,
  workersOption,
} from "./flag-values.ts";
import { missingOption } from "./table-file.ts";

type Flag = readonly [flags: string, description: string, read?: (text: string) => unknown];

/** From the text of a flag to a value, by how it is written, or by its kind; what is not here stays text. */
const READERS: Readonly<Partial<Record<Written | StudyField["kind"], (text: string, flag: string) => unknown>>> = {
  "whole number": (text, flag) => numberOption(text, flag),
  number: (text, flag) => numberOption(text, flag),
  range: rangeOption,
  bins: binsOption,
  seeds: seedsOption,
  widths: widthsOption,
  schedule: scheduleOption,
  numbers: (text, flag) => text.split(",").map((part) => numberOption(part, flag, "numbers with commas between")),
  names: (text) => text.split(","),
};

function readerOf({ kind, written, names = [], flag }: StudyField): ((text: string) => unknown) | undefined {
  if (written === "name or number") return (text) => nameOrNumberOption(text, flag, names);
  const read = READERS[written ?? kind];
  return read && ((text) => read(text, flag));
}

const IMAGES: readonly Flag[] = [
  ["--data-dir <folder>", "folder with the files of the data set, packed by gzip or not"],
  ["--download", "fetch them, check them, and keep them for the next time"],
];

const TABLES: readonly Flag[] = [
  ["--labels <file>", "labels of a table of your own (default: its last column, or y of an .npz file)"],
  ["--missing <policy>", "rows of your table that lack a value: refuse or drop-rows (default: refuse)", missingOption],
  [
    "--scale <how>",
    `of your table's inputs: ${scales.join(", ")} (default: minmax onto the input range where inputs leave it, else none)`,
    (text) => scaleOption(text, "--scale"),
  ],
];

const FILES: Readonly<Record<NonNullable<Study["files"]>, readonly Flag[]>> = {
  images: IMAGES,
  tables: [...TABLES, ...IMAGES],
};

const COMMON: readonly Flag[] = [
  [
    "--workers <n>",
    "worker threads; 0 for none (default: one for each core)",
    (text) => workersOption(text, "--workers"),
  ],
  [
    "--memory <size>",
    "memory that measuring a layer may take: 2GB, 500MB (default: 1GB)",
    (text) => memoryOption(text, "--memory"),
  ],
  ["--out <folder>", "folder of the run (default: runs/NAME, or the next that is free)"],
  ["--resume", "continue the run in the folder, or the newest unfinished one"],
  ["--force", "replace the run in the folder"],
  ["--open", "open the page when the run is finished"],
  ["--quiet", "show no progress"],
];

const PLOT: readonly Flag[] = [
  ["--plot", "draw the causal plane at the end, even when the output is not a terminal"],
  ["--no-plot", "do not draw the causal plane at the end"],
];

/** Values of the flags that all studies have, and of those that tell where data are. */
export interface RunFlags {
  readonly workers?: number;
  readonly memory?: number;
  readonly out?: string;
  readonly resume?: boolean;
  readonly force?: boolean;
  readonly quiet?: boolean;
  readonly open?: boolean;
  /** Of a study that follows networks through training: undefined where only a terminal gets one. */
  readonly plot?: boolean;
}

export interface DataFlags {
  readonly data?: string;
  readonly labels?: string;
  /** Of a table of the user's own: what becomes of rows that lack a value, and of inputs beyond the input range. */
  readonly missing?: Missing;
  readonly scale?: Scale;
  readonly dataDir?: string;
  readonly download?: boolean;
}

/** @param defaultOf the value that an option has where it is not given. */
export function addStudyFlags(command: Command, study: Study): void {
  const form = formOf(study);
  for (const field of form.fields) addField(command, field);
  const files = form.files === undefined ? [] : FILES[form.files];
  for (const [flags, description, read] of [...files, ...COMMON, ...(study.network === undefined ? [] : PLOT)]) {
    if (read === undefined) command.option(flags, description);
    else command.option(flags, description, read);
  }
}

function addField(command: Command, field: StudyField): void {
  const { flag, alias, kind, value, description } = field;
  const names = alias === undefined ? flag : `${alias}, ${flag}`;
  if (kind === "flag") {
    command.option(names, description);
    const without = new Option(`--no-${flag.slice(2)}`, `turns ${flag} off`);
    // Where it is off anyway, nobody has to read of it.
    command.addOption(field.default === true ? without : without.hideHelp());
    return;
  }
  const text = `${withNames(field)}${defaultText(field)}`;
  const read = readerOf(field);
  if (field.names !== undefined) {
    command.addOption(chosenOption(`${names} <${value}>`, text, field, read));
    return;
  }
  if (read === undefined) command.option(`${names} <${value}>`, text);
  else command.option(`${names} <${value}>`, text, read);
}

/** The description, with the names that a choice takes unless it lists them itself. */
function withNames({ names = [], description }: StudyField): string {
  if (names.length === 0 || names.some((name) => description.split(/[^\w-]+/).includes(name))) return description;
  return description.replace(/(?= \(default)|$/, `: ${alternatives(names)}`);
}

/** Completion offers its names; what is said of others stays with the study. */
function chosenOption(
  flags: string,
  description: string,
  { names = [], written }: StudyField,
  read: ((text: string) => unknown) | undefined,
): Option {
  const option = written === "names" ? new ListOption(flags, description) : new Option(flags, description);
  option.choices(names).argParser(read ?? ((text: string) => text));
  return option;
}

function defaultText({ default: preset, description, written }: StudyField): string {
  if (preset === null || description.includes("(default")) return "";
  if (Array.isArray(preset)) return ` (default: ${preset.join(written === "widths" ? "-" : ",")})`;
  if (typeof preset !== "object") return ` (default: ${preset})`;
  const { input, output } = preset as { input: number; output: number };
  return ` (default: ${input === output ? input : `${input},${output}`})`;
}

/** @throws InvalidInputError for two that exclude each other. */
export function requireOneMode({ resume, force }: RunFlags, study: string): void {
  if (resume !== true || force !== true) return;
  throw new InvalidInputError({ who: `study ${study}`, expected: "--resume or --force", got: "both" });
}
