/** The same bytes with more numbers of workers than in same-bytes.test.ts and browser.slow.test.ts. */
import { describe, expect, test } from "vitest";
import { missing } from "../../../../test/chromium.ts";
import { causalPlane } from "../../src/measures/causal-plane.ts";
import { network } from "../../src/model/model.ts";
import { here } from "../../src/settings/pool.ts";
import { bitsOf } from "./bytes.ts";
import { testPool } from "./pools.ts";
import { samples } from "./samples.ts";
import { call, PAGES, servedPages, title } from "./served-pages.ts";

test.each([0, 1, 2, 8])("%i workers give the bytes of no pool in every task", async (workers) => {
  const pool = testPool(workers);
  for (const { task, job, shards } of samples()) {
    const run = (by: typeof pool | typeof here) => by.run(task, job as never, shards as never[]);
    expect(bitsOf(await run(pool)), task.name).toBe(bitsOf(await run(here)));
  }
});

test("causalPlane() gives the same bytes with 1, 2 and 8 workers, and progress that never falls", async () => {
  const layer = (weights: number[][], activation: "tanh" | "relu" | "softmax") => ({ weights, activation });
  const net = network({
    inputRange: [0, 1],
    layers: [
      layer(
        [
          [1, -2, 0.5],
          [3, 1, 1],
        ],
        "tanh",
      ),
      layer(
        [
          [2, -1],
          [0.5, 1],
        ],
        "relu",
      ),
      layer(
        [
          [1, 1],
          [-1, 2],
        ],
        "softmax",
      ),
    ],
  });
  const options = { bins: 4, tolerance: 0.1, seed: 5 };
  const alone = bitsOf(await causalPlane(net, options));
  for (const workers of [1, 2, 8]) {
    const seen: number[] = [];
    const onProgress = (fraction: number) => seen.push(fraction);
    expect(bitsOf(await causalPlane(net, { ...options, pool: testPool(workers), onProgress }))).toBe(alone);
    expect(seen).toEqual([1 / 3, 2 / 3, 1]);
  }
});

describe.skipIf(missing)(title, () => {
  const opened = servedPages();

  test.each(PAGES)("0, 1, 2 and 8 workers give the bytes of Node, %s", async (_, query) => {
    const page = await opened(query);
    const expected: string[] = [];
    for (const { task, job, shards } of samples()) {
      expected.push(bitsOf(await here.run(task, job as never, shards as never[])));
    }
    for (const workers of [0, 1, 2, 8]) expect(await call(page, "run", workers), `${workers}`).toEqual(expected);
    await page.close();
  });
});
