/**
 * Forward and backward passes of a multilayer perceptron, four examples at a time.
 *
 * A tile is `[units, 4]`: the four examples' values of one unit stand side by side, so that each weight is read once for
 * four examples and every loop has independent sums to overlap. A sum over units or inputs runs in index order, and a
 * sum over the batch in the order of the examples within tiles, whatever the blocking: the result does not depend on it.
 */
import type { TrainableActivation } from "../network/activation.ts";
import type { Network } from "../network/network.ts";
import { activate, TILE, throughActivation } from "./activate.ts";
import { type LossName, outputDelta } from "./loss.ts";

/** One layer's share of the flat parameters and gradient, and its tiles. */
interface LayerWork {
  readonly inputs: number;
  readonly outputs: number;
  readonly activation: TrainableActivation;
  readonly weights: Float64Array;
  readonly bias: Float64Array | undefined;
  readonly weightGradient: Float64Array;
  readonly biasGradient: Float64Array | undefined;
  /** Pre-activations and values, `[outputs, 4]`. */
  readonly z: Float64Array;
  readonly y: Float64Array;
  /** Derivative of the loss by z, `[outputs, 4]`. */
  readonly delta: Float64Array;
}

/** A network's parameters and gradient, flat, and the room that passes need. Passes write into it. */
export interface Workspace {
  readonly layers: readonly LayerWork[];
  readonly last: LayerWork;
  /** Layer by layer: weights row-major, then the bias where the layer has one. */
  readonly parameters: Float64Array;
  readonly gradient: Float64Array;
  /** `[features, 4]` and `[outputs, 4]`. */
  readonly input: Float64Array;
  readonly target: Float64Array;
}

export function parameterCount(network: Network): number {
  return network.layers.reduce((sum, { weights, bias }) => sum + weights.length + (bias?.length ?? 0), 0);
}

/** Copies the network's parameters; the network is not touched again. */
export function workspace(network: Network): Workspace {
  const parameters = new Float64Array(parameterCount(network));
  const gradient = new Float64Array(parameters.length);
  const layers: LayerWork[] = [];
  let at = 0;
  for (const { inputs, outputs, activation, weights, bias } of network.layers) {
    const biasAt = at + weights.length;
    const end = biasAt + (bias?.length ?? 0);
    parameters.set(weights, at);
    if (bias !== undefined) parameters.set(bias, biasAt);
    layers.push({
      inputs,
      outputs,
      // Every way in checks it: requireWidths().
      activation: activation as TrainableActivation,
      weights: parameters.subarray(at, biasAt),
      bias: bias && parameters.subarray(biasAt, end),
      weightGradient: gradient.subarray(at, biasAt),
      biasGradient: bias && gradient.subarray(biasAt, end),
      z: new Float64Array(outputs * TILE),
      y: new Float64Array(outputs * TILE),
      delta: new Float64Array(outputs * TILE),
    });
    at = end;
  }
  const last = layers.at(-1)!;
  const input = new Float64Array(layers[0]!.inputs * TILE);
  return { layers, last, parameters, gradient, input, target: new Float64Array(last.outputs * TILE) };
}

/** The network with the workspace's present parameters, copied. */
export function snapshot(network: Network, work: Workspace): Network {
  const layers = network.layers.map((layer, index) => ({
    ...layer,
    weights: work.layers[index]!.weights.slice(),
    bias: work.layers[index]!.bias?.slice(),
  }));
  return { ...network, layers };
}

/** Writes `count` rows (1 … 4) of a `[rows, columns]` table into a tile; rows that are missing become zeros. */
export function gather(
  table: Float64Array,
  columns: number,
  rows: Int32Array,
  from: number,
  count: number,
  tile: Float64Array,
): void {
  for (let k = 0; k < TILE; k++) {
    if (k < count) {
      const row = rows[from + k]! * columns;
      for (let i = 0, at = k; i < columns; i++, at += TILE) tile[at] = table[row + i]!;
    } else for (let i = 0, at = k; i < columns; i++, at += TILE) tile[at] = 0;
  }
}

/** From `work.input` to every layer's z and y. */
export function forwardTile(work: Workspace): void {
  let x = work.input;
  for (let l = 0; l < work.layers.length; l++) {
    const { inputs, outputs, activation, weights, bias, z, y } = work.layers[l]!;
    affine(weights, bias, x, z, inputs, outputs);
    activate(activation, z, y, outputs);
    x = y;
  }
}

/**
 * Adds the gradient of `scale · loss`, summed over the first `count` examples of the tile, to `work.gradient`.
 * `forwardTile` must have run, and `work.target` hold the targets.
 */
export function backwardTile(work: Workspace, loss: LossName, scale: number, count: number): void {
  const { layers, last } = work;
  outputDelta(loss, last.activation, last.y, work.target, last.delta, last.outputs, scale);
  for (let k = count; k < TILE; k++) for (let j = 0; j < last.outputs; j++) last.delta[j * TILE + k] = 0;
  for (let l = layers.length - 1; l >= 0; l--) {
    const { inputs, outputs, weights, weightGradient, biasGradient, delta } = layers[l]!;
    const before = layers[l - 1];
    addOuter(delta, before === undefined ? work.input : before.y, weightGradient, inputs, outputs);
    if (biasGradient !== undefined) {
      for (let j = 0, at = 0; j < outputs; j++, at += TILE) {
        biasGradient[j]! += delta[at]! + delta[at + 1]! + (delta[at + 2]! + delta[at + 3]!);
      }
    }
    if (before !== undefined) {
      transposed(weights, delta, before.delta, inputs, outputs);
      throughActivation(before.activation, before.y, before.delta, inputs);
    }
  }
}

/** z = W x + b, two outputs at a time; an odd last output is computed twice rather than apart. */
function affine(
  weights: Float64Array,
  bias: Float64Array | undefined,
  x: Float64Array,
  z: Float64Array,
  inputs: number,
  outputs: number,
): void {
  for (let j = 0; j < outputs; j += 2) {
    const k = j + 1 < outputs ? j + 1 : j;
    const row = j * inputs;
    const next = k * inputs;
    let a0 = bias === undefined ? 0 : bias[j]!;
    let b0 = bias === undefined ? 0 : bias[k]!;
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    let b1 = b0;
    let b2 = b0;
    let b3 = b0;
    for (let i = 0, at = 0; i < inputs; i++, at += 4) {
      const v = weights[row + i]!;
      const w = weights[next + i]!;
      const x0 = x[at]!;
      const x1 = x[at + 1]!;
      const x2 = x[at + 2]!;
      const x3 = x[at + 3]!;
      a0 += v * x0;
      a1 += v * x1;
      a2 += v * x2;
      a3 += v * x3;
      b0 += w * x0;
      b1 += w * x1;
      b2 += w * x2;
      b3 += w * x3;
    }
    store(z, j, a0, a1, a2, a3);
    store(z, k, b0, b1, b2, b3);
  }
}

/** x' = Wᵀ d, two inputs at a time. */
function transposed(
  weights: Float64Array,
  delta: Float64Array,
  into: Float64Array,
  inputs: number,
  outputs: number,
): void {
  for (let i = 0; i < inputs; i += 2) {
    const k = i + 1 < inputs ? i + 1 : i;
    let a0 = 0;
    let a1 = 0;
    let a2 = 0;
    let a3 = 0;
    let b0 = 0;
    let b1 = 0;
    let b2 = 0;
    let b3 = 0;
    for (let j = 0, at = 0, row = 0; j < outputs; j++, at += 4, row += inputs) {
      const v = weights[row + i]!;
      const w = weights[row + k]!;
      const d0 = delta[at]!;
      const d1 = delta[at + 1]!;
      const d2 = delta[at + 2]!;
      const d3 = delta[at + 3]!;
      a0 += v * d0;
      a1 += v * d1;
      a2 += v * d2;
      a3 += v * d3;
      b0 += w * d0;
      b1 += w * d1;
      b2 += w * d2;
      b3 += w * d3;
    }
    store(into, i, a0, a1, a2, a3);
    store(into, k, b0, b1, b2, b3);
  }
}

/** G += d xᵀ, summed over the four examples, two outputs at a time; the partner of an odd last one is zero. */
function addOuter(delta: Float64Array, x: Float64Array, gradient: Float64Array, inputs: number, outputs: number): void {
  for (let j = 0; j < outputs; j += 2) {
    const paired = j + 1 < outputs;
    const row = j * inputs;
    const next = paired ? row + inputs : row;
    const at = j * TILE;
    const c0 = delta[at]!;
    const c1 = delta[at + 1]!;
    const c2 = delta[at + 2]!;
    const c3 = delta[at + 3]!;
    const d0 = paired ? delta[at + 4]! : 0;
    const d1 = paired ? delta[at + 5]! : 0;
    const d2 = paired ? delta[at + 6]! : 0;
    const d3 = paired ? delta[at + 7]! : 0;
    for (let i = 0, from = 0; i < inputs; i++, from += 4) {
      const x0 = x[from]!;
      const x1 = x[from + 1]!;
      const x2 = x[from + 2]!;
      const x3 = x[from + 3]!;
      gradient[row + i]! += c0 * x0 + c1 * x1 + (c2 * x2 + c3 * x3);
      gradient[next + i]! += d0 * x0 + d1 * x1 + (d2 * x2 + d3 * x3);
    }
  }
}

function store(tile: Float64Array, unit: number, v0: number, v1: number, v2: number, v3: number): void {
  const at = unit * 4;
  tile[at] = v0;
  tile[at + 1] = v1;
  tile[at + 2] = v2;
  tile[at + 3] = v3;
}
