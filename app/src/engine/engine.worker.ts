/** The engine as a worker of the page; it owns the workers that measure. */
import { createPool } from "@causalscope/core/workers";
import { createEngine } from "./engine.ts";
import type { FromEngine, ToEngine } from "./protocol.ts";

const scope = self as unknown as {
  postMessage(message: FromEngine): void;
  onmessage: ((event: MessageEvent<ToEngine>) => void) | null;
};
// One core is left to the page.
const workers = Math.max(1, (navigator.hardwareConcurrency ?? 2) - 1);
const engine = createEngine((message) => scope.postMessage(message), createPool({ workers }));
scope.onmessage = ({ data }) => engine.take(data);
scope.postMessage({ kind: "ready", kernels: "wasm", workers });
