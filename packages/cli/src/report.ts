/** `causalscope report RUN`: the page and figures of a run, rebuilt from its journal. */

import { counted } from "@causalscope/core/basics";
import { RunConflictError } from "@causalscope/core/errors";
import { askOf, startRun } from "@causalscope/runs";
import { readStudyRun } from "@causalscope/studies/runs";
import type { Command } from "commander";
import { addExamples } from "./help.ts";
import { type Io, print, shellWord } from "./io.ts";
import { openFile } from "./open.ts";
import { loadDrawing } from "./study-in-terminal.ts";
import { shortFingerprint } from "./summary.ts";

interface ReportFlags {
  readonly open?: boolean;
}

export function reportCommand(command: Command, io: Io, version: string): void {
  command
    .argument("<run>", "run folder")
    .description(
      "Rebuilds the page and figures of a run from what the run has measured: after an update of Causalscope, or when they were lost. Nothing is trained or measured.",
    )
    .allowExcessArguments(false)
    .option("--open", "open the page")
    .action((folder: string, flags: ReportFlags) => makeReport(folder, flags, io, version));
  addExamples(command, io, [["causalscope report runs/iris --open"]]);
}

async function makeReport(folder: string, { open }: ReportFlags, io: Io, version: string): Promise<void> {
  const { storage } = io;
  const stored = await readStudyRun(folder, storage);
  const { file, study, options, rows } = stored;
  const isFinished = file.status === "finished";
  const checkpoints = rows.training.length;
  // Findings compare values: all of them have to be there. Figures of a training run show how far it is.
  if (!isFinished && (study.network === undefined || checkpoints === 0)) {
    const isTraining = study.network !== undefined;
    throw new RunConflictError({
      who: folder,
      expected: isTraining ? "a run with at least one finished checkpoint" : "a finished run",
      got: isTraining ? "none" : "an unfinished one",
      remedy: `Continue it with \`causalscope study ${study.name} --resume --out ${shellWord(folder)}\`.`,
    });
  }
  const run = startRun(folder, askOf(study, options, { version, memory: file.memory }), { resume: true, storage });
  try {
    await (await loadDrawing())(run, study, options, version);
    if (isFinished) run.finish();
  } finally {
    run.close();
  }
  if (!isFinished) print(io.stderr, `The run is not finished: the page shows ${counted(checkpoints, "checkpoint")}.\n`);
  const page = `${folder}/report.html`;
  print(
    io.stdout,
    `Report:      ${page}\n`,
    `Figures:     ${folder}/figures\n`,
    `Fingerprint: ${shortFingerprint(stored)}\n`,
  );
  if (open === true) await openFile(page, io);
}
