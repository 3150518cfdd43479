/** What is left of a measuring that fails: what was finished. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { measureSomeOfLayers } from "../../core/src/measures/measure-layers.ts";
import { dense } from "../../core/src/model/mechanism.ts";
import { causalscope } from "./harness.ts";

/** A layer of this name fails while its EI is found. */
vi.mock("../../core/src/measures/effective-information.ts", async (original) => {
  const real = await original<typeof import("../../core/src/measures/effective-information.ts")>();
  const effectiveInformation: typeof real.effectiveInformation = async (mechanism, options) => {
    if (mechanism.name === "bad") throw new RangeError("Maximum call stack size exceeded");
    return real.effectiveInformation(mechanism, options);
  };
  return { ...real, effectiveInformation };
});

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "causalscope-failures-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const weights = [
  [1, 2],
  [3, 4],
];
function model(...names: string[]): string {
  const path = join(folder, `${names.join("-")}.json`);
  writeFileSync(path, JSON.stringify({ layers: names.map((name) => ({ name, weights, activation: "sigmoid" })) }));
  return path;
}
const few = ["--workers", "0", "--samples", "1000", "--quiet"];

describe("measure", () => {
  it("prints the other layers where one fails, lists that one with its error, and ends with status 1", async () => {
    const { status, stdout, stderr } = await causalscope(["measure", model("first", "bad", "last"), ...few]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^first +8 +\d/m);
    expect(stdout).toMatch(/^last +8 +\d/m);
    expect(stdout).toMatch(
      /^Failed: bad: internal error, please report it .*RangeError: Maximum call stack size exceeded/m,
    );
    expect(stderr).toMatch(/^causalscope: measure: 1 layer failed: bad: internal error, .*\n$/);
  });

  it("says the same in JSON", async () => {
    const { status, stdout } = await causalscope(["measure", model("bad", "last"), "--json", ...few]);
    const { layers, notMeasured } = JSON.parse(stdout);
    expect(status).toBe(1);
    expect(layers.map(({ name }: { name: string }) => name)).toEqual(["last"]);
    expect(notMeasured).toEqual([
      { position: 0, name: "bad", failed: true, reason: expect.stringContaining("RangeError") },
    ]);
  });

  it("gives the error itself where all layers fail", async () => {
    const { status, stdout, stderr } = await causalscope(["measure", model("bad"), ...few, "--debug"]);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^causalscope: internal error, please report it .*RangeError.*\nRangeError: Maximum/);
  });

  it("prints the files that were finished where a later one cannot be read", async () => {
    const { status, stdout, stderr } = await causalscope(["measure", model("a"), join(folder, "zzz.json"), ...few]);
    expect(status).toBe(2);
    expect(stdout).toMatch(/^a +8 +\d/m);
    expect(stderr).toContain("zzz.json: expected a file; got none");
  });
});

describe("measureSomeOfLayers", () => {
  const requests = ["a", "bad", "c"].map((name) => ({
    mechanism: { ...dense({ weights, activation: "sigmoid" }), name },
    bins: 4,
    seed: 0,
  }));

  it("ends with the first error, unless somebody takes them", async () => {
    await expect(measureSomeOfLayers(requests, { measures: ["ei"] })).rejects.toThrow(RangeError);
    const failed: unknown[] = [];
    const found = await measureSomeOfLayers(requests, {
      measures: ["ei"],
      onFailed: (error: unknown, index: number) => failed.push([index, `${error}`]),
    });
    expect(found.map((each) => each?.name)).toEqual(["a", undefined, "c"]);
    expect(failed).toEqual([[1, "RangeError: Maximum call stack size exceeded"]]);
  });
});
