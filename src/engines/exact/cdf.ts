/** Cumulative distribution of a centred sum of independent uniforms `Σ_k s_k U_k`, `U_k ~ U(−1, 1)`, on its support. */
export interface Cdf {
  /** Σ_k s_k: the distribution lies in [−halfWidth, halfWidth]. */
  readonly halfWidth: number;
  /** P(sum < t), for any t. */
  at(t: number): number;
}
