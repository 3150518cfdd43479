/**
 * What breaks without which neurons: networks are trained, their hidden units scored, and held at constants in order of their scores
 * (Amjad, Liu & Geiger 2021), over the whole network and within each layer, beside random orders.
 */
import { ablate, createNetwork, train } from "@causalscope/core";
import { replacements, scoreNames } from "@causalscope/core/ablation";
import { yieldToEventLoop } from "@causalscope/core/basics";
import { split } from "@causalscope/core/datasets";
import type { QuantizerSpec } from "@causalscope/core/information";
import { instance, options, whole } from "@causalscope/core/schema";
import type { Part, Study, ValueRow } from "@causalscope/runs";
import {
  DATA_NAMES,
  dataPlan,
  featuresOf,
  type Provenance,
  provenanceSettings,
  type Refuse,
  refuseOption,
  resolved,
} from "@causalscope/runs/internal";
import {
  epochsOption,
  named,
  nameOrNumber,
  option,
  optionOrNull,
  type Parsed,
  seedsOption,
  someOf,
  widths,
} from "@causalscope/runs/options";
import { type TrainingOptions, trainingOf } from "../common/training-options.ts";
import { dataOf, networkSpec, trainingRules } from "../common/training-rules.ts";
import { inOneGo, type PartContext } from "../common/value-rows.ts";
import { about } from "./about.ts";
import { ablationFindings } from "./findings.ts";
import { ablationRows } from "./rows.ts";

const REGULARIZERS = ["none", "l2", "dropout", "batch-norm"] as const;

const schema = options({
  seeds: seedsOption([0, 1]),
  epochs: epochsOption(25, 1e6),
  data: option(named(DATA_NAMES), {
    is: "digits, mnist or fashion (28 × 28, from files), cifar10 (32 × 32 × 3, from files), iris, spiral, circles, or a table: CSV, .npy, IDX",
    value: "name|file",
    preset: "digits",
  }),
  source: optionOrNull(named(["embedded", "files"]), {
    is: "whether the data come with the package or from files; null: wherever they are",
    hidden: true,
    preset: null,
  }),
  features: optionOrNull(whole(1), { is: "number of inputs, for a file", hidden: true, preset: null }),
  provenance: optionOrNull(instance<Provenance>(isRecord, "where a table came from"), {
    is: "where a table came from",
    hidden: true,
    preset: null,
  }),
  classes: optionOrNull(whole(0), { is: "number of classes, for a file", hidden: true, preset: null }),
  net: option(widths(1, 4096, "hidden widths, such as 100-100"), { is: "hidden widths: 100-100", preset: [100, 100] }),
  activation: option(named(["sigmoid", "tanh", "relu", "identity"]), {
    is: "activation of the hidden layers",
    preset: "relu",
  }),
  regularizer: option(named(REGULARIZERS), {
    is: "none, l2, dropout or batch-norm",
    alias: "--reg",
    preset: "dropout",
  }),
  scores: option(someOf(scoreNames), {
    is: `some of ${scoreNames.join(", ")}`,
    preset: ["information", "information8", "weight-spread", "damage"],
  }),
  // More than a threshold are as many bins of equal mass.
  quantizerBits: option(whole(1, 12), {
    is: "bits of a neuron's states; 1 is a threshold",
    preset: 1,
  }),
  replacement: option(nameOrNumber(replacements), {
    is: `value of a removed unit: ${replacements.join(", ")} or a number`,
    preset: "zero",
  }),
  repetitions: option(whole(1, 10_000), { is: "random orders", preset: 20 }),
  // As many as units at most.
  points: option(whole(1, 1e6), { is: "points of each curve by a score", preset: 200 }),
  bootstrap: option(whole(0, 10_000), { is: "resamples of the test examples; 0 for no intervals", preset: 200 }),
  trainRows: optionOrNull(whole(1, 1e6), {
    is: "number of training examples; the others are test examples",
    value: "n",
    preset: null,
  }),
  testRows: optionOrNull(whole(0, 1e6), {
    is: "number of test examples; 0 for all others (default: 2000 for images from files, otherwise 0)",
    value: "n",
    preset: null,
  }),
});

type Options = Parsed<typeof schema>;

interface AblationPart extends Part {
  readonly seed: number;
  readonly options: Options;
}

function isRecord(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

/** Weight decay, and the share of dropped units, of the published comparison. */
const L2 = 1e-3;
const DROPOUT = 0.5;

export const study: Study<Options, AblationPart> = {
  ...about,
  options: resolved(schema, (asked, refuse) => {
    // Says what is wrong with data and widths.
    trainingFor(asked, refuse);
    return asked;
  }),
  parts: (asked) => {
    const { data, epochs, net, scores } = asked;
    const units = net.reduce((sum, width) => sum + width, 0);
    const share = SIDES[data] === undefined ? 0.3 : 1;
    const seconds = share * (epochs * 0.3 + units * scores.length * 0.02);
    return asked.seeds.map((seed) => ({ at: `seed ${seed}`, seconds, seed, options: asked }));
  },
  run: inOneGo(ablated),
  data: (asked) => trainingFor(asked),
  files: "tables",
  settings: (asked) => {
    const training = trainingFor(asked);
    return [
      ["network", `${training.layers.join(" → ")}, ${asked.activation}, softmax at the end`],
      [
        "data",
        `${asked.data}, ${training.trainRows} training examples, ${testRowsOf(asked) || "all others"} for testing`,
      ],
      ...(asked.provenance === null ? [] : provenanceSettings(asked.provenance)),
      [
        "regularizer",
        `${asked.regularizer}${asked.regularizer === "l2" ? ` ${L2}` : asked.regularizer === "dropout" ? ` ${DROPOUT}` : ""}`,
      ],
      ["training", `Adam, learning rate 0.001, batches of ${training.batch}, ${asked.epochs} epochs`],
      ["scores", `${asked.scores.join(", ")}, on the training examples`],
      [
        "states of neurons",
        asked.quantizerBits === 1 ? "two, by a threshold" : `${2 ** asked.quantizerBits} bins of equal mass`,
      ],
      ["removed units are held at", `${asked.replacement}`],
      ["random orders", `${asked.repetitions}`],
      ["resamples of the test examples", `${asked.bootstrap}`],
      ["seeds", asked.seeds.join(", ")],
    ];
  },
  findings: ({ scores, regularizer }, { values }) => ablationFindings(scores, values, regularizer),
  figures: async (_, { values }) => (await import("./figures.ts")).figuresOfAblation(values),
  quick: { data: "iris", net: [6, 5], epochs: 3, repetitions: 2, bootstrap: 5 },
};

/** Pixels on a side of images in files, which are learned whole. */
const SIDES: Readonly<Partial<Record<TrainingOptions["data"], number>>> = { mnist: 28, fashion: 28, cifar10: 32 };

/** Examples of images in files to learn from, and to test. */
const [IMAGES_LEARNED, IMAGES_TESTED] = [8000, 2000];

function trainingFor(asked: Options, refuse?: Refuse): TrainingOptions {
  const { data, net, activation, regularizer, epochs, seeds } = asked;
  const side = SIDES[data];
  const source = asked.source ?? (side === undefined ? undefined : "files");
  const classes = asked.classes ?? (side === undefined ? undefined : 10);
  const trainRows = asked.trainRows ?? (side === undefined ? undefined : IMAGES_LEARNED);
  const own = { features: asked.features ?? undefined, provenance: asked.provenance ?? undefined };
  const refuseOwn: Refuse = refuse ?? refuseOption;
  const plan = dataPlan(data, { source, side, classes, trainRows, ...own }, refuseOwn);
  const features = featuresOf(plan);
  if (features === undefined) refuseOwn("features", "number of inputs in a row of the file", asked.features);
  return trainingOf(
    {
      ...plan,
      layers: [features!, ...net, plan.classes],
      activation,
      outputActivation: "softmax",
      bias: true,
      initializer: "he",
      optimizer: "adam",
      learningRate: 0.001,
      batch: Math.min(side === undefined ? 32 : 128, plan.trainRows),
      loss: "cross-entropy",
      reduction: "mean",
      epochs,
      every: epochs,
      seeds,
      l2: regularizer === "l2" ? L2 : 0,
      dropout: regularizer === "dropout" ? DROPOUT : 0,
      batchNorm: regularizer === "batch-norm",
    },
    refuseOwn,
  );
}

function quantizerOf({ quantizerBits }: Options): QuantizerSpec {
  return quantizerBits === 1 ? { kind: "threshold" } : { kind: "equal-mass", bins: 2 ** quantizerBits };
}

/** 0: all. */
function testRowsOf({ testRows, data }: Options): number {
  return testRows ?? (SIDES[data] === undefined ? 0 : IMAGES_TESTED);
}

async function ablated({ seed, options: asked }: AblationPart, context: PartContext): Promise<ValueRow[]> {
  const training = trainingFor(asked);
  const { signal, onProgress } = context;
  const data = await dataOf(training, context);
  const testRows = testRowsOf(asked);
  const some = testRows > 0 && testRows < data.test!.rows;
  const test = some ? split(data.test!, testRows, seed).train : data.test!;
  let network = createNetwork({ ...networkSpec(training), seed });
  const rules = { ...trainingRules(training), seed, signal, pause: yieldToEventLoop };
  for await (const found of train(network, data, {
    ...rules,
    onProgress: ({ epoch }) => onProgress((0.5 * epoch) / asked.epochs),
  })) {
    network = found.model;
  }
  const quantizer = quantizerOf(asked);
  const { scores, replacement, repetitions, points, bootstrap } = asked;
  const found = await ablate(
    network,
    { train: data.train, test },
    { scores, replacement, repetitions, points, bootstrap, quantizer, seed },
    { signal, onProgress: (share) => onProgress(0.5 + 0.5 * share) },
  );
  return ablationRows(found, seed);
}
