/**
 * Bounds on H(Ŷ) that need no sampling of joint states.
 *
 * Above: H(Ŷ) ≤ Σ_j H(ŷ_j). Below: binning cannot raise the total correlation, so H(Ŷ) ≥ Σ_j H(ŷ_j) − [Σ_j h(z_j) − h(z)], and by the
 * matrix entropy-power inequality h(z) ≥ ½ log2 det(W D² Wᵀ), D the widths of the inputs' ranges (Zamir & Feder, "A generalization
 * of the entropy power inequality with applications", IEEE Transactions on Information Theory 39, 1993); equality for square W.
 * Where some outputs depend on others the lower bound is not finite, and 0 is all it says.
 */
import { log2, square } from "../../information/elementary.ts";
import type { DenseMechanism } from "../../model/mechanism.ts";
import type { OutputLaw } from "./marginals.ts";

/** Cells of the histogram that stands for the density of one z_j: averaging a density raises its entropy, so the bound holds. */
const CELLS = 1024;

export interface EntropyBounds {
  /** Bits, ≥ 0. */
  readonly lower: number;
  readonly upper: number;
}

/** `marginalBits`: Σ_j H(ŷ_j), all outputs inside the output range; `laws`: of the pre-activations on the whole box. */
export function outputEntropyBounds(
  mechanism: DenseMechanism,
  laws: readonly OutputLaw[],
  marginalBits: number,
): EntropyBounds {
  // An output that no input reaches is constant: it has no density, and nothing to do with the others.
  const live = laws.flatMap(({ cdf }, j) => (cdf === undefined ? [] : [j]));
  let correlation = -logDeterminant(mechanism, live) / 2;
  for (const j of live) {
    const { cdf } = laws[j]!;
    const step = (2 * cdf!.halfWidth) / CELLS;
    let below = 0;
    for (let k = 1; k <= CELLS; k++) {
      const upTo = k === CELLS ? 1 : cdf!.at(-cdf!.halfWidth + k * step);
      const p = upTo - below;
      if (p > 0) correlation -= p * log2(p / step);
      below = upTo;
    }
  }
  return { lower: Math.max(0, marginalBits - Math.max(0, correlation)), upper: marginalBits };
}

/** log2 det(W D² Wᵀ) over these outputs, by Cholesky; −∞ where they depend on each other. */
function logDeterminant({ inputs, inputRanges, dense }: DenseMechanism, rows: readonly number[]): number {
  const m = rows.length;
  if (m > inputs) return -Infinity;
  const widths = inputRanges.map(([low, high]) => high - low);
  const lower = new Float64Array(m * m);
  let bits = 0;
  for (let a = 0; a < m; a++) {
    for (let b = 0; b <= a; b++) {
      let sum = 0;
      for (let i = 0; i < inputs; i++) {
        sum += dense.weights[rows[a]! * inputs + i]! * dense.weights[rows[b]! * inputs + i]! * square(widths[i]!);
      }
      const norm = sum;
      for (let k = 0; k < b; k++) sum -= lower[a * m + k]! * lower[b * m + k]!;
      if (a > b) lower[a * m + b] = sum / lower[b * m + b]!;
      else {
        // What rounding leaves of a dependent row is no information.
        if (!(sum > 1e-12 * norm)) return -Infinity;
        lower[a * m + a] = Math.sqrt(sum);
        bits += log2(sum);
      }
    }
  }
  return bits;
}
