/** Imports point down only, and the core is pure: parsed from the source, so that a layout cannot rot unseen. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const source = fileURLToPath(new URL("../src", import.meta.url));

/** Floor of each room, from DESIGN: an import may go to the same room or to a lower floor. */
const floors: Record<string, number> = {
  "escaped.ts": 0,
  "budget.ts": 0,
  "errors.ts": 0.5,
  "options-check.ts": 0.7,
  "yield-to-event-loop.ts": 0,
  information: 1,
  datasets: 1.5,
  kernels: 1.5,
  network: 2,
  engines: 3,
  training: 3,
  formats: 3,
  causal: 4,
  observational: 4,
  // Scores of what is removed are what neurons know.
  ablation: 4.2,
  parallel: 4.5,
  cost: 4.5,
  runtime: 4.5,
  runs: 5,
  report: 6,
  "index.ts": 6,
  cli: 7,
};

const pure = [
  "information",
  "datasets",
  "network",
  "engines",
  "training",
  "formats",
  "causal",
  "observational",
  "ablation",
];

/** Where `node:` modules may be imported, and why. */
const nodeImports = [
  /^cli\//,
  /^parallel\/node/,
  /^runs\/(?:storage|file-system|lock|sha256)\.ts$/,
  /^report\/png\.ts$/,
  /^report\/film\/gif\.ts$/,
];

/** Words that mean a clock, chance, input or output. Comments and strings do not count. */
const impure =
  /\b(?:Date|performance|console|document|window|navigator|localStorage|crypto|process)\s*\.|\bDate\(|\bnew Date\b|\b(?:fetch|setTimeout|setInterval|setImmediate)\(|\bMath\.random\b/;
const impureAllowed: Record<string, RegExp> = { "testyield-to-event-loop.ts": /setTimeout/ };

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(source, join(entry.parentPath, entry.name)));
}

function imports(path: string): string[] {
  const text = readFileSync(join(source, path), "utf8");
  return [
    ...text.matchAll(
      /^\s*(?:import|export)\s[^;]*?from\s+"([^"]+)"|\bimport\(\s*"([^"]+)"\s*\)|^\s*import\s+"([^"]+)"/gm,
    ),
  ].map((match) => (match[1] ?? match[2] ?? match[3])!);
}

const room = (path: string): string => path.split("/")[0]!;

/** Code without comments, strings and template literals' text. */
function code(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g, " ");
}

/** Rooms whose lists grow with a model, with data or with samples. */
const withLongLists = ["engines", "kernels", "causal", "observational", "network", "formats", "cli"];

/** Lists that the code itself keeps short: one piece's coefficients, one table of estimators, checked before. */
const shortSpreads = [
  "...coefficients",
  "...new Int32Array(Float64Array.of(",
  "...(value as number[])",
  "...asLabelled(",
  "...asContinuous(",
  "...throughNoise(",
];

describe("the house", () => {
  test("spreads no list that may be long into a call: some hundred thousand arguments overflow the stack", () => {
    const call =
      /(?:\.push|\.unshift|\.concat|\bMath\.(?:max|min|hypot)|\.fromCharCode|\.of)\((?:[^(){}]*,)?\s*\.\.\.[^\n]*/g;
    const spreads = files(source)
      .filter((path) => withLongLists.includes(room(path)))
      .flatMap((path) => [...code(readFileSync(join(source, path), "utf8")).matchAll(call)].map(([found]) => found))
      .filter((found) => !shortSpreads.some((short) => found.includes(short)));
    expect(spreads).toEqual([]);
  });

  const all = files(source);

  test("every source file stands on a floor", () => {
    expect(all.length).toBeGreaterThan(20);
    expect(all.filter((path) => floors[room(path)] === undefined)).toEqual([]);
  });

  test("imports point down, or stay in their room", () => {
    const wrong: string[] = [];
    for (const path of all) {
      for (const target of imports(path).filter((name) => name.startsWith("."))) {
        const to = relative(source, resolve(join(source, dirname(path)), target));
        if (room(to) !== room(path) && floors[room(to)]! >= floors[room(path)]!) wrong.push(`${path} → ${to}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test("files do not import each other in a circle", () => {
    const graph = new Map(
      all.map((path) => [
        path,
        imports(path)
          .filter((name) => name.startsWith("."))
          .map((name) => relative(source, resolve(join(source, dirname(path)), name))),
      ]),
    );
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (path: string, trail: string[]): void => {
      if (trail.includes(path)) circles.push([...trail.slice(trail.indexOf(path)), path].join(" → "));
      else if (!done.has(path)) {
        for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
        done.add(path);
      }
    };
    for (const path of all) visit(path, []);
    expect(circles).toEqual([]);
  });

  test("node: modules are imported by the shell, the workers and one storage file only", () => {
    const wrong = all.flatMap((path) =>
      imports(path)
        .filter((name) => name.startsWith("node:") && !nodeImports.some((allowed) => allowed.test(path)))
        .map((name) => `${path} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  test("the core touches no clock, file, network, DOM, process or global chance", () => {
    const wrong: string[] = [];
    for (const path of all.filter((file) => pure.includes(room(file)))) {
      for (const [at, line] of code(readFileSync(join(source, path), "utf8"))
        .split("\n")
        .entries()) {
        const found = line.match(impure)?.[0];
        if (found !== undefined && !impureAllowed[path]?.test(found)) wrong.push(`${path}:${at + 1} uses ${found}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});
