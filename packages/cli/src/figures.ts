/** `causalscope figures`: the figures of the paper, from run folders. */

import { InvalidInputError } from "@causalscope/core/errors";
import { type NamedFigure, paperFigures, valueFigures } from "@causalscope/report";
import type { RunData, ValueRow } from "@causalscope/runs";
import { collectRuns, dataOfRun, type ReadRun, readRun } from "@causalscope/runs";
import type { Command } from "commander";
import { addExamples } from "./help.ts";
import { type Io, print } from "./io.ts";
import { openFile } from "./open.ts";
import { writeFigures } from "./result-folder.ts";

interface FiguresFlags {
  readonly out: string;
  readonly open?: boolean;
}

export function figuresCommand(command: Command, io: Io): void {
  command
    .argument("[runs...]", "run folders (default: the newest finished run of each study in the folder runs)")
    .description(
      "Draws the figures of runs as SVG and PNG: figures 1 to 8 of Mattsson, Michaud & Hoel (2020), the causal plane in both coordinates, and the figures of the other studies.",
    )
    .option("--out <folder>", "folder of the figures", "figures")
    .option("--open", "open the first figure")
    .action((folders: string[], flags: FiguresFlags) => runFigures(folders, flags, io));
  addExamples(command, io, [["causalscope figures"], ["causalscope figures runs/mnist runs/iris --out paper"]]);
}

async function runFigures(folders: readonly string[], { out, open }: FiguresFlags, io: Io): Promise<void> {
  const { runs, leftOut } =
    folders.length === 0
      ? collectRuns("runs", io.storage)
      : { runs: new Map(folders.map((folder) => [folder, readRun(folder, io.storage)] as const)), leftOut: [] };
  for (const { folder, reason } of leftOut) print(io.stderr, `Left out: ${folder} (${reason}).\n`);
  const { figures, missing } = paperFigures(paperData([...runs.values()]));
  const own = [...runs].flatMap(([folder, run]) => ownFigures(folder, run, [...runs.values()]));
  if (figures.length + own.length === 0) {
    throw new InvalidInputError({
      who: "figures",
      expected: "finished runs of studies with figures in the folder runs, or their folders",
      got: runs.size === 0 ? "no run" : "none of them",
      remedy: "`causalscope reproduce` makes all of them.",
    });
  }
  const all = [...figures, ...own];
  await writeFigures(out, all, io);
  print(io.stdout, ...all.map(({ name }) => `${out}/${name}.svg, .png\n`));
  // Who gives runs of other studies alone does not want the paper's.
  for (const { name, needs } of figures.length > 0 ? missing : [])
    print(io.stderr, `Not drawn: ${name}, which needs ${needs}.\n`);
  if (open === true) await openFile(`${out}/${all[0]!.name}.svg`, io);
}

/** Studies whose values are drawn in the paper's figures. */
const OF_PAPER = ["edge", "surface", "convergence"];

/** A study's own figures; of several runs of a study, in a folder each, named as the run's. */
function ownFigures(folder: string, { study, values }: ReadRun, all: readonly ReadRun[]): NamedFigure[] {
  if (study.kind === "training" || OF_PAPER.includes(study.name)) return [];
  const several = all.filter((run) => run.study.name === study.name).length > 1;
  const place = several ? `${folder.replace(/\/+$/, "").split("/").at(-1)}/` : "";
  return valueFigures(study.name, values).map(({ name, svg }) => ({ name: `${place}${name}`, svg }));
}

export interface PaperRuns {
  readonly runs: Readonly<Partial<Record<string, RunData>>>;
  readonly values: Readonly<Partial<Record<string, readonly ValueRow[]>>>;
}

/** What figures draw from, by the names of the studies. */
export function paperData(runs: readonly ReadRun[]): PaperRuns {
  const isTraining = (run: ReadRun) => run.study.kind === "training";
  return {
    runs: Object.fromEntries(runs.filter(isTraining).map((run) => [run.study.name, dataOfRun(run)])),
    values: Object.fromEntries(runs.filter((run) => !isTraining(run)).map((run) => [run.study.name, run.values])),
  };
}
