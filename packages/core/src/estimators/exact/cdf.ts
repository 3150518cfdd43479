/** Cumulative distribution of a centred sum of independent uniforms `Σ_k s_k U_k`, `U_k ~ U(−1, 1)`, on its support. */
export interface Cdf {
  /** The distribution lies in [−halfWidth, halfWidth], but for 1e-17 at most: `at` is 0 below and 1 above. */
  readonly halfWidth: number;
  /** P(sum < t), for any t. */
  at(t: number): number;
}
