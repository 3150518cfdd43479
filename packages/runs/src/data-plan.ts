/**
 * The data that networks of a study learn from: which, how much of it, and how it is cut in two. What is in the package is made here;
 * files are read by whoever runs the study.
 */
import type { Dataset } from "@causalscope/core";
import { circles, iris, keepClasses, randomLabels, scaleInputs, spiral, split, xor } from "@causalscope/core/datasets";
import { InvalidInputError } from "@causalscope/core/errors";
import type { TrainingData } from "@causalscope/core/training";
import type { Provenance } from "./own-data.ts";
import type { Refuse } from "./resolved.ts";

export const DATA_NAMES = [
  "iris",
  "mnist",
  "fashion",
  "cifar10",
  "digits",
  "xor",
  "spiral",
  "circles",
  "file",
] as const;
/** The names of the data sets that training studies take. */
export type DataName = (typeof DATA_NAMES)[number];

/** What determines the examples, besides the bytes of files. */
export interface DataPlan {
  readonly data: DataName;
  /** `embedded` comes with the package; `files` are the user's, or fetched. */
  readonly source: "embedded" | "files";
  /** Pixels on a side that images are reduced to. */
  readonly side: number;
  /** The first so many classes of the data are kept. */
  readonly classes: number;
  /** Examples to learn from; the others test. */
  readonly trainRows: number;
  /** Sets which examples are learned from; of files that are cut in two already it only orders them. */
  readonly splitSeed: number;
  /** Labels are replaced by random ones, in the training part alone. */
  readonly randomLabels: boolean;
  /** Of data that are made: how far points are scattered. Absent where it is TOY_NOISE. */
  readonly noise?: number;
  /** Inputs, of a file, which alone can tell. */
  readonly features?: number;
  /** Of a file of the user's own. */
  readonly provenance?: Provenance;
}

interface Known {
  /** What a table of settings calls it. */
  readonly title: string;
  readonly embedded: boolean;
  readonly side: number;
  readonly classes: number;
  readonly trainRows: number;
  /** Most that may be learned from. */
  readonly rows: number;
  readonly features: (side: number) => number | undefined;
  /** Whether the points are scattered by noise. */
  readonly noisy?: boolean;
}

const images = (side: number) => side * side;

const TOY = { embedded: true, side: 0, classes: 2, trainRows: 400, rows: 600, features: () => 2, noisy: true };

const KNOWN: Readonly<Record<DataName, Known>> = {
  iris: {
    title: "Iris, measurements divided by 8",
    embedded: true,
    side: 0,
    classes: 3,
    trainRows: 100,
    rows: 150,
    features: () => 4,
  },
  mnist: {
    title: "MNIST's test images",
    embedded: true,
    side: 5,
    classes: 5,
    trainRows: 4150,
    rows: 5139,
    features: images,
  },
  fashion: {
    title: "Fashion-MNIST",
    embedded: false,
    side: 5,
    classes: 5,
    trainRows: 25_000,
    rows: 60_000,
    features: images,
  },
  cifar10: {
    title: "CIFAR-10",
    embedded: false,
    side: 32,
    classes: 10,
    trainRows: 25_000,
    rows: 50_000,
    features: (side) => 3 * images(side),
  },
  digits: {
    title: "8 × 8 digits",
    embedded: true,
    side: 8,
    classes: 10,
    trainRows: 1297,
    rows: 1797,
    features: images,
  },
  xor: { title: "XOR", embedded: true, side: 0, classes: 2, trainRows: 4, rows: 4, features: () => 2 },
  spiral: { title: "two spirals", ...TOY },
  circles: { title: "two circles", ...TOY },
  file: {
    title: "a file",
    embedded: false,
    side: 0,
    classes: 0,
    trainRows: 0,
    rows: Number.MAX_SAFE_INTEGER,
    features: () => undefined,
  },
};

/** MNIST's own files: the paper's 25,000 images to learn from. */
const MNIST_FILES = { title: "MNIST", trainRows: 25_000, rows: 60_000 };

/** The noise of two spirals and two circles where no other is asked for: the standard deviation of what is added to each coordinate. */
export const TOY_NOISE = 0.02;
/** The most noise that is taken: with more, nothing is left of the two spirals. */
export const MOST_NOISE = 0.25;

export function knownData(name: DataName, source: DataPlan["source"]): Known {
  return name === "mnist" && source === "files" ? { ...KNOWN.mnist, ...MNIST_FILES } : KNOWN[name];
}

/** The plan with what is left out as the data have it. @param refuse is told of what they do not have. */
export function dataPlan(name: DataName, given: Partial<Omit<DataPlan, "data">>, refuse: Refuse): DataPlan {
  const source = given.source ?? (KNOWN[name].embedded ? "embedded" : "files");
  if (source === "embedded" && !KNOWN[name].embedded) refuse("source", "files", source);
  const known = knownData(name, source);
  const {
    side = known.side,
    classes = known.classes,
    trainRows = known.trainRows,
    splitSeed = 0,
    randomLabels: random = false,
  } = given;
  const shrinks = source === "files" && (name === "mnist" || name === "fashion");
  const expected = shrinks ? "a whole number of pixels from 1 to 28" : `${known.side}, as ${known.title} has`;
  if (side !== known.side && !(shrinks && isBetween(side, 1, 28))) refuse("side", expected, side);
  const isFile = name === "file";
  const most = isFile ? 65_536 : source === "files" ? 10 : known.classes;
  if (!isBetween(classes, 2, most) && !(isFile && classes === 0)) {
    refuse("classes", `a whole number from 2 to ${most}`, classes);
  }
  // All four cases of XOR are learned, and test.
  const rows = name === "xor" ? 4 : known.rows - (source === "files" ? 0 : 1);
  if (!isBetween(trainRows, 1, rows) && !(isFile && trainRows === 0)) {
    refuse("trainRows", `a whole number from 1 to ${rows}, the number of examples`, trainRows);
  }
  const { noise } = given;
  if (noise !== undefined && known.noisy !== true) {
    refuse("noise", `data that are made with noise, spiral or circles, not ${known.title}`, noise);
  }
  // What is as always is left out: the same question is asked in the same words as before there was the option.
  const scattered = noise === undefined || noise === TOY_NOISE ? {} : { noise };
  const plan = { data: name, source, side, classes, trainRows, splitSeed, randomLabels: random, ...scattered };
  if (!isFile) return plan;
  const { features, provenance } = given;
  return { ...plan, ...(features !== undefined && { features }), ...(provenance && { provenance }) };
}

function isBetween(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}

/** Inputs of a network for the data; undefined where only the file tells, and has not been looked at. */
export function featuresOf({ data, side, features }: DataPlan): number | undefined {
  return KNOWN[data].features(side) ?? features;
}

/**
 * The examples of a plan whose data are in the package.
 *
 * @example
 * ```ts
 * const iris = await study("iris");
 * const { train, test } = await embeddedData(iris.data!(studyOptions(iris))!);
 * console.log(train.rows, test!.rows); // 100 50
 * ```
 * @throws InvalidInputError for data from files, which the context has to read.
 */
export async function embeddedData(plan: DataPlan): Promise<TrainingData> {
  if (plan.source === "files") {
    throw new InvalidInputError({ who: `data ${plan.data}`, expected: "a context that reads files", got: "none" });
  }
  if (plan.data === "xor") return learned({ train: xor(), test: xor() }, plan);
  return planned(await wholeOf(plan), plan);
}

async function wholeOf({ data, classes, splitSeed: seed, noise = TOY_NOISE }: DataPlan): Promise<Dataset> {
  if (data === "iris") return scaleInputs(iris(), 1 / 8);
  if (data === "mnist" || data === "digits") {
    const { embeddedImages } = await import("./embedded-images.ts");
    return firstClasses(embeddedImages(data), classes);
  }
  const { rows } = TOY;
  return data === "spiral" ? spiral({ rows, noise, seed }) : circles({ rows, noise, seed });
}

export function firstClasses(data: Dataset, classes: number): Dataset {
  return classes === data.outputs
    ? data
    : keepClasses(
        data,
        Array.from({ length: classes }, (_, label) => label),
      );
}

/** Cut in two as the plan says. @throws InvalidInputError where nothing would be left to test. */
export function planned(data: Dataset, plan: DataPlan): TrainingData {
  if (plan.trainRows >= data.rows) {
    throw new InvalidInputError({
      who: `${data.name}: trainRows`,
      expected: `at most ${data.rows - 1} training examples, of ${data.rows} in all`,
      got: `${plan.trainRows}`,
      remedy: "Set --train-rows, or provide all files of the data set.",
    });
  }
  return learned(split(data, plan.trainRows, plan.splitSeed), plan);
}

/** With the labels to learn that the plan wants. */
export function learned({ train, test }: TrainingData, { randomLabels: random, splitSeed }: DataPlan): TrainingData {
  return { train: random ? randomLabels(train, splitSeed) : train, test };
}

/** For a table of settings. */
export function dataText(plan: DataPlan): string {
  const { data, source, side, classes, trainRows, randomLabels: random, noise } = plan;
  const known = knownData(data, source);
  const parts = [known.title];
  if (side > 0 && data !== "digits" && data !== "cifar10") parts.push(`reduced to ${side} × ${side}`);
  if (classes > 0 && data !== "iris") parts.push(`${classes} classes`);
  if (trainRows > 0) parts.push(`${trainRows} training examples`);
  if (noise !== undefined) parts.push(`noise ${noise}`);
  if (random) parts.push("random labels");
  return parts.join(", ");
}
