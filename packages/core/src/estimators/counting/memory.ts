/** The memory that counts of states may take. */

/** Bytes that a state takes while its table is copied to a larger one. */
export const STATE_BYTES = 170;

/** Said where sampling stopped before it was done. */
export function stoppedByMemory(samples: number): string {
  return `stopped at ${samples.toLocaleString("en")} samples: the states of more samples do not fit into the memory limit`;
}
