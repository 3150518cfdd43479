/** Pools for tests, of threads that know the tests' tasks; closed after the test. */
import { afterAll, onTestFinished } from "vitest";
import { nodeCrew } from "../../src/pools/node-crew.ts";
import { type WorkerPool, workerPool } from "../../src/pools/worker-pool.ts";

const entry = new URL("./generated/test-worker.mjs", import.meta.url);

export function testPool(workers: number, at: URL = entry): WorkerPool {
  const pool = workerPool(workers, (count) => nodeCrew(count, at));
  onTestFinished(() => pool.close());
  return pool;
}

/** One for all tests of a file: to be called beside them. */
export function poolOfFile(workers: number): WorkerPool {
  const pool = workerPool(workers, (count) => nodeCrew(count, entry));
  afterAll(() => pool.close());
  return pool;
}

/** Numbers from 0. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

export function counters(count: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * count));
}
