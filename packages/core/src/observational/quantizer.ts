/** From values of a unit to few states. Edges are learned on one set of data and kept, so that others are read by the same. */
import * as v from "valibot";
import { check } from "../checks/check.ts";
import { parse } from "../checks/schema/parse.ts";
import { options } from "../checks/schema/records.ts";
import { finite, positive, range, whole } from "../checks/schema/scalars.ts";

/** How the values of a unit become states that can be counted. */
export type QuantizerSpec =
  /** Two states: at most the threshold, or above it. Default by activation: ReLU 0, sigmoid ½, tanh 0. */
  | { readonly kind: "threshold"; readonly threshold?: number }
  /** Bins of equal width over the range that was observed. */
  | { readonly kind: "uniform"; readonly bins: number }
  /** Bins of equal numbers of examples; a value that is exactly 0 more than once, as of ReLU, is a state of its own. */
  | { readonly kind: "equal-mass"; readonly bins: number }
  /** Bins of a given width, one of which begins at 0, as many as the values need. */
  | { readonly kind: "width"; readonly width: number }
  /** Bins of equal width over a given range; what lies outside is in the outermost ones. */
  | { readonly kind: "fixed"; readonly bins: number; readonly range: readonly [number, number] }
  /**
   * Bins that hold equally many of the distinct values, however often each occurs, beside a state of its own for what is exactly 0: the
   * entropy-based bins of Chelombiev, Houghton & O'Donnell, "Adaptive estimators show information compression in deep neural networks"
   * (2019), learned from all values of a layer.
   */
  | { readonly kind: "adaptive"; readonly bins: number }
  /** No bins: every distinct value is a state, as of a network of integers. */
  | { readonly kind: "unique" };

/** A quantizer that has learned its edges: where the values of a unit are cut into states. */
export interface Quantizer {
  /** Ascending; a value belongs to the state of how many edges lie below it. */
  readonly edges: Float64Array;
  /** Exact zeros are a state of their own, the last one. */
  readonly atom: boolean;
  readonly states: number;
}

const bins = whole(2, 4096);

/** How values become states. */
export const quantizerSchema = v.variant(
  "kind",
  [
    options({ kind: v.literal("threshold"), threshold: v.optional(finite) }),
    options({ kind: v.literal("uniform"), bins }),
    options({ kind: v.literal("equal-mass"), bins }),
    options({ kind: v.literal("width"), width: positive }),
    options({ kind: v.literal("fixed"), bins, range }),
    options({ kind: v.literal("adaptive"), bins }),
    options({ kind: v.literal("unique") }),
  ],
  'a quantizer of the kind "threshold", "uniform", "equal-mass", "width", "fixed", "adaptive" or "unique"',
);

/** Thresholds that are a matter of course. */
const THRESHOLDS: Readonly<Record<string, number>> = { sigmoid: 0.5, softmax: 0.5, tanh: 0, relu: 0, identity: 0 };

/**
 * Learns edges from a unit's values. @param activation its activation, for the default threshold.
 *
 * @throws InvalidInputError for fewer than 2 bins, more than 4,096, no values, or a range that is reversed.
 */
export function learnQuantizer(spec: QuantizerSpec, values: ArrayLike<number>, activation: string): Quantizer {
  parse(quantizerSchema, spec, "quantizer");
  check(values.length > 0, { who: "learnQuantizer()", expected: "values", got: "none" });
  if (spec.kind === "threshold") {
    return { edges: Float64Array.of(spec.threshold ?? THRESHOLDS[activation] ?? 0), atom: false, states: 2 };
  }
  if (spec.kind === "width") return ofWidth(spec.width, values);
  if (spec.kind === "unique") {
    const distinct = distinctOf(values);
    return { edges: distinct.subarray(0, -1), atom: false, states: distinct.length };
  }
  const { bins } = spec;
  if (spec.kind === "equal-mass") return equalMass(values, bins);
  if (spec.kind === "adaptive") {
    const distinct = distinctOf(values);
    const others = distinct.filter((value) => value !== 0);
    return massBins(others, bins, others.length < distinct.length);
  }
  let [low, high] = spec.kind === "fixed" ? spec.range : [Infinity, -Infinity];
  if (spec.kind === "uniform") {
    for (let k = 0; k < values.length; k++) {
      low = Math.min(low, values[k]!);
      high = Math.max(high, values[k]!);
    }
  }
  // A constant unit has one state, and says so.
  if (low === high) return { edges: new Float64Array(0), atom: false, states: 1 };
  const edges = Float64Array.from({ length: bins - 1 }, (_, k) => low + ((high - low) * (k + 1)) / bins);
  return { edges, atom: false, states: bins };
}

/** Most edges that are worth having. */
const MOST_EDGES = 1e6;

function ofWidth(width: number, values: ArrayLike<number>): Quantizer {
  let [low, high] = [Infinity, -Infinity];
  for (let k = 0; k < values.length; k++) {
    low = Math.min(low, values[k]!);
    high = Math.max(high, values[k]!);
  }
  const [first, last] = [Math.floor(low / width) + 1, Math.floor(high / width)];
  check(last - first <= MOST_EDGES, {
    who: "quantizer: width",
    expected: `a width that gives at most ${MOST_EDGES.toLocaleString("en")} bins`,
    got: `${width}`,
  });
  const count = Math.max(0, last - first + 1);
  // A value of exactly 0 belongs to the bin above it: that of a ReLU at rest.
  const edges = Float64Array.from({ length: count }, (_, k) =>
    first + k === 0 ? -Number.MIN_VALUE : (first + k) * width,
  );
  return { edges, atom: false, states: count + 1 };
}

function equalMass(values: ArrayLike<number>, bins: number): Quantizer {
  const zeros = Array.from(values).filter((value) => value === 0).length;
  const atom = zeros > 1;
  const sorted = Float64Array.from(values)
    .filter((value) => !(atom && value === 0))
    .sort();
  return massBins(sorted, atom ? bins - 1 : bins, atom);
}

/** Bins that hold equally many of ascending values, as far as equal ones, which stay together, allow. */
function massBins(sorted: Float64Array, wanted: number, atom: boolean): Quantizer {
  const edges: number[] = [];
  for (let k = 1; k < wanted && sorted.length > 0; k++) {
    const at = Math.floor((k * sorted.length) / wanted);
    const edge = sorted[Math.max(0, at - 1)]!;
    // Equal values make fewer bins, not empty ones.
    if (edge < sorted.at(-1)! && edge !== edges.at(-1)) edges.push(edge);
  }
  const states = (sorted.length > 0 ? edges.length + 1 : 0) + Number(atom);
  return { edges: Float64Array.from(edges), atom, states: Math.max(1, states) };
}

/** Ascending. */
function distinctOf(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values)
    .sort()
    .filter((value, at, sorted) => at === 0 || value !== sorted[at - 1]);
}

/** The states of values, each from 0 to `states` − 1. */
export function quantized({ edges, atom, states }: Quantizer, values: ArrayLike<number>): Int32Array {
  const found = new Int32Array(values.length);
  for (let k = 0; k < values.length; k++) {
    const value = values[k]!;
    if (atom && value === 0) {
      found[k] = states - 1;
      continue;
    }
    let [low, high] = [0, edges.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (edges[middle]! < value) low = middle + 1;
      else high = middle;
    }
    found[k] = low;
  }
  return found;
}
