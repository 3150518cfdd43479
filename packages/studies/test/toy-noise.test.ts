/** The noise of data that are made: an option that changes nothing where it is not used. */
import { describe, expect, it } from "vitest";
import { InvalidInputError } from "../../core/src/checks/error-classes.ts";
import { spiral } from "../../core/src/datasets/toys.ts";
import { embeddedData } from "../../runs/src/data-plan.ts";
import { settingsOf } from "../../runs/src/study.ts";
import { studyOptions } from "../../runs/src/study-options.ts";
import { study as iris } from "../src/iris/index.ts";
import { study } from "../src/train/index.ts";

const asked = (given: object) => studyOptions(study, { layers: [2, 4, 2], ...given });
const flag = (option: string) => `--${option}`;

async function points(given: object): Promise<string[]> {
  const { train, test } = await embeddedData(asked(given));
  return [train, test!]
    .flatMap(({ inputs, rows }) =>
      Array.from({ length: rows }, (_, row) => `${inputs[2 * row]} ${inputs[2 * row + 1]}`),
    )
    .sort();
}

describe("the noise of spiral and circles", () => {
  it("is left out of the question where it is as it always was, given or not", () => {
    const plain = asked({ data: "spiral" });
    expect(plain).not.toHaveProperty("noise");
    expect(JSON.stringify(asked({ data: "spiral", noise: 0.02 }))).toBe(JSON.stringify(plain));
    expect(studyOptions(iris)).not.toHaveProperty("noise");
  });

  it("scatters the points, and is 0.02 by default", async () => {
    const made = (noise: number) => {
      const { inputs } = spiral({ rows: 600, noise, seed: 3 });
      return Array.from({ length: 600 }, (_, row) => `${inputs[2 * row]} ${inputs[2 * row + 1]}`).sort();
    };
    const of = { data: "spiral", splitSeed: 3 };
    expect(await points(of)).toEqual(made(0.02));
    expect(await points({ ...of, noise: 0.1 })).toEqual(made(0.1));
    expect(await points({ ...of, noise: 0 })).toEqual(made(0));
  });

  it("is a part of the question, which is asked again by what it gives back, and is shown", () => {
    const options = asked({ data: "circles", noise: 0.1 });
    expect(options.noise).toBe(0.1);
    expect(studyOptions(study, JSON.parse(JSON.stringify(options)))).toEqual(options);
    expect(settingsOf(study, options).find(([label]) => label === "data")![1]).toBe(
      "two circles, 2 classes, 400 training examples, noise 0.1",
    );
  });

  it.each([
    [
      { data: "xor", batch: 4, noise: 0.1 },
      "--noise: expected data that are made with noise, spiral or circles, not XOR; got 0.1",
    ],
    [{ data: "digits", layers: [64, 10], noise: 0.02 }, "--noise: expected data that are made with noise"],
    [{ data: "spiral", noise: 0.3 }, "--noise: expected a number from 0 to 0.25; got 0.3"],
    [{ data: "spiral", noise: -1 }, "--noise: expected a number from 0 to 0.25; got -1"],
  ])("is refused in %j", (given, words) => {
    const ask = () => studyOptions(study, { layers: [2, 4, 2], ...given }, flag);
    expect(ask).toThrow(InvalidInputError);
    expect(ask).toThrow(words);
  });
});
