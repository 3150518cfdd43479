/**
 * Resampling of weighted particles by killing: particle p survives with probability w_p / max w, else it becomes a copy of one drawn by
 * weight. The expected number of copies of p is proportional to w_p, and like weights change nothing.
 */

/** Says for each particle whose copy it becomes. `uniforms`: `[2 · particles + 16]` draws on (0, 1). */
export function parentsOf(weight: Float64Array, uniforms: Float64Array, parents: Int32Array): void {
  const particles = weight.length;
  const most = weight.reduce((a, b) => Math.max(a, b), 0);
  const cumulative = cumulated(weight);
  for (let p = 0; p < particles; p++) {
    parents[p] = uniforms[p]! * most < weight[p]! ? p : byWeight(cumulative, uniforms[particles + p]!);
  }
}

/**
 * The same given that a frozen particle, the first, must have descendants: the law of everything else when its line of descent is known.
 * The frozen line stays first.
 */
export function parentsBesideFrozen(weight: Float64Array, uniforms: Float64Array, parents: Int32Array): void {
  parentsOf(weight, uniforms, parents);
  const particles = weight.length;
  const most = weight.reduce((a, b) => Math.max(a, b), 0);
  // Whether the frozen line goes on in its own place or in that of one that dies: P(place | parent) by Bayes' rule, which gives each
  // dying place (1 − w_b / max w) / particles.
  let rest = uniforms[2 * particles]!;
  let place = 0;
  for (let p = 0; p < particles; p++) {
    rest -= (1 - weight[p]! / most) / particles;
    if (rest < 0) {
      place = p;
      break;
    }
  }
  // What would have happened in the first place happens in the one that the frozen line took.
  if (place !== 0) parents[place] = parents[0]!;
  parents[0] = 0;
}

/** Sums of the weights up to and with each. */
export function cumulated(weight: Float64Array): Float64Array {
  const sums = new Float64Array(weight.length);
  let total = 0;
  for (let p = 0; p < weight.length; p++) sums[p] = total += weight[p]!;
  return sums;
}

/** A particle drawn by weight, from their sums. */
export function byWeight(cumulative: Float64Array, uniform: number): number {
  const rest = uniform * cumulative[cumulative.length - 1]!;
  let [low, high] = [0, cumulative.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rest < cumulative[middle]!) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Rearranges the columns of `[rows, particles]` values; `held`: room for one row. */
export function inherit(
  values: Float64Array | Int32Array,
  rows: number,
  parents: Int32Array,
  held: Float64Array,
): void {
  const particles = parents.length;
  for (let row = 0; row < rows; row++) {
    const at = row * particles;
    for (let p = 0; p < particles; p++) held[p] = values[at + p]!;
    for (let p = 0; p < particles; p++) values[at + p] = held[parents[p]!]!;
  }
}
