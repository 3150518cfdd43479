/**
 * Activation functions: value, default range, and where the function turns. An engine never evaluates φ to find a bin: it pulls the
 * bins' edges back through φ once (preactivation-bins.ts).
 */

import { check, requireList } from "../checks/check.ts";
import { requireSpec } from "../checks/options-check.ts";
import { shownInput } from "../checks/schema/parse.ts";
import { type Range, validRange } from "../information/bins.ts";
import { type Activation, activations, families } from "./built-in-activations.ts";

export { type Activation, activations, normalCdf } from "./built-in-activations.ts";

/** The names of the built-in activations: "sigmoid", "relu", "tanh" … */
export type ActivationName = keyof typeof activations;

/** A family of activations with its parameters: `leaky-relu(0.2)`, `clip(0,6)`. */
export type ParametrizedActivation = `${keyof typeof families}(${string})`;

/** An activation that is applied to each unit by itself, by its name. */
export type ElementwiseActivation = ActivationName | ParametrizedActivation;

/**
 * The activation of a layer, by its name. Softmax mixes the units of its layer: it can be trained, but exact measures
 * do not take it.
 */
export type LayerActivation = ElementwiseActivation | "softmax";

/** What the trainer knows to differentiate. */
export const trainableActivations = ["sigmoid", "tanh", "relu", "identity", "softmax"] as const;
/** An activation that the trainer can differentiate. */
export type TrainableActivation = (typeof trainableActivations)[number];

export function isTrainableActivation(name: unknown): name is TrainableActivation {
  return trainableActivations.includes(name as TrainableActivation);
}

/** Range assumed for inputs that no known activation produced. */
export const DEFAULT_INPUT_RANGE: Range = [-10, 10];

export const activationNames = Object.keys(activations) as readonly ActivationName[];
/** All that a layer may carry, as messages list it. */
export const layerActivations: readonly string[] = [
  ...activationNames,
  ...Object.entries(families).map(([name, { parameters }]) => `${name}(${parameters.join(",")})`),
  "softmax",
];

export function isLayerActivation(name: unknown): name is LayerActivation {
  return name === "softmax" || isActivation(name);
}

export function isActivation(name: unknown): name is ElementwiseActivation {
  return typeof name === "string" && (Object.hasOwn(activations, name) || parametrized(name) !== undefined);
}

/** The functions behind an activation's name. */
export function activationOf(name: ElementwiseActivation): Activation {
  return Object.hasOwn(activations, name) ? activations[name as ActivationName] : parametrized(name)!;
}

/** Far out on either side: a function with bounds has arrived there. */
const FAR = 1e12;

/** Whether all values of an activation lie within its default range. */
export function isBounded({ value, defaultRange: [low, high] }: Activation): boolean {
  return [-FAR, FAR].every((z) => value(z) >= low && value(z) <= high);
}

/** Those that were asked for: the same object for the same name. */
const made = new Map<string, Activation>();
/** A text with ever new parameters must not fill the memory. */
const MOST_MADE = 1000;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$|^[+-]?Infinity$/i;

/** Undefined for a text that names none. */
function parametrized(name: string): Activation | undefined {
  const known = made.get(name);
  if (known !== undefined) return known;
  const [, family, list] = /^([a-z-]+)\(([^()]*)\)$/.exec(name) ?? [];
  if (family === undefined || !Object.hasOwn(families, family)) return undefined;
  const texts = list!.split(",").map((text) => text.trim());
  const spec: (typeof families)[keyof typeof families] = families[family as keyof typeof families];
  if (texts.length !== spec.parameters.length || !texts.every((text) => NUMBER.test(text))) return undefined;
  const values = texts.map(Number);
  if (values.some((value) => !Number.isFinite(value)) && family !== "clip") return undefined;
  if ("valid" in spec && !spec.valid(...(values as [number, number]))) return undefined;
  const found = spec.make(name, ...(values as [number, number]));
  if (made.size >= MOST_MADE) made.clear();
  made.set(name, found);
  return found;
}

/** What `activation()` takes. */
export interface ActivationSpec {
  readonly name: string;
  readonly value: (z: number) => number;
  /** Where φ changes between rising and falling, ascending; none for a monotone function. */
  readonly turningPoints?: readonly number[];
  /** Default (−10, 10). */
  readonly defaultRange?: readonly [number, number];
}

/**
 * An activation of your own: any piecewise monotone function of one number. Exact measures find its thresholds by bisection, to the last
 * bit.
 *
 * @example
 * ```ts
 * const value = (z: number) => 1 / (1 + z * z);
 * const bump = activation({ name: "bump", value, turningPoints: [0], defaultRange: [0, 1] });
 * const layer = dense({ weights: [[1]], activation: bump, inputRange: [-3, 3] });
 * const { bits } = await effectiveInformation(layer, { bins: 8 });
 * console.log(bits.toFixed(3)); // 1.517
 * ```
 * @throws InvalidInputError for a value that is no function or not finite at a turning point or at 0, for turning points that are
 *   not finite and ascending, for a default range that is none, or for a name that a built-in activation has.
 */
export function activation(spec: ActivationSpec): Activation {
  const who = "activation()";
  requireSpec(spec, { name: true, value: true, turningPoints: true, defaultRange: true }, who);
  const { name, value, turningPoints = [], defaultRange = DEFAULT_INPUT_RANGE } = spec;
  check(typeof name === "string" && name !== "" && !isLayerActivation(name), () => ({
    who,
    expected: "a name that no built-in activation uses",
    got: shownInput(name),
  }));
  check(typeof value === "function", () => ({
    who: `${who}: ${name}`,
    expected: "value, a function of one number",
    got: typeof value,
  }));
  requireList(turningPoints, `${who}: ${name}`, "turning points");
  const ascending = turningPoints.every((z, at) => Number.isFinite(z) && (at === 0 || z > turningPoints[at - 1]!));
  check(ascending, () => ({
    who: `${who}: ${name}`,
    expected: "turning points, finite and ascending",
    got: turningPoints.join(", "),
  }));
  for (const z of [0, ...turningPoints]) {
    const y: unknown = value(z);
    check(typeof y === "number" && Number.isFinite(y), () => ({
      who: `${who}: ${name}`,
      expected: "finite values",
      got: `${String(y)} at ${z}`,
    }));
  }
  return { name, value, turningPoints, defaultRange: validRange(defaultRange, `${who}: ${name}: defaultRange`) };
}
