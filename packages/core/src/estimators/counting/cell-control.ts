/** The control variate of the cells: H(ŷ_j | cell) of each output as a function of where the cell's centre lies. */

import type { Cuts } from "../../information/bins.ts";
import { log2 } from "../../information/elementary.ts";
import type { ControlTable } from "../../kernels/typescript/cell-sampler.ts";
import { Segments } from "../../kernels/typescript/segments.ts";
import type { OutputLaw } from "../exact/marginals.ts";

/** Points per reach of a cell, and in a table. */
const DENSITY = 16;
const LEAST = 256;
const MOST = 1 << 14;
/** Values of a distribution that a table may take. */
const MOST_VALUES = 4e6;

/**
 * A table of linear pieces: good enough for a control variate, whose error is nobody's, but no entropy to rely on: between its points, or
 * where a cell's reach is tiny beside the thresholds' span, it can be far off. `law`: of the output within a cell; `reach`: how far a cell
 * can take it from its centre. All 0 where it would take too long to make.
 */
export function controlTable(law: OutputLaw, cuts: Cuts, reach: number): ControlTable {
  const { thresholds } = cuts;
  if (law.cdf === undefined || thresholds.length === 0 || !(reach > 0)) {
    return { low: 0, scale: 0, values: new Float64Array(1) };
  }
  const low = thresholds[0]! - reach;
  const span = thresholds.at(-1)! + reach - low;
  const points = Math.max(LEAST, Math.min(MOST, Math.ceil((DENSITY * span) / reach))) + 1;
  const segments = new Segments(cuts);
  if (points * Math.min(thresholds.length, (thresholds.length * 2 * reach) / span) > MOST_VALUES) {
    return { low: 0, scale: 0, values: new Float64Array(1) };
  }
  const values = Float64Array.from({ length: points }, (_, at) =>
    entropyAt(low + (span * at) / (points - 1), law, segments, reach),
  );
  return { low, scale: (points - 1) / span, values };
}

/** H(ŷ_j | cell) in bits, the centre lying at z. */
function entropyAt(z: number, { cdf, scale }: OutputLaw, segments: Segments, reach: number): number {
  const { thresholds } = segments.cuts;
  const from = segments.segment(z - reach);
  const to = segments.segment(z + reach);
  let bits = 0;
  let below = 0;
  for (let s = from; s <= to && from < to; s++) {
    const upTo = s < to ? cdf!.at((thresholds[s]! - z) * scale) : 1;
    const p = upTo - below;
    if (p > 0) bits -= p * log2(p);
    below = upTo;
  }
  return bits;
}
