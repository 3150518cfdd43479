/** Does what a run lacks, with workers and progress, and draws what it found. */
import { createPool } from "@causalscope/core/workers";
import type { Question, Run } from "@causalscope/runs";
import { perform, runData } from "@causalscope/runs";
import type { Study, StudyContext } from "@causalscope/studies/internal";
import { sayCost } from "./cost.ts";
import type { Io } from "./io.ts";
import { progress } from "./progress.ts";
import { studyCost } from "./study-cost.ts";

export interface PerformSettings {
  readonly quiet: boolean;
  readonly version: string;
  readonly workers: number | undefined;
  readonly memory: number | undefined;
  readonly data: StudyContext["data"];
}

/**
 * Performs a study into its run, and draws figures and report, also where it ends early.
 *
 * @throws the signal's reason when cancelled; what the study and the disk throw.
 */
export async function performStudy(
  run: Run,
  study: Study,
  question: Question,
  io: Io,
  { quiet, version, workers, memory, data }: PerformSettings,
): Promise<void> {
  const pool = createPool({ workers });
  // While the first network learns, so that the end need not wait for it.
  const drawing = loadDrawing();
  let show: ReturnType<typeof progress> | undefined;
  try {
    if (!quiet) await announce(study, question, run, io);
    await perform(run, study, question, {
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
      if (study.kind === "training") (await drawing)(run, study, question, version);
    } catch {
      // What stopped the run is the error to report.
    }
    throw error;
  } finally {
    await pool.close();
  }
  show?.stop();
  (await drawing)(run, study, question, version);
}

async function announce(study: Study, question: Question, run: Run, io: Io): Promise<void> {
  const total = study.steps(question).count;
  const finished = study.kind === "training" ? run.finished.length : run.values.length;
  sayCost(await studyCost(study, question, { finished, total }), io.stderr);
}

/** What draws takes half a second to load: no command waits for it that does not draw. */
export async function loadDrawing() {
  const { figures, valueFigures, reportHtml, valuesReportHtml, png } = await import("@causalscope/report");
  return (run: Run, study: Study, question: Question, version: string): void => {
    if (study.kind === "training") {
      if (run.finished.length === 0) return;
      const found = runData(run.finished, study, question, version);
      run.saveFigures(figures(found).map(({ name, svg }) => ({ name, svg, png: png(svg) })));
      run.saveReport(reportHtml(found));
      return;
    }
    const values = run.values.flatMap((part) => part.values);
    const drawn = valueFigures(study.name, values);
    run.saveFigures(drawn.map(({ name, svg }) => ({ name, svg, png: png(svg) })));
    run.saveReport(
      valuesReportHtml({
        title: `Study “${study.name}”`,
        summary: study.summary,
        settings: study.settings(question),
        findings: study.findings(question, values),
        figures: drawn,
        version,
        where: "in values.csv and values.parquet beside this page",
      }),
    );
  };
}
