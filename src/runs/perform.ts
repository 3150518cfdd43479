/** Asks a study its question and keeps the answers in a run. */

import type { Question } from "./run-file.ts";
import type { Run } from "./run-folder.ts";
import type { Study, StudyContext } from "./studies/study.ts";
import type { RunData } from "./table.ts";

/**
 * Does what a run still lacks, and writes its tables. However it ends, the checkpoints that were finished are kept, and so are their
 * tables, as far as the disk lets.
 *
 * @throws the signal's reason when cancelled; StorageError where the disk refuses; whatever the study throws.
 */
export async function perform<Options, Asked extends Question>(
  run: Run,
  study: Study<Options, Asked>,
  question: Asked,
  { signal, onProgress, pool, memory }: Omit<StudyContext, "last"> = {},
): Promise<void> {
  const last = (seed: number) => {
    const training = run.finished.findLast((checkpoint) => checkpoint.training.seed === seed)?.training;
    return training === undefined ? undefined : run.checkpoint(seed, training.epoch);
  };
  try {
    for await (const { checkpoint, ...finished } of study.results(question, {
      last,
      signal,
      onProgress,
      pool,
      memory,
    })) {
      run.save(finished, checkpoint);
    }
  } catch (error) {
    try {
      run.saveTables();
    } catch {
      // What stopped the run is the error to report; the journal holds the rows of the tables.
    }
    throw error;
  }
  run.saveTables();
}

/** What figures and the report draw from. */
export function runData<Options, Asked extends Question>(
  run: Run,
  study: Study<Options, Asked>,
  question: Asked,
  version: string,
): RunData {
  return {
    ...study.describe(question),
    measurements: run.finished.flatMap(({ measurements }) => measurements),
    training: run.finished.map(({ training }) => training),
    version,
  };
}
