/** The options of each study on the command line. An option's name is that of the study's own: `splitSeed` is `--split-seed`. */

import { replacements, scoreNames } from "@causalscope/core/ablation";
import { InvalidInputError } from "@causalscope/core/errors";
import type { Scale } from "@causalscope/core/information";
import type { Missing } from "@causalscope/core/internal";
import { scales } from "@causalscope/core/internal";
import type { Study } from "@causalscope/studies/internal";
import type { Command } from "commander";
import {
  binsOption,
  memoryOption,
  numberOption,
  rangeOption,
  scaleOption,
  seedsOption,
  widthsOption,
  workersOption,
} from "./options.ts";
import { missingOption } from "./table-file.ts";

type Flag = readonly [flags: string, description: string, read?: (text: string) => unknown];

const number = (flag: string) => (text: string) => numberOption(text, flag);

function numbers(flag: string) {
  return (text: string) => text.split(",").map((part) => numberOption(part, flag, "numbers with commas between"));
}

function range(flag: string) {
  return (text: string) => rangeOption(text, flag);
}

const SEEDS: Flag = [
  "--seeds <n|list>",
  "how many seeds (3: seeds 0, 1, 2), or which (0,1,5)",
  (text) => seedsOption(text, "--seeds"),
];
const TOLERANCE: Flag = ["--tolerance <bits>", "standard error of EI at which sampling stops", number("--tolerance")];
const BINS: Flag = ["--bins <n>", "bins per neuron, or inputs,outputs (8,16)", (text) => binsOption(text, "--bins")];
const EPOCHS: Flag = ["--epochs <n>", "passes through the examples", number("--epochs")];

const TRAINING: readonly Flag[] = [
  SEEDS,
  EPOCHS,
  ["--every <n>", "epochs between measurements", number("--every")],
  BINS,
  ["--layers <widths>", "widths from inputs to classes: 4-5-5-3", (text) => widthsOption(text, "--layers")],
  ["--activation <name>", "sigmoid, tanh, relu or identity"],
  ["--output-activation <name>", "of the last layer; softmax too (default: as the others)"],
  ["--bias", "layers have biases"],
  ["--no-bias", "they have none"],
  ["--initializer <name>", "first weights: uniform (PyTorch's), glorot or he"],
  ["--optimizer <name>", "sgd, momentum or adam"],
  ["--learning-rate <rate>", "step of gradient descent", number("--learning-rate")],
  ["--batch <n>", "examples per step", number("--batch")],
  ["--loss <name>", "mse or cross-entropy"],
  ["--reduction <name>", "the loss of a batch: sum or mean"],
  ["--l2 <decay>", "weight decay", number("--l2")],
  ["--dropout <fraction>", "of the hidden units, at each step", number("--dropout")],
  ["--batch-norm", "batch normalisation before each activation but the last"],
  ["--random-labels", "learn labels that were drawn at random"],
  ["--tolerance <bits>", "standard error of EI at which sampling stops", number("--tolerance")],
  ["--samples <n>", "most samples of an EI", number("--samples")],
  ["--input-range <low,high>", "of the network's inputs", range("--input-range")],
  [
    "--value-range <low,high>",
    "of values between layers and outputs (default: each activation's)",
    range("--value-range"),
  ],
  ["--train-rows <n>", "examples to learn from; the others test", number("--train-rows")],
  ["--split-seed <n>", "seed that picks the examples to learn from", number("--split-seed")],
];

const IMAGES: readonly Flag[] = [
  ["--side <pixels>", "images are reduced to so many pixels on a side (files only)", number("--side")],
  ["--classes <n>", "the first so many classes", number("--classes")],
  ["--data-dir <folder>", "folder with the files of the data set, packed by gzip or not"],
  ["--download", "fetch them, check them, and keep them for the next time"],
];

const OWN_TABLE: readonly Flag[] = [
  ["--labels <file>", "labels of a table of your own (default: its last column, or y of an .npz file)"],
  ["--missing <policy>", "rows of your table that lack a value: refuse or drop-rows (default: refuse)", missingOption],
  [
    "--scale <how>",
    `of your table's inputs: ${scales.join(", ")} (default: minmax onto the input range where inputs leave it, else none)`,
    (text) => scaleOption(text, "--scale"),
  ],
];

const OWN_DATA: readonly Flag[] = [
  [
    "--data <name|file>",
    "iris, mnist, fashion, cifar10, digits, xor, spiral, circles, or a table: CSV, .npy, IDX (default: digits)",
  ],
  ...OWN_TABLE,
];

const WEIGHTS: Flag = ["--weight-step <step>", "between weights", number("--weight-step")];
const SAMPLES: Flag = ["--samples <list>", "samples of the plug-in: 1000,10000", numbers("--samples")];
const BIN_LIST: Flag = ["--bins <list>", "numbers of bins: 8,16,32", numbers("--bins")];
const SEED: Flag = ["--seed <n>", "of weights and noise", number("--seed")];
const ONE_BINS: Flag = ["--bins <n>", "bins per neuron", number("--bins")];
const OPEN: readonly Flag[] = [SEEDS, EPOCHS, ONE_BINS, TOLERANCE];

const VALUES: Readonly<Record<string, readonly Flag[]>> = {
  edge: [BIN_LIST, ["--greatest-weight <w>", "weights from 0 to this", number("--greatest-weight")], WEIGHTS],
  surface: [ONE_BINS, ["--points <n>", "weights on a side of the grid", number("--points")], WEIGHTS],
  convergence: [
    SEED,
    ["--widths <list>", "layers of as many inputs as outputs: 2,3,4", numbers("--widths")],
    ["--scales <list>", "factors of the weights: 1,5", numbers("--scales")],
    ONE_BINS,
    ["--edge-width <n>", "width of the layer of figure 6", number("--edge-width")],
    ["--edge-bins <list>", "its bins: 8,16,32", numbers("--edge-bins")],
    SAMPLES,
    TOLERANCE,
  ],
  "coarse-bins": [SEEDS, EPOCHS, BIN_LIST, TOLERANCE],
  "first-layer": [SEED, EPOCHS, ONE_BINS, SAMPLES, TOLERANCE],
  dropout: [...OPEN, ["--rates <list>", "fractions of dropped units: 0,0.2,0.5", numbers("--rates")]],
  memorising: [...OPEN, ["--train-rows <n>", "examples to learn from", number("--train-rows")]],
  harder: [
    ...OPEN,
    ["--depths <list>", "numbers of hidden layers: 1,2,4", numbers("--depths")],
    ["--width <n>", "units of a hidden layer", number("--width")],
  ],
  ablation: [
    SEEDS,
    EPOCHS,
    [
      "--data <name|file>",
      "digits, mnist or fashion (28 × 28, from files), cifar10 (32 × 32 × 3, from files), iris, spiral, circles, or a table: CSV, .npy, IDX",
    ],
    ...OWN_TABLE,
    ["--data-dir <folder>", "folder with the files of the data set, packed by gzip or not"],
    ["--download", "fetch them, check them, and keep them for the next time"],
    ["--net <widths>", "hidden widths: 100-100", (text) => widthsOption(text, "--net")],
    ["--activation <name>", "of the hidden layers"],
    ["--reg, --regularizer <name>", "none, l2, dropout or batch-norm"],
    ["--scores <list>", `some of ${scoreNames.join(", ")}`, (text) => text.split(",")],
    ["--quantizer-bits <n>", "of the states that neurons are read by: 1 is a threshold", number("--quantizer-bits")],
    [
      "--replacement <value>",
      `what a removed unit is held at: ${replacements.join(", ")} or a number`,
      replacementOption,
    ],
    ["--repetitions <n>", "random orders", number("--repetitions")],
    ["--points <n>", "stops of an order by a score", number("--points")],
    ["--bootstrap <n>", "resamples of the test examples; 0 for no intervals", number("--bootstrap")],
    ["--train-rows <n>", "examples to learn from; the others test", number("--train-rows")],
    [
      "--test-rows <n>",
      "examples to read accuracies on; 0 for all that are left (default: 2000 of images in files, else 0)",
      number("--test-rows"),
    ],
  ],
  "information-plane": [
    SEEDS,
    ["--data <name>", "szt: patterns of 12 bits; mnist: 5 × 5, or 28 × 28 from files"],
    ["--data-dir <folder>", "folder with the IDX files of MNIST, .gz or plain"],
    ["--download", "fetch them, check them, and keep them for the next time"],
    ["--activations <list>", "tanh, relu, sigmoid, identity", (text) => text.split(",")],
    [
      "--layers <widths>",
      "from inputs to classes (default: 12-10-7-5-4-3-2; of mnist three hidden ones of 20)",
      (text) => widthsOption(text, "--layers"),
    ],
    ["--epochs <n>", "passes through the examples (default: 8000; of mnist 200)", number("--epochs")],
    ["--measured <part>", "examples that layers are read on: all, train or test"],
    ["--examples <n>", "most of them", number("--examples")],
    ["--estimators <list>", "bins, equal-mass, adaptive, unique, pairwise, noisy, decoder", (text) => text.split(",")],
    ["--points <n>", "checkpoints, by the logarithm of the epoch", number("--points")],
    ONE_BINS,
    ["--variance <v>", "of the noise of pairwise bounds; above 0 they are among the estimators", number("--variance")],
    ["--beta <deviation>", "of the noise in the network, of noisy", number("--beta")],
  ],
  generalization: [
    SEEDS,
    EPOCHS,
    ["--classes <list>", "two digits to be told apart: 4,9", numbers("--classes")],
    ["--examples <list>", "numbers of examples to learn from: 16,32,64", numbers("--examples")],
    ["--label-noise <share>", "of the labels that are turned round", number("--label-noise")],
    ["--width <n>", "units of the hidden layer", number("--width")],
    ["--draws <n>", "trainings for each set of pairs", number("--draws")],
    ONE_BINS,
    ["--steps <n>", "of training with noise", number("--steps")],
    ["--step-noise <factor>", "deviation of its noise, by the longest step", number("--step-noise")],
    ["--posterior <deviation>", "of the noise about learned weights", number("--posterior")],
    ["--trainings <n>", "of the learner that chooses a pixel", number("--trainings")],
  ],
  recurrent: [...OPEN, ["--units <n>", "units of a cell", number("--units")]],
};

/** `zero`, `mean` … or a number. */
export function replacementOption(text: string): string | number {
  if (replacements.some((name) => name === text)) return text;
  return numberOption(text, "--replacement", `${replacements.join(", ")} or a number`);
}

const COMMON: readonly Flag[] = [
  [
    "--workers <n>",
    "worker threads; 0 for none (default: one for each core)",
    (text) => workersOption(text, "--workers"),
  ],
  [
    "--memory <size>",
    "memory that measuring a layer may take: 2GB, 500MB (default: 1GB)",
    (text) => memoryOption(text, "--memory"),
  ],
  ["--out <folder>", "folder of the run (default: runs/NAME, or the next that is free)"],
  ["--resume", "continue the run in the folder, or the newest unfinished one"],
  ["--force", "replace the run in the folder"],
  ["--open", "open the page when the run is finished"],
  ["--quiet", "show no progress"],
];

const PLOT: readonly Flag[] = [
  ["--plot", "draw the causal plane at the end, even when the output is not a terminal"],
  ["--no-plot", "do not draw the causal plane at the end"],
];

/** Values of the flags that all studies have, and of those that tell where data are. */
export interface RunFlags {
  readonly workers?: number;
  readonly memory?: number;
  readonly out?: string;
  readonly resume?: boolean;
  readonly force?: boolean;
  readonly quiet?: boolean;
  readonly open?: boolean;
  /** Of a study that follows networks through training: undefined where only a terminal gets one. */
  readonly plot?: boolean;
}

export interface DataFlags {
  readonly data?: string;
  readonly labels?: string;
  /** Of a table of the user's own: what becomes of rows that lack a value, and of inputs beyond the input range. */
  readonly missing?: Missing;
  readonly scale?: Scale;
  readonly dataDir?: string;
  readonly download?: boolean;
}

/** @param defaultOf the value that an option has where it is not given. */
export function addStudyFlags(command: Command, study: Study, images: boolean): void {
  const own = study.kind === "training" ? trainingFlags(study.name, images) : (VALUES[study.name] ?? []);
  const defaults = study.question({}) as Record<string, unknown>;
  const common = study.kind === "training" ? [...COMMON, ...PLOT] : COMMON;
  for (const [flags, description, read] of [...own, ...common]) {
    const name = optionOf(flags);
    const shown = description.includes("(default") ? "" : defaultText(defaults[name], flags);
    if (read === undefined) command.option(flags, description + shown);
    else command.option(flags, description + shown, read);
  }
}

function trainingFlags(name: string, images: boolean): readonly Flag[] {
  if (name === "train") return [...OWN_DATA, ...IMAGES, ...TRAINING];
  return images ? [...IMAGES, ...TRAINING] : TRAINING;
}

/** `--split-seed <n>` is `splitSeed`. */
function optionOf(flags: string): string {
  const [word = ""] = flags
    .replace(/^--\w+, /, "")
    .replace(/^--(no-)?/, "")
    .split(" ");
  return word.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function defaultText(value: unknown, flags: string): string {
  if (value === undefined || value === null || typeof value === "boolean") return "";
  const between = flags.includes("<widths>") ? "-" : ",";
  if (Array.isArray(value)) return ` (default: ${value.join(between)})`;
  if (typeof value !== "object") return ` (default: ${value})`;
  const { input, output } = value as { input: number; output: number };
  return ` (default: ${input === output ? input : `${input},${output}`})`;
}

/** `splitSeed` is `--split-seed`. */
export function flagOf(option: string): string {
  return `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** @throws InvalidInputError for two that exclude each other. */
export function requireOneMode({ resume, force }: RunFlags, study: string): void {
  if (resume !== true || force !== true) return;
  throw new InvalidInputError({ who: `study ${study}`, expected: "--resume or --force", got: "both" });
}
