/** Activations over tiles (`[units, 4]`, see backpropagation.ts), forwards and backwards. */
import type { TrainableActivation } from "../network/activation.ts";

/** Examples in a tile. */
export const TILE = 4;

/** y = φ(z); written out per activation, for a call through a variable costs more than the arithmetic. */
export function activate(activation: TrainableActivation, z: Float64Array, y: Float64Array, units: number): void {
  const size = units * TILE;
  if (activation === "sigmoid") for (let i = 0; i < size; i++) y[i] = 1 / (1 + Math.exp(-z[i]!));
  else if (activation === "tanh") for (let i = 0; i < size; i++) y[i] = Math.tanh(z[i]!);
  else if (activation === "relu") for (let i = 0; i < size; i++) y[i] = Math.max(z[i]!, 0);
  else if (activation === "identity") for (let i = 0; i < size; i++) y[i] = z[i]!;
  else softmax(z, y, size);
}

function softmax(z: Float64Array, y: Float64Array, size: number): void {
  for (let k = 0; k < TILE; k++) {
    let most = -Infinity;
    for (let i = k; i < size; i += TILE) if (z[i]! > most) most = z[i]!;
    let sum = 0;
    for (let i = k; i < size; i += TILE) {
      const power = Math.exp(z[i]! - most);
      y[i] = power;
      sum += power;
    }
    for (let i = k; i < size; i += TILE) y[i]! /= sum;
  }
}

/** Turns `delta` from dL/dy into dL/dz. */
export function throughActivation(
  activation: TrainableActivation,
  y: Float64Array,
  delta: Float64Array,
  units: number,
): void {
  const size = units * TILE;
  if (activation === "sigmoid") for (let i = 0; i < size; i++) delta[i]! *= y[i]! * (1 - y[i]!);
  else if (activation === "tanh") for (let i = 0; i < size; i++) delta[i]! *= 1 - y[i]! * y[i]!;
  else if (activation === "relu") {
    for (let i = 0; i < size; i++) if (!(y[i]! > 0)) delta[i] = 0;
  } else if (activation === "softmax") {
    for (let k = 0; k < TILE; k++) {
      let mean = 0;
      for (let i = k; i < size; i += TILE) mean += y[i]! * delta[i]!;
      for (let i = k; i < size; i += TILE) delta[i] = y[i]! * (delta[i]! - mean);
    }
  }
}
