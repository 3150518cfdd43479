/** A run from files that were dropped or picked: a folder, a zip of one, or its files. They may come from anyone. */
import { FormatError, TooMuchError } from "@causalscope/core/errors";
import type { TrainingData } from "@causalscope/core/training";
import { type DataPlan, memoryStorage, storedRun } from "@causalscope/runs";
import { study } from "@causalscope/studies";
import { FOLDER, LiveRun } from "./live-run.ts";
import { type GivenFile, MOST_BYTES, MOST_FILES } from "./protocol.ts";

/** The files of the run among those given: a zip is opened, and paths are taken from where run.json is. */
export async function runFiles(given: readonly GivenFile[]): Promise<GivenFile[]> {
  const opened = (
    await Promise.all(given.map(async (file) => (/\.zip$/i.test(file.path) ? unzipped(file) : [file])))
  ).flat();
  const root = opened
    .filter(({ path }) => path === "run.json" || path.endsWith("/run.json"))
    .map(({ path }) => path.slice(0, -"run.json".length))
    .sort((a, b) => a.length - b.length)[0];
  if (root === undefined) {
    const who = given.length === 1 ? given[0]!.path : "the dropped files";
    const got =
      opened.length === 0
        ? "no file"
        : `others: ${opened
            .slice(0, 3)
            .map(({ path }) => path.slice(0, 80))
            .join(", ")}`;
    throw new FormatError({ who, expected: "the files of a run, with a run.json", got });
  }
  return opened
    .filter(({ path }) => path.startsWith(root))
    .map(({ path, bytes }) => ({ path: path.slice(root.length), bytes }));
}

/** @param data reads data of the user's own. @throws FormatError for files that no run wrote. */
export async function openRun(
  files: readonly GivenFile[],
  data?: (plan: DataPlan) => Promise<TrainingData>,
): Promise<LiveRun> {
  const storage = memoryStorage(
    files.map(({ path, bytes }) => [path, bytes] as const),
    FOLDER,
  );
  const stored = storedRun(FOLDER, storage)!;
  const question = { study: stored.study, options: stored.question };
  return new LiveRun(await study(stored.study), question, storage, { stored, data });
}

async function unzipped({ path, bytes }: GivenFile): Promise<GivenFile[]> {
  const { unzipSync } = await import("fflate");
  let size = 0;
  let count = 0;
  const tooMuch = (expected: string, got: string) => new TooMuchError({ who: path, expected, got });
  try {
    const files = unzipSync(bytes, {
      filter: ({ originalSize }) => {
        size += originalSize;
        count++;
        if (size > MOST_BYTES) throw tooMuch("a run of at most 512 MiB", "more");
        if (count > MOST_FILES) throw tooMuch(`a run of at most ${MOST_FILES} files`, "more");
        return true;
      },
    });
    return Object.entries(files)
      .filter(([name]) => !name.endsWith("/"))
      .map(([name, content]) => ({ path: name, bytes: content }));
  } catch (error) {
    if (error instanceof TooMuchError) throw error;
    const got = `one that is truncated or damaged (${error instanceof Error ? error.message : error})`;
    throw new FormatError({ who: path, expected: "a zip file", got }, { cause: error });
  }
}
