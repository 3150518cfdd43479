import { describe, expect, it } from "vitest";
import type { EdgeAt, Examples, SurfaceAt } from "../src/engine/protocol.ts";
import { examplesTable, wireTable } from "../src/state/tables.ts";

describe("the rows behind a picture", () => {
  it("of a wire are its joint distribution and its response", () => {
    const at = {
      ...{ seed: 1, epoch: 20, layer: 0, input: 1, output: 2, weight: 1, eiParts: 0, sensitivity: 0 },
      ...{ joint: Float64Array.of(0.1, 0.2, 0.3, 0.4), shape: [2, 2], inputRange: [0, 1], outputRange: [0, 1] },
      response: { x: Float64Array.of(0, 1), y: Float64Array.of(0.5, 0.75) },
    } satisfies EdgeAt;
    const { columns, rows } = wireTable(at);
    expect(rows).toHaveLength(6);
    for (const row of rows) expect(row).toHaveLength(columns.length);
    expect(rows[1]).toEqual([1, 20, 1, 2, 3, "joint", 0, 1, 0.2, null, null]);
    expect(rows[5]).toEqual([1, 20, 1, 2, 3, "response", null, null, null, 1, 0.75]);
    expect(wireTable(undefined).rows).toEqual([]);
  });

  it("of data are the examples, and what the network answers over the plane", () => {
    const part: Examples = {
      inputs: Float64Array.of(0, 1, 0.25, 0.5),
      labels: Int32Array.of(0, 1),
      rows: 2,
      columns: 2,
    };
    const at: SurfaceAt = {
      ...{ seed: 0, epoch: 0, size: 2, range: [0, 1] },
      units: [[Float32Array.of(0, 0.25, 0.5, 1), Float32Array.of(1, 0.75, 0.5, 0)]],
    };
    const { columns, rows } = examplesTable({ train: part, test: part, classes: [], columns: [] }, at);
    expect(columns).toEqual(["part", "x1", "x2", "label", "answer1", "answer2"]);
    expect(rows).toHaveLength(8);
    expect(rows[1]).toEqual(["training", 0.25, 0.5, 1, null, null]);
    // The first feature runs fastest, and the second one upwards.
    expect(rows[5]).toEqual(["answer", 0.75, 0.25, null, 0.25, 0.75]);
    expect(examplesTable(undefined, undefined).rows).toEqual([]);
  });
});
