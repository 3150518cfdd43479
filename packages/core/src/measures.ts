/** What `do()` tells: effective information and its kin, of one mechanism or of all layers. In bits. */

// All layers of a network
export {
  type Measurements,
  type MeasureSettings,
  type MeasureWork,
  measure,
  type Provenance,
} from "./measures/measure.ts";
export { measureSteps } from "./measures/measure-steps.ts";
export type { PlanSettings } from "./measures/measure-plan.ts";
export type { MeasuredLayer, MeasuredPoint } from "./measures/measured-layers.ts";
export { type MeasureName, MEASURE_TITLES, MEASURES } from "./measures/measure-names.ts";
export type { LayerChoice, NotMeasured } from "./measures/requested-layers.ts";
export { type CausalPlaneOptions, causalPlane } from "./measures/causal-plane.ts";
export {
  type LayerMeasures,
  type LayerOptions,
  type MeasuredThing,
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
  type SomeOfSeveralOptions,
} from "./measures/measure-layers.ts";
export { layerSeed } from "./measures/layer-seed.ts";

// One measure of one mechanism
export { effectiveInformation } from "./measures/effective-information.ts";
export { eiParts, eiPartsMatrix } from "./measures/edge-information.ts";
export { type EdgeEvidence, edgeEvidence, type EdgeOptions } from "./measures/edge-evidence.ts";
export { type SensitivityOptions, sensitivity, sensitivityMatrix } from "./measures/sensitivity.ts";
export { degeneracy } from "./measures/degeneracy.ts";
export { type PlanePoint, type PlaneValue, planePoint } from "./measures/plane-point.ts";
export { integration } from "./measures/integration.ts";
export { eiBetweenGroups, type UnitGroups } from "./measures/group-information.ts";
export { outputEntropies } from "./measures/output-entropies.ts";
export { type BinSweepPoint, binSweep } from "./measures/bin-sweep.ts";
export { type DynamicOutput, type DynamicOutputOptions, dynamicOutput } from "./estimators/dynamic-range.ts";

// Settings: what changes a number
export {
  DEFAULT_MEMORY,
  type JointMethod,
  LEAST_MEMORY,
  type Offset,
  type Settings,
  type Work,
} from "./settings/settings.ts";
export {
  type EffectiveInformationOptions,
  type PairOptions,
  type SampledOptions,
  DEFAULT_TOLERANCE,
} from "./measures/measure-options.ts";
export type { MeasureOptions } from "./estimators/engine.ts";
export type { PairwiseMethod } from "./estimators/pairwise.ts";
export type { GaussianNoise, NoiseSpec, SampleNoise, UniformNoise } from "./settings/noise-spec.ts";
export type { BinCounts, BinsSpec, OutsidePolicy, Range } from "./information/bins.ts";

// Work: how it is done
export { type KernelPath, kernelPath, whyPlain } from "./kernels/path.ts";
export type { Pool, RunOptions, Task } from "./settings/pool.ts";
export type { CostOf, CostOptions } from "./measures/measure-cost.ts";
export { type CostEstimate, estimateCost } from "./cost/estimate-cost.ts";

// What measures return
export type { Estimate, EstimateMatrix, Evidence, Method, Route } from "./information/estimate.ts";
