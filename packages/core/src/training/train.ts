/**
 * Trains multilayer perceptrons by minibatch gradient descent, in float64, and hands out checkpoints on the way.
 *
 * The same network, data and options give the same bytes, with or without interruption, and however many checkpoints are
 * taken: nothing random is carried from epoch to epoch.
 */

import { DivergedError, InvalidInputError } from "../checks/error-classes.ts";
import { type Dataset, requireDataset } from "../datasets/dataset.ts";
import { Random, Stream, shuffle, streamKey } from "../information/random.ts";
import { createTrainer } from "../kernels/trainer.ts";
import type { Trainer } from "../kernels/trainer-spec.ts";
import type { DenseChain, DenseLayer } from "../model/dense-chain.ts";
import { type Model, modelOfChain, requireChain } from "../model/model.ts";
import { keptUnits } from "./dropout.ts";
import { reductionDivisor, requireLoss, requireTargets } from "./loss.ts";
import { firstNormalization, normalizedCount } from "./normalization.ts";
import type { NormalizedTrainer } from "./normalized-trainer.ts";
import { copyState, initOptimizer, momentCount, type OptimizerState } from "./optimizer.ts";
import { flatParameters, parameterCount, trainerLayers, withParameters } from "./parameters.ts";
import { type TrainingPlan, type TrainingState, type TrainOptions, trainingPlan } from "./train-options.ts";
import { requireWidths, type Score, score } from "./trainer-score.ts";

/** A data set in two parts: one to learn from, and one to test on. */
export interface TrainingData {
  readonly train: Dataset;
  /** Measured at checkpoints, never learned from. */
  readonly test?: Dataset;
}

/** The network after `epoch` epochs, with its scores: a copy, as is the optimizer's state. */
export interface Checkpoint extends TrainingState {
  readonly train: Score;
  /** Undefined where no test set was given. */
  readonly test: Score | undefined;
}

/** Multiplications between pauses. */
const BREATH = 2e7;

/**
 * Trains a copy of `model`, a feed-forward network of dense layers, on a data set, or on one part of it beside a test
 * part. Yields a checkpoint at epoch 0, every `every` epochs or where the schedule `at` has one, and at the last epoch. The same data and options give
 * the same bytes.
 *
 * @example
 * ```ts
 * const data = split(scaleInputs(iris(), 1 / 8), 100, 0);
 * const model = createNetwork({ layers: [4, 5, 3], activation: ["tanh", "softmax"], seed: 0 });
 * const options = { epochs: 100, every: 100, batchSize: 10, learningRate: 0.5, loss: "cross-entropy" } as const;
 * for await (const { epoch, test } of train(model, data, { ...options, seed: 0 }))
 *   if (epoch === 100) console.log(test?.accuracy.toFixed(2)); // 0.94
 * ```
 * @throws InvalidInputError, at the call, for options out of range, data that do not fit the network or the loss, or a
 *   `from` of another training.
 * @throws DivergedError, from the iterator, at the end of the epoch in which a parameter, or at a checkpoint the loss,
 *   ceased to be a finite number.
 */
export function train(
  model: Model,
  dataset: Dataset | TrainingData,
  options: TrainOptions,
): AsyncGenerator<Checkpoint, void> {
  const network = requireChain(model, "train()");
  const isSplit = typeof dataset === "object" && dataset !== null && "train" in dataset;
  const data: TrainingData = isSplit ? dataset : { train: dataset };
  for (const part of [data.train, ...(data.test === undefined ? [] : [data.test])]) requireDataset(part, "train()");
  const plan = trainingPlan(options, data.train.rows, network.layers.length - 1);
  const output = network.layers.at(-1)!;
  requireLoss(plan.loss, output.activation, "train()");
  for (const part of data.test === undefined ? [data.train] : [data.train, data.test]) {
    requireWidths(network, part, "train()");
    requireTargets(plan.loss, output.activation, part, "train()");
  }
  if (options.from !== undefined) requireSame(network, options.from, plan, data.train.rows);
  return run(network, data, plan, options);
}

async function* run(
  network: DenseChain,
  data: TrainingData,
  plan: TrainingPlan,
  options: TrainOptions,
): AsyncGenerator<Checkpoint, void> {
  options.signal?.throwIfAborted();
  const trainer = await trainerOf(network, data.train, plan, options.from);
  try {
    yield* checkpoints(trainer, network, data, plan, options);
  } finally {
    trainer.free();
  }
}

async function* checkpoints(
  trainer: Trainer,
  network: DenseChain,
  data: TrainingData,
  plan: TrainingPlan,
  { signal, onProgress, pause, from }: TrainOptions,
): AsyncGenerator<Checkpoint, void> {
  const { epochs, isCheckpoint, batchSize } = plan;
  const { parameters, moments, order } = trainer;
  const rows = data.train.rows;
  let step = from?.step ?? 0;
  let sincePause = 0;

  function checkpoint(epoch: number): Checkpoint {
    const trained = measured(trainer, data.train, epoch);
    const tested = data.test && measured(trainer, data.test, epoch);
    const optimizer = copyState({ name: plan.optimizer.name, step, moments });
    const common = { epoch, step, train: trained, test: tested, optimizer };
    if (!isNormalized(trainer)) return { ...common, model: modelOfChain(withParameters(network, parameters)) };
    const normalization = { parameters: parameters.slice(), running: trainer.running.slice() };
    return { ...common, model: modelOfChain(trainer.folded()), normalization };
  }

  if (from === undefined) yield checkpoint(0);
  for (let epoch = (from?.epoch ?? 0) + 1; epoch <= epochs; epoch++) {
    for (let row = 0; row < rows; row++) order[row] = row;
    shuffle(order, new Random(plan.seed, Stream.order, epoch));
    const dropping = plan.dropout && streamKey(plan.seed, Stream.dropout, epoch);
    for (let start = 0; start < rows; ) {
      const first = step + 1;
      let end = start;
      while (end < rows && sincePause < BREATH) {
        const count = Math.min(batchSize, rows - end);
        sincePause += 3 * count * parameters.length;
        end += count;
        step++;
      }
      const kept = dropping && keptUnits(dropping, network, plan.dropout, start, end - start);
      trainer.steps(start, end, first, kept);
      start = end;
      if (sincePause >= BREATH) {
        sincePause = 0;
        await pause?.();
        signal?.throwIfAborted();
      }
    }
    requireFinite(parameters, epoch);
    onProgress?.({ epoch, epochs, step });
    signal?.throwIfAborted();
    if (isCheckpoint(epoch)) {
      yield checkpoint(epoch);
      signal?.throwIfAborted();
    }
  }
}

/** Copies the parameters and moments to begin with. */
export async function trainerOf(
  network: DenseChain,
  data: Dataset,
  plan: Omit<TrainingPlan, "epochs" | "isCheckpoint" | "seed" | Regular> & Partial<Pick<TrainingPlan, Regular>>,
  from?: TrainingState,
): Promise<Trainer> {
  const { batchSize, loss, reduction, l2, dropout, batchNorm = false, optimizer: rule } = plan;
  const { activation, outputs } = network.layers.at(-1)!;
  const normalization = batchNorm ? (from?.normalization ?? firstNormalization(network)) : undefined;
  const parameters =
    normalization?.parameters ??
    flatParameters(from === undefined ? network : requireChain(from.model, "train(): from"));
  const { moments } = from?.optimizer ?? initOptimizer(rule.name, parameters.length);
  const divisor = reductionDivisor(loss, reduction, activation, outputs);
  const spec = {
    layers: trainerLayers(network),
    parameters,
    moments,
    loss,
    rule,
    batchSize,
    divisor,
    l2,
    dropout,
    data,
  };
  if (normalization === undefined) return createTrainer(spec);
  const { normalizedTrainer } = await import("./normalized-trainer.ts");
  return normalizedTrainer(network, spec, normalization);
}

type Regular = "dropout" | "batchNorm";

function isNormalized(trainer: Trainer): trainer is NormalizedTrainer {
  return "folded" in trainer;
}

function measured(trainer: Trainer, data: Dataset, epoch: number): Score {
  const found = score(trainer, data);
  if (!Number.isFinite(found.loss)) throw diverged(epoch, `a loss of ${found.loss} on ${data.name}`);
  return found;
}

function requireFinite(parameters: Float64Array, epoch: number): void {
  for (let i = 0; i < parameters.length; i++) {
    if (!Number.isFinite(parameters[i])) throw diverged(epoch, `a weight of ${parameters[i]}`);
  }
}

function diverged(epoch: number, got: string): DivergedError {
  return new DivergedError({
    who: `train(): epoch ${epoch}`,
    expected: "finite weights and loss",
    got,
    remedy: "Use a lower learning rate.",
  });
}

function requireSame(network: DenseChain, from: TrainingState, plan: TrainingPlan, rows: number): void {
  const shape = (of: DenseChain) =>
    of.layers
      .map((l) => `${l.inputs}-${l.outputs} ${l.activation}${l.bias === undefined ? "" : " with bias"}`)
      .join(", ");
  // Folding gives hidden layers a bias.
  const whole = plan.batchNorm ? { ...network, layers: network.layers.map(withBias) } : network;
  if ((from.normalization !== undefined) !== plan.batchNorm) {
    throw conflict(
      `a checkpoint with${plan.batchNorm ? "" : "out"} batch normalization`,
      `one with${plan.batchNorm ? "out" : ""}`,
    );
  }
  const own = requireChain(from.model, "train(): from");
  if (shape(own) !== shape(whole)) {
    throw conflict(`a checkpoint of the network ${shape(network)}`, shape(own));
  }
  const steps = from.epoch * Math.ceil(rows / plan.batchSize);
  if (!Number.isSafeInteger(from.epoch) || from.epoch < 0 || from.epoch > plan.epochs) {
    throw conflict(`a checkpoint of an epoch from 0 to ${plan.epochs}`, `epoch ${from.epoch}`);
  }
  if (from.step !== steps) throw conflict(`${steps} steps after ${from.epoch} epochs`, `${from.step}`);
  const parameters = plan.batchNorm ? normalizedCount(network) : parameterCount(network);
  const held = from.normalization?.parameters.length ?? parameters;
  if (held !== parameters) throw conflict(`${parameters} learned parameters`, `${held}`);
  const statistics = plan.batchNorm ? firstNormalization(network).running.length : 0;
  const running = from.normalization?.running.length ?? 0;
  if (running !== statistics) throw conflict(`${statistics} running means and variances`, `${running}`);
  requireState(from.optimizer, plan.optimizer.name, steps, parameters);
}

/** Of a hidden layer as folding leaves it; the last one keeps what it has. */
function withBias(layer: DenseLayer, l: number, layers: readonly DenseLayer[]): DenseLayer {
  return l === layers.length - 1 ? layer : { ...layer, bias: layer.bias ?? new Float64Array(layer.outputs) };
}

function requireState(state: OptimizerState, name: string, step: number, parameters: number): void {
  if (state.name !== name || state.step !== step) {
    throw conflict(`the state of ${name} after ${step} steps`, `that of ${state.name} after ${state.step}`);
  }
  const sizes = state.moments.map((moment) => moment.length);
  if (sizes.length !== momentCount(state.name) || sizes.some((size) => size !== parameters)) {
    throw conflict(`${momentCount(state.name)} moments of ${parameters} values`, `[${sizes.join(", ")}] values`);
  }
}

function conflict(expected: string, got: string): InvalidInputError {
  return new InvalidInputError({
    who: "train(): from",
    expected,
    got,
    remedy: "Training can only continue from a checkpoint with the same network, data and options.",
  });
}
