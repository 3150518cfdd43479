/** The figures of Mattsson, Michaud & Hoel (2020), made of runs: those that the runs at hand allow, and what the others need. */
import { causalPlaneFigure } from "@causalscope/report";
import { reportData } from "@causalscope/report/internal";
import type { NamedFigure, RunData, ValueRow } from "@causalscope/runs";
import { type StudyRun, trainingDataOf } from "@causalscope/runs";
import { figure1 } from "../common/figure-1.ts";
import { about as convergence } from "../convergence/about.ts";
import { figure6, figure7 } from "../convergence/figures.ts";
import { about as edge } from "../edge/about.ts";
import { about as iris } from "../iris/about.ts";
import * as mnist from "../mnist/about.ts";
import { about as surface } from "../surface/about.ts";
import { figure3 } from "../surface/figures.ts";
import { figure2, figure4, figure5, figure8, type NamedRun, planesByDepth, rotatedPlanes } from "./run-figures.ts";

/** What figures draw from, by the names of the studies. */
export interface PaperData {
  readonly runs: Readonly<Partial<Record<string, RunData>>>;
  readonly values: Readonly<Partial<Record<string, readonly ValueRow[]>>>;
}

/**
 * What `paperFigures()` draws from, taken from runs: one for each study.
 *
 * @example
 * ```ts
 * await performStudy(await study("iris"), "runs/short", { options: { seeds: [0], epochs: 20, every: 10 } });
 * const { runs } = paperData([await readStudyRun("runs/short")]);
 * console.log(Object.keys(runs)); // [ 'iris' ]
 * ```
 */
export function paperData(all: readonly StudyRun[]): PaperData {
  const [training, others] = [true, false].map((is) => all.filter(({ study }) => is === (study.network !== undefined)));
  return {
    runs: Object.fromEntries(training!.map((run) => [run.study.name, trainingDataOf(run)])),
    values: Object.fromEntries(others!.map(({ study, rows }) => [study.name, rows.values])),
  };
}

/** A figure that could not be drawn, and the studies that it needs. */
export interface MissingFigure {
  readonly name: string;
  /** "the studies mnist and iris". */
  readonly needs: string;
}

/** A study whose run is drawn, and what a heading calls it. */
type Drawn = readonly [study: { readonly name: string }, title: string];

const BOTH: readonly Drawn[] = [
  [mnist.standard, "MNIST"],
  [iris, "Iris"],
];
const OTHER_ACTIVATIONS: readonly Drawn[] = [
  [mnist.tanh, "tanh"],
  [mnist.relu, "ReLU"],
];
const DEPTHS: readonly Drawn[] = [
  [mnist.shallow, "shallow"],
  [mnist.standard, "standard"],
  [mnist.deep, "deep"],
];

/** The studies whose runs the paper's planes show. */
const WITH_PLANES: ReadonlySet<string> = new Set([...BOTH, ...OTHER_ACTIVATIONS, ...DEPTHS].map(([{ name }]) => name));

/**
 * The causal planes of a training run: the readable one, and that with the paper's axes where none of the paper's figures shows it.
 *
 * @example
 * ```ts
 * await performStudy(await study("iris"), "runs/short", { options: { seeds: [0], epochs: 20, every: 10 } });
 * const planes = planeFigures(await readStudyRun("runs/short"));
 * console.log(planes.map(({ name }) => name)); // [ 'causal-plane-iris' ]
 * ```
 */
export function planeFigures(run: StudyRun): NamedFigure[] {
  const data = trainingDataOf(run);
  const { name } = run.study;
  const planes = [{ name: `causal-plane-${name}`, svg: causalPlaneFigure(data) }];
  if (!WITH_PLANES.has(name))
    planes.push({ name: `causal-plane-${name}-paper`, svg: causalPlaneFigure(data, "paper") });
  return planes;
}

/**
 * The figures of Mattsson, Michaud & Hoel (2020), as SVG: those that the runs at hand allow, and what the others need.
 *
 * @example
 * ```ts
 * await performStudy(await study("iris"), "runs/short", { options: { seeds: [0], epochs: 20, every: 10 } });
 * const { figures: drawn, missing } = paperFigures(paperData([await readStudyRun("runs/short")]));
 * console.log(drawn.map(({ name }) => name).join(" ")); // figure-2 figure-4 causal-plane-rotated figure-5
 * console.log(missing.find(({ name }) => name === "figure-3")?.needs); // the study surface
 * ```
 */
export function paperFigures({ runs, values }: PaperData): { figures: NamedFigure[]; missing: MissingFigure[] } {
  const figures: NamedFigure[] = [];
  const missing: MissingFigure[] = [];
  /** A figure of runs is drawn of those that are there; what it lacks is said. */
  const ofRuns = (name: string, drawn: readonly Drawn[], draw: (found: readonly NamedRun[]) => NamedFigure) => {
    const found = drawn.flatMap(([study, title]): NamedRun[] => {
      const run = runs[study.name];
      return run === undefined ? [] : [{ title, data: reportData(run) }];
    });
    if (found.length > 0) figures.push(draw(found));
    const absent = drawn.map(([study]) => study.name).filter((each) => runs[each] === undefined);
    if (absent.length > 0) missing.push({ name, needs: needed(absent) });
  };
  const rowsOf = ({ name }: { readonly name: string }) => values[name] ?? [];
  const [ofEdge, ofSurface, ofConvergence] = [rowsOf(edge), rowsOf(surface), rowsOf(convergence)];
  if (ofEdge.length > 0 || ofSurface.length > 0) figures.push(figure1(ofEdge, ofSurface));
  const absent = [edge, surface].filter((study) => rowsOf(study).length === 0).map(({ name }) => name);
  if (absent.length > 0) missing.push({ name: "figure-1", needs: needed(absent) });
  ofRuns("figure-2", BOTH, figure2);
  if (ofSurface.length > 0) figures.push(figure3(ofSurface));
  else missing.push({ name: "figure-3", needs: needed([surface.name]) });
  ofRuns("figure-4", BOTH, figure4);
  ofRuns("causal-plane-rotated", BOTH, rotatedPlanes);
  ofRuns("figure-5", BOTH, figure5);
  if (ofConvergence.length > 0) figures.push(figure6(ofConvergence), figure7(ofConvergence));
  else missing.push({ name: "figure-6 and figure-7", needs: needed([convergence.name]) });
  ofRuns("figure-8", OTHER_ACTIVATIONS, figure8);
  ofRuns("planes-by-depth", DEPTHS, planesByDepth);
  return { figures, missing };
}

function needed(studies: readonly string[]): string {
  if (studies.length === 1) return `the study ${studies[0]}`;
  return `the studies ${studies.slice(0, -1).join(", ")} and ${studies.at(-1)}`;
}
