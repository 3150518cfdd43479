/**
 * The report's script: reads the run embedded in the page and shows it with the views that the app uses, too. No library, no network, no storage.
 * Bundled by scripts/bundle-player.mjs into one inline script.
 */
import { formatLoss, formatPercent, layerLabel } from "../chart.ts";
import { meanSeries, momentName, type ReportData, TRAINING_COLUMNS } from "../data.ts";
import { html } from "../views/dom.ts";
import { exportMenu } from "../views/export.ts";
import { layerMark } from "../views/layer-mark.ts";
import { planeView } from "../views/plane-view.ts";
import { checkpoint, createStore, frontSeed, type Store, shownSeeds } from "../views/store.ts";
import { stripView } from "../views/strip-view.ts";
import { asTable, trainingTable } from "../views/table.ts";
import { tableView } from "../views/table-view.ts";
import { byId } from "./by-id.ts";
import { playback } from "./playback.ts";

const data = JSON.parse(byId("run-data").textContent) as ReportData;
const store = createStore(data);

choices(store);
planeChoices(store);
theme();
const measures = () => asTable(data);
exportMenu(byId("plane-export"), { name: "causal-plane", view: planeView(byId("plane"), store), table: measures });
exportMenu(byId("ei-export"), {
  name: "effective-information",
  view: stripView(byId("ei"), store, { panels: ["ei", "loss"], height: 470 }),
  table: measures,
});
exportMenu(byId("phi-export"), {
  name: "integration",
  view: stripView(byId("phi"), store, { panels: ["phi"], height: 250 }),
  table: measures,
});
exportMenu(byId("accuracy-export"), {
  name: "accuracy",
  view: stripView(byId("accuracy"), store, { panels: ["accuracy"], height: 250 }),
  table: () => trainingTable(data),
});
tableView(byId("values"), store);
learned(store);
playback(store);

/** A box per layer and per seed; a legend at the same time. */
function choices(store: Store): void {
  const box = (label: string, part: "layers" | "seeds", at: number, ...sample: Element[]) => {
    const input = html("input", { type: "checkbox", checked: "" });
    input.addEventListener("change", () => {
      store.set({ [part]: store.state[part].map((shown, k) => (k === at ? input.checked : shown)) });
    });
    return html("label", {}, input, ...sample, label);
  };
  const layers = byId("layers");
  for (const [l, layer] of store.data.layers.entries()) {
    layers.append(box(layerLabel(layer), "layers", l, layerMark(l)));
  }
  for (const [s, seed] of store.data.seeds.entries()) byId("seeds").append(box(`seed ${seed}`, "seeds", s));
  const choice = byId<HTMLSelectElement>("table-seed");
  if (store.data.seeds.length > 1) choice.append(html("option", { value: -1 }, "mean over the seeds shown"));
  choice.append(...store.data.seeds.map((seed, s) => html("option", { value: s }, `seed ${seed}`)));
  choice.addEventListener("change", () => {
    const seed = Number(choice.value);
    store.set(seed < 0 ? { table: "mean" } : { table: "seed", seed });
  });
}

function planeChoices(store: Store): void {
  const axes = byId<HTMLButtonElement>("axes");
  axes.addEventListener("click", () => {
    const paper = store.state.axes !== "paper";
    axes.setAttribute("aria-pressed", String(paper));
    store.set({ axes: paper ? "paper" : "rotated" });
  });
  const band = byId<HTMLButtonElement>("band");
  band.hidden = store.data.seeds.length < 2;
  band.addEventListener("click", () => {
    band.setAttribute("aria-pressed", String(!store.state.band));
    store.set({ band: !store.state.band });
  });
}

/** How well the network does at the moment shown, in a sentence. */
function learned(store: Store): void {
  const show = () => {
    const e = checkpoint(store);
    const seeds = store.state.table === "mean" ? shownSeeds(store) : [frontSeed(store)];
    const [trainLoss, testLoss, trainAccuracy, testAccuracy] = TRAINING_COLUMNS.map((column) =>
      seeds.length === 0 ? null : (meanSeries(seeds.map((s) => data.training[column][s]!))[e] ?? null),
    );
    byId("learned").textContent =
      `At ${momentName(data, data.epochs[e]!)}: training loss ${formatLoss(trainLoss!)}, test loss ${formatLoss(testLoss!)}, training accuracy ${formatPercent(trainAccuracy!)}, test accuracy ${formatPercent(testAccuracy!)}.`;
  };
  store.subscribe(show);
  show();
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
