/**
 * Studies of networks that learn, every layer measured on the way: the experiments of Mattsson, Michaud & Hoel, "Examining the
 * causal structures of deep neural networks using information theory" (2020), with everything adjustable. One study differs from
 * another by its defaults.
 */

import type { Mechanism, Model } from "@causalscope/core";
import { createNetwork, train } from "@causalscope/core";
import { yieldToEventLoop } from "@causalscope/core/basics";
import { FormatError, InvalidInputError } from "@causalscope/core/errors";
import type { TrainableActivation } from "@causalscope/core/internal";
import { inputRangeBefore, mechanismOf, modelOfChain, requireChain, validBins } from "@causalscope/core/internal";
import type { BinsSpec, LayerMeasures, Range } from "@causalscope/core/measures";
import { type LayerRequest, layerSeed, MEASURES, measureLayers } from "@causalscope/core/measures";
import { instance, number, options, whole } from "@causalscope/core/schema";
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
import type {
  MeasurementRow,
  Part,
  PartResult,
  Settings,
  Study,
  StudyWork,
  TrainedNetwork,
  WorkOfStudy,
} from "@causalscope/runs";
import { ahead, blob, checkpointBytes, checkpointFrom, type DataName, type DataPlan, runData } from "@causalscope/runs";
import {
  DATA_NAMES,
  dataPlan,
  dataText,
  embeddedData,
  featuresOf,
  knownData,
  type Provenance,
  provenanceSettings,
  type Refuse,
  refuseOption,
  resolved,
} from "@causalscope/runs/internal";
import {
  aboveZero,
  bins,
  bitsAboveZero,
  flag,
  named,
  option,
  optionOrNull,
  type Parsed,
  range,
  seedList,
  widths,
} from "@causalscope/runs/options";
import type * as v from "valibot";

const SOURCES = ["embedded", "files"] as const;
const HIDDEN_ACTIVATIONS = ["sigmoid", "tanh", "relu", "identity"] as const;
const MAX_WIDTH = 4096;

/** What tells one training study from another. */
export interface TrainingDefinition extends Pick<Study, "name" | "summary" | "files" | "examples" | "quick"> {
  readonly data: DataName;
  /** Whether other data than these may be asked for. */
  readonly anyData?: boolean;
  /** What differs from the authors' settings, given where the data come from. */
  readonly presets: (source: DataPlan["source"]) => Partial<Omit<TrainingOptions, "bins">>;
}

/** @param anyData whether `data` is shown. @param files whether what belongs to images in files is shown. */
function trainingEntries(anyData: boolean, files: boolean) {
  return {
    data: option(named(DATA_NAMES), {
      is: "iris, mnist, fashion, cifar10, digits, xor, spiral, circles, or a table: CSV, .npy, IDX",
      value: "name|file",
      hidden: !anyData,
    }),
    source: option(named(SOURCES), { is: "whether the data come with the package or from files", hidden: true }),
    side: option(whole(0), {
      is: "images are reduced to so many pixels on a side (files only)",
      value: "pixels",
      hidden: !files,
    }),
    classes: option(whole(0), { is: "the first so many classes", hidden: !files }),
    seeds: option(seedList, { is: "how many seeds (3: seeds 0, 1, 2), or which (0,1,5)" }),
    epochs: option(whole(1, 1e9), { is: "passes through the examples" }),
    every: option(whole(1, 1e9), { is: "epochs between measurements" }),
    bins: option(bins, { is: "bins per neuron, or inputs,outputs (8,16)" }),
    layers: option(widths(2, MAX_WIDTH, `widths from 1 to ${MAX_WIDTH} with hyphens between, such as 4-5-5-3`), {
      is: "widths from inputs to classes: 4-5-5-3",
    }),
    activation: option(named(HIDDEN_ACTIVATIONS), { is: "sigmoid, tanh, relu or identity" }),
    outputActivation: option(named([...HIDDEN_ACTIVATIONS, "softmax"]), {
      is: "of the last layer; softmax too (default: as the others)",
    }),
    bias: option(flag, { is: "layers have biases" }),
    initializer: option(named(initializers), { is: "first weights: uniform (PyTorch's), glorot or he" }),
    optimizer: option(named(optimizerNames), { is: "sgd, momentum or adam" }),
    learningRate: option(aboveZero, { is: "step of gradient descent", value: "rate" }),
    batch: option(whole(1), { is: "examples per step" }),
    loss: option(named(lossNames), { is: "mse or cross-entropy" }),
    reduction: option(named(reductions), { is: "the loss of a batch: sum or mean" }),
    l2: option(number(0), { is: "weight decay", value: "decay" }),
    dropout: option(number(0, 1, "a fraction from 0, below 1"), {
      is: "of the hidden units, at each step",
      value: "fraction",
    }),
    batchNorm: option(flag, { is: "batch normalisation before each activation but the last" }),
    randomLabels: option(flag, { is: "learn labels that were drawn at random" }),
    tolerance: option(bitsAboveZero, { is: "standard error of EI at which sampling stops", value: "bits" }),
    samples: option(whole(1000, 1e9), { is: "most samples of an EI" }),
    inputRange: option(range, { is: "of the network's inputs" }),
    valueRange: optionOrNull(range, {
      is: "of values between layers and outputs (default: each activation's)",
      value: "low,high",
    }),
    trainRows: option(whole(0), { is: "examples to learn from; the others test" }),
    splitSeed: option(whole(0, undefined, "a seed, a whole number from 0"), {
      is: "seed that picks the examples to learn from",
    }),
    features: option(whole(1), { is: "inputs, of a file", hidden: true }),
    provenance: option(
      instance<Provenance>((value) => typeof value === "object" && value !== null, "where a table came from"),
      { is: "where a table came from", hidden: true },
    ),
    outside: option(named(["drop"]), { is: "what becomes of outputs beyond their range", hidden: true }),
  };
}

type GivenTraining = Parsed<ReturnType<typeof v.strictObject<ReturnType<typeof trainingEntries>, string>>>;

/** All options of a training with their values. */
export interface TrainingOptions extends DataPlan {
  readonly seeds: readonly number[];
  readonly layers: readonly number[];
  readonly activation: (typeof HIDDEN_ACTIVATIONS)[number];
  readonly outputActivation: TrainableActivation;
  readonly bias: boolean;
  readonly initializer: Initializer;
  readonly epochs: number;
  readonly every: number;
  readonly optimizer: OptimizerName;
  readonly learningRate: number;
  readonly batch: number;
  readonly loss: LossName;
  readonly reduction: Reduction;
  readonly l2: number;
  readonly dropout: number;
  readonly batchNorm: boolean;
  readonly bins: { readonly input: number; readonly output: number };
  readonly inputRange: Range;
  /** Of the values between layers and of the outputs; null: each activation's own. */
  readonly valueRange: Range | null;
  readonly outside: "drop";
  readonly tolerance: number;
  readonly samples: number;
}

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

/** A seed, with all that was asked. */
export interface TrainingPart extends Part {
  readonly seed: number;
  readonly options: TrainingOptions;
}

/** A study of networks that learn, every layer measured at every checkpoint. Its parts are seeds. */
export function trainingStudy(definition: TrainingDefinition): Study<TrainingOptions, TrainingPart> {
  const { name, summary, files, examples, quick = { epochs: 30, every: 6 } } = definition;
  const schema = options(trainingEntries(definition.anyData === true, files !== undefined));
  const study: Study<TrainingOptions, TrainingPart> = {
    name,
    summary,
    options: resolved(schema, (given, refuse) => trainingOptions(definition, given, refuse)),
    parts: (asked) =>
      asked.seeds.map((seed) => ({
        at: `seed ${seed}`,
        steps: { unit: "epoch", every: asked.every, last: asked.epochs },
        seed,
        options: asked,
      })),
    run: results,
    findings: () => [],
    figures: async (asked, rows) => {
      const { figures } = await import("@causalscope/report");
      return figures(runData(study, asked, rows, "")!);
    },
    tables: ["measurements", "training"],
    settings,
    network: networkOf,
    work,
    data: (asked) => asked,
    ...(files !== undefined && { files }),
    ...(examples !== undefined && { examples }),
    quick,
  };
  return study;
}

/** Options for the trainings of another study: those of the authors' runs but for these. */
export function trainingOf(
  given: Partial<Omit<TrainingOptions, "bins">> & { readonly bins?: BinsSpec },
  refuse: Refuse = refuseOption,
): TrainingOptions {
  return trainingOptions({ data: "mnist", anyData: true, presets: () => ({}) }, given, refuse);
}

function trainingOptions(
  { data, anyData, presets }: Pick<TrainingDefinition, "data" | "anyData" | "presets">,
  options: GivenTraining,
  refuse: Refuse,
): TrainingOptions {
  const given = Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as Partial<GivenTraining>;
  const name = given.data ?? data;
  if (name !== data && anyData !== true) refuse("data", `${data}, which this study is about`, name);
  // The plan says where the data come from before presets are asked for.
  const { source } = dataPlan(name, given.source === undefined ? {} : { source: given.source }, refuse);
  const asked = { ...PAPER, ...presets(source), ...given };
  const plan = dataPlan(name, asked, refuse);
  const features = featuresOf(plan);
  const layers = asked.layers ?? (features === undefined ? undefined : [features, 16, 16, plan.classes]);
  const epochs = asked.epochs ?? 1000;
  const every = asked.every ?? Math.max(1, Math.round(epochs / 50));
  const batch = asked.batch ?? Math.min(50, plan.trainRows || 50);
  const rows = plan.trainRows || Number.MAX_SAFE_INTEGER;
  if (batch > rows) refuse("batch", `a whole number from 1 to ${rows}, the examples to learn from`, batch);
  if (asked.dropout === 1) refuse("dropout", "a fraction from 0, below 1", 1);
  requireWidths(plan, layers, refuse);
  const counts = validBins(asked.bins, "bins");
  return {
    ...plan,
    layers: layers!,
    activation: asked.activation,
    outputActivation: asked.outputActivation ?? asked.activation,
    bias: asked.bias,
    initializer: asked.initializer,
    seeds: asked.seeds,
    epochs,
    every,
    optimizer: asked.optimizer,
    learningRate: asked.learningRate,
    batch,
    loss: asked.loss,
    reduction: asked.reduction,
    l2: asked.l2,
    dropout: asked.dropout,
    batchNorm: asked.batchNorm,
    bins: { input: counts.input, output: counts.output },
    inputRange: asked.inputRange,
    valueRange: asked.valueRange,
    outside: "drop",
    tolerance: asked.tolerance,
    samples: asked.samples,
  };
}

function requireWidths(plan: DataPlan, layers: readonly number[] | undefined, refuse: Refuse): void {
  const [features, classes] = [featuresOf(plan), plan.classes];
  const fits =
    layers !== undefined &&
    (features === undefined || layers[0] === features) &&
    (classes === 0 || layers.at(-1) === classes);
  if (fits) return;
  const { title } = knownData(plan.data, plan.source);
  refuse("layers", `widths that begin with ${features} (inputs of ${title}) and end with ${classes} (classes)`, layers);
}

async function* results(
  { seed, options: asked }: TrainingPart,
  work: StudyWork,
  resumeFrom?: PartResult,
): AsyncGenerator<PartResult, void> {
  const { signal, pool, memory } = work;
  const report = progressOf(asked, work);
  const measure = async (checkpoint: Checkpoint, signal: AbortSignal): Promise<PartResult> => {
    const { epoch } = checkpoint;
    report(epoch, 0);
    await yieldToEventLoop();
    const measures = await measureLayers(layerRequests(checkpoint.model, asked, seed, epoch), {
      ...measuredBy(asked),
      signal,
      onProgress: (fraction) => report(epoch, fraction),
      pool,
      memory,
    });
    signal.throwIfAborted();
    return resultOf(seed, checkpoint, measures);
  };
  // Without workers, training ahead would only put off what can be saved.
  const limit = 1 + AHEAD * (pool?.workers ?? 0);
  yield* ahead(limit, (signal) => trained(asked, seed, work, resumeFrom, signal), measure, signal);
}

/** Checkpoints that each worker may have waiting for it. */
const AHEAD = 2;

/** Every checkpoint of a seed that is still to be measured. */
async function* trained(
  asked: TrainingOptions,
  seed: number,
  work: StudyWork,
  resumeFrom: PartResult | undefined,
  signal: AbortSignal,
): AsyncGenerator<Checkpoint, void> {
  const data = await dataOf(asked, work);
  const network = createNetwork({ ...networkSpec(asked), seed });
  const from = resumeFrom && checkpointOf(resumeFrom, seed);
  if (from !== undefined) requireSameData(from, nameOf(resumeFrom!), data, asked);
  const options = { ...trainingRules(asked), seed, from, signal, pause: yieldToEventLoop };
  for await (const checkpoint of train(network, data, options)) {
    yield checkpoint;
    // Training would leave no turn to what workers answer.
    await yieldToEventLoop();
  }
}

/** The layers of a network as a study measures them, with seeds of the network's seed and epoch alone: it does not matter what was measured before. */
export function layerRequests(model: Model, asked: TrainingOptions, seed: number, epoch: number): LayerRequest[] {
  return studyMechanisms(model, asked).map((mechanism, layer) => ({
    mechanism,
    bins: asked.bins,
    seed: layerSeed(seed, layer, epoch),
  }));
}

/** The settings of measuring that a training has. */
export function measuredBy({ tolerance, samples, outside }: TrainingOptions) {
  return { tolerance, samples, outside };
}

/** The examples: the package's, or those that whoever runs the study reads. */
export async function dataOf(plan: DataPlan, { data }: Pick<StudyWork, "data">): Promise<TrainingData> {
  return plan.source === "embedded" || data === undefined ? embeddedData(plan) : data(plan);
}

/** The options of `train()` that a question sets, but for the seed. */
export function trainingRules(asked: TrainingOptions) {
  const { epochs, every, batch: batchSize, learningRate, optimizer, loss, reduction, l2, dropout, batchNorm } = asked;
  const regular = { ...(dropout > 0 && { dropout }), ...(batchNorm && { batchNorm }) };
  return { epochs, every, batchSize, learningRate, optimizer, loss, reduction, l2, ...regular };
}

export function networkSpec({ layers, activation, outputActivation, bias, initializer, inputRange }: TrainingOptions) {
  const last = layers.length - 2;
  const activations = Array.from({ length: last + 1 }, (_, l) => (l === last ? outputActivation : activation));
  return { layers, activation: activations, bias, initializer, inputRange };
}

function nameOf({ blobs }: PartResult): string {
  return `checkpoints/${blobs[0]?.name}`;
}

function checkpointOf(result: PartResult, seed: number): Checkpoint {
  const { step, blobs } = result;
  const who = nameOf(result);
  const checkpoint = checkpointFrom(blobs[0]?.bytes ?? new Uint8Array(), who);
  // A file of a training that was of another version does not say its seed.
  if (checkpoint.epoch === step && (checkpoint.seed ?? seed) === seed) return checkpoint;
  throw new FormatError({
    who,
    expected: `the checkpoint of seed ${seed}, epoch ${step}`,
    got: `one of seed ${checkpoint.seed ?? seed}, epoch ${checkpoint.epoch}`,
    remedy: "Put the right one back, or give --force to start anew.",
  });
}

/** Files may have changed since the run was begun; then its networks do not do as well as they did. */
function requireSameData(
  { model, train }: Checkpoint,
  path: string,
  data: TrainingData,
  { loss }: TrainingOptions,
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
function progressOf({ epochs, every }: TrainingOptions, { onProgress }: StudyWork) {
  const total = Math.ceil(epochs / every) + 1;
  const fractions = new Map<number, number>();
  let first: number | undefined;
  return (epoch: number, fraction: number): void => {
    const position = Math.ceil(epoch / every);
    first ??= position;
    if (position < first) return;
    fractions.set(position, fraction);
    const at = `epoch ${Math.min(first * every, epochs)}`;
    for (; fractions.get(first) === 1; first++) fractions.delete(first);
    const done = [...fractions.values()].reduce((sum, each) => sum + each, first);
    onProgress?.({ at, fraction: done / total });
  };
}

function resultOf(seed: number, checkpoint: Checkpoint, measures: readonly LayerMeasures[]): PartResult {
  const { epoch, step, train: learned, test } = checkpoint;
  const training = {
    seed,
    epoch,
    step,
    trainLoss: learned.loss,
    testLoss: test!.loss,
    trainAccuracy: learned.accuracy,
    testAccuracy: test!.accuracy,
  };
  const measurements = measures.flatMap((layer, position) => measurementRows(layer, position, seed, epoch));
  const name = `seed-${seed}/epoch-${`${epoch}`.padStart(6, "0")}.safetensors`;
  const blobs = [blob(name, checkpointBytes({ ...checkpoint, seed }))];
  return { step: epoch, rows: { measurements, training: [training] }, blobs };
}

/** Times as large as at first, about, weights are after learning. */
const GROWTH = 4;
/** Forward, backward, and the update. */
const PASSES = 3;
/** What a unit takes besides its weights, in multiplications. */
const UNIT = 10;

function work(asked: TrainingOptions): WorkOfStudy {
  const { seeds, epochs, every, bins, trainRows } = asked;
  const model = createNetwork({ ...networkSpec(asked), seed: 0 });
  const network = requireChain(model, "study");
  const times = seeds.length * (Math.ceil(epochs / every) + 1);
  const layers = network.layers.map((layer) => ({ ...layer, weights: layer.weights.map((weight) => GROWTH * weight) }));
  const each = network.layers.reduce((sum, { weights, outputs }) => sum + weights.length + UNIT * outputs, 0);
  return {
    mechanisms: studyMechanisms(model, asked),
    learned: studyMechanisms(modelOfChain({ ...network, layers }), asked),
    options: { bins, ...measuredBy(asked) },
    times,
    multiplications: PASSES * each * epochs * trainRows * seeds.length,
  };
}

function settings(asked: TrainingOptions): Settings {
  const { layers: widths, activation, outputActivation, bins, seeds, inputRange, valueRange } = asked;
  const other = outputActivation === activation ? "" : `, ${outputActivation} at the end`;
  return [
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
}

function networkOf({ layers: widths, activation, outputActivation, seeds, loss }: TrainingOptions): TrainedNetwork {
  const layers = widths.slice(1).map((outputs, l) => ({
    name: `layer ${l + 1}`,
    inputs: widths[l]!,
    outputs,
    activation: l === widths.length - 2 ? outputActivation : activation,
  }));
  const lossName = loss === "mse" ? "summed squared error per example" : "cross-entropy per example (nats)";
  return { seeds, layers, lossName };
}

function trainingText({ optimizer, learningRate, batch, epochs, l2, dropout, batchNorm }: TrainingOptions): string {
  const name = { sgd: "SGD", momentum: "SGD with momentum", adam: "Adam" }[optimizer];
  const parts = [name, `learning rate ${learningRate}`, `batches of ${batch}`, `${epochs} epochs`];
  if (l2 > 0) parts.push(`weight decay ${l2}`);
  if (dropout > 0) parts.push(`dropout ${dropout}`);
  if (batchNorm) parts.push("batch normalisation");
  return parts.join(", ");
}

function lossText({ loss, reduction }: TrainingOptions): string {
  const name = loss === "mse" ? "squared error" : "cross-entropy";
  return reduction === "sum" ? `${name}, summed over the classes and the batch` : `${name}, mean over the batch`;
}

function measurementRows(measured: LayerMeasures, layer: number, seed: number, epoch: number): MeasurementRow[] {
  return MEASURES.map((measure) => {
    const { interval, degreesOfFreedom, warnings, ...kept } = measured[measure];
    const place = { seed, epoch, layer, layerName: measured.name, measure };
    return { ...place, ...kept, warnings: warnings.join("; ") };
  });
}
