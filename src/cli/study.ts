/** `causalscope study NAME`: runs an experiment into a folder, with figures and a report. */
import type { Command } from "commander";
import { InvalidInputError, RunConflictError } from "../errors.ts";
import { createPool } from "../parallel/node.ts";
import { perform, runData } from "../runs/perform.ts";
import { isFree, type Run, startRun, storedRun } from "../runs/run-folder.ts";
import { studies } from "../runs/studies/index.ts";
import type { IrisOptions, IrisQuestion } from "../runs/studies/iris.ts";
import { announceCost, defaultMemory } from "./cost.ts";
import { environment, type Io, shellWord } from "./io.ts";
import { binsOption, memoryOption, numberOption, seedsOption, widthsOption, workersOption } from "./options.ts";
import { progress } from "./progress.ts";
import { summary } from "./summary.ts";

/** Thrown when Ctrl-C ended a run after everything was saved; its message says how to go on. */
export class Interrupted extends Error {}

interface IrisFlags {
  readonly seeds?: number[];
  readonly splitSeed?: number;
  readonly epochs?: number;
  readonly every?: number;
  readonly batch?: number;
  readonly learningRate?: number;
  readonly layers?: number[];
  readonly activation?: IrisOptions["activation"];
  readonly bins?: IrisOptions["bins"];
  readonly tolerance?: number;
  readonly workers?: number;
  readonly memory?: number;
  readonly out?: string;
  readonly resume?: boolean;
  readonly force?: boolean;
  readonly quiet?: boolean;
}

const NAMES = Object.values(studies).map(({ name, summary }) => `  ${name}  ${summary}`);

export function studyCommand(root: Command, io: Io, version: string): void {
  const study = root
    .command("study")
    .summary("run an experiment into a folder, with figures and a report")
    .description(`Runs an experiment into a folder, with figures and a report.\n\nStudies:\n${NAMES.join("\n")}`)
    .argument("[name]")
    .usage("<name> [options]")
    // Whatever follows an unknown name is not what is wrong.
    .allowUnknownOption()
    .allowExcessArguments()
    .action((name?: string) => {
      throw new InvalidInputError({
        who: "study",
        expected: `the name of a study (${Object.keys(studies).join(", ")})`,
        got: name === undefined ? "none" : JSON.stringify(name),
        remedy: "`causalscope study --help` says what each does.",
      });
    });
  const number = (flag: string) => (text: string) => numberOption(text, flag);
  study
    .command("iris")
    .allowExcessArguments(false)
    .summary(studies.iris.summary)
    .description(`Iris: ${studies.iris.summary}.\nEvery layer is measured on the way.`)
    .option("--seeds <n|list>", "how many seeds (3: seeds 0, 1, 2), or which (0,1,5) (default: 3)", (text) =>
      seedsOption(text, "--seeds"),
    )
    .option("--epochs <n>", "passes through the training flowers (default: 4000)", number("--epochs"))
    .option("--every <n>", "epochs between measurements (default: 50)", number("--every"))
    .option("--bins <n>", "bins per neuron, or inputs,outputs (8,16) (default: 8)", (text) =>
      binsOption(text, "--bins"),
    )
    .option("--layers <widths>", "widths from 4 inputs to 3 species (default: 4-5-5-3)", (text) =>
      widthsOption(text, "--layers"),
    )
    .option("--activation <name>", "sigmoid, tanh, relu or identity (default: sigmoid)")
    .option("--tolerance <bits>", "standard error of EI at which sampling stops (default: 0.02)", number("--tolerance"))
    .option("--learning-rate <rate>", "step of gradient descent (default: 0.01)", number("--learning-rate"))
    .option("--batch <n>", "flowers per step (default: 10)", number("--batch"))
    .option("--split-seed <n>", "seed that picks the training flowers (default: 0)", number("--split-seed"))
    .option("--workers <n>", "worker threads; 0 for none (default: one for each core)", (text) =>
      workersOption(text, "--workers"),
    )
    .option("--memory <size>", "memory that measuring may take: 2GB, 500MB (default: half of what is free)", (text) =>
      memoryOption(text, "--memory"),
    )
    .option("--out <folder>", "folder of the run (default: runs/iris, or the next that is free)")
    .option("--resume", "continue the run in the folder, or the newest unfinished one")
    .option("--force", "replace the run in the folder")
    .option("--quiet", "show no progress")
    .addHelpText(
      "after",
      `
Examples:
  $ causalscope study iris
  $ causalscope study iris --seeds 1 --epochs 400 --out quick
  $ causalscope study iris --layers 4-6-3 --activation tanh --bins 16
  $ causalscope study iris --resume`,
    )
    .action((flags: IrisFlags) => runIris(flags, io, version));
}

async function runIris(flags: IrisFlags, io: Io, version: string): Promise<void> {
  const { out, resume = false, force = false, quiet = false, workers, memory, ...given } = flags;
  const { storage, signal, stderr, stdout } = io;
  const study = studies.iris;
  if (resume && force) {
    throw new InvalidInputError({ who: "study iris", expected: "--resume or --force", got: "both" });
  }
  // Before any folder is looked at: a wrong option is wrong whatever the folder holds.
  let question = study.question(given, flagOf);
  const folder = out ?? (resume ? newestUnfinished(io) : force ? DEFAULT_FOLDER : nextFree(io));
  const stored = resume ? storedRun(folder, storage) : undefined;
  if (stored?.study === study.name) {
    // A run that is continued keeps what it was asked; options given again must agree.
    const source = (option: keyof IrisOptions) => (option in given ? flagOf(option) : `${folder}/run.json: ${option}`);
    question = study.question({ ...study.options(stored.question), ...given }, source);
  }
  const ask = { study: study.name, question, version, environment: environment() };
  const run = startRun(folder, ask, { resume, force, storage });
  try {
    if (run.state === "finished") {
      stdout.write(`Nothing to do: the run in ${folder} is finished.\n\n`);
    } else {
      if (resume && run.state === "new") stderr.write(`No run in ${folder} yet: starting one.\n`);
      await measureAll(run, question, io, { quiet, version, workers, memory: memory ?? defaultMemory() });
      run.finish();
    }
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
    const command = `causalscope study iris --resume --out ${shellWord(folder)}`;
    throw new Interrupted(
      `interrupted; ${run.finished.length} finished checkpoints are in ${folder}. To continue: ${command}`,
    );
  } finally {
    run.close();
  }
  stdout.write(summary(runData(run, study, question, version), folder));
}

interface Settings {
  readonly quiet: boolean;
  readonly version: string;
  readonly workers: number | undefined;
  readonly memory: number;
}

async function measureAll(
  run: Run,
  question: IrisQuestion,
  io: Io,
  { quiet, version, workers, memory }: Settings,
): Promise<void> {
  const study = studies.iris;
  const pool = createPool({ workers });
  // While the first network learns, so that the end need not wait for it.
  const reporting = loadReport();
  let show: ReturnType<typeof progress> | undefined;
  try {
    if (!quiet) {
      const { mechanisms, options, times } = study.work(question);
      await announceCost(mechanisms, [{ ...options, pool }], io.stderr, times - run.finished.length);
    }
    await perform(run, study, question, {
      signal: io.signal,
      pool,
      memory: memory / Math.max(1, pool.workers),
      onProgress: ({ seed, epoch, done, total }) => {
        show ??= progress(io.stderr, quiet, done / total);
        show.update(done / total, `seed ${seed}, epoch ${epoch}`);
      },
    });
  } catch (error) {
    show?.stop();
    try {
      saveReport(run, question, version, await reporting);
    } catch {
      // What stopped the run is the error to report.
    }
    throw error;
  } finally {
    await pool.close();
  }
  show?.stop();
  saveReport(run, question, version, await reporting);
}

/** What draws takes half a second to load: no command waits for it that does not draw. */
async function loadReport() {
  const [{ figures }, { reportHtml }, { png }] = await Promise.all([
    import("../report/figures.ts"),
    import("../report/html.ts"),
    import("../report/png.ts"),
  ]);
  return { figures, reportHtml, png };
}

function saveReport(
  run: Run,
  question: IrisQuestion,
  version: string,
  { figures, reportHtml, png }: Awaited<ReturnType<typeof loadReport>>,
): void {
  if (run.finished.length === 0) return;
  const data = runData(run, studies.iris, question, version);
  run.saveFigures(figures(data).map(({ name, svg }) => ({ name, svg, png: png(svg) })));
  run.saveReport(reportHtml(data));
}

const DEFAULT_FOLDER = "runs/iris";

function folderNumber(n: number): string {
  return n === 1 ? DEFAULT_FOLDER : `${DEFAULT_FOLDER}-${n}`;
}

function nextFree({ storage }: Io): string {
  for (let n = 1; ; n++) {
    const folder = folderNumber(n);
    if (isFree(folder, storage)) return folder;
  }
}

function newestUnfinished({ storage }: Io): string {
  const numbers = (storage.list("runs") ?? []).flatMap((name) => {
    const number = /^iris(?:-([1-9]\d*))?$/.exec(name);
    return number === null ? [] : [Number(number[1] ?? 1)];
  });
  for (const n of numbers.sort((a, b) => b - a)) {
    const folder = folderNumber(n);
    if (storedRun(folder, storage)?.status === "unfinished") return folder;
  }
  throw new RunConflictError({
    who: "--resume",
    expected: `an unfinished run in ${DEFAULT_FOLDER}, ${folderNumber(2)} …`,
    got: "none",
    remedy: "Say which with --out, or leave --resume out to start one.",
  });
}

/** `splitSeed` is `--split-seed`. */
function flagOf(option: string): string {
  return `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
