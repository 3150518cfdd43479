/** `causalscope reproduce`: all studies of the paper, its figures, and the page that says what holds. */

import { DEFAULT_MEMORY } from "@causalscope/core/measures";
import { paperFigures, reproductionPage, valueFigures } from "@causalscope/report";
import { questionOf, type ReadRun, readRun, startRun } from "@causalscope/runs";
import type { Study } from "@causalscope/studies/internal";
import { runFindings, studies } from "@causalscope/studies/internal";
import type { Command } from "commander";
import { choicesOption } from "./choices.ts";
import { paperData } from "./figures.ts";
import { addExamples } from "./help.ts";
import { environment, Interrupted, type Io, print, shellWord } from "./io.ts";
import { openFile } from "./open.ts";
import { memoryOption, seedsOption, workersOption } from "./options.ts";
import { performStudy } from "./perform-study.ts";
import { writeFigures } from "./result-folder.ts";
import { dataSource } from "./study-files.ts";
import type { DataFlags } from "./study-flags.ts";

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

/** The studies that the page rests on, the quick ones first. */
const STUDIES = [
  "edge",
  "iris",
  "surface",
  "mnist",
  "mnist-shallow",
  "mnist-deep",
  "mnist-tanh",
  "mnist-relu",
  "first-layer",
  "coarse-bins",
  "convergence",
  "dropout",
  "memorising",
  "harder",
  "recurrent",
].filter((name) => Object.hasOwn(studies, name));

/** Enough to see that everything works: nothing on such a page says anything of networks. */
const QUICK: Readonly<Record<string, object>> = {
  edge: { weightStep: 0.5 },
  surface: { bins: 16, points: 10, weightStep: 2 },
  convergence: { widths: [2, 3], samples: [1000, 10_000], edgeWidth: 5, edgeBins: [8, 16] },
  iris: { epochs: 200, every: 20 },
  "first-layer": { epochs: 5, samples: [10_000] },
  "coarse-bins": { epochs: 5, bins: [4, 8], seeds: [0] },
  dropout: { epochs: 5, seeds: [0, 1], rates: [0, 0.5] },
  memorising: { epochs: 50, seeds: [0, 1] },
  harder: { epochs: 3, seeds: [0, 1], depths: [1, 2] },
  recurrent: { epochs: 5, seeds: [0, 1] },
};
const QUICK_TRAINING = { epochs: 30, every: 6 };

export function reproduceCommand(command: Command, io: Io, version: string): void {
  command
    .description(
      "Runs every study of Mattsson, Michaud & Hoel (2020) that is not finished yet, draws every figure, and writes reproduction.md: for each figure what the paper says, what these runs show, and why they differ. To continue after Ctrl-C, run the same command again.",
    )
    .allowExcessArguments(false)
    .option("--out <folder>", "folder for the runs, figures and page", "reproduction")
    .addOption(choicesOption("--only <names>", "only these studies: iris,edge", STUDIES))
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
  const { out, page = `${out}/reproduction.md`, only = STUDIES } = flags;
  const runs: ReadRun[] = [];
  for (const [k, name] of STUDIES.filter((each) => only.includes(each)).entries()) {
    io.stderr.write(`${k + 1}/${only.length} ${name}\n`);
    runs.push(await finished(studies[name]!, flags, io, version));
  }
  const { figures, missing } = paperFigures(paperData(runs));
  const open = runs.flatMap(({ study, values }) =>
    study.kind === "values" ? valueFigures(study.name, values).filter(({ name }) => name.startsWith("open-")) : [],
  );
  const pictures: Record<string, string> = {};
  const above = page.slice(0, page.lastIndexOf("/") + 1);
  const folder = `${above}figures`;
  const drawn = [...figures, ...open];
  await writeFigures(folder, drawn, io);
  for (const { name } of drawn) pictures[name] = `figures/${name}.png`;
  const text = reproductionPage({
    version,
    command: `causalscope reproduce${flags.quick === true ? " --quick" : ""}`,
    ...paperData(runs),
    findings: runs.flatMap((run) => findingsOf(run)),
    runFindings: runFindings(paperData(runs).runs),
    pictures,
    missing,
  });
  io.storage.write(page, text);
  print(io.stdout, `Page:    ${page}\n`, `Figures: ${folder}\n`, `Runs:    ${out}/runs\n`);
  // Browsers show figures, but no Markdown.
  if (flags.open === true && drawn.length > 0) await openFile(`${folder}/${drawn[0]!.name}.svg`, io);
}

function findingsOf({ study, file, values, folder }: ReadRun) {
  if (study.kind !== "values") return [];
  return [{ study: study.name, findings: study.findings(questionOf(file, study, folder), values) }];
}

/** The run of a study, made or continued where it is not finished. */
async function finished(study: Study, flags: ReproduceFlags, io: Io, version: string): Promise<ReadRun> {
  const { out, quick = false, seeds, quiet = false, workers, memory = DEFAULT_MEMORY, dataDir, download } = flags;
  const folder = `${out}/runs/${study.name}`;
  const training = study.kind === "training";
  const isMnist = study.name.startsWith("mnist");
  const source = isMnist ? dataSource(study, { dataDir, download }, io) : undefined;
  const options = {
    ...(quick && (QUICK[study.name] ?? QUICK_TRAINING)),
    ...(training && seeds !== undefined && { seeds }),
    ...source?.options,
  };
  const question = study.question(options);
  const steps = study.steps(question);
  const ask = { study: study.name, question, steps, version, memory, environment: environment() };
  const run = startRun(folder, ask, { resume: true, storage: io.storage });
  for (const note of run.notes) print(io.stderr, `${note}\n`);
  try {
    if (run.state !== "finished") {
      await performStudy(run, study, question, io, { quiet, version, workers, memory, data: source?.read });
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
  return readRun(folder, io.storage);
}
