/** Does what a run lacks, with workers and progress, and draws what it found. */
import { createPool } from "@causalscope/core/workers";
import type { Run, Study, StudyWork } from "@causalscope/runs";
import { joinedRows, perform, studyCost } from "@causalscope/runs";
import { stepsOf } from "@causalscope/runs/internal";
import { sayCost } from "./cost-text.ts";
import type { Io } from "./io.ts";
import { progress } from "./progress.ts";

export interface PerformSettings extends Pick<StudyWork, "memory" | "data"> {
  readonly quiet: boolean;
  readonly version: string;
  readonly workers: number | undefined;
}

/**
 * Performs a study into its run, and draws figures and report, also where it ends early.
 *
 * @throws the signal's reason when cancelled; what the study and the disk throw.
 */
export async function performStudy<Options extends object>(
  run: Run,
  study: Study<Options>,
  options: Options,
  io: Io,
  { quiet, version, workers, memory, data }: PerformSettings,
): Promise<void> {
  const pool = createPool({ workers });
  // While the first network learns, so that the end need not wait for it.
  const drawing = loadDrawing();
  let show: ReturnType<typeof progress> | undefined;
  try {
    if (!quiet) {
      const total = stepsOf(study.parts(options)).count;
      sayCost(await studyCost(study, options, { finished: run.finished.length, total }), io.stderr);
    }
    await perform(run, study, options, {
      signal: io.signal,
      pool,
      memory,
      data,
      onProgress: ({ at, done, total }) => {
        show ??= progress(io.stderr, quiet, done / total);
        show.update(done / total, at);
      },
    });
  } catch (error) {
    show?.stop();
    try {
      // Findings compare values that are not all there yet.
      if (study.network !== undefined) await (await drawing)(run, study, options, version);
    } catch {
      // What stopped the run is the error to report.
    }
    throw error;
  } finally {
    await pool.close();
  }
  show?.stop();
  await (await drawing)(run, study, options, version);
}

/** What draws takes half a second to load: no command waits for it that does not draw. */
export async function loadDrawing() {
  const { drawStudy } = await import("@causalscope/report/node");
  return async <Options extends object>(run: Run, study: Study<Options>, options: Options, version: string) => {
    if (run.finished.length === 0) return;
    const { figures, report } = await drawStudy({ study, options, rows: joinedRows(run.finished), version });
    run.saveFigures(figures);
    run.saveReport(report);
  };
}
