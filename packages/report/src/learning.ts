/** When the network learns and when its EI moves, step by step; a step lies between two neighbouring checkpoints. */
import { meanSeries, type ReportData, type Series } from "./data.ts";

export interface Fall {
  readonly from: number;
  readonly to: number;
  /** Fall of the mean training loss per epoch, as a fraction of the fastest fall, 0 < speed ≤ 1. */
  readonly speed: number;
}

/** The steps in which the training loss, averaged over the seeds, falls; in order. */
export function lossFalls(data: Pick<ReportData, "epochs" | "training">): Fall[] {
  const rates = perEpoch(data.epochs, meanSeries(data.training.trainLoss)).map((rate) => (rate === null ? 0 : -rate));
  const fastest = rates.reduce((most, rate) => Math.max(most, rate), 0);
  return rates.flatMap((rate, k) =>
    rate > 0 ? [{ from: data.epochs[k]!, to: data.epochs[k + 1]!, speed: rate / fastest }] : [],
  );
}

/** The step of the fastest fall; none where the loss never falls. */
export function fastestFall(falls: readonly Fall[]): Fall | undefined {
  return falls.find((fall) => fall.speed === 1);
}

/** How fast the EI of all layers together moves, up or down, in bits per epoch: `[seed][step]`. */
export function eiMoves(data: Pick<ReportData, "epochs" | "bits">): Series[] {
  return data.bits.ei.map((layers) => {
    const moves = layers.map((series) => perEpoch(data.epochs, series));
    return data.epochs.slice(1).map((_, k) => {
      let sum = 0;
      for (const rates of moves) {
        const rate = rates[k];
        if (rate === null || rate === undefined) return null;
        sum += Math.abs(rate);
      }
      return sum;
    });
  });
}

/** Fewer steps than this have no meaningful quarter. */
const FEWEST_STEPS = 8;

/** How much of the EI's way is made in the steps in which the network learns fastest. */
export interface LearningMoves {
  /** Of Σ |ΔEI| over all layers and seeds, what lies in these steps. */
  readonly share: number;
  /** Of the steps, how many these are: about a quarter, and what `share` would be if both were unrelated. */
  readonly steps: number;
}

/**
 * How much of the EI's way is made while the network learns: of each seed's steps, the quarter with the fastest fall of
 * its training loss, in whole steps; the share of Σ |ΔEI| that lies there, over all layers and seeds, beside the share
 * of the steps, which it would be without a relation.
 * A seed whose loss falls in fewer than a quarter of its steps is left out; `undefined` where none is left.
 *
 * @example
 * ```ts
 * await performStudy(await study("iris"), "runs/short", { options: { seeds: [0], epochs: 20, every: 10 } });
 * const data = reportData(trainingDataOf(await readStudyRun("runs/short")));
 * console.log(movesWhileLearning(data)); // undefined
 * ```
 */
export function movesWhileLearning(data: Pick<ReportData, "epochs" | "bits" | "training">): LearningMoves | undefined {
  let [inside, all] = [0, 0];
  let [fast, counted] = [0, 0];
  const moves = eiMoves(data);
  for (const [s, losses] of data.training.trainLoss.entries()) {
    const rates = perEpoch(data.epochs, losses);
    const steps = rates.flatMap((rate, k) => {
      const move = moves[s]![k];
      if (rate === null || move === null || move === undefined) return [];
      return [{ fall: -rate, way: move * (data.epochs[k + 1]! - data.epochs[k]!) }];
    });
    const quarter = Math.round(steps.length / 4);
    steps.sort((a, b) => b.fall - a.fall);
    if (steps.length < FEWEST_STEPS || steps[quarter - 1]!.fall <= 0) continue;
    fast += quarter;
    counted += steps.length;
    for (const [rank, { way }] of steps.entries()) {
      all += way;
      if (rank < quarter) inside += way;
    }
  }
  return all === 0 ? undefined : { share: inside / all, steps: fast / counted };
}

/** Change per epoch in each step; null beside a gap. */
function perEpoch(epochs: readonly number[], series: Series): (number | null)[] {
  return epochs.slice(1).map((epoch, k) => {
    const [before, after] = [series[k], series[k + 1]];
    if (before === null || before === undefined || after === null || after === undefined) return null;
    return (after - before) / (epoch - epochs[k]!);
  });
}
