/** What the loss of one unit costs, and whether the loss of two costs more or less than that of each added up. */
import * as v from "valibot";
import { check, requireList } from "../checks/check.ts";
import { InvalidInputError } from "../checks/error-classes.ts";
import { signal as abortSignal, callback } from "../checks/schema/instance-of.ts";
import { parse } from "../checks/schema/parse.ts";
import { anyRecord, options as optionsOf } from "../checks/schema/records.ts";
import { seed as seedSchema } from "../checks/schema/scalars.ts";
import type { Dataset } from "../datasets/dataset.ts";
import { momentsOf } from "../information/moments.ts";
import { chiSquareTail } from "../information/special-functions.ts";
import { type Model, requireModel } from "../model/model.ts";
import { unitsOf } from "../model/model-units.ts";
import { falseDiscoveryRates } from "../observational/neuron-information.ts";
import { placeKey, type UnitPlace } from "./ablator.ts";
import { ablatorOf } from "./ablator-of.ts";
import type { Outcomes } from "./answers.ts";
import { type ReplacementSpec, replacementOf, replacementSchema } from "./replacement.ts";

/** What takes the place of a removed unit. */
export interface EffectOptions {
  /** Default zero. */
  readonly replacement?: ReplacementSpec;
  /** What means and resampled values are taken from. Default: the data themselves. */
  readonly train?: Dataset;
  /** Of resampled values. */
  readonly seed?: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (fraction: number) => void;
}

const effectOptions = optionsOf({
  replacement: v.optional(replacementSchema, "zero"),
  train: v.optional(anyRecord),
  seed: v.optional(seedSchema, 0),
  signal: v.optional(abortSignal),
  onProgress: v.optional(callback),
});

/** What the loss of one unit alone costs. */
export interface UnitEffect {
  readonly place: UnitPlace;
  /** Accuracy with all units less that without this one. */
  readonly accuracyDrop: number;
  /** Loss without this one less that with all: as `Answers.loss`. */
  readonly lossRise: number;
  /** Of `lossRise`, over the examples. */
  readonly standardError: number;
}

/** What the loss of two units costs beyond the sum of what each costs. */
export interface PairEffect {
  readonly first: UnitPlace;
  readonly second: UnitPlace;
  /** Drop of the accuracy without both, less the drops without each. */
  readonly accuracyExcess: number;
  /** The same of the rise of the loss: above 0 synergy, what is lost with both only; below 0 redundancy, what both had. */
  readonly lossExcess: number;
  /** Of `lossExcess`, over the examples. */
  readonly standardError: number;
  /** Two-sided, that it is 0; and corrected for how many pairs were tested (Benjamini & Hochberg 1995). */
  readonly pValue: number;
  readonly qValue: number;
}

/**
 * What each of some hidden units costs when it alone is held at its replacement: the drop of the accuracy, 0 … 1, and
 * the rise of the loss.
 *
 * @example
 * ```ts
 * // Two hidden units, OR and AND of the inputs. Without OR two of four answers are wrong, without AND one.
 * const hidden = { weights: [[1, 1], [1, 1]], bias: [-0.5, -1.5], activation: "relu" as const };
 * const output = { weights: [[-1, 4], [1, -4]], bias: [0.25, -0.25], activation: "softmax" as const };
 * const places = [{ layer: 0, unit: 0 }, { layer: 0, unit: 1 }];
 * const effects = await unitEffects(network({ layers: [hidden, output] }), xor(), places);
 * console.log(effects.map(({ accuracyDrop }) => accuracyDrop)); // [ 0.5, 0.25 ]
 * ```
 * @throws InvalidInputError as `cumulativeAblation`, and for a place that is no hidden unit.
 */
export async function unitEffects(
  model: Model,
  data: Dataset,
  places: readonly UnitPlace[],
  options: EffectOptions = {},
): Promise<UnitEffect[]> {
  requireModel(model, "unitEffects()");
  requirePlaces(model, places, "unitEffects()");
  const { ablator, whole, without } = await prepared(model, data, options);
  const base = ablator.answers();
  const found: UnitEffect[] = [];
  for (const [k, place] of places.entries()) {
    options.signal?.throwIfAborted();
    const { answers, losses } = await without([place]);
    const { mean, deviation } = momentsOf(losses.map((loss, row) => loss - whole.losses[row]!));
    const standardError = deviation / Math.sqrt(data.rows);
    found.push({ place, accuracyDrop: base.accuracy - answers.accuracy, lossRise: mean, standardError });
    options.onProgress?.((k + 1) / places.length);
  }
  return found;
}

/** More pairs than this are refused: 500 units have as many. */
const MOST_PAIRS = 125_000;

/**
 * What the loss of two hidden units together costs beyond the sum of what each costs, for all pairs of some units:
 * Δ({a, b}) − Δ({a}) − Δ({b}), example by example. The first of a pair is the earlier in `places`.
 *
 * @example
 * ```ts
 * // Without OR and AND half of the answers are wrong, as they are without OR: the two are redundant.
 * const hidden = { weights: [[1, 1], [1, 1]], bias: [-0.5, -1.5], activation: "relu" as const };
 * const output = { weights: [[-1, 4], [1, -4]], bias: [0.25, -0.25], activation: "softmax" as const };
 * const places = [{ layer: 0, unit: 0 }, { layer: 0, unit: 1 }];
 * const [both] = await pairEffects(network({ layers: [hidden, output] }), xor(), places);
 * console.log(both?.accuracyExcess); // -0.25
 * ```
 * @throws InvalidInputError as `unitEffects`, for fewer than 2 units, or more than 500.
 */
export async function pairEffects(
  model: Model,
  data: Dataset,
  places: readonly UnitPlace[],
  options: EffectOptions = {},
): Promise<PairEffect[]> {
  requireModel(model, "pairEffects()");
  requireList(places, "pairEffects()", "units");
  const pairs = places.flatMap((first, k) => places.slice(k + 1).map((second) => ({ first, second })));
  check(pairs.length > 0 && pairs.length <= MOST_PAIRS, {
    who: "pairEffects()",
    expected: "2 to 500 units",
    got: `${places.length}`,
  });
  requirePlaces(model, places, "pairEffects()");
  const { ablator, whole, without } = await prepared(model, data, options);
  const base = ablator.answers().accuracy;
  const alone = new Map<string, { accuracy: number; losses: Float64Array }>();
  for (const place of places) {
    const { answers, losses } = await without([place]);
    alone.set(placeKey(place), { accuracy: answers.accuracy, losses });
  }
  const found: Omit<PairEffect, "qValue">[] = [];
  for (const [k, { first, second }] of pairs.entries()) {
    options.signal?.throwIfAborted();
    const [a, b] = [alone.get(placeKey(first))!, alone.get(placeKey(second))!];
    const { answers, losses } = await without([first, second]);
    const excess = losses.map((loss, row) => loss - a.losses[row]! - b.losses[row]! + whole.losses[row]!);
    const { mean, deviation } = momentsOf(excess);
    const error = deviation / Math.sqrt(data.rows);
    const z = mean / error;
    found.push({
      first,
      second,
      accuracyExcess: a.accuracy + b.accuracy - answers.accuracy - base,
      lossExcess: mean,
      standardError: error,
      pValue: error === 0 ? Number(mean === 0) : chiSquareTail(z * z, 1),
    });
    options.onProgress?.((k + 1) / pairs.length);
  }
  const q = falseDiscoveryRates(found.map(({ pValue }) => pValue));
  return found.map((pair, k) => ({ ...pair, qValue: q[k]! }));
}

/** @throws InvalidInputError for a place that is no hidden unit of the model. */
function requirePlaces(model: Model, places: readonly UnitPlace[], who: string): void {
  requireList(places, who, "units");
  const hidden = unitsOf(model).layers.slice(0, -1);
  const wrong = places.find(
    (place: UnitPlace | null) => !isBelow(place?.unit, hidden[place?.layer ?? -1]?.outputs ?? 0),
  );
  if (wrong === undefined) return;
  const units = hidden.slice(0, MOST_SHOWN).map(({ outputs }, l) => `units 0 to ${outputs - 1} of layer ${l}`);
  const more = hidden.length > MOST_SHOWN ? " …" : "";
  const expected = hidden.length === 0 ? "a network with hidden units" : `hidden units: ${units.join(", ")}${more}`;
  const place: UnitPlace | null = wrong;
  throw new InvalidInputError({ who, expected, got: `unit ${place?.unit} of layer ${place?.layer}` });
}

/** Layers that a message lists. */
const MOST_SHOWN = 8;

function isBelow(value: unknown, limit: number): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < limit;
}

async function prepared(model: Model, data: Dataset, options: EffectOptions) {
  const { replacement, seed } = parse(effectOptions, options, "effects of units");
  const { train = data } = options;
  const ablator = await ablatorOf(model, data, await replacementOf(model, train, data, replacement, seed));
  const outcomes = (): Outcomes => ({ right: new Uint8Array(data.rows), losses: new Float64Array(data.rows) });
  const whole = outcomes();
  ablator.answers(whole);
  const without = async (places: readonly UnitPlace[]) => {
    const one = ablator.fresh();
    await one.hold(places);
    const own = outcomes();
    return { answers: one.answers(own), losses: own.losses };
  };
  return { ablator, whole, without };
}
