/** Values to bins, as evaluated outputs need it. */
import { binEdges, OUTSIDE, type Range } from "../../information/bins.ts";

/** Bins of values over a range, `OUTSIDE` for values outside it unless these are clamped. */
export class Binner {
  readonly #edges: Float64Array;
  readonly #low: number;
  readonly #scale: number;
  readonly #clamp: boolean;
  readonly count: number;

  constructor(count: number, range: Range, clamp: boolean) {
    this.#edges = binEdges(count, range);
    this.#low = range[0];
    this.#scale = count / (range[1] - range[0]);
    this.#clamp = clamp;
    this.count = count;
  }

  binOf(value: number): number {
    const edges = this.#edges;
    const last = this.count - 1;
    if (value < edges[0]!) return this.#clamp ? 0 : OUTSIDE;
    if (value > edges[this.count]!) return this.#clamp ? last : OUTSIDE;
    let bin = Math.min(last, Math.floor((value - this.#low) * this.#scale));
    // The division may round across an edge; the edges decide.
    while (bin < last && value >= edges[bin + 1]!) bin++;
    while (bin > 0 && value < edges[bin]!) bin--;
    return bin;
  }
}
