/** Least and greatest of any number of values: `Math.max(...values)` overflows the stack at some hundred thousand. */

/** @param most what it is for none, and at most. Default: Infinity. */
export function least(values: Iterable<number>, most = Infinity): number {
  let low = most;
  for (const value of values) low = Math.min(low, value);
  return low;
}

/** @param least what it is for none, and at least. Default: −Infinity. */
export function greatest(values: Iterable<number>, least = -Infinity): number {
  let high = least;
  for (const value of values) high = Math.max(high, value);
  return high;
}
