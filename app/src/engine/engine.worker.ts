/** The engine as a worker of the page. It starts itself again for the workers that measure, so that the page loads one file for both. */
import { kernelPath } from "@causalscope/core/measures";
import { createPool, serve } from "@causalscope/core/workers";
import { createEngine } from "./engine.ts";
import type { FromEngine, ToEngine } from "./protocol.ts";

const scope = self as unknown as {
  readonly name: string;
  postMessage(message: FromEngine): void;
  onmessage: ((event: MessageEvent<ToEngine>) => void) | null;
};
const POOL = "causalscope-pool";

if (scope.name === POOL) serve();
else {
  // One core is left to the page.
  const workers = Math.max(1, (navigator.hardwareConcurrency ?? 2) - 1);
  const pool = createPool({ workers, worker: () => new Worker(location.href, { type: "module", name: POOL }) });
  const engine = createEngine((message) => scope.postMessage(message), pool);
  scope.onmessage = ({ data }) => engine.take(data);
  scope.postMessage({ kind: "ready", kernels: kernelPath(), workers });
}
