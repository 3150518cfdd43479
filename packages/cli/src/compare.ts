/** `causalscope compare RUN RUN …`: what differs in their options, and how the layers end. */

import { greatest } from "@causalscope/core/basics";
import { InvalidInputError } from "@causalscope/core/errors";
import { MEASURES, type MeasureName } from "@causalscope/core/measures";
import type { Column, OverSeeds, ReadRun, StudyRun } from "@causalscope/runs";
import { trainingDataOf } from "@causalscope/runs";
import { type Group, group } from "@causalscope/runs/internal";
import { readStudyRun } from "@causalscope/studies/runs";
import type { Command } from "commander";
import { type Format, formatOf, formatOptions, printResult } from "./format.ts";
import { addExamples } from "./help.ts";
import type { Io } from "./io.ts";
import { heading } from "./style.ts";
import { measureAt, measureColumns, measuredText, overSeedsText, seedsText, shortFingerprint } from "./summary.ts";
import { type Block, key, left, right, table } from "./text-table.ts";
import { percent } from "./value-text.ts";

export function compareCommand(command: Command, io: Io): void {
  command
    .argument("<runs...>", "run folders, at least two")
    .description(
      "Compares runs: the options that differ, and every measure of every layer at the last epoch. Shows the mean over seeds with the standard error of measurement, and how much the seeds differ: the standard deviation, and the standard error of the mean.",
    );
  formatOptions(command, "a row for each run, layer and measure").action((folders: string[]) =>
    runCompare(folders, formatOf(command), io),
  );
  addExamples(command, io, [
    ["causalscope compare runs/mnist runs/mnist-tanh"],
    ["causalscope compare runs/iris runs/iris-2 --format json"],
  ]);
}

/** The end of one run: a group over seeds for each layer and measure. */
interface End {
  readonly folder: string;
  readonly fingerprint: string;
  readonly epoch: number;
  readonly layers: readonly {
    readonly name: string;
    readonly size: string;
    readonly measures: Readonly<Record<MeasureName, OverSeeds>>;
  }[];
  readonly trainAccuracy: Group;
  readonly testAccuracy: Group;
}

async function runCompare(folders: readonly string[], format: Format, io: Io): Promise<void> {
  if (folders.length < 2) {
    throw new InvalidInputError({ who: "compare", expected: "at least two run folders", got: `${folders.length}` });
  }
  const runs = await Promise.all(folders.map((folder) => readStudyRun(folder, io.storage)));
  const ends = runs.map((run) => endOf(run));
  const different = differences(runs);
  printResult(io, format, {
    table: () => [...differencesBlocks(different, folders), "\n", ...endsBlocks(ends)],
    json: () => ({ differences: different, runs: ends }),
    columns: COLUMNS,
    rows: () => ends.flatMap(rowsOf),
  });
}

function endOf(run: StudyRun): End {
  const { folder } = run;
  const data = trainingDataOf(run);
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
    fingerprint: shortFingerprint(run),
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
  const values = names.map((name) => [name, questions.map((question) => question[name] ?? null)] as const);
  return Object.fromEntries(values.filter(([, each]) => new Set(each.map((value) => JSON.stringify(value))).size > 1));
}

function differencesBlocks(different: Readonly<Record<string, unknown[]>>, folders: readonly string[]): Block[] {
  const rows = Object.entries(different).map(([name, values]) => [name, ...values.map((value) => textOf(value))]);
  if (rows.length === 0) return ["The runs have the same options.\n"];
  return [`${heading("Different options")}\n\n`, table([left("option"), ...folders.map(left)], rows)];
}

function textOf(value: unknown): string {
  return Array.isArray(value) ? value.join("-") : typeof value === "string" ? value : JSON.stringify(value);
}

function endsBlocks(ends: readonly End[]): Block[] {
  const rows = (text: (value: OverSeeds) => string) =>
    ends.flatMap(({ folder, layers }) =>
      layers.map(({ name, size, measures }) => [
        folder,
        name,
        size,
        ...MEASURES.map((measure) => text(measures[measure])),
      ]),
    );
  const seeds = ends.map(({ trainAccuracy }) => trainAccuracy.seeds);
  const header = [key(left("run")), key(left("layer")), left("size"), ...measureColumns()];
  const learned = ends.map(({ folder, fingerprint, epoch, trainAccuracy, testAccuracy }) => [
    folder,
    `${epoch}`,
    `${trainAccuracy.seeds}`,
    percent(trainAccuracy.mean),
    percent(testAccuracy.mean),
    fingerprint,
  ]);
  const accuracies = [
    left("run"),
    right("epochs"),
    right("seeds (N)"),
    right("training accuracy"),
    right("test accuracy"),
    left("fingerprint"),
  ];
  return [
    `${heading("At the last epoch")}, in bits: mean over seeds; ± is the standard error of measurement.\n\n`,
    table(header, rows(measuredText)),
    ...(seeds.some((count) => count > 1) ? [`\n${overSeedsText(seeds)}\n\n`, table(header, rows(seedsText))] : []),
    "\n",
    table(accuracies, learned),
  ];
}
