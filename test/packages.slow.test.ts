/** The packages as users get them: packed, installed in an empty folder, imported, bundled for browsers, run as a command. */

import { execFileSync, spawn } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHROMIUM, launchChromium, missing, type Served, serve } from "./chromium.ts";
import { house } from "./house.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
const folder = mkdtempSync(join(tmpdir(), "causalscope-package-"));
const alone = join(folder, "alone");
const whole = join(folder, "whole");

const manifestOf = (name: string) => (name === "cli" ? "causalscope" : `@causalscope/${name}`);
const npm = (args: string[], cwd: string) =>
  execFileSync("npm", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
const node = (args: string[], cwd: string, program = process.execPath) =>
  execFileSync(program, args, { cwd, encoding: "utf8" });
/** The next version that is supported, besides the one that runs the tests. */
const NODE_22 = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
const node22 = join(folder, "node22/node_modules", NODE_22, "bin/node");

function install(into: string, tarballs: readonly string[]): void {
  mkdirSync(into);
  writeFileSync(join(into, "package.json"), JSON.stringify({ name: "elsewhere", private: true, type: "module" }));
  npm(["install", "--prefer-offline", "--no-audit", "--no-fund", ...tarballs], into);
}

beforeAll(() => {
  if (!existsSync(join(root, "packages/cli/dist/main.js")))
    throw new Error("dist/ is missing: run `npm run build` first");
  if (!existsSync(join(root, "packages/cli/dist/app/index.html")))
    throw new Error("the app is missing: run `npm run app` first");
  const workspaces = house.flatMap(({ name }) => ["--workspace", `packages/${name}`]);
  npm(["pack", "--ignore-scripts", "--pack-destination", folder, ...workspaces], root);
  const tarballs = readdirSync(folder).filter((file) => file.endsWith(".tgz"));
  install(
    alone,
    tarballs.filter((file) => file.startsWith("causalscope-core")).map((file) => `../${file}`),
  );
  install(
    whole,
    tarballs.map((file) => `../${file}`),
  );
  install(join(folder, "node22"), [`${NODE_22}@22.23.3`]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Files and bytes below a folder. */
function below(path: string): { file: string; bytes: Uint8Array }[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ file, bytes: readFileSync(file) }));
}

describe("@causalscope/core, installed alone", () => {
  test("is at most ten packages and 8 MB", () => {
    const { packages } = JSON.parse(readFileSync(join(alone, "package-lock.json"), "utf8"));
    const installed = Object.keys(packages).filter((name) => name !== "" && existsSync(join(alone, name)));
    expect(installed).toContain("node_modules/@causalscope/core");
    expect(installed.length).toBeLessThanOrEqual(10);
    const size = below(join(alone, "node_modules")).reduce((sum, { bytes }) => sum + bytes.length, 0);
    expect(size).toBeLessThan(8e6);
  });

  describe.each([
    ["this Node", process.execPath],
    ["Node 22", node22],
  ])("in %s", (_, executable) => {
    test("measures a layer", () => {
      const program = `
      import { dense, eiParts } from "@causalscope/core";
      const layer = dense({ weights: [[1]], activation: "identity", inputRange: [0, 1], outputRange: [0, 1] });
      console.log((await eiParts(layer, { bins: 8 })).bits.toFixed(9));`;
      writeFileSync(join(alone, "program.mjs"), program);
      expect(node(["program.mjs"], alone, executable)).toBe("3.000000000\n");
    });

    test("measures by worker threads, which let the process end", () => {
      const program = `
      import { causalPlane, network } from "@causalscope/core";
      import { createPool } from "@causalscope/core/workers";
      const layer = { weights: [[1, -1], [2, 0.5]], activation: "tanh" };
      const net = network({ layers: [layer, layer, layer] });
      const options = { bins: 4, tolerance: 0.2 };
      const found = await causalPlane(net, { ...options, pool: createPool({ workers: 2 }) });
      console.log(JSON.stringify(found) === JSON.stringify(await causalPlane(net, options)));`;
      writeFileSync(join(alone, "workers.mjs"), program);
      expect(node(["workers.mjs"], alone, executable)).toBe("true\n");
    });
  });
});

describe.each(house.map(({ name }) => name))("the package %s", (name) => {
  const installed = join(whole, "node_modules", manifestOf(name));

  test("holds what it needs and nothing else", () => {
    const files = readdirSync(installed).sort();
    const own = name === "core" ? ["schema"] : [];
    expect(files).toEqual(["LICENSE", "README.md", "dist", ...own, "package.json"].sort());
    expect(readdirSync(join(installed, "dist")).filter((file) => file.startsWith("."))).toEqual([]);
  });

  test("has types for every export, and says where it comes from", () => {
    const manifest = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
    for (const target of Object.values(manifest.exports as Record<string, Record<string, string> | string>)) {
      if (typeof target !== "string") expect(Object.keys(target)).toEqual(expect.arrayContaining(["types", "default"]));
      for (const path of typeof target === "string" ? [target] : Object.values(target)) {
        expect(existsSync(join(installed, path)), path).toBe(true);
      }
    }
    expect(manifest).toMatchObject({ version, license: "MIT", type: "module", sideEffects: false });
    for (const field of ["description", "keywords", "author", "engines"]) expect(manifest).toHaveProperty(field);
  });

  test("is clean in the eyes of publint", () => {
    const said = node(
      [
        join(root, "node_modules/publint/src/cli.js"),
        "run",
        join(root, "packages", name),
        "--strict",
        "--pack",
        "false",
      ],
      root,
    );
    expect(said).toMatch(/All good/);
  });
});

describe("the command", () => {
  test("stands on the path after an install", () => {
    const command = join(whole, "node_modules/.bin/causalscope");
    expect(execFileSync(command, ["--version"], { cwd: whole, encoding: "utf8" })).toBe(`${version}\n`);
    const net = { inputRange: [0, 1], layers: [{ weights: [[1, -2]], activation: "sigmoid" }] };
    writeFileSync(join(whole, "net.json"), JSON.stringify(net));
    const out = npm(["exec", "--offline", "--", "causalscope", "measure", "net.json", "--json"], whole);
    expect(JSON.parse(out).layers[0].ei.bits).toBeGreaterThan(0);
  });
});

describe("the app in the package", () => {
  const app = join(whole, "node_modules/causalscope/dist/app");

  test("is the whole page, and small", () => {
    const files = below(app).map(({ file, bytes }) => ({ file: file.slice(app.length + 1), bytes }));
    const names = files.map(({ file }) => file);
    for (const wanted of ["index.html", "sw.js", "manifest.webmanifest", "icon.svg", "examples/iris.run.zip"])
      expect(names).toContain(wanted);
    expect(files.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeLessThan(2e6);
    // What a download of the package takes for it.
    expect(files.reduce((sum, { bytes }) => sum + gzipSync(bytes).length, 0)).toBeLessThan(750_000);
  });

  test("is served by the command", async () => {
    const child = spawn(join(whole, "node_modules/.bin/causalscope"), ["app", "--no-open"], { cwd: whole });
    const ended = new Promise((resolve) => child.on("exit", resolve));
    try {
      const address = await new Promise<string>((resolve, reject) => {
        let said = "";
        child.stdout.setEncoding("utf8").on("data", (part: string) => {
          said += part;
          const [, found] = /(http:\/\/127\.0\.0\.1:\d+\/)#t=/.exec(said) ?? [];
          if (found !== undefined) resolve(found);
        });
        child.on("exit", (code) => reject(new Error(`ended with ${code}: ${said}`)));
      });
      const page = await (await fetch(address)).text();
      const scripts = [...page.matchAll(/src="\.\/([^"]+\.js)"/g)].map(([, file]) => file!);
      expect(scripts).toHaveLength(1);
      for (const file of [...scripts, "examples/iris.run.zip"]) {
        const response = await fetch(address + file);
        expect(response.status).toBe(200);
        expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array(readFileSync(join(app, file))));
      }
    } finally {
      child.kill("SIGINT");
      await ended;
    }
  });
});

/** Every export that a browser can take. */
const imported = house
  .filter(({ name }) => ["core", "runs", "report"].includes(name))
  .flatMap(({ name }) => {
    const { exports } = JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8"));
    return Object.keys(exports)
      .filter((path) => !/^\.\/(?:node|internal|basics|disk)$|\.json$|\.js$/.test(path))
      .map((path) => manifestOf(name) + path.slice(1));
  });

/** Imports all of them, measures a network in the page and by Web Workers, and performs a study. */
const page = `${imported.map((name, at) => `import * as part${at} from ${JSON.stringify(name)};`).join("\n")}
import { measure, network } from "@causalscope/core";
import { createPool } from "@causalscope/core/workers";
import { sha256 } from "@causalscope/core/basics";
import { memoryStorage, performStudy } from "@causalscope/runs";
import { study } from "@causalscope/studies";
const layer = { weights: [[1, -1, 0.5], [2, 0.5, -1], [0.25, 1, 1]], activation: "tanh" };
const net = network({ layers: [layer, layer] });
const settings = { bins: 8, tolerance: 0.05 };
const text = async (work) => JSON.stringify((await measure(net, settings, work)).layers);
globalThis.names = [${imported.map((_, at) => `Object.keys(part${at}).length`).join(", ")}];
const run = async () => {
  const storage = memoryStorage();
  await performStudy(await study("iris"), "run", { options: { seeds: [0], epochs: 20, every: 10, tolerance: 0.2 }, storage });
  return [...storage.files("run")].flatMap(([name, bytes]) => (name === "run.json" ? [] : [name + " " + sha256(bytes)]));
};
globalThis.answer = (async () => [await text(), await text({ pool: createPool({ workers: 2 }) }), await run()])();
`;

describe.skipIf(missing)(missing ? `browsers (skipped: no Chromium at ${CHROMIUM}; set CHROMIUM)` : "browsers", () => {
  let browser: Browser;
  let server: Served | undefined;
  let served: string;

  beforeAll(async () => {
    server = await serve(({ url = "/" }, response) => {
      const file = join(served, url === "/" ? "index.html" : url.slice(1));
      if (!existsSync(file)) return response.writeHead(404).end();
      response.setHeader("Content-Type", file.endsWith(".js") ? "text/javascript" : "text/html");
      return response.end(readFileSync(file));
    });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  async function answers(): Promise<void> {
    writeFileSync(join(whole, "node.mjs"), `${page}console.log(JSON.stringify(await globalThis.answer));`);
    const expected = JSON.parse(node(["node.mjs"], whole));
    expect(expected[0]).toBe(expected[1]);
    expect(expected[2]).toHaveLength(8);
    const tab = await browser.newPage();
    tab.setDefaultTimeout(0);
    const errors: string[] = [];
    tab.on("pageerror", (error) => errors.push(String(error)));
    await tab.goto(server!.address);
    await tab.waitForFunction(() => "answer" in window);
    const found = await tab.evaluate("globalThis.answer");
    const names = (await tab.evaluate("globalThis.names")) as number[];
    await tab.close();
    expect(errors).toEqual([]);
    expect(found).toEqual(expected);
    expect(Math.min(...names)).toBeGreaterThan(0);
  }

  test("take every export by Vite with its defaults, and measure and perform a study with the bits of Node", async () => {
    const app = join(whole, "vite-app");
    mkdirSync(app);
    writeFileSync(join(app, "index.html"), `<!doctype html><script type="module" src="/main.js"></script>`);
    writeFileSync(join(app, "main.js"), page);
    node([join(root, "node_modules/vite/bin/vite.js"), "build", app, "--logLevel", "error"], app);
    served = join(app, "dist");
    await answers();
  });

  test("take every export by esbuild, and measure and perform a study with the bits of Node", async () => {
    served = join(whole, "esbuild-app");
    const { warnings } = await build({
      stdin: { contents: page, resolveDir: whole },
      outfile: join(served, "main.js"),
      bundle: true,
      format: "esm",
      external: ["onnxruntime-web"],
      logLevel: "silent",
    });
    expect(warnings).toEqual([]);
    copyFileSync(join(whole, "node_modules/@causalscope/core/dist/pools/web-worker.js"), join(served, "web-worker.js"));
    writeFileSync(join(served, "index.html"), `<!doctype html><script type="module" src="/main.js"></script>`);
    await answers();
  });
});
