/** Optimisers over flat parameters. Twin of assembly/optimizer.ts. */

export type UpdateRule =
  | { readonly name: "sgd"; readonly learningRate: number }
  | { readonly name: "momentum"; readonly learningRate: number; readonly momentum: number }
  | {
      readonly name: "adam";
      readonly learningRate: number;
      readonly betas: readonly [first: number, second: number];
      readonly epsilon: number;
    };

/**
 * Makes update number `step` (from 1): moves `parameters` against `gradient` and overwrites `moments`. All arrays are
 * the caller's, so that a step allocates nothing.
 */
export function updateParameters(
  rule: UpdateRule,
  step: number,
  moments: readonly Float64Array[],
  parameters: Float64Array,
  gradient: Float64Array,
): void {
  const rate = rule.learningRate;
  if (rule.name === "sgd") {
    for (let i = 0; i < parameters.length; i++) parameters[i]! -= rate * gradient[i]!;
  } else if (rule.name === "momentum") {
    const keep = rule.momentum;
    const velocity = moments[0]!;
    for (let i = 0; i < parameters.length; i++) {
      const v = keep * velocity[i]! + gradient[i]!;
      velocity[i] = v;
      parameters[i]! -= rate * v;
    }
  } else {
    const [first, second] = rule.betas;
    adam(first, second, rule.epsilon, rate, step, moments[0]!, moments[1]!, parameters, gradient);
  }
}

function adam(
  first: number,
  second: number,
  epsilon: number,
  rate: number,
  step: number,
  mean: Float64Array,
  square: Float64Array,
  parameters: Float64Array,
  gradient: Float64Array,
): void {
  const stepRate = rate / (1 - power(first, step));
  const share = 1 / (1 - power(second, step));
  const take = 1 - first;
  const takeSquare = 1 - second;
  for (let i = 0; i < parameters.length; i++) {
    const g = gradient[i]!;
    const m = first * mean[i]! + take * g;
    const v = second * square[i]! + takeSquare * g * g;
    mean[i] = m;
    square[i] = v;
    parameters[i]! -= (stepRate * m) / (Math.sqrt(v * share) + epsilon);
  }
}

/** base^exponent by squaring: Math.pow does not promise the same bits everywhere. */
function power(base: number, exponent: number): number {
  let result = 1;
  for (let square = base, left = exponent >>> 0; left > 0; left >>>= 1, square *= square) {
    if ((left & 1) === 1) result *= square;
  }
  return result;
}
