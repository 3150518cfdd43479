/** The package as users get it: packed, installed in an empty folder, imported, and run from the command line. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../", import.meta.url));
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
// Windows finds npm by another name; a shell is not needed elsewhere.
const npm = (args: string[], cwd: string) =>
  execFileSync("npm", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

describe("the package", () => {
  const folder = mkdtempSync(join(tmpdir(), "causalscope-package-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  beforeAll(() => {
    if (!existsSync(join(root, "dist/index.js"))) throw new Error("dist/ is missing: run `npm run build` first");
    npm(["pack", "--ignore-scripts", "--pack-destination", folder], root);
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "elsewhere", private: true, type: "module" }));
    const tarball = readdirSync(folder).find((file) => file.endsWith(".tgz"))!;
    npm(["install", "--prefer-offline", "--no-audit", "--no-fund", `./${tarball}`], folder);
  });

  test("holds what it needs and nothing else", () => {
    const files = readdirSync(join(folder, "node_modules/causalscope"));
    expect(files.sort()).toEqual(["CHANGELOG.md", "LICENSE", "README.md", "dist", "package.json", "schema"]);
  });

  test("measures a layer when imported by name", () => {
    const program = `
      import { dense, eiParts } from "@causalscope/core";
      const layer = dense({ weights: [[1]], activation: "identity", inputRange: [0, 1], outputRange: [0, 1] });
      console.log((await eiParts(layer, { bins: 8 })).bits.toFixed(9));`;
    writeFileSync(join(folder, "program.mjs"), program);
    expect(execFileSync(process.execPath, ["program.mjs"], { cwd: folder, encoding: "utf8" })).toBe("3.000000000\n");
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
    writeFileSync(join(folder, "workers.mjs"), program);
    const done = execFileSync(process.execPath, ["workers.mjs"], { cwd: folder, encoding: "utf8" });
    expect(done).toBe("true\n");
  });

  test("has types for every export", () => {
    const { exports } = JSON.parse(readFileSync(join(folder, "node_modules/causalscope/package.json"), "utf8")) as {
      exports: Record<string, Record<string, string> | string>;
    };
    for (const target of Object.values(exports)) {
      if (typeof target !== "string") expect(Object.keys(target)).toEqual(expect.arrayContaining(["types", "default"]));
      for (const path of typeof target === "string" ? [target] : Object.values(target)) {
        expect(existsSync(join(folder, "node_modules/causalscope", path)), path).toBe(true);
      }
    }
  });

  test("puts a working command on the path", () => {
    const command = join(folder, "node_modules/.bin/causalscope");
    expect(execFileSync(command, ["--version"], { cwd: folder, encoding: "utf8" })).toBe(`${version}\n`);
    const net = { inputRange: [0, 1], layers: [{ weights: [[1, -2]], activation: "sigmoid" }] };
    writeFileSync(join(folder, "net.json"), JSON.stringify(net));
    const out = execFileSync(command, ["measure", "net.json", "--json"], { cwd: folder, encoding: "utf8" });
    expect(JSON.parse(out).layers[0].ei.bits).toBeGreaterThan(0);
  });

  test("is clean in the eyes of publint", () => {
    const said = execFileSync(
      process.execPath,
      [join(root, "node_modules/publint/src/cli.js"), "run", root, "--strict", "--pack", "false"],
      {
        cwd: root,
        encoding: "utf8",
      },
    );
    expect(said).toMatch(/All good/);
  });
});
