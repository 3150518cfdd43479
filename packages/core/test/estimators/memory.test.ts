/** A memory limit that binds gives the same bytes with any number of workers, and none it is not given. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sized } from "../../../../test/sizes.ts";
import { Random } from "../../src/information/random.ts";
import { eiParts } from "../../src/measures/edge-information.ts";
import { effectiveInformation } from "../../src/measures/effective-information.ts";
import { measureLayers } from "../../src/measures/measure-layers.ts";
import { dense } from "../../src/model/mechanism.ts";
import { createPool } from "../../src/pools/node-pool.ts";
import type { WorkerPool } from "../../src/pools/worker-pool.ts";

const numbers = sized({ small: [0, 2], whole: [0, 1, 2, 8] });
const random = new Random(3);
const wide = dense({
  weights: Array.from({ length: 7 }, () =>
    Array.from({ length: 30 }, () => (3 * (2 * random.uniform() - 1)) / Math.sqrt(30)),
  ),
  activation: "sigmoid",
  inputRange: [0, 1],
});

describe("limits that bind", () => {
  const pools = new Map<number, WorkerPool>();
  beforeAll(() => {
    for (const workers of numbers) pools.set(workers, createPool({ workers }));
  });
  afterAll(async () => {
    for (const pool of pools.values()) await pool.close();
  });

  for (const memory of [1.2e7, 1.6e7, 2.2e7]) {
    test(`EI of 30 → 7 within ${memory / 1e6} MB is the same with ${numbers.join(", ")} workers`, async () => {
      const found = [];
      for (const pool of pools.values()) {
        found.push(
          await effectiveInformation(wide, {
            bins: 16,
            tolerance: 0.004,
            samples: 800_000,
            seed: 2,
            method: "conditional",
            memory,
            pool,
          }),
        );
      }
      const free = await effectiveInformation(wide, {
        bins: 16,
        tolerance: 0.004,
        samples: 800_000,
        seed: 2,
        method: "conditional",
      });
      // Else it would not bind, and nothing be tested.
      expect(found[0]!.samples).toBeLessThan(free.samples);
      expect(found[0]!.warnings.join()).toContain("memory limit");
      for (const each of found) expect(each).toEqual(found[0]);
    });
  }

  test("several layers at a time have the limit each, with any number of workers", async () => {
    const small = dense({
      weights: [
        [2, -1],
        [1, 3],
      ],
      activation: "sigmoid",
      inputRange: [0, 1],
    });
    const asked = [0, 1, 2].map((seed) => ({ mechanism: small, bins: 64, seed }));
    const found = [];
    for (const pool of pools.values()) {
      found.push(await measureLayers(asked, { tolerance: 0.003, memory: 1e7, method: "conditional", pool }));
    }
    for (const each of found) expect(each).toEqual(found[0]);
  });

  test("histograms are refused by their own size, whatever the workers", async () => {
    const options = { bins: 64, method: "plug-in", samples: 1000, memory: 1e7 } as const;
    const big = dense({
      weights: { data: new Float64Array(40 * 20).fill(0.1), shape: [20, 40] },
      activation: "sigmoid",
      inputRange: [0, 1],
    });
    for (const pool of pools.values()) {
      await expect(eiParts(big, { ...options, pool })).rejects.toThrow(/at most 10 MB; got 14 MB/);
    }
  });
});
