// The whole check: build, types, lint, tests. Ends with the line "N passed, N failed" (", N skipped" where any were).
// With --slow: the tests named *.slow.test.ts instead, which take minutes.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const slow = process.argv.includes("--slow");
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
if (!slow) {
  step("types", bin("typescript/bin/tsc"), ["-p", "tsconfig.test.json"]);
  step("lint", bin("@biomejs/biome/bin/biome"), ["check", "."]);
}
if (built) {
  console.log("\n— tests");
  const { status } = spawnSync(
    process.execPath,
    [bin("vitest/vitest.mjs"), "run", "--reporter=default", "--reporter=json", `--outputFile.json=${results}`],
    { cwd: root, stdio: "inherit", env: { ...process.env, CAUSALSCOPE_TESTS: slow ? "slow" : "quick" } },
  );
  try {
    const report = JSON.parse(readFileSync(results, "utf8"));
    passed += report.numPassedTests;
    failed += report.numFailedTests;
    skipped += report.numPendingTests + report.numTodoTests;
    // A file that cannot be loaded has no tests to count.
    if (status !== 0 && report.numFailedTests === 0) failed++;
  } catch (error) {
    console.error(`the tests left no result: ${error.message}`);
    failed++;
  }
}
rmSync(scratch, { recursive: true, force: true });
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exit(failed === 0 ? 0 : 1);
