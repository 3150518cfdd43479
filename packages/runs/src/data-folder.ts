/** The image data sets that come in files: found in a folder of the user's, in the cache, or fetched, checked, and kept there. */
import type { Dataset } from "@causalscope/core";
import { imagesFrom } from "@causalscope/core/datasets";
import { InvalidInputError } from "@causalscope/core/errors";
import { download } from "./download.ts";
import type { Storage } from "./storage.ts";

/** The data sets that come in the four files of MNIST. */
export type ImageDataName = "mnist" | "fashion";

/** The names of the four files of such a data set. */
export type ImageFileName = (typeof FILES)[number];

const FILES = [
  "train-images-idx3-ubyte",
  "train-labels-idx1-ubyte",
  "t10k-images-idx3-ubyte",
  "t10k-labels-idx1-ubyte",
] as const;

interface Known {
  readonly title: string;
  readonly classes: readonly string[];
  /** Where the packed files are. */
  readonly url: string;
  /** SHA-256 of the packed files as this server has them. */
  readonly sha256: Readonly<Record<ImageFileName, string>>;
}

/** Bytes that a file may have, packed and unpacked: somewhat more than the largest. */
const MOST_BYTES = 60_000_000;

const KNOWN: Readonly<Record<ImageDataName, Known>> = {
  mnist: {
    title: "MNIST",
    classes: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    url: "https://ossci-datasets.s3.amazonaws.com/mnist",
    sha256: {
      "train-images-idx3-ubyte": "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
      "train-labels-idx1-ubyte": "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
      "t10k-images-idx3-ubyte": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
      "t10k-labels-idx1-ubyte": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    },
  },
  fashion: {
    title: "Fashion-MNIST",
    classes: ["T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"],
    url: "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion",
    sha256: {
      "train-images-idx3-ubyte": "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
      "train-labels-idx1-ubyte": "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
      "t10k-images-idx3-ubyte": "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
      "t10k-labels-idx1-ubyte": "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
    },
  },
};

/** Where the files of an image data set are, and whether they may be fetched. */
export interface ImageDataOptions {
  /** A folder with the four files, packed by gzip or not, under their usual names. */
  readonly dataDir?: string;
  /** Fetch what is not there. */
  readonly download?: boolean;
  /** Where fetched files are kept, and looked for. */
  readonly cacheDir: string;
  readonly signal?: AbortSignal;
  /** In place of the server that is known: a mirror, or a test's own. */
  readonly url?: string;
  /** SHA-256 of the files unpacked, for such a server, which may have packed them anew. */
  readonly sha256?: Readonly<Record<ImageFileName, string>>;
}

/** An image data set in its two parts. */
export interface ImageDataSets {
  /** Undefined where only the test files are there. */
  readonly train: Dataset | undefined;
  readonly test: Dataset;
}

/**
 * MNIST or Fashion-MNIST from a folder: training and test images, 28 × 28, inputs from 0 to 1.
 *
 * @example
 * ```ts
 * const { train, test } = await imageData("mnist", { dataDir: "mnist", cacheDir: "cache" }, disk);
 * console.log(train?.rows, test.features, test.classes?.length); // 2 784 10
 * ```
 * @throws InvalidInputError that says which files to put where, where there are none; FormatError for files that are damaged or none of
 *   the kind; StorageError where a server or the disk refuses, or sends something else than is known.
 */
export async function imageData(
  name: ImageDataName,
  options: ImageDataOptions,
  storage: Storage,
): Promise<ImageDataSets> {
  const { dataDir, cacheDir } = options;
  const folder = dataDir ?? `${cacheDir}/${name}`;
  const found = new Map(FILES.map((file) => [file, fileIn(folder, file, storage)]));
  if (options.download === true && dataDir === undefined) {
    for (const file of FILES) {
      if (found.get(file) === undefined) found.set(file, await fetched(name, file, folder, options, storage));
    }
  }
  const missing = FILES.filter((file) => found.get(file) === undefined);
  const testOnly = missing.length > 0 && missing.every((file) => file.startsWith("train-"));
  if (missing.length > 0 && !testOnly) throw nothingThere(name, folder, missing, dataDir !== undefined);
  const { title, classes } = KNOWN[name];
  const part = (kind: "train" | "t10k", what: string) =>
    imagesFrom(
      `${title} (${what})`,
      found.get(`${kind}-images-idx3-ubyte`)!,
      found.get(`${kind}-labels-idx1-ubyte`)!,
      classes,
    );
  return { train: testOnly ? undefined : part("train", "training"), test: part("t10k", "test") };
}

interface Found {
  readonly who: string;
  readonly bytes: Uint8Array;
}

/** Packed or not, with the name's last hyphen or, as some unpackers make it, a dot. */
function fileIn(folder: string, file: ImageFileName, storage: Storage): Found | undefined {
  const names = storage.list(folder) ?? [];
  const dotted = file.replace("-idx", ".idx");
  const name = [`${file}.gz`, file, `${dotted}.gz`, dotted].find((each) => names.includes(each));
  if (name === undefined) return undefined;
  const who = `${folder}/${name}`;
  return { who, bytes: storage.read(who)! };
}

async function fetched(
  name: ImageDataName,
  file: ImageFileName,
  folder: string,
  { url = KNOWN[name].url, sha256, signal }: ImageDataOptions,
  storage: Storage,
): Promise<Found> {
  const expected =
    sha256 === undefined
      ? ({ sha256: KNOWN[name].sha256[file], of: "file" } as const)
      : ({ sha256: sha256[file], of: "unpacked" } as const);
  const bytes = await download(`${url}/${file}.gz`, { ...expected, mostBytes: MOST_BYTES, signal });
  const who = `${folder}/${file}.gz`;
  storage.write(who, bytes);
  return { who, bytes };
}

function nothingThere(
  name: ImageDataName,
  folder: string,
  missing: readonly string[],
  isGiven: boolean,
): InvalidInputError {
  const files = missing.map((file) => `${file}.gz`).join(", ");
  const { title } = KNOWN[name];
  return new InvalidInputError({
    who: `data ${name}`,
    expected: `${title}'s files ${files} in ${folder}`,
    got: missing.length === FILES.length ? "none of them" : "only the others",
    remedy: isGiven
      ? "Copy them there, with or without gzip compression."
      : "Set --data-dir to a folder with these files, with or without gzip compression, or use --download to fetch them.",
  });
}
