import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { ahead } from "../src/ahead.ts";

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

async function* numbers(count: number, given: number[] = []) {
  for (let n = 0; n < count; n++) {
    given.push(n);
    yield n;
  }
}

async function all<T>(results: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const result of results) found.push(result);
  return found;
}

/** What came before it ended, and what ended it. */
async function allBefore<T>(results: AsyncIterable<T>): Promise<{ found: T[]; error: unknown }> {
  const found: T[] = [];
  try {
    for await (const result of results) found.push(result);
  } catch (error) {
    return { found, error };
  }
  return { found, error: "none" };
}

describe("ahead()", () => {
  it("keeps the order, whichever is done first, with at most so many at work", async () => {
    for (const limit of [1, 3, 20]) {
      let working = 0;
      let most = 0;
      const work = async (n: number) => {
        most = Math.max(most, ++working);
        await sleep(5 * ((7 * n) % 4));
        working--;
        return n * n;
      };
      expect(await all(ahead(limit, () => numbers(9), work))).toEqual([0, 1, 4, 9, 16, 25, 36, 49, 64]);
      expect(most).toBe(Math.min(limit, 9));
    }
  });

  it("asks for no more than its limit while nothing is taken from it", async () => {
    const given: number[] = [];
    const results = ahead(
      3,
      () => numbers(9, given),
      async (n) => n,
    );
    expect((await results.next()).value).toBe(0);
    await sleep(20);
    expect(given.length).toBeLessThanOrEqual(3);
    await results.return();
  });

  it("gives a result as soon as it is there, though the next thing takes long", async () => {
    let go = () => {};
    async function* slow() {
      yield 1;
      await new Promise<void>((resolve) => {
        go = resolve;
      });
      yield 2;
    }
    const results = ahead(2, slow, async (n) => n);
    expect((await results.next()).value).toBe(1);
    go();
    expect((await results.next()).value).toBe(2);
    expect((await results.next()).done).toBe(true);
  });

  it("tells of an error in its turn, after the results before it", async () => {
    const reason = new Error("no good");
    async function* broken() {
      yield* numbers(3);
      throw reason;
    }
    const slowly = async (n: number) => {
      await sleep(20 - 5 * n);
      return n;
    };
    expect(await allBefore(ahead(8, broken, slowly))).toEqual({ found: [0, 1, 2], error: reason });
    const failing = async (n: number) => {
      if (n === 2) throw reason;
      return slowly(n);
    };
    expect(await allBefore(ahead(8, () => numbers(5), failing))).toEqual({ found: [0, 1], error: reason });
  });

  it("ends with the signal's reason, and leaves no listener", async () => {
    const reason = new Error("enough");
    for (const before of [true, false]) {
      const stop = new AbortController();
      if (before) stop.abort(reason);
      const work = async (n: number, signal: AbortSignal) => {
        signal.throwIfAborted();
        if (n === 2) stop.abort(reason);
        signal.throwIfAborted();
        return n;
      };
      const { found, error } = await allBefore(ahead(1, () => numbers(9), work, stop.signal));
      expect(found).toEqual(before ? [] : [0, 1]);
      expect(error).toBe(reason);
      expect(getEventListeners(stop.signal, "abort")).toEqual([]);
    }
  });

  it("cancels what is under way when it is left early", async () => {
    const seen: boolean[] = [];
    let left = false;
    async function* source(signal: AbortSignal) {
      try {
        yield* numbers(9);
      } finally {
        left = signal.aborted;
      }
    }
    const work = (n: number, signal: AbortSignal) =>
      new Promise<number>((resolve) => {
        if (n === 0) resolve(n);
        signal.addEventListener("abort", () => seen.push(true));
      });
    for await (const _ of ahead(3, source, work)) break;
    expect(left).toBe(true);
    expect(seen.length).toBeGreaterThan(0);
  });
});
