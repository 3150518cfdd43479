/** What `do()` tells: effective information and its kin, of one mechanism or of all layers. In bits. */

export { type CostEstimate, estimateCost } from "./cost/estimate-cost.ts";
export { type DynamicOutput, type DynamicOutputOptions, dynamicOutput } from "./estimators/dynamic-range.ts";
export type { MeasureOptions } from "./estimators/engine.ts";
export type { PairwiseMethod } from "./estimators/pairwise.ts";
export type { BinCounts, BinsSpec, OutsidePolicy, Range } from "./information/bins.ts";
// What measures return
export type { Estimate, EstimateMatrix, Evidence, Method, Route } from "./information/estimate.ts";
// Work: how it is done
export { type KernelPath, kernelPath, useKernels } from "./kernels/path.ts";
export { type BinSweepPoint, binSweep } from "./measures/bin-sweep.ts";
export { type CausalPlaneOptions, causalPlane } from "./measures/causal-plane.ts";
export type { CostOf, CostOptions } from "./measures/cost.ts";
export { degeneracy } from "./measures/degeneracy.ts";
export { eiParts, eiPartsMatrix } from "./measures/edge-information.ts";
// One measure of one mechanism
export { effectiveInformation } from "./measures/effective-information.ts";
export { eiBetweenGroups, type UnitGroups } from "./measures/group-information.ts";
export { integration } from "./measures/integration.ts";
export { layerSeed } from "./measures/layer-seed.ts";
// All layers of a network
export {
  type Measurements,
  type MeasureSettings,
  type MeasureWork,
  measure,
  type Provenance,
} from "./measures/measure.ts";
export {
  type LayerMeasures,
  type LayerOptions,
  measureLayer,
  measureSome,
  type SomeMeasures,
  type SomeOptions,
} from "./measures/measure-layer.ts";
export {
  type LayerRequest,
  measureLayers,
  measureSomeOfLayers,
  type SeveralOptions,
} from "./measures/measure-layers.ts";
export { MEASURES, type MeasureName } from "./measures/measure-names.ts";
export type { MeasuredLayer, MeasuredPoint } from "./measures/measured-layers.ts";
export { DEFAULT_TOLERANCE, type EffectiveInformationOptions, type PairOptions } from "./measures/options.ts";
export { outputEntropies } from "./measures/output-entropies.ts";
export type { NotMeasured } from "./measures/requested-layers.ts";
export { type SensitivityOptions, sensitivity, sensitivityMatrix } from "./measures/sensitivity.ts";
export type { GaussianNoise, NoiseSpec, SampleNoise, UniformNoise } from "./work/noise-spec.ts";
export type { Pool, RunOptions, Task } from "./work/pool.ts";
// Settings: what changes a number
export { DEFAULT_MEMORY, type JointMethod, LEAST_MEMORY, type Offset, type Settings, settingsOf, type Work } from "./work/settings.ts";
