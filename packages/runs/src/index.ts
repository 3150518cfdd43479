/** Run folders: what was asked, what came out, resumable after a kill. */

export { ahead } from "./ahead.ts";
export { checkpointBytes, checkpointFrom } from "./checkpoint-file.ts";
export { cifarData } from "./cifar-folder.ts";
export { collectRuns } from "./collect.ts";
export { type ImageDataOptions, imageData } from "./data-folder.ts";
export type { FinishedCheckpoint, FinishedValues } from "./journal.ts";
export { orderCheckpoints } from "./order-checkpoints.ts";
export { type OverSeeds, overSeedsOf } from "./over-seeds.ts";
// A run, made or continued
export { perform, runData } from "./perform.ts";
// A run, read again
export { dataOfRun, questionOf, type ReadRun, readRun, runDataOf } from "./read-run.ts";
export type { Environment, Question } from "./run-file.ts";
export { isFree, type Run, startRun, storedRun } from "./run-folder.ts";
export { type Steps, trainingSteps, valueSteps } from "./steps.ts";

// Where it is kept, and data that are fetched
export { disk, type Storage } from "./storage.ts";
// Its tables
export {
  type LayerShape,
  type MeasurementRow,
  type RunData,
  type TrainingRow,
  unitOf,
  type ValueRow,
} from "./table.ts";
export {
  type Column,
  csv,
  evidenceColumns,
  jsonRows,
  measurementColumns,
  parquet,
  trainingColumns,
  valueColumns,
} from "./table-files.ts";
