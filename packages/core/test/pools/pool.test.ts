/** What a pool promises when all goes well, and when it does not. */
import { getEventListeners } from "node:events";
import { availableParallelism } from "node:os";
import { threadId } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { FormatError, InvalidInputError, WorkerDiedError } from "../../src/checks/error-classes.ts";
import { createPool } from "../../src/pools/node-pool.ts";
import { counters, testPool, upTo } from "./pools.ts";
import { addTask, countTask, dieTask, spinTask, throwTask, waitTask } from "./test-tasks.ts";

const values = Float64Array.of(1, 2, 3.5);
const sums = (count: number) => upTo(count).map((shard) => 6.5 + shard);
const caught = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "nothing was thrown",
    (error: unknown) => error,
  );

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe("createPool()", () => {
  test("has as many workers as the machine has cores, or as many as asked", () => {
    expect(createPool().workers).toBe(availableParallelism());
    expect(createPool({ workers: 3 }).workers).toBe(3);
    expect(createPool({ workers: 0 }).workers).toBe(0);
  });

  test.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 1025, "2", null])("refuses %j workers", (workers) => {
    const ask = () => createPool({ workers: workers as number });
    expect(ask).toThrow(InvalidInputError);
    expect(ask).toThrow("createPool(): workers: expected a whole number from 0 to 1024");
  });

  test("refuses a task that its workers do not know", async () => {
    const pool = createPool({ workers: 1 });
    const error = await caught(pool.run(addTask, { values }, [1, 2]));
    expect(error).toBeInstanceOf(InvalidInputError);
    expect((error as Error).message).toMatch(/expected a task that workers know: measureLayer.*; got "add"/);
    await pool.close();
  });
});

describe("a pool", () => {
  test("gives results in the shards' order, by other threads, with progress that never falls", async () => {
    const seen: number[] = [];
    const found = await testPool(2).run(addTask, { values }, upTo(20), { onProgress: (done) => seen.push(done) });
    expect(found.map(({ sum }) => sum)).toEqual(sums(20));
    for (const { thread } of found) expect(thread).not.toBe(threadId);
    expect(seen).toEqual(upTo(20).map((done) => (done + 1) / 20));
  });

  test("does nothing for no shards, and one shard where it is called", async () => {
    const pool = testPool(2);
    expect(await pool.run(addTask, { values }, [])).toEqual([]);
    expect(await pool.run(addTask, { values }, [1])).toEqual([{ sum: 7.5, thread: threadId }]);
  });

  test("without workers does everything where it is called", async () => {
    const found = await testPool(0).run(addTask, { values }, upTo(3));
    expect(found).toEqual(upTo(3).map((shard) => ({ sum: 6.5 + shard, thread: threadId })));
  });

  test("does at most as many shards at a time as it has workers, over all runs, the oldest run first", async () => {
    const pool = testPool(2);
    const [first, second] = [counters(1), counters(1)];
    // Long enough to be seen by a machine that is busy.
    const runs = [first, second].map((begun) => pool.run(waitTask, { ms: 300, begun }, upTo(4)));
    await until(() => first[0]! === 2);
    expect(second[0]).toBe(0);
    expect(await Promise.all(runs)).toEqual([upTo(4), upTo(4)]);
  });

  test("gives all its workers the same memory for a job's arrays, which is not the caller's", async () => {
    const counter = new Int32Array(1);
    const found = await testPool(2).run(countTask, { counter }, upTo(20));
    expect(found.map(({ before }) => before).toSorted((a, b) => a - b)).toEqual(upTo(20));
    expect(new Set(found.map(({ thread }) => thread)).size).toBe(2);
    expect(counter[0]).toBe(0);
  });

  test("works beside another pool", async () => {
    const pools = [testPool(2), testPool(1)];
    const found = await Promise.all(pools.map((pool) => pool.run(addTask, { values }, upTo(9))));
    for (const each of found) expect(each.map(({ sum }) => sum)).toEqual(sums(9));
    const threads = found.map((each) => new Set(each.map(({ thread }) => thread)));
    for (const thread of threads[0]!) expect(threads[1]!.has(thread)).toBe(false);
  });

  test("refuses what cannot be sent, and goes on", async () => {
    const pool = testPool(2);
    const error = await caught(pool.run(addTask as never, { values, not: () => 0 }, upTo(3)));
    expect((error as Error).name).toBe("DataCloneError");
    expect((await pool.run(addTask, { values }, upTo(3))).map(({ sum }) => sum)).toEqual(sums(3));
  });

  test("passes on what its caller's onProgress throws", async () => {
    const reason = new Error("no more");
    const onProgress = () => {
      throw reason;
    };
    expect(await caught(testPool(2).run(addTask, { values }, upTo(5), { onProgress }))).toBe(reason);
  });
});

describe("a worker that dies in mid-shard", () => {
  test.each(["exit", "uncaught"] as const)("(%s) once: its shard is done by another one", async (how) => {
    for (const workers of [1, 2]) {
      const tries = counters(6);
      const found = await testPool(workers).run(dieTask, { shards: [0, 3], times: 1, how, tries }, upTo(6));
      expect(found).toEqual([0, 1, 4, 9, 16, 25]);
      expect([...tries]).toEqual([2, 1, 1, 2, 1, 1]);
    }
  });

  test.each(["exit", "uncaught"] as const)("(%s) twice: the error names the task and the shard", async (how) => {
    const pool = testPool(2);
    const tries = counters(6);
    const error = await caught(pool.run(dieTask, { shards: [3], times: 9, how, tries }, upTo(6)));
    expect(error).toBeInstanceOf(WorkerDiedError);
    expect((error as Error).message).toMatch(
      /^die: expected a worker that answers; got 2 that died at shard 4 of 6 \(.*(code: 3|nobody catches this).*\)\. /,
    );
    expect(tries[3]).toBe(2);
    expect((await pool.run(addTask, { values }, upTo(4))).map(({ sum }) => sum)).toEqual(sums(4));
  });

  test("before it could begin: an error, not a wait for ever", async () => {
    const pool = testPool(2, new URL("./generated/no-such-worker.mjs", import.meta.url));
    const error = await caught(pool.run(addTask, { values }, upTo(3)));
    expect(error).toBeInstanceOf(WorkerDiedError);
    expect((error as Error).message).toContain("add: expected a worker that answers; got 2 that died at shard 1 of 3");
  });
});

describe("an error of a task", () => {
  test("is passed on with its class, message and cause, and not tried again; the first shard's, whoever was faster", async () => {
    const pool = testPool(4);
    const tries = counters(4);
    const error = (await caught(pool.run(throwTask, { shards: [1, 2], tries }, upTo(4)))) as Error;
    expect(error).toBeInstanceOf(InvalidInputError);
    expect(error.message).toBe("shard 1: expected good; got bad.");
    expect(error.cause).toBeInstanceOf(FormatError);
    expect(error.stack).toContain("test-worker");
    expect(Math.max(...tries)).toBe(1);
  });

  test("keeps its fields, and may be no error at all", async () => {
    const pool = testPool(2);
    const found = await caught(pool.run(throwTask, { shards: [3], tries: counters(4) }, upTo(4)));
    expect(found).toBeInstanceOf(RangeError);
    expect(found).toMatchObject({ name: "RangeError", message: "out of range", code: "ERANGE" });
    expect(await caught(pool.run(throwTask, { shards: [4], tries: counters(5) }, upTo(5)))).toBe("only text");
  });
});

describe("a cancelled run", () => {
  test("rejects at once with the signal's reason, begins no further shard, and leaves the pool usable", async () => {
    for (const workers of [0, 1, 2]) {
      const pool = testPool(workers);
      const stop = new AbortController();
      const reason = new Error("enough");
      const begun = counters(1);
      // Workers wait for ever; what waits here is gone on with after the look below, however busy the machine is.
      const ms = workers === 0 ? 500 : 2 ** 31 - 1;
      const run = caught(pool.run(waitTask, { ms, begun }, upTo(40), { signal: stop.signal }));
      await until(() => begun[0]! >= Math.max(1, workers));
      stop.abort(reason);
      expect(await run).toBe(reason);
      expect((await pool.run(addTask, { values }, upTo(4))).map(({ sum }) => sum)).toEqual(sums(4));
      expect(begun[0]).toBe(Math.max(1, workers));
      expect(getEventListeners(stop.signal, "abort")).toEqual([]);
    }
  });

  test("does not wait for shards that never end: their workers are ended and replaced", async () => {
    const pool = testPool(2);
    const stop = new AbortController();
    const begun = counters(1);
    const run = caught(pool.run(spinTask, { ms: 0, begun }, upTo(4), { signal: stop.signal }));
    await until(() => begun[0]! === 2);
    stop.abort();
    expect(await run).toBe(stop.signal.reason);
    expect((await pool.run(addTask, { values }, upTo(4))).map(({ sum }) => sum)).toEqual(sums(4));
  });

  test("that was cancelled before it began begins nothing", async () => {
    const begun = counters(1);
    const signal = AbortSignal.abort(new Error("too late"));
    expect(await caught(testPool(2).run(waitTask, { ms: 0, begun }, upTo(3), { signal }))).toBe(signal.reason);
    expect(begun[0]).toBe(0);
  });
});

describe("a closed pool", () => {
  test("refuses runs, and may be closed twice or before it has begun", async () => {
    const pool = testPool(2);
    await pool.close();
    await pool.close();
    for (const shards of [[1], [1, 2]]) {
      const error = await caught(pool.run(addTask, { values }, shards));
      expect(error).toBeInstanceOf(InvalidInputError);
      expect((error as Error).message).toMatch(
        /^WorkerPool\.run\(\): expected an open pool; got one that was closed\. /,
      );
    }
  });

  test("ends what it was doing", async () => {
    for (const started of [false, true]) {
      const pool = testPool(2);
      const begun = counters(1);
      const run = caught(pool.run(spinTask, { ms: 0, begun }, upTo(4)));
      if (started) await until(() => begun[0]! === 2);
      await pool.close();
      expect(((await run) as Error).message).toContain("closed before its work was done");
    }
  });
});

describe("ten thousand tiny requests", () => {
  test.each([
    ["of one shard", 1],
    ["of two shards", 2],
  ])("%s, one after another, leave nothing behind", async (_, count) => {
    const pool = testPool(2);
    const { signal } = new AbortController();
    const resources = () => process.getActiveResourcesInfo().length;
    const request = () => pool.run(addTask, { values }, upTo(count), { signal });
    for (let i = 0; i < 1000; i++) await request();
    const before = [resources(), process.memoryUsage().rss] as const;
    const threads = new Set<number>();
    for (let i = 0; i < 10_000; i++) for (const { thread } of await request()) threads.add(thread);
    expect(threads.size).toBeLessThanOrEqual(2);
    expect(getEventListeners(signal, "abort")).toEqual([]);
    expect(resources()).toBeLessThanOrEqual(before[0] + 2);
    expect(process.memoryUsage().rss - before[1]).toBeLessThan(100e6);
  });
});
