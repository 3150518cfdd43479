/** What curves of cumulative ablation say in few numbers. */

import * as v from "valibot";
import { check } from "../checks/check.ts";
import { instance } from "../checks/schema/instance-of.ts";
import { isOptionsObject, parse } from "../checks/schema/parse.ts";
import { options as optionsOf } from "../checks/schema/records.ts";
import { finite, whole } from "../checks/schema/scalars.ts";
import { greatest, least } from "../information/extremes.ts";
import { momentsOf } from "../information/moments.ts";
import { placeKey } from "./ablator.ts";
import type { AblationCurve, AblationResult, CurvePoint } from "./cumulative.ts";
import type { UnitEffect } from "./effects.ts";

/** Points over which a curve is averaged: the fractions 0, 0.05 … 1. */
const FRACTIONS = 20;

/** Mean accuracy over 21 equally spaced fractions of removed units; between points accuracy is interpolated. */
export function areaUnderCurve({ points }: { readonly points: readonly Reading[] }): number {
  const units = points.at(-1)!.removed;
  let sum = 0;
  for (let k = 0; k <= FRACTIONS; k++) sum += accuracyAt(points, (k * units) / FRACTIONS);
  return sum / (FRACTIONS + 1);
}

function accuracyAt(points: readonly Reading[], removed: number): number {
  const after = points.findIndex((point) => point.removed >= removed);
  const [low, high] = [points[Math.max(0, after - 1)]!, points[after]!];
  if (high.removed === removed || low === high) return high.accuracy;
  const share = (removed - low.removed) / (high.removed - low.removed);
  return low.accuracy + share * (high.accuracy - low.accuracy);
}

/** What the two curves of a score say; of the counts, each is as fine as the stops of the curves. */
export interface CurveReading {
  /** Areas under the curves that remove low scores first, and high ones. */
  readonly lowFirst: number;
  readonly highFirst: number;
  /** `lowFirst` − `highFirst`: above 0 where the score tells importance. */
  readonly gap: number;
  /** Fewest units of the highest scores that keep the accuracy within ε. */
  readonly sufficient: number;
  /** Fewest units of the highest scores whose removal leaves no more than guessing, or than no unit at all, + ε. */
  readonly necessary: number;
  /** Units at the low end that can go together within ε. */
  readonly removable: number;
  /** Of the active units, those that are not needed beside the sufficient ones. */
  readonly redundant: number;
}

/** What the curves of one score say. */
export interface CurveSummary extends CurveReading {
  readonly score: string;
  /**
   * Of the sufficient units, those of which each alone could be lost within ε, where all of them together cost more than the sum of what each
   * costs: they are missed jointly. Undefined where single effects were not given.
   */
  readonly synergistic?: number;
  /** Drop of the accuracy without the sufficient units, less the sum of the drops without each: above 0 synergy, below 0 redundancy. */
  readonly excess?: number;
  /** 95 % of the readings over resamples of the test examples, where there are any. */
  readonly intervals?: { readonly [Name in keyof CurveReading]: readonly [low: number, high: number] };
}

/** Areas over the random orders, and what units picked at random would do. */
export interface RandomBand extends Spread {
  /** Standard deviation of the areas. */
  readonly deviation: number;
  readonly repetitions: number;
  /** What `sufficient` and `necessary` are when units are picked at random: least, mean and greatest. */
  readonly sufficient: Spread;
  readonly necessary: Spread;
}

/** The least, the mean and the greatest of some values. */
export interface Spread {
  readonly low: number;
  readonly mean: number;
  readonly high: number;
}

/** What counts as guessing, and as no loss of accuracy. */
export interface SummaryOptions {
  /** Units that say nothing, which are idle and not redundant; default 0. */
  readonly inactive?: number;
  /** Accuracy of guessing. */
  readonly chance: number;
  /** Accuracy that counts as none; default 0.01. */
  readonly epsilon?: number;
  /** What each unit alone costs on the same examples. */
  readonly effects?: readonly UnitEffect[];
}

/** A point of a curve, with the accuracy that is to be read. */
interface Reading {
  readonly removed: number;
  readonly accuracy: number;
}

const summaryOptions = optionsOf({
  inactive: v.optional(whole(0), 0),
  chance: finite,
  epsilon: v.optional(finite, 0.01),
  effects: v.optional(v.custom(Array.isArray, "the result of unitEffects()")),
});

/**
 * What the curves of `cumulativeAblation()` amount to, for each score and for random orders: the areas under them, and
 * how many units suffice, are necessary, or can be removed.
 *
 * @example
 * ```ts
 * const hidden = { weights: [[1, 1], [1, 1]], bias: [-0.5, -1.5], activation: "relu" as const };
 * const output = { weights: [[-1, 4], [1, -4]], bias: [0.25, -0.25], activation: "softmax" as const };
 * const scores = { importance: new Map([["0/0", 2], ["0/1", 1]]) };
 * const model = network({ layers: [hidden, output] });
 * const result = await cumulativeAblation(model, xor(), xor(), { scope: 0, scores });
 * const [summary] = summarizeAblation(result, { chance: 0.5 }).scores;
 * console.log(summary?.lowFirst.toFixed(3), summary?.highFirst.toFixed(3)); // 0.750 0.631
 * ```
 * @throws InvalidInputError for no random curves, or a score without one in both directions; where effects are given, but not of each unit, or for options out of range.
 */
export function summarizeAblation(
  result: Pick<AblationResult, "curves" | "units">,
  options: SummaryOptions,
): { readonly scores: CurveSummary[]; readonly random: RandomBand } {
  const { curves, units } = parse(curveRecord, result, "summarizeAblation()");
  const { inactive, chance, epsilon } = parse(summaryOptions, options, "summarizeAblation()");
  const { effects } = options;
  requireCurves(curves);
  const random = curves.filter(({ direction }) => direction === "random");
  const names = [...new Set(curves.filter(({ direction }) => direction !== "random").map(({ score }) => score))];
  const scores = names.map((score): CurveSummary => {
    const [up, down] = (["ascending", "descending"] as const).map(
      (direction) => curves.find((curve) => curve.score === score && curve.direction === direction)!,
    ) as [AblationCurve, AblationCurve];
    const read = (accuracy: (point: CurvePoint) => number) => {
      const of = ({ points }: AblationCurve) =>
        points.map((point) => ({ removed: point.removed, accuracy: accuracy(point) }));
      return reading(of(up), of(down), { units, inactive, chance, epsilon });
    };
    const found = read(({ accuracy }) => accuracy);
    const resamples = up.points[0]!.resampled?.length ?? 0;
    const drawn = Array.from({ length: resamples }, (_, n) => read(({ resampled }) => resampled![n]!));
    return {
      score,
      ...found,
      ...(effects && jointly(down, found.sufficient, effects, epsilon)),
      ...(drawn.length > 0 && { intervals: intervalsOf(drawn) }),
    };
  });
  return { scores, random: bandOf(random, units, chance, epsilon) };
}

const curveRecord = instance<Pick<AblationResult, "curves" | "units">>(
  (value) => isOptionsObject(value) && "units" in value && "curves" in value && Array.isArray(value.curves),
  "the result of cumulativeAblation()",
);

/** @throws InvalidInputError unless each score has a curve in both directions, and there is a random one. */
function requireCurves(curves: readonly AblationCurve[]): void {
  const has = (score: string, direction: AblationCurve["direction"]) =>
    curves.some((curve) => curve.score === score && curve.direction === direction);
  check(has("random", "random"), {
    who: "summarizeAblation()",
    expected: "curves, at least one of them in random order",
    got: `${curves.length} curves, none of them random`,
  });
  const half = curves.find(
    ({ score, direction }) => direction !== "random" && !(has(score, "ascending") && has(score, "descending")),
  );
  check(half === undefined, {
    who: "summarizeAblation()",
    expected: "a curve in both directions for each score",
    got: `only the ${half?.direction} one of ${half?.score}`,
  });
}

function reading(
  up: readonly Reading[],
  down: readonly Reading[],
  { units, inactive, chance, epsilon }: { units: number; inactive: number; chance: number; epsilon: number },
): CurveReading {
  const sufficient = sufficientUnits(up, units, epsilon);
  const base = up[0]!.accuracy;
  // All points before it, not this one alone: a dip is no permission.
  const firstLoss = up.findIndex(({ accuracy }) => accuracy < base - epsilon);
  const [lowFirst, highFirst] = [areaUnderCurve({ points: up }), areaUnderCurve({ points: down })];
  return {
    lowFirst,
    highFirst,
    gap: lowFirst - highFirst,
    sufficient,
    necessary: necessaryUnits(down, chance, epsilon),
    removable: firstLoss < 0 ? units : up[firstLoss - 1]!.removed,
    redundant: Math.max(0, units - inactive - sufficient),
  };
}

function sufficientUnits(up: readonly Reading[], units: number, epsilon: number): number {
  const base = up[0]!.accuracy;
  return units - up.findLast(({ accuracy }) => accuracy >= base - epsilon)!.removed;
}

function necessaryUnits(down: readonly Reading[], chance: number, epsilon: number): number {
  // Without any unit the same is answered to all: that may be more than chance among examples that were drawn anew.
  const guessing = Math.max(chance, down.at(-1)!.accuracy);
  return down.find(({ accuracy }) => accuracy <= guessing + epsilon)!.removed;
}

/** Of the units of the highest scores, so many: what they cost together and apart. */
function jointly(
  { order, points }: AblationCurve,
  sufficient: number,
  effects: readonly UnitEffect[],
  epsilon: number,
): Pick<CurveSummary, "synergistic" | "excess"> {
  const drops = new Map(effects.map(({ place, accuracyDrop }) => [placeKey(place), accuracyDrop]));
  // The first stop after so many; with a stop after each unit, they themselves.
  const without = points.find(({ removed }) => removed >= sufficient)!;
  const own = order.slice(0, without.removed).map((place) => drops.get(placeKey(place)));
  const missing = own.indexOf(undefined);
  check(missing < 0, {
    who: "summarizeAblation()",
    expected: "the effect of each unit",
    got: `none for unit ${order[missing]?.unit} of layer ${order[missing]?.layer}`,
  });
  const single = own as number[];
  const excess = points[0]!.accuracy - without.accuracy - single.reduce((sum, drop) => sum + drop, 0);
  const spared = single.filter((drop) => drop <= epsilon).length;
  return { excess, synergistic: excess > 0 ? spared : 0 };
}

function bandOf(curves: readonly AblationCurve[], units: number, chance: number, epsilon: number): RandomBand {
  const areas = curves.map(areaUnderCurve);
  return {
    ...spread(areas),
    deviation: momentsOf(areas).deviation,
    repetitions: areas.length,
    sufficient: spread(curves.map(({ points }) => sufficientUnits(points, units, epsilon))),
    necessary: spread(curves.map(({ points }) => necessaryUnits(points, chance, epsilon))),
  };
}

function spread(values: readonly number[]): Spread {
  const { mean } = momentsOf(values);
  return { low: least(values), mean, high: greatest(values) };
}

/** Half of what is left out on either side of 95 %. */
const TAIL = 0.025;

function intervalsOf(drawn: readonly CurveReading[]): NonNullable<CurveSummary["intervals"]> {
  const names = Object.keys(drawn[0]!) as (keyof CurveReading)[];
  const entries = names.map((name) => {
    const sorted = drawn.map((one) => one[name]).sort((a, b) => (a === b ? 0 : a < b ? -1 : 1));
    const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))];
    return [name, [at(TAIL), at(1 - TAIL)]];
  });
  return Object.fromEntries(entries) as NonNullable<CurveSummary["intervals"]>;
}
