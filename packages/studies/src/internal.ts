export { ablationFindings, gapOf } from "./ablation-findings.ts";
export { ablationRows } from "./ablation-rows.ts";
export { type Group, group, overSeeds } from "./comparison.ts";
export { GUESSING } from "./generalization.ts";
export { studies } from "./index.ts";
export { columnsOutside, type Provenance, rangeAbout0, scaledInputs } from "./own-data.ts";
export { runFindings } from "./run-findings.ts";
export { type Finding, SPREAD_NOTE, type Study, type StudyContext, sentence, type TrainingStudy } from "./study.ts";
export {
  DATA_NAMES,
  type DataName,
  type DataPlan,
  embeddedData,
  firstClasses,
  learned,
  planned,
} from "./study-data.ts";
export { studySummaries } from "./summaries.ts";
export type { TrainingOptions } from "./training.ts";
