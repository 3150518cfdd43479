/** The support table is what the readers support. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("docs/studies.md and docs/study-options.md list what the studies say of themselves", () => {
  const cwd = fileURLToPath(new URL("../../", import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, ["scripts/docs-studies.mjs", "--check"], {
    cwd,
    encoding: "utf8",
  });
  expect([stdout + stderr, status]).toEqual(["", 0]);
});

test("docs/operators.md lists the operators that are read", () => {
  const cwd = fileURLToPath(new URL("../../", import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, ["scripts/docs-formats.mjs", "--check"], {
    cwd,
    encoding: "utf8",
  });
  expect([stdout + stderr, status]).toEqual(["", 0]);
});
