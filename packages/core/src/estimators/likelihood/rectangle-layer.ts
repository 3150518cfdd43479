/**
 * A dense mechanism as rectangles: every joint output state is a set of intervals of pre-activations. Outputs that no input reaches are left
 * out, and outputs whose rows are proportional become one row with the thresholds of all.
 */
import { log2, square } from "../../information/elementary.ts";
import { normalQuantile } from "../../kernels/typescript/normal.ts";
import type { DenseMechanism } from "../../model/mechanism.ts";
import { OUTSIDE, type PreactivationBins } from "../../model/preactivation-bins.ts";
import { uniformSumCdf } from "../exact/uniform-sum.ts";

/** Points of a table of a law's lower half: linear between them, it is off by less than 1e-7. */
const POINTS = 2048;
/** Thresholds of merged rows that lie closer than this share of the reach are one. */
const SAME = 1e-12;

/** Plain data: what workers are sent. Inputs are scaled to the cube [−½, ½]^n, pre-activations taken relative to the cube's centre. */
export interface RectangleLayer {
  readonly inputs: number;
  readonly rows: number;
  /** `[rows, inputs]`. */
  readonly weights: Float64Array;
  /** Bins of each input, `[inputs]`. */
  readonly parts: Float64Array;
  /** W Wᵀ, `[rows, rows]`, of the whole cube and of a cell. */
  readonly gram: Float64Array;
  readonly cellGram: Float64Array;
  /** Furthest that a row goes from the centre, in the cube and in a cell, `[rows]`. */
  readonly reach: Float64Array;
  readonly cellReach: Float64Array;
  /** Thresholds of row j: `threshold[firstThreshold[j]]` … `[firstThreshold[j + 1] − 1]`, ascending; between them lie segments. */
  readonly firstThreshold: Int32Array;
  readonly threshold: Float64Array;
  /** Segment s of row j is at `firstThreshold[j] + j + s`: its state, or `OUTSIDE`. */
  readonly state: Int32Array;
  /** Probabilities of segments on the cube, and of their states: −log2 p; ∞ where it is 0. */
  readonly surprisal: Float64Array;
  /** Normal scores of the thresholds on the cube. */
  readonly score: Float64Array;
  /** F(t) of each row in a cell for t = −reach … 0, `[rows, POINTS + 1]`. */
  readonly cellTable: Float64Array;
  /** Whether no segment is outside: nothing is left out. */
  readonly inRange: boolean;
}

export interface Rows {
  readonly layer: RectangleLayer;
  /** Σ_j H of the rows on the cube, in bits; of draws inside and outside together. */
  readonly sumOfOutputs: number;
}

/** `parts[i]`: into how many bins input i is divided; `cuts`: the output bins, by the policy for values outside. */
export function rectangleLayer(mechanism: DenseMechanism, cuts: PreactivationBins, parts: Float64Array): Rows {
  const { inputs, inputRanges } = mechanism;
  const widths = inputRanges.map(([low, high]) => high - low);
  const groups = proportionalRows(mechanism, widths);
  const rows = groups.length;
  const weights = new Float64Array(rows * inputs);
  const reach = new Float64Array(rows);
  const cellReach = new Float64Array(rows);
  const firstThreshold = new Int32Array(rows + 1);
  const threshold: number[] = [];
  const state: number[] = [];
  const surprisal: number[] = [];
  const score: number[] = [];
  const cellTable = new Float64Array(rows * (POINTS + 1));
  let sumOfOutputs = 0;
  for (const [j, group] of groups.entries()) {
    const row = group[0]!.row;
    weights.set(row, j * inputs);
    const cellWidths = row.map((weight, i) => Math.abs(weight) / parts[i]! / 2);
    reach[j] = row.reduce((sum, weight) => sum + Math.abs(weight) / 2, 0);
    cellReach[j] = cellWidths.reduce((sum, width) => sum + width, 0);
    const { thresholds, states } = commonSegments(group, cuts, reach[j]!);
    const whole = uniformSumCdf([...row].flatMap((weight) => (weight === 0 ? [] : [Math.abs(weight) / 2])));
    const shares = new Float64Array(states.length);
    for (const [s, first] of [-Infinity, ...thresholds].entries()) {
      const [low, high] = [first, thresholds[s] ?? Infinity];
      // Differences of what is small: mirrored above the centre.
      shares[s] = Math.max(0, low > 0 ? whole.at(-low) - whole.at(-high) : whole.at(high) - whole.at(low));
    }
    const ofState = new Map<number, number>();
    for (const [s, name] of states.entries()) ofState.set(name, (ofState.get(name) ?? 0) + shares[s]!);
    for (const [name, share] of ofState) if (name !== OUTSIDE && share > 0) sumOfOutputs -= share * log2(share);
    for (const name of states) surprisal.push(ofState.get(name)! > 0 ? -log2(ofState.get(name)!) : Infinity);
    for (const t of thresholds) {
      threshold.push(t);
      score.push(t < 0 ? normalQuantile(whole.at(t)) : -normalQuantile(whole.at(-t)));
    }
    for (const name of states) state.push(name);
    firstThreshold[j + 1] = threshold.length;
    const inCell = uniformSumCdf([...cellWidths].filter((width) => width > 0));
    let below = 0;
    for (let k = 0; k <= POINTS; k++) {
      below = Math.max(below, k === POINTS ? 0.5 : inCell.at((cellReach[j]! * (k - POINTS)) / POINTS));
      cellTable[j * (POINTS + 1) + k] = below;
    }
  }
  const layer: RectangleLayer = {
    inputs,
    rows,
    weights,
    parts,
    gram: gramOf(weights, rows, inputs, undefined),
    cellGram: gramOf(weights, rows, inputs, parts),
    reach,
    cellReach,
    firstThreshold,
    threshold: Float64Array.from(threshold),
    state: Int32Array.from(state),
    surprisal: Float64Array.from(surprisal),
    score: Float64Array.from(score),
    cellTable,
    inRange: !state.some((name, at) => name === OUTSIDE && surprisal[at]! < Infinity),
  };
  return { layer, sumOfOutputs };
}

/** One output in its group: z = scale · (row · x) + offset. */
interface Member {
  readonly row: Float64Array;
  readonly scale: number;
  readonly offset: number;
}

function proportionalRows({ inputs, outputs, inputRanges, dense }: DenseMechanism, widths: number[]): Member[][] {
  const groups: Member[][] = [];
  const byPattern = new Map<string, Member[][]>();
  for (let j = 0; j < outputs; j++) {
    const row = Float64Array.from(widths, (width, i) => dense.weights[j * inputs + i]! * width);
    const first = row.findIndex((weight) => weight !== 0);
    if (first < 0) continue;
    let offset = dense.bias[j]!;
    for (const [i, [low, high]] of inputRanges.entries()) {
      offset += dense.weights[j * inputs + i]! * (low + (high - low) / 2);
    }
    // Rows that could be proportional have their first weight at the same input, and nearly the same second ratio.
    const pattern = `${first}`;
    const candidates = byPattern.get(pattern) ?? [];
    byPattern.set(pattern, candidates);
    const found = candidates.find(([representative]) => isMultiple(row, representative!.row, first));
    if (found !== undefined) found.push({ row: found[0]!.row, scale: row[first]! / found[0]!.row[first]!, offset });
    else {
      const group = [{ row, scale: 1, offset }];
      candidates.push(group);
      groups.push(group);
    }
  }
  return groups;
}

function isMultiple(row: Float64Array, of: Float64Array, first: number): boolean {
  const scale = row[first]! / of[first]!;
  for (let i = 0; i < row.length; i++) {
    const expected = scale * of[i]!;
    if (Math.abs(row[i]! - expected) > SAME * Math.max(Math.abs(row[i]!), Math.abs(expected))) return false;
  }
  return true;
}

/** The union of the members' thresholds within reach, and a state for each segment between them: OUTSIDE if any member is outside. */
function commonSegments(
  group: readonly Member[],
  cuts: PreactivationBins,
  reach: number,
): { thresholds: number[]; states: number[] } {
  const all: number[] = [];
  for (const { scale, offset } of group) {
    for (const t of cuts.thresholds) {
      const own = (t - offset) / scale;
      if (Math.abs(own) < reach) all.push(own);
    }
  }
  all.sort((a, b) => a - b);
  const thresholds = all.filter((t, at) => at === 0 || t - all[at - 1]! > SAME * reach);
  const ids = new Map<string, number>();
  const states: number[] = [];
  const ends = [-reach, ...thresholds, reach];
  for (let s = 0; s + 1 < ends.length; s++) {
    const z = ends[s]! + (ends[s + 1]! - ends[s]!) / 2;
    const bins = group.map(({ scale, offset }) => binOf(cuts, scale * z + offset));
    if (bins.includes(OUTSIDE)) states.push(OUTSIDE);
    else {
      const key = bins.join();
      if (!ids.has(key)) ids.set(key, ids.size);
      states.push(ids.get(key)!);
    }
  }
  return { thresholds, states };
}

function binOf({ thresholds, bins }: PreactivationBins, z: number): number {
  let [low, high] = [0, thresholds.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (z >= thresholds[middle]!) low = middle + 1;
    else high = middle;
  }
  return bins[low]!;
}

/** Σ_i w_ai w_bi / parts_i². */
function gramOf(weights: Float64Array, rows: number, inputs: number, parts: Float64Array | undefined): Float64Array {
  const scaled = parts === undefined ? weights : weights.map((weight, at) => weight / square(parts[at % inputs]!));
  const gram = new Float64Array(rows * rows);
  for (let a = 0; a < rows; a++) {
    for (let b = 0; b <= a; b++) {
      let sum = 0;
      for (let i = 0; i < inputs; i++) sum += weights[a * inputs + i]! * scaled[b * inputs + i]!;
      gram[a * rows + b] = sum;
      gram[b * rows + a] = sum;
    }
  }
  return gram;
}

/** The segment of row j that holds z. */
export function segmentOf({ firstThreshold, threshold }: RectangleLayer, j: number, z: number): number {
  let [low, high] = [firstThreshold[j]!, firstThreshold[j + 1]!];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (z >= threshold[middle]!) low = middle + 1;
    else high = middle;
  }
  return low - firstThreshold[j]!;
}

/** The smaller of P(row < t) and P(row > t). */
function lowerTail(cellTable: Float64Array, reach: number, j: number, t: number): number {
  const at = (1 - Math.abs(t) / reach) * POINTS;
  if (!(at > 0)) return 0;
  const step = Math.min(POINTS - 1, Math.floor(at));
  const first = j * (POINTS + 1) + step;
  return cellTable[first]! + (at - step) * (cellTable[first + 1]! - cellTable[first]!);
}

/** The normal score of t in row j within a cell. */
export function cellScore({ cellTable, cellReach }: RectangleLayer, j: number, t: number): number {
  const score = normalQuantile(lowerTail(cellTable, cellReach[j]!, j, t));
  return t < 0 ? score : -score;
}

/** Probability in row j from `low` to `high`, relative to the centre, within a cell. */
export function cellShare(layer: RectangleLayer, j: number, low: number, high: number): number {
  const { cellTable, cellReach } = layer;
  const reach = cellReach[j]!;
  // Mirrored above the centre, for differences of what is small.
  const [from, to] = low > 0 ? [-high, -low] : [low, high];
  const below = lowerTail(cellTable, reach, j, from);
  const upTo = lowerTail(cellTable, reach, j, to);
  return Math.max(0, (to < 0 ? upTo : 1 - upTo) - (from < 0 ? below : 1 - below));
}
