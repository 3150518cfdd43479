// What it costs to begin: the import, the bundle for browsers, and the Iris study from end to end.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { secondsOf, summary } from "./measure.mjs";

const dist = fileURLToPath(new URL("../packages/core/dist/", import.meta.url));
const command = fileURLToPath(new URL("../packages/cli/dist/main.js", import.meta.url));
const REPEATS = 7;

export async function bench() {
  return [importRow(), await bundleRow(), await studyRow()];
}

function importRow() {
  const script = "const t = performance.now(); await import(process.argv[1]); console.log(performance.now() - t);";
  const given = ["--input-type=module", "-e", script, `${dist}index.js`];
  const time = () => Number(execFileSync(process.execPath, given, { encoding: "utf8" }));
  time();
  const found = summary(Array.from({ length: REPEATS }, time));
  return row("import of @causalscope/core, in a fresh process", "ms", found, 100);
}

async function bundleRow() {
  const { outputFiles } = await build({
    entryPoints: [`${dist}index.js`],
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    write: false,
    logLevel: "error",
  });
  const bytes = gzipSync(outputFiles[0].contents, { level: 9 }).length;
  return row("core bundle for browsers, minified and gzipped", "kB", { value: bytes / 1000 }, 150);
}

async function studyRow() {
  const folder = mkdtempSync(join(tmpdir(), "causalscope-bench-"));
  try {
    const study = [command, "study", "iris"];
    const value = await secondsOf(() => execFileSync(process.execPath, study, { cwd: folder, stdio: "pipe" }));
    return row("study iris, once, from start to report", "s", { value }, 15);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function row(name, unit, found, most) {
  return { area: "start-up", name, unit, ...found, bar: `< ${most}`, holds: found.value < most };
}
