/**
 * Bounds on the generalization gap by information, beside the gap: two classes of 8 × 8 digits, a small network, several numbers of examples.
 * Four ways to learn, since bounds speak of different ones: without noise, with noise in the steps, with noise about the weights at the end,
 * and a learner that has so few things to learn that what it knows can be counted.
 */

import type { Model } from "@causalscope/core";
import { createNetwork, type Dataset, dataset, layerInformation, train } from "@causalscope/core";
import { greatest, yieldToEventLoop } from "@causalscope/core/basics";
import { digits, keepClasses, split } from "@causalscope/core/datasets";
import {
  crossEntropyTrend,
  type GeneralizationBound,
  gaussianDivergence,
  individualSampleBound,
  inputCompressionBound,
  noisyTrainingBound,
  pacBayesBound,
  posteriorBound,
  weightInformationBound,
} from "@causalscope/core/information";
import {
  derivedSeed,
  fCmiExperiment,
  flatParameters,
  modelOfChain,
  momentsOf,
  normals,
  Random,
  rankCorrelation,
  requireChain,
  Stream,
  withParameters,
} from "@causalscope/core/internal";
import { number, options, whole } from "@causalscope/core/schema";
import { evaluate, trainNoisily } from "@causalscope/core/training";
import type { Finding, Part, Rows, Study, ValueRow } from "@causalscope/runs";
import { allPlusMinus, type Group, group, resolved } from "@causalscope/runs/internal";
import { aboveZero, epochsOption, option, type Parsed, seedsOption, wholes } from "@causalscope/runs/options";
import { inOneGo, type PartContext, plainValue, valueRows } from "../common/value-rows.ts";
import { about } from "./about.ts";
import { finiteLearning } from "./finite-learner.ts";
import { GUESSING } from "./guessing.ts";

const schema = options({
  // One set of pairs, and one training of the other kinds, each.
  seeds: seedsOption([0, 1, 2, 3, 4]),
  epochs: epochsOption(40, 1e5),
  classes: option(wholes(0, 9), { is: "two digits to classify: 4,9", preset: [4, 9] }),
  // Of pairs twice as many are used. The rarest digit has 174 images, the rarest two 351: as many as two for each pair, and some to test.
  examples: option(wholes(4, 160), { is: "numbers of training examples: 16,32,64", preset: [16, 32, 64, 128] }),
  // Drawn once for all: what cannot be known is learned by heart, which makes a gap.
  labelNoise: option(number(0, 0.5, "a fraction of the labels from 0 to 0.5"), {
    is: "fraction of the labels to flip",
    value: "share",
    preset: 0.1,
  }),
  width: option(whole(1, 1000), { is: "units of the hidden layer", preset: 16 }),
  draws: option(whole(2, 1000), { is: "trainings for each set of pairs", preset: 30 }),
  bins: option(whole(2, 4096), { is: "bins per neuron", preset: 8 }),
  steps: option(whole(1, 1e6), { is: "steps of training with noise", preset: 100 }),
  stepNoise: option(aboveZero, {
    is: "standard deviation of its noise, relative to the longest step",
    value: "factor",
    preset: 1,
  }),
  posterior: option(aboveZero, {
    is: "standard deviation of the noise on trained weights",
    value: "deviation",
    preset: 0.1,
  }),
  trainings: option(whole(2, 1e6), { is: "trainings of the learner that chooses a pixel", preset: 5000 }),
});

type Options = Parsed<typeof schema>;

interface GeneralizationPart extends Part {
  readonly examples: number;
  readonly seed: number;
  readonly options: Options;
}

/** Of noisy training: rate of the steps, and length that gradients are shortened to. */
const [RATE, CLIP] = [0.05, 1];
/** Draws of noise about the weights, over which mistakes are averaged. */
const POSTERIOR_DRAWS = 20;

export const study: Study<Options, GeneralizationPart> = {
  ...about,
  options: resolved(schema, (asked, refuse) => {
    if (asked.classes.length !== 2) refuse("classes", "two different digits, such as 4,9", asked.classes);
    return asked;
  }),
  parts: (asked) =>
    asked.examples.flatMap((examples) =>
      asked.seeds.map((seed) => ({
        at: `${examples} examples, seed ${seed}`,
        seconds: secondsOfPart(asked, examples),
        examples,
        seed,
        options: asked,
      })),
    ),
  run: inOneGo(measured),
  settings: (asked) => [
    ["network", `64 → ${asked.width} → 2, ReLU, softmax at the end`],
    [
      "data",
      `8 × 8 images of the digits ${asked.classes.join(" and ")}, pixels from 0 to 1, ${asked.labelNoise} of the labels flipped`,
    ],
    ["training examples", asked.examples.join(", ")],
    ["without noise", `Adam, learning rate 0.005, batches of 16, ${asked.epochs} epochs`],
    ["pairs", `${asked.draws} trainings for each set of pairs, one set for each seed`],
    [
      "noise in the steps",
      `${asked.steps} steps on all examples, rate ${RATE}, gradients of length ${CLIP} at most, noise of deviation ${asked.stepNoise * RATE * CLIP} on each weight`,
    ],
    ["noise about the weights", `deviation ${asked.posterior}, ${POSTERIOR_DRAWS} draws; confidence 0.95`],
    [
      "one pixel",
      `the pixel, on from 0.5, with the fewest errors, in either direction: 128 choices; ${asked.trainings} trainings`,
    ],
    ["I(X; L)", `${asked.bins} equal-mass bins of each hidden unit, over all images`],
    ["loss", "fraction of errors"],
    ["seeds", asked.seeds.join(", ")],
  ],
  findings,
  figures: async (_, { values }) => [(await import("./figures.ts")).generalizationFigure(values)],
  quick: { seeds: [0], epochs: 2, examples: [16, 32], draws: 3, steps: 10, trainings: 100 },
};

function secondsOfPart({ draws, epochs }: Options, examples: number): number {
  return 0.2 + draws * (0.01 + (examples * epochs) / 2.5e5);
}

async function measured(
  { examples, seed, options: asked }: GeneralizationPart,
  { signal, onProgress }: PartContext,
): Promise<ValueRow[]> {
  const whole = images(asked);
  const setting = (learning: string, bound: string) => ({ examples, learning, bound, seed });
  const row = (learning: string, { name, bound, gap }: GeneralizationBound, more: Record<string, number> = {}) =>
    valueRows(setting(learning, name), {
      // What is infinite has no row.
      generalizationBound: Number.isFinite(bound) ? plainValue(bound) : undefined,
      generalizationGap: plainValue(gap!),
      ...Object.fromEntries(Object.entries(more).map(([name, value]) => [name, plainValue(value)])),
    });
  const learn = (data: Dataset, own: number) => learned(asked, data, own, signal);
  const found = await fCmiExperiment(whole, {
    learn,
    pairs: examples,
    draws: asked.draws,
    seed,
    signal,
    onProgress: (share) => onProgress(0.8 * share),
  });
  const rows = [found.labels, found.lossDifference].flatMap((bound) =>
    row("without noise", bound, { correctedBound: bound.corrected, bits: bound.bits }),
  );
  await yieldToEventLoop();
  const data = split(whole, examples, derivedSeed(seed, examples));
  const network = await learn(data.train, seed);
  const { gap } = mistakes(network, data);
  const hidden = { kind: "bins", quantizer: { kind: "equal-mass", bins: asked.bins } } as const;
  const bits = (await layerInformation(network, whole, hidden)).at(-2)!.ofInput!;
  rows.push(...row("without noise", inputCompressionBound(bits, examples, 0.95, gap), { bits }));
  rows.push(...valueRows(setting("without noise", "trend"), { trend: plainValue(crossEntropyTrend(bits, examples)) }));

  const start = firstNetwork(asked, seed);
  const first = parametersOf(start);
  const noise = asked.stepNoise * RATE * CLIP;
  const steps = { steps: asked.steps, learningRate: RATE, clip: CLIP, noise, seed, ...(signal && { signal }) };
  const noisy = trainNoisily(start, data.train, steps);
  const noisily = mistakes(noisy.model, data);
  const bound = noisyTrainingBound(noisy.steps, first.length, examples, 0.5, noisily.gap);
  rows.push(...row("noise in the steps", bound, { trainAccuracy: 1 - noisily.train }));

  const divergence = gaussianDivergence(parametersOf(network), first, asked.posterior);
  const drawn = overPosterior(network, asked.posterior, seed, data);
  const about = { trainAccuracy: 1 - drawn.train, bits: divergence.bits };
  rows.push(
    ...row("noise about the weights", pacBayesBound(divergence, examples, 0.95, drawn.gap), about),
    ...row("noise about the weights", posteriorBound(drawn.train, divergence, examples, { gap: drawn.gap }), about),
  );

  const pixel = finiteLearning(whole, examples, asked.trainings, seed);
  const single = (bits: number) => individualSampleBound(new Array<number>(examples).fill(bits), 0.5, pixel.gap);
  rows.push(
    ...row("one pixel", weightInformationBound(pixel.weights, examples, 0.5, pixel.gap), {
      bits: pixel.weights,
    }),
    ...row("one pixel", single(pixel.example), {
      correctedBound: single(pixel.exampleCorrected).bound,
      bits: pixel.example,
    }),
  );
  return rows;
}

/** The two digits, some of their labels turned round. */
function images({ classes, labelNoise }: Options): Dataset {
  const whole = keepClasses(digits(), classes);
  const random = new Random(0, Stream.labels);
  const labels = whole.labels!.map((label) => (random.uniform() < labelNoise ? 1 - label : label));
  return dataset({
    name: whole.name,
    inputs: { data: whole.inputs, shape: [whole.rows, whole.features] },
    labels,
    classes: whole.classes,
  });
}

function firstNetwork({ width }: Options, seed: number): Model {
  return createNetwork({ layers: [64, width, 2], activation: ["relu", "softmax"], initializer: "he", seed });
}

async function learned(asked: Options, data: Dataset, seed: number, signal: AbortSignal | undefined): Promise<Model> {
  const { epochs } = asked;
  let network = firstNetwork(asked, seed);
  const rules = { epochs, every: epochs, batchSize: Math.min(16, data.rows), learningRate: 0.005, seed } as const;
  const how = { optimizer: "adam", loss: "cross-entropy", pause: yieldToEventLoop, ...(signal && { signal }) } as const;
  for await (const found of train(network, data, { ...rules, ...how })) network = found.model;
  return network;
}

interface Mistakes {
  /** Fractions of the examples that were learned from, and of the others. */
  readonly train: number;
  readonly test: number;
  readonly gap: number;
}

function mistakes(network: Model, data: { readonly train: Dataset; readonly test: Dataset }): Mistakes {
  const of = (part: Dataset) => 1 - evaluate(network, part, "cross-entropy").accuracy;
  const [learned, others] = [of(data.train), of(data.test)];
  return { train: learned, test: others, gap: others - learned };
}

function parametersOf(model: Model): Float64Array {
  return flatParameters(requireChain(model, "study"));
}

/** Means over weights that are drawn about the learned ones. */
function overPosterior(
  network: Model,
  deviation: number,
  seed: number,
  data: { readonly train: Dataset; readonly test: Dataset },
): Mistakes {
  const normal = normals(new Random(seed, Stream.noise, 1));
  const row = requireChain(network, "study");
  const weights = flatParameters(row);
  const drawn = Array.from({ length: POSTERIOR_DRAWS }, () => {
    const own = weights.map((weight) => weight + deviation * normal());
    return mistakes(modelOfChain(withParameters(row, own)), data);
  });
  const mean = (name: keyof Mistakes) => momentsOf(drawn.map((one) => one[name])).mean;
  return { train: mean("train"), test: mean("test"), gap: mean("gap") };
}

function findings({ examples, draws }: Options, { values }: Rows): Finding[] {
  const names = [...new Set(values.map(({ setting }) => setting.bound as string))].filter((name) => name !== "trend");
  const of = (measure: string, bound: string, count: number): Group =>
    group(
      values
        .filter((row) => row.measure === measure && row.setting.bound === bound && row.setting.examples === count)
        .map(({ value }) => value),
    );
  const most = greatest(examples);
  const pairs: string[] = names.filter((name) => name === "f-CMI" || name === "difference of losses");
  const below = pairs.flatMap((name) =>
    examples.filter((count) => of("generalizationBound", name, count).mean < of("generalizationGap", name, count).mean),
  );
  const saying = names.filter((name) => of("generalizationBound", name, most).mean < GUESSING);
  const line = (name: string) =>
    `${name}: bound ${allPlusMinus(examples.map((count) => of("generalizationBound", name, count)))}; gap ${allPlusMinus(
      examples.map((count) => of("generalizationGap", name, count)),
      3,
    )}`;
  const series = (measure: string, name: string) => examples.map((count) => of(measure, name, count).mean);
  const withGap = (measure: string, name: string, learned: string) =>
    rankCorrelation(series(measure, name), series("generalizationGap", learned)).toFixed(2);
  const shrinking = names.map((name) => `${name} ${withGap("generalizationBound", name, name)}`);
  const accuracy = (name: string) => allPlusMinus(examples.map((count) => of("trainAccuracy", name, count)));
  const falling: Finding = {
    claim: "Bounds fall with the gap as examples are added.",
    paper: "Vera, Piantanida & Vega 2018 promise only a trend: their constants are unknown.",
    found: `Rank correlation of bound and gap over the numbers of examples: ${shrinking.join(", ")}; the trend √I(X; L) ln m/√m ${withGap("trend", "trend", "input compression")}.`,
    verdict: "answered",
    because:
      "All of them fall with 1/√m in any case: a correlation over m does not show that information explains the gap.",
  };
  return [
    {
      claim: "Information in predictions bounds the gap of any training.",
      paper: "Harutyunyan et al. 2021: f-CMI holds for deterministic training, and is not vacuous.",
      found: `For ${examples.join(", ")} examples, ${pairs.map(line).join(". ")}. Without the bias of few trainings, f-CMI is ${allPlusMinus(examples.map((count) => of("correctedBound", "f-CMI", count)))}.`,
      verdict: below.length === 0 ? "holds" : "does not hold",
      because: `With ${draws} trainings, counted information is too high, which loosens the bound and is on the safe side. The difference of losses contains no more information about the coin than the labels do, so its bound is at least as tight.`,
    },
    {
      claim: "Information bounds are not vacuous for this network.",
      paper: "Six bounds are compared, without numbers.",
      found: `At ${most} examples below ${GUESSING}, the level of guessing: ${saying.length > 0 ? saying.join(", ") : "none"}. ${names
        .filter((name) => !pairs.includes(name))
        .map(line)
        .join(". ")}.`,
      verdict: saying.length === names.length ? "holds" : saying.length > 0 ? "holds in part" : "does not hold",
      because: `Information in the weights is infinite for a network trained without noise. It is bounded with noise in the steps, where the network still classifies ${accuracy("noisy training")} of its training examples correctly, and counted for a learner with few hypotheses. I(X; L) is an estimate, and heuristic.`,
    },
    {
      claim: "The information in single examples gives a tighter bound than that in all of them.",
      paper: "Bu, Zou & Veeravalli 2019: it is never looser, for independent examples.",
      found: `Of the learner that chooses a pixel: ${["information in the weights", "information on single examples"].map(line).join(". ")}. Without what shuffled examples would have, the second is ${allPlusMinus(
        examples.map((count) => of("correctedBound", "information on single examples", count)),
        3,
      )}.`,
      verdict: examples.every(
        (count) =>
          of("correctedBound", "information on single examples", count).mean <=
          of("generalizationBound", "information in the weights", count).mean,
      )
        ? "holds"
        : "does not hold",
      because:
        "Both are counted over trainings on resampled examples: the entropy of the choice, and its information about one of the examples, which is too high by what shuffled examples have.",
    },
    ...(examples.length < 2 ? [] : [falling]),
  ];
}
