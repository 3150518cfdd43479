/** Run folders: what was asked, what came out, resumable after a kill; and what a study is, which fills them. */

// A study, performed into a folder
export { performStudy, type PerformStudyOptions } from "./perform-study.ts";
export { type Executor, inProcess, type Job, perform, type PerformOptions, type StudyProgress } from "./perform.ts";
export { type Ask, askOf } from "./ask.ts";
export { type StartOptions, startRun } from "./run-folder.ts";
export type { Figure, Run } from "./open-run.ts";
export { isFree, storedRun } from "./run-layout.ts";
export type { Place, Steps } from "./steps.ts";
export type { StoredResult } from "./journal-rows.ts";
export { type StudyCost, studyCost, type StudyCostOptions } from "./study-cost.ts";

// A run, read again
export { readRun, type ReadRun, type ReadRunOptions, readRunOf, type StudyRun, trainingDataOf } from "./read-run.ts";
export type { Environment, Json, Question, RunFile } from "./run-file.ts";
export { runData } from "./run-data.ts";
export { VERSION } from "./version.ts";
export { fingerprint, type Fingerprinted } from "./fingerprint.ts";
export { orderCheckpoints } from "./order-checkpoints.ts";
export { checkpointBytes, checkpointFrom, checkpointName, type StoredCheckpoint } from "./checkpoint-file.ts";

// Its tables
export {
  joinedRows,
  type KeptEstimate,
  type LayerShape,
  type MeasurementRow,
  measurementRows,
  type Rows,
  type RunData,
  type TableName,
  type TrainingRow,
  unitOf,
  type ValueRow,
} from "./row-tables.ts";
export {
  type Column,
  type ColumnType,
  csv,
  evidenceColumns,
  jsonRows,
  measurementColumns,
  parquet,
  trainingColumns,
  valueColumns,
} from "./table-files.ts";
export { type OverSeeds, overSeedsOf } from "./over-seeds.ts";

// What a study is
export { ahead } from "./ahead.ts";
export {
  type NamedFigure,
  type Part,
  type PartProgress,
  type PartResult,
  type Settings,
  type StepPlan,
  type Study,
  type StudyWork,
  settingsOf,
  type TrainedNetwork,
  type WorkOfStudy,
} from "./study.ts";
export { type Blob, blob } from "./blob.ts";
export type { Finding, Verdict } from "./finding.ts";

// Where files are, and data from folders
export { disk } from "#platform";
export type { Storage } from "./storage.ts";
export { memoryStorage, type MemoryStorage } from "./memory-storage.ts";
export type { Lock } from "./lock.ts";
export { type DataName, type DataPlan, embeddedData, MOST_NOISE, TOY_NOISE } from "./data-plan.ts";
export type { OwnData, OwnDataOptions } from "./own-table.ts";
export { ownData } from "./read-own-data.ts";
export {
  type ImageDataName,
  type ImageDataOptions,
  type ImageDataSets,
  type ImageFileName,
  imageData,
} from "./data-folder.ts";
export { type CifarDataOptions, cifarData } from "./cifar-folder.ts";
