/**
 * The information plane through training: by default the network and data of Shwartz-Ziv & Tishby (2017), tanh and ReLU, several seeds;
 * any of the estimators, whose conclusions may differ.
 */
import type { Dataset } from "@causalscope/core";
import { createNetwork, layerInformation, train } from "@causalscope/core";
import { concatenate, pick, shwartzZivTishby, split } from "@causalscope/core/datasets";
import type { TrainableActivation } from "@causalscope/core/internal";
import { estimatorText, power, yieldToEventLoop } from "@causalscope/core/internal";
import type { PlaneEstimator } from "@causalscope/core/neurons";
import type { Checkpoint, TrainingData } from "@causalscope/core/training";
import type { Question, ValueRow } from "@causalscope/runs";
import { dataOf } from "./comparison.ts";
import { doneInParts, type Part, type PartContext, plainValue, valueRows } from "./grid.ts";
import { planeFindings } from "./information-plane-findings.ts";
import { requireOption, requirePositive, requireWhole, requireWholes, type Who, withDefaults } from "./options.ts";
import { type Learner, notLearned, presupposing } from "./premise.ts";
import type { ValueStudy } from "./study.ts";
import { studySummaries } from "./summaries.ts";
import { type TrainingOptions, type TrainingQuestion, trainingStudy } from "./training.ts";

const DATA = ["szt", "mnist"] as const;
const MEASURED = ["all", "train", "test"] as const;
const ESTIMATORS = ["bins", "equal-mass", "adaptive", "unique", "pairwise", "noisy", "decoder"] as const;
type EstimatorName = (typeof ESTIMATORS)[number];

export interface PlaneOptions {
  readonly seeds: readonly number[];
  /** `szt`: all patterns of 12 bits, labelled by Shwartz-Ziv & Tishby. */
  readonly data: (typeof DATA)[number];
  /** Of mnist: null for the 5 × 5 images of the package. */
  readonly source: TrainingOptions["source"] | null;
  readonly activations: readonly string[];
  /** Widths from the inputs to the classes; null for those that go with the data. */
  readonly layers: readonly number[] | null;
  /** Null for 8,000 of szt, 200 of mnist. */
  readonly epochs: number | null;
  /** Checkpoints after the first, evenly spaced by the logarithm of the epoch. */
  readonly points: number;
  /** Examples that layers are read on. */
  readonly measured: (typeof MEASURED)[number];
  /** Most of them; the first ones are taken. */
  readonly examples: number;
  readonly estimators: readonly EstimatorName[];
  readonly bins: number;
  /** Of the noise of the pairwise bounds; above 0 they are asked for; 0 stands for 0.001 where `estimators` asks for them. */
  readonly variance: number;
  /** Deviation of the noise in the network, of `noisy`. */
  readonly beta: number;
}

export type PlaneQuestion = Question & PlaneOptions & { readonly layers: readonly number[]; readonly epochs: number };

const DEFAULTS: PlaneOptions = {
  seeds: [0, 1, 2, 3, 4],
  data: "szt",
  source: null,
  activations: ["tanh", "relu"],
  layers: null,
  epochs: null,
  points: 60,
  measured: "all",
  examples: 10_000,
  estimators: ["bins"],
  bins: 30,
  variance: 0,
  beta: 0.01,
};

/** What each data set is learned by, where nobody says otherwise. */
const LEARNED = {
  szt: { hidden: [10, 7, 5, 4, 3], epochs: 8000, epochsInASecond: 500, batchSize: 512, learningRate: 4e-4 },
  mnist: { hidden: [20, 20, 20], epochs: 200, epochsInASecond: 40, batchSize: 128, learningRate: 1e-3 },
} as const;
const VARIANCE = 0.001;
const TRAIN = 0.8;

const any = trainingStudy({ name: "plane", summary: "", data: "mnist", anyData: true, defaults: () => ({}) });

export const informationPlaneStudy: ValueStudy<PlaneOptions, PlaneQuestion> = {
  kind: "values",
  takes: "data sets",
  name: "information-plane",
  summary: studySummaries["information-plane"],
  question: (options, who: Who<PlaneOptions> = (option) => `study information-plane: ${option}`) => {
    const asked = withDefaults(DEFAULTS, options);
    requireWholes(asked.seeds, 0, Number.MAX_SAFE_INTEGER, who("seeds"));
    requireSome(asked.activations, ["tanh", "relu", "sigmoid", "identity"], who("activations"));
    requireSome(asked.estimators, ESTIMATORS, who("estimators"));
    requireOption(DATA.includes(asked.data), who("data"), `one of ${DATA.join(", ")}`, asked.data);
    requireOption(MEASURED.includes(asked.measured), who("measured"), `one of ${MEASURED.join(", ")}`, asked.measured);
    const sources = asked.data === "szt" ? [null] : [null, "embedded", "files"];
    requireOption(sources.includes(asked.source), who("data"), "mnist, where files are given: szt is made", asked.data);
    const [inputs, outputs] = shapeOf(asked);
    const known = LEARNED[asked.data];
    const layers = asked.layers ?? [inputs, ...known.hidden, outputs];
    const widths = Array.isArray(layers) && layers.length > 2 && layers[0] === inputs && layers.at(-1) === outputs;
    const expected = `widths that begin with ${inputs} and end with ${outputs}, with hyphens between`;
    requireOption(widths && layers.every((width) => width >= 1), who("layers"), expected, layers);
    const epochs = asked.epochs ?? known.epochs;
    requireWhole(epochs, 1, 1e6, who("epochs"));
    requireWhole(asked.points, 1, 10_000, who("points"));
    requireWhole(asked.examples, 2, 1e6, who("examples"));
    requireWhole(asked.bins, 2, 4096, who("bins"));
    if (asked.variance !== 0) requirePositive(asked.variance, who("variance"));
    requirePositive(asked.beta, who("beta"));
    return { ...asked, layers, epochs };
  },
  options: (asked) => ({ ...asked }),
  plan: (asked) => (asked.data === "mnist" ? mnistOf(asked) : undefined),
  ...doneInParts(parts),
  seconds: (asked) => {
    const { seeds, activations, epochs, points } = asked;
    const reading = namesOf(asked).reduce((sum, name) => sum + SECONDS[name], 0);
    return seeds.length * activations.length * (epochs / LEARNED[asked.data].epochsInASecond + points * reading);
  },
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
          ? "all 4,096 patterns of 12 bits; 80 % learned from"
          : `MNIST, ${source === "files" ? "28 × 28, from files" : "5 × 5, digits 0 to 4"}`,
      ],
      ["read on", `${measured === "all" ? "all" : `the ${measured} part of the`} examples, at most ${examples}`],
      [
        "training",
        `Adam, learning rate ${LEARNED[data].learningRate}, batches of ${LEARNED[data].batchSize}, ${epochs} epochs, cross-entropy`,
      ],
      ["readings", readings.join("; ")],
      ["seeds", seeds.join(", ")],
    ];
  },
  findings: (asked, values) => {
    const missing = notLearned(asked.activations.map((activation) => learnerOf(asked, activation, values)));
    const found = planeFindings(asked.activations, asked.layers.length - 1, values);
    return found.map((finding) => presupposing(missing, finding));
  },
};

function learnerOf({ epochs, layers }: PlaneQuestion, activation: string, values: readonly ValueRow[]): Learner {
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

function requireSome(given: readonly string[], known: readonly string[], who: string): void {
  const ok = Array.isArray(given) && given.length > 0 && given.every((name) => known.includes(name));
  requireOption(ok && new Set(given).size === given.length, who, `some of ${known.join(", ")}, none twice`, given);
}

/** Inputs and classes of the data. */
function shapeOf({ data, source }: PlaneOptions): [number, number] {
  if (data === "szt") return [12, 2];
  return source === "files" ? [784, 10] : [25, 5];
}

/** The estimators that are asked for, those that `variance` asks for among them. */
function namesOf({ estimators, variance }: PlaneOptions): EstimatorName[] {
  return variance > 0 && !estimators.includes("pairwise") ? [...estimators, "pairwise"] : [...estimators];
}

function estimatorOf(
  { bins, variance, beta }: PlaneOptions,
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

function parts(asked: PlaneQuestion): Part[] {
  return asked.activations.flatMap((activation) =>
    asked.seeds.map(
      (seed): Part => ({
        at: `${activation}, seed ${seed}`,
        rows: (context) => measured(asked, activation, seed, context),
      }),
    ),
  );
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
  asked: PlaneQuestion,
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

function mnistOf({ source, layers }: PlaneQuestion): TrainingQuestion {
  const files = source === "files" && { source, side: 28, classes: 10, trainRows: 8000 };
  return any.question({ data: "mnist", ...files, layers });
}

async function measured(
  asked: PlaneQuestion,
  activation: string,
  seed: number,
  context: PartContext,
): Promise<ValueRow[]> {
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
