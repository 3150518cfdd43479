/** A page with every view, in the browser of `views.test.ts`: a network of four layers with three seeds, made up. */
import {
  addViewStyle,
  createStore,
  edgeView,
  heatOf,
  networkView,
  planeView,
  type ReportData,
  stripView,
  surfaceView,
  tableView,
} from "../src/views.ts";

addViewStyle(document);
const sheet = new CSSStyleSheet();
sheet.replaceSync(`*{box-sizing:border-box}body{margin:0;padding:12px;background:var(--page);color:var(--ink);font:14px/1.4 "DejaVu Sans",sans-serif}
#grid{display:grid;grid-template-columns:minmax(0,1fr);gap:16px}
@media(min-width:900px){#grid{grid-template-columns:minmax(0,1fr) 356px}}`);
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];

const grid = document.createElement("div");
grid.id = "grid";
document.body.append(grid);
const [left, right] = [document.createElement("div"), document.createElement("div")];
grid.append(left, right);
const place = (parent: HTMLElement, id: string) => {
  const host = document.createElement("div");
  host.id = id;
  parent.append(host);
  return host;
};

const wave = (a: number, b: number) => Math.sin(a * 12.9898 + b * 78.233);
const units = [25, 6, 6, 6, 5];
const matrices = (scale: (value: number) => number) =>
  units
    .slice(1)
    .map((count, l) =>
      Array.from({ length: count }, (_, to) =>
        Array.from({ length: units[l]! }, (_, from) => scale(wave(l + to, from))),
      ),
    );
const field = (shift: number) => ({
  columns: 40,
  rows: 40,
  values: Float64Array.from({ length: 1600 }, (_, k) =>
    Math.tanh(3 * wave((k % 40) / 400, shift + Math.floor(k / 40) / 4000)),
  ),
});
const surface = {
  x: [-1, 1] as const,
  y: [-1, 1] as const,
  classes: ["inner", "outer"],
  field: {
    columns: 50,
    rows: 50,
    values: Float64Array.from({ length: 2500 }, (_, k) =>
      Math.tanh(6 * (Math.hypot((k % 50) / 25 - 0.98, Math.floor(k / 50) / 25 - 0.98) - 0.55)),
    ),
  },
  points: Array.from({ length: 120 }, (_, k) => {
    const radius = k % 2 === 0 ? 0.25 + 0.2 * wave(k, 1) : 0.8 + 0.12 * wave(k, 2);
    const turn = k * 2.4;
    return { x: radius * Math.cos(turn), y: radius * Math.sin(turn), label: k % 2, test: k % 5 === 0 };
  }),
};

/** Draws all of them; what a test needs to go on is left behind in the window. */
function show(data: ReportData): void {
  const store = createStore(data);
  const views = {
    plane: planeView(place(left, "plane"), store, { height: 460 }),
    strip: stripView(place(left, "strip"), store, { height: 190 }),
    network: networkView(place(right, "network"), store, {
      picture: { units, values: matrices(Math.abs), signs: matrices((value) => value), quantity: "sensitivity (bits)" },
      onUnits: (column, change) => said.push(`unit ${column} ${change}`),
      onLayers: (change) => said.push(`layer ${change}`),
    }),
    edge: edgeView(place(right, "edge")),
    table: tableView(place(right, "table"), store, {
      brief: true,
      measures: ["ei", "sensitivity", "degeneracy", "phi"],
    }),
    surface: surfaceView(place(right, "surface"), { picture: surface }),
    small: networkView(place(right, "small"), store, {
      picture: {
        ...{
          units: [2, 4, 2],
          values: [field(0), field(1)].map((_, l) =>
            l === 0
              ? [
                  [1, 2],
                  [2, 1],
                  [0.5, -1],
                  [-2, 1],
                ]
              : [
                  [1, -1, 2, 0.2],
                  [-1, 1, 0.4, 2],
                ],
          ),
        },
        ...{ quantity: "weight", inputNames: ["x₁", "x₂"], outputNames: ["inner", "outer"] },
      },
      height: 220,
      heat: (column, unit) => (column === 0 ? undefined : heatOf(field(column + unit), right)),
    }),
  };
  views.edge.show({
    layer: 1,
    inputRange: [0, 1],
    outputRange: [0, 1],
    response: { inputs: [0, 0.25, 0.5, 0.75, 1], outputs: [0.5, 0.62, 0.73, 0.82, 0.88] },
    held: "others at 0",
    joint: Array.from({ length: 8 }, (_, i) => Array.from({ length: 8 }, (_, j) => Math.exp(-((i - j) ** 2) / 6) / 40)),
    noise: "all in noise",
  });
  Object.assign(globalThis, { store, views });
}

const said: string[] = [];
Object.assign(globalThis, { show, said });
