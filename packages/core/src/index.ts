/** The public surface. Figures and the HTML report are in `causalscope/report`. */

// What data tell, and what breaks
export {
  type AblateSettings,
  type AblateWork,
  type Ablation,
  ablate,
  type ScopeAblation,
} from "./ablation/ablate.ts";
export {
  type AblationCurve,
  type AblationOptions,
  type AblationResult,
  cumulativeAblation,
} from "./ablation/cumulative.ts";
export { areaUnderCurve, type CurveSummary, type RandomBand, summarizeAblation } from "./ablation/curve.ts";
export { type EffectOptions, type PairEffect, pairEffects, type UnitEffect, unitEffects } from "./ablation/effects.ts";
export type { ReplacementSpec } from "./ablation/replacement.ts";
export { type ScoreName, unitScores } from "./ablation/scores.ts";
// Measures: what do() tells
export { type BinSweepPoint, binSweep } from "./causal/bin-sweep.ts";
export { type CausalPlaneOptions, causalPlane } from "./causal/causal-plane.ts";
// Cost before work
export type { CostOf, CostOptions } from "./causal/cost.ts";
export { degeneracy } from "./causal/degeneracy.ts";
export { eiParts, eiPartsMatrix } from "./causal/edge-information.ts";
export { effectiveInformation } from "./causal/effective-information.ts";
export { eiBetweenGroups, type UnitGroups } from "./causal/group-information.ts";
export { integration } from "./causal/integration.ts";
export { layerSeed } from "./causal/layer-seed.ts";
export {
  type Measurements,
  type MeasureSettings,
  type MeasureWork,
  measure,
  type Provenance,
} from "./causal/measure.ts";
export {
  type LayerMeasures,
  type LayerOptions,
  measureLayer,
  measureSome,
  type SomeMeasures,
  type SomeOptions,
} from "./causal/measure-layer.ts";
export type { SeveralOptions } from "./causal/measure-layers.ts";
export type { MeasureName } from "./causal/measure-names.ts";
export type { MeasuredLayer, MeasuredPoint } from "./causal/measured-layers.ts";
export type { EffectiveInformationOptions, PairOptions } from "./causal/options.ts";
export { outputEntropies } from "./causal/output-entropies.ts";
export { type RangeSettings, rangesOnData } from "./causal/range-settings.ts";
export type { NotMeasured } from "./causal/requested-layers.ts";
export { type SensitivityOptions, sensitivity, sensitivityMatrix } from "./causal/sensitivity.ts";
export { type CostEstimate, estimateCost } from "./cost/estimate-cost.ts";
export { type Dataset, dataset, scaleInputs, split } from "./datasets/dataset.ts";
export { iris } from "./datasets/iris.ts";
// Data sets
export { tableFrom } from "./datasets/read-table.ts";
export { type DynamicOutput, type DynamicOutputOptions, dynamicOutput } from "./engines/dynamic-range.ts";
export type { MeasureOptions } from "./engines/engine.ts";
export type { GaussianNoise, NoiseSpec, SampleNoise, UniformNoise } from "./engines/noise.ts";
export type { PairwiseMethod } from "./engines/pairwise.ts";
export type { Pool, RunOptions, Task } from "./engines/pool.ts";
export type { JointMethod, Offset, Settings, Work } from "./engines/settings.ts";
// Errors
export {
  CausalscopeError,
  ClosedPoolError,
  DivergedError,
  FormatError,
  InvalidInputError,
  RunConflictError,
  StorageError,
  TooMuchError,
  WorkerDiedError,
} from "./errors.ts";
// Files: bytes in, a model out
export { modelToJson } from "./formats/json-graph.ts";
export {
  type ModelFiles,
  type ModelFormat,
  type ModelSource,
  type ReadModelOptions,
  readModel,
} from "./formats/read-model.ts";
export { modelToSafetensors } from "./formats/safetensors-graph.ts";
export { tfjsWeights } from "./formats/tfjs/weights.ts";
// What a measure returns
export type { BinsSpec, OutsidePolicy, Range } from "./information/bins.ts";
export {
  type ContingencyTable,
  contingencyTable,
  gTest,
  informationFromCounts,
  permutationTest,
} from "./information/contingency.ts";
export {
  dirichletEntropy,
  type EntropyMethod,
  entropyFromCounts,
  grassbergerEntropy1988,
} from "./information/entropy-estimators.ts";
export type { Estimate, EstimateMatrix, Evidence, Method, Route } from "./information/estimate.ts";
export {
  type MixtureOptions,
  mixtureEntropy,
  mixtureInformation,
} from "./information/gaussian-mixture.ts";
export {
  type LinearDecoderBound,
  type LinearDecoderOptions,
  linearDecoderBound,
} from "./information/linear-decoder.ts";
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
export { splitError } from "./information/split-error.ts";
export { type LeastInformation, leastInformation } from "./information/unique-information.ts";
// How the work is done
export { type KernelPath, kernelPath, useKernels } from "./kernels/path.ts";
// Networks and mechanisms
export {
  type Activation,
  type ActivationName,
  type ActivationSpec,
  activation,
  type LayerActivation,
} from "./network/activation.ts";
export type { DenseChain, DenseLayer, LayerSpec, WeightsSpec } from "./network/dense-chain.ts";
export type { GraphInput, GraphNode, Operation } from "./network/graph.ts";
export { evaluateGraph } from "./network/graph-evaluate.ts";
export type { Layer } from "./network/graph-layers.ts";
export {
  type ChainSpec,
  chain,
  type FoundMechanism,
  isFound,
  layerMechanism,
  type ModelRanges,
  mechanisms,
  modelLayer,
} from "./network/graph-mechanism.ts";
export {
  type BlackBoxMechanism,
  type BlackBoxSpec,
  blackBox,
  type DenseMechanism,
  type DenseSpec,
  dense,
  type InputRangeSpec,
  type Mechanism,
  type ProgramMechanism,
} from "./network/mechanism.ts";
export { type Model, network } from "./network/model.ts";
export type { ChannelReading } from "./network/model-units.ts";
export { type ObservedData, type ObservedRanges, observedRanges } from "./network/observed-ranges.ts";
export { coarseGrain, type MacroSpec } from "./network/parts-of.ts";
export { type LayerEdge, type LayerNode, type Topology, topologyOf } from "./network/topology.ts";
export type { Obstacle } from "./network/trace.ts";
export {
  type Bits,
  crossEntropyTrend,
  fCmiBound,
  type GeneralizationBound,
  gaussianDivergence,
  individualSampleBound,
  inputCompressionBound,
  lossDifferenceBound,
  noisyTrainingBound,
  type PairRecord,
  type PairsBound,
  pacBayesBound,
  posteriorBound,
  weightInformationBound,
} from "./observational/generalization-bounds.ts";
export { type LayerInformation, layerInformation, type PlaneEstimator } from "./observational/information-plane.ts";
export {
  type ColumnSpec,
  type MutualInformation,
  type MutualInformationEstimate,
  type MutualInformationOptions,
  mutualInformation,
} from "./observational/mutual-information.ts";
export { type NeuronInformation, type NeuronOptions, neuronInformation } from "./observational/neuron-information.ts";
export {
  type NeuronPair,
  type NeuronPairOptions,
  type NeuronPairs,
  neuronPairs,
} from "./observational/neuron-pairs.ts";
export type { NoisyOptions } from "./observational/noisy-network.ts";
export {
  type PairwiseBounds,
  type PairwiseLabelBounds,
  pairwiseBounds,
  pairwiseLabelBounds,
} from "./observational/pairwise-bounds.ts";
export type { QuantizerSpec } from "./observational/quantizer.ts";
// Running a user's own model
export { type OnnxBlackBoxOptions, type OnnxMechanism, onnxBlackBox } from "./runtime/onnx-runtime.ts";
// Training
export { evaluate, forward, type Score } from "./training/evaluate.ts";
export { createNetwork, type Initializer } from "./training/initialize.ts";
export type { LossName, Reduction } from "./training/loss.ts";
export { type NoisilyTrained, type NoisyTrainingOptions, trainNoisily } from "./training/noisy-training.ts";
export type { TrainingState, TrainOptions } from "./training/options.ts";
export { type Cell, type RecurrentCheckpoint, type RecurrentOptions, trainRecurrent } from "./training/recurrent.ts";
export { type RecurrentMechanisms, recurrentMechanisms } from "./training/recurrent-mechanisms.ts";
export { type Checkpoint, type TrainingData, train } from "./training/train.ts";
