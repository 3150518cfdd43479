/**
 * The losses of training/loss.ts over tiles: what starts the backward pass, and what an example costs. Twin of
 * assembly/loss.ts.
 */

import { exp, log, log1p } from "../../information/elementary.ts";
import { TILE, type TileActivation, throughActivation } from "./activate.ts";

export type TileLoss = "mse" | "cross-entropy";

/** Writes `scale` times the loss's derivative by the outputs' pre-activations; all are tiles of `[units, 4]`. */
export function outputDelta(
  loss: TileLoss,
  activation: TileActivation,
  y: Float64Array,
  target: Float64Array,
  delta: Float64Array,
  units: number,
  tiles: number,
  scale: number,
): void {
  const factor = loss === "mse" ? 2 * scale : scale;
  const all = units * TILE * tiles;
  for (let i = 0; i < all; i++) delta[i] = factor * (y[i]! - target[i]!);
  if (loss === "mse") throughActivation(activation, y, delta, units, tiles);
}

/** The loss, summed over the outputs, of the example whose values stand at `from`, `from + 4` …. */
export function exampleLoss(
  loss: TileLoss,
  activation: TileActivation,
  z: Float64Array,
  y: Float64Array,
  target: Float64Array,
  from: number,
  units: number,
): number {
  const end = from + units * TILE;
  let sum = 0;
  if (loss === "mse") {
    for (let i = from; i < end; i += TILE) {
      const distance = y[i]! - target[i]!;
      sum += distance * distance;
    }
  } else if (activation === "sigmoid") {
    for (let i = from; i < end; i += TILE) {
      const value = z[i]!;
      sum += (value < 0 ? 0 : value) - target[i]! * value + log1p(exp(-Math.abs(value)));
    }
  } else {
    let most = -Infinity;
    for (let i = from; i < end; i += TILE) if (most < z[i]!) most = z[i]!;
    let total = 0;
    for (let i = from; i < end; i += TILE) total += exp(z[i]! - most);
    const logSum = most + log(total);
    for (let i = from; i < end; i += TILE) sum += target[i]! * (logSum - z[i]!);
  }
  return sum;
}
