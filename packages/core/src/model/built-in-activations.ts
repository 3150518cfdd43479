/**
 * The activation functions that Causalscope knows: those with one form, in a table, and families with parameters, such as leaky-relu(0.2).
 */
import type { Range } from "../information/bins.ts";
import { atanh, exp, expm1, log, log1p, tanh } from "../information/elementary.ts";

/** A function of one number, piecewise monotone, with what exact measures must know of it. `activation()` makes one. */
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
/** Where x Φ(x), x σ(x), GELU by tanh and Mish are least, to the last bit of their doubles. */
const GELU_TURN = -0.7517915246935645;
const SILU_TURN = -1.2784645427610737;
const GELU_TANH_TURN = -0.7524614220710163;
const MISH_TURN = -1.1924312145154952;

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
  "gelu-tanh": {
    name: "gelu-tanh",
    defaultRange: [-10, 10],
    // z σ(2u), which is z (1 + tanh u) / 2 without the loss of digits at the far left.
    value: (z) => z / (1 + exp(-2 * Math.sqrt(2 / Math.PI) * (z + 0.044715 * z * z * z))),
    turningPoints: [GELU_TANH_TURN],
  },
  mish: {
    name: "mish",
    defaultRange: [-10, 10],
    value: (z) => z * tanh(z > 0 ? z + log1p(exp(-z)) : log1p(exp(z))),
    turningPoints: [MISH_TURN],
  },
  "hard-swish": {
    name: "hard-swish",
    defaultRange: [-10, 10],
    value: (z) => (z > -3 ? z * Math.min(1, z / 6 + 0.5) : 0),
    turningPoints: [-1.5],
  },
  softsign: {
    name: "softsign",
    defaultRange: [-1, 1],
    value: (z) => z / (1 + Math.abs(z)),
    turningPoints: [],
    atLeast: (y) => (y <= -1 ? -Infinity : y >= 1 ? Infinity : y / (1 - Math.abs(y))),
  },
  erf: { name: "erf", defaultRange: [-1, 1], value: erf, turningPoints: [] },
  abs: { name: "abs", defaultRange: [0, 10], value: (z) => Math.abs(z), turningPoints: [0] },
} as const satisfies Readonly<Record<string, Activation>>;

interface Family {
  /** The parameters in order, for messages. */
  readonly parameters: readonly string[];
  /** What the parameters must be, where not every number will do. */
  readonly expected?: string;
  readonly valid?: (...parameters: number[]) => boolean;
  readonly make: (name: string, ...parameters: number[]) => Activation;
}

/** Activations with parameters: a name is the family's, and its parameters in brackets: `clip(0,6)`. */
export const families = {
  "leaky-relu": {
    parameters: ["slope"],
    make: (name, slope) => ({
      name,
      defaultRange: [-10, 10],
      value: (z) => (z > 0 ? z : slope * z),
      turningPoints: slope < 0 ? [0] : [],
      ...(slope > 0 && { atLeast: rectified((y) => y / slope) }),
    }),
  },
  elu: {
    parameters: ["alpha"],
    expected: "an alpha of at least 0",
    valid: (alpha) => alpha >= 0,
    make: (name, alpha) => ({
      name,
      defaultRange: [-10, 10],
      value: (z) => (z > 0 ? z : alpha * expm1(z)),
      turningPoints: [],
    }),
  },
  selu: {
    parameters: ["alpha", "gamma"],
    expected: "alpha and gamma of at least 0",
    valid: (alpha, gamma) => alpha >= 0 && gamma >= 0,
    make: (name, alpha, gamma) => ({
      name,
      defaultRange: [-10, 10],
      value: (z) => gamma * (z > 0 ? z : alpha * expm1(z)),
      turningPoints: [],
    }),
  },
  celu: {
    parameters: ["alpha"],
    expected: "an alpha above 0",
    valid: (alpha) => alpha > 0,
    make: (name, alpha) => ({
      name,
      defaultRange: [-10, 10],
      value: (z) => (z > 0 ? z : alpha * expm1(z / alpha)),
      turningPoints: [],
    }),
  },
  "hard-sigmoid": {
    parameters: ["slope", "offset"],
    expected: "a slope above 0",
    valid: (slope) => slope > 0,
    make: (name, slope, offset) => ({
      name,
      defaultRange: [0, 1],
      value: (z) => Math.min(1, Math.max(0, slope * z + offset)),
      turningPoints: [],
      atLeast: (y) => (y <= 0 ? -Infinity : y > 1 ? Infinity : (y - offset) / slope),
    }),
  },
  clip: {
    parameters: ["low", "high"],
    expected: "low below high",
    valid: (low, high) => low < high,
    make: (name, low, high) => ({
      name,
      defaultRange: [Math.max(low, Math.min(-10, high - 10)), Math.min(high, Math.max(10, low + 10))],
      value: (z) => Math.min(high, Math.max(low, z)),
      turningPoints: [],
      atLeast: (y) => (y <= low ? -Infinity : y > high ? Infinity : y),
    }),
  },
  "thresholded-relu": {
    parameters: ["threshold"],
    expected: "a threshold of at least 0",
    valid: (threshold) => threshold >= 0,
    make: (name, threshold) => ({
      name,
      defaultRange: [0, 10],
      value: (z) => (z > threshold ? z : 0),
      turningPoints: [],
    }),
  },
  power: {
    parameters: ["exponent"],
    expected: "a whole exponent from 2 to 16",
    valid: (exponent) => Number.isInteger(exponent) && exponent >= 2 && exponent <= 16,
    make: (name, exponent) => ({
      name,
      defaultRange: exponent % 2 === 0 ? [0, 10] : [-10, 10],
      value: (z) => {
        let product = z;
        for (let factor = 1; factor < exponent; factor++) product *= z;
        return product;
      },
      turningPoints: exponent % 2 === 0 ? [0] : [],
    }),
  },
} as const satisfies Readonly<Record<string, Family>>;

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

/** erf(x) = 2 Φ(x √2) − 1, by its series near 0, where that difference loses digits. */
function erf(x: number): number {
  if (Math.abs(x) > 0.5) return 2 * normalCdf(x * Math.SQRT2) - 1;
  let term = x;
  let sum = x;
  for (let k = 1; Math.abs(term) > Math.abs(sum) * 1e-17; k++) {
    term *= (-x * x) / k;
    sum += term / (2 * k + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}
