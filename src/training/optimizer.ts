/**
 * Optimisers as init/update pairs over flat parameters; the state is data, passed through and not kept.
 *
 * sgd: w −= η g.   momentum: v = μ v + g; w −= η v.   Both as PyTorch's SGD writes them.
 * adam: Kingma & Ba 2015, algorithm 1: w −= η m̂ / (√v̂ + ε).
 */
export const optimizerNames = ["sgd", "momentum", "adam"] as const;
export type OptimizerName = (typeof optimizerNames)[number];

export type OptimizerSettings =
  | { readonly name: "sgd"; readonly learningRate: number }
  | { readonly name: "momentum"; readonly learningRate: number; readonly momentum: number }
  | {
      readonly name: "adam";
      readonly learningRate: number;
      readonly betas: readonly [first: number, second: number];
      readonly epsilon: number;
    };

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

/**
 * Makes update number `step` (from 1): moves `parameters` against `gradient` and overwrites `moments`. All arrays are
 * the caller's, so that a step allocates nothing.
 */
export function updateParameters(
  settings: OptimizerSettings,
  step: number,
  moments: readonly Float64Array[],
  parameters: Float64Array,
  gradient: Float64Array,
): void {
  const rate = settings.learningRate;
  if (settings.name === "sgd") {
    for (let i = 0; i < parameters.length; i++) parameters[i]! -= rate * gradient[i]!;
  } else if (settings.name === "momentum") {
    const velocity = moments[0]!;
    for (let i = 0; i < parameters.length; i++) {
      const v = settings.momentum * velocity[i]! + gradient[i]!;
      velocity[i] = v;
      parameters[i]! -= rate * v;
    }
  } else {
    adam(settings, step, moments, parameters, gradient);
  }
}

function adam(
  { learningRate, betas, epsilon }: OptimizerSettings & { name: "adam" },
  step: number,
  moments: readonly Float64Array[],
  parameters: Float64Array,
  gradient: Float64Array,
): void {
  const [first, second] = betas;
  const m = moments[0]!;
  const v = moments[1]!;
  const firstShare = 1 - first ** step;
  const secondShare = 1 - second ** step;
  for (let i = 0; i < parameters.length; i++) {
    const g = gradient[i]!;
    const mean = first * m[i]! + (1 - first) * g;
    const square = second * v[i]! + (1 - second) * g * g;
    m[i] = mean;
    v[i] = square;
    parameters[i]! -= (learningRate * (mean / firstShare)) / (Math.sqrt(square / secondShare) + epsilon);
  }
}
