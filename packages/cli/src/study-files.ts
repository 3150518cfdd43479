/** Where the data of a study come from: the package, files of image data sets, or a table of the user's own. */
import { homedir } from "node:os";
import { join } from "node:path";
import { concatenate, type LabelledTable, labelledTable, shrinkImages } from "@causalscope/core/datasets";
import { InvalidInputError } from "@causalscope/core/errors";
import type { Scale } from "@causalscope/core/information";
import type { Range } from "@causalscope/core/measures";
import type { TrainingData } from "@causalscope/core/training";
import type { DataName, DataPlan, Study } from "@causalscope/runs";
import { cifarData, embeddedData, type ImageDataOptions, imageData } from "@causalscope/runs";
import {
  columnsOutside,
  DATA_NAMES,
  firstClasses,
  learned,
  type Provenance,
  planned,
  rangeAbout0,
  scaledInputs,
} from "@causalscope/runs/internal";
import { type Io, shellWord } from "./io.ts";
import type { DataFlags } from "./study-flags.ts";
import { hasLabels, tableFile } from "./table-file.ts";

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
/** Share of a table's rows that is learned from. */
const TRAIN_SHARE = 2 / 3;

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
    const read = () => ownTable(table, flags, io);
    return {
      options: { data: "file", source: "files" },
      shape: async (inputRange) => {
        const own = read();
        const { features, outputs, rows } = own.data;
        const { scaled, ...rest } = ownScale(own, scale, inputRange);
        const provenance = { ...rest.provenance, scale: scaled };
        const shape = {
          features,
          classes: outputs,
          trainRows: Math.max(1, Math.round(rows * TRAIN_SHARE)),
          provenance,
        };
        return rest.range === undefined || network === undefined ? shape : { ...shape, inputRange: rest.range };
      },
      read: async (plan) => {
        const { data: whole, provenance } = read();
        const kept = plan.provenance;
        requireSameFiles(kept, provenance);
        const { inputRange = ASSUMED } = plan as DataPlan & { readonly inputRange?: Range };
        return planned(scaledInputs(whole, kept?.scale ?? "none", inputRange), plan);
      },
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

/** Inputs that a network of a study is made for, unless another range is asked for. */
const ASSUMED: Range = [0, 1];

interface OwnTable {
  readonly data: LabelledTable;
  readonly provenance: Provenance;
}

function ownTable(path: string, { labels, missing }: DataFlags, io: Io): OwnTable {
  const known = DATA_NAMES.filter((name) => name !== "file").join(", ");
  const values = tableFile(path, "inputs", io, `Check the path, or choose one of ${known}.`);
  const at = labels ?? (hasLabels(path, io) ? path : undefined);
  const own = at === undefined ? undefined : tableFile(at, "labels", io);
  const data = labelledTable(values.table, own?.table, path, { labels: at, missing });
  const files = [values, ...(own === undefined ? [] : [own])].map(({ provenance: { file, array, sha256 } }) => ({
    file: array === undefined ? file : `${file}:${array}`,
    sha256,
  }));
  const { columns, classes, notes } = data;
  return { data, provenance: { files, columns, classes, scale: "none", notes } };
}

/** How a table's inputs come into the input range: as asked for, or by least and greatest value where they leave it. */
function ownScale({ data, provenance }: OwnTable, asked: Scale | undefined, inputRange: Range | undefined) {
  const range = inputRange ?? ASSUMED;
  const outside = columnsOutside(data, range).map((column) => data.columns[column]);
  const scaled: Scale = asked ?? (outside.length > 0 ? "minmax" : "none");
  const names = outside.length > 8 ? `${outside.slice(0, 8).join(", ")} … (${outside.length})` : outside.join(", ");
  const leaves = `inputs leave the input range of ${range[0]} to ${range[1]}: ${names}`;
  const notes = [...provenance.notes];
  if (scaled === "zscore" && inputRange === undefined) {
    const own = rangeAbout0(scaledInputs(data, scaled, range));
    notes.push(`the input range is that of the scaled inputs, ${own[0]} to ${own[1]}`);
    return { scaled, range: own, provenance: { ...provenance, notes } };
  }
  if (outside.length > 0 && asked === undefined)
    notes.push(`${leaves}; each was scaled by its least and greatest value (--scale)`);
  if (outside.length > 0 && asked === "none") notes.push(`${leaves}; measures look at that range alone`);
  return { scaled, range: undefined, provenance: { ...provenance, notes } };
}

/** @throws InvalidInputError where a run that is continued was begun with other bytes. */
function requireSameFiles(kept: Provenance | undefined, now: Provenance): void {
  for (const [k, { file, sha256 }] of (kept?.files ?? []).entries()) {
    const found = now.files[k];
    if (found?.sha256 === sha256) continue;
    throw new InvalidInputError({
      who: found?.file ?? file,
      expected: `the file that the run was started with, ${file} of SHA-256 ${sha256}`,
      got: found === undefined ? "none" : `another one of SHA-256 ${found.sha256}`,
      remedy: "Provide the same files, or use --force to start again.",
    });
  }
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
