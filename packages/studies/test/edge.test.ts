/** The study of one connection: how many values it may be asked for. */
import { parse } from "@causalscope/core/schema";
import { describe, expect, it } from "vitest";
import { study } from "../src/edge/index.ts";

describe("the study edge", () => {
  it.each([
    [{ greatestWeight: 1e7, bins: [8] }, "0.05, which gives 600,000,003"],
    [{ greatestWeight: 1e308 }, "0.05, which gives "],
    [{ weightStep: 1e-320 }, "1e-320, which gives ∞"],
  ])("refuses %j before it makes a list of weights", (options, got) => {
    const read = () => parse(study.options, options, (name) => `run.json: ${name}`);
    expect(read).toThrow(
      "run.json: weightStep: expected a step between weights with at most 1,000,000 values in all; got ",
    );
    expect(read).toThrow(got);
  });

  it("takes a million values", () => {
    const options = { bins: [8], greatestWeight: 333_332, weightStep: 1 };
    expect(parse(study.options, options, "edge")).toEqual(options);
    expect(() => parse(study.options, { ...options, greatestWeight: 333_333 }, "edge")).toThrow("gives 1,000,002");
  });
});
