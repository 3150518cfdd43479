/** Figures 6 and 7 of the paper. */

import { greatest } from "@causalscope/core/basics";
import {
  composeFigure,
  ERROR_REACH,
  extent,
  fixed,
  INK,
  type LegendEntry,
  layerColor,
  layerSymbol,
  MILLIMETRES,
  MUTED,
  nice,
  PAGE,
  type Panel,
  panel,
  plotSymbol,
} from "@causalscope/report/internal";
import type { NamedFigure, ValueRow } from "@causalscope/runs";
import * as Plot from "@observablehq/plot";
import { binsLegend, distinct, LETTERS } from "../common/figure-1.ts";

/** Figure 6: EI_parts of one layer by samples, at several numbers of bins, with the exact values. */
export function figure6(convergence: readonly ValueRow[]): NamedFigure {
  const rows = convergence.filter(({ setting, measure }) => setting.figure === 6 && measure === "eiParts");
  const bins = distinct(rows, "bins");
  const drawn = rows.filter(({ setting }) => (setting.draws as number) > 0);
  const exact = bins.map((each) => ({
    each,
    bits: rows.find(({ setting }) => setting.bins === each && setting.draws === 0)!.value,
  }));
  const color = (each: number) => layerColor(bins.indexOf(each));
  // What lies above is bias alone, and would press the rest together.
  const top = 3 * greatest(exact.map(({ bits }) => bits));
  const x = extent(drawn.map(({ setting }) => setting.draws as number)) ?? [10, 100];
  const shown = drawn.filter(({ value }) => value <= top);
  const width = rows[0]!.setting.width;
  return {
    name: "figure-6",
    svg: composeFigure({
      width: PAGE,
      millimetres: MILLIMETRES,
      title: `EI_parts of a ${width}→${width} sigmoid layer by samples and bins`,
      legend: [[...binsLegend(bins), { kind: "dashed", color: MUTED, label: "exact" }]],
      panels: [
        [
          panel({
            heading: "a  by samples",
            height: 380,
            x,
            y: nice([0, top], 6),
            xLabel: "samples of the plug-in",
            yLabel: "EI_parts (bits)",
            logarithmic: true,
            marks: [
              Plot.ruleY(exact, { y: "bits", stroke: (d: { each: number }) => color(d.each), strokeDasharray: "6 4" }),
              Plot.line(shown, {
                x: (d: ValueRow) => d.setting.draws,
                y: "value",
                z: (d: ValueRow) => d.setting.bins,
                stroke: (d: ValueRow) => color(d.setting.bins as number),
                strokeWidth: 1.8,
              }),
              Plot.dot(shown, {
                x: (d: ValueRow) => d.setting.draws,
                y: "value",
                r: 3.5,
                fill: (d: ValueRow) => color(d.setting.bins as number),
              }),
            ],
          }),
          panel({
            heading: "b  exact, by bins",
            height: 380,
            x: [1, 10 ** Math.ceil(Math.log10(greatest(bins)))],
            y: nice([0, greatest(exact.map(({ bits }) => bits))], 6),
            xLabel: "bins",
            yLabel: "EI_parts (bits)",
            logarithmic: true,
            marks: [
              Plot.line(exact, { x: "each", y: "bits", stroke: INK, strokeWidth: 1.8 }),
              Plot.dot(exact, { x: "each", y: "bits", r: 4.5, fill: (d: { each: number }) => color(d.each) }),
            ],
          }),
        ],
      ],
      caption: `The more bins there are, the later the published estimator falls to the exact values (dashed): its bias is about (cells − rows − columns + 1)/(2 N ln 2) bits for each pair. Values above ${fixed(top, 0)} bits are not drawn.`,
    }),
  };
}

/** Figure 7: EI and EI_parts by samples, for layers of several widths, at two scales of the weights. */
export function figure7(convergence: readonly ValueRow[]): NamedFigure {
  const own = convergence.filter(({ setting }) => setting.figure === 7);
  const scales = distinct(own, "scale");
  const widths = distinct(own, "width");
  const rows = scales.map((scale, r) =>
    (["ei", "eiParts"] as const).map((measure, c) =>
      convergencePanel(
        own,
        scale,
        measure,
        widths,
        `${LETTERS[2 * r + c]}  ${measure === "ei" ? "EI" : "EI_parts"}, weights × ${scale}`,
      ),
    ),
  );
  return {
    name: "figure-7",
    svg: composeFigure({
      width: PAGE,
      millimetres: MILLIMETRES,
      title: `EI and EI_parts by samples, layers of ${widths[0]} to ${widths.at(-1)} units, ${own[0]!.setting.bins} bins`,
      legend: [
        [
          ...widths.map(
            (width, k): LegendEntry => ({
              kind: "line",
              color: layerColor(k),
              symbol: layerSymbol(k),
              label: `${width}→${width}`,
            }),
          ),
          { kind: "dashed", color: MUTED, label: "not by the plug-in" },
          { kind: "band", color: MUTED, label: "±2 standard errors of measuring" },
        ],
      ],
      panels: rows,
      caption:
        "Full lines with marks: the published plug-in estimator. Dashed, at the right: EI by the conditional estimator with its standard error, and EI_parts exactly. Where joint states hardly ever repeat, the plug-in estimate levels off at a wrong value. Wide layers are sampled less.",
    }),
  };
}

function convergencePanel(
  own: readonly ValueRow[],
  scale: number,
  measure: string,
  widths: readonly number[],
  heading: string,
): Panel {
  const rows = own.filter((row) => row.measure === measure && row.setting.scale === scale);
  const drawn = rows.filter(({ setting }) => (setting.draws as number) > 0);
  const [low, high] = extent(drawn.map(({ setting }) => setting.draws as number)) ?? [10, 100];
  const truths = rows
    .filter(({ setting }) => setting.draws === 0)
    .map(({ setting, value: bits, standardError }) => ({
      width: setting.width as number,
      bits,
      reach: ERROR_REACH * standardError,
    }));
  const color = (width: number) => layerColor(widths.indexOf(width));
  return panel({
    heading,
    height: 330,
    x: [low, high * 10],
    xLast: high,
    y: nice([0, greatest(rows.map(({ value }) => value))], 6),
    xLabel: "samples of the plug-in",
    yLabel: measure === "ei" ? "EI (bits)" : "EI_parts (bits)",
    logarithmic: true,
    marks: [
      Plot.rect(truths, {
        x1: high * 2,
        x2: high * 8,
        y1: (d: { bits: number; reach: number }) => d.bits - d.reach,
        y2: (d: { bits: number; reach: number }) => d.bits + d.reach,
        fill: (d: { width: number }) => color(d.width),
        fillOpacity: 0.25,
      }),
      Plot.link(truths, {
        x1: high * 2,
        x2: high * 8,
        y1: "bits",
        y2: "bits",
        stroke: (d: { width: number }) => color(d.width),
        strokeWidth: 2,
        strokeDasharray: "5 3",
      }),
      ...widths.map((width, k) =>
        Plot.line(
          drawn.filter(({ setting }) => setting.width === width),
          {
            x: (d: ValueRow) => d.setting.draws,
            y: "value",
            stroke: layerColor(k),
            strokeWidth: 1.6,
          },
        ),
      ),
      ...widths.map((width, k) =>
        Plot.dot(
          drawn.filter(({ setting }) => setting.width === width),
          {
            x: (d: ValueRow) => d.setting.draws,
            y: "value",
            ...{ r: 4, symbol: plotSymbol(layerSymbol(k)), fill: layerColor(k), stroke: "#ffffff", strokeWidth: 0.8 },
          },
        ),
      ),
    ],
  });
}
