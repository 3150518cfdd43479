/** What holds of every study: its parts are plain data, and its results depend on nothing else. */
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { once } from "../../../test/once.ts";
import { sized } from "../../../test/sizes.ts";
import { dataset } from "../../core/src/datasets/dataset.ts";
import { Random, Stream } from "../../core/src/information/random.ts";
import { featuresOf } from "../../runs/src/data-plan.ts";
import { journalLine } from "../../runs/src/journal.ts";
import { type Executor, inProcess } from "../../runs/src/perform.ts";
import { performStudy } from "../../runs/src/perform-study.ts";
import { readRun } from "../../runs/src/read-run.ts";
import { joinedRows } from "../../runs/src/row-tables.ts";
import { stepsOf } from "../../runs/src/steps.ts";
import { type Study, type StudyWork, settingsOf, tablesOfStudy } from "../../runs/src/study.ts";
import { formOf, studyOptions } from "../../runs/src/study-options.ts";
import { filesIn, folderOfFile, temporaryFolder } from "../../runs/test/folders.ts";
import { studies } from "../src/index.ts";
import { resultsOf } from "./results.ts";

const throughJson = <T>(value: T): T => JSON.parse(JSON.stringify(value));

/** Examples in place of files: two classes apart, whatever the plan. */
const data: NonNullable<StudyWork["data"]> = async (plan) => {
  const [rows, features] = [40, featuresOf(plan)!];
  const random = new Random(1, Stream.examples);
  const labels = Int32Array.from({ length: rows }, (_, row) => row % plan.classes);
  const inputs = Float64Array.from({ length: rows * features }, () => random.uniform());
  const made = dataset({
    name: "made",
    inputs: { data: inputs, shape: [rows, features] },
    labels,
    classes: Array.from({ length: plan.classes }, (_, label) => `${label}`),
  });
  return { train: made, test: made };
};
const work: StudyWork = { data };

/** One seed or two, the narrowest networks, few examples and epochs, and errors that nobody would publish. */
function smallOptions(study: Study): Record<string, unknown> {
  const has = (name: string) => formOf(study).fields.some((field) => field.name === name);
  const { layers = [] } = studyOptions(study) as { readonly layers?: readonly number[] };
  return {
    ...study.quick,
    ...(has("tolerance") && { tolerance: 2 }),
    ...(has("seeds") && { seeds: study.network ? [3, 0] : [3] }),
    ...(study.network && {
      ...{ epochs: 2, every: 1, batch: 10, trainRows: 40, bins: 4, samples: 1000 },
      layers: [layers[0], 2, layers.at(-1)],
    }),
  };
}

const runs = folderOfFile();

/** One of each kind, and all of them where there is time. */
const ONE_OF_EACH = ["iris", "edge", "generalization", "ablation"];
const some = sized({ small: studies.filter(({ name }) => ONE_OF_EACH.includes(name)), whole: studies });

/** All but the one whose part takes more than a second: pruning.test.ts performs it. */
const brief = studies.filter(({ name }) => name !== "pruning");

const loadedBy = (load: () => Promise<Study>) =>
  once(async () => {
    const study = await load();
    const options = studyOptions(study, smallOptions(study));
    return { study, options, parts: study.parts(options) };
  });

describe.each(studies)("the study $name", ({ load }) => {
  const loaded = loadedBy(load);

  it("has options that are plain data, and take what they give", async () => {
    const { study, options } = await loaded();
    for (const each of [options, studyOptions(study)]) {
      expect(throughJson(each)).toStrictEqual(each);
      expect(studyOptions(study, throughJson(each))).toStrictEqual(each);
      for (const [label, value] of settingsOf(study, each))
        expect([typeof label, typeof value]).toEqual(["string", "string"]);
    }
    expect(() => studyOptions(study, { nonsense: 1 })).toThrow(`study ${study.name}: expected one of the options`);
  });

  it("has a form that says what each option is, as plain data", async () => {
    const { study } = await loaded();
    const form = formOf(study);
    expect(throughJson(form)).toStrictEqual(form);
    expect(form.fields.length).toBeGreaterThan(0);
    const options = studyOptions(study) as Record<string, unknown>;
    for (const { name, description, flag, expected, default: preset, kind, value } of form.fields) {
      expect(description).not.toBe("");
      expect(expected).not.toBe("anything");
      expect(flag).toMatch(/^--[a-z\d-]+$/);
      expect(options[name] ?? null).toEqual(preset);
      expect(value === undefined).toBe(kind === "flag");
    }
  });

  it("has parts that are plain data, each with a name and a time", async () => {
    const { parts, study } = await loaded();
    expect(parts.length).toBeGreaterThan(0);
    expect(throughJson(parts)).toStrictEqual(parts);
    expect(new Set(parts.map(({ at }) => at)).size).toBe(parts.length);
    if (study.work === undefined) for (const { seconds } of parts) expect(seconds).toBeGreaterThan(0);
  });
});

describe.each(sized({ small: brief, whole: studies }))("a part of the study $name", ({ load }) => {
  const loaded = loadedBy(load);

  it("gives the steps that a part plans, rows of its tables, and blobs by name and SHA-256", async () => {
    const { parts, study } = await loaded();
    const results = await resultsOf(study, parts[0]!, work);
    const steps = stepsOf([parts[0]!]);
    expect(results.map(({ step }) => step)).toEqual(Array.from({ length: steps.count }, (_, k) => steps.at(k).step));
    const names = results.flatMap(({ blobs }) => blobs.map(({ name }) => name));
    expect(new Set(names).size).toBe(names.length);
    for (const { step, rows, blobs } of results) {
      expect(tablesOfStudy(study)).toEqual(expect.arrayContaining(Object.keys(rows)));
      const hashes: Record<string, string> = {};
      for (const { name, sha256, bytes } of blobs) {
        expect(createHash("sha256").update(bytes).digest("hex")).toBe(sha256);
        hashes[name] = sha256;
      }
      // What a line holds is what came out.
      const { kept } = journalLine({ finished: { part: 0, step, rows }, blobs: hashes }, "");
      expect(joinedRows([kept])).toEqual(joinedRows([{ rows }]));
    }
    const rows = joinedRows(results);
    const [first] = rows.values;
    for (const { setting } of rows.values) expect(Object.keys(setting)).toEqual(Object.keys(first!.setting));
  });
});

describe.each(some)("the study $name, performed,", ({ name, load }) => {
  const folder = `${runs}/${name}`;
  const loaded = loadedBy(load);
  const whole = once(async () => {
    const { study, parts } = await loaded();
    return resultsOf(study, parts[0]!, work);
  });

  const undisturbed = once(async () => {
    const { study, options } = await loaded();
    const { rows } = await performStudy(study, folder, { options: options as Record<string, unknown>, data });
    return { rows, files: filesIn(folder) };
  });

  it("gives the same bytes of a part that was sent, and after each of its results", async () => {
    const { parts, study } = await loaded();
    const results = await whole();
    const sent = throughJson(parts[0]!);
    expect(await resultsOf(study, sent, work)).toStrictEqual(results);
    const ends = results.slice(0, -1);
    for (const [k, last] of (sized({ small: ends.slice(-1), whole: ends }) as typeof ends).entries()) {
      const at = results.indexOf(last);
      expect(await resultsOf(study, throughJson(parts[0]!), work, results[at]!), `after ${k}`).toStrictEqual(
        results.slice(at + 1),
      );
    }
  });

  it("is run by anything that takes plain data, and goes on where it was stopped, to the same files", async () => {
    const { study, options } = await loaded();
    const given = options as Record<string, unknown>;
    const { rows, files } = await undisturbed();
    expect(readRun(folder).rows).toStrictEqual(rows);

    const { count } = stepsOf(study.parts(options));
    for (const at of sized({
      small: [Math.ceil(count / 2)],
      whole: Array.from({ length: count }, (_, k) => k + 1),
    })) {
      const other = `${temporaryFolder()}/run`;
      const stop = new AbortController();
      let results = 0;
      const elsewhere: Executor = async function* ({ part, ...job }, work) {
        for await (const result of inProcess(study)({ ...job, part: throughJson(part) }, work)) {
          yield result;
          if (++results === at) stop.abort(new Error("enough"));
          stop.signal.throwIfAborted();
        }
      };
      const stopped = performStudy(study, other, { options: given, data, execute: elsewhere, signal: stop.signal });
      await expect(stopped).rejects.toThrow("enough");
      await performStudy(study, other, { options: given, data });
      expect(filesIn(other)).toEqual(files);
    }
  });

  it("says what it found, and draws it", async () => {
    const { study, options } = await loaded();
    const { rows } = await undisturbed();
    for (const finding of study.findings(options, rows)) {
      expect(Object.keys(finding).sort()).toEqual(["because", "claim", "found", "paper", "verdict"]);
      for (const text of Object.values(finding)) expect(text).not.toMatch(/undefined|NaN|\[object/);
    }
    const figures = await study.figures(options, rows);
    for (const { name, svg } of figures) {
      expect(name).toMatch(/^[\w-]+$/);
      expect(svg).toMatch(/^<svg /);
    }
    expect(await study.figures(options, rows)).toEqual(figures);
  });
});
