/** Asks a study its question and keeps the answers in a run. */

import type { Study, StudyContext, TrainingStudy } from "@causalscope/studies/internal";
import type { FinishedCheckpoint } from "./journal.ts";
import type { Question } from "./run-file.ts";
import type { Run } from "./run-folder.ts";
import type { RunData } from "./table.ts";

/**
 * Does what a run still lacks, and writes its tables. However it ends, what was finished is kept, and so are its tables, as far as the
 * disk lets.
 *
 * @throws the signal's reason when cancelled; StorageError where the disk refuses; whatever the study throws.
 */
export async function perform(
  run: Run,
  study: Study,
  question: Question,
  given: Omit<StudyContext, "last" | "finished"> = {},
): Promise<void> {
  const last = (seed: number) => {
    const training = run.finished.findLast((checkpoint) => checkpoint.training.seed === seed)?.training;
    return training && { ...run.checkpoint(seed, training.epoch), epoch: training.epoch };
  };
  const context: StudyContext = { ...given, last, finished: run.values };
  try {
    if (study.kind === "training") {
      for await (const { checkpoint, ...finished } of study.results(question, context)) run.save(finished, checkpoint);
    } else {
      for await (const finished of study.results(question, context)) run.saveValues(finished);
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
  finished: readonly FinishedCheckpoint[],
  study: TrainingStudy<Options, Asked>,
  question: Asked,
  version: string,
): RunData {
  return {
    ...study.describe(question),
    measurements: finished.flatMap(({ measurements }) => measurements),
    training: finished.map(({ training }) => training),
    version,
  };
}
