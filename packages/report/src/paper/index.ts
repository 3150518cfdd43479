/** The figures of Mattsson, Michaud & Hoel (2020), made of runs: those that the runs at hand allow, and what the others need. */
import type { RunData, ValueRow } from "@causalscope/runs";
import { reportData } from "../data.ts";
import { ablationFigures, classFigure } from "../figures/ablation.ts";
import { generalizationFigure } from "../figures/generalization.ts";
import { informationPlaneFigures } from "../figures/information-plane.ts";
import { neuronFigures } from "../figures/neuron-information.ts";
import type { NamedFigure } from "../figures.ts";
import { openFigure } from "./open-figures.ts";
import { figure2, figure4, figure5, figure8, type NamedRun, planesByDepth, rotatedPlanes } from "./run-figures.ts";
import { figure1, figure3, figure6, figure7 } from "./value-figures.ts";

/** By the names of the studies. */
export interface PaperData {
  readonly runs: Readonly<Partial<Record<string, RunData>>>;
  readonly values: Readonly<Partial<Record<string, readonly ValueRow[]>>>;
}

export interface MissingFigure {
  readonly name: string;
  /** "the studies mnist and iris". */
  readonly needs: string;
}

const TITLES: Readonly<Record<string, string>> = {
  mnist: "MNIST",
  iris: "Iris",
  "mnist-shallow": "shallow",
  "mnist-deep": "deep",
  "mnist-tanh": "tanh",
  "mnist-relu": "ReLU",
};

const OPEN: Readonly<Record<string, string>> = {
  dropout: "What dropout does to EI",
  memorising: "Memorising random labels against generalising",
  harder: "Deeper networks on harder data",
  recurrent: "Recurrent networks",
};

export function paperFigures({ runs, values }: PaperData): { figures: NamedFigure[]; missing: MissingFigure[] } {
  const figures: NamedFigure[] = [];
  const missing: MissingFigure[] = [];
  const named = (names: readonly string[]): NamedRun[] =>
    names.flatMap((name) => {
      const run = runs[name];
      return run === undefined
        ? []
        : [{ title: name === "mnist" && names.length === 3 ? "standard" : TITLES[name]!, data: reportData(run) }];
    });
  /** A figure of runs is drawn of those that are there; what it lacks is said. */
  const ofRuns = (name: string, names: readonly string[], draw: (found: readonly NamedRun[]) => NamedFigure) => {
    const found = named(names);
    if (found.length > 0) figures.push(draw(found));
    const absent = names.filter((each) => runs[each] === undefined);
    if (absent.length > 0) missing.push({ name, needs: needed(absent) });
  };
  const { edge = [], surface = [], convergence = [] } = values;
  if (edge.length > 0 || surface.length > 0) figures.push(figure1(edge, surface));
  const absent = [edge.length === 0 ? "edge" : "", surface.length === 0 ? "surface" : ""].filter(Boolean);
  if (absent.length > 0) missing.push({ name: "figure-1", needs: needed(absent) });
  ofRuns("figure-2", ["mnist", "iris"], figure2);
  if (surface.length > 0) figures.push(figure3(surface));
  else missing.push({ name: "figure-3", needs: needed(["surface"]) });
  ofRuns("figure-4", ["mnist", "iris"], figure4);
  ofRuns("causal-plane-rotated", ["mnist", "iris"], rotatedPlanes);
  ofRuns("figure-5", ["mnist", "iris"], figure5);
  if (convergence.length > 0) figures.push(figure6(convergence), figure7(convergence));
  else missing.push({ name: "figure-6 and figure-7", needs: needed(["convergence"]) });
  ofRuns("figure-8", ["mnist-tanh", "mnist-relu"], figure8);
  ofRuns("planes-by-depth", ["mnist-shallow", "mnist", "mnist-deep"], planesByDepth);
  return { figures, missing };
}

function needed(studies: readonly string[]): string {
  return studies.length === 1 ? `the study ${studies[0]}` : `the studies ${studies.join(" and ")}`;
}

/** The figures of one study that trains nothing by itself. */
export function valueFigures(study: string, values: readonly ValueRow[]): NamedFigure[] {
  if (study === "ablation") return [...ablationFigures(values), ...classFigure(values), ...neuronFigures(values)];
  if (study === "generalization") return [generalizationFigure(values)];
  if (study === "information-plane") return informationPlaneFigures(values);
  if (study === "edge") return [figure1(values, [])];
  if (study === "surface") return [figure1([], values), figure3(values)];
  if (study === "convergence") return [figure6(values), figure7(values)];
  const title = OPEN[study];
  // Of recurrent cells both maps by themselves; together they are in the table.
  const shown = values.filter(({ setting: { map } }) => map === undefined || map === "memory" || map === "writing");
  return title === undefined ? [] : [openFigure(study, title, shown)];
}
