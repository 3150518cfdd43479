/** Whatever is opened, the engine says what is wrong with it in four parts, or shows it; and goes on. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sized } from "../../test/sizes.ts";
import type { FromEngine } from "../src/engine/protocol.ts";
import { ENDS, type Heard, listening, openFiles, results } from "./engine-events.ts";
import { cases, type Files, OPTIONS, sound, zipped } from "./hostile-runs.ts";

/** "who: expected …; got …." */
const FOUR_PARTS = /^.+: expected .+; got .+/s;

async function opened(engine: Heard, files: Files): Promise<FromEngine> {
  const at = engine.events.length;
  openFiles(engine, files);
  const end = await engine.next(ENDS, at);
  if (end.kind === "failed") {
    expect(end.failure.message).toMatch(FOUR_PARTS);
    expect(end.failure.message.length).toBeLessThan(3000);
    expect(end.failure.name).toMatch(/^(?:InvalidInput|Format|TooMuch|RunConflict|Storage)Error$/);
  }
  return end;
}

async function goesOn(engine: Heard): Promise<void> {
  const { fingerprint } = await sound();
  const at = engine.events.length;
  engine.take({ kind: "start", question: { study: "train", options: OPTIONS } });
  expect(await engine.next(ENDS, at)).toMatchObject({ kind: "done", fingerprint });
}

describe("a run from anyone", async () => {
  for (const [name, { files, error, end }] of Object.entries(await cases())) {
    test(name, async () => {
      const engine = listening();
      const found = await opened(engine, files);
      if (error === undefined) expect(found).toMatchObject({ kind: end });
      else {
        expect(found.kind === "failed" && found.failure.message).toMatch(error);
        expect(engine.events.map(({ kind }) => kind)).toEqual(["failed"]);
      }
      expect(({} as { x?: unknown }).x).toBeUndefined();
    });
  }

  test("is said to be of a later version, with what is not known of it", async () => {
    const all = await cases();
    const engine = listening();
    await opened(engine, all["a run of a later version, with columns and options that are new"]!.files);
    const { head } = await engine.next(["begun"]);
    expect(head.remarks.join(" ")).toMatch(/version 9\.9\.9.*Options that it does not know: novelty\./);
    expect(results(engine.events).length).toBeGreaterThan(0);
    await opened(engine, all["a run of a later version, unfinished"]!.files);
    expect(engine.events.at(-1)).toMatchObject({ kind: "stopped", finished: 3, canContinue: false });
    await opened(engine, all["a run of a later version, with checkpoints of other shapes"]!.files);
    engine.take({ kind: "inquire", id: 1, inquiry: { of: "network", seed: 0, epoch: 2 } });
    expect((await engine.next(["refused"])).failure.message).toMatch(/epoch-000002/);
  });

  test("leaves the run before it as it is where it cannot be shown, and does not stop the engine", async () => {
    const { files, fingerprint } = await sound();
    const engine = listening();
    expect(await opened(engine, files)).toMatchObject({ kind: "done", fingerprint });
    await opened(engine, new Map([["a.zip", zipped(files).subarray(0, 999)]]));
    engine.take({ kind: "inquire", id: 1, inquiry: { of: "network", seed: 0, epoch: 2 } });
    expect((await engine.next(["answer", "refused"])).kind).toBe("answer");
    await goesOn(engine);
  });

  test("may have any byte wrong", async () => {
    const { files } = await sound();
    const engine = listening();
    const paths = [...files.keys()].filter((path) => !/\.(?:csv|parquet)$/.test(path));
    const values = ["null", "-1", "1e999", "[]", "{}", '"x"', "9007199254740993", '{"__proto__":{"x":1}}', "true"];
    const damage = fc.oneof(
      fc.record({
        of: fc.constant("flip" as const),
        at: fc.double({ min: 0, max: 0.999, noNaN: true }),
        by: fc.integer({ min: 1, max: 255 }),
      }),
      fc.record({ of: fc.constant("cut" as const), at: fc.double({ min: 0, max: 0.999, noNaN: true }) }),
      fc.record({ of: fc.constant("value" as const), at: fc.nat(200), value: fc.constantFrom(...values) }),
      fc.record({ of: fc.constant("gone" as const) }),
    );
    const one = fc.record({ path: fc.constantFrom(...paths), damage, zip: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: 3 }), async (all) => {
        const damaged = new Map(files);
        for (const { path, damage } of all) {
          const bytes = damaged.get(path)?.slice();
          if (bytes === undefined) continue;
          if (damage.of === "gone") damaged.delete(path);
          else if (damage.of === "cut") damaged.set(path, bytes.subarray(0, Math.floor(damage.at * bytes.length)));
          else if (damage.of === "flip") {
            bytes[Math.floor(damage.at * bytes.length)]! ^= damage.by;
            damaged.set(path, bytes);
          } else {
            // Another value in the place of one of a JSON file's.
            const text = new TextDecoder().decode(bytes);
            const found = [...text.matchAll(/(?<=[:[,]\s*)(?:"[^"\n]*"|-?\d[\d.e+-]*|true|false|null)(?=\s*[,\]}])/g)];
            const place = found[damage.at % Math.max(1, found.length)];
            if (place === undefined) continue;
            const next = text.slice(0, place.index) + damage.value + text.slice(place.index + place[0].length);
            damaged.set(path, new TextEncoder().encode(next));
          }
        }
        const zip = all[0]!.zip ? new Map([["run.zip", zipped(damaged)]]) : damaged;
        await opened(engine, zip);
      }),
      { numRuns: sized({ small: 150, whole: 3000 }), seed: 3 },
    );
    await goesOn(engine);
  });
});
