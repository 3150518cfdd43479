/** Runs one study of the command line into a folder. */

import { RunConflictError } from "@causalscope/core/errors";
import type { Range } from "@causalscope/core/measures";
import { DEFAULT_MEMORY } from "@causalscope/core/measures";
import { askOf, isFree, joinedRows, runData, type Study, startRun, storedRun } from "@causalscope/runs";
import { optionsOf, sentence } from "@causalscope/runs/internal";
import { flagOf, studyOptions } from "@causalscope/runs/options";
import { study as studyNamed } from "@causalscope/studies";
import type { Command } from "commander";
import { addExamples, type Example } from "./help.ts";
import { Interrupted, type Io, print, shellWord } from "./io.ts";
import { openFile } from "./open.ts";
import { causalPlaneText } from "./plane-plot.ts";
import { type DataSource, dataSource } from "./study-files.ts";
import { addStudyFlags, type DataFlags, type RunFlags, requireOneMode } from "./study-flags.ts";
import { performStudy } from "./study-in-terminal.ts";
import { studySummary } from "./summary.ts";
import { noteLines } from "./value-text.ts";

/** The command of one study, which has the study's name. */
export async function oneStudyCommand(command: Command, io: Io, version: string): Promise<void> {
  const study = await studyNamed(command.name());
  command.allowExcessArguments(false).description(sentence(study.summary));
  addStudyFlags(command, study);
  command.action((flags: RunFlags & DataFlags) => runStudy(study, flags, io, version));
  addExamples(command, io, examples(study));
}

function examples({ name, examples = [] }: Study): Example[] {
  return ["", ...examples, "--resume"].map((args) => [`causalscope study ${name} ${args}`.trimEnd()]);
}

/** What a study is asked on the command line, and what its run is made of. */
async function runStudy(study: Study, flags: RunFlags & DataFlags, io: Io, version: string): Promise<void> {
  const {
    out,
    resume = false,
    force = false,
    quiet = false,
    workers,
    memory: givenMemory,
    data,
    labels,
    missing,
    scale,
    dataDir,
    download,
    open = false,
    plot,
    ...own
  } = flags;
  const { storage, signal, stderr, stdout } = io;
  requireOneMode(flags, study.name);
  const source = dataSource(study, { data, labels, missing, scale, dataDir, download }, io);
  // Before any folder is looked at: a wrong option is wrong whatever the folder holds.
  let options = await asked(study, own, source);
  const folder =
    out ?? (resume ? newestUnfinished(study.name, io) : force ? `runs/${study.name}` : nextFree(study.name, io));
  const stored = resume ? storedRun(folder, storage) : undefined;
  if (stored?.study === study.name) {
    // A run that is continued keeps what it was asked; options given again must agree.
    const given = { ...own, ...source?.options };
    const who = (option: string) => (option in given ? flagOf(option) : `${folder}/run.json: ${option}`);
    options = studyOptions(study, { ...optionsOf(stored, study, folder), ...given }, who);
  }
  const { notes = [] } = (options.provenance ?? {}) as { readonly notes?: readonly string[] };
  if (!quiet) print(stderr, noteLines(notes));
  // Of a finished run they are needed only where it turns out that it is not whole.
  const read = stored?.status === "finished" ? source?.read : await filesOf(study, options, source);
  const memory = givenMemory ?? stored?.memory ?? DEFAULT_MEMORY;
  const ask = askOf(study, options, { version, memory });
  const run = startRun(folder, ask, { resume, force, storage });
  for (const note of run.notes) print(stderr, `${note}\n`);
  try {
    if (run.state === "finished") {
      stdout.write(`Nothing to do: the run in ${folder} is finished.\n\n`);
    } else {
      if (resume && run.state === "new") stderr.write(`No run in ${folder} yet: starting one.\n`);
      const settings = { quiet, version, workers, memory, data: read };
      await performStudy(run, study, options, io, settings);
      run.finish();
    }
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
    const again = [
      `causalscope study ${study.name} --resume --out ${shellWord(folder)}`,
      ...(source?.words ?? []),
    ].join(" ");
    const what = study.network ? "checkpoints" : study.parts(options).some(({ steps }) => steps) ? "results" : "parts";
    throw new Interrupted(
      `interrupted; ${run.finished.length} finished ${what} are in ${folder}. To continue: ${again}`,
    );
  } finally {
    run.close();
  }
  const training = runData(study, options, joinedRows(run.finished), version);
  const { results, files } = studySummary(study, options, run, training);
  const isDrawn = training !== undefined && (plot ?? stdout.isTTY === true);
  print(stdout, ...results);
  if (isDrawn) stdout.write(await causalPlaneText(training, io));
  print(stdout, ...files);
  if (open) await openFile(`${folder}/report.html`, io);
}

/** Data from files are read before there is a folder: what is wrong with them is found first, and once. */
async function filesOf(
  study: Study,
  options: object,
  source: DataSource | undefined,
): Promise<DataSource["read"] | undefined> {
  const plan = study.data?.(options);
  if (source === undefined || plan?.source !== "files") return source?.read;
  const data = await source.read(plan);
  return async () => data;
}

/** All options; of a table of the user's own, its shape is a part of them. */
async function asked(study: Study, own: object, source: DataSource | undefined) {
  const { inputRange } = own as { readonly inputRange?: Range };
  return studyOptions(study, { ...(await source?.shape?.(inputRange)), ...source?.options, ...own }, flagOf);
}

function folderNumber(name: string, n: number): string {
  return n === 1 ? `runs/${name}` : `runs/${name}-${n}`;
}

function nextFree(name: string, { storage }: Io): string {
  for (let n = 1; ; n++) {
    const folder = folderNumber(name, n);
    if (isFree(folder, storage)) return folder;
  }
}

function newestUnfinished(study: string, { storage }: Io): string {
  const numbered = new RegExp(`^${study}(?:-([1-9]\\d*))?$`);
  const numbers = (storage.list("runs") ?? []).flatMap((name) => {
    const number = numbered.exec(name);
    return number === null ? [] : [Number(number[1] ?? 1)];
  });
  for (const n of numbers.sort((a, b) => b - a)) {
    const folder = folderNumber(study, n);
    if (storedRun(folder, storage)?.status === "unfinished") return folder;
  }
  throw new RunConflictError({
    who: "--resume",
    expected: `an unfinished run in runs/${study}, ${folderNumber(study, 2)} …`,
    got: "none",
    remedy: "Name its folder with --out, or omit --resume to start a new run.",
  });
}
