/**
 * f-CMI by experiment (Harutyunyan, Raginsky, Ver Steeg & Galstyan, "Information-theoretic generalization bounds for black-box learning
 * algorithms", 2021): 2 m examples make m pairs, a coin says which of each pair is learned from, and training is repeated with new coins. What
 * the answers to both tell of the coin bounds the gap of any training, deterministic ones too.
 */

import * as v from "valibot";
import { check } from "../checks/check.ts";
import { signal as abortSignal, callback, instance } from "../checks/schema/instance-of.ts";
import { parse } from "../checks/schema/parse.ts";
import { described, options as optionsOf } from "../checks/schema/records.ts";
import { positiveInteger, seed as seedSchema, whole } from "../checks/schema/scalars.ts";
import { type Dataset, pick, requireDataset } from "../datasets/dataset.ts";
import { derivedSeed, Random, Stream, shuffle } from "../information/random.ts";
import { type Model, requireChain } from "../model/model.ts";
import { activationsOf } from "./activations-on-data.ts";
import { fCmiBound, lossDifferenceBound, type PairRecord, type PairsBound } from "./generalization-bounds.ts";

export interface FCmiOptions {
  /** Makes a network of training examples; the seed differs from training to training. */
  readonly learn: (train: Dataset, seed: number) => Promise<Model>;
  /** m: pairs, and so examples to learn from. */
  readonly pairs: number;
  /** Trainings for each set of pairs; default 30, of the publication. */
  readonly draws?: number;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (fraction: number) => void;
}

const fCmiOptions = optionsOf({
  learn: instance<FCmiOptions["learn"]>((value) => typeof value === "function", "a function that trains"),
  pairs: described(positiveInteger, "Number of pairs, and so of training examples."),
  draws: v.optional(described(whole(2), "Trainings for each set of pairs."), 30),
  seed: described(seedSchema, "Seed of the pairs, the coin flips and the trainings."),
  signal: v.optional(abortSignal),
  onProgress: v.optional(callback),
});

export interface FCmiExperiment {
  /** By the labels that are answered. */
  readonly labels: PairsBound;
  /** By the difference of the two mistakes alone: no looser. */
  readonly lossDifference: PairsBound;
  /** Mean over the trainings of the mistakes among the examples that were left out less those among the ones learned from. */
  readonly gap: number;
}

/** Streams that choose pairs, throw coins and seed trainings. */
const [PAIRS, COINS, TRAININGS] = [43, 44, 45];

/**
 * One set of pairs; the published protocol is the mean over five, by five seeds.
 *
 * @throws InvalidInputError for data without labels or with fewer than 2 m rows, or counts that are not whole: at least 1 pair and 2 draws.
 */
export async function fCmiExperiment(data: Dataset, options: FCmiOptions): Promise<FCmiExperiment> {
  const who = "fCmiExperiment()";
  const { learn, pairs, draws, seed, signal, onProgress } = parse(fCmiOptions, options, who);
  requireDataset(data, who);
  check(data.rows >= 2 * pairs, { who, expected: `${2 * pairs} examples, two for each pair`, got: `${data.rows}` });
  check(data.labels !== undefined, { who, expected: "labels", got: `none in ${data.name}` });
  const order = Int32Array.from({ length: data.rows }, (_, row) => row);
  shuffle(order, new Random(seed, Stream.part, PAIRS));
  const asked = pick(data, order.subarray(0, 2 * pairs), `${data.name} (pairs)`);
  const records = Array.from({ length: pairs }, () => ({
    member: new Int32Array(draws),
    first: new Int32Array(draws),
    second: new Int32Array(draws),
  }));
  let gap = 0;
  for (let draw = 0; draw < draws; draw++) {
    signal?.throwIfAborted();
    const random = new Random(seed, Stream.part, COINS, draw);
    const members = Int32Array.from(records, ({ member }, pair) => {
      member[draw] = random.below(2);
      return 2 * pair + member[draw]!;
    });
    const train = pick(asked, members, `${data.name} (learned from)`);
    const network = await learn(train, derivedSeed(seed, TRAININGS, draw));
    const answered = await predictedLabels(network, asked);
    for (const [pair, { member, first, second }] of records.entries()) {
      [first[draw], second[draw]] = [answered[2 * pair]!, answered[2 * pair + 1]!];
      const wrong = (at: number) => Number(answered[at] !== asked.labels![at]);
      const own = 2 * pair + member[draw]!;
      gap += (wrong(4 * pair + 1 - own) - wrong(own)) / (pairs * draws);
    }
    onProgress?.((draw + 1) / draws);
  }
  const truth = records.map((_, pair) => [asked.labels![2 * pair]!, asked.labels![2 * pair + 1]!] as const);
  const kept: readonly PairRecord[] = records;
  return { labels: fCmiBound(kept, gap), lossDifference: lossDifferenceBound(kept, truth, gap), gap };
}

/** The greatest output of each row (of equals, the first); of a single output, the side of ½. */
export async function predictedLabels(model: Model, data: Dataset): Promise<Int32Array> {
  const { layer, values } = (await activationsOf(requireChain(model, "predictedLabels()"), data)).at(-1)!;
  return Int32Array.from({ length: data.rows }, (_, row) => {
    const from = row * layer.outputs;
    let best = layer.outputs === 1 ? Number(values[from]! > 0.5) : 0;
    for (let j = 1; j < layer.outputs; j++) if (values[from + j]! > values[from + best]!) best = j;
    return best;
  });
}
