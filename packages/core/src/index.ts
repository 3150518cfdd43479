/**
 * Causalscope's front door: a network in, bits out. What is rarer stands in a subpath of its own: `/models`, `/measures`, `/information`,
 * `/neurons`, `/ablation`, `/training`, `/datasets`, `/workers`, `/errors`.
 */

// A network, from a file or from numbers
export { type Model, network } from "./model/model.ts";
export { readModel } from "./formats/read-model.ts";
export { blackBox, dense, type Mechanism } from "./model/mechanism.ts";
export { topologyOf } from "./model/topology.ts";
export { observedRanges } from "./model/observed-ranges.ts";

// All that is measured of a network, layer by layer, as the command does
export { type Measurements, type MeasureSettings, type MeasureWork, measure } from "./measures/measure.ts";
export { estimateCost } from "./cost/estimate-cost.ts";

// One measure of one mechanism
export { effectiveInformation } from "./measures/effective-information.ts";
export { eiParts, eiPartsMatrix } from "./measures/edge-information.ts";
export { sensitivity, sensitivityMatrix } from "./measures/sensitivity.ts";
export { degeneracy } from "./measures/degeneracy.ts";
export { integration } from "./measures/integration.ts";
export { eiBetweenGroups } from "./measures/group-information.ts";
export { binSweep } from "./measures/bin-sweep.ts";
export { causalPlane } from "./measures/causal-plane.ts";
export { coarseGrain } from "./model/parts-of.ts";

// What measures take and return
export type { Settings, Work } from "./settings/settings.ts";
export type { Estimate, EstimateMatrix } from "./information/estimate.ts";

// What data tell, and what breaks
export { mutualInformation } from "./observational/mutual-information-of-tables.ts";
export { layerInformation } from "./observational/information-plane.ts";
export { neuronInformation } from "./observational/neuron-information.ts";
export { ablate } from "./ablation/ablate.ts";

// Learning
export { type Dataset, dataset } from "./datasets/dataset.ts";
export { createNetwork } from "./training/initialize.ts";
export { train } from "./training/train.ts";

// What goes wrong
export { CausalscopeError, InvalidInputError } from "./checks/error-classes.ts";
