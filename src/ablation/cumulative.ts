/**
 * Cumulative ablation: units are held at a constant one after another, in an order, and accuracy and loss are read on the way (Amjad, Liu &
 * Geiger 2021; Morcos et al. 2018). Orders by a score, from low to high and from high to low, beside random ones as a band: without
 * them no order means anything.
 */
import type { Dataset } from "../datasets/dataset.ts";
import { InvalidInputError } from "../errors.ts";
import { derivedSeed, Random, Stream, shuffle } from "../information/random.ts";
import type { Network } from "../network/network.ts";
import { activationsOf } from "../observational/activations.ts";
import { Ablator, type Answers, type Replacement, type UnitPlace } from "./ablator.ts";

/** What takes a unit's place: 0, its mean over the training data, a number, or its value on another example, drawn once per unit. */
export type ReplacementSpec = "zero" | "mean" | "resample" | number;

/** One layer (by position, from 0) with the others intact, or all hidden layers together. */
export type Scope = number | "network";

/** A score of each hidden unit; greater means more important. */
export type UnitScores = ReadonlyMap<string, number>;

export function placeKey({ layer, unit }: UnitPlace): string {
  return `${layer}/${unit}`;
}

export interface AblationOptions {
  readonly scope: Scope;
  readonly replacement?: ReplacementSpec;
  /** Scores by name. */
  readonly scores: Readonly<Record<string, UnitScores>>;
  /** Random orders; default 20, the fewest that make a band. */
  readonly repetitions?: number;
  /** Fractions at which random orders are read, besides none: default 20, which makes 21 points. */
  readonly randomPoints?: number;
  readonly seed?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (fraction: number) => void;
}

export interface CurvePoint extends Answers {
  readonly removed: number;
}

export interface AblationCurve {
  /** The score's name, or "random". */
  readonly score: string;
  readonly direction: "ascending" | "descending" | "random";
  readonly repetition: number;
  readonly points: readonly CurvePoint[];
}

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
 * @param train where means and resampled values come from. @param test what accuracy and loss are read on.
 * @throws InvalidInputError for data that do not fit, a layer that is not hidden, fewer repetitions than one, or units without a score.
 */
export async function cumulativeAblation(
  network: Network,
  train: Dataset,
  test: Dataset,
  options: AblationOptions,
): Promise<AblationResult> {
  const {
    scope,
    replacement = "zero",
    scores,
    repetitions = 20,
    randomPoints = 20,
    seed = 0,
    signal,
    onProgress,
  } = options;
  const places = placesOf(network, scope);
  if (!Number.isSafeInteger(repetitions) || repetitions < 1) {
    throw new InvalidInputError({ who: "ablation: repetitions", expected: "at least 1", got: `${repetitions}` });
  }
  const base = await Ablator.of(network, test, await replacementOf(network, train, test, replacement, seed));
  const orders = [...scoredOrders(places, scores), ...randomOrders(places, repetitions, seed)];
  const curves: AblationCurve[] = [];
  let layerEvaluations = 0;
  for (const [k, { order, ...named }] of orders.entries()) {
    const ablator = base.fresh();
    const stops =
      named.direction === "random" ? evenly(places.length, randomPoints) : evenly(places.length, places.length);
    const points: CurvePoint[] = [{ removed: 0, ...base.answers() }];
    for (const [n, stop] of stops.entries()) {
      signal?.throwIfAborted();
      await ablator.hold(order.slice(n === 0 ? 0 : stops[n - 1]!, stop));
      points.push({ removed: stop, ...ablator.answers() });
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
    warnings: warningsOf(scope, network, repetitions),
  };
}

/** Hidden units of a scope. @throws InvalidInputError for a layer that is none. */
export function placesOf(network: Network, scope: Scope): UnitPlace[] {
  const hidden = network.layers.length - 1;
  if (hidden < 1 || (scope !== "network" && !(Number.isInteger(scope) && scope >= 0 && scope < hidden))) {
    const expected =
      hidden < 1 ? "a network with a hidden layer" : `"network", or a hidden layer from 0 to ${hidden - 1}`;
    throw new InvalidInputError({ who: "ablation: scope", expected, got: hidden < 1 ? "none" : `${scope}` });
  }
  const layers = scope === "network" ? Array.from({ length: hidden }, (_, l) => l) : [scope];
  return layers.flatMap((layer) =>
    Array.from({ length: network.layers[layer]!.outputs }, (_, unit) => ({ layer, unit })),
  );
}

function warningsOf(scope: Scope, network: Network, repetitions: number): string[] {
  const warnings: string[] = [];
  if (scope === "network" && network.layers.length > 2) {
    warnings.push(
      "scores of different layers are ranked together: layers differ in their values, and a ranking over all may say the opposite of the rankings within each (Simpson's paradox); look at each layer beside it",
    );
  }
  if (repetitions < 20) warnings.push(`${repetitions} random orders make no band: 20 or more do`);
  return warnings;
}

interface NamedOrder extends Omit<AblationCurve, "points"> {
  readonly order: readonly UnitPlace[];
}

function scoredOrders(places: readonly UnitPlace[], scores: AblationOptions["scores"]): NamedOrder[] {
  return Object.entries(scores).flatMap(([score, values]): NamedOrder[] => {
    const missing = places.find((place) => !Number.isFinite(values.get(placeKey(place)) ?? Number.NaN));
    if (missing !== undefined) {
      const got = `none at layer ${missing.layer}, unit ${missing.unit}`;
      throw new InvalidInputError({ who: `ablation: score ${score}`, expected: "a finite score for each unit", got });
    }
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

/** @throws InvalidInputError for a replacement that is none. */
export async function replacementOf(
  network: Network,
  train: Dataset,
  test: Dataset,
  spec: ReplacementSpec,
  seed: number,
): Promise<Replacement> {
  if (spec === "zero") return () => 0;
  if (typeof spec === "number") {
    if (Number.isFinite(spec)) return () => spec;
    throw new InvalidInputError({ who: "ablation: replacement", expected: "a finite number", got: `${spec}` });
  }
  if (spec !== "mean" && spec !== "resample") {
    throw new InvalidInputError({
      who: "ablation: replacement",
      expected: "zero, mean, resample or a number",
      got: `${spec}`,
    });
  }
  const layers = await activationsOf(network, train);
  return ({ layer, unit }) => {
    const { values, layer: dense } = layers[layer]!;
    const at = (row: number) => values[row * dense.outputs + unit]!;
    if (spec === "mean") {
      let sum = 0;
      for (let row = 0; row < train.rows; row++) sum += at(row);
      return sum / train.rows;
    }
    const random = new Random(derivedSeed(seed, layer, unit), Stream.examples);
    return Float64Array.from({ length: test.rows }, () => at(random.below(train.rows)));
  };
}
