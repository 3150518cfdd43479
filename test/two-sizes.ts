import { readdirSync, readFileSync } from "node:fs";

/** Every test file, from the root of the workspace. */
export function testFiles(): string[] {
  return ["test", "app/test", ...readdirSync("packages").map((name) => `packages/${name}/test`)]
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: "utf8" }).map(
        (name) => `${folder}/${name.replaceAll("\\", "/")}`,
      ),
    )
    .filter((name) => name.endsWith(".test.ts"));
}

/** Files with tests of two sizes, which both suites run: those that import sizes.ts. */
export function ofTwoSizes(): string[] {
  return testFiles().filter((file) => /from "(?:\.\.?\/)+(?:test\/)?sizes\.ts"/.test(readFileSync(file, "utf8")));
}
