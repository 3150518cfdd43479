/** CIFAR-10 in a folder: its binary batches, or the archive that they come in. */

import type { ImageFile } from "@causalscope/core/datasets";
import { cifar10From } from "@causalscope/core/datasets";
import { FormatError, InvalidInputError } from "@causalscope/core/errors";
import { cifar10Records, gunzipped, Random, Stream, shuffle, untarred } from "@causalscope/core/internal";
import type { ImageDataSets, ImageDataOptions } from "./data-folder.ts";
import { download } from "./download.ts";
import type { Storage } from "./storage.ts";

const TRAINING = [1, 2, 3, 4, 5].map((n) => `data_batch_${n}.bin`);
const TEST = "test_batch.bin";
const ARCHIVE = "cifar-10-binary.tar.gz";
const INSIDE = "cifar-10-batches-bin";
const URL = "https://www.cs.toronto.edu/~kriz";
/** Some more than it has. */
const ARCHIVE_BYTES = 180_000_000;
const SHA256 = "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd";

/** Where the files of CIFAR-10 are, whether they may be fetched, and how many images to learn from. */
export interface CifarDataOptions extends Omit<ImageDataOptions, "sha256"> {
  readonly sha256?: string;
  /** So many of the training images, or all if they are fewer, chosen by this seed. */
  readonly trainRows: number;
  readonly seed: number;
}

/**
 * CIFAR-10 from a folder: training and test images, 32 × 32 × 3, planes one after another, inputs from 0 to 1. Training batches that are
 * not there are left out.
 *
 * @example
 * ```ts
 * const { test } = await cifarData({ dataDir: "cifar10", cacheDir: "cache", trainRows: 1000, seed: 0 }, disk);
 * console.log(test.features, test.classes?.length); // 3072 10
 * ```
 * @throws InvalidInputError that says which files to put where, where there is no test batch; FormatError for files that are damaged;
 *   StorageError where a server or the disk refuses.
 */
export async function cifarData(options: CifarDataOptions, storage: Storage): Promise<ImageDataSets> {
  const { dataDir, cacheDir, url = URL, sha256 = SHA256, signal } = options;
  const folder = dataDir ?? `${cacheDir}/cifar10`;
  let found = batchesIn(folder, storage) ?? archiveIn(folder, storage);
  if (found === undefined && options.download === true && dataDir === undefined) {
    const bytes = await download(`${url}/${ARCHIVE}`, { sha256, of: "file", mostBytes: ARCHIVE_BYTES, signal });
    storage.write(`${folder}/${ARCHIVE}`, bytes);
    found = archiveIn(folder, storage);
  }
  if (found === undefined) {
    throw new InvalidInputError({
      who: "data cifar10",
      expected: `CIFAR-10's binary batches ${TRAINING.join(", ")} and ${TEST}, or ${ARCHIVE}, in ${folder}`,
      got: "no test batch and no archive",
      remedy:
        dataDir === undefined
          ? "Set --data-dir to a folder with these files, or use --download to fetch the archive."
          : "Copy them there.",
    });
  }
  const training = TRAINING.flatMap((name) => found.get(name) ?? []);
  const order = Int32Array.from({ length: cifar10Records(training) }, (_, record) => record);
  shuffle(order, new Random(options.seed, Stream.split));
  const chosen = order.subarray(0, options.trainRows);
  return {
    train: training.length === 0 ? undefined : cifar10From("CIFAR-10 (training)", training, chosen),
    test: cifar10From("CIFAR-10 (test)", [found.get(TEST)!]),
  };
}

type Batches = ReadonlyMap<string, ImageFile>;

function batchesIn(folder: string, storage: Storage): Batches | undefined {
  for (const place of [folder, `${folder}/${INSIDE}`]) {
    const names = storage.list(place) ?? [];
    if (!names.includes(TEST)) continue;
    const own = [...TRAINING, TEST].filter((name) => names.includes(name));
    return new Map(own.map((name) => [name, { who: `${place}/${name}`, bytes: storage.read(`${place}/${name}`)! }]));
  }
  return undefined;
}

function archiveIn(folder: string, storage: Storage): Batches | undefined {
  const who = `${folder}/${ARCHIVE}`;
  const bytes = storage.read(who);
  if (bytes === undefined) return undefined;
  const files = untarred(gunzipped(bytes, who), who);
  const batches = [...TRAINING, TEST].flatMap((name): [string, ImageFile][] => {
    const content = files.get(`${INSIDE}/${name}`);
    return content === undefined ? [] : [[name, { who: `${who}: ${name}`, bytes: content }]];
  });
  if (batches.some(([name]) => name === TEST)) return new Map(batches);
  throw new FormatError({ who, expected: `${INSIDE}/${TEST} in the archive`, got: [...files.keys()].join(", ") });
}
