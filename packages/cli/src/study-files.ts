/** Where the data of a study come from: the package, files of image data sets, or a table of the user's own. */
import { homedir } from "node:os";
import { join } from "node:path";
import { concatenate, shrinkImages } from "@causalscope/core/datasets";
import { InvalidInputError } from "@causalscope/core/errors";
import type { Range } from "@causalscope/core/measures";
import type { TrainingData } from "@causalscope/core/training";
import type { DataName, DataPlan, OwnData, Study } from "@causalscope/runs";
import { cifarData, embeddedData, type ImageDataOptions, imageData, ownData } from "@causalscope/runs";
import { DATA_NAMES, firstClasses, learned, planned } from "@causalscope/runs/internal";
import { type Io, shellWord } from "./io.ts";
import type { DataFlags } from "./study-flags.ts";

export interface DataSource {
  /** What the flags say of the question. */
  readonly options: Partial<Pick<DataPlan, "data" | "source">>;
  /** Of a table: what it holds, as defaults. */
  readonly shape?: (
    inputRange: Range | undefined,
  ) => Promise<Pick<DataPlan, "features" | "classes" | "trainRows" | "provenance"> & { readonly inputRange?: Range }>;
  readonly read: (plan: DataPlan) => Promise<TrainingData>;
  /** The flags again, for a command that continues. */
  readonly words: readonly string[];
}

/** Pixels on a side of the images in files. */
const FULL_SIDE = 28;

/** Where data that were fetched are kept. */
export function cacheFolder({ env }: Pick<Io, "env">): string {
  return join(
    env.CAUSALSCOPE_CACHE ?? join(env.XDG_CACHE_HOME ?? join(env.HOME ?? homedir(), ".cache"), "causalscope"),
  );
}

/** @throws InvalidInputError for flags that the study has no use for. */
export function dataSource({ files, network }: Pick<Study, "files" | "network">, flags: DataFlags, io: Io): DataSource {
  const { data, labels, missing, scale, dataDir, download = false } = flags;
  const isKnown = DATA_NAMES.some((known) => known === data && known !== "file");
  const table = files === "tables" && !isKnown ? data : undefined;
  for (const [flag, value] of Object.entries({ "--labels": labels, "--missing": missing, "--scale": scale })) {
    if (value === undefined || table !== undefined) continue;
    throw new InvalidInputError({ who: flag, expected: "a table given by --data, which they belong to", got: value });
  }
  const words = Object.entries({
    "--data": data,
    "--labels": labels,
    "--missing": missing,
    "--scale": scale,
    "--data-dir": dataDir,
  }).flatMap(([flag, value]) => (value === undefined ? [] : [flag, shellWord(value)]));
  if (download) words.push("--download");
  if (table !== undefined) {
    let found: Promise<OwnData> | undefined;
    const own = () => {
      found ??= ownData(table, io.storage, { labels, missing, scale });
      return found;
    };
    return {
      options: { data: "file", source: "files" },
      shape: async (inputRange) => {
        const { inputRange: range, ...shape } = (await own()).options(inputRange);
        return range === undefined || network === undefined ? shape : { ...shape, inputRange: range };
      },
      read: async (plan) => (await own()).read(plan),
      words,
    };
  }
  const fromFiles = dataDir !== undefined || download;
  return {
    options: {
      ...(data !== undefined && { data: data as DataName }),
      ...(fromFiles && { source: "files" as const }),
    },
    read: async (plan) => (plan.source === "embedded" ? embeddedData(plan) : images(plan, flags, io)),
    words,
  };
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
