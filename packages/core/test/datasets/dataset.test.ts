import { describe, expect, test } from "vitest";
import { InvalidInputError } from "../../src/checks/error-classes.ts";
import { dataset, scaleInputs, split } from "../../src/datasets/dataset.ts";

const inputs = [
  [1, 2],
  [3, 4],
  [5, 6],
];

describe("dataset", () => {
  test("takes rows, or flat values with their shape", () => {
    const rows = dataset({ name: "a", inputs, targets: [[1], [2], [3]] });
    const flat = dataset({
      name: "a",
      inputs: { data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [3, 2] },
      targets: { data: [1, 2, 3], shape: [3, 1] },
    });
    expect(flat).toEqual(rows);
    expect(rows).toEqual({
      name: "a",
      rows: 3,
      features: 2,
      outputs: 1,
      inputs: Float64Array.of(1, 2, 3, 4, 5, 6),
      targets: Float64Array.of(1, 2, 3),
      labels: undefined,
      classes: undefined,
    });
  });

  test("copies what it is given", () => {
    const data = Float64Array.of(1, 2, 3);
    const made = dataset({ name: "a", inputs: { data, shape: [3, 1] }, labels: [0, 1, 0] });
    data.fill(9);
    expect([...made.inputs]).toEqual([1, 2, 3]);
  });

  test("makes one-hot targets of labels, one output for each class named", () => {
    expect([...dataset({ name: "a", inputs, labels: [2, 0, 1] }).targets]).toEqual([0, 0, 1, 1, 0, 0, 0, 1, 0]);
    const named = dataset({ name: "a", inputs, labels: [1, 0, 1], classes: ["x", "y", "z"] });
    expect(named.outputs).toBe(3);
    expect(named.classes).toEqual(["x", "y", "z"]);
  });

  test("makes two outputs where all labels are 0, for one output has nothing to choose", () => {
    expect(dataset({ name: "a", inputs, labels: [0, 0, 0] }).outputs).toBe(2);
  });

  test("takes labels beside a single output that is 0 or 1", () => {
    const made = dataset({ name: "a", inputs, targets: [[1], [0], [1]], labels: [1, 0, 1], classes: ["no", "yes"] });
    expect(made.outputs).toBe(1);
  });

  test.each([
    ["no name", { name: "", inputs, labels: [0, 1, 0] }, /name/],
    ["no rows", { name: "a", inputs: [], labels: [] }, /at least one row/],
    ["empty rows", { name: "a", inputs: [[], []], labels: [0, 1] }, /one column/],
    ["ragged rows", { name: "a", inputs: [[1, 2], [3]], labels: [0, 1] }, /got 1 in row 1/],
    [
      "a value that is not a number",
      {
        name: "a",
        inputs: [
          [1, 2],
          [3, Number.NaN],
        ],
        labels: [0, 1],
      },
      /NaN in row 1, column 1/,
    ],
    ["null", { name: "a", inputs: [[1, null as unknown as number]], labels: [0] }, /null in row 0/],
    [
      "a shape that does not fit",
      { name: "a", inputs: { data: [1, 2, 3], shape: [2, 2] }, labels: [0, 1] },
      /3 values/,
    ],
    ["neither targets nor labels", { name: "a", inputs }, /neither/],
    ["too few targets", { name: "a", inputs, targets: [[1]] }, /3 rows/],
    ["too few labels", { name: "a", inputs, labels: [1] }, /one per row/],
    ["labels that are not whole", { name: "a", inputs, labels: [0, 0.5, 1] }, /0.5 in row 1/],
    ["negative labels", { name: "a", inputs, labels: [0, -1, 1] }, /-1 in row 1/],
    ["a label beyond the outputs", { name: "a", inputs, labels: [0, 1, 2], classes: ["x", "y"] }, /2 in row 2/],
    [
      "a label that is not the only target",
      { name: "a", inputs, targets: [[1], [0], [1]], labels: [1, 1, 1] },
      /1 in row 1/,
    ],
    [
      "classes without labels",
      { name: "a", inputs, targets: [[1], [0], [1]], classes: ["x", "y"] },
      /labels if classes are named/,
    ],
    ["too few classes", { name: "a", inputs, targets: inputs, labels: [0, 1, 0], classes: ["x"] }, /2 names/],
  ] as const)("refuses %s", (_, spec, message) => {
    const make = () => dataset(spec as Parameters<typeof dataset>[0]);
    expect(make).toThrow(InvalidInputError);
    expect(make).toThrow(message);
  });
});

describe("split", () => {
  const whole = dataset({
    name: "ten",
    inputs: Array.from({ length: 10 }, (_, i) => [i, 100 + i]),
    labels: Array.from({ length: 10 }, (_, i) => i % 2),
  });

  test("puts every row into one part, with its own target and label", () => {
    const { train, test: rest } = split(whole, 7, 3);
    expect([train.rows, rest.rows]).toEqual([7, 3]);
    const seen: number[] = [];
    for (const part of [train, rest]) {
      for (let row = 0; row < part.rows; row++) {
        const id = part.inputs[row * 2]!;
        seen.push(id);
        expect(part.inputs[row * 2 + 1]).toBe(100 + id);
        expect(part.labels![row]).toBe(id % 2);
        expect(part.targets[row * 2 + (id % 2)]).toBe(1);
      }
    }
    expect(seen.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test("is the same for the same seed, and another for another, seed 0 included", () => {
    expect(split(whole, 7, 0)).toEqual(split(whole, 7, 0));
    expect(split(whole, 7, 0).train.inputs).not.toEqual(split(whole, 7, 1).train.inputs);
  });

  test.each([0, 10, 2.5, Number.NaN, -1])("refuses %d of ten rows for training", (rows) => {
    expect(() => split(whole, rows, 0)).toThrow(InvalidInputError);
  });
});

describe("scaleInputs", () => {
  test("multiplies the inputs and leaves the original alone", () => {
    const whole = dataset({ name: "a", inputs, labels: [0, 1, 0] });
    expect([...scaleInputs(whole, 1 / 8).inputs]).toEqual([0.125, 0.25, 0.375, 0.5, 0.625, 0.75]);
    expect(whole.inputs[0]).toBe(1);
  });

  test.each([0, Infinity, Number.NaN])("refuses the factor %d", (factor) => {
    expect(() => scaleInputs(dataset({ name: "a", inputs, labels: [0, 1, 0] }), factor)).toThrow(InvalidInputError);
  });
});
