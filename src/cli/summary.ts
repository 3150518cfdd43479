/** The end of a run in a terminal: every layer at the last epoch, how well the network learned, where to look. */
import { runData } from "../runs/perform.ts";
import type { Question } from "../runs/run-file.ts";
import type { Run } from "../runs/run-folder.ts";
import type { Finding, Study } from "../runs/studies/study.ts";
import { MEASURES, type RunData } from "../runs/table.ts";
import { bits, decimals, left, percent, right, table } from "./table.ts";

/** What a terminal shows at the end of a study. */
export function studySummary(study: Study, question: Question, run: Run, version: string): string {
  if (study.kind === "training") return summary(runData(run.finished, study, question, version), run.folder);
  const values = run.values.flatMap((part) => part.values);
  return `${findingsText(study.findings(question, values))}
Report:        ${run.folder}/report.html
Data:          ${run.folder}/values.csv
`;
}

/** Claim, verdict and numbers, one below the other. */
export function findingsText(findings: readonly Finding[]): string {
  return findings
    .map(({ claim, found, verdict, because }) => `${claim}\n  ${verdict}. ${found}\n  ${because}\n`)
    .join("\n");
}

function summary(run: RunData, folder: string): string {
  const last = run.training.reduce((most, { epoch }) => Math.max(most, epoch), -Infinity);
  const seeds = run.seeds.length;
  const layerRows = run.layers.map(({ name, inputs, outputs }, layer) => [
    name,
    `${inputs} → ${outputs}`,
    ...MEASURES.map((measure) => {
      const rows = run.measurements.filter(
        (row) => row.epoch === last && row.layer === layer && row.measure === measure,
      );
      const mean = rows.reduce((sum, row) => sum + row.bits, 0) / rows.length;
      const variance = rows.reduce((sum, row) => sum + row.standardError ** 2, 0) / rows.length ** 2;
      return bits({ bits: mean, standardError: Math.sqrt(variance) });
    }),
  ]);
  const trainingRows = run.training
    .filter(({ epoch }) => epoch === last)
    .map((row) => [
      `${row.seed}`,
      decimals(row.trainLoss),
      decimals(row.testLoss),
      percent(row.trainAccuracy),
      percent(row.testAccuracy),
    ]);
  const layers = [left("layer"), left("size"), ...["EI", "EI_parts", "sensitivity", "degeneracy", "φ"].map(right)];
  const training = ["seed", "training loss", "test loss", "training accuracy", "test accuracy"].map(right);
  return `After ${last} epochs, in bits${seeds > 1 ? `, mean over ${seeds} seeds` : ""}; ± is the standard error of measuring.

${table(layers, layerRows)}
${table(training, trainingRows)}
Report:        ${folder}/report.html
Causal plane:  ${folder}/figures/causal-plane.png
Data:          ${folder}/measurements.csv
`;
}
