/** What `npm ci` brings: it fits the oldest supported Node, is used, and is not large. */
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { minVersion, satisfies } from "semver";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../", import.meta.url));
const json = (file: string) => JSON.parse(readFileSync(join(root, file), "utf8"));
const { engines, dependencies, devDependencies } = json("package.json");

interface Locked {
  readonly engines?: { readonly node?: string };
}

/** Bytes on the disk, each file once, however many names it has. */
function bytesIn(folder: string, seen = new Set<number>()): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += bytesIn(path, seen);
    const { ino, blocks } = lstatSync(path);
    if (!seen.has(ino)) bytes += 512 * blocks;
    seen.add(ino);
  }
  return bytes;
}

describe("the packages that are installed", () => {
  test("run on the oldest Node that is supported: npm ci has nothing to warn of", () => {
    const oldest = minVersion(engines.node)!;
    expect(oldest.version).toBe("20.19.0");
    const packages = Object.entries<Locked>(json("package-lock.json").packages);
    expect(packages.length).toBeGreaterThan(100);
    const refuse = packages.filter(([, { engines }]) => !satisfies(oldest, engines?.node ?? "*"));
    expect(refuse).toEqual([]);
  });

  test("take less than 450 MB", () => {
    expect(bytesIn(join(root, "node_modules")) / 2 ** 20).toBeLessThan(450);
  });

  test("are used", () => {
    const sources = ["packages", "app", "test", "scripts", "bench", "proof"].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
        .filter((file) => /\.m?[jt]sx?$/.test(file))
        .map((file) => readFileSync(join(root, folder, file), "utf8")),
    );
    const names = Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !name.startsWith("@types/"));
    expect(
      names.filter((name) => !sources.some((text) => text.includes(`${name}/`) || text.includes(`"${name}"`))),
    ).toEqual([]);
  });
});
