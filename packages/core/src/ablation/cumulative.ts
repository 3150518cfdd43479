/**
 * Cumulative ablation: units are held at a constant one after another, in an order, and accuracy and loss are read on the way (Amjad, Liu &
 * Geiger 2021; Morcos et al. 2018). Orders by a score, from low to high and from high to low, beside random ones as a band: without
 * them no order means anything.
 */
import * as v from "valibot";
import { check } from "../checks/check.ts";
import { signal as abortSignal, callback, instance } from "../checks/schema/instance-of.ts";
import { parse } from "../checks/schema/parse.ts";
import { anyRecord, described, options as optionsOf } from "../checks/schema/records.ts";
import { positiveInteger, seed as seedSchema, whole } from "../checks/schema/scalars.ts";
import type { Dataset } from "../datasets/dataset.ts";
import { derivedSeed, Random, Stream, shuffle } from "../information/random.ts";
import type { Model } from "../model/model.ts";
import { unitsOf } from "../model/model-units.ts";
import { placeKey, type UnitAblator, type UnitPlace } from "./ablator.ts";
import { ablatorOf } from "./ablator-of.ts";
import type { Answers } from "./answers.ts";
import { type ReplacementSpec, replacementOf, replacementSchema } from "./replacement.ts";
import { MOST_RESAMPLES, Resamples } from "./resamples.ts";

/** One layer (by position, from 0) with the others intact, or all hidden layers together. */
export type Scope = number | "network";

/** A score of each hidden unit, by "layer/unit", both from 0; greater means more important. */
export type UnitScores = ReadonlyMap<string, number>;

/** Which units `cumulativeAblation()` removes, in which orders, and where it reads the curves. */
export interface AblationOptions {
  readonly scope: Scope;
  readonly replacement?: ReplacementSpec;
  /** Scores by name. */
  readonly scores: Readonly<Record<string, UnitScores>>;
  /** Random orders; default 20, the fewest that make a band. */
  readonly repetitions?: number;
  /** Stops at which orders by a score are read, besides none, evenly spaced: default all units, a stop after each. */
  readonly points?: number;
  /** The same of random orders: default 20, which makes 21 points. */
  readonly randomPoints?: number;
  /** Resamples of the test examples, for intervals of what the curves say; default 0, none. */
  readonly bootstrap?: number;
  readonly seed?: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (fraction: number) => void;
}

const stops = v.union([positiveInteger, v.literal(Infinity)], "a whole number of at least 1, or Infinity");

/** What each option may be, what it is, and its default. */
export const ablationOptions = optionsOf({
  scope: described(
    v.union([v.literal("network"), whole(0)], '"network", or the position of a hidden layer'),
    "Which units are removed.",
  ),
  replacement: v.optional(described(replacementSchema, "Value of a removed unit."), "zero"),
  scores: anyRecord,
  repetitions: v.optional(described(positiveInteger, "Number of random orders."), 20),
  points: v.optional(described(stops, "Points of each curve. Default: all."), Infinity),
  randomPoints: v.optional(described(stops, "Points of each random curve."), 20),
  bootstrap: v.optional(described(whole(0, MOST_RESAMPLES), "Resamples of the test examples; 0 for none."), 0),
  seed: v.optional(described(seedSchema, "Seed of the random orders and the resamples."), 0),
  signal: v.optional(abortSignal),
  onProgress: v.optional(callback),
} satisfies { readonly [name in keyof AblationOptions]-?: v.GenericSchema });

const scoresByUnit = instance<UnitScores>(
  (value) => typeof (value as Partial<UnitScores> | null)?.get === "function",
  "a Map of scores by unit, such as unitScores() returns",
);

/** Accuracy and loss after so many units were removed. */
export interface CurvePoint extends Answers {
  readonly removed: number;
  /** Accuracy on each resample of the test examples, where there are any. */
  readonly resampled?: Float64Array;
}

/** Accuracy and loss as units are removed in one order. */
export interface AblationCurve {
  /** The score's name, or "random". */
  readonly score: string;
  readonly direction: "ascending" | "descending" | "random";
  readonly repetition: number;
  /** Units as they are removed. */
  readonly order: readonly UnitPlace[];
  readonly points: readonly CurvePoint[];
}

/** The curves of one scope: by each score in both directions, and in random orders. */
export interface AblationResult {
  readonly scope: Scope;
  readonly units: number;
  readonly replacement: ReplacementSpec;
  readonly curves: readonly AblationCurve[];
  /** Layers computed over all examples in all. */
  readonly layerEvaluations: number;
  readonly warnings: readonly string[];
}

/**
 * Curves of accuracy, 0 … 1, and loss as the units of a layer, or of all hidden layers, are held at a constant one
 * after another: in the order of each score from low to high and from high to low, and in random orders.
 *
 * @param train Where means and resampled values come from. @param test What accuracy and loss are read on.
 * @example
 * ```ts
 * // Two hidden units, OR and AND of the inputs.
 * const hidden = { weights: [[1, 1], [1, 1]], bias: [-0.5, -1.5], activation: "relu" as const };
 * const output = { weights: [[-1, 4], [1, -4]], bias: [0.25, -0.25], activation: "softmax" as const };
 * const scores = { importance: new Map([["0/0", 2], ["0/1", 1]]) };
 * const model = network({ layers: [hidden, output] });
 * const { curves } = await cumulativeAblation(model, xor(), xor(), { scope: 0, scores });
 * console.log(curves[0]?.points.map(({ accuracy }) => accuracy).join(" ")); // 1 0.75 0.5
 * ```
 * @throws InvalidInputError for data that do not fit, a layer that is not hidden, fewer than 1 repetition, stops or
 *   resamples out of range, or units without a score.
 */
export async function cumulativeAblation(
  model: Model,
  train: Dataset,
  test: Dataset,
  options: AblationOptions,
): Promise<AblationResult> {
  const given = parse(ablationOptions, options, "cumulativeAblation()");
  const { scope, replacement, repetitions, points: wanted, randomPoints, bootstrap, seed, signal, onProgress } = given;
  const { scores } = options;
  for (const [score, values] of Object.entries(scores))
    parse(scoresByUnit, values, `cumulativeAblation(): scores.${score}`);
  const places = placesOf(model, scope);
  const base = await ablatorOf(model, test, await replacementOf(model, train, test, replacement, seed));
  const orders = [...scoredOrders(places, scores), ...randomOrders(places, repetitions, seed)];
  const resamples = bootstrap === 0 ? undefined : new Resamples(test.rows, bootstrap, seed);
  const outcomes = resamples && { right: new Uint8Array(test.rows), losses: new Float64Array(test.rows) };
  const read = (ablator: UnitAblator, removed: number): CurvePoint => {
    const answers = ablator.answers(outcomes);
    return { removed, ...answers, ...(resamples && { resampled: resamples.accuracies(outcomes!.right) }) };
  };
  const whole = read(base, 0);
  const curves: AblationCurve[] = [];
  let layerEvaluations = 0;
  for (const [k, named] of orders.entries()) {
    const { order } = named;
    const ablator = base.fresh();
    const stops = evenly(places.length, named.direction === "random" ? randomPoints : wanted);
    const points: CurvePoint[] = [whole];
    for (const [n, stop] of stops.entries()) {
      signal?.throwIfAborted();
      await ablator.hold(order.slice(n === 0 ? 0 : stops[n - 1]!, stop));
      points.push(read(ablator, stop));
    }
    layerEvaluations += ablator.layerEvaluations;
    curves.push({ ...named, points });
    onProgress?.((k + 1) / orders.length);
  }
  return {
    scope,
    units: places.length,
    replacement,
    curves,
    layerEvaluations,
    warnings: orderWarnings([scope], model, repetitions),
  };
}

/** Hidden units of a scope. @throws InvalidInputError for a layer that is none. */
export function placesOf(model: Model, scope: Scope): UnitPlace[] {
  const hidden = unitsOf(model).layers.length - 1;
  check(hidden >= 1, { who: "ablation: scope", expected: "a network with a hidden layer", got: "none" });
  check(scope === "network" || (Number.isInteger(scope) && scope >= 0 && scope < hidden), {
    who: "ablation: scope",
    expected: `"network", or a hidden layer from 0 to ${hidden - 1}`,
    got: `${scope}`,
  });
  const layers = scope === "network" ? Array.from({ length: hidden }, (_, l) => l) : [scope];
  return layers.flatMap((layer) =>
    Array.from({ length: unitsOf(model).layers[layer]!.outputs }, (_, unit) => ({ layer, unit })),
  );
}

/** What orders over these scopes cannot tell. */
export function orderWarnings(scopes: readonly Scope[], model: Model, repetitions: number): string[] {
  const warnings: string[] = [];
  if (scopes.includes("network") && unitsOf(model).layers.length > 2) {
    warnings.push(
      "scores of different layers are ranked together: layers differ in their values, and a ranking over all of them may contradict the rankings within each (Simpson's paradox); look at each layer too",
    );
  }
  if (repetitions < 20) warnings.push(`${repetitions} random orders are too few for a band: use 20 or more`);
  return warnings;
}

type NamedOrder = Omit<AblationCurve, "points">;

function scoredOrders(places: readonly UnitPlace[], scores: AblationOptions["scores"]): NamedOrder[] {
  return Object.entries(scores).flatMap(([score, values]): NamedOrder[] => {
    const missing = places.find((place) => !Number.isFinite(values.get(placeKey(place)) ?? Number.NaN));
    check(missing === undefined, {
      who: `ablation: score ${score}`,
      expected: "a finite score for each unit",
      got: `none at layer ${missing?.layer}, unit ${missing?.unit}`,
    });
    const of = (place: UnitPlace) => values.get(placeKey(place))!;
    // Equal scores stay in the order of their units.
    const ascending = places.toSorted((a, b) => of(a) - of(b));
    const descending = places.toSorted((a, b) => of(b) - of(a));
    return [
      { score, direction: "ascending", repetition: 0, order: ascending },
      { score, direction: "descending", repetition: 0, order: descending },
    ];
  });
}

function randomOrders(places: readonly UnitPlace[], repetitions: number, seed: number): NamedOrder[] {
  return Array.from({ length: repetitions }, (_, repetition) => {
    const order = Int32Array.from(places, (_, k) => k);
    shuffle(order, new Random(derivedSeed(seed, repetition), Stream.order));
    return { score: "random", direction: "random" as const, repetition, order: Array.from(order, (k) => places[k]!) };
  });
}

/** So many stops, the last of them after all: whole numbers, each greater than the one before. */
function evenly(units: number, points: number): number[] {
  const stops = Array.from({ length: Math.min(points, units) }, (_, k) =>
    Math.round(((k + 1) * units) / Math.min(points, units)),
  );
  return [...new Set(stops)];
}
