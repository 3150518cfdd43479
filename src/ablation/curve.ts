/** What curves of cumulative ablation say in few numbers. */
import type { AblationCurve, AblationResult } from "./cumulative.ts";

/** Points over which a curve is averaged: the fractions 0, 0.05 … 1. */
const FRACTIONS = 20;

/** Mean accuracy over 21 equally spaced fractions of removed units; between points accuracy is interpolated. */
export function areaUnderCurve({ points }: Pick<AblationCurve, "points">): number {
  const units = points.at(-1)!.removed;
  let sum = 0;
  for (let k = 0; k <= FRACTIONS; k++) sum += accuracyAt(points, (k * units) / FRACTIONS);
  return sum / (FRACTIONS + 1);
}

function accuracyAt(points: AblationCurve["points"], removed: number): number {
  const after = points.findIndex((point) => point.removed >= removed);
  const [low, high] = [points[Math.max(0, after - 1)]!, points[after]!];
  if (high.removed === removed || low === high) return high.accuracy;
  const share = (removed - low.removed) / (high.removed - low.removed);
  return low.accuracy + share * (high.accuracy - low.accuracy);
}

export interface CurveSummary {
  readonly score: string;
  /** Areas under the curves that remove low scores first, and high ones. */
  readonly lowFirst: number;
  readonly highFirst: number;
  /** Fewest units of the highest scores that keep the accuracy within ε. */
  readonly sufficient: number;
  /** Fewest units of the highest scores whose removal leaves chance + ε; undefined where none does. */
  readonly necessary: number | undefined;
  /** Units at the low end that can go together within ε. */
  readonly removable: number;
  /** Of the active units, those that are not needed beside the sufficient ones. */
  readonly redundant: number;
}

export interface RandomBand {
  readonly mean: number;
  /** Standard deviation over the random orders. */
  readonly deviation: number;
  readonly low: number;
  readonly high: number;
  readonly repetitions: number;
}

/**
 * @param inactive units that say nothing (one state after quantization, or removable for other reasons), which are not redundant but idle.
 * @param chance accuracy of guessing. @param epsilon accuracy that counts as none; default 0.01.
 */
export function summarizeAblation(
  { curves, units }: Pick<AblationResult, "curves" | "units">,
  {
    inactive = 0,
    chance,
    epsilon = 0.01,
  }: { readonly inactive?: number; readonly chance: number; readonly epsilon?: number },
): { readonly scores: CurveSummary[]; readonly random: RandomBand } {
  const areas = curves.filter(({ direction }) => direction === "random").map(areaUnderCurve);
  const mean = areas.reduce((sum, area) => sum + area, 0) / areas.length;
  const square = areas.reduce((sum, area) => sum + (area - mean) * (area - mean), 0);
  const random = {
    mean,
    deviation: areas.length > 1 ? Math.sqrt(square / (areas.length - 1)) : 0,
    low: Math.min(...areas),
    high: Math.max(...areas),
    repetitions: areas.length,
  };
  const names = [...new Set(curves.filter(({ direction }) => direction !== "random").map(({ score }) => score))];
  const scores = names.map((score): CurveSummary => {
    const [up, down] = (["ascending", "descending"] as const).map(
      (direction) => curves.find((curve) => curve.score === score && curve.direction === direction)!,
    ) as [AblationCurve, AblationCurve];
    const base = up.points[0]!.accuracy;
    const within = up.points.findLast(({ accuracy }) => accuracy >= base - epsilon)!.removed;
    const sufficient = units - within;
    // All points before it, not this one alone: a dip is no permission.
    const firstLoss = up.points.findIndex(({ accuracy }) => accuracy < base - epsilon);
    const removable = firstLoss < 0 ? units : up.points[firstLoss - 1]!.removed;
    const destroyed = down.points.find(({ accuracy }) => accuracy <= chance + epsilon);
    return {
      score,
      lowFirst: areaUnderCurve(up),
      highFirst: areaUnderCurve(down),
      sufficient,
      necessary: destroyed?.removed,
      removable,
      redundant: Math.max(0, units - inactive - sufficient),
    };
  });
  return { scores, random };
}
