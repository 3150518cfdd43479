/** What layers and single neurons know about inputs and labels, as data tell. In bits. */

// Layers: the information plane
export { type LayerInformation, layerInformation, type PlaneEstimator } from "./observational/information-plane.ts";
export type { NoisyOptions } from "./observational/noisy-network.ts";
export {
  type BoundDifferences,
  type PairwiseBounds,
  type PairwiseLabelBounds,
  pairwiseBounds,
  pairwiseLabelBounds,
} from "./observational/pairwise-bounds.ts";

// Neurons
export { type NeuronInformation, type NeuronOptions, neuronInformation } from "./observational/neuron-information.ts";
export {
  type NeuronPair,
  type NeuronPairOptions,
  type NeuronPairs,
  neuronPairs,
} from "./observational/neuron-pairs.ts";
export type { Quantizer, QuantizerSpec } from "./observational/quantizer.ts";
