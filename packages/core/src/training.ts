/** Networks that learn, step by step, the same bytes everywhere. */

// Feed-forward networks
export { createNetwork, type Initializer, initializers, type NetworkSpec } from "./training/initialize.ts";
export { type Checkpoint, type TrainingData, train } from "./training/train.ts";
export type { TrainingProgress, TrainingState, TrainOptions } from "./training/train-options.ts";
export { type Schedule, scheduledEpochs } from "./training/schedule.ts";
export { type LossName, lossNames, type Reduction, reductions } from "./training/loss.ts";
export { type OptimizerName, type OptimizerState, optimizerNames } from "./training/optimizer.ts";
export type { NormalizationState } from "./training/normalization.ts";
export { evaluate, forward } from "./training/score.ts";
export type { Score } from "./training/trainer-score.ts";
export { type NoisilyTrained, type NoisyTrainingOptions, trainNoisily } from "./training/noisy-training.ts";

// Recurrent networks
export {
  type Cell,
  type CellKind,
  cellKinds,
  type RecurrentCheckpoint,
  type RecurrentOptions,
  trainRecurrent,
} from "./training/recurrent.ts";
export { type RecurrentMechanisms, recurrentMechanisms } from "./training/recurrent-mechanisms.ts";
