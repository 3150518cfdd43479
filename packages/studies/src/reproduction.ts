/** The page that says which of the papers' claims hold, and the figures in it. */
export { paperData, paperFigures } from "./reproduction/figures.ts";
export { runFindings } from "./reproduction/findings.ts";
export { reproductionPage } from "./reproduction/page.ts";
