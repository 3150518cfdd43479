/** What the marks of the causal plane are, in a line under it. */
import { drawn, html, svg } from "./dom.ts";
import { type Shape, shape } from "./drawing.ts";
import { LIVE } from "./paint.ts";
import { frontSeed, type Store, shownSeeds } from "./store.ts";

/** "╱ ±2 standard errors of measuring · ● seed 0 · ○ other seeds". */
export function planeKey(store: Store): HTMLElement[] {
  const { data, state } = store;
  const seeds = shownSeeds(store).length;
  const entry = (sample: Shape, text: string) => {
    const picture = svg("svg", { viewBox: "-9 -8 18 16", class: "sample", "aria-hidden": "true" });
    drawn(sample, picture);
    return html("span", {}, picture, text);
  };
  const round = (fill: string) => shape("circle", { r: 5, fill, stroke: LIVE.muted, "stroke-width": 1.8 });
  const bar = { stroke: LIVE.ink, "stroke-width": 3, "stroke-linecap": "round", "stroke-opacity": 0.75 };
  const entries = [entry(shape("path", { d: "M-6,4L6,-4", ...bar }), "±2 standard errors of measuring")];
  if (data.brackets.degeneracy !== undefined) {
    const box = { x: -8, y: -4, width: 16, height: 8, fill: LIVE.muted, "fill-opacity": 0.25, stroke: LIVE.muted };
    entries.push(entry(shape("rect", box), "bracket"));
  }
  if (seeds < 2) return entries;
  entries.push(
    entry(round(LIVE.muted), `seed ${data.seeds[frontSeed(store)]}`),
    entry(round(LIVE.page), "other seeds"),
  );
  if (state.band) {
    const area = { d: "M-4,2L0,-2L4,1Z", fill: LIVE.muted, stroke: LIVE.muted, "stroke-width": 8, opacity: 0.3 };
    entries.push(entry(shape("path", { ...area, "stroke-linejoin": "round" }), `all of N = ${seeds} seeds`));
  }
  return entries;
}
