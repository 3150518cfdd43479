import { describe, expect, it } from "vitest";
import { once } from "../../../test/once.ts";
import { sized } from "../../../test/sizes.ts";
import { InvalidInputError } from "../../core/src/checks/errors.ts";
import { createPool } from "../../core/src/pools/node.ts";
import { trainingStudies } from "../src/paper-runs.ts";
import type { StudyContext, StudyResult } from "../src/study.ts";
import type { TrainingOptions, TrainingQuestion } from "../src/training.ts";

const irisStudy = trainingStudies.iris!;

const small: Partial<TrainingOptions> = { seeds: [0, 4], epochs: 5, every: 2, tolerance: 0.3 };

async function all(
  question: TrainingQuestion,
  last: (seed: number) => StudyResult | undefined = () => undefined,
  context: Partial<StudyContext> = {},
) {
  const results: StudyResult[] = [];
  const lastFile = (seed: number) => {
    const result = last(seed);
    return result && { path: "c.safetensors", bytes: result.checkpoint };
  };
  for await (const result of irisStudy.results(question, { ...context, last: lastFile })) results.push(result);
  return results;
}

describe("the question of the study iris", () => {
  it("is the paper's experiment where nothing else is asked", () => {
    expect(irisStudy.question({})).toEqual({
      data: "iris",
      source: "embedded",
      side: 0,
      classes: 3,
      trainRows: 100,
      splitSeed: 0,
      randomLabels: false,
      layers: [4, 5, 5, 3],
      activation: "sigmoid",
      outputActivation: "sigmoid",
      bias: false,
      initializer: "uniform",
      seeds: [0, 1, 2],
      epochs: 4000,
      optimizer: "sgd",
      learningRate: 0.01,
      batch: 10,
      loss: "mse",
      reduction: "sum",
      l2: 0,
      dropout: 0,
      batchNorm: false,
      every: 50,
      bins: { input: 8, output: 8 },
      inputRange: [0, 1],
      valueRange: null,
      outside: "drop",
      tolerance: 0.02,
      samples: 1_000_000,
    });
  });

  it("is asked again by the options that it gives back", () => {
    const question = irisStudy.question({ ...small, bins: { input: 4, output: 6 }, layers: [4, 3], splitSeed: 9 });
    expect(irisStudy.question(irisStudy.options(question))).toEqual(question);
  });

  it.each<[keyof TrainingOptions, unknown, string]>([
    ["seeds", [], "at least one seed"],
    ["seeds", [1, 1], "none twice"],
    ["seeds", [0.5], "whole numbers from 0"],
    ["seeds", "0", "at least one seed"],
    ["splitSeed", -1, "a whole number from 0"],
    ["epochs", 0, "from 1 to"],
    ["epochs", 2.5, "got 2.5"],
    ["every", 0, "from 1 to"],
    ["batch", 101, "from 1 to 100"],
    ["learningRate", 0, "above 0"],
    ["learningRate", Number.POSITIVE_INFINITY, "a finite number above 0"],
    ["tolerance", -0.1, "above 0"],
    ["layers", [4], "widths from 1 to"],
    ["layers", [4, 0, 3], "widths from 1 to"],
    ["layers", [5, 5, 3], "begin with 4"],
    ["layers", [4, 5, 2], "end with 3"],
    ["activation", "softmax", "one of sigmoid, tanh, relu, identity"],
    ["activation", "constructor", "one of sigmoid"],
    ["bins", 1, "a whole number from 2"],
    ["bins", 2.5, "a whole number from 2"],
    ["bins", 1e9, "a whole number from 2 to 65536"],
    ["bins", { input: 8 }, "a whole number from 2"],
  ])("refuses %s = %j", (option, value, words) => {
    const ask = () => irisStudy.question({ [option]: value } as Partial<TrainingOptions>, (name) => `option ${name}`);
    expect(ask).toThrow(InvalidInputError);
    expect(ask).toThrow(`option ${option}: expected`);
    expect(ask).toThrow(words);
  });
});

describe("the results of the study iris", () => {
  const question = irisStudy.question(small);
  const undisturbed = once(() => all(question));

  it("are a checkpoint at epoch 0, at every so many epochs and at the last, seed after seed", async () => {
    const results = await undisturbed();
    expect(results.map(({ training }) => [training.seed, training.epoch, training.step])).toEqual(
      [0, 4].flatMap((seed) => [0, 2, 4, 5].map((epoch) => [seed, epoch, 10 * epoch])),
    );
    for (const { training, measurements } of results) {
      expect(measurements).toHaveLength(15);
      for (const row of measurements) {
        expect([row.seed, row.epoch]).toEqual([training.seed, training.epoch]);
        if (row.measure === "ei") expect(row.standardError).toBeLessThanOrEqual(0.3);
      }
    }
    expect(irisStudy.describe(question).layers).toEqual(
      [
        [4, 5],
        [5, 5],
        [5, 3],
      ].map(([inputs, outputs], l) => ({ name: `layer ${l + 1}`, inputs, outputs, activation: "sigmoid" })),
    );
    expect(results[0]!.measurements.map(({ layerName }) => layerName)).toEqual(
      irisStudy.describe(question).layers.flatMap(({ name }) => Array(5).fill(name)),
    );
  });

  it("are the same bytes wherever they are continued from, and whatever was measured before", async () => {
    const whole = await undisturbed();
    for (const at of sized({ small: [1, 6], whole: [1, 3, 4, 6, 8] })) {
      const before = whole.slice(0, at);
      const rest = await all(question, (seed) => before.findLast(({ training }) => training.seed === seed));
      expect(rest).toStrictEqual(whole.slice(at));
    }
    const alone = await all(irisStudy.question({ ...small, seeds: [4] }));
    expect(alone).toStrictEqual(whole.slice(4));
  });

  it("are the same bytes with any number of workers, in the same order, with progress that never falls", async () => {
    const whole = await undisturbed();
    for (const workers of sized({ small: [0, 2], whole: [0, 1, 2, 8] })) {
      const pool = createPool({ workers });
      const seen: number[] = [];
      const onProgress: StudyContext["onProgress"] = ({ at, done, total }) => {
        expect(total).toBe(8);
        expect(at).toMatch(/^seed [04], epoch [0245]$/);
        seen.push(done);
      };
      expect(await all(question, undefined, { pool, onProgress })).toStrictEqual(whole);
      expect(seen).toEqual(seen.toSorted((a, b) => a - b));
      expect([seen[0], seen.at(-1)]).toEqual([0, 8]);
      await pool.close();
    }
  });

  it("end with the signal's reason with workers, too, and the pool can be used again", async () => {
    const pool = createPool({ workers: 2 });
    const whole = await undisturbed();
    const stop = new AbortController();
    const reason = new Error("enough");
    const found: StudyResult[] = [];
    const run = irisStudy.results(question, { last: () => undefined, signal: stop.signal, pool });
    const ended = (async () => {
      for await (const result of run) {
        found.push(result);
        if (found.length === 2) stop.abort(reason);
      }
    })();
    await expect(ended).rejects.toBe(reason);
    // What was done ahead comes before the end: up to five results more, of eight.
    expect(found.length).toBeGreaterThanOrEqual(2);
    expect(found).toStrictEqual(whole.slice(0, found.length));
    expect(await all(question, undefined, { pool })).toStrictEqual(whole);
    await pool.close();
  });

  it("end with the signal's reason, also within a measurement", async () => {
    const stop = new AbortController();
    const reason = new Error("enough");
    const seen: number[] = [];
    const run = irisStudy.results(question, {
      last: () => undefined,
      signal: stop.signal,
      onProgress: ({ done, total }) => {
        seen.push(done);
        expect(total).toBe(8);
        if (done > 1.2) stop.abort(reason);
      },
    });
    expect((await run.next()).value?.training.epoch).toBe(0);
    await expect(run.next()).rejects.toBe(reason);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBeLessThan(2);
  });

  it("take another activation, other widths and other bins", async () => {
    const other = irisStudy.question({
      ...small,
      seeds: [0],
      layers: [4, 2, 3],
      activation: "tanh",
      bins: { input: 4, output: 16 },
    });
    const results = await all(other);
    expect(results[0]!.measurements).toHaveLength(10);
    const ei = results[0]!.measurements.filter(({ measure }) => measure === "ei");
    for (const { bits } of ei) expect(bits).toBeLessThanOrEqual(8);
  });
});
