/** The information plane through training: the network and data of Shwartz-Ziv & Tishby (2017), tanh and ReLU, several seeds. */

import { split } from "../../datasets/dataset.ts";
import { shwartzZivTishby } from "../../datasets/shwartz-ziv-tishby.ts";
import { breathe } from "../../engines/breathe.ts";
import { power } from "../../information/elementary.ts";
import type { TrainableActivation } from "../../network/activation.ts";
import { layerInformation, type PlaneEstimator } from "../../observational/information-plane.ts";
import { createNetwork } from "../../training/initialize.ts";
import { type Checkpoint, train } from "../../training/train.ts";
import type { Question } from "../run-file.ts";
import type { ValueRow } from "../table.ts";
import { type Group, group, plusMinus } from "./comparison.ts";
import { inParts, type Part, type PartContext, plainValue, valueRows } from "./grid.ts";
import { requireOption, requirePositive, requireWhole, requireWholes, type Who, withDefaults } from "./options.ts";
import type { Finding, ValueStudy } from "./study.ts";

export interface PlaneOptions {
  readonly seeds: readonly number[];
  readonly activations: readonly string[];
  readonly layers: readonly number[];
  readonly epochs: number;
  /** Checkpoints after the first, evenly spaced by the logarithm of the epoch. */
  readonly points: number;
  readonly bins: number;
  /** Of the noise of the pairwise bounds; 0 leaves them out. */
  readonly variance: number;
}

export type PlaneQuestion = Question & PlaneOptions;

const DEFAULTS: PlaneOptions = {
  seeds: [0, 1, 2, 3, 4],
  activations: ["tanh", "relu"],
  layers: [12, 10, 7, 5, 4, 3, 2],
  epochs: 8000,
  points: 60,
  bins: 30,
  variance: 0,
};

const TRAIN = 0.8;

export const informationPlaneStudy: ValueStudy<PlaneOptions, PlaneQuestion> = {
  kind: "values",
  name: "information-plane",
  summary:
    "I(X; L) and I(Y; L) of every layer through training, on the data of Shwartz-Ziv & Tishby: does it compress?",
  question: (options, who: Who<PlaneOptions> = (option) => `study information-plane: ${option}`) => {
    const asked = withDefaults(DEFAULTS, options);
    requireWholes(asked.seeds, 0, Number.MAX_SAFE_INTEGER, who("seeds"));
    const known = ["tanh", "relu", "sigmoid", "identity"];
    const names =
      Array.isArray(asked.activations) &&
      asked.activations.length > 0 &&
      asked.activations.every((name) => known.includes(name));
    requireOption(names, who("activations"), `some of ${known.join(", ")}`, asked.activations);
    const widths = asked.layers.length > 2 && asked.layers[0] === 12 && asked.layers.at(-1) === 2;
    requireOption(
      widths,
      who("layers"),
      "widths that begin with 12 and end with 2, with hyphens between",
      asked.layers,
    );
    requireWhole(asked.epochs, 1, 1e6, who("epochs"));
    requireWhole(asked.points, 1, 10_000, who("points"));
    requireWhole(asked.bins, 2, 4096, who("bins"));
    if (asked.variance !== 0) requirePositive(asked.variance, who("variance"));
    return { ...asked };
  },
  options: (asked) => ({ ...asked }),
  results: (asked, context) => inParts(parts(asked), context),
  seconds: ({ seeds, activations, epochs, points, variance }) =>
    seeds.length * activations.length * (epochs / 500 + points * (variance > 0 ? 1.5 : 0.03)),
  settings: ({ layers, activations, epochs, bins, variance, seeds }) => [
    ["network", `${layers.join(" → ")}, ${activations.join(" and ")}, softmax at the end`],
    ["data", "all 4,096 patterns of 12 bits; 80 % learned from, all measured"],
    ["training", `Adam, learning rate 0.0004, batches of 512, ${epochs} epochs, cross-entropy`],
    ["bins", `${bins} from −1 to 1 for tanh; for others of the same width, as many as there are values for`],
    ["pairwise bounds", variance > 0 ? `noise of variance ${variance}` : "left out"],
    ["seeds", seeds.join(", ")],
  ],
  findings,
};

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

async function measured(
  asked: PlaneQuestion,
  activation: string,
  seed: number,
  { signal, onProgress }: PartContext,
): Promise<ValueRow[]> {
  const { layers, epochs, points, bins, variance } = asked;
  const whole = shwartzZivTishby();
  const data = split(whole, Math.round(TRAIN * whole.rows), seed);
  const hidden = layers.length - 2;
  const kinds = Array.from({ length: hidden + 1 }, (_, l) =>
    l === hidden ? "softmax" : activation,
  ) as TrainableActivation[];
  const network = createNetwork({ layers, activation: kinds, initializer: "truncated-normal", seed });
  const stops = epochsToMeasure(epochs, points);
  const rules = { batchSize: 512, learningRate: 4e-4, optimizer: "adam", loss: "cross-entropy", seed } as const;
  const readings = estimators(activation, bins, variance);
  const rows: ValueRow[] = [];
  let from: Checkpoint | undefined;
  for (const stop of stops) {
    // From stop to stop: nothing is scored in between.
    const segment = { ...rules, epochs: stop, every: Math.max(1, stop), from, signal, pause: breathe };
    for await (const found of train(network, data, segment)) from = found;
    const { epoch, network: now, train: learned, test } = from!;
    const place = { activation, seed, epoch };
    rows.push(
      ...valueRows(
        { ...place, layer: 0, estimator: "" },
        {
          trainAccuracy: plainValue(learned.accuracy),
          testAccuracy: plainValue(test!.accuracy),
          trainLoss: plainValue(learned.loss),
        },
      ),
    );
    for (const [estimator, reading] of readings) {
      for (const { layer, ofInput, ofLabel, lower, cells } of await layerInformation(now, whole, reading)) {
        const own = { ...place, layer: layer + 1, estimator };
        rows.push(
          ...valueRows(own, {
            inputInformation: ofInput === undefined ? undefined : plainValue(ofInput),
            labelInformation: plainValue(ofLabel),
            inputInformationLower: lower && plainValue(lower.ofInput),
            labelInformationLower: lower && plainValue(lower.ofLabel),
            cells: cells === undefined ? undefined : plainValue(cells),
          }),
        );
      }
    }
    onProgress(stop / epochs);
    await breathe();
  }
  return rows;
}

function estimators(activation: string, bins: number, variance: number): [string, PlaneEstimator][] {
  const quantizer =
    activation === "tanh"
      ? ({ kind: "fixed", bins, range: [-1, 1] } as const)
      : // As wide as those of tanh: bins that grow with the values would compress whatever the network does.
        ({ kind: "width", width: 2 / bins } as const);
  const found: [string, PlaneEstimator][] = [["bins", { kind: "bins", quantizer }]];
  if (variance > 0) found.push(["pairwise", { kind: "pairwise", variance }]);
  return found;
}

/** Greatest I(X; L) over the epochs less the last, over the seeds. */
export function compression(values: readonly ValueRow[], activation: string, layer: number): Group {
  const own = values.filter(
    ({ measure, setting: s }) =>
      measure === "inputInformation" && s.activation === activation && s.layer === layer && s.estimator === "bins",
  );
  const seeds = [...new Set(own.map(({ setting }) => setting.seed))];
  return group(
    seeds.map((seed) => {
      const series = own
        .filter(({ setting }) => setting.seed === seed)
        .toSorted((a, b) => (a.setting.epoch as number) - (b.setting.epoch as number));
      return Math.max(...series.map(({ bits }) => bits)) - series.at(-1)!.bits;
    }),
  );
}

function findings({ activations, layers }: PlaneOptions, values: readonly ValueRow[]): Finding[] {
  const hidden = layers.length - 2;
  const lines = activations.map((activation) => {
    const each = Array.from({ length: hidden + 1 }, (_, l) => plusMinus(compression(values, activation, l + 1)));
    return `${activation} ${each.join(", ")}`;
  });
  const most = (activation: string) =>
    Math.max(...Array.from({ length: hidden }, (_, l) => compression(values, activation, l + 1).mean));
  const tanh = activations.includes("tanh") ? most("tanh") : undefined;
  const relu = activations.includes("relu") ? most("relu") : undefined;
  const both = tanh !== undefined && relu !== undefined;
  return [
    {
      claim: "Layers first fit and then compress: I(X; L) falls late in training.",
      paper: "Shwartz-Ziv & Tishby 2017: compression for tanh. Saxe et al. 2018: none for ReLU.",
      found: `Greatest I(X; L) less the last, layer by layer, in bits, mean over the seeds ± its standard error: ${lines.join("; ")}.`,
      verdict: !both ? "answered" : tanh > 2 && relu < 0.5 ? "holds in part" : "not settled",
      because: both
        ? `Hidden layers of tanh lose up to ${tanh.toFixed(2)} bits as their units saturate into few bins, those of ReLU up to ${relu.toFixed(2)}: compression is a matter of the activation and of how it is read, not of learning.`
        : "Another activation beside it would say what is due to it.",
    },
  ];
}
