/** EI where it needs no sampling: one output whose cells can be listed, or one input. */

import { log, log2 } from "../../information/elementary.ts";
import { type Estimate, estimate } from "../../information/estimate.ts";
import { mutualInformation } from "../../information/joint-table-information.ts";
import type { DenseMechanism } from "../../model/mechanism.ts";
import { OUTSIDE } from "../../model/preactivation-bins.ts";
import { type EngineOptions, outputCuts } from "../engine.ts";
import { cellLaws, outputLaws } from "./marginals.ts";
import { outsideWarnings } from "./outside.ts";

/** Cells of the inputs that are listed rather than sampled. */
const MOST_CELLS = 1 << 16;

/**
 * I(cell of the inputs; Ŷ) of a mechanism with one output or one input, `parts[i]` bins on input i; undefined where there are too
 * many of both.
 */
export function exactJoint(
  mechanism: DenseMechanism,
  parts: Float64Array,
  options: EngineOptions,
): Estimate | undefined {
  const cells = parts.reduce((product, count) => product * count, 1);
  const measure =
    mechanism.inputs === 1
      ? (given: EngineOptions) => oneInput(mechanism, parts[0]!, given)
      : mechanism.outputs === 1 && cells <= MOST_CELLS
        ? (given: EngineOptions) => oneOutput(mechanism, parts, given)
        : undefined;
  const found = measure?.(options);
  if (found === undefined || options.outside === "drop") return found;
  // Clamped values have bins like the others: what lies outside shows where they are dropped.
  const { outside } = measure!({ ...options, outside: "drop" });
  return estimate({ ...found, outside, warnings: outsideWarnings(Float64Array.of(outside), options) });
}

function exact(bits: number, share: number, options: EngineOptions): Estimate {
  const outside = share < 1e-14 ? 0 : share > 1 - 1e-14 ? 1 : share;
  const warnings = outsideWarnings(Float64Array.of(outside), options);
  return estimate({ bits, standardError: 0, samples: 0, method: "exact", outside, warnings });
}

/** Every output is a function of the one input: between neighbouring breakpoints the joint state is one, and none comes twice. */
function oneInput(mechanism: DenseMechanism, bins: number, options: EngineOptions): Estimate {
  const cuts = outputCuts(mechanism, options);
  const { weights, bias } = mechanism.dense;
  const [low, high] = mechanism.inputRanges[0]!;
  const ends = [low, high];
  for (let a = 1; a < bins; a++) ends.push(low + ((high - low) * a) / bins);
  for (let j = 0; j < mechanism.outputs; j++) {
    if (weights[j] === 0) continue;
    for (const threshold of cuts.thresholds) {
      const x = (threshold - bias[j]!) / weights[j]!;
      if (x > low && x < high) ends.push(x);
    }
  }
  ends.sort((a, b) => a - b);
  const states = new Map<string, number>();
  const cells: { bin: number; state: number; width: number }[] = [];
  let outside = 0;
  for (let k = 0; k + 1 < ends.length; k++) {
    const width = (ends[k + 1]! - ends[k]!) / (high - low);
    if (width <= 0) continue;
    const x = ends[k]! + (ends[k + 1]! - ends[k]!) / 2;
    const state: number[] = [];
    for (let j = 0; j < mechanism.outputs; j++) state.push(binOf(cuts, bias[j]! + weights[j]! * x));
    if (state.includes(OUTSIDE)) {
      outside += width;
      continue;
    }
    const key = state.join();
    if (!states.has(key)) states.set(key, states.size);
    cells.push({
      bin: Math.min(bins - 1, Math.floor(((x - low) / (high - low)) * bins)),
      state: states.get(key)!,
      width,
    });
  }
  return exact(sparseInformation(cells, bins, states.size), outside, options);
}

/** Mutual information of a table given by its cells that are not 0. */
function sparseInformation(
  cells: readonly { bin: number; state: number; width: number }[],
  rows: number,
  columns: number,
): number {
  if (rows * columns <= 1 << 20) {
    const table = new Float64Array(rows * columns);
    for (const { bin, state, width } of cells) table[bin * columns + state]! += width;
    return mutualInformation(table, rows, columns);
  }
  const entropy = (sums: Iterable<number>) => {
    let [total, weighted] = [0, 0];
    for (const p of sums) {
      total += p;
      if (p > 0) weighted += p * log2(p);
    }
    return total > 0 ? log2(total) - weighted / total : 0;
  };
  const sums = (of: (cell: (typeof cells)[number]) => number) => {
    const found = new Map<number, number>();
    for (const cell of cells) found.set(of(cell), (found.get(of(cell)) ?? 0) + cell.width);
    return found.values();
  };
  const joint = entropy(sums((cell) => cell.bin * columns + cell.state));
  return Math.max(0, entropy(sums((cell) => cell.bin)) + entropy(sums((cell) => cell.state)) - joint);
}

function binOf(cuts: ReturnType<typeof outputCuts>, z: number): number {
  let s = 0;
  while (s < cuts.thresholds.length && z >= cuts.thresholds[s]!) s++;
  return cuts.bins[s]!;
}

/** Every cell of the inputs in turn, its row of P(cell, ŷ) from the law within it. */
function oneOutput(mechanism: DenseMechanism, parts: Float64Array, options: EngineOptions): Estimate {
  const cuts = outputCuts(mechanism, options);
  const { inputs, inputRanges, dense } = mechanism;
  const [law] = cellLaws(mechanism, outputLaws(mechanism), parts);
  const cell = new Int32Array(inputs);
  const row = new Float64Array(cuts.count);
  const columns = new Float64Array(cuts.count);
  // Σ p ln p over the table, over its rows, and the total, cell by cell.
  let [joint, ofRows, total, outside, cells] = [0, 0, 0, 0, 0];
  for (;;) {
    let z = dense.bias[0]!;
    for (let i = 0; i < inputs; i++) {
      const [low, high] = inputRanges[i]!;
      z += dense.weights[i]! * (low + ((high - low) * (cell[i]! + 0.5)) / parts[i]!);
    }
    row.fill(0);
    let below = 0;
    for (let s = 0; s < cuts.bins.length && below < 1; s++) {
      const relative = s < cuts.thresholds.length ? cuts.thresholds[s]! - z : Infinity;
      const upTo = law!.cdf === undefined ? (relative > 0 ? 1 : 0) : law!.cdf.at(relative * law!.scale);
      if (cuts.bins[s] === OUTSIDE) outside += upTo - below;
      else row[cuts.bins[s]!]! += upTo - below;
      below = upTo;
    }
    let rowSum = 0;
    for (const [b, p] of row.entries()) {
      if (!(p > 0)) continue;
      joint += p * log(p);
      rowSum += p;
      columns[b]! += p;
    }
    if (rowSum > 0) ofRows += rowSum * log(rowSum);
    total += rowSum;
    cells++;
    let i = 0;
    while (i < inputs && ++cell[i]! === parts[i]) cell[i++] = 0;
    if (i === inputs) break;
  }
  let ofColumns = 0;
  for (const p of columns) if (p > 0) ofColumns += p * log(p);
  const bits = total > 0 ? Math.max(0, ((joint - ofRows - ofColumns) / total + log(total)) / Math.LN2) : 0;
  return exact(bits, outside / cells, options);
}
