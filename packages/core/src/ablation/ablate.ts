/** What breaks without which units: everything that the command `causalscope ablate` measures, for a program. */

import * as v from "valibot";
import { listOf } from "../checks/schema/lists.ts";
import { parse } from "../checks/schema/parse.ts";
import { anyRecord, described, options } from "../checks/schema/records.ts";
import { oneOf, positiveInteger, whole } from "../checks/schema/scalars.ts";
import { type Dataset, requireDataset } from "../datasets/dataset.ts";
import { greatest } from "../information/extremes.ts";
import { rankCorrelation } from "../information/rank-correlation.ts";
import { type Model, requireModel } from "../model/model.ts";
import { unitsOf } from "../model/model-units.ts";
import { type NeuronInformation, neuronInformation } from "../observational/neuron-information.ts";
import { type QuantizerSpec, quantizerSchema } from "../observational/quantizer.ts";
import { work as workSchemas } from "../settings/settings.ts";
import { yieldToEventLoop } from "../settings/yield-to-event-loop.ts";
import { placeKey } from "./ablator.ts";
import {
  type AblationResult,
  ablationOptions,
  cumulativeAblation,
  orderWarnings,
  placesOf,
  type Scope,
  type UnitScores,
} from "./cumulative.ts";
import { summarizeAblation } from "./curve.ts";
import { type PairEffect, pairEffects, type UnitEffect, unitEffects } from "./effects.ts";
import type { ReplacementSpec } from "./replacement.ts";
import { MOST_RESAMPLES } from "./resamples.ts";
import { type ScoreName, scoreNames, unitScores } from "./scores.ts";

/** What changes the values of `ablate()`. Plain data. */
export interface AblateSettings {
  /** By which units are ordered. Default information, information8 and weight-spread. */
  readonly scores?: readonly ScoreName[];
  /** How scores read activations. Default: one threshold, by the activation. */
  readonly quantizer?: QuantizerSpec;
  /** What removed units are held at. Default zero. */
  readonly replacement?: ReplacementSpec;
  /** The whole network, or hidden layers by position from 0. Default: all of them. */
  readonly scopes?: readonly Scope[];
  /** Random orders. Default 20, the fewest that make a band. */
  readonly repetitions?: number;
  /** Stops of an order by a score, as many as units at most. Default 200. */
  readonly points?: number;
  /** Resamples of the test examples, for intervals; 0 for none. Default 200. */
  readonly bootstrap?: number;
  /** Also pairs among so many units of each layer with the highest first score. Default 0, none. */
  readonly pairs?: number;
  /** Default 0. */
  readonly seed?: number;
}

/** What must not change a value of `ablate()`. */
export interface AblateWork {
  readonly signal?: AbortSignal | undefined;
  /** Called with the fraction done, 0 … 1. */
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

/** The ablation of one layer, or of the whole network. */
export interface ScopeAblation {
  readonly scope: Scope;
  /** Curves of accuracy and loss on the test examples, by every score in both directions, and in random orders. */
  readonly result: AblationResult;
  /** What the curves amount to. */
  readonly summary: ReturnType<typeof summarizeAblation>;
  /** Mean of what its units know of the labels, in bits, bias-corrected. */
  readonly information: number;
  /** Units whose reading is the same for all examples. */
  readonly inactive: number;
  /** Spearman's, of information and damage, where both are among the scores. */
  readonly rankCorrelationWithDamage: number | undefined;
}

/** What `ablate()` returns: the curves of each scope, and what each unit knows and costs. */
export interface Ablation {
  readonly scopes: readonly ScopeAblation[];
  /** Of all hidden and output units, on the training examples. */
  readonly neurons: readonly NeuronInformation[];
  readonly scores: Readonly<Record<ScoreName, UnitScores>>;
  /** What the loss of each hidden unit alone costs, on the test examples. */
  readonly effects: readonly UnitEffect[];
  /** Where pairs were asked for. */
  readonly pairs: readonly PairEffect[];
  readonly warnings: readonly string[];
}

export const DEFAULT_SCORES: readonly ScoreName[] = ["information", "information8", "weight-spread"];

const scopeSchema = ablationOptions.entries.scope;

/** What each setting may be, what it is, and its default. */
export const ablateSettings = options({
  scores: v.optional(described(listOf(oneOf(scoreNames)), "Scores by which units are ordered."), [...DEFAULT_SCORES]),
  quantizer: v.optional(quantizerSchema),
  replacement: ablationOptions.entries.replacement,
  scopes: v.optional(described(listOf(scopeSchema), "The whole network, or hidden layers. Default: all.")),
  repetitions: ablationOptions.entries.repetitions,
  points: v.optional(described(positiveInteger, "Points of each curve."), 200),
  bootstrap: v.optional(described(whole(0, MOST_RESAMPLES), "Resamples of the test examples; 0 for none."), 200),
  pairs: v.optional(described(whole(0), "Units whose pairs are removed together; 0 for none."), 0),
  seed: ablationOptions.entries.seed,
} satisfies { readonly [name in keyof AblateSettings]-?: v.GenericSchema });

const dataParts = options({ train: anyRecord, test: v.optional(anyRecord) });

const ablateWork = options({ signal: workSchemas.signal, onProgress: workSchemas.onProgress });

/**
 * Holds the hidden units of a model at a constant, one after another, in the order of their scores and in random
 * orders, over the whole network and within each layer, and reads accuracy and loss on the way (Morcos et al. 2018;
 * Amjad, Liu & Geiger 2021). Units of a convolution are whole channels.
 *
 * @param data One data set, or two parts: `train` is what scores and replacements are learned from, `test` what
 *   accuracy and loss are read on (default: the same).
 * @example
 * ```ts
 * // Two hidden units, OR and AND of the inputs. Without OR two of four answers are wrong, without AND one.
 * const hidden = { weights: [[1, 1], [1, 1]], bias: [-0.5, -1.5], activation: "relu" as const };
 * const output = { weights: [[-1, 4], [1, -4]], bias: [0.25, -0.25], activation: "softmax" as const };
 * const { scopes, effects } = await ablate(network({ layers: [hidden, output] }), xor());
 * console.log(effects.map(({ accuracyDrop }) => accuracyDrop)); // [ 0.5, 0.25 ]
 * console.log(scopes.map(({ scope }) => scope)); // [ 'network', 0 ]
 * ```
 * @throws InvalidInputError for a model without hidden units, data that do not fit it or lack labels, unknown scores,
 *   and settings out of range; the signal's reason when cancelled.
 */
export async function ablate(
  model: Model,
  data: Dataset | { readonly train: Dataset; readonly test?: Dataset },
  settings: AblateSettings = {},
  work: AblateWork = {},
): Promise<Ablation> {
  requireModel(model, "ablate()");
  const given = parse(ablateSettings, settings, "ablate(): settings");
  parse(ablateWork, work, "ablate(): work");
  const { train, test = train } = partsOf(data);
  const { signal, onProgress } = work;
  const { scores: names, quantizer, replacement, repetitions, points, bootstrap, pairs, seed } = given;
  const hidden = unitsOf(model).layers.length - 1;
  const { scopes = ["network", ...Array.from({ length: hidden }, (_, l) => l)] } = given;
  const places = placesOf(model, scopes.length === 1 ? scopes[0]! : "network");
  const neurons = await neuronInformation(model, train, { quantizer });
  const scores = await unitScores(model, train, names, { replacement, seed, neurons });
  const chance = greatest(counts(test.labels!)) / test.rows;
  const effects = await unitEffects(model, test, places, { train, replacement, seed, signal });
  const found: ScopeAblation[] = [];
  for (const [k, scope] of scopes.entries()) {
    const own = placesOf(model, scope).map(placeKey);
    const stops = Math.min(points, own.length);
    const options = { scope, scores, replacement, repetitions, points: stops, bootstrap, seed, signal };
    const result = await cumulativeAblation(model, train, test, options);
    const known = neurons.filter(({ layer }) => (scope === "network" ? layer < hidden : layer === scope));
    const inactive = known.filter(({ entropy }) => entropy === 0).length;
    const of = (score: ScoreName) => own.map((key) => scores[score].get(key)!);
    found.push({
      scope,
      result,
      summary: summarizeAblation(result, { inactive, chance, effects }),
      information: known.reduce((sum, { corrected }) => sum + corrected, 0) / known.length,
      inactive,
      rankCorrelationWithDamage:
        names.includes("information") && names.includes("damage")
          ? rankCorrelation(of("information"), of("damage"))
          : undefined,
    });
    onProgress?.((k + 1) / scopes.length);
    await yieldToEventLoop();
  }
  const together: PairEffect[] = [];
  for (const top of pairs === 0 ? [] : topUnits(places, scores[names[0]!], pairs)) {
    for (const effect of await pairEffects(model, test, top, { train, replacement, seed, signal }))
      together.push(effect);
  }
  const warnings = orderWarnings(scopes, model, repetitions);
  return { scopes: found, neurons, scores, effects, pairs: together, warnings };
}

function partsOf(data: Parameters<typeof ablate>[1]): { readonly train: Dataset; readonly test?: Dataset } {
  const isSplit = typeof data === "object" && data !== null && "train" in data;
  if (!isSplit) {
    requireDataset(data, "ablate(): data");
    return { train: data };
  }
  parse(dataParts, data, "ablate(): data");
  requireDataset(data.train, "ablate(): data.train");
  if (data.test !== undefined) requireDataset(data.test, "ablate(): data.test");
  return data;
}

function counts(labels: Int32Array): number[] {
  const found: number[] = [];
  for (const label of labels) found[label] = (found[label] ?? 0) + 1;
  return found.map((count) => count ?? 0);
}

/** Of each layer that has two units, so many with the highest score. */
function topUnits(places: ReturnType<typeof placesOf>, score: UnitScores, count: number) {
  const layers = [...new Set(places.map(({ layer }) => layer))];
  return layers
    .map((layer) =>
      places
        .filter((place) => place.layer === layer)
        .toSorted((a, b) => score.get(placeKey(b))! - score.get(placeKey(a))!)
        .slice(0, Math.max(2, count)),
    )
    .filter((top) => top.length > 1);
}
