/** `causalscope report RUN`: the page and the figures of a run, made again from its journal. */

import { RunConflictError } from "@causalscope/core/errors";
import { questionOf, readRun, startRun } from "@causalscope/runs";
import type { Command } from "commander";
import { addExamples } from "./help.ts";
import { environment, type Io, print, shellWord } from "./io.ts";
import { openFile } from "./open.ts";
import { loadDrawing } from "./perform-study.ts";

interface ReportFlags {
  readonly open?: boolean;
}

export function reportCommand(command: Command, io: Io, version: string): void {
  command
    .argument("<run>", "run folder")
    .description(
      "Makes the page and the figures of a run again, from what the run has measured: after an update of Causalscope, or when they were lost. Nothing is trained or measured.",
    )
    .allowExcessArguments(false)
    .option("--open", "open the page")
    .action((folder: string, flags: ReportFlags) => makeReport(folder, flags, io, version));
  addExamples(command, io, [["causalscope report runs/iris --open"]]);
}

async function makeReport(folder: string, { open }: ReportFlags, io: Io, version: string): Promise<void> {
  const { storage } = io;
  const { file, study, finished } = readRun(folder, storage);
  const question = questionOf(file, study, folder);
  const isFinished = file.status === "finished";
  // Findings compare values: all of them have to be there. Figures of a training run show how far it is.
  if (!isFinished && (study.kind === "values" || finished.length === 0)) {
    throw new RunConflictError({
      who: folder,
      expected: study.kind === "values" ? "a finished run" : "a run with at least one finished checkpoint",
      got: study.kind === "values" ? "an unfinished one" : "none",
      remedy: `Continue it with \`causalscope study ${study.name} --resume --out ${shellWord(folder)}\`.`,
    });
  }
  const { memory } = file;
  const ask = {
    study: study.name,
    question,
    steps: study.steps(question),
    version,
    memory,
    environment: environment(),
  };
  const run = startRun(folder, ask, { resume: true, storage });
  try {
    (await loadDrawing())(run, study, question, version);
    if (isFinished) run.finish();
  } finally {
    run.close();
  }
  if (!isFinished) print(io.stderr, `The run is not finished: the page shows ${finished.length} checkpoints.\n`);
  const page = `${folder}/report.html`;
  print(io.stdout, `Report:  ${page}\n`, `Figures: ${folder}/figures\n`);
  if (open === true) await openFile(page, io);
}
