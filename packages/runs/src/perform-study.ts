/** Performs a study into a folder: for programs, what `causalscope study` is for a terminal. */
import { DEFAULT_MEMORY } from "@causalscope/core/measures";
import { type PerformOptions, perform } from "./perform.ts";
import { readRunOf, type StudyRun } from "./read-run.ts";
import { askOf } from "./ask.ts";
import type { Figure } from "./open-run.ts";
import { startRun } from "./run-folder.ts";
import { storedRun } from "./run-layout.ts";
import { disk } from "#platform";
import type { Storage } from "./storage.ts";
import type { Study } from "./study.ts";
import { studyOptions } from "./study-options.ts";
import { joinedRows, type Rows } from "./row-tables.ts";

/** What is asked, what must not change a result, and what is made of it. */
export interface PerformStudyOptions extends PerformOptions {
  /** Those of the study that differ from its defaults. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Replaces the run that the folder holds; else it is continued. */
  readonly force?: boolean;
  /** Makes figures and the report: `drawStudy` of causalscope/report. Default: none are made. */
  readonly draw?: (drawn: {
    readonly study: Study;
    readonly options: object;
    readonly rows: Rows;
    readonly version: string;
  }) => Promise<{ readonly figures: readonly Figure[]; readonly report: string }>;
  /** Default: the disk. In a browser, `memoryStorage()`. */
  readonly storage?: Storage;
}

/**
 * Performs a study into a folder, or continues what the folder holds of it, and returns the run. Its files are those of the command's run
 * of the same options, byte for byte, but for the environment in run.json; also in a browser, where figures and the report are left to
 * `causalscope report` or `--resume`.
 *
 * @example
 * ```ts
 * const { file, rows } = await performStudy(await study("edge"), "runs/edge", { options: { weightStep: 2 } });
 * console.log(file.status, rows.values.length); // finished 168
 * const best = Math.max(...rows.values.map(({ value }) => value));
 * console.log(best.toFixed(3)); // 5.000
 * ```
 * @throws InvalidInputError for options that the study does not take; RunConflictError for a folder with something else in it; the
 *   signal's reason when cancelled, after everything that is finished was kept; StorageError where the disk refuses.
 */
export async function performStudy(
  study: Study,
  folder: string,
  { options: given, force = false, draw, storage = disk, ...work }: PerformStudyOptions = {},
): Promise<StudyRun> {
  const options = studyOptions(study, given);
  const memory = work.memory ?? (force ? undefined : storedRun(folder, storage)?.memory) ?? DEFAULT_MEMORY;
  const ask = askOf(study, options, { memory });
  const run = startRun(folder, ask, { resume: !force, force, storage });
  try {
    if (run.state !== "finished") {
      await perform(run, study, options, { ...work, memory });
      if (draw !== undefined) {
        const drawn = { study, options, rows: joinedRows(run.finished), version: ask.version };
        const { figures, report } = await draw(drawn);
        run.saveFigures(figures);
        run.saveReport(report);
      }
      run.finish();
    }
  } finally {
    run.close();
  }
  return readRunOf(study, folder, storage);
}
