import { describe, expect, test } from "vitest";
import { updateParameters } from "../../src/kernels/typescript/optimizer.ts";
import { copyState, initOptimizer, type OptimizerSettings } from "../../src/training/optimizer.ts";

/** Two updates of one parameter that starts at 1, with the gradients 2 and then −1. */
function twoSteps(settings: OptimizerSettings): number[] {
  const { moments } = initOptimizer(settings.name, 1);
  const parameters = Float64Array.of(1);
  return [2, -1].map((gradient, at) => {
    updateParameters(settings, at + 1, moments, parameters, Float64Array.of(gradient));
    return parameters[0]!;
  });
}

// Hand computations; all differ from the exact decimals by a few ulps of numbers of order 1.
describe("updateParameters", () => {
  test("sgd subtracts the gradient times the learning rate", () => {
    const [first, second] = twoSteps({ name: "sgd", learningRate: 0.1 });
    expect(first).toBeCloseTo(0.8, 14); // 1 − 0.1·2
    expect(second).toBeCloseTo(0.9, 14); // + 0.1·1
  });

  test("momentum adds the faded velocity to the gradient", () => {
    const [first, second] = twoSteps({ name: "momentum", learningRate: 0.1, momentum: 0.5 });
    expect(first).toBeCloseTo(0.8, 14); // v = 2
    expect(second).toBeCloseTo(0.8, 14); // v = 0.5·2 − 1 = 0
  });

  test("adam's first step is the learning rate against the gradient's sign, its second weighs both gradients", () => {
    const [first, second] = twoSteps({ name: "adam", learningRate: 0.1, betas: [0.5, 0.5], epsilon: 1e-12 });
    expect(first).toBeCloseTo(0.9, 12);
    // m: 1, then 0.5 − 0.5 = 0, so the second step does not move.
    expect(second).toBe(first);
    const [, other] = twoSteps({ name: "adam", learningRate: 0.1, betas: [0.75, 0.5], epsilon: 1 });
    // Step 1: m̂ = 2, v̂ = 4: −0.1·2/3. Step 2: m = 0.75·0.5 − 0.25 = 0.125, m̂ = 0.125/0.4375; v = 1 + 0.5, v̂ = 2.
    expect(other).toBeCloseTo(1 - 0.2 / 3 - (0.1 * (0.125 / 0.4375)) / (Math.SQRT2 + 1), 14);
  });
});

describe("optimiser states", () => {
  test("start at zero, with as many moments as the optimiser has", () => {
    expect(initOptimizer("sgd", 3)).toEqual({ name: "sgd", step: 0, moments: [] });
    expect(initOptimizer("momentum", 3).moments).toEqual([new Float64Array(3)]);
    expect(initOptimizer("adam", 3).moments).toEqual([new Float64Array(3), new Float64Array(3)]);
  });

  test("are copied whole", () => {
    const state = initOptimizer("adam", 2);
    const copy = copyState(state);
    state.moments[1]!.fill(7);
    expect(copy.moments[1]).toEqual(new Float64Array(2));
  });
});
