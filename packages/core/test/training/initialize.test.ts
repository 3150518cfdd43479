import { describe, expect, test } from "vitest";
import { InvalidInputError } from "../../src/checks/error-classes.ts";
import type { Model } from "../../src/model/model.ts";
import { createNetwork, type NetworkSpec } from "../../src/training/initialize.ts";

const spec: NetworkSpec = { layers: [50, 30, 20], activation: "sigmoid", seed: 0 };

function weightsOf(network: Model): number[][] {
  return network.chain!.layers.map(({ weights }) => [...weights]);
}

describe("createNetwork", () => {
  test("makes dense layers of the widths given, with names, activations and biases", () => {
    const made = createNetwork({ layers: [4, 5, 3], activation: ["relu", "softmax"], seed: 1, inputRange: [0, 1] });
    expect(
      made.chain!.layers.map(({ name, inputs, outputs, activation }) => [name, inputs, outputs, activation]),
    ).toEqual([
      ["layer 1", 4, 5, "relu"],
      ["layer 2", 5, 3, "softmax"],
    ]);
    expect(made.chain!.layers.map(({ weights, bias }) => [weights.length, bias?.length])).toEqual([
      [20, 5],
      [15, 3],
    ]);
    expect(made.inputRange).toEqual([0, 1]);
  });

  test.each([
    { initializer: "uniform", limits: [1 / Math.sqrt(50), 1 / Math.sqrt(30)] },
    { initializer: "glorot", limits: [Math.sqrt(6 / 80), Math.sqrt(6 / 50)] },
    { initializer: "he", limits: [Math.sqrt(6 / 50), Math.sqrt(6 / 30)] },
  ] as const)("$initializer fills its range and no more", ({ initializer, limits }) => {
    const made = createNetwork({ ...spec, initializer });
    for (const [l, { weights }] of made.chain!.layers.entries()) {
      const limit = limits[l]!;
      const most = weights.reduce((max, w) => Math.max(max, Math.abs(w)), 0);
      expect(most).toBeLessThan(limit);
      // The greatest of n uniforms is below 0.97 of the limit with probability 0.97^n: under 1e-7 for n ≥ 600.
      expect(most).toBeGreaterThan(0.97 * limit);
      const mean = weights.reduce((sum, w) => sum + w, 0) / weights.length;
      expect(Math.abs(mean)).toBeLessThan((5 * limit) / Math.sqrt(3 * weights.length));
    }
  });

  test("biases follow the uniform law too, and are 0 under the others", () => {
    const [layer] = createNetwork(spec).chain!.layers;
    expect(new Set(layer!.bias).size).toBe(30);
    for (const bias of layer!.bias!) expect(Math.abs(bias)).toBeLessThan(1 / Math.sqrt(50));
    for (const initializer of ["glorot", "he"] as const) {
      expect(createNetwork({ ...spec, initializer }).chain!.layers[0]!.bias).toEqual(new Float64Array(30));
    }
  });

  test("the same seed gives the same weights, and another seed others, seed 0 included", () => {
    expect(createNetwork(spec)).toEqual(createNetwork(spec));
    expect(weightsOf(createNetwork(spec))[0]).not.toEqual(weightsOf(createNetwork({ ...spec, seed: 1 }))[0]);
  });

  test("a layer's weights depend neither on biases nor on the layers around it", () => {
    const plain = createNetwork({ ...spec, bias: false });
    expect(plain.chain!.layers[0]!.bias).toBeUndefined();
    expect(weightsOf(plain)).toEqual(weightsOf(createNetwork(spec)));
    const other = createNetwork({ ...spec, layers: [7, 30, 20] });
    expect(weightsOf(other)[1]).toEqual(weightsOf(createNetwork(spec))[1]);
  });

  test("layers of equal size get different weights", () => {
    const [first, second] = weightsOf(createNetwork({ ...spec, layers: [6, 6, 6] }));
    expect(first).not.toEqual(second);
  });

  test.each([
    ["one width", { layers: [4] }],
    ["a width of 0", { layers: [4, 0, 3] }],
    ["a width that is not whole", { layers: [4, 2.5] }],
    ["no widths", { layers: undefined }],
    ["an unknown activation", { activation: "swish" }],
    ["too few activations", { activation: ["relu"] }],
    ["an unknown initializer", { initializer: "zeros" }],
    ["a bias that is neither true nor false", { bias: "no" }],
    ["a negative seed", { seed: -1 }],
    ["no seed", { seed: undefined }],
  ])("refuses %s", (_, wrong) => {
    expect(() => createNetwork({ ...spec, ...wrong } as unknown as NetworkSpec)).toThrow(InvalidInputError);
  });
});
