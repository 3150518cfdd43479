/** Exact distributions of single outputs: P(ŷ_j) under noise on all inputs, and P(ŷ_j | cell of the inputs). */

import type { DenseMechanism, DenseStructure } from "../../model/mechanism.ts";
import { OUTSIDE, type PreactivationBins } from "../../model/preactivation-bins.ts";
import type { Cdf } from "./cdf.ts";
import { uniformSumCdf } from "./uniform-sum.ts";

/** What a dense mechanism does before its activation: plain data. */
export interface AffineMap extends Pick<DenseMechanism, "inputs" | "outputs" | "inputRanges"> {
  readonly dense: Pick<DenseStructure, "weights" | "bias">;
}

/** The law of one output's pre-activation around a centre: P(z − centre < t) = cdf.at(t · scale). */
export interface OutputLaw {
  /** Undefined where no input reaches the output. */
  readonly cdf: Cdf | undefined;
  readonly scale: number;
  /** z_j at the middle of the input box. */
  readonly centre: number;
}

/** The law of each output's pre-activation under noise on all inputs. */
export function outputLaws(mechanism: AffineMap): OutputLaw[] {
  return Array.from({ length: mechanism.outputs }, (_, j) => outputLaw(mechanism, j));
}

/** The law of output j's pre-activation under noise on all inputs. */
export function outputLaw(mechanism: AffineMap, j: number): OutputLaw {
  const { weights, bias } = mechanism.dense;
  const row = weights.subarray(j * mechanism.inputs, (j + 1) * mechanism.inputs);
  let centre = bias[j]!;
  for (const [i, weight] of row.entries()) {
    const [low, high] = mechanism.inputRanges[i]!;
    centre += weight * (low + (high - low) / 2);
  }
  return { cdf: sumOf(halfWidths(mechanism, j)), scale: 1, centre };
}

/** The laws within a cell: input i varies over 1/parts[i] of its range. */
export function cellLaws(mechanism: AffineMap, laws: readonly OutputLaw[], parts: Float64Array): OutputLaw[] {
  const first = parts[0]!;
  // One shape serves the box and its cells where every input is divided alike.
  if (parts.every((count) => count === first)) return laws.map((law) => ({ ...law, scale: first }));
  return laws.map(({ centre }, j) => ({ cdf: sumOf(halfWidths(mechanism, j, parts)), scale: 1, centre }));
}

function sumOf(widths: number[]): Cdf | undefined {
  return widths.length === 0 ? undefined : uniformSumCdf(widths);
}

function halfWidths({ inputs, inputRanges, dense }: AffineMap, j: number, parts?: Float64Array): number[] {
  const widths: number[] = [];
  for (let i = 0; i < inputs; i++) {
    const [low, high] = inputRanges[i]!;
    const width = (Math.abs(dense.weights[j * inputs + i]!) * (high - low)) / 2 / (parts?.[i] ?? 1);
    if (width > 0) widths.push(width);
  }
  return widths;
}

/** P(bin) of every output under these laws, `[outputs, bins]`, written to `out`; returns each output's probability outside. */
export function binProbabilities(laws: readonly OutputLaw[], cuts: PreactivationBins, out: Float64Array): Float64Array {
  const outside = new Float64Array(laws.length);
  out.fill(0);
  for (const [j, { cdf, scale, centre }] of laws.entries()) {
    let below = 0;
    for (let s = 0; s < cuts.bins.length; s++) {
      const relative = s < cuts.thresholds.length ? cuts.thresholds[s]! - centre : Number.POSITIVE_INFINITY;
      const upTo = cdf === undefined ? (relative > 0 ? 1 : 0) : cdf.at(relative * scale);
      if (upTo > below) {
        if (cuts.bins[s] === OUTSIDE) outside[j]! += upTo - below;
        else out[j * cuts.count + cuts.bins[s]!]! += upTo - below;
      }
      below = upTo;
    }
  }
  return outside;
}
