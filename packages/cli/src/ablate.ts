/** `causalscope ablate MODEL --data FILE --labels FILE`: what breaks without which neurons of a trained model. */

import { ablate } from "@causalscope/core";
import type { AblateSettings, Ablation, Scope } from "@causalscope/core/ablation";
import { type ReplacementSpec, replacements, type ScoreName, scoreNames } from "@causalscope/core/ablation";
import { InvalidInputError } from "@causalscope/core/errors";
import type { QuantizerSpec } from "@causalscope/core/information";
import { DEFAULT_SCORES, unitsOf } from "@causalscope/core/internal";
import type { NamedFigure } from "@causalscope/report";
import type { ValueRow } from "@causalscope/runs";
import { jsonRows, valueColumns } from "@causalscope/runs";
import { ablationFindings, ablationRows } from "@causalscope/studies/internal";
import type { Command } from "commander";
import { ablationBlocks, pairBlocks } from "./ablate-tables.ts";
import { choicesOption } from "./choices.ts";
import { exampleOptions } from "./example-options.ts";
import { nameOrNumberOption, wholeNumberOption } from "./flag-values.ts";
import { type Format, type FormatFlags, formatOf, formatOptions, objectOf, printResult } from "./format.ts";
import { addExamples } from "./help.ts";
import { type Io, print } from "./io.ts";
import {
  type ExampleFlags,
  type ExampleProvenance,
  provenanceSettings,
  readClassifier,
  readExamples,
} from "./labelled-files.ts";
import { MODEL_ARGUMENT } from "./model-file.ts";
import { modelNotes } from "./model-notes.ts";
import { openFile, requirePage } from "./open.ts";
import { progress } from "./progress.ts";
import { quantizerFlag, quantizerText } from "./quantizer-option.ts";
import { dataTable, PAGE, requireResultFolder, writeFigures, writeResultFolder } from "./result-folder.ts";
import { noteLines } from "./value-text.ts";

interface AblateFlags extends ExampleFlags, FormatFlags {
  readonly scores: readonly ScoreName[];
  readonly quantizer: QuantizerSpec;
  readonly replacement: ReplacementSpec;
  readonly repetitions: number;
  readonly scope: "all" | Scope;
  readonly points: number;
  readonly bootstrap: number;
  readonly pairs: number;
  readonly seed: number;
  readonly out?: string;
  readonly figures?: string;
  readonly report?: string;
  readonly open?: boolean;
  readonly quiet?: boolean;
}

export function ablateCommand(command: Command, io: Io, version: string): void {
  exampleOptions(command.argument("<model>", MODEL_ARGUMENT))
    .description(
      "Removes the hidden units of a model one after another (whole channels of convolutions), by holding each at a constant: in the order of their scores, lowest first and highest first, and in random orders; over the whole network and within each layer. Scores come from --data, accuracies from --test-data.",
    )
    .allowExcessArguments(false)
    .optionsGroup("Ablation:")
    .addOption(
      choicesOption(
        "--scores <list>",
        `what units are ordered by: ${scoreNames.join(", ")}`,
        scoreNames,
        DEFAULT_SCORES,
      ),
    )
    .addOption(quantizerFlag("how scores read activations"))
    .option(
      "--replacement <value>",
      `value of a removed unit: ${replacements.join(", ")} or a number`,
      (text: string) => nameOrNumberOption(text, "--replacement", replacements),
      "zero",
    )
    .option("--scope <which>", "network, a hidden layer (1 is the first), or all of these", scopeOption, "all")
    .option("--repetitions <n>", "random orders", (text) => wholeNumberOption(text, "--repetitions", 1), 20)
    .option(
      "--points <n>",
      "points on the curve of a score; at most one per unit",
      (text) => wholeNumberOption(text, "--points", 1),
      200,
    )
    .option(
      "--bootstrap <n>",
      "resamples of the test examples for intervals, 0 for none",
      (text) => wholeNumberOption(text, "--bootstrap", 0),
      200,
    )
    .option(
      "--pairs <n>",
      "also test pairs of the n units of each layer with the highest first score",
      (text) => wholeNumberOption(text, "--pairs", 0),
      0,
    )
    .option("--seed <n>", "seed of the random orders", (text) => wholeNumberOption(text, "--seed", 0), 0)
    .optionsGroup("Output:");
  formatOptions(command, "a row for each point of each curve")
    .option("--out <folder>", "also write a report: a page, figures, and the rows as CSV and Parquet")
    .option("--figures <folder>", "also write the curves, as SVG and PNG")
    .option("--report <file>", "also write the page alone")
    .option("--open", "open the page")
    .option("--quiet", "print no progress")
    .action((file: string, flags: AblateFlags) => runAblate(file, flags, formatOf(command), io, version));
  addExamples(command, io, [
    ["causalscope ablate model.onnx --data x.npy --labels y.npy --test-data xt.npy --test-labels yt.npy"],
    ["causalscope ablate model.json --data examples.csv --replacement mean --out ablation --open"],
    ["causalscope ablate model.onnx --data x.npy --labels y.npy --scope 2 --pairs 20"],
  ]);
}

async function runAblate(file: string, flags: AblateFlags, format: Format, io: Io, version: string): Promise<void> {
  const { scores, replacement, repetitions, seed, quiet = false } = flags;
  requirePage(flags.open, flags.out ?? flags.report);
  if (flags.out !== undefined) requireResultFolder(flags.out, "--out", [TABLE], io);
  const model = await readClassifier(file, io, flags);
  const { provenance, ...data } = readExamples(model, flags, io);
  const { scope, points, bootstrap, pairs, quantizer } = flags;
  requireScope(scope, unitsOf(model).layers.length - 1);
  const settings: AblateSettings = {
    ...{ quantizer, replacement, repetitions, points, bootstrap, pairs, seed, scores },
    ...(scope !== "all" && { scopes: [scope] }),
  };
  const show = progress(io.stderr, quiet);
  let result: Ablation;
  try {
    const onProgress = (share: number) => show.update(share, "ablation");
    result = await ablate(model, data, settings, { signal: io.signal, onProgress });
  } finally {
    show.stop();
  }
  const all = ablationRows(result, seed);
  const rows = ablationRows({ ...result, pairs: [] }, seed);
  const columns = valueColumns(all);
  const report = { file, flags, rows, all, examples: data.test.rows, provenance, version };
  if ((flags.out ?? flags.figures ?? flags.report) !== undefined) await writeReport(report, io);
  const notes = `${modelNotes(model)}${noteLines(provenance.notes)}`;
  const name = ({ layer, unit }: { layer: number; unit: number }) => `${unitsOf(model).layers[layer]!.name}/${unit}`;
  // As until now: rows without what they came from.
  if (flags.json === true) io.stdout.write(jsonRows(columns, all));
  else {
    printResult(io, format, {
      table: () => [
        ...ablationBlocks(rows, flags, result.warnings),
        ...(pairs === 0 ? [] : pairBlocks(result.pairs, name)),
        notes,
      ],
      json: () => ({
        model: file,
        settings,
        provenance: { tool: "causalscope", version, ...provenance },
        rows: all.map((row) => objectOf(columns, row)),
      }),
      columns,
      rows: () => all,
    });
  }
  if (!quiet && format !== "table") print(io.stderr, notes, flags.json === true ? BARE_ROWS : "");
  if (flags.open === true) await openFile(flags.out === undefined ? flags.report! : `${flags.out}/${PAGE}`, io);
}

const BARE_ROWS =
  'Note: --json prints the rows alone. In the next version it will print what --format json prints: settings and provenance, with the rows under "rows".\n';

/** Name of the table of rows. */
const TABLE = "values";

interface Report {
  readonly file: string;
  readonly flags: AblateFlags;
  /** Without pairs, which figures do not show. */
  readonly rows: readonly ValueRow[];
  readonly all: readonly ValueRow[];
  /** How many accuracies are of. */
  readonly examples: number;
  readonly provenance: ExampleProvenance;
  readonly version: string;
}

/** Figures, a page and tables, as far as they are wanted. */
async function writeReport(report: Report, io: Io): Promise<void> {
  const { out, figures, report: file } = report.flags;
  const { figuresOfAblation } = await import("@causalscope/studies/internal");
  const drawn = figuresOfAblation(report.rows);
  if (figures !== undefined) await writeFigures(figures, drawn, io);
  if (file !== undefined) {
    io.storage.write(file, await pageOf(report, drawn, "what the same command prints with --format json or csv"));
  }
  if (out === undefined) return;
  const page = await pageOf(report, drawn, "in values.csv and values.parquet beside this page");
  const tables = [dataTable(TABLE, valueColumns(report.all), report.all)];
  await writeResultFolder(out, { page, figures: drawn, tables }, io);
}

async function pageOf(
  { file, flags, rows, examples, provenance, version }: Report,
  figures: readonly NamedFigure[],
  where: string,
): Promise<string> {
  const { valuesReportHtml } = await import("@causalscope/report");
  const { scores, quantizer, replacement, repetitions, bootstrap, scope, seed } = flags;
  return valuesReportHtml({
    title: `Ablation of ${file}`,
    summary: "which neurons the model can lose",
    settings: [
      ["model", file],
      ["examples", `${flags.data}; accuracies on ${examples} of ${flags.testData ?? flags.data}`],
      ...provenanceSettings(provenance),
      ["scores", scores.join(", ")],
      ["quantizer", quantizerText(quantizer)],
      ["value of removed units", `${replacement}`],
      ["random orders", `${repetitions}`],
      ["resamples of the test examples", `${bootstrap}`],
      ["seed", `${seed}`],
    ],
    // They compare the whole network with its layers.
    findings: scope === "all" ? ablationFindings(scores, rows, undefined) : [],
    figures,
    version,
    where,
  });
}

function requireScope(scope: "all" | Scope, hidden: number): void {
  if (typeof scope === "string" || scope < hidden) return;
  const expected = `all, network, or a hidden layer from 1 to ${hidden}`;
  throw new InvalidInputError({ who: "--scope", expected, got: `${scope + 1}` });
}

/** `all`, `network`, or the number of a layer, from 1; its position then. */
function scopeOption(text: string): "all" | Scope {
  return text === "all" || text === "network" ? text : wholeNumberOption(text, "--scope", 1) - 1;
}
