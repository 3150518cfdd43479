/** `causalscope figures`: the figures of the paper, from run folders. */

import { InvalidInputError } from "@causalscope/core/errors";
import type { NamedFigure } from "@causalscope/report";
import type { StudyRun } from "@causalscope/runs";
import { type MissingFigure, paperData, paperFigures, planeFigures } from "@causalscope/studies/reproduction";
import { collectRuns, readStudyRun } from "@causalscope/studies/runs";
import type { Command } from "commander";
import { addExamples } from "./help.ts";
import { type Io, print } from "./io.ts";
import { openFile } from "./open.ts";
import { writeFigures } from "./result-folder.ts";
import { shortFingerprint } from "./summary.ts";

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
    folders.length === 0 ? await collectRuns("runs", io.storage) : { runs: await runsIn(folders, io), leftOut: [] };
  for (const { folder, reason } of leftOut) print(io.stderr, `Left out: ${folder} (${reason}).\n`);
  const all = [...runs.values()];
  // First each run by itself: a run that was changed is named by its own figures.
  const ofRuns = (await Promise.all([...runs].map(([folder, run]) => ownFigures(folder, run, all)))).flat();
  const { figures, missing } = paperFigures(paperData(all));
  const own = ofRuns
    .filter(({ figure }) => !figures.some(({ name }) => name === figure.name))
    .map(({ name, figure }) => ({ ...figure, name }));
  if (figures.length + own.length === 0) {
    throw new InvalidInputError({
      who: "figures",
      expected: "finished runs with figures, in the folder runs or in the folders given",
      got: runs.size === 0 ? "no run" : "none with figures",
      remedy: "`causalscope reproduce` makes all of them.",
    });
  }
  const drawn = [...figures, ...own];
  await writeFigures(out, drawn, io);
  print(io.stdout, ...drawn.map(({ name }) => `${out}/${name}.svg, .png\n`));
  print(io.stdout, "\n", ...all.map((run) => `Drawn from ${run.folder}, fingerprint ${shortFingerprint(run)}\n`));
  // Who gives runs of other studies alone does not want the paper's.
  if (figures.length > 0) print(io.stderr, ...lacking(figures, missing));
  if (open === true) await openFile(`${out}/${drawn[0]!.name}.svg`, io);
}

/** Each study that is lacking once, with the figures that are not drawn without it, or in part. */
function lacking(figures: readonly NamedFigure[], missing: readonly MissingFigure[]): string[] {
  const drawn = new Set(figures.map(({ name }) => name));
  return [...new Set(missing.map(({ needs }) => needs))].flatMap((needs) => {
    const names = missing.filter((each) => each.needs === needs).map(({ name }) => name);
    const [inPart, not] = [true, false].map((is) => names.filter((name) => drawn.has(name) === is).join(", "));
    return [
      ...(not === "" ? [] : [`Not drawn without ${needs}: ${not}.\n`]),
      ...(inPart === "" ? [] : [`Drawn in part without ${needs}: ${inPart}.\n`]),
    ];
  });
}

async function runsIn(folders: readonly string[], io: Io): Promise<ReadonlyMap<string, StudyRun>> {
  const runs = new Map<string, StudyRun>();
  for (const folder of folders) runs.set(folder, await readStudyRun(folder, io.storage));
  return runs;
}

/** A study's own figures; of several runs of a study, in a folder each, named as the run's. Of a training its planes: all others are in its run. */
async function ownFigures(
  folder: string,
  run: StudyRun,
  all: readonly StudyRun[],
): Promise<{ readonly name: string; readonly figure: NamedFigure }[]> {
  const { study, options, rows } = run;
  const several = all.filter((other) => other.study.name === study.name).length > 1;
  const place = several ? `${folder.replace(/\/+$/, "").split("/").at(-1)}/` : "";
  const drawn = study.network === undefined ? await study.figures(options, rows) : planeFigures(run);
  return drawn.map((figure) => ({ name: `${place}${figure.name}`, figure }));
}
