/** The figures of a run, as standalone SVG files: pure functions, the same bytes for the same run. */

import type { RunData } from "@causalscope/runs";
import type { NamedFigure } from "@causalscope/runs";
import { causalPlaneFigure } from "./figures/causal-plane.ts";
import { effectiveInformationFigure } from "./figures/effective-information.ts";
import { integrationFigure } from "./figures/integration.ts";

export type { NamedFigure };

/**
 * All figures of a run of a training study, as SVG: the same bytes for the same run.
 *
 * @example
 * ```ts
 * await performStudy(await study("iris"), "runs/short", { options: { seeds: [0], epochs: 20, every: 10 } });
 * const all = figures(trainingDataOf(await readStudyRun("runs/short")));
 * for (const { name } of all.slice(0, 2)) console.log(name); // causal-plane
 * // causal-plane-paper
 * ```
 * @throws InvalidInputError where the run holds no measurement.
 */
export function figures(run: RunData): NamedFigure[] {
  return [
    { name: "causal-plane", svg: causalPlaneFigure(run) },
    { name: "causal-plane-paper", svg: causalPlaneFigure(run, "paper") },
    { name: "effective-information", svg: effectiveInformationFigure(run) },
    { name: "integration", svg: integrationFigure(run) },
  ];
}
