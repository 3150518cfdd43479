/**
 * What Mattsson, Michaud & Hoel (2020) saw in the causal planes of their networks, as sentences that the run shown confirms or not. Each is
 * judged by one number of the run, which is said with it.
 */
import type { ReportData } from "@causalscope/report/views";
import { movesWhileLearning } from "@causalscope/report/views";

export interface Observation {
  readonly claim: string;
  /** Undefined where the run cannot tell yet. */
  readonly holds: boolean | undefined;
  readonly because: string;
}

const mean = (values: readonly number[]) => values.reduce((sum, each) => sum + each, 0) / values.length;

/** A measure of a layer at a checkpoint, mean over the seeds; undefined where none was measured. */
function meanOf(data: ReportData, measure: "ei" | "degeneracy" | "sensitivity", layer: number, at: number) {
  const found = data.bits[measure].flatMap((layers) => layers[layer]![at] ?? []);
  return found.length === 0 ? undefined : mean(found);
}

export function observations(data: ReportData): readonly Observation[] {
  return [moving(data), drifting(data), turning(data), differing(data)];
}

/** Fastest loss, most movement. */
function moving(data: ReportData): Observation {
  const claim = "Layers move most while the loss falls fastest.";
  const moves = movesWhileLearning(data);
  if (moves === undefined) return { claim, holds: undefined, because: "too few checkpoints in which the loss falls" };
  const [share, steps] = [Math.round(100 * moves.share), Math.round(100 * moves.steps)];
  const text = `${share} % of all movement of EI lies in the ${steps} % of steps with the fastest fall (${steps} % would mean no relation)`;
  return { claim, holds: moves.share > 0.4, because: text };
}

/** The checkpoint of the lowest test loss, mean over the seeds. */
function bestCheckpoint({ training, epochs }: ReportData): number {
  let best = 0;
  const loss = (at: number) => mean(training.testLoss.map((series) => series[at] ?? Number.POSITIVE_INFINITY));
  for (let at = 1; at < epochs.length; at++) if (loss(at) < loss(best)) best = at;
  return best;
}

/** Where overfitting begins: the test loss is 2 % above its lowest; undefined where it never is. */
function overfitting(data: ReportData): number | undefined {
  const best = bestCheckpoint(data);
  const loss = (at: number) => mean(data.training.testLoss.map((series) => series[at] ?? Number.NaN));
  for (let at = best + 1; at < data.epochs.length; at++) if (loss(at) > 1.02 * loss(best)) return at;
  return undefined;
}

/** Drift to degeneracy when overfitting begins. */
function drifting(data: ReportData): Observation {
  const claim = "When overfitting begins, layers drift towards degeneracy.";
  const from = overfitting(data);
  const last = data.epochs.length - 1;
  if (from === undefined || from >= last)
    return { claim, holds: undefined, because: "the test loss of this run does not rise" };
  const drifts = data.layers.flatMap((_, layer) => {
    const [before, after] = [meanOf(data, "degeneracy", layer, from), meanOf(data, "degeneracy", layer, last)];
    return before === undefined || after === undefined ? [] : [after - before];
  });
  const up = drifts.filter((drift) => drift > 0).length;
  const text = `since epoch ${data.epochs[from]}, degeneracy rose in ${up} of ${drifts.length} layers, by ${mean(drifts).toFixed(2)} bit on average`;
  return { claim, holds: up > drifts.length / 2, because: text };
}

/** Degrees: less is no turn. */
const LEAST_TURN = 60;

/** Transitions where overfitting begins. */
function turning(data: ReportData): Observation {
  const claim = "Paths turn where overfitting begins.";
  const from = overfitting(data);
  if (from === undefined || from < 2 || from > data.epochs.length - 3)
    return { claim, holds: undefined, because: "the test loss of this run does not rise, or only at the end" };
  const turns = data.layers.flatMap((_, layer) => {
    const at = (k: number) => [meanOf(data, "ei", layer, k), meanOf(data, "degeneracy", layer, k)] as const;
    const [a, b, c] = [at(0), at(from), at(data.epochs.length - 1)];
    if ([...a, ...b, ...c].some((each) => each === undefined)) return [];
    const [before, after] = [
      [b[0]! - a[0]!, b[1]! - a[1]!],
      [c[0]! - b[0]!, c[1]! - b[1]!],
    ] as const;
    const size = Math.hypot(...before) * Math.hypot(...after);
    if (size === 0) return [];
    const cosine = (before[0]! * after[0]! + before[1]! * after[1]!) / size;
    return [{ layer, angle: (Math.acos(Math.max(-1, Math.min(1, cosine))) * 180) / Math.PI }];
  });
  if (turns.length === 0) return { claim, holds: undefined, because: "nothing moves after it" };
  const angles = turns.map(({ layer, angle }) => `L${layer + 1} by ${Math.round(angle)}°`).join(", ");
  const sharp = turns.filter(({ angle }) => angle > LEAST_TURN).length;
  const text = `at epoch ${data.epochs[from]} the ways turn: ${angles}; more than ${LEAST_TURN}° in ${sharp} of ${turns.length} layers`;
  return { claim, holds: sharp > turns.length / 2, because: text };
}

/** Layers that differ. */
function differing(data: ReportData): Observation {
  const claim = "Layers part: each comes to a place of its own.";
  const last = data.epochs.length - 1;
  const ei = data.layers.flatMap((_, layer) => meanOf(data, "ei", layer, last) ?? []);
  if (ei.length < 2) return { claim, holds: undefined, because: "one layer alone" };
  const spreads = data.layers.flatMap((_, layer) =>
    deviation(data.bits.ei.flatMap((layers) => layers[layer]![last] ?? [])),
  );
  const between = Math.max(...ei) - Math.min(...ei);
  const within = spreads.length === 0 ? 0 : mean(spreads);
  const seeds =
    spreads.length === 0
      ? ""
      : `, by a standard deviation of ${within.toFixed(2)} bit between the ${data.seeds.length} seeds of one layer`;
  const text = `EI differs by ${between.toFixed(2)} bit between layers${seeds}`;
  return { claim, holds: between > 2 * Math.max(within, 0.05), because: text };
}

/** The sample's standard deviation, which divides by N − 1; none of a single value. */
function deviation(values: readonly number[]): number | [] {
  if (values.length < 2) return [];
  const middle = mean(values);
  return Math.sqrt(values.reduce((sum, each) => sum + (each - middle) ** 2, 0) / (values.length - 1));
}
