/** Runs one study of the command line into a folder. */

import { RunConflictError } from "@causalscope/core/errors";
import type { Range } from "@causalscope/core/measures";
import { DEFAULT_MEMORY } from "@causalscope/core/measures";
import type { Question } from "@causalscope/runs";
import { isFree, runData, startRun, storedRun } from "@causalscope/runs";
import type { DataPlan } from "@causalscope/studies/internal";
import { type Study, sentence, studies } from "@causalscope/studies/internal";
import type { Command } from "commander";
import { environment, Interrupted, type Io, print, shellWord } from "./io.ts";
import { openFile } from "./open.ts";
import { performStudy } from "./perform-study.ts";
import { causalPlaneText } from "./plane-plot.ts";
import { type DataSource, dataSource } from "./study-files.ts";
import { addStudyFlags, type DataFlags, flagOf, type RunFlags, requireOneMode } from "./study-flags.ts";
import { studySummary } from "./summary.ts";
import { noteLines } from "./value-text.ts";

/** Studies whose data may come from files. */
const IMAGES = new Set(["mnist", "mnist-shallow", "mnist-deep", "mnist-tanh", "mnist-relu", "fashion"]);

/** The command of one study, which has the study's name. */
export function oneStudyCommand(command: Command, io: Io, version: string): void {
  const study = studies[command.name()]!;
  command.allowExcessArguments(false).description(sentence(study.summary));
  addStudyFlags(command, study, IMAGES.has(study.name));
  command
    .addHelpText("after", `\nExamples:\n${examples(study)}`)
    .action((flags: RunFlags & DataFlags) => runStudy(study, flags, io, version));
}

function examples({ name, kind }: Study): string {
  const lines = [`causalscope study ${name}`];
  if (name === "iris") lines.push("causalscope study iris --layers 4-6-3 --activation tanh --bins 16");
  if (name === "train") lines.push("causalscope study train --data flowers.csv --layers 4-8-3");
  if (kind === "training" && name !== "train") {
    lines.push(`causalscope study ${name} --seeds 1 --epochs 400 --out quick`);
  }
  return [...lines, `causalscope study ${name} --resume`].map((line) => `  $ ${line}`).join("\n");
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
  let question = await asked(study, own, source, flagOf);
  const folder =
    out ?? (resume ? newestUnfinished(study.name, io) : force ? `runs/${study.name}` : nextFree(study.name, io));
  const stored = resume ? storedRun(folder, storage) : undefined;
  if (stored?.study === study.name) {
    // A run that is continued keeps what it was asked; options given again must agree.
    const options = study.options(stored.question);
    const given = { ...own, ...source?.options };
    const who = (option: PropertyKey) =>
      option in given ? flagOf(String(option)) : `${folder}/run.json: ${String(option)}`;
    question = study.question({ ...options, ...given }, who);
  }
  const { notes = [] } = (question.provenance ?? {}) as { readonly notes?: readonly string[] };
  if (!quiet) print(stderr, noteLines(notes));
  // Of a finished run they are needed only where it turns out that it is not whole.
  const read = stored?.status === "finished" ? source?.read : await filesOf(study, question, source);
  const memory = givenMemory ?? stored?.memory ?? DEFAULT_MEMORY;
  const steps = study.steps(question);
  const ask = { study: study.name, question, steps, version, memory, environment: environment() };
  const run = startRun(folder, ask, { resume, force, storage });
  for (const note of run.notes) print(stderr, `${note}\n`);
  try {
    if (run.state === "finished") {
      stdout.write(`Nothing to do: the run in ${folder} is finished.\n\n`);
    } else {
      if (resume && run.state === "new") stderr.write(`No run in ${folder} yet: starting one.\n`);
      const settings = { quiet, version, workers, memory, data: read };
      await performStudy(run, study, question, io, settings);
      run.finish();
    }
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
    const again = [
      `causalscope study ${study.name} --resume --out ${shellWord(folder)}`,
      ...(source?.words ?? []),
    ].join(" ");
    const count = run.finished.length + run.values.length;
    const what = study.kind === "training" ? "checkpoints" : "parts";
    throw new Interrupted(`interrupted; ${count} finished ${what} are in ${folder}. To continue: ${again}`);
  } finally {
    run.close();
  }
  const { results, files } = studySummary(study, question, run, version);
  const isDrawn = study.kind === "training" && (plot ?? stdout.isTTY === true);
  const plane = isDrawn ? await causalPlaneText(runData(run.finished, study, question, version), io) : "";
  print(stdout, ...results);
  stdout.write(plane);
  print(stdout, ...files);
  if (open) await openFile(`${folder}/report.html`, io);
}

/** Data from files are read before there is a folder: what is wrong with them is found first, and once. */
async function filesOf(
  study: Study,
  question: Question,
  source: DataSource | undefined,
): Promise<DataSource["read"] | undefined> {
  const plan = study.kind === "training" ? (question as unknown as DataPlan) : study.plan?.(question);
  if (source === undefined || plan?.source !== "files") return source?.read;
  const data = await source.read(plan);
  return async () => data;
}

/** The question; of a table of the user's own, its shape is a part of it. */
async function asked(
  study: Study,
  own: object,
  source: DataSource | undefined,
  who: (option: string) => string,
): Promise<Question> {
  const { inputRange } = own as { readonly inputRange?: Range };
  return study.question({ ...(await source?.shape?.(inputRange)), ...source?.options, ...own }, (option) =>
    who(String(option)),
  );
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
    remedy: "Say which with --out, or leave --resume out to start one.",
  });
}
