/** The end of a run in a terminal: every layer at the last epoch, how well the network learned, where to look. */
import { MEASURES, type RunData } from "../runs/table.ts";
import { bits, decimals, percent, table } from "./table.ts";

export function summary(run: RunData, folder: string): string {
  const last = Math.max(...run.training.map(({ epoch }) => epoch));
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
  const right = (title: string) => ({ title, align: "right" }) as const;
  const left = (title: string) => ({ title, align: "left" }) as const;
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
