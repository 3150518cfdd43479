/**
 * The information plane through training: by default the network and data of Shwartz-Ziv & Tishby (2017), tanh and ReLU, several seeds;
 * any of the estimators, whose conclusions may differ.
 */
import type { Dataset } from "@causalscope/core";
import { createNetwork, layerInformation, train } from "@causalscope/core";
import { yieldToEventLoop } from "@causalscope/core/basics";
import { concatenate, pick, shwartzZivTishby, split } from "@causalscope/core/datasets";
import type { TrainableActivation } from "@causalscope/core/internal";
import { estimatorText, power } from "@causalscope/core/internal";
import type { PlaneEstimator } from "@causalscope/core/neurons";
import { number, options, whole } from "@causalscope/core/schema";
import type { Checkpoint, TrainingData } from "@causalscope/core/training";
import type { Part, Study, ValueRow } from "@causalscope/runs";
import { resolved } from "@causalscope/runs/internal";
import {
  aboveZero,
  named,
  option,
  optionOrNull,
  type Parsed,
  seedsOption,
  someOf,
  widths,
} from "@causalscope/runs/options";
import { type Learner, notLearned, presupposing } from "../common/premise.ts";
import { type TrainingOptions, trainingOf } from "../common/training-options.ts";
import { dataOf } from "../common/training-rules.ts";
import { inOneGo, type PartContext, plainValue, valueRows } from "../common/value-rows.ts";
import { about } from "./about.ts";
import { planeFindings } from "./findings.ts";

const DATA = ["szt", "mnist"] as const;
const ACTIVATIONS = ["tanh", "relu", "sigmoid", "identity"] as const;
const MEASURED = ["all", "train", "test"] as const;
const ESTIMATORS = ["bins", "equal-mass", "adaptive", "unique", "pairwise", "noisy", "decoder"] as const;
type EstimatorName = (typeof ESTIMATORS)[number];

const schema = options({
  seeds: seedsOption([0, 1, 2, 3, 4]),
  // szt: all patterns, labelled by Shwartz-Ziv & Tishby.
  data: option(named(DATA), { is: "szt: patterns of 12 bits; mnist: 5 × 5, or 28 × 28 from files", preset: "szt" }),
  source: optionOrNull(named(["embedded", "files"]), {
    is: "for mnist, whether it comes from files; null: the 5 × 5 images of the package",
    hidden: true,
    preset: null,
  }),
  activations: option(someOf(ACTIVATIONS), { is: "tanh, relu, sigmoid, identity", preset: ["tanh", "relu"] }),
  layers: optionOrNull(widths(1, 1e6, "widths with hyphens between, such as 12-10-2"), {
    is: "from inputs to classes (default: 12-10-7-5-4-3-2; for mnist, three hidden layers of 20)",
    value: "widths",
    preset: null,
  }),
  epochs: optionOrNull(whole(1, 1e6), {
    is: "passes through the training examples (default: 8000; for mnist 200)",
    value: "n",
    preset: null,
  }),
  measured: option(named(MEASURED), {
    is: "examples on which layers are measured: all, train or test",
    value: "part",
    preset: "all",
  }),
  // The first ones are taken.
  examples: option(whole(2, 1e6), { is: "maximum number of these examples", preset: 10_000 }),
  estimators: option(someOf(ESTIMATORS), {
    is: "bins, equal-mass, adaptive, unique, pairwise, noisy, decoder",
    preset: ["bins"],
  }),
  points: option(whole(1, 10_000), { is: "number of checkpoints, spaced by the logarithm of the epoch", preset: 60 }),
  bins: option(whole(2, 4096), { is: "bins per neuron", preset: 30 }),
  // 0 stands for 0.001 where `estimators` asks for them.
  variance: option(number(0), {
    is: "variance of the noise of pairwise bounds; above 0 adds them to the estimators",
    value: "v",
    preset: 0,
  }),
  beta: option(aboveZero, {
    is: "standard deviation of the noise in the network, for noisy",
    value: "deviation",
    preset: 0.01,
  }),
});

type Options = Omit<Parsed<typeof schema>, "layers" | "epochs"> & {
  readonly layers: readonly number[];
  readonly epochs: number;
};

interface PlanePart extends Part {
  readonly activation: (typeof ACTIVATIONS)[number];
  readonly seed: number;
  readonly options: Options;
}

/** What each data set is learned by, where nobody says otherwise. */
const LEARNED = {
  szt: { hidden: [10, 7, 5, 4, 3], epochs: 8000, epochsInASecond: 500, batchSize: 512, learningRate: 4e-4 },
  mnist: { hidden: [20, 20, 20], epochs: 200, epochsInASecond: 40, batchSize: 128, learningRate: 1e-3 },
} as const;
const VARIANCE = 0.001;
const TRAIN = 0.8;

export const study: Study<Options, PlanePart> = {
  ...about,
  options: resolved(schema, (asked, refuse): Options => {
    const isFile = asked.source === "files" || asked.source === "embedded";
    if (asked.data === "szt" && isFile) refuse("data", "mnist if files are given: szt is generated", asked.data);
    const [inputs, outputs] = shapeOf(asked);
    const known = LEARNED[asked.data];
    const layers = asked.layers ?? [inputs, ...known.hidden, outputs];
    if (layers.length < 3 || layers[0] !== inputs || layers.at(-1) !== outputs) {
      refuse("layers", `widths that begin with ${inputs} and end with ${outputs}, with hyphens between`, layers);
    }
    return { ...asked, layers, epochs: asked.epochs ?? known.epochs };
  }),
  parts: (asked) => {
    const { epochs, points } = asked;
    const reading = namesOf(asked).reduce((sum, name) => sum + SECONDS[name], 0);
    const seconds = epochs / LEARNED[asked.data].epochsInASecond + points * reading;
    return asked.activations.flatMap((activation) =>
      asked.seeds.map((seed) => ({ at: `${activation}, seed ${seed}`, seconds, activation, seed, options: asked })),
    );
  },
  run: inOneGo(measured),
  data: (asked) => (asked.data === "mnist" ? mnistOf(asked) : undefined),
  files: "images",
  settings: (asked) => {
    const { layers, activations, data, source, epochs, measured, examples, seeds } = asked;
    const readings = activations.flatMap((activation) =>
      namesOf(asked).map((name) => `${activation}: ${estimatorText(estimatorOf(asked, name, activation, 0))}`),
    );
    return [
      ["network", `${layers.join(" → ")}, ${activations.join(" and ")}, softmax at the end`],
      [
        "data",
        data === "szt"
          ? "all 4,096 patterns of 12 bits; 80 % for training"
          : `MNIST, ${source === "files" ? "28 × 28, from files" : "5 × 5, digits 0 to 4"}`,
      ],
      ["measured on", `${measured === "all" ? "all" : `the ${measured} part of the`} examples, at most ${examples}`],
      [
        "training",
        `Adam, learning rate ${LEARNED[data].learningRate}, batches of ${LEARNED[data].batchSize}, ${epochs} epochs, cross-entropy`,
      ],
      ["readings", readings.join("; ")],
      ["seeds", seeds.join(", ")],
    ];
  },
  findings: (asked, { values }) => {
    const missing = notLearned(asked.activations.map((activation) => learnerOf(asked, activation, values)));
    const found = planeFindings(asked.activations, asked.layers.length - 1, values);
    return found.map((finding) => presupposing(missing, finding));
  },
  figures: async (_, { values }) => (await import("./figures.ts")).informationPlaneFigures(values),
  quick: { seeds: [0], epochs: 20, points: 2 },
};

function learnerOf({ epochs, layers }: Options, activation: string, values: readonly ValueRow[]): Learner {
  const own = values.filter(
    ({ measure, setting }) =>
      measure === "trainAccuracy" && setting.activation === activation && setting.epoch === epochs,
  );
  return { name: `the ${activation} network`, accuracies: own.map(({ value }) => value), classes: layers.at(-1)! };
}

/** About how long one takes for a checkpoint of the default network. */
const SECONDS: Readonly<Record<EstimatorName, number>> = {
  bins: 0.03,
  "equal-mass": 0.05,
  adaptive: 0.05,
  unique: 0.1,
  pairwise: 0.6,
  noisy: 1.6,
  decoder: 0.2,
};

/** Inputs and classes of the data. */
function shapeOf({ data, source }: Pick<Options, "data" | "source">): [number, number] {
  if (data === "szt") return [12, 2];
  return source === "files" ? [784, 10] : [25, 5];
}

/** The estimators that are asked for, those that `variance` asks for among them. */
function namesOf({ estimators, variance }: Options): EstimatorName[] {
  return variance > 0 && !estimators.includes("pairwise") ? [...estimators, "pairwise"] : [...estimators];
}

function estimatorOf(
  { bins, variance, beta }: Options,
  name: EstimatorName,
  activation: string,
  seed: number,
): PlaneEstimator {
  if (name === "pairwise") return { kind: "pairwise", variance: variance || VARIANCE };
  if (name === "noisy") return { kind: "noisy", beta, seed };
  if (name === "decoder") return { kind: "decoder", seed };
  if (name === "unique") return { kind: "bins", quantizer: { kind: "unique" } };
  if (name !== "bins") return { kind: "bins", quantizer: { kind: name, bins } };
  if (activation === "tanh") return { kind: "bins", quantizer: { kind: "fixed", bins, range: [-1, 1] } };
  // As wide as those of tanh: bins that grow with the values would compress whatever the network does.
  return { kind: "bins", quantizer: { kind: "width", width: 2 / bins } };
}

/** 0, and so many epochs with equal ratios between them, as far as they are whole. */
export function epochsToMeasure(epochs: number, points: number): number[] {
  const found = new Set([0]);
  for (let k = 0; k < points; k++) found.add(Math.round(power(epochs, k / Math.max(1, points - 1))));
  return [...found, epochs]
    .filter((epoch, k, all) => epoch <= epochs && all.indexOf(epoch) === k)
    .sort((a, b) => a - b);
}

/** What is learned from, and what layers are read on. */
async function examplesOf(
  asked: Options,
  seed: number,
  context: PartContext,
): Promise<{ data: TrainingData; read: Dataset }> {
  const whole = asked.data === "szt" ? shwartzZivTishby() : undefined;
  const data =
    whole === undefined ? await dataOf(mnistOf(asked), context) : split(whole, Math.round(TRAIN * whole.rows), seed);
  const { train: learned, test = learned } = data;
  const wanted =
    asked.measured === "all" ? (whole ?? concatenate(learned, test)) : asked.measured === "train" ? learned : test;
  const first = Int32Array.from({ length: Math.min(asked.examples, wanted.rows) }, (_, row) => row);
  return { data, read: pick(wanted, first, wanted.name) };
}

function mnistOf({ source, layers }: Options): TrainingOptions {
  const files = source === "files" && { source, side: 28, classes: 10, trainRows: 8000 };
  return trainingOf({ data: "mnist", ...files, layers });
}

async function measured({ activation, seed, options: asked }: PlanePart, context: PartContext): Promise<ValueRow[]> {
  const { signal, onProgress } = context;
  const { layers, epochs, points } = asked;
  const { data, read } = await examplesOf(asked, seed, context);
  const last = layers.length - 2;
  const kinds = Array.from({ length: last + 1 }, (_, l) =>
    l === last ? "softmax" : activation,
  ) as TrainableActivation[];
  const network = createNetwork({ layers, activation: kinds, initializer: "truncated-normal", seed });
  const stops = epochsToMeasure(epochs, points);
  const { batchSize, learningRate } = LEARNED[asked.data];
  const rules = { batchSize, learningRate, optimizer: "adam", loss: "cross-entropy", seed } as const;
  const rows: ValueRow[] = [];
  let from: Checkpoint | undefined;
  for (const stop of stops) {
    // From stop to stop: nothing is scored in between.
    const segment = { ...rules, epochs: stop, every: Math.max(1, stop), from, signal, pause: yieldToEventLoop };
    for await (const found of train(network, data, segment)) from = found;
    const { epoch, model: now, train: learned, test } = from!;
    const place = { activation, seed, epoch };
    const whole = { ...place, layer: 0, estimator: "", reading: "" };
    rows.push(
      ...valueRows(whole, {
        trainAccuracy: plainValue(learned.accuracy),
        testAccuracy: plainValue(test!.accuracy),
        trainLoss: plainValue(learned.loss),
      }),
    );
    for (const name of namesOf(asked)) {
      // The same noise at every epoch: what changes is of the weights.
      const estimator = estimatorOf(asked, name, activation, seed);
      const found = await layerInformation(now, read, estimator);
      if (stop === 0 && name === namesOf(asked)[0]) {
        const { ofInput, ofLabel } = found[0]!.most;
        rows.push(...valueRows(whole, { mostOfInput: plainValue(ofInput), mostOfLabel: plainValue(ofLabel) }));
      }
      for (const each of found) {
        const own = { ...place, layer: each.layer + 1, estimator: name, reading: each.estimator };
        const value = (bits: number | undefined, error?: number) =>
          bits === undefined ? undefined : plainValue(bits, error);
        rows.push(
          ...valueRows(own, {
            inputInformation: value(each.ofInput, each.standardErrors?.ofInput),
            labelInformation: value(each.ofLabel, each.standardErrors?.ofLabel),
            inputInformationLower: value(each.lower?.ofInput),
            labelInformationLower: value(each.lower?.ofLabel),
            labelInformationDifference: value(each.differences?.upper),
            cells: value(each.cells),
            saturation: value(each.saturation),
            labelInformationByChance: value(each.chance),
            decoderAccuracy: value(each.accuracy),
          }),
        );
      }
      await yieldToEventLoop();
      signal?.throwIfAborted();
    }
    onProgress(stop / epochs);
    await yieldToEventLoop();
  }
  return rows;
}
