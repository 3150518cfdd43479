/** What the packages of Causalscope share with one another. Not for other programs: it changes without notice. */
export { DEFAULT_SCORES } from "./ablation/ablate.ts";
export { placeKey } from "./ablation/ablator.ts";
export { slowness } from "./cost/calibrate.ts";
export { rangeOf } from "./cost/estimate-cost.ts";
export { cifar10Records } from "./datasets/cifar10.ts";
export { gunzipped, isGzip, isZip, zipNames } from "./datasets/compressed.ts";
export { cellTable } from "./datasets/read-table.ts";
export {
  type CellTable,
  columnName,
  type Missing,
  missingPolicies,
  type NumberTable,
} from "./datasets/number-table.ts";
export { untarred } from "./datasets/tar.ts";
export { occupiedBins } from "./estimators/occupied.ts";
export { formatOf, takes } from "./formats/read-model.ts";
export { readSafetensors } from "./formats/safetensors.ts";
export { safetensorsFrom } from "./formats/safetensors-writer.ts";
export { validBins, validRange } from "./information/bins.ts";
export { chanceInformation } from "./information/chance-information.ts";
export { margins } from "./information/contingency.ts";
export { exp, hypot, log2, power, tanh } from "./information/elementary.ts";
export { estimate, type Known, tellingEnds } from "./information/estimate.ts";
export { momentsOf } from "./information/moments.ts";
export { normals } from "./information/normals.ts";
export { derivedSeed, Random, Stream, shuffle } from "./information/random.ts";
export { rankCorrelation } from "./information/rank-correlation.ts";
export { scales, validScale } from "./information/scale.ts";
export { DEFAULT_BINS } from "./measures/measure.ts";
export { binsText } from "./measures/requested-layers.ts";
export type { TrainableActivation } from "./model/activation.ts";
export { parametersOf } from "./model/graph.ts";
export { shownNames } from "./model/graph-mechanism.ts";
export { inputRangeBefore, isDense, mechanismOf } from "./model/mechanism.ts";
export { modelOfChain, requireChain } from "./model/model.ts";
export { isGraphUnits, unitsOf } from "./model/model-units.ts";
export { type Tensor, tensor } from "./model/tensor.ts";
export { layersOfTopology } from "./model/topology.ts";
export { fCmiExperiment } from "./observational/functional-information.ts";
export { estimatorText, SATURATED } from "./observational/information-plane.ts";
export type { EntropyRow, SideSummary } from "./observational/mutual-information-of-tables.ts";
export { type MiOptions, miMethods } from "./observational/side-information.ts";
export { requireInputShape } from "./observational/unit-activations.ts";
export { validWorkers } from "./pools/worker-pool.ts";
export { settingsOf } from "./settings/settings.ts";
export { flatParameters, withParameters } from "./training/parameters.ts";
export { SCHEDULE, scheduleSchema } from "./training/schedule.ts";
