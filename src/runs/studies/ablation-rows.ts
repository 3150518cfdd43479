/** What an ablation of a model says, as rows: curves, what they amount to, and what each unit knows and costs. */

import { placeKey } from "../../ablation/ablator.ts";
import { type AblationResult, cumulativeAblation, placesOf, type UnitScores } from "../../ablation/cumulative.ts";
import { type CurveReading, type CurveSummary, summarizeAblation } from "../../ablation/curve.ts";
import { type PairEffect, type UnitEffect, unitEffects } from "../../ablation/effects.ts";
import type { ReplacementSpec } from "../../ablation/replacement.ts";
import { type ScoreName, unitScores } from "../../ablation/scores.ts";
import { greatest } from "../../information/extremes.ts";
import { momentsOf } from "../../information/moments.ts";
import type { Model } from "../../network/model.ts";
import { unitsOf } from "../../network/model-units.ts";
import { type NeuronInformation, neuronInformation } from "../../observational/neuron-information.ts";
import type { QuantizerSpec } from "../../observational/quantizer.ts";
import type { TrainingData } from "../../training/train.ts";
import { yieldToEventLoop } from "../../yield-to-event-loop.ts";
import type { ValueRow } from "../table.ts";
import { plainValue, valueRows } from "./grid.ts";
import { rankCorrelation } from "./rank-correlation.ts";

export interface AblationRowOptions {
  readonly scores: readonly ScoreName[];
  /** Default: one threshold, by the activation. */
  readonly quantizer?: QuantizerSpec;
  readonly replacement: ReplacementSpec;
  readonly repetitions: number;
  readonly points: number;
  readonly bootstrap: number;
  readonly seed: number;
  /** `network`, or layers from 0. Default: all of them. */
  readonly scopes?: readonly AblationResult["scope"][];
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (share: number) => void;
}

/**
 * Every scope's curves and summaries, the mean information of each layer, and each unit's, as rows; and the scores that made the orders.
 * Accuracies are of the test part.
 */
export async function ablationRows(
  model: Model,
  { train: learned, test = learned }: TrainingData,
  options: AblationRowOptions,
): Promise<{ rows: ValueRow[]; scores: Readonly<Record<ScoreName, UnitScores>> }> {
  const { scores: names, replacement, repetitions, points, bootstrap, seed, signal, onProgress } = options;
  const hidden = unitsOf(model).layers.length - 1;
  const { scopes = ["network", ...Array.from({ length: hidden }, (_, l) => l)] } = options;
  const quantizer = options.quantizer && { quantizer: options.quantizer };
  const neurons = await neuronInformation(model, learned, { ...quantizer });
  const scores = await unitScores(model, learned, names, { replacement, seed, neurons });
  const rows: ValueRow[] = [];
  const chance = greatest(counts(test.labels!)) / test.rows;
  const places = placesOf(model, scopes.length === 1 ? scopes[0]! : "network");
  const effects = await unitEffects(model, test, places, {
    train: learned,
    replacement,
    seed,
    ...(signal && { signal }),
  });
  for (const [k, scope] of scopes.entries()) {
    const result = await cumulativeAblation(model, learned, test, {
      scope,
      scores,
      replacement,
      repetitions,
      points: Math.min(points, placesOf(model, scope).length),
      bootstrap,
      seed,
      ...(signal && { signal }),
    });
    const place = { seed, scope: scopeName(scope) };
    const own = neurons.filter(({ layer }) => (scope === "network" ? layer < hidden : layer === scope));
    const inactive = own.filter(({ entropy }) => entropy === 0).length;
    const summary = summarizeAblation(result, { inactive, chance, effects });
    const mean = own.reduce((sum, { corrected }) => sum + corrected, 0) / own.length;
    rows.push(
      ...curveRows(place, result),
      ...valueRows(
        { ...place, ...EMPTY },
        { information: plainValue(mean), inactive: plainValue(inactive), units: plainValue(result.units) },
      ),
      ...summaryRows(place, summary),
    );
    if (names.includes("information") && names.includes("damage")) {
      const keys = placesOf(model, scope).map(placeKey);
      const of = (score: ScoreName) => keys.map((key) => scores[score].get(key)!);
      const rankCorrelationWithDamage = plainValue(rankCorrelation(of("information"), of("damage")));
      rows.push(...valueRows({ ...place, ...EMPTY }, { rankCorrelationWithDamage }));
    }
    onProgress?.((k + 1) / scopes.length);
    await yieldToEventLoop();
  }
  for (const row of unitRows(seed, neurons, effects)) rows.push(row);
  return { rows, scores };
}

/** As rows and figures name it: layers from 1. */
export function scopeName(scope: AblationResult["scope"]): string {
  return scope === "network" ? "network" : `layer ${scope + 1}`;
}

function counts(labels: Int32Array): number[] {
  const found: number[] = [];
  for (const label of labels) found[label] = (found[label] ?? 0) + 1;
  return found.map((count) => count ?? 0);
}

const EMPTY = { score: "", direction: "", repetition: 0, removed: 0, class: "", neuron: "" };

/** What each unit knows, and what is lost without it alone. */
function unitRows(seed: number, neurons: readonly NeuronInformation[], effects: readonly UnitEffect[]): ValueRow[] {
  const known = new Map(neurons.map((neuron) => [placeKey(neuron), neuron]));
  return effects.flatMap(({ place, accuracyDrop, lossRise, standardError }) => {
    const { information, entropy } = known.get(placeKey(place))!;
    return valueRows(
      { seed, scope: scopeName(place.layer), ...EMPTY, neuron: `${place.unit}` },
      {
        unitInformation: plainValue(information),
        unitEntropy: plainValue(entropy),
        unitAccuracyDrop: plainValue(accuracyDrop),
        unitLossRise: plainValue(lossRise, standardError),
      },
    );
  });
}

/** Two units of a layer held together; the same columns as of the curves. */
export function pairRows(seed: number, pairs: readonly PairEffect[]): ValueRow[] {
  return pairs.flatMap(({ first, second, accuracyExcess, lossExcess, standardError }) =>
    valueRows(
      { seed, scope: scopeName(first.layer), ...EMPTY, neuron: `${first.unit}, ${second.unit}` },
      { pairAccuracyExcess: plainValue(accuracyExcess), pairLossExcess: plainValue(lossExcess, standardError) },
    ),
  );
}

/** Stops at which accuracies of single classes are kept: as fine as areas are read. */
const CLASS_STOPS = 20;

function curveRows(place: { seed: number; scope: string }, { curves, units }: AblationResult): ValueRow[] {
  return curves.flatMap(({ score, direction, repetition, points }) => {
    const coarse = new Set(
      Array.from({ length: CLASS_STOPS + 1 }, (_, k) => {
        const wanted = Math.round((k * units) / CLASS_STOPS);
        return points.find(({ removed }) => removed >= wanted)!.removed;
      }),
    );
    return points.flatMap((point) => {
      const { removed, accuracy, loss, perClass, resampled } = point;
      const at = { ...place, ...EMPTY, score, direction, repetition, removed };
      const rows = valueRows(at, {
        // The standard deviation over the resamples of the test examples.
        testAccuracy: plainValue(accuracy, resampled && momentsOf(resampled).deviation),
        testLoss: plainValue(loss),
      });
      if (direction === "random" || !coarse.has(removed)) return rows;
      const classes = [...perClass].flatMap((own, label) =>
        valueRows({ ...at, class: `${label}` }, { classAccuracy: plainValue(own) }),
      );
      return [...rows, ...classes];
    });
  });
}

function summaryRows(
  place: { seed: number; scope: string },
  { scores, random }: ReturnType<typeof summarizeAblation>,
): ValueRow[] {
  const setting = (score: string, direction: string) => ({ ...place, ...EMPTY, score, direction });
  return [
    ...valueRows(setting("random", "random"), {
      area: plainValue(random.mean, random.deviation),
      sufficient: plainValue(random.sufficient.mean),
      sufficientLow: plainValue(random.sufficient.low),
      sufficientHigh: plainValue(random.sufficient.high),
      necessary: plainValue(random.necessary.mean),
      necessaryLow: plainValue(random.necessary.low),
      necessaryHigh: plainValue(random.necessary.high),
    }),
    ...scores.flatMap((summary) => [
      ...valueRows(setting(summary.score, "ascending"), {
        area: plainValue(summary.lowFirst, errorOf(summary, "lowFirst")),
      }),
      ...valueRows(setting(summary.score, "descending"), {
        area: plainValue(summary.highFirst, errorOf(summary, "highFirst")),
        gap: plainValue(summary.gap, errorOf(summary, "gap")),
        sufficient: plainValue(summary.sufficient),
        sufficientLow: given(summary.intervals?.sufficient[0]),
        sufficientHigh: given(summary.intervals?.sufficient[1]),
        necessary: plainValue(summary.necessary),
        necessaryLow: given(summary.intervals?.necessary[0]),
        necessaryHigh: given(summary.intervals?.necessary[1]),
        removable: plainValue(summary.removable),
        redundant: plainValue(summary.redundant),
        synergistic: given(summary.synergistic),
        excess: given(summary.excess),
      }),
    ]),
  ];
}

/** No row of what was not asked for. */
function given(value: number | undefined) {
  return value === undefined ? undefined : plainValue(value);
}

/** Standard error from the 95 % interval over the resamples. */
function errorOf({ intervals }: CurveSummary, name: keyof CurveReading): number {
  return intervals === undefined ? 0 : (intervals[name][1] - intervals[name][0]) / (2 * 1.959964);
}
