/** Layers that kernels are tried on. */
import { expect } from "vitest";
import { OUTSIDE } from "../../src/information/bins.ts";
import { log } from "../../src/information/elementary.ts";
import { Random } from "../../src/information/random.ts";
import type { UnitLayer } from "../../src/kernels/layer.ts";
import { type KernelPath, useKernels } from "../../src/kernels/path.ts";

export interface Shape {
  readonly inputs: number;
  readonly outputs: number;
  readonly bins: number;
  readonly scale: number;
  /** How segments become bins: one each; the lowest outside; or, as where φ turns, the same bins on both sides. */
  readonly cuts: "plain" | "dropping" | "folded";
}

export const shapes: readonly Shape[] = [
  { inputs: 1, outputs: 1, bins: 2, scale: 3, cuts: "plain" },
  { inputs: 3, outputs: 2, bins: 8, scale: 1, cuts: "plain" },
  { inputs: 5, outputs: 4, bins: 5, scale: 0.3, cuts: "dropping" },
  { inputs: 25, outputs: 6, bins: 8, scale: 3, cuts: "plain" },
  { inputs: 4, outputs: 7, bins: 64, scale: 9, cuts: "folded" },
  { inputs: 9, outputs: 10, bins: 64, scale: 0.1, cuts: "dropping" },
  { inputs: 7, outputs: 3, bins: 300, scale: 2, cuts: "plain" },
  { inputs: 6, outputs: 40, bins: 3, scale: 5, cuts: "plain" },
];

export const title = ({ inputs, outputs, bins, cuts }: Shape) => `${inputs}→${outputs}, ${bins} bins, ${cuts}`;

export function layerOf({ inputs, outputs, bins, scale, cuts }: Shape): UnitLayer {
  const random = new Random(inputs, outputs, bins);
  const weights = new Float64Array(inputs * outputs);
  const base = new Float64Array(outputs);
  random.fill(weights, -scale, scale);
  random.fill(base, -1, 1);
  // The last unit is constant where there are several.
  if (outputs > 1) weights.fill(0, (outputs - 1) * inputs);
  const thresholds = Float64Array.from({ length: bins - 1 }, (_, k) => log((k + 1) / (bins - k - 1)));
  const labels = Int32Array.from({ length: bins }, (_, k) => (cuts === "folded" ? Math.abs(k - (bins >> 1)) : k));
  if (cuts === "dropping") labels[0] = OUTSIDE;
  return { inputs, outputs, weights, base, cuts: { thresholds, bins: labels, count: bins } };
}

/** Arrays of numbers are compared byte by byte, which takes a hundredth of the time. */
export function expectSame(found: unknown, expected: unknown): void {
  if (!areSame(found, expected)) expect(found).toEqual(expected);
}

function areSame(a: unknown, b: unknown): boolean {
  if (ArrayBuffer.isView(a) && ArrayBuffer.isView(b)) {
    const bytes = ({ buffer, byteOffset, byteLength }: ArrayBufferView) => Buffer.from(buffer, byteOffset, byteLength);
    return a.constructor === b.constructor && bytes(a).equals(bytes(b));
  }
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return Object.is(a, b);
  const [mine, other] = [Object.entries(a), Object.entries(b)];
  return mine.length === other.length && mine.every(([key, each]) => areSame(each, (b as never)[key]));
}

/** What `work` gives on both paths: compiled, plain. */
export function onBothPaths<Result>(work: (path: KernelPath) => Result): [compiled: Result, plain: Result] {
  try {
    useKernels("wasm");
    const compiled = work("wasm");
    useKernels("typescript");
    return [compiled, work("typescript")];
  } finally {
    useKernels("auto");
  }
}
