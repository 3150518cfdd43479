/** The options of a training, as the experiments of Mattsson, Michaud & Hoel (2020) have them, with everything adjustable. */

import type { TrainableActivation } from "@causalscope/core/internal";
import { validBins } from "@causalscope/core/internal";
import type { BinsSpec, Range } from "@causalscope/core/measures";
import { instance, number, options, whole } from "@causalscope/core/schema";
import {
  type Initializer,
  initializers,
  type LossName,
  lossNames,
  type OptimizerName,
  optimizerNames,
  type Reduction,
  reductions,
  type Schedule,
  scheduledEpochs,
} from "@causalscope/core/training";
import type { DataName, DataPlan, Study } from "@causalscope/runs";
import type { Provenance } from "@causalscope/runs/internal";
import {
  DATA_NAMES,
  dataPlan,
  featuresOf,
  knownData,
  MOST_NOISE,
  type Refuse,
  refuseOption,
  resolved,
  TOY_NOISE,
} from "@causalscope/runs/internal";
import {
  aboveZero,
  bins,
  bitsAboveZero,
  flag,
  MAX_WIDTH,
  named,
  option,
  optionOrNull,
  type Parsed,
  range,
  schedule,
  seedList,
  widths,
} from "@causalscope/runs/options";
import type * as v from "valibot";

const SOURCES = ["embedded", "files"] as const;
const HIDDEN_ACTIVATIONS = ["sigmoid", "tanh", "relu", "identity"] as const;

/** The options of one training study that are not those of the authors' runs. */
export interface TrainingPresets {
  readonly data: DataName;
  /** Whether other data than these may be asked for. Default: not. */
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
      is: "pixels per side to which images are reduced (files only)",
      value: "pixels",
      hidden: !files,
    }),
    classes: option(whole(0), { is: "number of classes to keep, from the first", hidden: !files }),
    seeds: option(seedList, { is: "number of seeds (3: seeds 0, 1, 2), or a list (0,1,5)" }),
    epochs: option(whole(1, 1e9), { is: "passes through the training examples" }),
    every: option(whole(1, 1e9), { is: "epochs between measurements" }),
    at: option(schedule, {
      is: "which epochs are measured, in place of --every: sqrt:51 (51, dense at first), or 0,1,5",
    }),
    bins: option(bins, { is: "bins per neuron, or inputs,outputs (8,16)" }),
    layers: option(widths(2, MAX_WIDTH, `widths from 1 to ${MAX_WIDTH} with hyphens between, such as 4-5-5-3`), {
      is: "widths from inputs to classes: 4-5-5-3",
    }),
    activation: option(named(HIDDEN_ACTIVATIONS), { is: "sigmoid, tanh, relu or identity" }),
    outputActivation: option(named([...HIDDEN_ACTIVATIONS, "softmax"]), {
      is: "activation of the last layer (default: that of the others)",
    }),
    bias: option(flag, { is: "use biases" }),
    initializer: option(named(initializers), {
      is: "initial weights: uniform (PyTorch's), glorot, he or truncated-normal",
    }),
    optimizer: option(named(optimizerNames), { is: "sgd, momentum or adam" }),
    learningRate: option(aboveZero, { is: "step size of gradient descent", value: "rate" }),
    batch: option(whole(1), { is: "examples per step" }),
    loss: option(named(lossNames), { is: "mse or cross-entropy" }),
    reduction: option(named(reductions), { is: "the loss of a batch: sum or mean" }),
    l2: option(number(0), { is: "weight decay", value: "decay" }),
    dropout: option(number(0, 1, "a fraction from 0, below 1"), {
      is: "fraction of hidden units dropped at each step",
      value: "fraction",
    }),
    batchNorm: option(flag, { is: "batch normalization before each activation but the last" }),
    randomLabels: option(flag, { is: "train on random labels" }),
    tolerance: option(bitsAboveZero, { is: "standard error of EI at which sampling stops", value: "bits" }),
    samples: option(whole(1000, 1e9), { is: "maximum number of samples of an EI" }),
    inputRange: option(range, { is: "range of the network's inputs" }),
    valueRange: optionOrNull(range, {
      is: "range of the values of hidden layers and outputs (default: that of each activation)",
      value: "low,high",
    }),
    trainRows: option(whole(0), { is: "number of training examples; the others are test examples" }),
    splitSeed: option(whole(0, undefined, "a seed, a whole number from 0"), {
      is: "seed that selects the training examples",
    }),
    noise: option(number(0, MOST_NOISE, `a number from 0 to ${MOST_NOISE}`), {
      is: `scatter of spiral and circles: standard deviation along each axis (default: ${TOY_NOISE})`,
      value: "deviation",
      hidden: !anyData,
    }),
    features: option(whole(1), { is: "number of inputs, for a file", hidden: true }),
    provenance: option(
      instance<Provenance>((value) => typeof value === "object" && value !== null, "where a table came from"),
      { is: "where a table came from", hidden: true },
    ),
    outside: option(named(["drop"]), { is: "how outputs outside their range are treated", hidden: true }),
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
  /** Absent where `at` is given. */
  readonly every?: number;
  /** A list has epoch 0 and the last. */
  readonly at?: Schedule;
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

/** @param files what files the data may come from, if any. */
export function trainingSchema(presets: TrainingPresets, files: Study["files"]) {
  const schema = options(trainingEntries(presets.anyData === true, files !== undefined));
  return resolved(schema, (given, refuse) => trainingOptions(presets, given, refuse));
}

/** Options for the trainings of another study: those of the authors' runs but for these. */
export function trainingOf(
  given: Partial<Omit<TrainingOptions, "bins">> & { readonly bins?: BinsSpec },
  refuse: Refuse = refuseOption,
): TrainingOptions {
  return trainingOptions({ data: "mnist", anyData: true, presets: () => ({}) }, given, refuse);
}

function trainingOptions(
  { data, anyData, presets }: TrainingPresets,
  options: GivenTraining,
  refuse: Refuse,
): TrainingOptions {
  const given = Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as Partial<GivenTraining>;
  const name = given.data ?? data;
  if (name !== data && anyData !== true) refuse("data", `${data}, the data of this study`, name);
  // The plan says where the data come from before presets are asked for.
  const { source } = dataPlan(name, given.source === undefined ? {} : { source: given.source }, refuse);
  const asked = { ...PAPER, ...presets(source), ...given };
  const plan = dataPlan(name, asked, refuse);
  const features = featuresOf(plan);
  const layers = asked.layers ?? (features === undefined ? undefined : [features, 16, 16, plan.classes]);
  const epochs = asked.epochs ?? 1000;
  // The plan says what is kept of the noise.
  const { noise: _, ...others } = asked;
  const { every, ...scheduled } = others;
  const { at } = others;
  const measured =
    at === undefined
      ? { every: every ?? Math.max(1, Math.round(epochs / 50)) }
      : { at: scheduleOf(at, given.every, epochs, refuse) };
  const batch = asked.batch ?? Math.min(50, plan.trainRows || 50);
  const rows = plan.trainRows || Number.MAX_SAFE_INTEGER;
  if (batch > rows) refuse("batch", `a whole number from 1 to ${rows}, the number of training examples`, batch);
  if (asked.dropout === 1) refuse("dropout", "a fraction from 0, below 1", 1);
  requireWidths(plan, layers, refuse);
  const { input, output } = validBins(asked.bins, "bins");
  return {
    ...(at === undefined ? others : scheduled),
    ...plan,
    layers: layers!,
    epochs,
    ...measured,
    batch,
    outputActivation: asked.outputActivation ?? asked.activation,
    bins: { input, output },
    outside: "drop",
  };
}

/** A list is kept whole and in order, so that the same question is asked in the same words. */
function scheduleOf(at: Schedule, every: number | undefined, epochs: number, refuse: Refuse): Schedule {
  if (every !== undefined) refuse("at", "no schedule where every is given: leave one of them out", at);
  if (typeof at === "string") return at;
  const beyond = at.find((epoch) => epoch > epochs);
  if (beyond !== undefined) refuse("at", `epochs from 0 to ${epochs}`, beyond);
  return scheduledEpochs(at, epochs);
}

function requireWidths(plan: DataPlan, layers: readonly number[] | undefined, refuse: Refuse): void {
  const [features, classes] = [featuresOf(plan), plan.classes];
  const fits =
    layers !== undefined &&
    (features === undefined || layers[0] === features) &&
    (classes === 0 || layers.at(-1) === classes);
  if (fits) return;
  const { title } = knownData(plan.data, plan.source);
  const expected =
    features === undefined
      ? "the widths of the layers, from the inputs to the classes of the file"
      : `widths that begin with ${features} (inputs of ${title}) and end with ${classes} (classes)`;
  refuse("layers", expected, layers);
}
