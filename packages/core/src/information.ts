/** Information in samples, in tables of counts, and what it bounds. In bits. */

// Mutual information of the columns of a table
export {
  type ColumnSpec,
  type EntropyRow,
  type MiMethod,
  type MiOptions,
  type MutualInformation,
  type MutualInformationEstimate,
  type MutualInformationOptions,
  mutualInformation,
  type SideSummary,
} from "./observational/mutual-information-of-tables.ts";
export type { QuantizerSpec } from "./observational/quantizer.ts";

// Counts
export {
  type ContingencyTable,
  contingencyTable,
  gTest,
  type IndependenceTest,
  informationFromCounts,
  permutationTest,
} from "./information/contingency.ts";
export type { ShuffleTest } from "./information/shuffles.ts";
export {
  dirichletEntropy,
  type EntropyMethod,
  entropyFromCounts,
  grassbergerEntropy1988,
} from "./information/entropy-estimators.ts";
export { type SplitOptions, splitError } from "./information/split-error.ts";

// Real numbers
export {
  type NeighbourOptions,
  type NeighbourVariant,
  neighbourEntropy,
  neighbourInformation,
  neighbourInformationOfLabels,
  type Samples,
  type Scale,
  tiedShare,
} from "./information/nearest-neighbours.ts";
export { type MixtureOptions, mixtureEntropy, mixtureInformation } from "./information/gaussian-mixture.ts";
export {
  type LinearDecoderBound,
  type LinearDecoderOptions,
  linearDecoderBound,
} from "./information/linear-decoder.ts";

// More than two variables
export {
  jointInformation,
  type MultivariateInformation,
  multivariateInformation,
} from "./information/o-information.ts";
export {
  interactionInformation,
  type PartialInformation,
  partialInformation,
  type Redundancy,
  redundancies,
  type SourceTable,
} from "./information/partial-information.ts";
export { sourceTable } from "./information/source-table.ts";
export { type LeastInformation, leastInformation } from "./information/unique-information.ts";

// Bounds on the gap between training and test loss
export {
  type Bits,
  crossEntropyTrend,
  fCmiBound,
  type GeneralizationBound,
  gaussianDivergence,
  individualSampleBound,
  inputCompressionBound,
  lossDifferenceBound,
  type NoisyStep,
  noisyTrainingBound,
  type PairRecord,
  type PairsBound,
  pacBayesBound,
  posteriorBound,
  weightInformationBound,
} from "./observational/generalization-bounds.ts";

// What an estimator returns
export type { Estimate } from "./information/estimate.ts";
