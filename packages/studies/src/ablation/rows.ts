/** What an ablation of a model says, as rows: curves, what they amount to, and what each unit knows and costs. */

import type {
  Ablation,
  AblationResult,
  CurveReading,
  CurveSummary,
  PairEffect,
  summarizeAblation,
  UnitEffect,
} from "@causalscope/core/ablation";
import { momentsOf, placeKey } from "@causalscope/core/internal";
import type { NeuronInformation } from "@causalscope/core/neurons";
import type { ValueRow } from "@causalscope/runs";
import { plainValue, valueRows } from "../common/value-rows.ts";

/**
 * Every scope's curves and summaries, the mean information of each layer, what each unit knows and costs, and pairs where they were asked
 * for, as rows. Accuracies are of the test part.
 */
export function ablationRows({ scopes, neurons, effects, pairs }: Ablation, seed: number): ValueRow[] {
  const rows = scopes.flatMap(({ scope, result, summary, information, inactive, rankCorrelationWithDamage }) => {
    const place = { seed, scope: scopeName(scope) };
    const setting = { ...place, ...EMPTY };
    return [
      ...curveRows(place, result),
      ...valueRows(setting, {
        information: plainValue(information),
        inactive: plainValue(inactive),
        units: plainValue(result.units),
      }),
      ...summaryRows(place, summary),
      ...valueRows(setting, { rankCorrelationWithDamage: given(rankCorrelationWithDamage) }),
    ];
  });
  return [...rows, ...unitRows(seed, neurons, effects), ...pairRows(seed, pairs)];
}

/** As rows and figures name it: layers from 1. */
export function scopeName(scope: AblationResult["scope"]): string {
  return scope === "network" ? "network" : `layer ${scope + 1}`;
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
function pairRows(seed: number, pairs: readonly PairEffect[]): ValueRow[] {
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
