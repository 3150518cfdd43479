/** Activations over a block of tiles (`[units, 4]` each), forwards and backwards. Twin of assembly/activate.ts. */
import { exp, tanh } from "../../information/elementary.ts";

/** Examples in a tile. */
export const TILE = 4;

export type TileActivation = "sigmoid" | "tanh" | "relu" | "identity" | "softmax";

/** y = φ(z); written out per activation, for a call through a variable costs more than the arithmetic. */
export function activate(
  activation: TileActivation,
  z: Float64Array,
  y: Float64Array,
  units: number,
  tiles: number,
): void {
  const size = units * TILE;
  const all = size * tiles;
  if (activation === "sigmoid") for (let i = 0; i < all; i++) y[i] = 1 / (1 + exp(-z[i]!));
  else if (activation === "tanh") for (let i = 0; i < all; i++) y[i] = tanh(z[i]!);
  // Not Math.max: the compiled kernel keeps the sign of a zero.
  else if (activation === "relu") for (let i = 0; i < all; i++) y[i] = z[i]! < 0 ? 0 : z[i]!;
  else if (activation === "identity") for (let i = 0; i < all; i++) y[i] = z[i]!;
  else for (let at = 0; at < all; at += size) for (let k = 0; k < TILE; k++) softmax(z, y, at + k, at + size);
}

/** The example whose values stand at `from`, `from + 4` … before `end`. */
function softmax(z: Float64Array, y: Float64Array, from: number, end: number): void {
  let most = -Infinity;
  for (let i = from; i < end; i += TILE) if (most < z[i]!) most = z[i]!;
  let sum = 0;
  for (let i = from; i < end; i += TILE) {
    const power = exp(z[i]! - most);
    y[i] = power;
    sum += power;
  }
  for (let i = from; i < end; i += TILE) y[i]! /= sum;
}

/** Turns `delta` from dL/dy into dL/dz. */
export function throughActivation(
  activation: TileActivation,
  y: Float64Array,
  delta: Float64Array,
  units: number,
  tiles: number,
): void {
  const size = units * TILE;
  const all = size * tiles;
  if (activation === "sigmoid") for (let i = 0; i < all; i++) delta[i]! *= y[i]! * (1 - y[i]!);
  else if (activation === "tanh") for (let i = 0; i < all; i++) delta[i]! *= 1 - y[i]! * y[i]!;
  else if (activation === "relu") {
    for (let i = 0; i < all; i++) if (!(y[i]! > 0)) delta[i] = 0;
  } else if (activation === "softmax") {
    for (let at = 0; at < all; at += size) {
      for (let k = at; k < at + TILE; k++) {
        let mean = 0;
        for (let i = k; i < at + size; i += TILE) mean += y[i]! * delta[i]!;
        for (let i = k; i < at + size; i += TILE) delta[i] = y[i]! * (delta[i]! - mean);
      }
    }
  }
}
