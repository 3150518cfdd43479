/** The end of a run in a terminal: every layer at the last epoch, how well the network learned, where to look. */
import { counted, greatest } from "@causalscope/core/basics";
import { MEASURE_TITLES, MEASURES, type MeasureName } from "@causalscope/core/measures";
import type { Fingerprinted, Question, Run, RunData, Study } from "@causalscope/runs";
import { type Finding, fingerprint, joinedRows, type OverSeeds, overSeedsOf } from "@causalscope/runs";
import { SPREAD_NOTE } from "@causalscope/runs/internal";
import { heading } from "./style.ts";
import { type Block, left, right, type TableColumn, table } from "./text-table.ts";
import { bits, decimals, percent } from "./value-text.ts";

/**
 * What a terminal shows at the end of a study: its results, and where its files are.
 *
 * @param training what the run has of networks that were followed through training.
 */
export function studySummary<Options extends object>(
  study: Study<Options>,
  options: Options,
  { folder, finished }: Run,
  training: RunData | undefined,
): { readonly results: Block[]; readonly files: Block[] } {
  const rows = joinedRows(finished);
  const made = `Fingerprint:   ${shortFingerprint({ file: { study: study.name, question: options as Question }, rows })}\n`;
  if (training !== undefined) {
    return {
      results: trainingSummary(training),
      files: filesText(folder, { "Causal plane": "figures/causal-plane.png", Data: "measurements.csv" }).concat(made),
    };
  }
  return {
    results: [findingsText(study.findings(options, rows)), "\n"],
    files: filesText(folder, { Data: "values.csv" }).concat(made),
  };
}

/** The digits of a run's fingerprint that are shown: those of a link. */
export function shortFingerprint(run: Fingerprinted): string {
  return fingerprint(run).slice(0, 16);
}

function filesText(folder: string, files: Readonly<Record<string, string>>): string[] {
  return Object.entries({ Report: "report.html", ...files }).map(
    ([name, file]) => `${`${name}:`.padEnd(15)}${folder}/${file}\n`,
  );
}

/** Columns of all measures, in their order. */
export function measureColumns(): TableColumn[] {
  return MEASURES.map((measure) => right(MEASURE_TITLES[measure]));
}

/** A measure of a layer at an epoch, over the seeds of a run. */
export function measureAt(run: RunData, epoch: number, layer: number, measure: MeasureName): OverSeeds {
  const rows = run.measurements.filter((row) => row.epoch === epoch && row.layer === layer && row.measure === measure);
  return overSeedsOf(rows.map(({ bits, standardError }) => ({ value: bits, standardError })));
}

/** "3.994 ± 0.011": the mean, and the standard error of measuring it. */
export function measuredText({ mean, standardErrorOfMeasuring, seeds }: OverSeeds): string {
  return seeds === 0 ? "–" : bits({ bits: mean, standardError: standardErrorOfMeasuring });
}

/** "0.359 (0.207)": the standard deviation over the seeds, and the standard error of their mean. */
export function seedsText({ standardDeviationOverSeeds: deviation, standardErrorOverSeeds: error }: OverSeeds): string {
  return deviation === null || error === null ? "–" : `${deviation.toFixed(3)} (${error.toFixed(3)})`;
}

/** What `seedsText` means, as the line above a table. */
export function overSeedsText(counts: readonly number[]): string {
  const [first = 0, ...others] = [...new Set(counts)];
  const n = others.length === 0 ? `the ${first} seeds (N = ${first})` : "the seeds of each run (N)";
  return `Spread over ${n}, in bits: standard deviation (and standard error of the mean, which is the standard deviation / √N).`;
}

/** Claim, verdict and numbers, one below the other. */
export function findingsText(findings: readonly Finding[]): string {
  return findings
    .map(({ claim, found, verdict, because }) => `${claim}\n  ${verdict}. ${found}\n  ${because}\n`)
    .concat(findings.some(({ found }) => found.includes("(N = ")) ? [`${SPREAD_NOTE}\n`] : [])
    .join("\n");
}

function trainingSummary(run: RunData): Block[] {
  const last = greatest(run.training.map(({ epoch }) => epoch));
  const seeds = run.seeds.length;
  const ends = run.layers.map(({ name, inputs, outputs }, layer) => ({
    words: [name, `${inputs} → ${outputs}`],
    values: MEASURES.map((measure) => measureAt(run, last, layer, measure)),
  }));
  const trainingRows = run.training
    .filter(({ epoch }) => epoch === last)
    .map((row) => [
      `${row.seed}`,
      decimals(row.trainLoss),
      decimals(row.testLoss),
      percent(row.trainAccuracy),
      percent(row.testAccuracy),
    ]);
  const columns = [left("layer"), left("size"), ...measureColumns()];
  const training = ["seed", "training loss", "test loss", "training accuracy", "test accuracy"].map(right);
  const rows = (text: (value: OverSeeds) => string) => ends.map(({ words, values }) => [...words, ...values.map(text)]);
  const spread: Block[] = seeds > 1 ? [`${overSeedsText([seeds])}\n\n`, table(columns, rows(seedsText)), "\n"] : [];
  return [
    `${heading(`After ${counted(last, "epoch")}`)}, in bits${seeds > 1 ? `, mean over ${seeds} seeds` : ""}; ± is the standard error of measurement.\n\n`,
    table(columns, rows(measuredText)),
    "\n",
    ...spread,
    table(training, trainingRows),
    "\n",
  ];
}
