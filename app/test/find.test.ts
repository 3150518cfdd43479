import { describe, expect, it } from "vitest";
import type { RunHead } from "../src/engine/protocol.ts";
import { placesOf } from "../src/state/find.ts";

const layer = (name: string, inputs: number, outputs: number) => ({ name, inputs, outputs, activation: "sigmoid" });
const head = { layers: [layer("layer 1", 4, 5), layer("layer 2", 5, 3)] } as unknown as RunHead;
const found = (text: string) => placesOf(text, head, [0, 20, 200, 1000], 1);

describe("placesOf", () => {
  it("finds layers by number and by name", () => {
    expect(found("L2")[0]!.picked).toEqual({ kind: "layer", seed: 1, layer: 1 });
    expect(found("2")[0]!.picked).toEqual({ kind: "layer", seed: 1, layer: 1 });
    expect(found("LAYER").map(({ picked }) => picked)).toHaveLength(2);
  });

  it("finds units and wires that are there, and no others", () => {
    expect(found("L1.5")[0]!.picked).toEqual({ kind: "unit", layer: 0, unit: 4 });
    expect(found("l1.6")).toEqual([]);
    expect(found("2:5-3")[0]!.picked).toEqual({ kind: "wire", layer: 1, from: 4, to: 2 });
    expect(found("L2 : 5 → 3")[0]!.picked).toEqual({ kind: "wire", layer: 1, from: 4, to: 2 });
    for (const text of ["2:6-3", "2:0-1", "3:1-1", "2:5-4", "L0", "L1."]) expect(found(text)).toEqual([]);
  });

  it("finds epochs by their beginning", () => {
    expect(found("e 20").map(({ epoch }) => epoch)).toEqual([20, 200]);
    expect(found("@1000").map(({ epoch }) => epoch)).toEqual([1000]);
    expect(found("200").map(({ epoch }) => epoch)).toEqual([200]);
  });

  it("takes any text", () => {
    for (const text of ["", "  ", "((", "\\", "L".repeat(10_000), "9".repeat(400), "e"])
      expect(Array.isArray(found(text))).toBe(true);
  });
});
