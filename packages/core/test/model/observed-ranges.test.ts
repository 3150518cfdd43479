/** Ranges of tensors on data, against sorting all their values. */
import { describe, expect, test } from "vitest";
import { Random } from "../../src/information/random.ts";
import type { Graph, Operation } from "../../src/model/graph.ts";
import { GraphBuilder } from "../../src/model/graph-builder.ts";
import { evaluateRows } from "../../src/model/graph-evaluate.ts";
import { observedRanges } from "../../src/model/observed-ranges.ts";
import { tensor } from "../../src/model/tensor.ts";

/** x → a (dense) → b (relu) → zero (relu of −b) … unknown → behind. */
function network(columns: number, outputs: number): Graph {
  const drawn = new Float64Array(columns * outputs);
  new Random(3).fill(drawn, -1, 1);
  const builder = new GraphBuilder("net.onnx");
  builder.input("x", [1, columns]);
  const add = (name: string, operation: Operation, ...inputs: string[]) =>
    builder.node({ name: `/${name}`, operation, inputs, output: name });
  add("a", { kind: "dense", weights: tensor("w", [outputs, columns], drawn), transposed: false }, "x");
  add("b", { kind: "activation", activation: "relu" }, "a");
  add("minus", { kind: "sum", coefficients: [-1] }, "b");
  add("zero", { kind: "activation", activation: "relu" }, "minus");
  add("lost", { kind: "unknown", operator: "LSTM", reason: "recurrence is not supported", shape: [1, 4] }, "zero");
  add("behind", { kind: "activation", activation: "relu" }, "lost");
  return builder.build({ format: "test", outputs: ["behind"], notes: [] });
}

function data(rows: number, columns: number) {
  const values = new Float64Array(rows * columns);
  new Random(5).fill(values, -2, 3);
  return { rows, columns, values };
}

/** NumPy's default: quantile(values, q), from all of them in order. */
function sortedQuantile(values: Float64Array, q: number): number {
  const sorted = values.slice().sort();
  const at = q * (sorted.length - 1);
  const [lower, upper] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
  return lower + (upper - lower) * (at - Math.floor(at));
}

describe("observedRanges", () => {
  const graph = network(4, 3);
  const few = data(501, 4);

  test("are least and greatest values over all rows and units", () => {
    const { ranges, missing } = observedRanges(graph, few, ["x", "a", "b"]);
    const values = evaluateRows(graph, few.values, few.rows, ["x", "a", "b"]);
    for (const name of ["x", "a", "b"]) {
      const sorted = values.get(name)!.slice().sort();
      expect(ranges.get(name)).toEqual([sorted[0], sorted.at(-1)]);
    }
    expect(missing.size).toBe(0);
  });

  test.each([
    [0.01, 0.99],
    [0, 1],
    [0.25, 0.2500001],
    [0.005, 0.75],
  ] as const)("quantiles %d and %d are those of the sorted values", (low, high) => {
    const { ranges } = observedRanges(graph, few, ["x", "a"], { quantiles: [low, high] });
    const values = evaluateRows(graph, few.values, few.rows, ["x", "a"]);
    for (const name of ["x", "a"]) {
      for (const [side, q] of [low, high].entries()) {
        const expected = sortedQuantile(values.get(name)!, q);
        // The interpolation rounds four times.
        expect(Math.abs(ranges.get(name)![side]! - expected)).toBeLessThanOrEqual(4 * 2 ** -53 * 20);
      }
    }
  });

  test("values that repeat are counted as often as they come", () => {
    const { ranges } = observedRanges(graph, few, ["b"], { quantiles: [0.1, 0.9] });
    const values = evaluateRows(graph, few.values, few.rows, ["b"]).get("b")!;
    expect(values.filter((value) => value === 0).length).toBeGreaterThan(0.1 * values.length);
    expect(ranges.get("b")).toEqual([0, expect.closeTo(sortedQuantile(values, 0.9), 12)]);
  });

  test("as NumPy has them", () => {
    // numpy.quantile([1, 2, 4, 8], [0.1, 0.5, 0.9]) = [1.3, 3.0, 6.800000000000001]
    const builder = new GraphBuilder("four");
    builder.input("x", [1, 1]);
    builder.node({ name: "n", operation: { kind: "sum", coefficients: [1] }, inputs: ["x"], output: "y" });
    const four = builder.build({ format: "test", outputs: ["y"], notes: [] });
    const values = { rows: 4, columns: 1, values: Float64Array.of(8, 1, 4, 2) };
    expect(observedRanges(four, values, ["y"], { quantiles: [0.1, 0.9] }).ranges.get("y")).toEqual([
      1.3, 6.800000000000001,
    ]);
    expect(observedRanges(four, values, ["y"], { quantiles: [0.5, 1] }).ranges.get("y")).toEqual([3, 8]);
  });

  test("of more values than are kept are the same", () => {
    const wide = network(2, 700);
    const many = data(10_000, 2);
    const { ranges } = observedRanges(wide, many, ["a"], { quantiles: [0.02, 0.97] });
    const values = evaluateRows(wide, many.values, many.rows, ["a"]).get("a")!;
    expect(values.length).toBeGreaterThan(6_250_000);
    values.sort();
    expect(ranges.get("a")![0]).toBeCloseTo(sortedQuantile(values, 0.02), 12);
    expect(ranges.get("a")![1]).toBeCloseTo(sortedQuantile(values, 0.97), 12);
  });

  test("are missing, with the reason, behind what is not known, without width, and where there are no numbers", () => {
    const { ranges, missing } = observedRanges(graph, few, ["a", "zero", "behind"]);
    expect([...ranges.keys()]).toEqual(["a"]);
    expect(missing.get("zero")).toBe("its values are all 0 on these data, and a range needs a width: set its range");
    expect(missing.get("behind")).toBe("it depends on LSTM: recurrence is not supported");
    const values = few.values.slice();
    values[17] = Number.NaN;
    const broken = observedRanges(graph, { ...few, values }, ["a", "b"], { quantiles: [0.1, 0.9] });
    expect(broken.missing.get("a")).toBe("some of its values are NaN on these data: check the data");
    values[17] = Infinity;
    expect(observedRanges(graph, { ...few, values }, ["x"]).missing.get("x")).toMatch(/range from -[\d.]+ to Infinity/);
    const mostlyZero = observedRanges(graph, few, ["b"], { quantiles: [0.1, 0.2] });
    expect(mostlyZero.missing.get("b")).toContain("are all 0 from the quantile 0.1 to 0.2 of these data");
  });

  test("refuse data, tensors and quantiles that are none", () => {
    expect(() => observedRanges(graph, { ...few, rows: 500 }, ["a"])).toThrow("500 rows of 4 values; got 2004 values");
    expect(() => observedRanges(graph, data(10, 3), ["a"])).toThrow("expected 10 rows of 4 values, as x [1, 4] has");
    expect(() => observedRanges(graph, few, ["nowhere"])).toThrow('got "nowhere"');
    expect(() => observedRanges(graph, few, ["a"], { quantiles: [0.9, 0.1] })).toThrow("0 ≤ low < high ≤ 1");
  });
});
