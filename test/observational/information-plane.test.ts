import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { dataset } from "../../src/datasets/dataset.ts";
import { shwartzZivTishby } from "../../src/datasets/shwartz-ziv-tishby.ts";
import { InvalidInputError } from "../../src/errors.ts";
import { contingencyTable, informationFromCounts } from "../../src/information/contingency.ts";
import { network } from "../../src/network/network.ts";
import { layerInformation } from "../../src/observational/information-plane.ts";
import { epochsToMeasure, informationPlaneStudy } from "../../src/runs/studies/information-plane.ts";
import { createNetwork } from "../../src/training/initialize.ts";

describe("the data of Shwartz-Ziv and Tishby", () => {
  const data = shwartzZivTishby();
  const bit = (row: number, column: number) => data.inputs[row * 12 + column]!;

  it("are theirs, byte for byte", () => {
    const bytes = Uint8Array.from(data.labels!);
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(
      "77732f16f85e91b49d3997196b56163b3bd362d8cf631468a8de3f986e88359f",
    );
    const ones = new Array<number>(13).fill(0);
    for (let row = 0; row < 4096; row++) {
      let weight = 0;
      for (let column = 0; column < 12; column++) weight += bit(row, column);
      ones[weight]! += data.labels![row]!;
    }
    expect(ones).toEqual([0, 0, 0, 0, 0, 60, 532, 732, 495, 220, 66, 12, 1]);
  });

  it("tell of the label what is known: by a bit, and by how many are one", () => {
    for (let column = 0; column < 12; column++) {
      const values = Array.from({ length: 4096 }, (_, row) => bit(row, column));
      expect(informationFromCounts(contingencyTable(values, data.labels!)).bits).toBeCloseTo(0.03390626, 8);
    }
    const weights = Array.from({ length: 4096 }, (_, row) =>
      data.inputs.subarray(row * 12, row * 12 + 12).reduce((sum, value) => sum + value, 0),
    );
    expect(informationFromCounts(contingencyTable(weights, data.labels!)).bits).toBeCloseTo(0.62764124, 8);
  });
});

describe("the information of layers", () => {
  // Two bits in; the first layer keeps both, the second one of them.
  const four = dataset({
    name: "four",
    inputs: [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ],
    labels: [0, 0, 1, 1],
  });
  const two = network({
    layers: [
      {
        name: "both",
        weights: [
          [1, 0],
          [0, 1],
        ],
        activation: "identity",
      },
      { name: "second", weights: [[0, 1]], activation: "identity" },
      { name: "first", weights: [[1], [1]], activation: "identity" },
    ],
  });

  it("is that of what they keep", async () => {
    const [both, second] = await layerInformation(two, four, { kind: "bins", quantizer: { kind: "uniform", bins: 4 } });
    expect([both!.ofInput, both!.ofLabel, both!.cells]).toEqual([2, 1, 4]);
    expect(both!.warnings[0]).toContain("saturated");
    expect([second!.ofInput, second!.ofLabel, second!.cells]).toEqual([1, 0, 2]);
    expect(second!.warnings).toEqual([]);
  });

  it("is bounded by pairs: the true value of far points from both sides", async () => {
    const [both, second] = await layerInformation(two, four, { kind: "pairwise", variance: 1e-4 });
    expect(both!.ofInput).toBeCloseTo(2, 9);
    expect(both!.lower!.ofInput).toBeCloseTo(2, 9);
    expect(second!.ofInput).toBeCloseTo(1, 9);
    expect(second!.ofLabel).toBeCloseTo(0, 9);
  });

  it("never grows from layer to layer, and is that of an untrained network as published, nearly saturated first", async () => {
    const data = shwartzZivTishby();
    const kinds = ["tanh", "tanh", "tanh", "tanh", "tanh", "softmax"] as const;
    const start = createNetwork({
      layers: [12, 10, 7, 5, 4, 3, 2],
      activation: [...kinds],
      initializer: "truncated-normal",
      seed: 0,
    });
    const found = await layerInformation(start, data, {
      kind: "bins",
      quantizer: { kind: "fixed", bins: 30, range: [-1, 1] },
    });
    expect(found[0]!.ofInput).toBeGreaterThan(11.9);
    expect(found.map(({ layer }) => layer)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(found[5]!.ofInput).toBeLessThan(found[0]!.ofInput);
    for (const { ofInput, ofLabel } of found) {
      expect(ofInput).toBeLessThanOrEqual(12 + 1e-9);
      expect(ofLabel).toBeLessThanOrEqual(Math.min(ofInput, 0.99915713));
    }
  });

  it("refuses what it cannot take", async () => {
    const bins = { kind: "bins", quantizer: { kind: "uniform", bins: 4 } } as const;
    await expect(layerInformation(two, { ...four, labels: undefined }, bins)).rejects.toThrow(InvalidInputError);
    await expect(layerInformation(two, four, { kind: "pairwise", variance: 0 })).rejects.toThrow("a variance above 0");
    const one = dataset({
      name: "one",
      inputs: [
        [0, 0],
        [1, 1],
      ],
      labels: [0, 0],
      classes: ["a", "b"],
    });
    await expect(layerInformation(two, one, bins)).rejects.toThrow("none of class 1");
  });
});

describe("the study information-plane", () => {
  it("looks at equal ratios of the epoch, the first and the last among them", () => {
    expect(epochsToMeasure(8, 4)).toEqual([0, 1, 2, 4, 8]);
    expect(epochsToMeasure(1, 5)).toEqual([0, 1]);
    expect(epochsToMeasure(8000, 60).at(-1)).toBe(8000);
  });

  it("gives every layer at every look, the same wherever it is stopped", async () => {
    const asked = informationPlaneStudy.question({
      seeds: [0],
      activations: ["tanh"],
      epochs: 4,
      points: 3,
      variance: 0.1,
    });
    const parts = [];
    for await (const part of informationPlaneStudy.results(asked, { last: () => undefined })) parts.push(part);
    const rows = parts[0]!.values;
    for (const measure of ["inputInformation", "labelInformation"]) {
      expect(rows.filter((row) => row.measure === measure && row.setting.estimator === "bins")).toHaveLength(4 * 6);
      expect(rows.filter((row) => row.measure === measure && row.setting.estimator === "pairwise")).toHaveLength(4 * 6);
    }
    expect(informationPlaneStudy.findings(asked, rows)[0]!.found).toContain("tanh");
  }, 60_000);
});
