/**
 * What breaks without which neurons: networks are trained, their hidden units scored, and held at constants in order of their scores
 * (Amjad, Liu & Geiger 2021), over the whole network and within each layer, beside random orders.
 */
import { ablate, createNetwork, train } from "@causalscope/core";
import type { ReplacementSpec } from "@causalscope/core/ablation";
import { type ScoreName, scoreNames } from "@causalscope/core/ablation";
import { split } from "@causalscope/core/datasets";
import type { QuantizerSpec } from "@causalscope/core/information";
import { yieldToEventLoop } from "@causalscope/core/internal";
import type { Question, ValueRow } from "@causalscope/runs";
import { ablationFindings } from "./ablation-findings.ts";
import { ablationRows } from "./ablation-rows.ts";
import { dataOf } from "./comparison.ts";
import { doneInParts, type Part, type PartContext } from "./grid.ts";
import { requireOption, requireWhole, requireWholes, type Who, withDefaults } from "./options.ts";
import { type Provenance, provenanceSettings } from "./own-data.ts";
import type { ValueStudy } from "./study.ts";
import { dataPlan, featuresOf } from "./study-data.ts";
import { studySummaries } from "./summaries.ts";
import { networkSpec, type TrainingOptions, type TrainingQuestion, trainingRules, trainingStudy } from "./training.ts";

export const REGULARIZERS = ["none", "l2", "dropout", "batch-norm"] as const;
export type Regularizer = (typeof REGULARIZERS)[number];

export interface AblationStudyOptions {
  readonly seeds: readonly number[];
  readonly data: TrainingOptions["data"];
  readonly source: TrainingOptions["source"] | null;
  /** What a file holds; null for data that are known. */
  readonly features: number | null;
  readonly classes: number | null;
  /** Of a file of the user's own; null for data that are known. */
  readonly provenance: Provenance | null;
  /** Hidden widths. */
  readonly net: readonly number[];
  readonly activation: TrainingOptions["activation"];
  readonly regularizer: Regularizer;
  readonly epochs: number;
  readonly scores: readonly ScoreName[];
  /** Of the states that neurons are read by: 1 is a threshold, more are as many bins of equal mass. */
  readonly quantizerBits: number;
  readonly replacement: ReplacementSpec;
  readonly repetitions: number;
  /** Stops of orders by a score: as many as units at most. */
  readonly points: number;
  /** Resamples of the test examples. */
  readonly bootstrap: number;
  /** Null: what the data set has by default. */
  readonly trainRows: number | null;
  /** 0: all that are left; null: 2,000 of images in files, else all. */
  readonly testRows: number | null;
}

export type AblationQuestion = Question & AblationStudyOptions;

const DEFAULTS: AblationStudyOptions = {
  seeds: [0, 1],
  data: "digits",
  source: null,
  features: null,
  provenance: null,
  classes: null,
  net: [100, 100],
  activation: "relu",
  regularizer: "dropout",
  epochs: 25,
  scores: ["information", "information8", "weight-spread", "damage"],
  quantizerBits: 1,
  replacement: "zero",
  repetitions: 20,
  points: 200,
  bootstrap: 200,
  trainRows: null,
  testRows: null,
};

const any = trainingStudy({ name: "ablation", summary: "", data: "digits", anyData: true, defaults: () => ({}) });

/** Weight decay, and the share of dropped units, of the published comparison. */
const L2 = 1e-3;
const DROPOUT = 0.5;

export const ablationStudy: ValueStudy<AblationStudyOptions, AblationQuestion> = {
  kind: "values",
  takes: "tables",
  name: "ablation",
  summary: studySummaries.ablation,
  question: (options, who: Who<AblationStudyOptions> = (option) => `study ablation: ${option}`) => {
    const asked = withDefaults(DEFAULTS, options);
    requireWholes(asked.seeds, 0, Number.MAX_SAFE_INTEGER, who("seeds"));
    requireOption(
      Array.isArray(asked.net) && asked.net.length > 0,
      who("net"),
      "hidden widths, such as 100-100",
      asked.net,
    );
    requireOption(
      REGULARIZERS.includes(asked.regularizer),
      who("regularizer"),
      `one of ${REGULARIZERS.join(", ")}`,
      asked.regularizer,
    );
    requireWhole(asked.epochs, 1, 1e6, who("epochs"));
    requireWhole(asked.quantizerBits, 1, 12, who("quantizerBits"));
    requireWhole(asked.repetitions, 1, 10_000, who("repetitions"));
    requireWhole(asked.points, 1, 1e6, who("points"));
    requireWhole(asked.bootstrap, 0, 10_000, who("bootstrap"));
    if (asked.testRows !== null) requireWhole(asked.testRows, 0, 1e6, who("testRows"));
    if (asked.trainRows !== null) requireWhole(asked.trainRows, 1, 1e6, who("trainRows"));
    const known =
      Array.isArray(asked.scores) && asked.scores.length > 0 && asked.scores.every((name) => scoreNames.includes(name));
    requireOption(known, who("scores"), `some of ${scoreNames.join(", ")}`, asked.scores);
    // Says what is wrong with data and widths.
    trainingOf(asked, who);
    return { ...asked };
  },
  options: (asked) => ({ ...asked }),
  plan: (asked) => trainingOf(asked),
  ...doneInParts(parts),
  seconds: ({ seeds, epochs, net, scores, data }) => {
    const units = net.reduce((sum, width) => sum + width, 0);
    const share = SIDES[data] === undefined ? 0.3 : 1;
    return share * seeds.length * (epochs * 0.3 + units * scores.length * 0.02);
  },
  settings: (asked) => {
    const training = trainingOf(asked);
    return [
      ["network", `${training.layers.join(" → ")}, ${asked.activation}, softmax at the end`],
      [
        "data",
        `${asked.data}, ${training.trainRows} examples to learn from, ${testRowsOf(asked) || "all others"} to test`,
      ],
      ...(asked.provenance === null ? [] : provenanceSettings(asked.provenance)),
      [
        "regularizer",
        `${asked.regularizer}${asked.regularizer === "l2" ? ` ${L2}` : asked.regularizer === "dropout" ? ` ${DROPOUT}` : ""}`,
      ],
      ["training", `Adam, learning rate 0.001, batches of ${training.batch}, ${asked.epochs} epochs`],
      ["scores", `${asked.scores.join(", ")}, on the examples that were learned from`],
      [
        "neurons are read by",
        asked.quantizerBits === 1 ? "a threshold" : `${2 ** asked.quantizerBits} bins of equal mass`,
      ],
      ["removed units are held at", `${asked.replacement}`],
      ["random orders", `${asked.repetitions}`],
      ["resamples of the test examples", `${asked.bootstrap}`],
      ["seeds", asked.seeds.join(", ")],
    ];
  },
  findings: ({ scores, regularizer }, values) => ablationFindings(scores, values, regularizer),
};

/** Pixels on a side of images in files, which are learned whole. */
const SIDES: Partial<Record<TrainingOptions["data"], number>> = { mnist: 28, fashion: 28, cifar10: 32 };

/** Examples of images in files to learn from, and to test. */
const [IMAGES_LEARNED, IMAGES_TESTED] = [8000, 2000];

function trainingOf(
  asked: AblationStudyOptions,
  who: Who<AblationStudyOptions> = (option) => `study ablation: ${option}`,
): TrainingQuestion {
  const { data, net, activation, regularizer, epochs, seeds } = asked;
  const side = SIDES[data];
  const source = asked.source ?? (side === undefined ? undefined : "files");
  const classes = asked.classes ?? (side === undefined ? undefined : 10);
  const trainRows = asked.trainRows ?? (side === undefined ? undefined : IMAGES_LEARNED);
  const own = { features: asked.features ?? undefined, provenance: asked.provenance ?? undefined };
  const plan = dataPlan(data, { source, side, classes, trainRows, ...own }, (option) =>
    option in DEFAULTS ? who(option as keyof AblationStudyOptions) : `study ablation: ${option}`,
  );
  const features = featuresOf(plan);
  requireOption(features !== undefined, who("features"), "how many inputs a row of the file has", asked.features);
  return any.question({
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
  });
}

function quantizerOf({ quantizerBits }: AblationStudyOptions): QuantizerSpec {
  return quantizerBits === 1 ? { kind: "threshold" } : { kind: "equal-mass", bins: 2 ** quantizerBits };
}

/** 0: all. */
function testRowsOf({ testRows, data }: AblationStudyOptions): number {
  return testRows ?? (SIDES[data] === undefined ? 0 : IMAGES_TESTED);
}

function parts(asked: AblationQuestion): Part[] {
  const training = trainingOf(asked);
  return asked.seeds.map(
    (seed): Part => ({ at: `seed ${seed}`, rows: (context) => ablated(asked, training, seed, context) }),
  );
}

async function ablated(
  asked: AblationQuestion,
  training: TrainingQuestion,
  seed: number,
  context: PartContext,
): Promise<ValueRow[]> {
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
