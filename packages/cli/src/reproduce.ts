/** `causalscope reproduce`: all studies of the paper, its figures, and the page that says what holds. */

import { DEFAULT_MEMORY } from "@causalscope/core/measures";
import type { Study, StudyRun } from "@causalscope/runs";
import { askOf, startRun } from "@causalscope/runs";
import { studyOptions } from "@causalscope/runs/options";
import { type StudyEntry, studies } from "@causalscope/studies";
import { paperData, paperFigures, reproductionPage, runFindings } from "@causalscope/studies/reproduction";
import { readStudyRun } from "@causalscope/studies/runs";
import type { Command } from "commander";
import { choicesOption } from "./choices.ts";
import { memoryOption, seedsOption, workersOption } from "./flag-values.ts";
import { addExamples } from "./help.ts";
import { Interrupted, type Io, print, shellWord } from "./io.ts";
import { openFile } from "./open.ts";
import { writeFigures } from "./result-folder.ts";
import { dataSource } from "./study-files.ts";
import type { DataFlags } from "./study-flags.ts";
import { performStudy } from "./study-in-terminal.ts";

interface ReproduceFlags extends DataFlags {
  readonly out: string;
  readonly only?: string[];
  readonly seeds?: number[];
  readonly quick?: boolean;
  readonly workers?: number;
  readonly memory?: number;
  readonly quiet?: boolean;
  readonly page?: string;
  readonly open?: boolean;
}

/** The studies that the page rests on. */
const REPRODUCED = studies.filter(({ reproduced }) => reproduced === true);
const NAMES = REPRODUCED.map(({ name }) => name);

export function reproduceCommand(command: Command, io: Io, version: string): void {
  command
    .description(
      "Runs every study of Mattsson, Michaud & Hoel (2020) that is not finished yet, draws every figure, and writes reproduction.md: for each figure what the paper says, what these runs show, and why they differ. To continue after Ctrl-C, run the same command again.",
    )
    .allowExcessArguments(false)
    .option("--out <folder>", "folder for the runs, figures and page", "reproduction")
    .addOption(choicesOption("--only <names>", "only these studies, with commas between them", NAMES))
    .option("--seeds <n|list>", "seeds of the training studies (default: those of each study)", (text) =>
      seedsOption(text, "--seeds"),
    )
    .option("--quick", "a trial run of a minute; its numbers mean nothing")
    .option("--data-dir <folder>", "folder with the MNIST files, to train on 25,000 images as the authors do")
    .option("--download", "download these files")
    .option("--page <file>", "file of the page (default: reproduction.md in the folder)")
    .option("--open", "open the first figure")
    .option("--workers <n>", "worker threads, 0 for none (default: one per core)", (text) =>
      workersOption(text, "--workers"),
    )
    .option("--memory <size>", "memory limit per layer: 2GB, 500MB (default: 1GB)", (text) =>
      memoryOption(text, "--memory"),
    )
    .option("--quiet", "print no progress")
    .action((flags: ReproduceFlags) => reproduce(flags, io, version));
  addExamples(command, io, [["causalscope reproduce"], ["causalscope reproduce --only edge,surface --out figure-1"]]);
}

async function reproduce(flags: ReproduceFlags, io: Io, version: string): Promise<void> {
  const { out, page = `${out}/reproduction.md`, only = NAMES } = flags;
  const chosen = REPRODUCED.filter(({ name }) => only.includes(name));
  const runs: StudyRun[] = [];
  for (const [k, { name, load }] of chosen.entries()) {
    io.stderr.write(`${k + 1}/${chosen.length} ${name}\n`);
    runs.push(await finished(await load(), flags, io, version));
  }
  const { figures, missing } = paperFigures(paperData(runs));
  const isOpen = ({ study }: StudyRun) => entryOf(study).group === "open questions";
  const open = await Promise.all(runs.filter(isOpen).map(({ study, options, rows }) => study.figures(options, rows)));
  const pictures: Record<string, string> = {};
  const above = page.slice(0, page.lastIndexOf("/") + 1);
  const folder = `${above}figures`;
  const drawn = [...figures, ...open.flat()];
  await writeFigures(folder, drawn, io);
  for (const { name } of drawn) pictures[name] = `figures/${name}.png`;
  const text = reproductionPage({
    version,
    command: `causalscope reproduce${flags.quick === true ? " --quick" : ""}`,
    ...paperData(runs),
    findings: runs.map(({ study, options, rows }) => ({
      study: entryOf(study),
      findings: study.findings(options, rows),
    })),
    runFindings: runFindings(paperData(runs).runs),
    pictures,
    missing,
  });
  io.storage.write(page, text);
  print(io.stdout, `Page:    ${page}\n`, `Figures: ${folder}\n`, `Runs:    ${out}/runs\n`);
  // Browsers show figures, but no Markdown.
  if (flags.open === true && drawn.length > 0) await openFile(`${folder}/${drawn[0]!.name}.svg`, io);
}

function entryOf({ name }: Study): StudyEntry {
  return REPRODUCED.find((entry) => entry.name === name)!;
}

/** The run of a study, made or continued where it is not finished. */
async function finished(study: Study, flags: ReproduceFlags, io: Io, version: string): Promise<StudyRun> {
  const { out, quick = false, seeds, quiet = false, workers, memory = DEFAULT_MEMORY, dataDir, download } = flags;
  const folder = `${out}/runs/${study.name}`;
  const source = study.files === undefined ? undefined : dataSource(study, { dataDir, download }, io);
  const options = studyOptions(study, {
    // Enough to see that everything works: nothing on such a page says anything of networks.
    ...(quick && study.quick),
    ...(study.network !== undefined && seeds !== undefined && { seeds }),
    ...source?.options,
  });
  const ask = askOf(study, options, { version, memory });
  const run = startRun(folder, ask, { resume: true, storage: io.storage });
  for (const note of run.notes) print(io.stderr, `${note}\n`);
  try {
    if (run.state !== "finished") {
      await performStudy(run, study, options, io, { quiet, version, workers, memory, data: source?.read });
      run.finish();
    }
  } catch (error) {
    if (!io.signal.aborted || error !== io.signal.reason) throw error;
    const again = `causalscope reproduce --out ${shellWord(out)}`;
    throw new Interrupted(
      `interrupted in the study ${study.name}; what is finished is kept. To continue: ${again}, with the same options`,
    );
  } finally {
    run.close();
  }
  return readStudyRun(folder, io.storage);
}
