/** Mean and spread of a list of numbers. */

export interface Moments {
  /** NaN of no value. */
  readonly mean: number;
  /** Standard deviation, √(Σ (x − mean)² / (n − 1)); 0 of fewer than two values. */
  readonly deviation: number;
}

export function momentsOf(values: ArrayLike<number>): Moments {
  const count = values.length;
  let [sum, square] = [0, 0];
  for (let k = 0; k < count; k++) sum += values[k]!;
  const mean = sum / count;
  for (let k = 0; k < count; k++) square += (values[k]! - mean) * (values[k]! - mean);
  return { mean, deviation: count > 1 ? Math.sqrt(square / (count - 1)) : 0 };
}
