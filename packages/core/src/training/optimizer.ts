/**
 * Optimisers and their state, which is data: the kernels' update takes it and gives it back.
 *
 * sgd: w −= η g.   momentum: v = μ v + g; w −= η v.   Both as PyTorch's SGD writes them.
 * adam: Kingma & Ba 2015, algorithm 1: w −= η m̂ / (√v̂ + ε).
 */
import type { UpdateRule } from "../kernels/typescript/optimizer.ts";

/** The names of the optimizers: see `OptimizerName`. */
export const optimizerNames = ["sgd", "momentum", "adam"] as const;
/**
 * An optimizer: `sgd`, w −= η g; `momentum`, v = μ v + g, w −= η v, both as in PyTorch; or `adam`, Kingma & Ba 2015,
 * algorithm 1.
 */
export type OptimizerName = (typeof optimizerNames)[number];

export type OptimizerSettings = UpdateRule;

/** All that an optimiser remembers between steps, for networks whose layers' parameters lie end to end. */
export interface OptimizerState {
  readonly name: OptimizerName;
  /** Updates made so far. */
  readonly step: number;
  /** sgd: none; momentum: the velocity; adam: the first and second moments. Each has one value per parameter. */
  readonly moments: readonly Float64Array[];
}

const momentCounts: Readonly<Record<OptimizerName, number>> = { sgd: 0, momentum: 1, adam: 2 };

export function momentCount(name: OptimizerName): number {
  return momentCounts[name];
}

/** The state before the first step: all zeros. */
export function initOptimizer(name: OptimizerName, parameters: number): OptimizerState {
  const moments = Array.from({ length: momentCounts[name] }, () => new Float64Array(parameters));
  return { name, step: 0, moments };
}

export function copyState({ name, step, moments }: OptimizerState): OptimizerState {
  return { name, step, moments: moments.map((moment) => moment.slice()) };
}
