/** Ctrl-C while a model file is read and its layers are followed: nothing more is done, and nothing is written. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pauses } from "../src/io.ts";
import { causalscope } from "./harness.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "causalscope-interrupt-"));
  const weights = [[1]];
  const layers = Array.from({ length: 50 }, () => ({ weights, activation: "sigmoid" }));
  writeFileSync(join(folder, "m.json"), JSON.stringify({ layers }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a cancelled command", () => {
  it.each([["show"], ["measure"], ["convert", "--to"]])("%s ends with status 130", async (command, ...rest) => {
    const out = join(folder, "out.json");
    const args = [command, join(folder, "m.json"), ...rest, ...(rest.length > 0 ? [out] : [])];
    const { status, stdout, stderr } = await causalscope(args, { signal: AbortSignal.abort() });
    expect([status, stdout, stderr]).toEqual([130, "", "causalscope: interrupted\n"]);
    expect(existsSync(out)).toBe(false);
  });

  it("lets signals in at its first pause, and then only every now and then", async () => {
    const stop = new AbortController();
    const pause = pauses({ signal: stop.signal });
    await pause();
    setImmediate(() => stop.abort());
    const ends = async () => {
      for (;;) await pause();
    };
    await expect(ends()).rejects.toThrow("aborted");
  });
});
