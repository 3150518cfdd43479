/** Information that a table of its margins has by chance: what plug-in estimates from few examples are too high by. */
import { exp, log, log2 } from "./elementary.ts";

/**
 * Mean of the plug-in I(X; Y), in bits, over all shuffles of the labels Y among the samples: 0 … min(H(X), H(Y)). Exact: in a shuffle the
 * samples of a label within a state are hypergeometric (Vinh, Epps & Bailey, "Information theoretic measures for clusterings comparison",
 * 2010, equation 24a).
 *
 * @param states How many samples have each state of X. @param labels How many have each label; the same sum.
 */
export function chanceInformation(states: ArrayLike<number>, labels: ArrayLike<number>): number {
  // States of one size share a term.
  const sizes = new Map<number, number>();
  let total = 0;
  for (let state = 0; state < states.length; state++) {
    sizes.set(states[state]!, (sizes.get(states[state]!) ?? 0) + 1);
    total += states[state]!;
  }
  const factorials = new Float64Array(total + 1);
  for (let n = 2; n <= total; n++) factorials[n] = factorials[n - 1]! + log(n);
  let bits = 0;
  for (const [size, times] of sizes) {
    for (let label = 0; label < labels.length; label++) bits += times * meanTerm(size, labels[label]!, factorials);
  }
  return bits;
}

/** E (n/N) log2 (n N / (a b)), n of a state's a samples among the b of a label. @param factorials ln n!, 0 … N. */
function meanTerm(a: number, b: number, factorials: Float64Array): number {
  const total = factorials.length - 1;
  const of = (n: number) => factorials[n]!;
  const fixed = of(a) + of(b) + of(total - a) + of(total - b) - of(total);
  let sum = 0;
  for (let n = Math.max(1, a + b - total); n <= Math.min(a, b); n++) {
    const chance = exp(fixed - of(n) - of(a - n) - of(b - n) - of(total - a - b + n));
    sum += chance * (n / total) * log2((n * total) / (a * b));
  }
  return sum;
}
