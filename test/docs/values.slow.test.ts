/** The documentation says what the code gives: tables of values and the output under programs, links, and the measures it covers. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const pages = readdirSync(`${root}docs`, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".md"))
  .map((file) => join("docs", file));
const text = (page: string): string => readFileSync(root + page, "utf8");
const computed = pages.filter((page) => /<!-- values:begin -->|^```text$/m.test(text(page)));

describe("the pages of docs/", () => {
  beforeAll(() => {
    if (!existsSync(`${root}packages/cli/dist/main.js`)) throw new Error("dist/ is missing: run `npm run build` first");
  });

  test.each(computed)("%s shows what the code gives, to the digits shown", (page) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ["scripts/docs-values.mjs", "--check", page], {
      cwd: root,
      encoding: "utf8",
    });
    expect(stdout + stderr).toBe("");
    expect(status).toBe(0);
  });

  test.each(pages.filter((page) => page.includes("measures")))("%s has its parts", (page) => {
    const parts = [
      "**What it says.**",
      "**Source.**",
      "**Range.**",
      "## What the engine does",
      "## Options that matter",
    ];
    const found = text(page);
    for (const part of [...parts, "## Baseline values", "## Example", "## When it misleads"]) {
      expect(found).toContain(part);
    }
    expect(computed).toContain(page);
  });

  test.each([...pages, "README.md", "CONTRIBUTING.md"])("%s links to files that exist", (page) => {
    const links = [...text(page).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map((match) => match[1]!);
    const local = links.filter((link) => !/^[a-z]+:/.test(link));
    const missing = local.filter((link) => !existsSync(join(root, dirname(page), link)));
    expect(missing).toEqual([]);
  });

  test("every page is in the index", () => {
    const index = text(join("docs", "README.md"));
    for (const page of pages) {
      const name = page.slice("docs/".length);
      if (name !== "README.md") expect(index).toContain(`(${name})`);
    }
  });
});
