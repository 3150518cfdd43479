import { describe, expect, it } from "vitest";
import { once } from "../../../test/once.ts";
import { sized } from "../../../test/sizes.ts";
import { InvalidInputError } from "../../core/src/checks/error-classes.ts";
import { createPool } from "../../core/src/pools/node-pool.ts";
import { askOf } from "../../runs/src/ask.ts";
import type { Run } from "../../runs/src/open-run.ts";
import { perform, type StudyProgress } from "../../runs/src/perform.ts";
import { startRun } from "../../runs/src/run-folder.ts";
import type { PartResult, StudyWork } from "../../runs/src/study.ts";
import { studyOptions } from "../../runs/src/study-options.ts";
import { temporaryFolder } from "../../runs/test/folders.ts";
import type { TrainingOptions } from "../src/common/training-options.ts";
import { study } from "../src/iris/index.ts";
import { resultsOf } from "./results.ts";

const small = { seeds: [0, 4], epochs: 5, every: 2, tolerance: 0.3 };

/** Seed after seed; of `before`, which is finished, the rest. */
async function all(options: TrainingOptions, before: readonly PartResult[] = [], work: StudyWork = {}) {
  const results: PartResult[] = [];
  for (const part of study.parts(options)) {
    const finished = before.filter(({ rows }) => rows.training![0]!.seed === part.seed);
    if (finished.length < 4) results.push(...(await resultsOf(study, part, work, finished.at(-1))));
  }
  return results;
}

describe("the question of the study iris", () => {
  it("is the paper's experiment where nothing else is asked", () => {
    expect(studyOptions(study)).toEqual({
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
    const options = studyOptions(study, { ...small, bins: { input: 4, output: 6 }, layers: [4, 3], splitSeed: 9 });
    expect(studyOptions(study, JSON.parse(JSON.stringify(options)))).toEqual(options);
  });

  it.each<[keyof TrainingOptions, unknown, string]>([
    ["seeds", [], "at least one seed"],
    ["seeds", [1, 1], "all different"],
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
    ["bins", 1e9, "a whole number from 2 to 65,536"],
    ["bins", { input: 8, outputs: 8 }, "Did you mean output?"],
  ])("refuses %s = %j", (option, value, words) => {
    const ask = () => studyOptions(study, { [option]: value }, (name) => `option ${name}`);
    expect(ask).toThrow(InvalidInputError);
    expect(ask).toThrow(new RegExp(`option ${option}.*: expected`));
    expect(ask).toThrow(words);
  });
});

describe("the results of the study iris", () => {
  const options = studyOptions(study, small);
  const undisturbed = once(() => all(options));

  const started = () => {
    const folder = `${temporaryFolder()}/run`;
    return { folder, run: startRun(folder, askOf(study, options)) };
  };

  it("are told roughly before, where that is asked for, and stay the same", async () => {
    const fine = studyOptions(study, { seeds: [0], epochs: 2, every: 2, tolerance: 0.02 });
    const told: PartResult[] = [];
    const results = await all(fine, [], { onRough: (result) => told.push(result) });
    expect(results).toEqual(await all(fine));
    const [first] = results;
    // The first checkpoint is always told: how long it takes is not known yet.
    const before = told.filter(({ step }) => step === 0);
    expect(before.length).toBeGreaterThan(0);
    for (const rough of before) {
      expect(rough.blobs).toEqual(first!.blobs);
      expect(rough.rows.training).toEqual(first!.rows.training);
      for (const [k, row] of rough.rows.measurements!.entries()) {
        const exact = first!.rows.measurements![k]!;
        expect([row.layer, row.measure]).toEqual([exact.layer, exact.measure]);
        if (exact.standardError === 0) expect(row.bits).toBe(exact.bits);
        else expect(Math.abs(row.bits - exact.bits)).toBeLessThan(6 * row.standardError);
      }
    }
  });

  it("are a checkpoint at epoch 0, at every so many epochs and at the last, seed after seed", async () => {
    const results = await undisturbed();
    expect(
      results.map(({ rows: { training } }) => [training![0]!.seed, training![0]!.epoch, training![0]!.step]),
    ).toEqual([0, 4].flatMap((seed) => [0, 2, 4, 5].map((epoch) => [seed, epoch, 10 * epoch])));
    for (const { step, rows, blobs } of results) {
      const [training] = rows.training!;
      expect(rows.measurements).toHaveLength(15);
      expect([step, blobs.map(({ name }) => name)]).toEqual([
        training!.epoch,
        [`seed-${training!.seed}/epoch-00000${step}.safetensors`],
      ]);
      for (const row of rows.measurements!) {
        expect([row.seed, row.epoch]).toEqual([training!.seed, training!.epoch]);
        if (row.measure === "ei") expect(row.standardError).toBeLessThanOrEqual(0.3);
      }
    }
    expect(study.network!(options).layers).toEqual(
      [
        [4, 5],
        [5, 5],
        [5, 3],
      ].map(([inputs, outputs], l) => ({ name: `layer ${l + 1}`, inputs, outputs, activation: "sigmoid" })),
    );
    expect(results[0]!.rows.measurements!.map(({ layerName }) => layerName)).toEqual(
      study.network!(options).layers.flatMap(({ name }) => Array(5).fill(name)),
    );
  });

  it("are the same bytes wherever they are continued from, and whatever was measured before", async () => {
    const whole = await undisturbed();
    for (const at of sized({ small: [1, 6], whole: [1, 3, 4, 6, 8] })) {
      const before = whole.slice(0, at);
      const rest = await all(options, before);
      expect(rest).toStrictEqual(whole.slice(at));
    }
    const alone = await all(studyOptions(study, { ...small, seeds: [4] }));
    expect(alone).toStrictEqual(whole.slice(4));
  });

  it("are the same bytes with any number of workers, in the same order, with progress that never falls", async () => {
    const whole = await undisturbed();
    for (const workers of sized({ small: [0, 2], whole: [0, 1, 2, 8] })) {
      const pool = createPool({ workers });
      const seen: number[] = [];
      const { run } = started();
      const onProgress = ({ at, done, total }: StudyProgress) => {
        expect(total).toBe(8);
        expect(at).toMatch(/^seed [04](, epoch [0245])?$/);
        seen.push(done);
      };
      await perform(run, study, options, { pool, onProgress });
      expect(run.finished.map(({ rows }) => rows)).toEqual(whole.map(({ rows }) => rows));
      expect(run.result({ part: 1, step: 5 })).toEqual(whole.at(-1));
      expect(seen).toEqual(seen.toSorted((a, b) => a - b));
      expect([seen[0], seen.at(-1)]).toEqual([0, 8]);
      run.close();
      await pool.close();
    }
  });

  it("end with the signal's reason with workers, too, and the pool can be used again", async () => {
    const pool = createPool({ workers: 2 });
    const whole = await undisturbed();
    const stop = new AbortController();
    const reason = new Error("enough");
    const { run, folder } = started();
    const save: Run["save"] = (part, result) => {
      run.save(part, result);
      if (run.finished.length === 2) stop.abort(reason);
    };
    await expect(perform({ ...run, save }, study, options, { signal: stop.signal, pool })).rejects.toBe(reason);
    run.close();
    // What was done ahead comes before the end.
    expect(run.finished.length).toBeGreaterThanOrEqual(2);
    const again = startRun(folder, askOf(study, options), { resume: true });
    await perform(again, study, options, { pool });
    expect(again.finished.map(({ rows }) => rows)).toEqual(whole.map(({ rows }) => rows));
    again.close();
    await pool.close();
  });

  it("end with the signal's reason, also within a measurement", async () => {
    const stop = new AbortController();
    const reason = new Error("enough");
    const seen: number[] = [];
    const results = study.run(study.parts(options)[0]!, {
      signal: stop.signal,
      onProgress: ({ fraction }) => {
        seen.push(4 * fraction);
        if (4 * fraction > 1.2) stop.abort(reason);
      },
    });
    expect((await results.next()).value?.step).toBe(0);
    await expect(results.next()).rejects.toBe(reason);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBeLessThan(2);
  });

  it("take another activation, other widths and other bins", async () => {
    const other = studyOptions(study, {
      ...small,
      seeds: [0],
      layers: [4, 2, 3],
      activation: "tanh",
      bins: { input: 4, output: 16 },
    });
    const results = await all(other);
    expect(results[0]!.rows.measurements).toHaveLength(10);
    const ei = results[0]!.rows.measurements!.filter(({ measure }) => measure === "ei");
    for (const { bits } of ei) expect(bits).toBeLessThanOrEqual(8);
  });
});
