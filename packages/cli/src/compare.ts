/** `causalscope compare RUN RUN …`: what differs in the questions, and how the layers end. */

import { InvalidInputError } from "@causalscope/core/errors";
import { greatest } from "@causalscope/core/internal";
import { MEASURES, type MeasureName } from "@causalscope/core/measures";
import type { OverSeeds, RunData } from "@causalscope/runs";
import { type Column, csv, dataOfRun, type ReadRun, readRun } from "@causalscope/runs";
import { type Group, group } from "@causalscope/studies/internal";
import type { Command } from "commander";
import type { Io } from "./io.ts";
import { measureAt, measuredText, overSeedsText, seedsText } from "./summary.ts";
import { left, percent, right, table } from "./table.ts";

interface CompareFlags {
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly epoch?: number;
}

export function compareCommand(command: Command, io: Io): void {
  command
    .argument("<runs...>")
    .description(
      "What was asked differently, and every measure of every layer at the last epoch: mean over the seeds with the standard error of measuring, and how the seeds differ: standard deviation, and standard error of the mean over seeds.",
    )
    .option("--json", "the same for a program")
    .option("--csv", "a row for each run, layer and measure, with both errors by name")
    .addHelpText(
      "after",
      "\nExamples:\n  $ causalscope compare runs/mnist runs/mnist-tanh\n  $ causalscope compare runs/iris runs/iris-2 --json",
    )
    .action((folders: string[], flags: CompareFlags) => runCompare(folders, flags, io));
}

/** The end of one run: a group over seeds for each layer and measure. */
interface End {
  readonly folder: string;
  readonly epoch: number;
  readonly layers: readonly {
    readonly name: string;
    readonly size: string;
    readonly measures: Readonly<Record<MeasureName, OverSeeds>>;
  }[];
  readonly trainAccuracy: Group;
  readonly testAccuracy: Group;
}

function runCompare(folders: readonly string[], { json = false, csv: asCsv = false }: CompareFlags, io: Io): void {
  if (folders.length < 2) {
    throw new InvalidInputError({ who: "compare", expected: "at least two run folders", got: `${folders.length}` });
  }
  if (json && asCsv) throw new InvalidInputError({ who: "compare", expected: "--json or --csv", got: "both" });
  const runs = folders.map((folder) => readRun(folder, io.storage));
  const ends = runs.map((run) => endOf(run.folder, dataOfRun(run)));
  const asked = differences(runs);
  if (json) {
    io.stdout.write(`${JSON.stringify({ differences: asked, runs: ends }, null, 2)}\n`);
    return;
  }
  if (asCsv) {
    io.stdout.write(csv(COLUMNS, ends.flatMap(rowsOf)));
    return;
  }
  io.stdout.write(`${questionText(asked, folders)}\n${endsText(ends)}`);
}

function endOf(folder: string, data: RunData): End {
  const epoch = greatest(data.training.map((row) => row.epoch));
  const last = data.training.filter((row) => row.epoch === epoch);
  const layers = data.layers.map(({ name, inputs, outputs }, layer) => ({
    name,
    size: `${inputs}→${outputs}`,
    measures: Object.fromEntries(
      MEASURES.map((measure) => [measure, measureAt(data, epoch, layer, measure)]),
    ) as Record<MeasureName, OverSeeds>,
  }));
  return {
    folder,
    epoch,
    layers,
    trainAccuracy: group(last.map((row) => row.trainAccuracy)),
    testAccuracy: group(last.map((row) => row.testAccuracy)),
  };
}

interface Row extends OverSeeds {
  readonly run: string;
  readonly epoch: number;
  readonly layer: number;
  readonly layerName: string;
  readonly measure: MeasureName;
}

const COLUMNS: readonly Column<Row>[] = [
  { name: "run", type: "STRING", of: (row) => row.run },
  { name: "epoch", type: "INT64", of: (row) => row.epoch },
  { name: "layer", type: "INT64", of: (row) => row.layer },
  { name: "layer_name", type: "STRING", of: (row) => row.layerName },
  { name: "measure", type: "STRING", of: (row) => row.measure },
  { name: "mean", type: "DOUBLE", of: (row) => row.mean },
  { name: "unit", type: "STRING", of: () => "bits" },
  { name: "seeds", type: "INT64", of: (row) => row.seeds },
  { name: "standard_error_of_measuring", type: "DOUBLE", of: (row) => row.standardErrorOfMeasuring },
  { name: "standard_deviation_over_seeds", type: "DOUBLE", of: (row) => row.standardDeviationOverSeeds ?? undefined },
  { name: "standard_error_over_seeds", type: "DOUBLE", of: (row) => row.standardErrorOverSeeds ?? undefined },
];

function rowsOf({ folder: run, epoch, layers }: End): Row[] {
  return layers.flatMap(({ name: layerName, measures }, layer) =>
    MEASURES.map((measure) => ({ run, epoch, layer, layerName, measure, ...measures[measure] })),
  );
}

/** Parameters that are not the same in all runs: `{ activation: ["sigmoid", "tanh"] }`. */
function differences(runs: readonly ReadRun[]): Record<string, unknown[]> {
  const questions = runs.map(({ file }) => ({ study: file.study, ...file.question }) as Record<string, unknown>);
  const names = [...new Set(questions.flatMap((question) => Object.keys(question)))];
  const found = names.map((name) => [name, questions.map((question) => question[name] ?? null)] as const);
  return Object.fromEntries(
    found.filter(([, values]) => new Set(values.map((value) => JSON.stringify(value))).size > 1),
  );
}

function questionText(asked: Readonly<Record<string, unknown[]>>, folders: readonly string[]): string {
  const rows = Object.entries(asked).map(([name, values]) => [name, ...values.map((value) => textOf(value))]);
  if (rows.length === 0) return "The runs were asked the same.\n";
  return `Asked differently:\n\n${table([left(""), ...folders.map(left)], rows)}`;
}

function textOf(value: unknown): string {
  return Array.isArray(value) ? value.join("-") : typeof value === "string" ? value : JSON.stringify(value);
}

function endsText(ends: readonly End[]): string {
  const rows = (text: (found: OverSeeds) => string) =>
    ends.flatMap(({ folder, layers }) =>
      layers.map(({ name, size, measures }) => [
        folder,
        name,
        size,
        ...MEASURES.map((measure) => text(measures[measure])),
      ]),
    );
  const seeds = ends.map(({ trainAccuracy }) => trainAccuracy.seeds);
  const header = [
    left("run"),
    left("layer"),
    left("size"),
    ...["EI", "EI_parts", "sensitivity", "degeneracy", "φ"].map(right),
  ];
  const learned = ends.map(({ folder, epoch, trainAccuracy, testAccuracy }) => [
    folder,
    `${epoch}`,
    `${trainAccuracy.seeds}`,
    percent(trainAccuracy.mean),
    percent(testAccuracy.mean),
  ]);
  return `At the last epoch, in bits: mean over the seeds; ± is the standard error of measuring.

${table(header, rows(measuredText))}
${overSeedsText(seeds)}

${table(header, rows(seedsText))}
${table([left("run"), right("epochs"), right("seeds (N)"), right("training accuracy"), right("test accuracy")], learned)}`;
}
