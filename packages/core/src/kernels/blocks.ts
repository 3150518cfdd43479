/** Samples are numbered; noise comes in blocks of them. */

/** Samples per block of noise. */
export const NOISE_BLOCK = 4096;

/** Samples come in whole parts of a block, this many each. */
export const PART = 256;

/** Rows `first` … `rows` − 1 of a block. */
export interface BlockRows {
  readonly block: number;
  readonly first: number;
  readonly rows: number;
}

/** The samples numbered `from` … `to` − 1, block by block. */
export function* blocksOf(from: number, to: number): Generator<BlockRows, void> {
  for (let at = from; at < to; ) {
    const block = Math.floor(at / NOISE_BLOCK);
    const start = block * NOISE_BLOCK;
    const end = Math.min(to, start + NOISE_BLOCK);
    yield { block, first: at - start, rows: end - start };
    at = end;
  }
}
