/** Networks run forwards on batches, for mechanisms that can only be sampled. */
import { exp } from "../information/elementary.ts";
import { type Activation, activationOf, type LayerActivation } from "./activation.ts";
import type { DenseLayer } from "./dense-chain.ts";

/** The function of a mechanism: `[rows, inputs]` → `[rows, outputs]`, row-major. */
export type Evaluate = (x: Float64Array, rows: number) => Float64Array | Promise<Float64Array>;

type Evaluable = Omit<DenseLayer, "activation"> & { readonly activation: LayerActivation | Activation };

/** One layer's outputs, `[rows, outputs]`. */
export function evaluateLayer(layer: Evaluable, x: Float64Array, rows: number): Float64Array {
  const { inputs, outputs, weights, bias } = layer;
  const y = new Float64Array(rows * outputs);
  for (let row = 0; row < rows; row++) {
    for (let j = 0, w = 0; j < outputs; j++) {
      let z = bias === undefined ? 0 : bias[j]!;
      for (let i = 0; i < inputs; i++) z += weights[w++]! * x[row * inputs + i]!;
      y[row * outputs + j] = z;
    }
  }
  if (layer.activation === "softmax") softmaxRows(y, outputs);
  else {
    const { value } = typeof layer.activation === "string" ? activationOf(layer.activation) : layer.activation;
    for (let at = 0; at < y.length; at++) y[at] = value(y[at]!);
  }
  return y;
}

/** Several layers, one after the other. */
export function throughLayers(layers: readonly DenseLayer[]): Evaluate {
  return (x, rows) => layers.reduce((values, layer) => evaluateLayer(layer, values, rows), x);
}

/** Softmax of each row of `outputs` values, in place. */
export function softmaxRows(y: Float64Array, outputs: number): void {
  for (let row = 0; row < y.length; row += outputs) {
    let most = -Infinity;
    for (let j = row; j < row + outputs; j++) most = Math.max(most, y[j]!);
    let sum = 0;
    for (let j = row; j < row + outputs; j++) {
      y[j] = exp(y[j]! - most);
      sum += y[j]!;
    }
    for (let j = row; j < row + outputs; j++) y[j]! /= sum;
  }
}
