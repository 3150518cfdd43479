/**
 * Studies of networks that learn, every layer measured on the way: the experiments of Mattsson, Michaud & Hoel, "Examining the
 * causal structures of deep neural networks using information theory" (2020), with everything adjustable. One study differs from
 * another by its defaults.
 */

import type { Mechanism, Model } from "@causalscope/core";
import { createNetwork, train } from "@causalscope/core";
import { FormatError, InvalidInputError } from "@causalscope/core/errors";
import type { TrainableActivation } from "@causalscope/core/internal";
import {
  inputRangeBefore,
  mechanismOf,
  modelOfChain,
  requireChain,
  validBins,
  validRange,
  yieldToEventLoop,
} from "@causalscope/core/internal";
import type { BinCounts, BinsSpec, LayerMeasures, Range } from "@causalscope/core/measures";
import { layerSeed, MEASURES, measureLayers } from "@causalscope/core/measures";
import type { Checkpoint, TrainingData } from "@causalscope/core/training";
import {
  evaluate,
  type Initializer,
  initializers,
  type LossName,
  lossNames,
  type OptimizerName,
  optimizerNames,
  type Reduction,
  reductions,
} from "@causalscope/core/training";
import type { MeasurementRow, Question } from "@causalscope/runs";
import { ahead, checkpointBytes, checkpointFrom, trainingSteps } from "@causalscope/runs";
import { isPositive, isWhole, requireOption, type Who } from "./options.ts";
import { provenanceSettings } from "./own-data.ts";
import type { StudyContext, StudyResult, StudyWork, TrainingStudy } from "./study.ts";
import { type DataPlan, dataPlan, dataText, embeddedData, featuresOf, knownData } from "./study-data.ts";

export interface TrainingOptions extends DataPlan {
  /** One run each: the seed sets the first weights and the order of the examples. */
  readonly seeds: readonly number[];
  /** Widths from the inputs to the classes. */
  readonly layers: readonly number[];
  /** Of all layers but the last. */
  readonly activation: TrainableActivation;
  /** Of the last layer. Default: that of the others. */
  readonly outputActivation: TrainableActivation;
  readonly bias: boolean;
  readonly initializer: Initializer;
  readonly epochs: number;
  /** Epochs between measurements. */
  readonly every: number;
  readonly optimizer: OptimizerName;
  readonly learningRate: number;
  readonly batch: number;
  readonly loss: LossName;
  readonly reduction: Reduction;
  readonly l2: number;
  /** Fraction of the hidden units that are dropped at each step. */
  readonly dropout: number;
  readonly batchNorm: boolean;
  readonly bins: BinsSpec;
  /** Of the network's own inputs. */
  readonly inputRange: Range;
  /** Of the values between layers and of the outputs; null: each activation's own. */
  readonly valueRange: Range | null;
  /** Standard error of EI, in bits, at which sampling stops. */
  readonly tolerance: number;
  /** Most samples of an EI; it then has the larger error that it says. */
  readonly samples: number;
}

/** The options with all their defaults, and the rules that cannot be changed. */
export type TrainingQuestion = Question &
  Omit<TrainingOptions, "bins"> & { readonly bins: { readonly input: number; readonly output: number } };

/** The settings of the authors' runs. */
const PAPER = {
  seeds: [0, 1, 2],
  activation: "sigmoid",
  bias: false,
  initializer: "uniform",
  optimizer: "sgd",
  learningRate: 0.01,
  loss: "mse",
  reduction: "sum",
  l2: 0,
  dropout: 0,
  batchNorm: false,
  bins: 8,
  inputRange: [0, 1],
  valueRange: null,
  tolerance: 0.02,
  samples: 1_000_000,
} as const;

export interface TrainingDefinition {
  readonly name: string;
  readonly summary: string;
  readonly data: DataPlan["data"];
  /** What differs from the authors' settings, given where the data come from. */
  readonly defaults: (source: DataPlan["source"]) => Partial<TrainingOptions>;
  /** Whether another data set may be asked for. */
  readonly anyData?: boolean;
}

const MAX_WIDTH = 4096;

export function trainingStudy(definition: TrainingDefinition): TrainingStudy<TrainingOptions, TrainingQuestion> {
  const { name, summary } = definition;
  return {
    kind: "training",
    name,
    summary,
    ...(definition.anyData === true && { takes: "tables" as const }),
    question: (options, who) => question(definition, options, who ?? ((option) => `study ${name}: ${option}`)),
    options: (asked) => {
      const { outside: _, ...options } = asked as TrainingQuestion & { readonly outside: string };
      return options;
    },
    results,
    steps: ({ seeds, epochs, every }) => trainingSteps(seeds, epochs, every),
    work,
    describe: (asked) => describe(name, asked),
  };
}

function question(
  definition: TrainingDefinition,
  options: Partial<TrainingOptions>,
  who: Who<TrainingOptions>,
): TrainingQuestion {
  const given = Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as Partial<TrainingOptions>;
  const name = given.data ?? definition.data;
  if (name !== definition.data && definition.anyData !== true) {
    const expected = `${definition.data}, which this study is about`;
    throw new InvalidInputError({ who: who("data"), expected, got: JSON.stringify(name) });
  }
  // The plan says which names there are before its defaults are asked for.
  const { source } = dataPlan(name, given.source === undefined ? {} : { source: given.source }, who);
  const asked = { ...PAPER, ...definition.defaults(source), ...given };
  const plan = dataPlan(name, asked, who);
  const features = featuresOf(plan);
  const layers = asked.layers ?? (features === undefined ? undefined : [features, 16, 16, plan.classes]);
  const epochs = asked.epochs ?? 1000;
  const every = asked.every ?? Math.max(1, Math.round(epochs / 50));
  const batch = asked.batch ?? Math.min(50, plan.trainRows || 50);
  const { seeds, activation, outputActivation = activation, tolerance, learningRate, l2, dropout } = asked;
  const require: Require = (option, ok, expected, got) => requireOption(ok, who(option), expected, got);
  const isSeed = (seed: unknown) => isWhole(seed, 0, Number.MAX_SAFE_INTEGER);
  const distinct = Array.isArray(seeds) && new Set(seeds).size === seeds.length;
  require("seeds", distinct &&
    seeds.length > 0 &&
    seeds.every(isSeed), "at least one seed, whole numbers from 0, none twice", seeds);
  require("epochs", isWhole(epochs, 1, 1e9), "a whole number from 1 to 1,000,000,000", epochs);
  require("every", isWhole(every, 1, 1e9), "a whole number from 1 to 1,000,000,000", every);
  const rows = plan.trainRows || Number.MAX_SAFE_INTEGER;
  require("batch", isWhole(batch, 1, rows), `a whole number from 1 to ${rows}, the examples to learn from`, batch);
  require("learningRate", isPositive(learningRate), "a finite number above 0", learningRate);
  require("samples", isWhole(asked.samples, 1000, 1e9), "a whole number from 1000 to 1,000,000,000", asked.samples);
  require("tolerance", isPositive(tolerance), "a finite number of bits above 0", tolerance);
  require("l2", l2 === 0 || isPositive(l2), "a finite number from 0", l2);
  require("dropout", dropout === 0 || (isPositive(dropout) && dropout < 1), "a fraction from 0, below 1", dropout);
  requireWidths(plan, layers, require);
  requireOneOf("activation", activation, ["sigmoid", "tanh", "relu", "identity"], require);
  requireOneOf("outputActivation", outputActivation, ["sigmoid", "tanh", "relu", "identity", "softmax"], require);
  requireOneOf("initializer", asked.initializer, initializers, require);
  requireOneOf("optimizer", asked.optimizer, optimizerNames, require);
  requireOneOf("loss", asked.loss, lossNames, require);
  requireOneOf("reduction", asked.reduction, reductions, require);
  for (const option of ["bias", "batchNorm"] as const) {
    require(option, typeof asked[option] === "boolean", "true or false", asked[option]);
  }
  const counts: BinCounts = validBins(asked.bins, who("bins"));
  return {
    ...plan,
    layers: layers!,
    activation,
    outputActivation,
    bias: asked.bias,
    initializer: asked.initializer,
    seeds,
    epochs,
    every,
    optimizer: asked.optimizer,
    learningRate,
    batch,
    loss: asked.loss,
    reduction: asked.reduction,
    l2,
    dropout,
    batchNorm: asked.batchNorm,
    bins: { input: counts.input, output: counts.output },
    inputRange: validRange(asked.inputRange, who("inputRange")),
    valueRange: asked.valueRange === null ? null : validRange(asked.valueRange, who("valueRange")),
    outside: "drop",
    tolerance,
    samples: asked.samples,
  };
}

type Require = (option: keyof TrainingOptions, ok: boolean, expected: string, got: unknown) => void;

function requireWidths(plan: DataPlan, layers: unknown, require: Require): void {
  const widths = Array.isArray(layers) && layers.length >= 2 && layers.every((width) => isWhole(width, 1, MAX_WIDTH));
  require("layers", widths, `widths from 1 to ${MAX_WIDTH} with hyphens between, such as 4-5-5-3`, layers);
  const [features, classes] = [featuresOf(plan), plan.classes];
  const [first, last] = [(layers as number[])[0], (layers as number[]).at(-1)];
  const fits = (features === undefined || first === features) && (classes === 0 || last === classes);
  const { title } = knownData(plan.data, plan.source);
  require("layers", fits, `widths that begin with ${features} (inputs of ${title}) and end with ${classes} (classes)`, layers);
}

function requireOneOf(option: keyof TrainingOptions, value: unknown, names: readonly string[], require: Require): void {
  require(option, typeof value === "string" && names.includes(value), `one of ${names.join(", ")}`, value);
}

async function* results(asked: TrainingQuestion, context: StudyContext): AsyncGenerator<StudyResult, void> {
  const { signal, pool, memory } = context;
  const report = progressOf(asked, context);
  const measure = async ({ seed, checkpoint }: Trained, signal: AbortSignal): Promise<StudyResult> => {
    const { epoch } = checkpoint;
    report(seed, epoch, 0);
    await yieldToEventLoop();
    // From the seed and the epoch alone, so that it does not matter what was measured before.
    const requests = studyMechanisms(checkpoint.model, asked).map((mechanism, layer) => ({
      mechanism,
      bins: asked.bins,
      seed: layerSeed(seed, layer, epoch),
    }));
    const measures = await measureLayers(requests, {
      tolerance: asked.tolerance,
      samples: asked.samples,
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
  asked: TrainingQuestion,
  context: StudyContext,
  signal: AbortSignal,
): AsyncGenerator<Trained, void> {
  const data =
    asked.source === "embedded" || context.data === undefined ? embeddedData(asked) : await context.data(asked);
  for (const seed of asked.seeds) {
    const network = createNetwork({ ...networkSpec(asked), seed });
    const from = lastOf(seed, context);
    if (from !== undefined) requireSameData(from.checkpoint, from.path, data, asked);
    const options = { ...trainingRules(asked), seed, from: from?.checkpoint, signal, pause: yieldToEventLoop };
    for await (const checkpoint of train(network, data, options)) {
      yield { seed, checkpoint };
      // Training would leave no turn to what workers answer.
      await yieldToEventLoop();
    }
  }
}

/** The options of `train()` that a question sets, but for the seed. */
export function trainingRules(asked: TrainingQuestion) {
  const { epochs, every, batch: batchSize, learningRate, optimizer, loss, reduction, l2, dropout, batchNorm } = asked;
  const regular = { ...(dropout > 0 && { dropout }), ...(batchNorm && { batchNorm }) };
  return { epochs, every, batchSize, learningRate, optimizer, loss, reduction, l2, ...regular };
}

export function networkSpec({ layers, activation, outputActivation, bias, initializer, inputRange }: TrainingQuestion) {
  const last = layers.length - 2;
  const activations = Array.from({ length: last + 1 }, (_, l) => (l === last ? outputActivation : activation));
  return { layers, activation: activations, bias, initializer, inputRange };
}

function lastOf(seed: number, { last }: StudyContext): { checkpoint: Checkpoint; path: string } | undefined {
  const found = last(seed);
  if (found === undefined) return undefined;
  const { path } = found;
  const checkpoint = checkpointFrom(found.bytes, path);
  // A file of a training that was of another version does not say its seed.
  if (checkpoint.epoch === (found.epoch ?? checkpoint.epoch) && (checkpoint.seed ?? seed) === seed)
    return { checkpoint, path };
  throw new FormatError({
    who: path,
    expected: `the checkpoint of seed ${seed}, epoch ${found.epoch ?? checkpoint.epoch}`,
    got: `one of seed ${checkpoint.seed ?? seed}, epoch ${checkpoint.epoch}`,
    remedy: "Put the right one back, or give --force to start anew.",
  });
}

/** Files may have changed since the run was begun; then its networks do not do as well as they did. */
function requireSameData(
  { model, train }: Checkpoint,
  path: string,
  data: TrainingData,
  { loss }: TrainingQuestion,
): void {
  const { loss: now } = evaluate(model, data.train, loss);
  if (now === train.loss) return;
  throw new InvalidInputError({
    who: path,
    expected: `the data that it learned from, on which its loss is ${train.loss}`,
    got: `data with a loss of ${now}`,
    remedy: "Give the same files, or --force to start anew.",
  });
}

/** Every layer as the study measures it. */
export function studyMechanisms(
  model: Model,
  { inputRange, valueRange }: Pick<TrainingOptions, "inputRange" | "valueRange">,
): Mechanism[] {
  const network = requireChain(model, "study");
  return network.layers.map((layer, l) =>
    mechanismOf(layer, {
      inputRange: (l > 0 ? valueRange : undefined) ?? inputRangeBefore(network, l, inputRange),
      outputRange: valueRange ?? undefined,
    }),
  );
}

/** Told how far each checkpoint is, says how far all are: checkpoints are begun in order, and several may be at work. */
function progressOf({ seeds, epochs, every }: TrainingQuestion, { onProgress }: StudyContext) {
  const perSeed = Math.ceil(epochs / every) + 1;
  const total = perSeed * seeds.length;
  const fractions = new Map<number, number>();
  let first: number | undefined;
  return (seed: number, epoch: number, fraction: number): void => {
    const position = seeds.indexOf(seed) * perSeed + Math.ceil(epoch / every);
    first ??= position;
    if (position < first) return;
    fractions.set(position, fraction);
    const at = `seed ${seeds[Math.floor(first / perSeed)]!}, epoch ${Math.min((first % perSeed) * every, epochs)}`;
    for (; fractions.get(first) === 1; first++) fractions.delete(first);
    const done = [...fractions.values()].reduce((sum, each) => sum + each, first);
    onProgress?.({ at, done, total });
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
    checkpoint: checkpointBytes({ ...checkpoint, seed }),
  };
}

/** Times as large as at first, about, weights are after learning. */
const GROWTH = 4;
/** Forward, backward, and the update. */
const PASSES = 3;
/** What a unit takes besides its weights, in multiplications. */
const UNIT = 10;

function work(asked: TrainingQuestion): StudyWork {
  const { seeds, epochs, every, bins, tolerance, samples, trainRows } = asked;
  const model = createNetwork({ ...networkSpec(asked), seed: 0 });
  const network = requireChain(model, "study");
  const times = seeds.length * (Math.ceil(epochs / every) + 1);
  const layers = network.layers.map((layer) => ({ ...layer, weights: layer.weights.map((weight) => GROWTH * weight) }));
  const each = network.layers.reduce((sum, { weights, outputs }) => sum + weights.length + UNIT * outputs, 0);
  return {
    mechanisms: studyMechanisms(model, asked),
    learned: studyMechanisms(modelOfChain({ ...network, layers }), asked),
    options: { bins, tolerance, samples },
    times,
    multiplications: PASSES * each * epochs * trainRows * seeds.length,
  };
}

function describe(study: string, asked: TrainingQuestion) {
  const { layers: widths, activation, outputActivation, bins, seeds, inputRange, valueRange } = asked;
  const other = outputActivation === activation ? "" : `, ${outputActivation} at the end`;
  const settings: [string, string][] = [
    ["network", `${widths.join(" → ")}, ${activation}${other}, ${asked.bias ? "with" : "no"} biases`],
    ["data", dataText(asked)],
    ...(asked.provenance === undefined ? [] : provenanceSettings(asked.provenance)),
    ["training", trainingText(asked)],
    ["loss", lossText(asked)],
    ["measured", `every ${asked.every} epochs`],
    ["bins", bins.input === bins.output ? `${bins.input}` : `${bins.input} for inputs, ${bins.output} for outputs`],
    ["input range", `${inputRange[0]} to ${inputRange[1]}`],
    ...(valueRange === null ? [] : [["range of values", `${valueRange[0]} to ${valueRange[1]}`] as [string, string]]),
    [
      "standard error of EI",
      `at most ${asked.tolerance} bit, where ${asked.samples.toLocaleString("en-US")} samples are enough`,
    ],
    ["seeds", seeds.join(", ")],
    ["seed of the split", `${asked.splitSeed}`],
  ];
  const layers = widths.slice(1).map((outputs, l) => ({
    name: `layer ${l + 1}`,
    inputs: widths[l]!,
    outputs,
    activation: l === widths.length - 2 ? outputActivation : activation,
  }));
  const lossName = asked.loss === "mse" ? "summed squared error per example" : "cross-entropy per example (nats)";
  return { study, settings, seeds, layers, lossName };
}

function trainingText({ optimizer, learningRate, batch, epochs, l2, dropout, batchNorm }: TrainingQuestion): string {
  const name = { sgd: "SGD", momentum: "SGD with momentum", adam: "Adam" }[optimizer];
  const parts = [name, `learning rate ${learningRate}`, `batches of ${batch}`, `${epochs} epochs`];
  if (l2 > 0) parts.push(`weight decay ${l2}`);
  if (dropout > 0) parts.push(`dropout ${dropout}`);
  if (batchNorm) parts.push("batch normalisation");
  return parts.join(", ");
}

function lossText({ loss, reduction }: TrainingQuestion): string {
  const name = loss === "mse" ? "squared error" : "cross-entropy";
  return reduction === "sum" ? `${name}, summed over the classes and the batch` : `${name}, mean over the batch`;
}

function rows(measured: LayerMeasures, layer: number, seed: number, epoch: number): MeasurementRow[] {
  return MEASURES.map((measure) => {
    const { interval, degreesOfFreedom, warnings, ...kept } = measured[measure];
    const place = { seed, epoch, layer, layerName: measured.name, measure };
    return { ...place, ...kept, warnings: warnings.join("; ") };
  });
}
