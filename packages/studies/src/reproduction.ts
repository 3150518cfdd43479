/** The page that says which of the papers' claims hold, and the figures in it. */
export { type MissingFigure, type PaperData, paperData, paperFigures, planeFigures } from "./reproduction/figures.ts";
export { type RunsByStudy, runFindings } from "./reproduction/findings.ts";
export { type ReproductionSpec, reproductionPage } from "./reproduction/page.ts";
