import { describe, expect, test } from "vitest";
import { InvalidInputError } from "../../src/checks/error-classes.ts";
import { dataset } from "../../src/datasets/dataset.ts";
import type { TrainableActivation } from "../../src/model/activation.ts";
import { network } from "../../src/model/model.ts";
import { evaluate, forward } from "../../src/training/score.ts";

function identityNetwork(size: number, activation: TrainableActivation) {
  const weights = Array.from({ length: size }, (_, j) => Array.from({ length: size }, (_, i) => (i === j ? 1 : 0)));
  return network({ layers: [{ weights, activation }] });
}

describe("forward", () => {
  test("gives the outputs of each row, also where rows are no multiple of four", () => {
    const net = network({
      layers: [
        {
          weights: [
            [1, -1],
            [2, 0],
            [0, 1],
          ],
          bias: [0, -1, 0.5],
          activation: "relu",
        },
        { weights: [[1, 1, 1]], activation: "identity" },
      ],
    });
    const rows = [
      [1, 2],
      [3, 1],
      [0, 0],
      [-1, -1],
      [2, 2],
    ];
    const expected = rows.map(([a, b]) => Math.max(a! - b!, 0) + Math.max(2 * a! - 1, 0) + Math.max(b! + 0.5, 0));
    expect([...forward(net, Float64Array.from(rows.flat()))]).toEqual(expected);
    expect(forward(net, new Float64Array(0))).toHaveLength(0);
  });

  test("applies each activation by its definition", () => {
    const z = Float64Array.of(-1.5, 0.25);
    expect([...forward(identityNetwork(2, "sigmoid"), z)]).toEqual([...z].map((v) => 1 / (1 + Math.exp(-v))));
    expect([...forward(identityNetwork(2, "tanh"), z)]).toEqual([...z].map(Math.tanh));
    expect([...forward(identityNetwork(2, "relu"), z)]).toEqual([0, 0.25]);
    expect([...forward(identityNetwork(2, "identity"), z)]).toEqual([...z]);
    const share = 1 / (1 + Math.exp(1.75));
    const [low, high] = forward(identityNetwork(2, "softmax"), z);
    expect(low).toBeCloseTo(share, 15);
    expect(high).toBeCloseTo(1 - share, 15);
  });

  test("softmax survives pre-activations whose exponentials overflow", () => {
    expect([...forward(identityNetwork(2, "softmax"), Float64Array.of(1000, -1000))]).toEqual([1, 0]);
  });

  test("refuses half a row", () => {
    expect(() => forward(identityNetwork(2, "relu"), new Float64Array(3))).toThrow(InvalidInputError);
  });
});

describe("evaluate", () => {
  const three = dataset({
    name: "three",
    inputs: [
      [0.5, 0],
      [0, 1],
      [0.25, 0.25],
    ],
    labels: [0, 0, 0],
  });

  test("mse is the squared error summed over outputs, averaged over examples", () => {
    const loss = evaluate(identityNetwork(2, "identity"), three, "mse").loss;
    expect(loss).toBeCloseTo((0.25 + 2 + 0.5625 + 0.0625) / 3, 15);
  });

  test("cross-entropy over softmax is the mean of −ln of the right class's share", () => {
    const share = (a: number, b: number) => Math.exp(a) / (Math.exp(a) + Math.exp(b));
    const expected = -(Math.log(share(0.5, 0)) + Math.log(share(0, 1)) + Math.log(share(0.25, 0.25))) / 3;
    expect(evaluate(identityNetwork(2, "softmax"), three, "cross-entropy").loss).toBeCloseTo(expected, 14);
  });

  test("cross-entropy over sigmoid outputs is binary, summed over outputs", () => {
    const one = dataset({ name: "one", inputs: [[0.3, -2]], targets: [[0.25, 1]] });
    const s = (z: number) => 1 / (1 + Math.exp(-z));
    const expected = -0.25 * Math.log(s(0.3)) - 0.75 * Math.log(1 - s(0.3)) - Math.log(s(-2));
    expect(evaluate(identityNetwork(2, "sigmoid"), one, "cross-entropy").loss).toBeCloseTo(expected, 14);
  });

  test("a confident mistake costs a finite number of nats", () => {
    const wrong = dataset({ name: "wrong", inputs: [[-1000, 1000]], labels: [0] });
    expect(evaluate(identityNetwork(2, "softmax"), wrong, "cross-entropy").loss).toBe(2000);
    expect(evaluate(identityNetwork(2, "sigmoid"), wrong, "cross-entropy").loss).toBe(2000);
  });

  test("accuracy is the share of rows whose greatest output, of equals the first, is the label", () => {
    expect(evaluate(identityNetwork(2, "identity"), three, "mse").accuracy).toBe(2 / 3);
  });

  test("a single output answers 1 above a half", () => {
    const yesNo = dataset({
      name: "yes/no",
      inputs: [[0.6], [0.5], [0.4], [0.7]],
      targets: [[1], [1], [0], [0]],
      labels: [1, 1, 0, 0],
    });
    expect(evaluate(identityNetwork(1, "identity"), yesNo, "mse").accuracy).toBe(0.5);
  });

  test("accuracy is NaN without labels", () => {
    const data = dataset({ name: "plain", inputs: [[1, 2]], targets: [[1, 2]] });
    expect(evaluate(identityNetwork(2, "identity"), data, "mse")).toEqual({ loss: 0, accuracy: Number.NaN });
  });

  test("refuses data of other widths, losses that do not fit the outputs, and targets that are no probabilities", () => {
    const plain = dataset({ name: "plain", inputs: [[1, 2]], targets: [[1, 2]] });
    const halves = dataset({ name: "halves", inputs: [[1, 2]], targets: [[0.5, 0.4]] });
    expect(() => evaluate(identityNetwork(3, "identity"), plain, "mse")).toThrow(/3 features and 3 outputs/);
    expect(() => evaluate(identityNetwork(2, "tanh"), plain, "cross-entropy")).toThrow(/got tanh outputs/);
    expect(() => evaluate(identityNetwork(2, "sigmoid"), plain, "cross-entropy")).toThrow(/row 0 of plain: 1, 2/);
    expect(() => evaluate(identityNetwork(2, "softmax"), halves, "cross-entropy")).toThrow(/sum to 1/);
    expect(evaluate(identityNetwork(2, "sigmoid"), halves, "cross-entropy").loss).toBeGreaterThan(0);
    expect(() => evaluate(identityNetwork(2, "relu"), plain, "hinge" as "mse")).toThrow(InvalidInputError);
  });
});
