/** Web Workers in a browser: the same bytes as Node, with and without memory that threads share. */
import { describe, expect, test } from "vitest";
import { missing } from "../../../../test/chromium.ts";
import { here } from "../../src/settings/pool.ts";
import { bitsOf } from "./bytes.ts";
import { samples } from "./samples.ts";
import { call, PAGES, servedPages, title } from "./served-pages.ts";

describe.skipIf(missing)(title, () => {
  const opened = servedPages();

  test.each(PAGES)("2 workers give the bytes of Node, %s", async (_, query, isolated) => {
    const page = await opened(query);
    expect(await call(page, "isolated")).toBe(isolated);
    const expected: string[] = [];
    for (const { task, job, shards } of samples()) {
      expected.push(bitsOf(await here.run(task, job as never, shards as never[])));
    }
    expect(await call(page, "alone")).toEqual(expected);
    expect(await call(page, "run", 2)).toEqual(expected);
    await page.close();
  });

  test("a page's engine and its pool can be one file", async () => {
    const page = await opened("");
    expect(await call(page, "ofOneEntry")).toEqual(await call(page, "alone"));
    await page.close();
  });

  test("a run that is cancelled ends with the signal's reason, and the pool goes on", async () => {
    const page = await opened("");
    expect(await call(page, "cancelled")).toEqual(["enough", ((await call(page, "alone")) as string[])[0]]);
    await page.close();
  });

  test("the shard of a worker that dies is done by another one; twice is an error", async () => {
    const page = await opened("?isolated");
    expect(await call(page, "fragile", 1)).toEqual([
      [0, 1, 4, 9],
      [1, 1, 2, 1],
    ]);
    const [message, tries] = (await call(page, "fragile", 9)) as [string, number[]];
    expect(message).toMatch(/^fragile: .*; got 2 that died at shard 3 of 4 \(.*nobody catches this\)/);
    expect(tries[2]).toBe(2);
    await page.close();
  });

  test("there is a worker for each core unless another number is asked", async () => {
    const page = await opened("");
    expect(await call(page, "defaultWorkers")).toBe(await page.evaluate(() => navigator.hardwareConcurrency));
    await page.close();
  });

  test("errors come back as what they are, and none is waited for", async () => {
    const page = await opened("");
    expect(await call(page, "unknownTask")).toEqual([
      "InvalidInputError",
      "InvalidInputError",
      expect.stringContaining("a task that workers know: measureLayer"),
    ]);
    expect(await call(page, "wrongInput")).toEqual([
      "InvalidInputError",
      "InvalidInputError",
      expect.stringContaining("tolerance: expected a number of bits above 0; got -1"),
    ]);
    expect((await call(page, "notSent")) as string[]).toContain("DataCloneError");
    expect(await call(page, "noWorker")).toEqual([
      "WorkerDiedError",
      "WorkerDiedError",
      expect.stringMatching(/^measureLayer: expected a worker that answers; got 2 that died at shard 1 of \d+ \(/),
    ]);
    await page.close();
  });
});
