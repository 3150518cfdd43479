import { describe, expect, it } from "vitest";
import { InvalidInputError } from "../../src/checks/error-classes.ts";
import { withActivation, withWeights } from "../../src/model/edited.ts";
import { mechanisms } from "../../src/model/graph-mechanism.ts";
import { network } from "../../src/model/model.ts";
import { forward } from "../../src/training/score.ts";

const layers = [
  {
    weights: [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
    activation: "tanh",
  },
  { weights: [[1, -1, 2]], bias: [0.5], activation: "sigmoid" },
] as const;
const model = network({ layers, inputRange: [0, 1] });
const before = structuredClone(model.chain);

describe("withWeights", () => {
  it("is the network that has these weights and biases, and leaves the other as it was", () => {
    const edited = withWeights(model, [
      { layer: 0, output: 1, input: 0, weight: 7 },
      { layer: 0, output: 2, bias: -1 },
      { layer: 1, output: 0, bias: 2 },
      { layer: 0, output: 1, input: 0, weight: 0 },
    ]);
    const first = {
      weights: [
        [1, 2],
        [0, 4],
        [5, 6],
      ],
      bias: [0, 0, -1],
      activation: "tanh",
    } as const;
    const same = network({ layers: [first, { ...layers[1], bias: [2] }], inputRange: [0, 1] });
    expect(edited.chain).toEqual(same.chain);
    const x = Float64Array.of(0.25, 0.5);
    expect(forward(edited, x)).toEqual(forward(same, x));
    expect(model.chain).toEqual(before);
    expect(withWeights(model, []).chain).toEqual(before);
  });

  it.each([
    [[{ layer: 2, output: 0, bias: 1 }], /edits\[0\].*from 0 to 1, of 2 layers; got 2/],
    [[{ layer: 0, output: 3, bias: 1 }], /edits\[0\]\.output/],
    [[{ layer: 0, output: 0, input: 2, weight: 1 }], /edits\[0\]\.input.*from 0 to 1, of 2 inputs; got 2/],
    [[{ layer: 0, output: 0, input: 0, weight: Number.NaN }], /edits/],
    [[{ layer: 0, output: 0 }], /edits: \[0\]\.input/],
    [[{ layer: 0, output: 0, bias: 1, name: "x" }], /edits/],
    [{ layer: 0 }, /edits/],
  ])("refuses %j", (edits, words) => {
    expect(() => withWeights(model, edits as never)).toThrow(InvalidInputError);
    expect(() => withWeights(model, edits as never)).toThrow(words);
  });

  it("refuses a model that is no row of dense layers", () => {
    expect(() => withWeights({} as never, [])).toThrow(InvalidInputError);
  });
});

describe("withActivation", () => {
  it("changes one layer, with the ranges that follow, and leaves the other network as it was", () => {
    const edited = withActivation(model, 0, "sigmoid");
    expect(edited.chain!.layers.map(({ activation }) => activation)).toEqual(["sigmoid", "sigmoid"]);
    expect(mechanisms(edited).map(({ inputRanges, outputRange }) => [inputRanges, outputRange])).toEqual(
      mechanisms(network({ layers: [{ ...layers[0], activation: "sigmoid" }, layers[1]], inputRange: [0, 1] })).map(
        ({ inputRanges, outputRange }) => [inputRanges, outputRange],
      ),
    );
    expect(model.chain).toEqual(before);
    expect(withActivation(model, 1, "softmax").chain!.layers[1]!.activation).toBe("softmax");
  });

  it("refuses a layer or an activation that there is not", () => {
    expect(() => withActivation(model, 2, "tanh")).toThrow(/from 0 to 1, of 2 layers; got 2/);
    expect(() => withActivation(model, -1, "tanh")).toThrow(InvalidInputError);
    expect(() => withActivation(model, 0, "tan" as never)).toThrow(/activation/);
  });
});
