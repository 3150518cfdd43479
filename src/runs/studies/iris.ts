/**
 * A network learns Iris: the experiment of Mattsson, Michaud & Hoel, "Examining the causal structures of deep neural networks using
 * information theory" (2020). A 4→5→5→3 network without biases learns to tell three species apart, and every layer is
 * measured on the way.
 */
import { causalPlane } from "../../causal/causal-plane.ts";
import type { LayerMeasures } from "../../causal/measure-layer.ts";
import { scaleInputs, split } from "../../datasets/dataset.ts";
import { iris } from "../../datasets/iris.ts";
import { breathe } from "../../engines/breathe.ts";
import { InvalidInputError } from "../../errors.ts";
import { type BinCounts, type BinsSpec, validBins } from "../../information/bins.ts";
import { derivedSeed } from "../../information/random.ts";
import { isTrainableActivation, type TrainableActivation } from "../../network/activation.ts";
import { mechanisms } from "../../network/mechanism.ts";
import { createNetwork } from "../../training/initialize.ts";
import { type Checkpoint, train } from "../../training/train.ts";
import { ahead } from "../ahead.ts";
import { checkpointBytes, checkpointFrom } from "../checkpoint-file.ts";
import type { Question } from "../run-file.ts";
import { MEASURES, type MeasurementRow } from "../table.ts";
import type { Study, StudyContext, StudyResult } from "./study.ts";

/** Softmax mixes its units: EI of such a layer has no pulled-back bins. */
type ElementwiseActivation = Exclude<TrainableActivation, "softmax">;

function isElementwise(name: unknown): name is ElementwiseActivation {
  return isTrainableActivation(name) && name !== "softmax";
}

export interface IrisOptions {
  /** One run each: the seed sets the first weights and the order of the flowers. */
  readonly seeds: readonly number[];
  /** Sets which flowers are learned from; the same for all seeds. */
  readonly splitSeed: number;
  readonly epochs: number;
  /** Epochs between measurements. */
  readonly every: number;
  readonly batch: number;
  readonly learningRate: number;
  /** Widths from the four inputs to the three species. */
  readonly layers: readonly number[];
  readonly activation: ElementwiseActivation;
  readonly bins: BinsSpec;
  /** Standard error of EI, in bits, at which sampling stops. */
  readonly tolerance: number;
}

/** The options and everything else that the answer depends on. */
export type IrisQuestion = Question & {
  readonly seeds: readonly number[];
  readonly splitSeed: number;
  readonly trainFlowers: number;
  readonly epochs: number;
  readonly every: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly layers: readonly number[];
  readonly activation: ElementwiseActivation;
  readonly bins: { readonly input: number; readonly output: number };
  readonly inputRange: readonly [number, number];
  readonly tolerance: number;
};

const DEFAULTS: IrisOptions = {
  seeds: [0, 1, 2],
  splitSeed: 0,
  epochs: 4000,
  every: 50,
  batch: 10,
  learningRate: 0.01,
  layers: [4, 5, 5, 3],
  activation: "sigmoid",
  bins: 8,
  tolerance: 0.02,
};

const TRAIN_FLOWERS = 100;
const INPUT_DIVISOR = 8;
const MAX_WIDTH = 1000;

export const irisStudy: Study<IrisOptions, IrisQuestion> = {
  name: "iris",
  summary: "a 4→5→5→3 network learns to tell three species of Iris apart (Mattsson, Michaud & Hoel 2020)",
  question,
  options: (asked) => {
    const names = Object.keys(DEFAULTS) as (keyof IrisOptions)[];
    return Object.fromEntries(names.map((name) => [name, asked[name]])) as Partial<IrisOptions>;
  },
  results,
  work,
  describe,
};

function question(
  options: Partial<IrisOptions>,
  who = (option: keyof IrisOptions) => `study iris: ${option}`,
): IrisQuestion {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const { seeds, splitSeed, epochs, every, batch, learningRate, layers, activation, bins, tolerance } = {
    ...DEFAULTS,
    ...given,
  };
  const require = (option: keyof IrisOptions, ok: boolean, expected: string, got: unknown) => {
    if (!ok) throw new InvalidInputError({ who: who(option), expected, got: JSON.stringify(got) ?? "nothing" });
  };
  const isSeed = (seed: unknown) => whole(seed, 0, Number.MAX_SAFE_INTEGER);
  const distinct = Array.isArray(seeds) && new Set(seeds).size === seeds.length;
  require("seeds", distinct &&
    seeds.length > 0 &&
    seeds.every(isSeed), "at least one seed, whole numbers from 0, none twice", seeds);
  require("splitSeed", isSeed(splitSeed), "a seed, a whole number from 0", splitSeed);
  require("epochs", whole(epochs, 1, 1e9), "a whole number from 1 to 1,000,000,000", epochs);
  require("every", whole(every, 1, 1e9), "a whole number from 1 to 1,000,000,000", every);
  require("batch", whole(
    batch,
    1,
    TRAIN_FLOWERS,
  ), `a whole number from 1 to ${TRAIN_FLOWERS}, the flowers to learn from`, batch);
  require("learningRate", positive(learningRate), "a finite number above 0", learningRate);
  require("tolerance", positive(tolerance), "a finite number of bits above 0", tolerance);
  const widths = Array.isArray(layers) && layers.length >= 2 && layers.every((width) => whole(width, 1, MAX_WIDTH));
  require("layers", widths, `widths from 1 to ${MAX_WIDTH} with hyphens between, such as 4-5-5-3`, layers);
  const fits = layers[0] === 4 && layers.at(-1) === 3;
  require("layers", fits, "widths that begin with 4 (measurements of a flower) and end with 3 (species)", layers);
  require("activation", isElementwise(activation), "one of sigmoid, tanh, relu, identity", activation);
  const counts: BinCounts = validBins(bins, who("bins"));
  return {
    dataset: "iris",
    trainFlowers: TRAIN_FLOWERS,
    splitSeed,
    inputDivisor: INPUT_DIVISOR,
    layers,
    activation,
    bias: false,
    initializer: "uniform",
    seeds,
    epochs,
    optimizer: "sgd",
    learningRate,
    batch,
    loss: "mse",
    reduction: "sum",
    every,
    bins: { input: counts.input, output: counts.output },
    // Every measurement of a flower, divided by 8, lies in it.
    inputRange: [0, 1],
    outside: "drop",
    tolerance,
  };
}

async function* results(asked: IrisQuestion, context: StudyContext): AsyncGenerator<StudyResult, void> {
  const { signal, pool, memory } = context;
  const report = progressOf(asked, context);
  const measure = async ({ seed, checkpoint }: Trained, signal: AbortSignal): Promise<StudyResult> => {
    const { epoch } = checkpoint;
    report(seed, epoch, 0);
    await breathe();
    const measures = await causalPlane(checkpoint.network, {
      bins: asked.bins,
      // From the seed and the epoch alone, so that it does not matter what was measured before.
      seed: derivedSeed(seed, epoch),
      tolerance: asked.tolerance,
      outside: "drop",
      signal,
      onProgress: (fraction) => report(seed, epoch, fraction),
      pool,
      memory,
    });
    signal.throwIfAborted();
    return resultOf(seed, checkpoint, measures);
  };
  // Without workers, training ahead would only put off what can be saved.
  yield* ahead(1 + AHEAD * (pool?.workers ?? 0), (signal) => trained(asked, context, signal), measure, signal);
}

/** Checkpoints that each worker may have waiting for it. */
const AHEAD = 2;

interface Trained {
  readonly seed: number;
  readonly checkpoint: Checkpoint;
}

/** Every checkpoint that is still to be measured, seed after seed. */
async function* trained(
  asked: IrisQuestion,
  context: StudyContext,
  signal: AbortSignal,
): AsyncGenerator<Trained, void> {
  const { seeds, epochs, every, batch, learningRate, layers, activation, inputRange } = asked;
  const data = split(scaleInputs(iris(), 1 / INPUT_DIVISOR), asked.trainFlowers, asked.splitSeed);
  for (const seed of seeds) {
    const from = lastOf(seed, context);
    const network = createNetwork({ layers, activation, bias: false, initializer: "uniform", seed, inputRange });
    const options = { epochs, every, batchSize: batch, learningRate, seed, loss: "mse", reduction: "sum" } as const;
    for await (const checkpoint of train(network, data, { ...options, from, signal, pause: breathe })) {
      yield { seed, checkpoint };
      // Training would leave no turn to what workers answer.
      await breathe();
    }
  }
}

function lastOf(seed: number, { last }: StudyContext): Checkpoint | undefined {
  const found = last(seed);
  return found && checkpointFrom(found.bytes, found.path);
}

/** Told how far each checkpoint is, says how far all are: checkpoints are begun in order, and several may be at work. */
function progressOf({ seeds, epochs, every }: IrisQuestion, { onProgress }: StudyContext) {
  const perSeed = Math.ceil(epochs / every) + 1;
  const total = perSeed * seeds.length;
  const fractions = new Map<number, number>();
  let first: number | undefined;
  return (seed: number, epoch: number, fraction: number): void => {
    const position = seeds.indexOf(seed) * perSeed + Math.ceil(epoch / every);
    first ??= position;
    if (position < first) return;
    fractions.set(position, fraction);
    const named = { seed: seeds[Math.floor(first / perSeed)]!, epoch: Math.min((first % perSeed) * every, epochs) };
    for (; fractions.get(first) === 1; first++) fractions.delete(first);
    const done = [...fractions.values()].reduce((sum, each) => sum + each, first);
    onProgress?.({ ...named, done, total });
  };
}

function resultOf(seed: number, checkpoint: Checkpoint, measures: readonly LayerMeasures[]): StudyResult {
  const { epoch, step, train: learned, test } = checkpoint;
  return {
    training: {
      seed,
      epoch,
      step,
      trainLoss: learned.loss,
      testLoss: test!.loss,
      trainAccuracy: learned.accuracy,
      testAccuracy: test!.accuracy,
    },
    measurements: measures.flatMap((layer, position) => rows(layer, position, seed, epoch)),
    checkpoint: checkpointBytes(checkpoint),
  };
}

function work({ layers, activation, inputRange, seeds, epochs, every, bins, tolerance }: IrisQuestion) {
  const network = createNetwork({ layers, activation, bias: false, initializer: "uniform", seed: 0, inputRange });
  const times = seeds.length * (Math.ceil(epochs / every) + 1);
  return { mechanisms: mechanisms(network), options: { bins, tolerance }, times };
}

function describe(asked: IrisQuestion) {
  const { layers: widths, activation, bins, seeds } = asked;
  const settings: [string, string][] = [
    ["network", `${widths.join(" → ")}, ${activation}, no biases`],
    [
      "data",
      `Iris: ${asked.trainFlowers} flowers to learn from, the other 50 to test; measurements divided by ${INPUT_DIVISOR}`,
    ],
    ["training", `SGD, learning rate ${asked.learningRate}, batches of ${asked.batch}, ${asked.epochs} epochs`],
    ["loss", "squared error, summed over the species and the batch"],
    ["measured", `every ${asked.every} epochs`],
    ["bins", bins.input === bins.output ? `${bins.input}` : `${bins.input} for inputs, ${bins.output} for outputs`],
    ["input range", `${asked.inputRange[0]} to ${asked.inputRange[1]}`],
    ["standard error of EI", `at most ${asked.tolerance} bit`],
    ["seeds", seeds.join(", ")],
    ["seed of the split", `${asked.splitSeed}`],
  ];
  const layers = widths
    .slice(1)
    .map((outputs, l) => ({ name: `layer ${l + 1}`, inputs: widths[l]!, outputs, activation }));
  return { study: "iris", settings, seeds, layers, lossName: "summed squared error per example" };
}

function rows(measured: LayerMeasures, layer: number, seed: number, epoch: number): MeasurementRow[] {
  return MEASURES.map((measure) => {
    const { interval, degreesOfFreedom, warnings, ...kept } = measured[measure];
    const place = { seed, epoch, layer, layerName: measured.name, measure };
    return { ...place, ...kept, warnings: warnings.join("; ") };
  });
}

function whole(value: unknown, least: number, most: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
}

function positive(value: unknown): boolean {
  return typeof value === "number" && value > 0 && value < Infinity;
}
