/** Any number of workers gives the same bytes, for every task that workers know. */
import { describe, expect, test } from "vitest";
import { causalPlane } from "../../src/measures/causal-plane.ts";
import { activation } from "../../src/model/activation.ts";
import { chain } from "../../src/model/graph-mechanism.ts";
import { blackBox, dense, type Mechanism, mechanismOf } from "../../src/model/mechanism.ts";
import { network } from "../../src/model/model.ts";
import { fromPlain, toPlain } from "../../src/model/plain-mechanism.ts";
import { tasks } from "../../src/pools/tasks.ts";
import { here } from "../../src/settings/pool.ts";
import { bitsOf } from "./bytes.ts";
import { poolOfFile, testPool } from "./pools.ts";
import { samples } from "./samples.ts";

test("there is a sample for every task that workers know", () => {
  expect(samples().map(({ task }) => task.name)).toEqual(tasks.map(({ name }) => name));
  for (const { shards } of samples()) expect(shards.length).toBeGreaterThan(1);
});

// Threads take longer to start than these tasks to be done: one pool for all. Other numbers of workers are in same-bytes.slow.test.ts.
const two = poolOfFile(2);

describe.each(samples().map(({ task }, index) => ({ name: task.name, index })))("$name", ({ index }) => {
  test("2 workers give the same bytes as no pool and as a pool without workers", async () => {
    const run = ({ task, job, shards } = samples()[index]!, pool = here) =>
      pool.run(task, job as never, shards as never[]);
    const alone = bitsOf(await run());
    expect(bitsOf(await run(samples()[index]!, testPool(0)))).toBe(alone);
    expect(bitsOf(await run(samples()[index]!, two))).toBe(alone);
  });
});

describe("causalPlane() with a pool", () => {
  const net = network({
    inputRange: [0, 1],
    layers: [
      {
        weights: [
          [1, -2, 0.5],
          [3, 1, 1],
        ],
        activation: "tanh",
      },
      {
        weights: [
          [2, -1],
          [0.5, 1],
        ],
        activation: "relu",
      },
      {
        weights: [
          [1, 1],
          [-1, 2],
        ],
        activation: "softmax",
      },
    ],
  });

  test("gives the same bytes as without one, and progress that never falls", async () => {
    const options = { bins: 4, tolerance: 0.1, seed: 5 };
    const alone = bitsOf(await causalPlane(net, options));
    for (const pool of [testPool(1), two]) {
      const seen: number[] = [];
      const found = await causalPlane(net, {
        ...options,
        pool,
        onProgress: (fraction) => seen.push(fraction),
      });
      expect(bitsOf(found)).toBe(alone);
      expect(seen).toEqual([1 / 3, 2 / 3, 1]);
    }
  });

  test("complains as without one", async () => {
    const options = { bins: 4, noise: { kind: "gaussian", standardDeviation: -1 } } as const;
    const words = (await causalPlane(net, options).catch((error: unknown) => error)) as Error;
    const found = (await causalPlane(net, { ...options, pool: two }).catch((error: unknown) => error)) as Error;
    expect([found.name, found.message, found.constructor]).toEqual([words.name, words.message, words.constructor]);
  });
});

describe("a mechanism as plain data", () => {
  const layer = {
    weights: [
      [1, 2],
      [3, 4],
    ],
    activation: "silu",
  } as const;
  const net = network({ layers: [layer, { weights: [[1, 1]], activation: "sigmoid" }] });
  const known: [string, Mechanism][] = [
    [
      "a dense layer with ranges",
      dense({
        ...layer,
        inputRange: [
          [0, 1],
          [2, 3],
        ],
        outputRange: [-1, 5],
      }),
    ],
    ["a softmax layer", mechanismOf({ ...net.chain!.layers[0]!, activation: "softmax" })],
    ["a chain", chain(net, { from: 0, to: 1, activation: "identity", outputRange: [0, 3] })],
  ];

  test.each(known)("%s comes back whole", async (_, mechanism) => {
    const { evaluate, alone, ...rest } = await fromPlain(structuredClone(toPlain(mechanism)!));
    const { evaluate: before, alone: aloneBefore, ...restBefore } = mechanism;
    expect(rest).toStrictEqual(restBefore);
    const x = Float64Array.of(0.25, 2.5, 0.75, 2.25);
    expect(await evaluate(x, 2)).toStrictEqual(await before(x, 2));
    const still = Float64Array.of(0.25, 2.5);
    expect(await alone?.(1, still)(x, 4)).toStrictEqual(await aloneBefore?.(1, still)(x, 4));
  });

  test("functions cannot travel", () => {
    const own = activation({ name: "cubed", value: (z) => z ** 3 });
    expect(toPlain(dense({ ...layer, activation: own }))).toBeUndefined();
    expect(toPlain(blackBox({ inputs: 1, outputs: 1, evaluate: (x) => x }))).toBeUndefined();
  });
});
