/**
 * The report's player: reads the run embedded in the page and draws it. No library, no network, no storage.
 * Bundled by scripts/bundle-player.mjs into one inline script.
 */
import { layerClass, layerLabel, layerSymbol, symbolPath } from "../chart.ts";
import type { ReportData } from "../data.ts";
import { lossFalls } from "../learning.ts";
import { curveView, measureLines } from "./curve-view.ts";
import { byId, html, svg } from "./dom.ts";
import { planeView } from "./plane-view.ts";
import { playback } from "./playback.ts";
import { createStore, type Store } from "./store.ts";
import { valuesView } from "./values-view.ts";

const data = JSON.parse(byId("run-data").textContent) as ReportData;
const store = createStore(data);
const falls = lossFalls(data);

choices(store);
theme();
planeView(byId("plane"), store);
curveView(byId("ei"), store, {
  name: "Effective information over the epochs",
  yLabel: "EI (bits)",
  height: 270,
  lines: measureLines(store, "ei"),
  falls,
});
curveView(byId("loss"), store, {
  name: "Loss over the epochs",
  yLabel: "loss",
  height: 200,
  lines: [
    { color: "ink", dash: "", values: data.training.trainLoss },
    { color: "muted", dash: "6 4", values: data.training.testLoss },
  ],
  falls,
});
curveView(byId("phi"), store, {
  name: "φ over the epochs",
  yLabel: "φ (bits)",
  height: 250,
  lines: measureLines(store, "phi"),
});
curveView(byId("accuracy"), store, {
  name: "Accuracy over the epochs",
  yLabel: "accuracy",
  height: 250,
  domain: [0, 1],
  lines: [
    { color: "ink", dash: "", values: data.training.trainAccuracy },
    { color: "muted", dash: "6 4", values: data.training.testAccuracy },
  ],
});
valuesView(store);
playback(store);
redrawOnResize(store);

/** A box per layer and per seed; a legend at the same time. */
function choices(store: Store): void {
  const box = (label: string, shown: boolean[], at: number, ...sample: Element[]) => {
    const input = html("input", { type: "checkbox", checked: "" });
    input.addEventListener("change", () => {
      shown[at] = input.checked;
      store.notify("layout");
    });
    return html("label", {}, input, ...sample, label);
  };
  const layers = byId("layers");
  for (const [l, layer] of store.data.layers.entries()) {
    const sample = svg("svg", { viewBox: "-8 -8 16 16", class: `sample ${layerClass(l)}`, "aria-hidden": "true" });
    svg("path", { d: symbolPath(layerSymbol(l), 6) }, sample);
    layers.append(box(layerLabel(layer), store.layers, l, sample));
  }
  for (const [s, seed] of store.data.seeds.entries()) byId("seeds").append(box(`seed ${seed}`, store.seeds, s));
}

/** The page follows the system until the reader chooses. */
function theme(): void {
  const button = byId<HTMLButtonElement>("theme");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;
  const now = () => root.dataset.theme ?? (dark.matches ? "dark" : "light");
  const show = () => {
    button.textContent = now() === "dark" ? "Light page" : "Dark page";
  };
  button.addEventListener("click", () => {
    root.dataset.theme = now() === "dark" ? "light" : "dark";
    show();
  });
  dark.addEventListener("change", show);
  show();
}

function redrawOnResize(store: Store): void {
  const main = byId("figures");
  let width = main.clientWidth;
  new ResizeObserver(() => {
    if (main.clientWidth === width) return;
    width = main.clientWidth;
    store.notify("layout");
  }).observe(main);
}
