/** What may be asked of the trainer, its defaults, and the refusal of everything else. */
import * as v from "valibot";
import { requireCount } from "../checks/check.ts";
import { callback, signal } from "../checks/schema/instance-of.ts";
import { type LongListItem, longList } from "../checks/schema/lists.ts";
import { type Parsed, parse } from "../checks/schema/parse.ts";
import { anyRecord, described, options as optionsOf, rule } from "../checks/schema/records.ts";
import { flag, number, oneOf, positive, positiveInteger, seed, whole } from "../checks/schema/scalars.ts";
import type { Model } from "../model/model.ts";
import { type LossName, lossNames, type Reduction, reductions } from "./loss.ts";
import type { NormalizationState } from "./normalization.ts";
import { type OptimizerName, type OptimizerSettings, type OptimizerState, optimizerNames } from "./optimizer.ts";
import { epochsOf, type Schedule, scheduleSchema } from "./schedule.ts";

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

/** How far a training has come. */
export interface TrainingProgress {
  readonly epoch: number;
  readonly epochs: number;
  readonly step: number;
}

/** How a network is trained: for how long, by which optimizer, on what loss. */
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
  /** In place of `every`: a √ schedule, or a list of epochs; epoch 0 and the last are always among them. */
  readonly at?: Schedule;
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
  /** Whether an epoch from 1 is a checkpoint. */
  readonly isCheckpoint: (epoch: number) => boolean;
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

const BELOW_1 = "a number of at least 0 and below 1";
const share = v.pipe(number(0, Infinity, BELOW_1), v.ltValue(1, BELOW_1));
const shareItem: LongListItem<number> = {
  fits: (value): value is number => typeof value === "number" && value >= 0 && value < 1,
  words: BELOW_1,
  json: { type: "number", minimum: 0, exclusiveMaximum: 1 },
};

/** What each option may be, what it is, and its default: checks, flags, forms and tables come from here. */
export const trainOptions = {
  epochs: described(whole(0), "Passes through the training set; 0 trains nothing."),
  batchSize: described(positiveInteger, "Examples per step."),
  learningRate: described(positive, "Step of gradient descent."),
  seed: described(seed, "Seed of the order of the examples."),
  every: v.optional(
    described(
      positiveInteger,
      "Epochs between checkpoints, besides epoch 0 and the last. Default 1, unless at is given.",
    ),
  ),
  at: v.optional(described(scheduleSchema, "In place of every: sqrt:N, or a list of epochs.")),
  optimizer: v.optional(described(oneOf(optimizerNames), "Optimizer."), "sgd"),
  momentum: v.optional(described(share, "For momentum only. Default 0.9.")),
  betas: v.optional(described(v.strictTuple([share, share], "two numbers"), "For adam only. Default 0.9 and 0.999.")),
  epsilon: v.optional(described(positive, "For adam only. Default 1e-8.")),
  loss: v.optional(described(oneOf(lossNames), "Loss function."), "mse"),
  reduction: v.optional(described(oneOf(reductions), "Whether the losses of a batch are averaged or summed."), "mean"),
  l2: v.optional(described(number(0), "Weight decay, added to the gradient of each weight."), 0),
  dropout: v.optional(
    described(
      v.union(
        [share, longList(shareItem, "one number, or one for each hidden layer")],
        "a number of at least 0 and below 1, or one for each hidden layer",
      ),
      "Fraction of the hidden units dropped at each step: one number, or one for each hidden layer.",
    ),
    0,
  ),
  batchNorm: v.optional(described(flag, "Batch normalization before the activation of every hidden layer."), false),
  signal: v.optional(signal),
  onProgress: v.optional(callback),
  pause: v.optional(callback),
  from: v.optional(anyRecord),
} satisfies { readonly [name in keyof TrainOptions]-?: v.GenericSchema };

const WHO = "train()";

const schema = v.pipe(
  optionsOf(trainOptions, "options: epochs, batchSize, learningRate and seed"),
  rule(({ optimizer, momentum, betas, epsilon, batchNorm, batchSize, every, at }) => {
    if (at !== undefined && every !== undefined)
      return { at: "at", expected: "no at where every is given", got: "both" };
    const useless = (at: string, wanted: string) => ({
      at,
      expected: `the optimizer ${wanted} if ${at} is set`,
      got: optimizer,
    });
    if (momentum !== undefined && optimizer !== "momentum") return useless("momentum", "momentum");
    if (betas !== undefined && optimizer !== "adam") return useless("betas", "adam");
    if (epsilon !== undefined && optimizer !== "adam") return useless("epsilon", "adam");
    if (!batchNorm || batchSize >= 2) return undefined;
    const expected = "batches of at least 2 examples with batchNorm: a single one has no variance";
    return { at: "batchSize", expected, got: `${batchSize}` };
  }),
);

/** @throws InvalidInputError for an option that is unknown, out of range, or of no use to the chosen optimiser. */
export function trainingPlan(given: TrainOptions, rows: number, hidden: number): TrainingPlan {
  const options = parse(schema, given, WHO);
  const { epochs, batchSize, seed, every = 1, at, loss, reduction, l2, batchNorm } = options;
  const most = `a whole number from 1 to ${rows}, the number of training examples`;
  parse(whole(1, rows, most), batchSize, `${WHO}: batchSize`);
  const scheduled = at && new Set(epochsOf(at, epochs, `${WHO}: at`));
  return {
    epochs,
    isCheckpoint: (epoch) => (scheduled === undefined ? epoch % every === 0 || epoch === epochs : scheduled.has(epoch)),
    batchSize,
    seed,
    loss,
    reduction,
    l2,
    dropout: dropoutOf(options.dropout, hidden),
    batchNorm,
    optimizer: optimizerSettings(options),
  };
}

function dropoutOf(given: number | readonly number[], hidden: number): readonly number[] | undefined {
  const rates = typeof given === "number" ? Array.from({ length: hidden }, () => given) : given;
  requireCount(rates, hidden, `${WHO}: dropout`, "numbers, one for each hidden layer");
  return rates.some((p) => p > 0) ? rates : undefined;
}

function optimizerSettings(options: Parsed<typeof schema>): OptimizerSettings {
  const {
    optimizer: name,
    learningRate,
    momentum = 0.9,
    betas: [first, second] = [0.9, 0.999],
    epsilon = 1e-8,
  } = options;
  if (name === "sgd") return { name, learningRate };
  if (name === "momentum") return { name, learningRate, momentum };
  return { name, learningRate, betas: [first, second], epsilon };
}
