/** Figures, pages and films of runs and measured models, as text: in Node and in browsers. `@causalscope/report/node` adds pixels. */

// A run
export { figures, type NamedFigure } from "./figures.ts";
export { causalPlaneFigure } from "./figures/causal-plane.ts";
export type { PlaneAxes } from "./views/plane-scene.ts";
export { effectiveInformationFigure } from "./figures/effective-information.ts";
export { integrationFigure } from "./figures/integration.ts";
export { reportHtml } from "./html.ts";
export { type ValuesReport, valuesReportHtml } from "./values-report.ts";

// A measured model
export { type MeasuredModel, type ModelReportSpec, modelFigures, modelReportHtml, modelRows } from "./model-report.ts";
export { type KnowingNeuron, neuronInformationFigure } from "./figures/neuron-information.ts";

// A film
export { type Scene, type SceneOptions, sceneOf } from "./film/scene.ts";
