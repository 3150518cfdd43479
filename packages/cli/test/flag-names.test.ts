import { Command } from "commander";
import { expect, it } from "vitest";
import { inFlags } from "../src/flag-names.ts";
import { causalscope } from "./harness.ts";
import { networkFile, TRIO } from "./networks.ts";

const command = new Command("ablate").option("--bootstrap <n>").option("--test-data <file>").option("--seed <n>");

it.each([
  ["ablate(): bootstrap: expected 0 or more; got -1.", "--bootstrap: expected 0 or more; got -1."],
  ["ablate(): settings.testData: expected rows; got none.", "--test-data: expected rows; got none."],
  ["film: seed: expected one of 0, 1; got 9.", "--seed: expected one of 0, 1; got 9."],
  [
    "seed: expected a number; got x. Set `testData`, `force` or `else`.",
    "--seed: expected a number; got x. Set --test-data, --force or `else`.",
  ],
  // What a file says is not what was typed.
  ["runs/a/run.json: seed: expected a number; got x.", "runs/a/run.json: seed: expected a number; got x."],
  ["data.csv: expected a seed; got none.", "data.csv: expected a seed; got none."],
  ["ablate(): work: expected an object; got 1.", "ablate(): work: expected an object; got 1."],
  ["learnQuantizer(): expected bins from 2; got 1.", "--quantizer: expected bins from 2; got 1."],
])("%s", (message, expected) => {
  expect(inFlags(message, command)).toBe(expected);
});

it("leaves alone what is said before there is a command", () => {
  expect(inFlags("film: seed: expected 1; got 2.", undefined)).toBe("film: seed: expected 1; got 2.");
});

it.each(["show", "measure"])(
  "%s: the flag, and how it is typed, whatever part of a command complains",
  async (name) => {
    const words = "--bins: expected a whole number from 2 to 65,536, or two of them, inputs,outputs; got 0.";
    expect(await causalscope([name, networkFile(TRIO), "--bins", "0"])).toEqual({
      status: 2,
      stdout: "",
      stderr: `causalscope: ${words}\n`,
    });
  },
);
