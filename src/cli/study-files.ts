/** Where the data of a study come from: the package, files of image data sets, or a table of the user's own. */
import { homedir } from "node:os";
import { join } from "node:path";
import type { Dataset } from "../datasets/dataset.ts";
import { concatenate, shrinkImages } from "../datasets/image-files.ts";
import { labelledTable } from "../datasets/labelled-table.ts";
import { tableFrom } from "../datasets/read-table.ts";
import type { NumberTable } from "../datasets/table.ts";
import { InvalidInputError, StorageError } from "../errors.ts";
import { cifarData } from "../runs/cifar-folder.ts";
import { type ImageDataOptions, imageData } from "../runs/data-folder.ts";
import type { Study } from "../runs/studies/study.ts";
import {
  DATA_NAMES,
  type DataName,
  type DataPlan,
  embeddedData,
  firstClasses,
  learned,
  planned,
} from "../runs/studies/study-data.ts";
import type { TrainingOptions } from "../runs/studies/training.ts";
import type { TrainingData } from "../training/train.ts";
import { type Io, shellWord } from "./io.ts";
import type { DataFlags } from "./study-flags.ts";

export interface DataSource {
  /** What the flags say of the question. */
  readonly options: Partial<TrainingOptions>;
  /** Of a table: what it holds, as defaults. */
  readonly shape?: () => Promise<Pick<DataPlan, "features" | "classes" | "trainRows">>;
  readonly read: (plan: DataPlan) => Promise<TrainingData>;
  /** The flags again, for a command that continues. */
  readonly words: readonly string[];
}

/** Pixels on a side of the images in files. */
const FULL_SIDE = 28;
/** Share of a table's rows that is learned from. */
const TRAIN_SHARE = 2 / 3;

/** Where data that were fetched are kept. */
export function cacheFolder({ env }: Pick<Io, "env">): string {
  return join(
    env.CAUSALSCOPE_CACHE ?? join(env.XDG_CACHE_HOME ?? join(env.HOME ?? homedir(), ".cache"), "causalscope"),
  );
}

/** @throws InvalidInputError for flags that the study has no use for. */
export function dataSource({ takes }: Pick<Study, "takes">, flags: DataFlags, io: Io): DataSource {
  const { data, labels, dataDir, download = false } = flags;
  const name = takes === undefined ? undefined : data;
  const isKnown = DATA_NAMES.some((known) => known === name && known !== "file");
  const isFile = takes === "tables" && name !== undefined && !isKnown;
  if (labels !== undefined && !isFile) {
    throw new InvalidInputError({
      who: "--labels",
      expected: "a table given by --data, which they belong to",
      got: labels,
    });
  }
  const words = Object.entries({ "--data": data, "--labels": labels, "--data-dir": dataDir }).flatMap(
    ([flag, value]) => (value === undefined ? [] : [flag, shellWord(value)]),
  );
  if (download) words.push("--download");
  if (isFile) {
    const table = () => ownTable(name, labels, io);
    return {
      options: { data: "file", source: "files" },
      shape: async () => {
        const { features, outputs, rows } = table();
        return { features, classes: outputs, trainRows: Math.max(1, Math.round(rows * TRAIN_SHARE)) };
      },
      read: async (plan) => planned(table(), plan),
      words,
    };
  }
  const fromFiles = dataDir !== undefined || download;
  return {
    options: {
      ...(name !== undefined && { data: name as DataName }),
      ...(fromFiles && { source: "files" as const }),
    },
    read: async (plan) => (plan.source === "embedded" ? embeddedData(plan) : images(plan, flags, io)),
    words,
  };
}

function ownTable(path: string, labels: string | undefined, io: Io): Dataset {
  const values = tableAt(path, "--data", io);
  return labelledTable(values, labels === undefined ? undefined : tableAt(labels, "--labels", io), path, { labels });
}

function tableAt(path: string, flag: string, io: Io): NumberTable {
  const bytes = io.storage.read(path);
  if (bytes !== undefined) return tableFrom(bytes, path);
  throw new StorageError({
    who: path,
    expected: `a file, given by ${flag}`,
    got: "none",
    remedy:
      flag === "--data"
        ? `Check the path, or choose one of ${DATA_NAMES.filter((name) => name !== "file").join(", ")}.`
        : "Check the path.",
  });
}

async function images(plan: DataPlan, { dataDir, download }: DataFlags, io: Io): Promise<TrainingData> {
  const { data, side, classes } = plan;
  const options = { dataDir, download, cacheDir: cacheFolder(io), signal: io.signal };
  if (data === "cifar10") return cifar(plan, options, io);
  if (data !== "mnist" && data !== "fashion") {
    const expected = "data that come in files: mnist, fashion, cifar10";
    throw new InvalidInputError({ who: `data ${data}`, expected, got: data });
  }
  const { train, test } = await imageData(data, options, io.storage);
  // As the authors do: all images together, then some of them to learn from.
  const all = firstClasses(train === undefined ? test : concatenate(train, test), classes);
  return planned(side === FULL_SIDE ? all : shrinkImages(all, [FULL_SIDE, FULL_SIDE], [side, side]), plan);
}

/** Cut in two as it comes: all images together would not fit in memory as numbers. */
async function cifar(
  plan: DataPlan,
  options: Pick<ImageDataOptions, "dataDir" | "download" | "cacheDir" | "signal">,
  io: Io,
): Promise<TrainingData> {
  const { classes, trainRows, splitSeed: seed } = plan;
  const { train, test } = await cifarData({ ...options, trainRows, seed }, io.storage);
  if (train === undefined) return planned(firstClasses(test, classes), plan);
  return learned({ train: firstClasses(train, classes), test: firstClasses(test, classes) }, plan);
}
