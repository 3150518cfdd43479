/** `causalscope reproduce`: all studies of the paper, its figures, and the page that says what holds. */

import { InvalidInputError } from "@causalscope/core/errors";
import { DEFAULT_MEMORY } from "@causalscope/core/measures";
import { paperFigures, png, reproductionPage, valueFigures } from "@causalscope/report";
import { questionOf, type ReadRun, readRun, startRun } from "@causalscope/runs";
import type { Study } from "@causalscope/studies/internal";
import { runFindings, studies } from "@causalscope/studies/internal";
import type { Command } from "commander";
import { paperData } from "./figures.ts";
import { environment, Interrupted, type Io, shellWord } from "./io.ts";
import { memoryOption, seedsOption, workersOption } from "./options.ts";
import { performStudy } from "./perform-study.ts";
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
      "Runs every study of Mattsson, Michaud & Hoel (2020) that is not finished yet, draws every figure, and writes reproduction.md: figure by figure what the paper says, what is found, and why it differs. Ctrl-C, then the same command, continues.",
    )
    .allowExcessArguments(false)
    .option("--out <folder>", "folder of the runs, figures and page", "reproduction")
    .option("--only <names>", "these studies only, with commas between", (text) => text.split(","))
    .option("--seeds <n|list>", "of the training studies (default: each study's own)", (text) =>
      seedsOption(text, "--seeds"),
    )
    .option("--quick", "a minute's work, to see that everything runs; its numbers say nothing")
    .option("--data-dir <folder>", "folder with MNIST's own files, to learn from the authors' 25,000 images")
    .option("--download", "fetch them")
    .option("--page <file>", "where the page is written (default: reproduction.md in the folder)")
    .option("--workers <n>", "worker threads; 0 for none (default: one for each core)", (text) =>
      workersOption(text, "--workers"),
    )
    .option("--memory <size>", "memory that measuring a layer may take (default: 1GB)", (text) =>
      memoryOption(text, "--memory"),
    )
    .option("--quiet", "show no progress")
    .addHelpText(
      "after",
      "\nExamples:\n  $ causalscope reproduce\n  $ causalscope reproduce --only edge,surface --out figure-1",
    )
    .action((flags: ReproduceFlags) => reproduce(flags, io, version));
}

async function reproduce(flags: ReproduceFlags, io: Io, version: string): Promise<void> {
  const { out, page = `${out}/reproduction.md`, only = STUDIES } = flags;
  const unknown = only.find((name) => !STUDIES.includes(name));
  if (unknown !== undefined) {
    throw new InvalidInputError({ who: "--only", expected: `some of ${STUDIES.join(", ")}`, got: unknown });
  }
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
  for (const { name, svg } of [...figures, ...open]) {
    io.storage.write(`${folder}/${name}.svg`, svg);
    io.storage.write(`${folder}/${name}.png`, png(svg));
    pictures[name] = `figures/${name}.png`;
  }
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
  io.stdout.write(`Page:    ${page}\nFigures: ${folder}\nRuns:    ${out}/runs\n`);
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
  for (const note of run.notes) io.stderr.write(`${note}\n`);
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
