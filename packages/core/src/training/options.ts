/** What may be asked of the trainer, its defaults, and the refusal of everything else. */
import { InvalidInputError } from "../checks/errors.ts";
import { requireOptions, shownValue } from "../checks/options-check.ts";
import type { Model } from "../model/model.ts";
import { type LossName, type Reduction, reductions } from "./loss.ts";
import type { NormalizationState } from "./normalized-trainer.ts";
import { type OptimizerName, type OptimizerSettings, type OptimizerState, optimizerNames } from "./optimizer.ts";

/** Everything that training needs in order to go on. */
export interface TrainingState {
  /** Passes through the training set made so far. */
  readonly epoch: number;
  /** Optimiser steps made so far. */
  readonly step: number;
  /** The trained model: dense layers in a row. With batch normalisation the plain network that it amounts to. */
  readonly model: Model;
  readonly optimizer: OptimizerState;
  /** Of a training with batch normalisation. */
  readonly normalization?: NormalizationState;
}

export interface TrainingProgress {
  readonly epoch: number;
  readonly epochs: number;
  readonly step: number;
}

export interface TrainOptions {
  /** Passes through the training set, counted from the untrained network also where `from` is given; 0 trains nothing. */
  readonly epochs: number;
  /** Examples per step, at most the training set's; the last batch of an epoch is smaller where they do not divide. */
  readonly batchSize: number;
  readonly learningRate: number;
  /** Orders the examples: epoch e takes its order from the stream (seed, `Stream.order`, e). */
  readonly seed: number;
  /** A checkpoint every so many epochs (default 1), besides epoch 0 and the last. */
  readonly every?: number;
  /** Default sgd. */
  readonly optimizer?: OptimizerName;
  /** For momentum: default 0.9; 0 ≤ μ < 1. */
  readonly momentum?: number;
  /** For adam: default [0.9, 0.999]; 0 ≤ β < 1. */
  readonly betas?: readonly [number, number];
  /** For adam: default 1e-8. */
  readonly epsilon?: number;
  /** Default mse. */
  readonly loss?: LossName;
  /** Default mean. */
  readonly reduction?: Reduction;
  /** Weight decay λ ≥ 0 (default 0): λ·w is added to the gradient of each weight, whatever the reduction; not to biases. */
  readonly l2?: number;
  /**
   * Fraction of the units dropped at each step in every hidden layer, or one for each: 0 ≤ p < 1, default 0. What is kept is multiplied
   * by 1/(1 − p) (Srivastava et al. 2014, inverted); scores and checkpoints are of the whole network. Which units are dropped is drawn
   * from a stream of the seed and the epoch: measuring, resuming and the batch's blocks change nothing.
   */
  readonly dropout?: number | readonly number[];
  /**
   * Batch normalisation (Ioffe & Szegedy 2015) before the activation of every hidden layer; default false. Checkpoints hold the network
   * with it folded into weights and biases. A last batch of one example, which has no variance, is left out. In plain TypeScript only: some ten times slower.
   */
  readonly batchNorm?: boolean;
  /** Ends training at the next pause or epoch by throwing the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called after every epoch. */
  readonly onProgress?: (progress: TrainingProgress) => void;
  /** Awaited about every twenty million multiplications (milliseconds), so that others get their turn. */
  readonly pause?: () => Promise<void>;
  /** A checkpoint of the same training to go on from; those up to its own epoch are not given again. */
  readonly from?: TrainingState;
}

/** Options with their defaults. */
export interface TrainingPlan {
  readonly epochs: number;
  readonly every: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly loss: LossName;
  readonly reduction: Reduction;
  readonly l2: number;
  /** One for each hidden layer; undefined where nothing is dropped. */
  readonly dropout: readonly number[] | undefined;
  readonly batchNorm: boolean;
  readonly optimizer: OptimizerSettings;
}

const WHO = "train()";

const known: Readonly<Record<keyof TrainOptions, true>> = {
  epochs: true,
  batchSize: true,
  learningRate: true,
  seed: true,
  every: true,
  optimizer: true,
  momentum: true,
  betas: true,
  epsilon: true,
  loss: true,
  reduction: true,
  l2: true,
  dropout: true,
  batchNorm: true,
  signal: true,
  onProgress: true,
  pause: true,
  from: true,
};

/** @throws InvalidInputError for an option that is unknown, out of range, or of no use to the chosen optimiser. */
export function trainingPlan(options: TrainOptions, rows: number, hidden: number): TrainingPlan {
  requireOptions(options ?? {}, known, WHO);
  if (options === undefined) throw invalid("options: epochs, batchSize, learningRate and seed", "none");
  const { epochs, batchSize, seed, every = 1, loss = "mse", reduction = "mean", l2 = 0 } = options;
  requireNumber("epochs", epochs, (n) => Number.isSafeInteger(n) && n >= 0, "whole and ≥ 0");
  requireNumber("every", every, (n) => Number.isSafeInteger(n) && n >= 1, "whole and ≥ 1");
  requireNumber("seed", seed, (n) => Number.isSafeInteger(n) && n >= 0, "whole, 0 … 2^53 − 1");
  requireNumber(
    "batchSize",
    batchSize,
    (n) => Number.isSafeInteger(n) && n >= 1 && n <= rows,
    `whole, from 1 to the training set's ${rows} examples`,
  );
  requireNumber("l2", l2, (n) => n >= 0 && n < Infinity, "finite and ≥ 0");
  if (!reductions.includes(reduction)) throw invalid(`a reduction out of ${reductions.join(", ")}`, `${reduction}`);
  const dropout = dropoutOf(options.dropout ?? 0, hidden);
  const { batchNorm = false } = options;
  if (typeof batchNorm !== "boolean") throw invalid("batchNorm that is true or false", String(batchNorm));
  if (batchNorm && batchSize < 2) {
    throw invalid("batches of at least 2 examples with batchNorm: one has no variance", `${batchSize}`);
  }
  return {
    epochs,
    every,
    batchSize,
    seed,
    loss,
    reduction,
    l2,
    dropout,
    batchNorm,
    optimizer: optimizerSettings(options),
  };
}

function dropoutOf(given: number | readonly number[], hidden: number): readonly number[] | undefined {
  const rates = typeof given === "number" ? Array.from({ length: hidden }, () => given) : given;
  const valid = Array.isArray(rates) && rates.length === hidden && rates.every((p) => p >= 0 && p < 1);
  if (!valid || (typeof given === "number" && !(given >= 0 && given < 1))) {
    throw invalid(`dropout from 0, below 1: one number, or one for each of ${hidden} hidden layers`, String(given));
  }
  return rates.some((p) => p > 0) ? rates : undefined;
}

function optimizerSettings(options: TrainOptions): OptimizerSettings {
  const { optimizer: name = "sgd", learningRate, momentum, betas, epsilon } = options;
  if (!optimizerNames.includes(name)) throw invalid(`an optimizer out of ${optimizerNames.join(", ")}`, `${name}`);
  requireNumber("learningRate", learningRate, (n) => n > 0 && n < Infinity, "finite and > 0");
  if (momentum !== undefined && name !== "momentum") throw useless("momentum", "momentum", name);
  if (betas !== undefined && name !== "adam") throw useless("betas", "adam", name);
  if (epsilon !== undefined && name !== "adam") throw useless("epsilon", "adam", name);
  if (name === "sgd") return { name, learningRate };
  const share = (n: number) => n >= 0 && n < 1;
  if (name === "momentum") {
    requireNumber("momentum", momentum ?? 0.9, share, "≥ 0 and < 1");
    return { name, learningRate, momentum: momentum ?? 0.9 };
  }
  const [first, second] = betas ?? [0.9, 0.999];
  requireNumber("betas[0]", first, share, "≥ 0 and < 1");
  requireNumber("betas[1]", second, share, "≥ 0 and < 1");
  requireNumber("epsilon", epsilon ?? 1e-8, (n) => n > 0 && n < Infinity, "finite and > 0");
  return { name, learningRate, betas: [first, second], epsilon: epsilon ?? 1e-8 };
}

function requireNumber(name: string, value: unknown, ok: (value: number) => boolean, rule: string): void {
  if (typeof value !== "number" || !ok(value)) throw invalid(`${name} that is ${rule}`, shownValue(value));
}

function useless(option: string, wanted: string, got: string): InvalidInputError {
  return invalid(`the optimizer ${wanted}, where ${option} is given`, got);
}

function invalid(expected: string, got: string): InvalidInputError {
  return new InvalidInputError({ who: WHO, expected, got });
}
