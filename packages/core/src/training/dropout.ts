/** Which units dropout keeps. */
import type { StreamKey } from "../information/random.ts";
import { fillUniforms } from "../kernels/uniforms.ts";
import type { DenseChain } from "../model/dense-chain.ts";

const TWO_32 = 2 ** 32;

/**
 * Which hidden units `rows` examples keep, of an epoch's order those from `first` on: `[rows, hidden units]`, layer by layer, 1 where a
 * unit is kept, else 0. Unit u of example e of the order has draw `e · hidden units + u` of the epoch's stream, so that how
 * the examples are cut up changes nothing.
 *
 * @param dropout fraction dropped in each hidden layer.
 */
export function keptUnits(
  key: StreamKey,
  { layers }: DenseChain,
  dropout: readonly number[],
  first: number,
  rows: number,
): Uint8Array {
  const bounds = layers.slice(0, -1).flatMap(({ outputs }, l) => new Array<number>(outputs).fill(bound(dropout[l]!)));
  const units = bounds.length;
  const kept = new Uint8Array(rows * units);
  const position = first * units;
  const skipped = position % 4;
  const draws = new Float64Array(skipped + kept.length);
  fillUniforms(key, position - skipped, draws);
  for (let at = 0; at < kept.length; ) {
    for (let unit = 0; unit < units; unit++, at++) kept[at] = draws[skipped + at]! < bounds[unit]! ? 1 : 0;
  }
  return kept;
}

/** Draws are the middles of 2^32 cells; those of the first ⌈(1 − p) 2^32⌉ keep. */
function bound(p: number): number {
  return Math.ceil((1 - p) * TWO_32) / TWO_32;
}
