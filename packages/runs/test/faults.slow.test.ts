/** As faults.test.ts, of real studies by the command: a small training and a small study of values, at every ninth disk that a cut leaves. */
import { describe, expect, it } from "vitest";
import { causalscope } from "../../cli/test/harness.ts";
import type { FileSystem } from "../src/file-system.ts";
import { storageOn } from "../src/storage.ts";
import { cutsOf, fallibleDisk, keyOf } from "./fallible-disk.ts";

const EVERY = 9;
const STUDIES = [
  ["iris", "--epochs", "2", "--every", "1", "--seeds", "2", "--tolerance", "0.3"],
  ["edge", "--bins", "8", "--weight-step", "2"],
  ["ablation", "--data", "iris", "--seeds", "1", "--epochs", "2", "--repetitions", "1", "--bootstrap", "5"],
];

describe.each(STUDIES)("the study %s", (study, ...options) => {
  it("is resumed to the same bytes wherever it was cut off", async () => {
    const args = ["study", study!, ...options, "--quiet", "--workers", "0", "--resume", "--out", "/runs/one"];
    const work = async (fs: FileSystem) => {
      expect(await causalscope(args, { storage: storageOn(fs) })).toMatchObject({ status: 0 });
    };
    const { whole, left } = await cutsOf(work);
    expect(left.length).toBeGreaterThan(50);
    for (const [k, holds] of left.entries()) {
      if (k % EVERY > 0) continue;
      const after = fallibleDisk({ holds });
      await work(after.fs);
      expect(keyOf(after.snapshot())).toBe(whole);
    }
  });
});
