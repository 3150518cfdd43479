// The values that the pages of docs/ show, computed by the code at hand: tables between `<!-- values:begin -->` and
// `<!-- values:end -->`, and the output under each program (a ```js block followed by a ```text block).
//   node scripts/docs-values.mjs            writes the pages anew (after `npm run build`)
//   node scripts/docs-values.mjs --check    changes nothing; exit 1 and a list where a page differs
// Names of pages limit it to these: `node scripts/docs-values.mjs docs/measures/sensitivity.md`.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
if (!existsSync(`${root}packages/core/dist/index.js`)) {
  process.stderr.write("docs-values: dist/ is missing: run `npm run build` first\n");
  process.exit(1);
}
const {
  binSweep,
  causalPlane,
  coarseGrain,
  createNetwork,
  degeneracy,
  dense,
  effectiveInformation,
  eiBetweenGroups,
  eiParts,
  integration,
  outputEntropies,
  sensitivity,
} = { ...(await import("@causalscope/core")), ...(await import("@causalscope/core/measures")) };

const unit = [0, 1];
const seed = 0;
const tolerance = 0.02;

function table(head, rows) {
  const dashes = head.map((_, column) => (column === 0 ? "---" : "--:"));
  return [head, dashes, ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/** Exact values to six decimals, sampled ones with their standard error; bounds where they are all there is. */
function shown({ bits, standardError, bracket, bounds: proved, method }) {
  const value = (x, digits) => {
    const text = x.toFixed(digits);
    return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
  };
  if (method === "exact" || standardError === 0) return value(bits, 6);
  const digits = standardError < 0.1 ? 3 : 1;
  const ends = bracket ?? proved;
  const bounds = ends && standardError > 0.1 ? ` [${ends.map((end) => value(end, digits)).join(", ")}]` : "";
  return `${value(bits, digits)} ± ${standardError.toFixed(digits)}${bounds}`;
}

const sigmoid = (weights, more = {}) => dense({ weights, activation: "sigmoid", inputRange: unit, ...more });
const identity = (weights) => dense({ weights, activation: "identity", inputRange: unit, outputRange: unit });

/** A sigmoid layer with the paper's initial weights U(±1/√inputs), times `scale`. */
function initial(inputs, outputs, scale = 1) {
  const [made] = createNetwork({ layers: [inputs, outputs], activation: "sigmoid", bias: false, seed }).chain.layers;
  return sigmoid({ data: made.weights.map((w) => w * scale), shape: [outputs, inputs] });
}

const two = [
  [2, -1],
  [1, 3],
];
const eye = [
  [1, 0],
  [0, 1],
];

async function grid(rows, columns, value) {
  const found = [];
  for (const [name, mechanism] of rows) {
    const row = [name];
    for (const [, options] of columns) row.push(await value(mechanism, options));
    found.push(row);
  }
  return table(["layer", ...columns.map(([name]) => name)], found);
}

const ei = (mechanism, options) => effectiveInformation(mechanism, { seed, tolerance, ...options });

const tables = {
  "effective-information": () =>
    grid(
      [
        ["identity, 1→1, w = 1", identity([[1]])],
        ["identity, 2→2, unit matrix", identity(eye)],
        ["sigmoid, 1→1, w = 1", sigmoid([[1]])],
        ["sigmoid, 1→1, w = 10", sigmoid([[10]])],
        ["sigmoid, 2→2, [2 −1; 1 3]", sigmoid(two)],
        ["the same, each output twice, 2→4", sigmoid([...two, ...two])],
        ["sigmoid, 3→3, all weights 0", sigmoid([eye, eye, eye].map(() => [0, 0, 0]))],
        ["sigmoid, 5→5, initial weights", initial(5, 5)],
        ["sigmoid, 5→5, initial weights × 5", initial(5, 5, 5)],
        ["sigmoid, 25→6, initial weights × 5", initial(25, 6, 5)],
      ],
      [
        ["8 bins", { bins: 8 }],
        ["16 bins", { bins: 16 }],
        ["64 bins", { bins: 64 }],
      ],
      async (mechanism, options) => shown(await ei(mechanism, options)),
    ),

  "edge-information": () =>
    grid(
      [
        ["identity, 1→1, w = 1", identity([[1]])],
        ["identity, 2→2, unit matrix", identity(eye)],
        ["sigmoid, 2→1, [1 1]", sigmoid([[1, 1]])],
        ["sigmoid, 2→2, [2 −1; 1 3]", sigmoid(two)],
        ["the same, each output twice, 2→4", sigmoid([...two, ...two])],
        ["sigmoid, 5→5, initial weights", initial(5, 5)],
        ["sigmoid, 30→30, initial weights", initial(30, 30)],
      ],
      [
        ["8 bins", { bins: 8 }],
        ["64 bins", { bins: 64 }],
        ["256 bins", { bins: 256 }],
      ],
      async (mechanism, options) => shown(await eiParts(mechanism, options)),
    ),

  sensitivity: () =>
    grid(
      [
        ["identity, 2→2, unit matrix", identity(eye)],
        ["sigmoid, 1→1, w = 10", sigmoid([[10]])],
        ["sigmoid, 2→2, [2 −1; 1 3]", sigmoid(two)],
        ["sigmoid, 2→2, [10 10; 10 10]", sigmoid(two.map(() => [10, 10]))],
        ["sigmoid, 5→5, initial weights", initial(5, 5)],
        ["sigmoid, 5→5, initial weights × 5", initial(5, 5, 5)],
        ["sigmoid, 30→30, initial weights", initial(30, 30)],
      ],
      [
        ["8 bins, rest at 0", { bins: 8 }],
        ["8 bins, rest in the middle", { bins: 8, rest: "middle" }],
        ["64 bins, rest at 0", { bins: 64 }],
        ["64 bins, rest in the middle", { bins: 64, rest: "middle" }],
      ],
      async (mechanism, options) => shown(await sensitivity(mechanism, options)),
    ),

  degeneracy: async () => {
    const rows = [];
    for (const [name, mechanism, bins] of [
      ["identity, 2→2, unit matrix, 8 bins", identity(eye), 8],
      ["identity, 1→2, [1; 1], 8 bins", identity([[1], [1]]), 8],
      ["sigmoid, 2→2, [2 −1; 1 3], 8 bins", sigmoid(two), 8],
      ["the same, 16 bins", sigmoid(two), 16],
      ["sigmoid, 5→5, initial weights, 8 bins", initial(5, 5), 8],
      ["the same, 16 bins", initial(5, 5), 16],
      ["sigmoid, 5→5, initial weights × 5, 8 bins", initial(5, 5, 5), 8],
    ]) {
      const [single, whole] = [await sensitivity(mechanism, { bins }), await ei(mechanism, { bins })];
      rows.push([name, shown(single), shown(whole), shown(degeneracy(single, whole))]);
    }
    return table(["layer", "sensitivity", "EI", "degeneracy"], rows);
  },

  integration: async () => {
    const rows = [];
    for (const [name, mechanism] of [
      ["identity, 2→2, unit matrix", identity(eye)],
      ["identity, 1→2, [1; 1]", identity([[1], [1]])],
      ["sigmoid, 2→1, [1 1]", sigmoid([[1, 1]])],
      ["sigmoid, 2→1, [5 −5]", sigmoid([[5, -5]])],
      ["sigmoid, 2→2, [2 −1; 1 3]", sigmoid(two)],
      ["sigmoid, 5→5, initial weights", initial(5, 5)],
      ["sigmoid, 5→5, initial weights × 5", initial(5, 5, 5)],
      ["sigmoid, 25→6, initial weights × 5", initial(25, 6, 5)],
    ]) {
      const [whole, parts] = [await ei(mechanism, { bins: 8 }), await eiParts(mechanism, { bins: 8 })];
      rows.push([name, shown(whole), shown(parts), shown(integration(whole, parts))]);
    }
    return table(["layer, 8 bins", "EI", "EI_parts", "φ"], rows);
  },

  "group-information": async () => {
    const mechanism = initial(4, 4, 5);
    const all = [0, 1, 2, 3];
    const groups = [
      { inputs: all, outputs: all },
      { inputs: [0, 1], outputs: all },
      { inputs: [2, 3], outputs: all },
      { inputs: [0], outputs: all },
      { inputs: all, outputs: [0] },
      { inputs: [0], outputs: [0] },
    ];
    const found = await eiBetweenGroups(mechanism, groups, { bins: 8, seed, tolerance });
    const counted = await eiBetweenGroups(mechanism, groups, { bins: 8, seed, method: "plug-in", samples: 1e6 });
    const rows = groups.map(({ inputs, outputs }, at) => {
      return [inputs.join(", "), outputs.join(", "), shown(found[at]), shown(counted[at])];
    });
    return table(["inputs", "outputs", "EI (bits)", "plug-in, 10⁶ samples"], rows);
  },

  "causal-plane": async () => {
    const network = createNetwork({
      layers: [4, 5, 5, 3],
      activation: "sigmoid",
      bias: false,
      seed,
      inputRange: unit,
    });
    const rows = [];
    for (const bins of [8, 64]) {
      for (const layer of await causalPlane(network, { bins, seed, tolerance })) {
        const point = [layer.degeneracy, layer.sensitivity, layer.ei].map(shown);
        rows.push([`${layer.name}, ${layer.inputs}→${layer.outputs}, ${bins} bins`, ...point]);
      }
    }
    return table(["layer", "degeneracy (x)", "sensitivity (y)", "EI = y − x"], rows);
  },

  "output-entropies": async () => {
    const rows = [];
    for (const [name, mechanism] of [
      ["identity, 2→2, unit matrix", identity(eye)],
      ["sigmoid, 2→2, [2 −1; 1 3]", sigmoid(two)],
      ["the same, each output twice, 2→4", sigmoid([...two, ...two])],
      ["sigmoid, 2→1, [10 10]", sigmoid([[10, 10]])],
      ["sigmoid, 2→2, [0 0; 0 0]", sigmoid(two.map(() => [0, 0]))],
    ]) {
      const each = (await outputEntropies(mechanism, { bins: 8 })).map(({ bits }) => bits);
      const sum = each.reduce((total, bits) => total + bits, 0).toFixed(6);
      rows.push([name, each.map((bits) => bits.toFixed(6)).join(", "), sum, shown(await ei(mechanism, { bins: 8 }))]);
    }
    return table(["layer, 8 bins", "H(ŷ_j)", "sum", "EI"], rows);
  },

  "bin-sweep": async () => {
    const bins = [2, 4, 8, 16, 32];
    const rows = [];
    for (const [name, mechanism] of [
      ["identity, 2→2, unit matrix", identity(eye)],
      ["sigmoid, 1→1, w = 1", sigmoid([[1]])],
      ["sigmoid, 2→2, [2 −1; 1 3]", sigmoid(two)],
      ["sigmoid, 5→5, initial weights", initial(5, 5)],
    ]) {
      const points = await binSweep(mechanism, bins, { seed, tolerance });
      rows.push([name, ...points.map(({ measures }) => shown(measures.ei))]);
    }
    return table(["layer", ...bins.map((count) => `${count} bins`)], rows);
  },

  "coarse-graining": async () => {
    const same = sigmoid([0, 0, 0, 0].map(() => [1, 1, 1, 1]));
    const opposed = sigmoid([0, 0, 0, 0].map(() => [1, 1, -1, -1]));
    const pairs = [
      [0, 1],
      [2, 3],
    ];
    const blocks = sigmoid([
      [2, 2, 0, 0],
      [2, 2, 0, 0],
      [0, 0, 2, 2],
      [0, 0, 2, 2],
    ]);
    const all = [[0, 1, 2, 3]];
    const rows = [];
    for (const [name, mechanism, groups] of [
      ["4→4, all weights 1, as 1→1", same, all],
      ["4→4, rows [1 1 −1 −1], as 1→1", opposed, all],
      ["4→4, rows [1 1 −1 −1], as 2→2", opposed, pairs],
      ["4→4, two blocks of weights 2, as 2→2", blocks, pairs],
      ["4→4, initial weights × 5, as 2→2", initial(4, 4, 5), pairs],
    ]) {
      const macro = coarseGrain(mechanism, { inputs: groups, outputs: groups });
      const [micro, above] = [await ei(mechanism, { bins: 8 }), await ei(macro, { bins: 8 })];
      rows.push([name, shown(micro), shown(above)]);
    }
    return table(["sigmoid layer, 8 bins", "EI, micro", "EI, macro"], rows);
  },

  "plug-in": async () => {
    const plain = ({ bits, warnings }) => bits.toFixed(3) + (/unsaturated/.test(warnings.join()) ? " †" : "");
    const sizes = [1e4, 1e5, 1e6];
    const rows = [];
    for (const [name, mechanism] of [
      ["EI, 4→4, initial weights", initial(4, 4)],
      ["EI, 5→5, initial weights × 5", initial(5, 5, 5)],
      ["EI, 25→6, initial weights × 5", initial(25, 6, 5)],
    ]) {
      const row = [name];
      for (const samples of sizes) {
        row.push(plain(await effectiveInformation(mechanism, { bins: 8, seed, method: "plug-in", samples })));
      }
      rows.push([...row, shown(await ei(mechanism, { bins: 8 }))]);
    }
    const wide = initial(10, 10);
    const row = ["EI_parts, 10→10, initial weights, 64 bins"];
    for (const samples of sizes) {
      row.push(plain(await eiParts(wide, { bins: 64, seed, method: "plug-in", samples })));
    }
    rows.push([...row, shown(await eiParts(wide, { bins: 64 }))]);
    return table(["8 bins unless said", "plug-in, 10⁴", "plug-in, 10⁵", "plug-in, 10⁶", "`auto`"], rows);
  },
};

function output(program) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module"], {
    cwd: root,
    input: program,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`a program of the docs fails:\n${program}\n${stderr}`);
  return stdout.trimEnd();
}

/** The page as it should be. */
async function refreshed(path) {
  let text = readFileSync(root + path, "utf8");
  const name = path.match(/([^/]+)\.md$/)[1];
  const marked = /(<!-- values:begin -->\n)[\s\S]*?(<!-- values:end -->)/;
  if (marked.test(text)) {
    if (!Object.hasOwn(tables, name)) {
      process.stderr.write(`docs-values: ${path} has value markers, but \`tables\` has no entry ${name}\n`);
      process.exit(1);
    }
    const values = `\n${await tables[name]()}\n\n`;
    text = text.replace(marked, (_, begin, end) => begin + values + end);
  }
  return text.replace(/(```js\n)([\s\S]*?)(\n```\n\n```text\n)[\s\S]*?(```)/g, (_, open, program, between, close) => {
    return `${open}${program}${between}${output(program)}\n${close}`;
  });
}

const words = process.argv.slice(2);
const named = words.filter((word) => !word.startsWith("--"));
const pages = readdirSync(`${root}docs`, { recursive: true })
  .map((file) => `docs/${file.replaceAll("\\", "/")}`)
  .filter((file) => file.endsWith(".md"))
  .sort();
let stale = 0;
for (const page of named.length > 0 ? named : pages) {
  const now = readFileSync(root + page, "utf8");
  const text = await refreshed(page);
  if (text === now) continue;
  if (words.includes("--check")) {
    stale++;
    const [was, is] = [now.split("\n"), text.split("\n")];
    const at = is.findIndex((line, k) => line !== was[k]);
    process.stdout.write(`${page}:${at + 1} says\n  ${was[at]}\nbut the code gives\n  ${is[at]}\n`);
  } else {
    writeFileSync(root + page, text);
    process.stdout.write(`${page}\n`);
  }
}
process.exit(stale > 0 ? 1 : 0);
