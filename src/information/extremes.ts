/** Least and greatest of any number of values: `Math.max(...values)` overflows the stack at some hundred thousand. */

/** Infinity for none. */
export function least(values: Iterable<number>): number {
  let low = Infinity;
  for (const value of values) low = Math.min(low, value);
  return low;
}

/** −Infinity for none. */
export function greatest(values: Iterable<number>): number {
  let high = -Infinity;
  for (const value of values) high = Math.max(high, value);
  return high;
}
