// The whole check: build, types, lint, what nothing uses, tests. Ends with the line "N passed, N failed" (", N skipped" where any were).
// With --slow: the tests named *.slow.test.ts instead, which take minutes. Folders or files of tests: only these.
// A test that is skipped counts as failed unless test/allowed-skips.mjs says why it may be.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { allowedSkips } from "../test/allowed-skips.mjs";
import { sortSkips } from "./skips.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const args = process.argv.slice(2);
const slow = args.includes("--slow");
const files = args.filter((arg) => arg !== "--slow");
const bin = (name) => join(root, "node_modules", name);
const scratch = mkdtempSync(join(tmpdir(), "causalscope-test-"));
const results = join(scratch, "results.json");

let passed = 0;
let failed = 0;
let skipped = 0;

function step(title, script, args) {
  console.log(`\n— ${title}`);
  const { status } = spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: "inherit" });
  if (status === 0) passed++;
  else failed++;
  return status === 0;
}

const built = step("build", join(root, "scripts/build.mjs"), []);
// Several files of tests look at it in browsers.
if (built && slow) step("the app", join(root, "scripts/app.mjs"), []);
if (!slow) {
  step("types", bin("typescript/bin/tsc"), ["-p", "tsconfig.test.json"]);
  if (built) step("types of the app", bin("typescript/bin/tsc"), ["-p", "app/tsconfig.json"]);
  step("lint", bin("@biomejs/biome/bin/biome"), ["check", "."]);
  step("unused files, exports and dependencies", bin("knip/bin/knip.js"), []);
}
if (built) {
  console.log("\n— tests");
  const { status } = spawnSync(
    process.execPath,
    [
      bin("vitest/vitest.mjs"),
      "run",
      ...files,
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${results}`,
    ],
    { cwd: root, stdio: "inherit", env: { ...process.env, CAUSALSCOPE_TESTS: slow ? "slow" : "quick" } },
  );
  try {
    const report = JSON.parse(readFileSync(results, "utf8"));
    passed += report.numPassedTests;
    failed += report.numFailedTests;
    // A file that cannot be loaded has no tests to count.
    if (status !== 0 && report.numFailedTests === 0) failed++;
    const { reasons, unexplained } = sortSkips(report, allowedSkips, root);
    for (const [reason, tests] of reasons) {
      skipped += tests;
      console.log(`skipped, because ${reason}: ${tests}`);
    }
    for (const test of unexplained) {
      failed++;
      console.error(`skipped without a reason in test/allowed-skips.mjs: ${test}`);
    }
  } catch (error) {
    console.error(`the tests left no result: ${error.message}`);
    failed++;
  }
}
rmSync(scratch, { recursive: true, force: true });
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exit(failed === 0 ? 0 : 1);
