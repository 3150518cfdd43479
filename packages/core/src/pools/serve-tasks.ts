/** A Web Worker as one of a pool's. */
import { check } from "../checks/check.ts";
import { answering } from "./answer.ts";
import { listen } from "./serve.ts";
import { tasks } from "./tasks.ts";

/**
 * Makes the Web Worker that calls it one of a pool's: it answers what `createPool({ worker })` sends. With it one file can be the page's engine and,
 * started under another name, its pool.
 *
 * @example
 * ```ts
 * // engine.js, which the page starts. It starts itself again for its pool:
 * // const own = new URL("./engine.js", import.meta.url);
 * // createPool({ worker: () => new Worker(own, { type: "module", name: "pool" }) })
 * if (Reflect.get(globalThis, "name") === "pool") serve();
 * ```
 * @throws InvalidInputError anywhere but in a worker of a browser.
 */
export function serve(): void {
  check(typeof addEventListener === "function" && typeof postMessage === "function", () => ({
    who: "serve()",
    expected: "a Web Worker",
    got: "another program",
    remedy: "In Node, createPool() starts its own threads.",
  }));
  listen(answering(tasks));
}
