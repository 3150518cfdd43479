/** Figures, pages and films of runs and measured models, as text and bytes. */

export { neuronInformationFigure } from "./figures/neuron-information.ts";
// A run
export {
  causalPlaneFigure,
  effectiveInformationFigure,
  figures,
  integrationFigure,
  type NamedFigure,
} from "./figures.ts";
// Films
export { frames } from "./film/frames.ts";
export { gifWriter } from "./film/gif.ts";
export { type Scene, type SceneOptions, sceneOf } from "./film/scene.ts";
export { reportHtml } from "./html.ts";
// A measured model
export { type MeasuredModel, type ModelReportSpec, modelFigures, modelReportHtml, modelRows } from "./model-report.ts";
// The papers, made anew
export { type MissingFigure, type PaperData, paperFigures, valueFigures } from "./paper/index.ts";
// Pixels
export { png } from "./png.ts";
export { type ReproductionSpec, reproductionPage } from "./reproduction.ts";
export { type ValuesReport, valuesReportHtml } from "./values-report.ts";
