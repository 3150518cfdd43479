/** The programs in examples/ run as a user would run them, against the built package. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const programs = readdirSync(`${root}examples`).filter((file) => file.endsWith(".mjs"));

describe("examples", () => {
  beforeAll(() => {
    if (!existsSync(`${root}packages/cli/dist/main.js`)) throw new Error("dist/ is missing: run `npm run build` first");
  });

  test("there is one for each common task", () => {
    expect(programs).toEqual(
      expect.arrayContaining(["bin-sweep.mjs", "black-box.mjs", "coarse-graining.mjs", "groups.mjs", "layer.mjs"]),
    );
  });

  test.each(programs)("%s runs and prints bits", (program) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [`examples/${program}`], {
      cwd: root,
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(stdout).toMatch(/\d/);
    expect(stdout).not.toMatch(/NaN|undefined|Infinity/);
  });
});
