/**
 * Training with batch normalisation (Ioffe & Szegedy 2015) before the activation of every hidden layer, in plain TypeScript:
 * a = γ (z − mean) / √(variance + ε) + β, with mean and variance of the batch while learning, and their running means (as PyTorch:
 * momentum 0.1, the running variance unbiased) in scores and checkpoints. There the normalisation is folded into weights and biases, so
 * that what is scored and measured is a plain network.
 */
import { createTrainer } from "../kernels/trainer.ts";
import { keptScale, type Trainer, type TrainerSpec, type TrainingTable } from "../kernels/trainer-spec.ts";
import { activate, throughActivation } from "../kernels/typescript/activate.ts";
import { outputDelta } from "../kernels/typescript/loss.ts";
import { updateParameters } from "../kernels/typescript/optimizer.ts";
import type { TrainableActivation } from "../model/activation.ts";
import type { DenseChain, DenseLayer } from "../model/dense-chain.ts";
import { hiddenLayers, type NormalizationState } from "./normalization.ts";
import { flatParameters, parameterCount, trainerLayers, withParameters } from "./parameters.ts";

const MOMENTUM = 0.1;
const EPSILON = 1e-5;

/** A trainer that also says what its network amounts to. */
export interface NormalizedTrainer extends Trainer {
  readonly running: Float64Array;
  /** The network with the normalisation folded in: hidden layers have biases. */
  folded(): DenseChain;
}

/** One layer's arrays for a batch, `[examples, units]`. */
interface Work {
  readonly layer: DenseLayer;
  /** Places in the flat parameters. */
  readonly weightsAt: number;
  readonly biasAt: number;
  /** γ, then β; −1 in the last layer. */
  readonly scaleAt: number;
  readonly runningAt: number;
  readonly keptAt: number;
  readonly keptScale: number;
  /** Normalised pre-activations, and 1/√(variance + ε) of each unit. */
  readonly normal: Float64Array;
  readonly inverse: Float64Array;
  readonly z: Float64Array;
  readonly y: Float64Array;
  /** What the next layer gets: y, or what is kept of it. */
  readonly passed: Float64Array;
  readonly delta: Float64Array;
}

/** @param network the layers as they are, before any normalisation: their shapes and activations count. */
export function normalizedTrainer(
  network: DenseChain,
  spec: TrainerSpec,
  state: NormalizationState,
): NormalizedTrainer {
  const parameters = state.parameters.slice();
  const running = state.running.slice();
  const moments = spec.moments.map((moment) => moment.slice());
  const gradient = new Float64Array(parameters.length);
  const order = new Int32Array(spec.data?.rows ?? 0);
  const works = worksOf(network, spec);
  const hidden = hiddenLayers(network).reduce((sum, { outputs }) => sum + outputs, 0);
  const features = network.layers[0]!.inputs;
  const outputs = network.layers.at(-1)!.outputs;
  const input = new Float64Array(spec.batchSize * features);
  const target = new Float64Array(spec.batchSize * outputs);

  function folded(): DenseChain {
    const raw = withParameters(network, parameters.slice(0, parameterCount(network)));
    const layers = raw.layers.map((layer, l): DenseLayer => {
      const { scaleAt, runningAt } = works[l]!;
      if (scaleAt < 0) return layer;
      const weights = layer.weights.slice();
      const bias = new Float64Array(layer.outputs);
      for (let j = 0; j < layer.outputs; j++) {
        const deviation = Math.sqrt(running[runningAt + layer.outputs + j]! + EPSILON);
        const factor = parameters[scaleAt + j]! / deviation;
        for (let i = 0; i < layer.inputs; i++) weights[j * layer.inputs + i]! *= factor;
        const shift = (layer.bias?.[j] ?? 0) - running[runningAt + j]!;
        bias[j] = shift * factor + parameters[scaleAt + layer.outputs + j]!;
      }
      return { ...layer, weights, bias };
    });
    return { ...raw, layers };
  }

  /** A trainer of the plain network, which only answers. */
  function answering<Answer>(ask: (trainer: Trainer) => Answer): Answer {
    const plain = folded();
    const layers = trainerLayers(plain);
    const trainer = createTrainer({
      ...spec,
      layers,
      parameters: flatParameters(plain),
      dropout: undefined,
      data: undefined,
    });
    try {
      return ask(trainer);
    } finally {
      trainer.free();
    }
  }

  function forward(count: number, kept: Uint8Array | undefined, keptFrom: number): void {
    let x: Float64Array = input;
    for (const work of works) {
      const { layer, weightsAt, biasAt, scaleAt, z, y, passed } = work;
      for (let k = 0; k < count; k++) {
        for (let j = 0; j < layer.outputs; j++) {
          let sum = biasAt < 0 ? 0 : parameters[biasAt + j]!;
          for (let i = 0; i < layer.inputs; i++) {
            sum += parameters[weightsAt + j * layer.inputs + i]! * x[k * layer.inputs + i]!;
          }
          z[k * layer.outputs + j] = sum;
        }
      }
      if (scaleAt >= 0) normalize(work, count);
      inTiles(work, count, (tiles, count) =>
        activate(layer.activation as TrainableActivation, tiles.z, tiles.y, layer.outputs, count),
      );
      if (scaleAt >= 0) {
        passed.set(y);
        if (kept !== undefined) drop(work, passed, kept, keptFrom, count);
      }
      x = passed;
    }
  }

  function normalize({ layer: { outputs }, scaleAt, runningAt, z, normal, inverse }: Work, count: number): void {
    for (let j = 0; j < outputs; j++) {
      let mean = 0;
      for (let k = 0; k < count; k++) mean += z[k * outputs + j]!;
      mean /= count;
      let square = 0;
      for (let k = 0; k < count; k++) square += (z[k * outputs + j]! - mean) * (z[k * outputs + j]! - mean);
      inverse[j] = 1 / Math.sqrt(square / count + EPSILON);
      for (let k = 0; k < count; k++) {
        const at = k * outputs + j;
        normal[at] = (z[at]! - mean) * inverse[j]!;
        z[at] = parameters[scaleAt + j]! * normal[at]! + parameters[scaleAt + outputs + j]!;
      }
      const [meanAt, varianceAt] = [runningAt + j, runningAt + outputs + j];
      running[meanAt] = (1 - MOMENTUM) * running[meanAt]! + MOMENTUM * mean;
      running[varianceAt] = (1 - MOMENTUM) * running[varianceAt]! + MOMENTUM * (square / (count - 1));
    }
  }

  function drop(work: Work, values: Float64Array, kept: Uint8Array, keptFrom: number, count: number): void {
    const { outputs } = work.layer;
    for (let k = 0; k < count; k++) {
      const at = keptFrom + k * hidden + work.keptAt;
      for (let j = 0; j < outputs; j++) values[k * outputs + j]! *= kept[at + j]! * work.keptScale;
    }
  }

  function backward(count: number, scale: number, kept: Uint8Array | undefined, keptFrom: number): void {
    const last = works.at(-1)!;
    inTiles(last, count, (tiles, blocks) => {
      const wanted = tiled(target, outputs, count);
      const { activation } = last.layer;
      outputDelta(spec.loss, activation as TrainableActivation, tiles.y, wanted, tiles.delta, outputs, blocks, scale);
    });
    for (let l = works.length - 1; l >= 0; l--) {
      const work = works[l]!;
      const { layer, weightsAt, biasAt, delta } = work;
      if (work.scaleAt >= 0) {
        if (kept !== undefined) drop(work, delta, kept, keptFrom, count);
        inTiles(work, count, (tiles, blocks) =>
          throughActivation(layer.activation as TrainableActivation, tiles.y, tiles.delta, layer.outputs, blocks),
        );
        throughNormalization(work, count);
      }
      const x = l === 0 ? input : works[l - 1]!.passed;
      for (let k = 0; k < count; k++) {
        for (let j = 0; j < layer.outputs; j++) {
          const slope = delta[k * layer.outputs + j]!;
          if (biasAt >= 0) gradient[biasAt + j]! += slope;
          for (let i = 0; i < layer.inputs; i++) {
            gradient[weightsAt + j * layer.inputs + i]! += slope * x[k * layer.inputs + i]!;
          }
        }
      }
      if (l === 0) return;
      const before = works[l - 1]!.delta;
      for (let k = 0; k < count; k++) {
        for (let i = 0; i < layer.inputs; i++) {
          let sum = 0;
          for (let j = 0; j < layer.outputs; j++) {
            sum += parameters[weightsAt + j * layer.inputs + i]! * delta[k * layer.outputs + j]!;
          }
          before[k * layer.inputs + i] = sum;
        }
      }
    }
  }

  /** From dL/da to dL/dz, mean and variance being functions of all examples of the batch. */
  function throughNormalization({ layer: { outputs }, scaleAt, delta, normal, inverse }: Work, count: number): void {
    for (let j = 0; j < outputs; j++) {
      let [sum, along] = [0, 0];
      for (let at = j; at < count * outputs; at += outputs) {
        sum += delta[at]!;
        along += delta[at]! * normal[at]!;
      }
      gradient[scaleAt + j]! += along;
      gradient[scaleAt + outputs + j]! += sum;
      const factor = parameters[scaleAt + j]! * inverse[j]!;
      for (let at = j; at < count * outputs; at += outputs) {
        delta[at] = factor * (delta[at]! - sum / count - (normal[at]! * along) / count);
      }
    }
  }

  return {
    parameters,
    running,
    moments,
    order,
    folded,
    steps(from, to, step, kept) {
      const { data, batchSize, divisor, l2, rule } = spec;
      for (let start = from, made = step; start < to; start += batchSize, made++) {
        const count = Math.min(batchSize, to - start);
        // One example has no variance: it is left for another epoch's order.
        if (count === 1) continue;
        gather(data!.inputs, features, order, start, count, input);
        gather(data!.targets, outputs, order, start, count, target);
        gradient.fill(0);
        const keptFrom = (start - from) * hidden;
        forward(count, kept, keptFrom);
        backward(count, divisor === 0 ? 1 : 1 / (count * divisor), kept, keptFrom);
        if (l2 > 0) {
          for (const { weightsAt, layer } of works) {
            for (let i = weightsAt; i < weightsAt + layer.weights.length; i++) gradient[i]! += l2 * parameters[i]!;
          }
        }
        updateParameters(rule, made, moments, parameters, gradient);
      }
    },
    score: (table: TrainingTable) => answering((trainer) => trainer.score(table)),
    forward: (inputs, rows) => answering((trainer) => trainer.forward(inputs, rows)),
    free() {},
  };
}

function worksOf(network: DenseChain, spec: TrainerSpec): Work[] {
  const works: Work[] = [];
  let at = 0;
  let scaleAt = parameterCount(network);
  let [runningAt, keptAt] = [0, 0];
  for (const [l, layer] of network.layers.entries()) {
    const { outputs, weights, bias } = layer;
    const room = () => new Float64Array(spec.batchSize * outputs);
    const isHidden = l < network.layers.length - 1;
    const y = room();
    works.push({
      layer,
      weightsAt: at,
      biasAt: bias === undefined ? -1 : at + weights.length,
      scaleAt: isHidden ? scaleAt : -1,
      runningAt,
      keptAt,
      keptScale: keptScale(spec, l),
      normal: room(),
      inverse: new Float64Array(outputs),
      z: room(),
      y,
      passed: isHidden ? room() : y,
      delta: room(),
    });
    at += weights.length + (bias?.length ?? 0);
    scaleAt += 2 * outputs;
    runningAt += 2 * outputs;
    keptAt += outputs;
  }
  return works;
}

function gather(
  table: Float64Array,
  columns: number,
  order: Int32Array,
  from: number,
  count: number,
  into: Float64Array,
): void {
  for (let k = 0; k < count; k++) {
    const row = order[from + k]! * columns;
    into.set(table.subarray(row, row + columns), k * columns);
  }
}

const LANES = 4;

/** `[examples, units]` as the kernels' tiles, `[units, 4]` one after another; examples that the last one lacks are zeros. */
function tiled(values: Float64Array, units: number, count: number): Float64Array {
  const tiles = new Float64Array(Math.ceil(count / LANES) * LANES * units);
  for (let k = 0; k < count; k++) {
    const at = (k >> 2) * units * LANES + (k & 3);
    for (let j = 0; j < units; j++) tiles[at + LANES * j] = values[k * units + j]!;
  }
  return tiles;
}

/** Does with z, y and delta as tiles what kernels do, and brings y and delta back. */
function inTiles(
  { layer, z, y, delta }: Work,
  count: number,
  work: (tiles: { z: Float64Array; y: Float64Array; delta: Float64Array }, blocks: number) => void,
): void {
  const units = layer.outputs;
  const tiles = { z: tiled(z, units, count), y: tiled(y, units, count), delta: tiled(delta, units, count) };
  work(tiles, Math.ceil(count / LANES));
  for (const [from, to] of [
    [tiles.y, y],
    [tiles.delta, delta],
  ] as const) {
    for (let k = 0; k < count; k++) {
      const at = (k >> 2) * units * LANES + (k & 3);
      for (let j = 0; j < units; j++) to[k * units + j] = from[at + LANES * j]!;
    }
  }
}
