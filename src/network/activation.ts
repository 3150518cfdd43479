/**
 * Activation functions: value, slope, default range, and how bin edges on the output pull back to thresholds on the
 * pre-activation, so that no engine evaluates φ to find a bin.
 */
import type { OutsidePolicy, Range } from "../information/bins.ts";

export type ActivationName = "sigmoid" | "tanh" | "relu" | "identity";

/** What a layer may carry: softmax mixes its units, so it can be trained but is no elementwise activation. */
export type LayerActivation = ActivationName | "softmax";

export interface Activation {
  readonly name: ActivationName;
  /** Range assumed for a unit with this activation where the caller gives none (those of the reference implementation). */
  readonly defaultRange: Range;
  readonly value: (z: number) => number;
  /** dφ/dz, given z and y = φ(z). */
  readonly slope: (z: number, y: number) => number;
  /** The least z with φ(z) ≥ y: −∞ where every z has it, +∞ where none has. */
  readonly atLeast: (y: number) => number;
}

export const activations: Readonly<Record<ActivationName, Activation>> = {
  sigmoid: {
    name: "sigmoid",
    defaultRange: [0, 1],
    value: (z) => 1 / (1 + Math.exp(-z)),
    slope: (_, y) => y * (1 - y),
    atLeast: (y) => (y <= 0 ? -Infinity : y >= 1 ? Infinity : Math.log(y) - Math.log1p(-y)),
  },
  tanh: {
    name: "tanh",
    defaultRange: [-1, 1],
    value: Math.tanh,
    slope: (_, y) => 1 - y * y,
    atLeast: (y) => (y <= -1 ? -Infinity : y >= 1 ? Infinity : Math.atanh(y)),
  },
  relu: {
    name: "relu",
    defaultRange: [0, 10],
    value: (z) => (z > 0 ? z : 0),
    slope: (z) => (z > 0 ? 1 : 0),
    atLeast: (y) => (y <= 0 ? -Infinity : y),
  },
  identity: {
    name: "identity",
    defaultRange: [-10, 10],
    value: (z) => z,
    slope: () => 1,
    atLeast: (y) => y,
  },
};

/** Range assumed for inputs that no known activation produced. */
export const DEFAULT_INPUT_RANGE: Range = [-10, 10];

export const layerActivations: readonly LayerActivation[] = ["sigmoid", "tanh", "relu", "identity", "softmax"];

export function isLayerActivation(name: unknown): name is LayerActivation {
  return layerActivations.includes(name as LayerActivation);
}

export function isActivation(name: unknown): name is ActivationName {
  return typeof name === "string" && Object.hasOwn(activations, name);
}

/**
 * The real line of pre-activations, cut where the bin changes: `bins[s]` is the bin of every z in
 * `[thresholds[s − 1], thresholds[s])`, `OUTSIDE` where φ(z) lies outside the output range and such values are dropped.
 */
export interface PreactivationBins {
  /** Ascending, finite, without repeats. */
  readonly thresholds: Float64Array;
  /** One more than thresholds. */
  readonly bins: Int32Array;
  readonly count: number;
}

export const OUTSIDE = -1;

/** Pulls the output bins' edges back through φ. */
export function preactivationBins(
  activation: Activation,
  edges: Float64Array,
  policy: OutsidePolicy,
): PreactivationBins {
  const count = edges.length - 1;
  const cuts = new Float64Array(count + 1);
  for (let k = 0; k < count; k++) cuts[k] = activation.atLeast(edges[k]!);
  cuts[count] = firstAbove(activation, edges[count]!);
  const clamp = policy === "clamp";
  const thresholds: number[] = [];
  const bins: number[] = [clamp ? 0 : OUTSIDE];
  for (let k = 0; k <= count; k++) {
    const bin = k < count ? k : clamp ? count - 1 : OUTSIDE;
    const cut = cuts[k]!;
    if (cut === Infinity) break;
    // An edge at −∞, or at the same z as the one before, leaves the bin below it empty.
    if (cut === -Infinity || cut === thresholds.at(-1)) bins[bins.length - 1] = bin;
    else if (bins.at(-1) !== bin) {
      thresholds.push(cut);
      bins.push(bin);
    }
  }
  return { thresholds: Float64Array.from(thresholds), bins: Int32Array.from(bins), count };
}

/** The least z with φ(z) > y: the last bin is closed at the top, so outside begins just above it. */
function firstAbove(activation: Activation, y: number): number {
  return activation.atLeast(nextAbove(y));
}

const view = new DataView(new ArrayBuffer(8));

function nextAbove(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  view.setFloat64(0, value);
  view.setBigInt64(0, view.getBigInt64(0) + (value > 0 ? 1n : -1n));
  return view.getFloat64(0);
}
