/** What the packages of Causalscope share with one another. Not for other programs: it changes without notice. */
export {
  DATA_NAMES,
  dataPlan,
  dataText,
  featuresOf,
  firstClasses,
  knownData,
  learned,
  MOST_NOISE,
  planned,
  TOY_NOISE,
} from "./data-plan.ts";
export { SPREAD_NOTE } from "./finding.ts";
export { allPlusMinus, type Group, group, overSeeds, plusMinus } from "./group.ts";
export { type Provenance, provenanceSettings } from "./own-data.ts";
export { optionsOf, runFileOf } from "./read-run.ts";
export { type Refuse, refuseOption, resolved } from "./resolved.ts";
export type { Figure } from "./open-run.ts";
export { indexOfStep, stepAt, stepsIn, stepsOf } from "./steps.ts";
export { sentence, tablesOfStudy } from "./study.ts";
export { type FileProvenance, hasLabels, numbersAt, type Role, type TableAt, tableAt } from "./table-at.ts";
