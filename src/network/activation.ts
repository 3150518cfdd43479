/**
 * Activation functions: value, default range, and where the function turns. An engine never evaluates φ to find a bin: it pulls the
 * bins' edges back through φ once (preactivation-bins.ts).
 */

import { InvalidInputError } from "../errors.ts";
import type { Range } from "../information/bins.ts";
import { atanh, exp, expm1, log, log1p, tanh } from "../information/elementary.ts";

export interface Activation {
  readonly name: string;
  /** Range assumed for a unit with this activation where the caller gives none. */
  readonly defaultRange: Range;
  readonly value: (z: number) => number;
  /** Between neighbouring turning points φ is monotone (constant stretches included). Ascending; none for a monotone φ. */
  readonly turningPoints: readonly number[];
  /**
   * For a non-decreasing φ: the least z with φ(z) ≥ y, −∞ where every z has it, +∞ where none has. Where it is absent, the
   * threshold is found by bisection on `value`.
   */
  readonly atLeast?: (y: number) => number;
}

const SELU_SCALE = 1.0507009873554805;
const SELU_ALPHA = 1.6732632423543772;
/** Where x Φ(x) and x σ(x) are least, to the last bit of their doubles. */
const GELU_TURN = -0.7517915246935645;
const SILU_TURN = -1.2784645427610737;

/** For φ(z) = z where z ≥ 0, and `negative` below. */
function rectified(negative: (y: number) => number): (y: number) => number {
  return (y) => (y >= 0 ? y : negative(y));
}

/**
 * The built-in activations. The ranges of sigmoid, tanh, relu and identity are those of the reference implementation; functions
 * bounded on both sides have their bounds, softplus ReLU's range, the others the identity's.
 */
export const activations = {
  sigmoid: {
    name: "sigmoid",
    defaultRange: [0, 1],
    value: (z) => 1 / (1 + exp(-z)),
    turningPoints: [],
    atLeast: (y) => (y <= 0 ? -Infinity : y >= 1 ? Infinity : log(y) - log1p(-y)),
  },
  tanh: {
    name: "tanh",
    defaultRange: [-1, 1],
    value: tanh,
    turningPoints: [],
    atLeast: (y) => (y <= -1 ? -Infinity : y >= 1 ? Infinity : atanh(y)),
  },
  relu: {
    name: "relu",
    defaultRange: [0, 10],
    value: (z) => (z > 0 ? z : 0),
    turningPoints: [],
    atLeast: (y) => (y <= 0 ? -Infinity : y),
  },
  identity: { name: "identity", defaultRange: [-10, 10], value: (z) => z, turningPoints: [], atLeast: (y) => y },
  "leaky-relu": {
    name: "leaky-relu",
    defaultRange: [-10, 10],
    value: (z) => (z > 0 ? z : 0.01 * z),
    turningPoints: [],
    atLeast: rectified((y) => y / 0.01),
  },
  elu: {
    name: "elu",
    defaultRange: [-10, 10],
    value: (z) => (z > 0 ? z : expm1(z)),
    turningPoints: [],
    atLeast: rectified((y) => (y <= -1 ? -Infinity : log1p(y))),
  },
  selu: {
    name: "selu",
    defaultRange: [-10, 10],
    value: (z) => SELU_SCALE * (z > 0 ? z : SELU_ALPHA * expm1(z)),
    turningPoints: [],
    atLeast: (y) => {
      const z = y / SELU_SCALE;
      return z >= 0 ? z : z <= -SELU_ALPHA ? -Infinity : log1p(z / SELU_ALPHA);
    },
  },
  softplus: {
    name: "softplus",
    defaultRange: [0, 10],
    value: (z) => (z > 0 ? z + log1p(exp(-z)) : log1p(exp(z))),
    turningPoints: [],
    // ln(e^y − 1), written so that neither e^y nor the difference from y is lost.
    atLeast: (y) => (y <= 0 ? -Infinity : y > 1 ? y + log1p(-exp(-y)) : log(expm1(y))),
  },
  "hard-sigmoid": {
    name: "hard-sigmoid",
    defaultRange: [0, 1],
    value: (z) => Math.min(1, Math.max(0, z / 6 + 0.5)),
    turningPoints: [],
    atLeast: (y) => (y <= 0 ? -Infinity : y > 1 ? Infinity : 6 * (y - 0.5)),
  },
  "hard-tanh": {
    name: "hard-tanh",
    defaultRange: [-1, 1],
    value: (z) => Math.min(1, Math.max(-1, z)),
    turningPoints: [],
    atLeast: (y) => (y <= -1 ? -Infinity : y > 1 ? Infinity : y),
  },
  gelu: {
    name: "gelu",
    defaultRange: [-10, 10],
    value: (z) => z * normalCdf(z),
    turningPoints: [GELU_TURN],
  },
  silu: {
    name: "silu",
    defaultRange: [-10, 10],
    value: (z) => z / (1 + exp(-z)),
    turningPoints: [SILU_TURN],
  },
} as const satisfies Readonly<Record<string, Activation>>;

export type ActivationName = keyof typeof activations;

/** What a layer of a network may carry. Softmax mixes its units: it can be trained, but is no elementwise activation. */
export type LayerActivation = ActivationName | "softmax";

/** What the trainer knows to differentiate. */
export const trainableActivations = ["sigmoid", "tanh", "relu", "identity", "softmax"] as const;
export type TrainableActivation = (typeof trainableActivations)[number];

export function isTrainableActivation(name: unknown): name is TrainableActivation {
  return trainableActivations.includes(name as TrainableActivation);
}

/** Range assumed for inputs that no known activation produced. */
export const DEFAULT_INPUT_RANGE: Range = [-10, 10];

export const activationNames = Object.keys(activations) as readonly ActivationName[];
export const layerActivations: readonly LayerActivation[] = [...activationNames, "softmax"];

export function isLayerActivation(name: unknown): name is LayerActivation {
  return name === "softmax" || isActivation(name);
}

export function isActivation(name: unknown): name is ActivationName {
  return typeof name === "string" && Object.hasOwn(activations, name);
}

export interface ActivationSpec {
  readonly name: string;
  readonly value: (z: number) => number;
  /** Where φ changes between rising and falling, ascending; none for a monotone function. */
  readonly turningPoints?: readonly number[];
  /** Default (−10, 10). */
  readonly defaultRange?: readonly [number, number];
}

/**
 * An activation of one's own: any piecewise monotone function of one number. Thresholds are found by bisection, to the last bit.
 *
 * @throws InvalidInputError for a value that is no function or not finite at a turning point or at 0, for turning points that are
 *   not finite and ascending, or for a name that a built-in activation has.
 */
export function activation(spec: ActivationSpec): Activation {
  const { name, value, turningPoints = [], defaultRange = DEFAULT_INPUT_RANGE } = spec;
  const who = "activation()";
  if (typeof name !== "string" || name === "" || isLayerActivation(name)) {
    throw new InvalidInputError({ who, expected: "a name that no built-in activation has", got: JSON.stringify(name) });
  }
  if (typeof value !== "function") {
    throw new InvalidInputError({
      who: `${who}: ${name}`,
      expected: "value, a function of one number",
      got: typeof value,
    });
  }
  const ascending = turningPoints.every((z, at) => Number.isFinite(z) && (at === 0 || z > turningPoints[at - 1]!));
  if (!ascending) {
    throw new InvalidInputError({
      who: `${who}: ${name}`,
      expected: "turning points, finite and ascending",
      got: turningPoints.join(", "),
    });
  }
  for (const z of [0, ...turningPoints]) {
    const y: unknown = value(z);
    if (typeof y !== "number" || !Number.isFinite(y)) {
      throw new InvalidInputError({ who: `${who}: ${name}`, expected: "finite values", got: `${String(y)} at ${z}` });
    }
  }
  return { name, value, turningPoints, defaultRange };
}

/** Φ(x) from erfc, to a few ulps: by a series near 0, and Mills' ratio beyond. */
export function normalCdf(x: number): number {
  const t = Math.abs(x);
  const density = exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
  if (t < 2) {
    // Φ(x) = ½ + φ(x) Σ x^(2k+1) / (2k+1)!!
    let term = t;
    let sum = t;
    for (let k = 3; term > sum * 1e-17; k += 2) {
      term *= (t * t) / k;
      sum += term;
    }
    const half = density * sum;
    return x < 0 ? 0.5 - half : 0.5 + half;
  }
  // Mills' ratio by its continued fraction.
  let fraction = 0;
  for (let k = 160; k >= 1; k--) fraction = k / (t + fraction);
  const tail = density / (t + fraction);
  return x < 0 ? tail : 1 - tail;
}
