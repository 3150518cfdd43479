/** Recorded values and data sets that stand beside the checkout; where they are absent, their tests are skipped. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, test } from "vitest";

const folder = fileURLToPath(new URL("../../shared/", import.meta.url));

/** `describe`, or a skipped one whose title tells why. */
export function describeWith(file: string, title: string, body: () => void): void {
  if (existsSync(folder + file)) describe(title, body);
  else describe.skip(title, () => test(`needs ../shared/${file}, which is absent`, () => {}));
}

export function readShared<T>(file: string): T {
  return JSON.parse(readFileSync(folder + file, "utf8")) as T;
}
