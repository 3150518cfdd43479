/** Runs of studies, read with the study that each is of. */
export { collectRuns, readStudyRun } from "./study-runs.ts";
