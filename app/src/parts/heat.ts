/** Values of units over the plane of two features, as heat maps. */
import type { Field } from "@causalscope/report/views";
import type { SurfaceAt } from "../engine/protocol.ts";

/** A unit's values as a heat map, its own least and greatest being the ends. */
export function unitField({ size, units }: SurfaceAt, layer: number, unit: number): Field {
  const values = units[layer]?.[unit] ?? new Float32Array(size * size);
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const [middle, half] = [(low + high) / 2, (high - low) / 2 || 1];
  return upright(size, (at) => (values[at]! - middle) / half);
}

/** Rows from above: the second feature grows upwards. */
export function upright(size: number, value: (at: number) => number): Field {
  const values = new Float32Array(size * size);
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++) values[row * size + column] = value((size - 1 - row) * size + column);
  return { columns: size, rows: size, values };
}
