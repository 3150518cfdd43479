/** run.json: what a run wrote is read back, and what was changed is named. */
import { describe, expect, test } from "vitest";
import { FormatError } from "../../core/src/checks/error-classes.ts";
import { type RunFile, readRunFile, runFileText } from "../src/run-file.ts";

const file: RunFile = {
  format: 2,
  status: "unfinished",
  study: "iris",
  question: { seeds: [0, 1], nested: { "a b": [null, true, 1.5] } },
  memory: 1e9,
  version: "0.1.0",
  environments: [{ node: "20", platform: "linux", arch: "x64", cpu: "a processor" }],
  figures: ["causal-plane", "loss_2"],
};
const written = JSON.parse(runFileText(file));

describe("run.json", () => {
  test("is read back as it was", () => {
    expect(readRunFile(runFileText(file), "run.json")).toEqual(file);
    const { memory, ...without } = file;
    expect(readRunFile(runFileText(without), "run.json")).toEqual(without);
  });

  test("may hold what later versions add", () => {
    expect(readRunFile(JSON.stringify({ ...written, executor: "queue" }), "run.json")).toEqual(file);
  });

  test.each(["", "{", "null", "[]", "3", '{"format": "causalscope-run"}', '{"format": "other", "version": 2}'])(
    "refuses %j, which is no run",
    (text) => {
      expect(() => readRunFile(text, "run.json")).toThrow(FormatError);
      expect(() => readRunFile(text, "run.json")).toThrow("run.json: expected a run of the format causalscope-run");
    },
  );

  test.each([
    [{ status: "done" }, 'run.json: status: expected "unfinished" or "finished"; got "done".'],
    [{ study: 3 }, "run.json: study: expected a string; got 3."],
    [{ question: [] }, "run.json: question: expected an object; got an empty array."],
    [{ memory: 0 }, "run.json: memory: expected a number above 0; got 0."],
    [{ environments: [3] }, "run.json: environments[0]: expected an object; got 3."],
    [
      { figures: ["../x"] },
      'run.json: figures[0]: expected the name of a figure, of letters, digits and dashes; got "../x".',
    ],
    [{ causalscope: undefined }, "run.json: causalscope: expected a string; got nothing."],
  ])("names what was changed: %j", (change, message) => {
    const text = JSON.stringify({ ...written, ...change });
    expect(() => readRunFile(text, "run.json")).toThrow(
      `${message} The file was changed after the run wrote it. Restore it, or choose another folder.`,
    );
  });
});
