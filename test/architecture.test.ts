/** Imports point down only, and the core is pure: parsed from the source, so that a layout cannot rot unseen. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { house } from "./house.mjs";

const packages = fileURLToPath(new URL("../packages", import.meta.url));

const core = house.find(({ name }) => name === "core")!;
const floors = new Map(core.rooms!.map(({ room, floor }) => [room, floor]));

/** What touches nothing outside: all of the core but what warns once, takes time, runs another runtime, or hires workers. */
const pure = [...floors.keys()].filter((room) => !["kernels", "cost", "runtime", "pools"].includes(room));

/** Where `node:` modules may be imported. */
const nodeImports = [
  /^cli\//,
  /^core\/src\/pools\/node/,
  /^runs\/src\/(?:storage|file-system|lock|environment)\.ts$/,
  /^report\/src\/png\.ts$/,
  /^report\/src\/film\/gif\.ts$/,
];

/** Words that mean a clock, chance, input or output. Comments and strings do not count. */
const impure =
  /\b(?:Date|performance|console|document|window|navigator|localStorage|crypto|process)\s*\.|\bDate\(|\bnew Date\b|\b(?:fetch|setTimeout|setInterval|setImmediate)\(|\bMath\.random\b/;
const impureAllowed: Record<string, RegExp> = { "core/src/settings/yield-to-event-loop.ts": /setTimeout/ };

/** Paths from packages/, as NAME/src/ROOM/FILE.ts. */
const all = house.flatMap(({ name }) =>
  readdirSync(join(packages, name, "src"), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && !entry.parentPath.includes("generated"))
    .map((entry) => relative(packages, join(entry.parentPath, entry.name))),
);

const read = (path: string): string => readFileSync(join(packages, path), "utf8");

function imports(path: string): string[] {
  return [
    ...read(path).matchAll(
      /^\s*(?:import|export)\s[^;]*?from\s+"([^"]+)"|\bimport\(\s*"([^"]+)"\s*\)|^\s*import\s+"([^"]+)"/gm,
    ),
  ].map((match) => (match[1] ?? match[2] ?? match[3])!);
}

/** Where an import within the package leads, as a path from packages/. */
const within = (path: string): string[] =>
  imports(path)
    .filter((name) => name.startsWith("."))
    .map((name) => relative(packages, resolve(join(packages, dirname(path)), name)));

const packageOf = (path: string): string => path.split("/")[0]!;

/** The room of a file of the core; undefined for the tables of contents, which stand beside the rooms. */
const room = (path: string): string | undefined => {
  const [name, , folder, file] = path.split("/");
  return name === "core" && file !== undefined ? folder : undefined;
};

/** Code without comments, strings and template literals' text. */
function code(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g, " ");
}

/** Rooms whose lists grow with a model, with data or with samples. */
const withLongLists = ["estimators", "kernels", "measures", "observational", "model", "formats"];

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
    const spreads = all
      .filter((path) => packageOf(path) === "cli" || withLongLists.includes(room(path) ?? ""))
      .flatMap((path) => [...code(read(path)).matchAll(call)].map(([found]) => found))
      .filter((found) => !shortSpreads.some((short) => found.includes(short)));
    expect(spreads).toEqual([]);
  });

  test("every folder of the core is a room, and every room has files", () => {
    const rooms = all.map(room).filter((name) => name !== undefined);
    expect([...new Set(rooms)].sort()).toEqual([...floors.keys()].sort());
  });

  test("a file beside the rooms of the core is a table of contents: it only exports", () => {
    const code = (path: string) =>
      read(path).replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|export (?:type )?\{[^}]*\} from "[^"]+";/g, "");
    const tables = all.filter((path) => /^core\/src\/[^/]+$/.test(path));
    expect(tables.length).toBeGreaterThan(8);
    expect(tables.filter((path) => code(path).trim() !== "")).toEqual([]);
  });

  test("imports point down, or stay in their room", () => {
    const floorOf = (path: string): number => floors.get(room(path) ?? "") ?? Number.POSITIVE_INFINITY;
    const wrong = all
      .filter((path) => room(path) !== undefined)
      .flatMap((path) =>
        within(path)
          .filter((to) => room(to) !== room(path) && floorOf(to) >= floorOf(path))
          .map((to) => `${path} → ${to}`),
      );
    expect(wrong).toEqual([]);
  });

  test("a package imports those that it uses, by name, and says so in its package.json", () => {
    for (const { name, uses } of house) {
      const files = all.filter((path) => packageOf(path) === name);
      const leaving = files.flatMap(within).filter((to) => !to.startsWith(`${name}/src/`));
      expect([name, leaving]).toEqual([name, []]);
      const named = files.flatMap(imports).flatMap((to) => /^@causalscope\/(\w+)/.exec(to)?.[1] ?? []);
      expect([name, [...new Set(named)].filter((to) => !uses.includes(to))]).toEqual([name, []]);
      const { dependencies } = JSON.parse(readFileSync(join(packages, name, "package.json"), "utf8"));
      const declared = Object.keys(dependencies).flatMap((to) => /^@causalscope\/(\w+)/.exec(to)?.[1] ?? []);
      expect([name, declared.sort()]).toEqual([name, [...uses].sort()]);
    }
  });

  test("what a package imports of others is in its package.json, and nothing else is", () => {
    for (const { name } of house) {
      const manifest = JSON.parse(readFileSync(join(packages, name, "package.json"), "utf8"));
      const declared = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
      const named = all
        .filter((path) => packageOf(path) === name && !/\/(?:player|vendored)\//.test(path))
        .flatMap(imports)
        .filter((to) => !/^(?:\.|node:|#)/.test(to))
        .map((to) => /^(?:@[^/]+\/)?[^/]+/.exec(to)![0]);
      expect([name, [...new Set(named)].filter((to) => !declared.includes(to))]).toEqual([name, []]);
      const text = all
        .filter((path) => packageOf(path) === name)
        .map(read)
        .join("\n");
      expect([name, declared.filter((to) => !named.includes(to) && !text.includes(to))]).toEqual([name, []]);
    }
  });

  test("the map in CONTRIBUTING.md is the one that is held here", () => {
    const script = fileURLToPath(new URL("../scripts/docs-house.mjs", import.meta.url));
    const { status, stderr } = spawnSync(process.execPath, [script, "--check"], { encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  test("files do not import each other in a circle", () => {
    const graph = new Map(all.map((path) => [path, within(path)]));
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

  test("node: modules are imported by the command, the workers of Node and what touches the disk only", () => {
    const wrong = all.flatMap((path) =>
      imports(path)
        .filter((name) => name.startsWith("node:") && !nodeImports.some((allowed) => allowed.test(path)))
        .map((name) => `${path} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  test("the core touches no clock, file, network, DOM, process or global chance", () => {
    const wrong: string[] = [];
    for (const path of all.filter((file) => pure.includes(room(file) ?? ""))) {
      for (const [at, line] of code(read(path)).split("\n").entries()) {
        const found = line.match(impure)?.[0];
        if (found !== undefined && !impureAllowed[path]?.test(found)) wrong.push(`${path}:${at + 1} uses ${found}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});
