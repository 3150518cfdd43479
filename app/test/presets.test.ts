/** What the engine tells of every preset is what the library finds, to the last bit. */
import { describe, expect, test } from "vitest";
import { fingerprint, memoryStorage, performStudy } from "../../packages/runs/src/index.ts";
import { study } from "../../packages/studies/src/index.ts";
import { sized } from "../../test/sizes.ts";
import { PRESETS } from "../src/state/presets.ts";
import { ENDS, listening, results } from "./engine-events.ts";

/** Layers of images take a minute, even measured roughly. */
const tried = PRESETS.filter(({ name }) => sized({ small: ["iris", "xor", "circles"].includes(name), whole: true }));

describe("every preset", () => {
  test.for(tried.map((preset) => [preset.name, preset.question] as const))("%s", async ([, asked]) => {
    const less = { epochs: 2, every: 2, seeds: [0], tolerance: 0.5, samples: 1000 };
    const question = { ...asked, options: { ...asked.options, ...sized({ small: less, whole: {} }) } };
    const engine = listening();
    engine.take({ kind: "start", question });
    const end = await engine.next(ENDS);
    const made = await study(question.study);
    const expected = await performStudy(made, "run", { options: question.options, storage: memoryStorage() });
    expect(end).toEqual({ kind: "done", run: 1, fingerprint: fingerprint(expected) });
    const rows = results(engine.events);
    expect(rows.flatMap(({ measurements }) => measurements)).toEqual(expected.rows.measurements);
    expect(rows.flatMap(({ training }) => training)).toEqual(expected.rows.training);
    const { head } = await engine.next(["begun"]);
    expect(head.total).toBe(expected.rows.training.length);
    expect(head.question).toEqual(question);
  });
});
