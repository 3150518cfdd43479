/**
 * What single outputs tell of E_cell H(Ŷ | cell): H(ŷ_j | cell) of every output at random cells, each exact, and so bounds on both sides. (The
 * control variate's tables would not do: between their points they can be off.)
 */
import { log2, square } from "../../information/elementary.ts";
import { Random, Stream } from "../../information/random.ts";
import { deviationWeights } from "../../kernels/deviations.ts";
import type { UnitLayer } from "../../kernels/layer.ts";
import { Segments } from "../../kernels/typescript/segments.ts";
import type { OutputLaw } from "../exact/marginals.ts";

/** Second stream number: the likelihood route has 3 to 6. */
const BOUNDS = 7;
const MOST_CELLS = 2048;
const FEWEST_CELLS = 64;
/** Nanoseconds that all cells may take, about. */
const WORK = 3e8;
/** Standard errors by which a mean over cells is let out. */
const MARGIN = 3;
/** And for cells so rare that none was seen: none in N has a probability of at most about 3 / N (at 95 %). */
const UNSEEN = 3;
/** Values of distributions in a cell that are too many: the means would take minutes. */
const MOST_VALUES = 1e6;

export interface CellBounds {
  /** Bits that E_cell H(Ŷ | cell) is not below: those of the output that varies most within cells, less 3 standard errors. */
  readonly least: number;
  /** Bits that it does not pass: Σ_j E H(ŷ_j | cell), and 3 standard errors. ∞ where that would take too long to say. */
  readonly most: number;
}

/** `laws`: of the outputs within a cell; `parts`: bins of the inputs. Nothing may fall outside the output range. */
export function cellBounds(
  layer: UnitLayer,
  laws: readonly OutputLaw[],
  parts: Float64Array,
  seed: number,
): CellBounds {
  const { inputs, outputs, weights, base, cuts } = layer;
  const { reach } = deviationWeights({ ...layer, parts });
  const crossed = thresholdsWithin(layer, reach);
  const values = crossed.reduce((total, count) => total + count, 0);
  if (values > MOST_VALUES) return { least: 0, most: Infinity };
  const affordable = Math.max(
    FEWEST_CELLS,
    Math.min(MOST_CELLS, Math.floor(WORK / (inputs * outputs + 60 * outputs + 60 * values))),
  );
  // Few cells are all looked at, once each, and nothing is left to chance.
  const all = parts.reduce((product, count) => product * count, 1);
  const isListed = all <= affordable;
  const cells = isListed ? all : affordable;
  const segments = new Segments(cuts);
  const within = new WithinCell(segments, laws, reach);
  const random = new Random(seed, Stream.noise, BOUNDS);
  const x = new Float64Array(inputs);
  const sums = new Float64Array(outputs);
  const squares = new Float64Array(outputs);
  let [sum, sumSquares] = [0, 0];
  for (let cell = 0; cell < cells; cell++) {
    if (!isListed) random.fill(x, 0, 1);
    for (let i = 0, rest = cell; i < inputs; i++) {
      const place = isListed ? rest % parts[i]! : Math.floor(x[i]! * parts[i]!);
      x[i] = (place + 0.5) / parts[i]!;
      rest = Math.floor(rest / parts[i]!);
    }
    let total = 0;
    for (let j = 0; j < outputs; j++) {
      let z = base[j]!;
      for (let i = 0; i < inputs; i++) z += weights[j * inputs + i]! * x[i]!;
      const bits = within.entropy(j, z);
      sums[j]! += bits;
      squares[j]! += square(bits);
      total += bits;
    }
    sum += total;
    sumSquares += square(total);
  }
  const error = (first: number, second: number) =>
    isListed ? 0 : Math.sqrt(Math.max(0, second / cells - square(first / cells)) / (cells - 1));
  const least = sums.reduce((most, s, j) => Math.max(most, s / cells - MARGIN * error(s, squares[j]!)), 0);
  const mostOfCell = crossed.reduce((total, count) => total + log2(count + 1), 0);
  return { least, most: sum / cells + MARGIN * error(sum, sumSquares) + (isListed ? 0 : UNSEEN / cells) * mostOfCell };
}

/** How many thresholds each output can cross within a cell, at the most. */
function thresholdsWithin({ outputs, cuts }: UnitLayer, reach: Float64Array): Float64Array {
  const { thresholds } = cuts;
  const crossed = new Float64Array(outputs);
  for (let j = 0; j < outputs; j++) {
    let [most, from] = [0, 0];
    for (let to = 0; to < thresholds.length; to++) {
      while (thresholds[to]! - thresholds[from]! > 2 * reach[j]!) from++;
      most = Math.max(most, to - from + 1);
    }
    crossed[j] = most;
  }
  return crossed;
}

class WithinCell {
  readonly #segments: Segments;
  readonly #laws: readonly OutputLaw[];
  readonly #reach: Float64Array;
  /** Probabilities of bins, 0 but while a cell is at work. */
  readonly #shares: Float64Array;

  constructor(segments: Segments, laws: readonly OutputLaw[], reach: Float64Array) {
    this.#segments = segments;
    this.#laws = laws;
    this.#reach = reach;
    this.#shares = new Float64Array(segments.cuts.count);
  }

  /** H(ŷ_j | cell) in bits, its pre-activation at the cell's centre being z. */
  entropy(j: number, z: number): number {
    const { cdf, scale } = this.#laws[j]!;
    const { thresholds, bins } = this.#segments.cuts;
    const from = this.#segments.segment(z - this.#reach[j]!);
    const to = this.#segments.segment(z + this.#reach[j]!);
    if (cdf === undefined || from === to) return 0;
    const shares = this.#shares;
    let below = 0;
    for (let s = from; s <= to; s++) {
      const upTo = s < to ? cdf.at((thresholds[s]! - z) * scale) : 1;
      // Where values outside are left out, none is outside here. Segments of one bin are one state.
      if (upTo > below && bins[s]! >= 0) shares[bins[s]!]! += upTo - below;
      below = upTo;
    }
    let bits = 0;
    for (let s = from; s <= to; s++) {
      const bin = bins[s]!;
      const p = bin < 0 ? 0 : shares[bin]!;
      if (p > 0) bits -= p * log2(p);
      if (bin >= 0) shares[bin] = 0;
    }
    return bits;
  }
}
