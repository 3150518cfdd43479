/** Figures and the HTML report of a run, as text and bytes. */

export { orderCheckpoints } from "../runs/order-checkpoints.ts";
export type { LayerShape, MeasurementRow, RunData, TrainingRow } from "../runs/table.ts";
export { figures, type NamedFigure } from "./figures.ts";
export { reportHtml } from "./html.ts";
export {
  type MeasuredModel,
  type ModelReportSpec,
  modelFigures,
  modelReportHtml,
  modelRows,
} from "./model-report.ts";
export { type MissingFigure, type PaperData, paperFigures, valueFigures } from "./paper/index.ts";
export { png } from "./png.ts";
export { type ReproductionSpec, reproductionPage } from "./reproduction.ts";
export { type ValuesReport, valuesReportHtml } from "./values-report.ts";
