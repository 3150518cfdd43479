/** The image data sets that come in files: found in a folder of the user's, in the cache, or fetched, checked, and kept there. */
import type { Dataset } from "../datasets/dataset.ts";
import { imagesFrom } from "../datasets/image-files.ts";
import { InvalidInputError } from "../errors.ts";
import { download } from "./download.ts";
import type { Storage } from "./storage.ts";

export type ImageDataName = "mnist" | "fashion";

type FileName = (typeof FILES)[number];

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
  /** SHA-256 of the files unpacked: packing them anew changes the packed bytes. */
  readonly sha256: Readonly<Record<FileName, string>>;
}

const KNOWN: Readonly<Record<ImageDataName, Known>> = {
  mnist: {
    title: "MNIST",
    classes: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    url: "https://ossci-datasets.s3.amazonaws.com/mnist",
    sha256: {
      "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
      "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
      "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
      "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    },
  },
  fashion: {
    title: "Fashion-MNIST",
    classes: ["T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"],
    url: "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
    sha256: {
      "train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
      "train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
      "t10k-images-idx3-ubyte": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
      "t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    },
  },
};

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
  /** In place of the checksums that are known, for such a server. */
  readonly sha256?: Readonly<Record<FileName, string>>;
}

export interface ImageData {
  /** Undefined where only the test files are there. */
  readonly train: Dataset | undefined;
  readonly test: Dataset;
}

/**
 * Training and test images, 28 × 28, inputs from 0 to 1.
 *
 * @throws InvalidInputError that says which files to put where, where there are none; FormatError for files that are damaged or none of
 *   the kind; StorageError where a server or the disk refuses, or sends something else than is known.
 */
export async function imageData(name: ImageDataName, options: ImageDataOptions, storage: Storage): Promise<ImageData> {
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
function fileIn(folder: string, file: FileName, storage: Storage): Found | undefined {
  const names = storage.list(folder) ?? [];
  const dotted = file.replace("-idx", ".idx");
  const name = [`${file}.gz`, file, `${dotted}.gz`, dotted].find((each) => names.includes(each));
  if (name === undefined) return undefined;
  const who = `${folder}/${name}`;
  return { who, bytes: storage.read(who)! };
}

async function fetched(
  name: ImageDataName,
  file: FileName,
  folder: string,
  { url = KNOWN[name].url, sha256 = KNOWN[name].sha256, signal }: ImageDataOptions,
  storage: Storage,
): Promise<Found> {
  const bytes = await download(`${url}/${file}.gz`, { sha256: sha256[file], of: "unpacked", signal });
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
    got: missing.length === FILES.length ? "none of them" : "the others",
    remedy: isGiven
      ? "Put them there, packed by gzip or not."
      : `Give --data-dir FOLDER with these files, packed by gzip or not, or --download to fetch them.`,
  });
}
