import { describe, expect, it } from "vitest";
import { dataset } from "../../src/datasets/dataset.ts";
import { Random } from "../../src/information/random.ts";
import { network } from "../../src/model/model.ts";
import { neuronPairs } from "../../src/observational/neuron-pairs.ts";

/** Inputs ±1: two bits, the first again, and a third that says nothing; the label is their parity. */
const bits = Array.from({ length: 200 }, (_, k) => [k & 1, (k >> 1) & 1, (k >> 2) & 1] as const);
const data = dataset({
  name: "parity",
  inputs: bits.map((row) => row.map((bit) => 2 * bit - 1)),
  labels: bits.map(([a, b]) => a ^ b),
});
const net = network({
  layers: [
    {
      name: "bits",
      weights: [
        [1, 0, 0],
        [0, 1, 0],
        [1, 0, 0],
        [0, 0, 1],
      ],
      activation: "tanh",
    },
    {
      name: "out",
      weights: [
        [1, 1, 1, 1],
        [0, 0, 0, 0],
      ],
      activation: "softmax",
    },
  ],
});

describe("pairs of neurons", () => {
  it("know together what neither knows alone, or the same thing", async () => {
    const { pairs, joint, common, layerName, warnings } = await neuronPairs(net, data, {
      layer: 0,
      units: [0, 1, 2, 3],
    });
    expect(layerName).toBe("bits");
    expect(pairs.map(({ first, second }) => [first, second])).toEqual([
      [0, 1],
      [0, 2],
      [0, 3],
      [1, 2],
      [1, 3],
      [2, 3],
    ]);
    const [parity, same, apart] = pairs;
    expect(parity!.interaction).toBeCloseTo(-1, 12);
    expect(parity!.information[2]).toBeCloseTo(1, 12);
    expect(parity!.qValue).toBeLessThan(0.05);
    for (const { measure, synergistic } of parity!.parts)
      expect([measure, synergistic.toFixed(6)]).toEqual([measure, "1.000000"]);
    expect(parity!.parts.map(({ measure }) => measure)).toEqual(["minimum", "mmi", "broja"]);
    // Neither the copy nor the third bit tells anything of the parity.
    for (const pair of [same!, apart!]) {
      expect(pair.interaction).toBeCloseTo(0, 12);
      expect(pair.qValue).toBeGreaterThan(0.05);
    }
    expect(joint).toBeCloseTo(1, 12);
    // Three independent bits, one of them twice.
    expect(common.joint).toBeCloseTo(3, 12);
    expect(common.totalCorrelation).toBeCloseTo(1, 12);
    expect(warnings).toEqual([]);
  });

  it("are drawn with the seed, and without all measures where these are not asked for", async () => {
    const ask = (seed: number) =>
      neuronPairs(net, data, { layer: 0, units: [0, 3], seed, permutations: 50, measures: ["mmi"] });
    expect(await ask(1)).toStrictEqual(await ask(1));
    expect((await ask(1)).pairs[0]!.chance).not.toBe((await ask(2)).pairs[0]!.chance);
    expect((await ask(1)).pairs[0]!.parts).toHaveLength(1);
  });

  it("leave parts out where they would take minutes, and say how much is bias", async () => {
    const random = new Random(3);
    const many = dataset({
      name: "noise",
      inputs: Array.from({ length: 60 }, () => [random.uniform(), random.uniform(), random.uniform()]),
      labels: Array.from({ length: 60 }, (_, k) => k % 2),
    });
    const quantizer = { kind: "uniform", bins: 40 } as const;
    const { pairs, warnings } = await neuronPairs(net, many, { layer: 0, units: [0, 1], quantizer, permutations: 5 });
    expect(pairs[0]!.parts).toEqual([]);
    expect(warnings[0]).toBe("1 pairs have more than 64 states: their parts are omitted");
    expect(warnings[1]).toMatch(/information of all 2 units together is too high by up to 0\.\d\d bit/);
  });

  it("are refused for layers and units that are not there", async () => {
    const ask = (layer: number, units: number[]) => neuronPairs(net, data, { layer, units });
    await expect(ask(2, [0, 1])).rejects.toThrow("got layer 2, units 0, 1");
    await expect(ask(0, [0, 4])).rejects.toThrow("units from 0 to 3; got layer 0, units 0, 4");
    await expect(ask(0, [1, 1])).rejects.toThrow("units: expected at least 2 different units; got [1, 1]");
    await expect(ask(0, [1])).rejects.toThrow("units: expected at least 2 different units; got [1]");
  });
});
