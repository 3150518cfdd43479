import { composeFigure, MILLIMETRES, PAGE } from "@causalscope/report/internal";
import type { NamedFigure, ValueRow } from "@causalscope/runs";
import { LETTERS, surfacePanel } from "../common/figure-1.ts";

/** Figure 3: what two sigmoid inputs transmit each by itself, what of it overlaps, and what is left. */
export function figure3(surface: readonly ValueRow[]): NamedFigure {
  const measures = ["sensitivity", "degeneracy", "ei"] as const;
  const names = { sensitivity: "sensitivity", degeneracy: "degeneracy", ei: "EI" };
  return {
    name: "figure-3",
    svg: composeFigure({
      width: PAGE,
      millimetres: MILLIMETRES,
      title: "Sensitivity, degeneracy and EI of two sigmoid inputs",
      legend: [],
      panels: [
        measures.map((measure, k) => surfacePanel(surface, "sigmoid", measure, `${LETTERS[k]}  ${names[measure]}`)),
      ],
      caption: `Exact, at ${surface[0]!.setting.bins} bins. EI = sensitivity − degeneracy. Each panel has its own colours.`,
    }),
  };
}
