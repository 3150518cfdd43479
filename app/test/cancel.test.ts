/** A run that is cancelled keeps what it finished, and goes on from there, here or by the library. */
import { expect, test } from "vitest";
import { fingerprint, memoryStorage, performStudy, readRun } from "../../packages/runs/src/index.ts";
import { study } from "../../packages/studies/src/index.ts";
import { once } from "../../test/once.ts";
import type { Question } from "../src/engine/protocol.ts";
import { ENDS, type Heard, listening, openFiles, results } from "./engine-events.ts";

const QUESTION: Question = {
  study: "train",
  options: {
    data: "xor",
    layers: [2, 3, 2],
    activation: "tanh",
    epochs: 9,
    every: 3,
    seeds: [0, 1],
    tolerance: 0.5,
  },
};

const whole = once(async () =>
  performStudy(await study("train"), "run", { options: QUESTION.options, storage: memoryStorage() }),
);

async function cancelled(): Promise<Heard> {
  const engine = listening();
  engine.take({ kind: "start", question: QUESTION });
  await engine.next(["rows"]);
  const before = engine.events.length;
  engine.take({ kind: "cancel" });
  const end = await engine.next(ENDS);
  // Of what was at work, one result at the most is still told.
  expect(results(engine.events.slice(before)).length).toBeLessThanOrEqual(1);
  const told = results(engine.events).length;
  expect(end).toEqual({ kind: "stopped", run: 1, finished: told, canContinue: true });
  return engine;
}

async function filesOf(engine: Heard): Promise<(readonly [string, Uint8Array])[]> {
  engine.take({ kind: "inquire", id: 1, inquiry: { of: "files" } });
  const { answer } = await engine.next(["answer"]);
  return answer as (readonly [string, Uint8Array])[];
}

test("ends at once, keeps its rows, and another run can be started", async () => {
  const engine = await cancelled();
  const at = engine.events.length;
  engine.take({ kind: "start", question: QUESTION });
  expect(await engine.next(ENDS, at)).toEqual({ kind: "done", run: 2, fingerprint: fingerprint(await whole()) });
  const after = engine.events.slice(at);
  expect(after.every((event) => "run" in event && event.run === 2)).toBe(true);
});

test("a run that another takes the place of ends, and does not tell of itself as the other", async () => {
  const engine = listening();
  engine.take({ kind: "start", question: QUESTION });
  await engine.next(["rows"]);
  engine.take({ kind: "start", question: { ...QUESTION, options: { ...QUESTION.options, seeds: [5] } } });
  const { run } = await engine.next(["done"]);
  expect(run).toBe(2);
  const seeds = results(engine.events, 2).flatMap(({ training }) => training.map(({ seed }) => seed));
  expect(new Set(seeds)).toEqual(new Set([5]));
});

test("what is saved is continued by the library to the result of an uninterrupted run", async () => {
  const engine = await cancelled();
  const files = await filesOf(engine);
  expect(readRun("run", { storage: memoryStorage(files, "run") }).file.status).toBe("unfinished");
  const storage = memoryStorage(files, "run");
  const continued = await performStudy(await study("train"), "run", { options: QUESTION.options, storage });
  expect(continued.rows).toEqual((await whole()).rows);
});

test("is continued in the page when that is asked for", async () => {
  const engine = await cancelled();
  const at = engine.events.length;
  engine.take({ kind: "continue" });
  // Twice is once.
  engine.take({ kind: "continue" });
  const { fingerprint: found } = (await engine.next(ENDS, at)) as { fingerprint?: string };
  const expected = await whole();
  expect(found).toBe(fingerprint(expected));
  expect(engine.events.filter(({ kind }) => kind === "continued").length).toBe(1);
  expect(results(engine.events).flatMap(({ measurements }) => measurements)).toEqual(expected.rows.measurements);
});

test("an unfinished run that is opened is shown as it is, and waits to be continued", async () => {
  const files = await filesOf(await cancelled());
  const engine = listening();
  openFiles(engine, files);
  const { finished, canContinue } = await engine.next(["stopped"]);
  expect(canContinue).toBe(true);
  const { head } = await engine.next(["begun"]);
  expect(head.total).toBe(8);
  expect(head.question).toEqual(QUESTION);
  expect(results(engine.events).length).toBe(finished);
  await new Promise((resolve) => setImmediate(resolve));
  expect(engine.events.at(-1)!.kind).toBe("stopped");
  engine.take({ kind: "continue" });
  expect(await engine.next(["done"])).toMatchObject({ fingerprint: fingerprint(await whole()) });
});
