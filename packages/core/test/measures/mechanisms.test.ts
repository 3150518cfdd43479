/** Measures of mechanisms other than one plain layer: groups, blocks, chains, black boxes, coarse-grained layers. */
import { describe, expect, test } from "vitest";
import { Random } from "../../src/information/random.ts";
import { binSweep } from "../../src/measures/bin-sweep.ts";
import { eiParts, eiPartsMatrix } from "../../src/measures/edge-information.ts";
import { effectiveInformation } from "../../src/measures/effective-information.ts";
import { eiBetweenGroups } from "../../src/measures/group-information.ts";
import { outputEntropies } from "../../src/measures/output-entropies.ts";
import { sensitivity, sensitivityMatrix } from "../../src/measures/sensitivity.ts";
import { activationNames } from "../../src/model/activation.ts";
import { chain } from "../../src/model/graph-mechanism.ts";
import { blackBox, dense, type Mechanism } from "../../src/model/mechanism.ts";
import { network } from "../../src/model/model.ts";
import { coarseGrain } from "../../src/model/parts-of.ts";
import { topologyOf } from "../../src/model/topology.ts";

function structureOf(mechanism: Mechanism) {
  if (mechanism.kind !== "dense") throw new Error(`${mechanism.name} is not dense`);
  return mechanism.dense;
}

const unit = [0, 1] as const;
const layer = {
  weights: [
    [2, -1, 0.5],
    [1, 3, -2],
    [-1, 0.3, 4],
  ],
  activation: "sigmoid",
  inputRange: unit,
} as const;

function within(a: { bits: number; standardError: number }, b: { bits: number; standardError: number }): void {
  expect(Math.abs(a.bits - b.bits)).toBeLessThanOrEqual(4 * Math.hypot(a.standardError, b.standardError) + 1e-9);
}

describe("eiBetweenGroups", () => {
  const mechanism = dense(layer);

  test("of everything with everything is EI", async () => {
    const [all] = await eiBetweenGroups(mechanism, [{ inputs: [0, 1, 2], outputs: [0, 1, 2] }], { bins: 8 });
    within(all!, await effectiveInformation(mechanism, { bins: 8, seed: 5 }));
  });

  test("of one input and one output is that term of EI_parts", async () => {
    const matrix = await eiPartsMatrix(mechanism, { bins: 8 });
    const pairs = [0, 1, 2].flatMap((i) => [0, 1, 2].map((j) => ({ inputs: [i], outputs: [j] })));
    const found = await eiBetweenGroups(mechanism, pairs, { bins: 8 });
    for (const [at, value] of found.entries()) {
      expect(value.method).toBe("exact");
      expect(Math.abs(value.bits - matrix.bits[at]!)).toBeLessThan(1e-9);
    }
  });

  test("of some inputs with some outputs lies between its terms and EI", async () => {
    const [some, all] = await eiBetweenGroups(
      mechanism,
      [
        { inputs: [0, 2], outputs: [1, 2] },
        { inputs: [2, 1, 0], outputs: [1, 2] },
      ],
      { bins: 8, tolerance: 0.01 },
    );
    expect(some!.bits).toBeLessThan(all!.bits + 0.04);
    expect(some!.bits).toBeGreaterThan((await eiPartsMatrix(mechanism, { bins: 8 })).bits[2 * 3 + 2]! - 0.04);
  });

  test("of one input with several outputs is counted, not bounded, and agrees with brute force", async () => {
    const wide = {
      weights: [
        [2, -1, 1.5, 3],
        [1, 3, -2, 0.7],
      ],
      activation: "sigmoid",
      inputRange: unit,
    } as const;
    const [found] = await eiBetweenGroups(dense(wide), [{ inputs: [3], outputs: [0, 1] }], {
      bins: 8,
      tolerance: 0.01,
    });
    // x₃ is the only input looked at: noise on the others, counts of (x̂₃; ŷ₀, ŷ₁) in 8 · 64 cells.
    const random = new Random(17);
    const [joint, x, y] = [new Float64Array(512), new Float64Array(8), new Float64Array(64)];
    const samples = 400_000;
    for (let s = 0; s < samples; s++) {
      const u = [random.uniform(), random.uniform(), random.uniform(), random.uniform()];
      const [a, b] = wide.weights.map((row) =>
        Math.floor(8 / (1 + Math.exp(-row.reduce((z, w, i) => z + w * u[i]!, 0)))),
      );
      const cell = Math.floor(8 * u[3]!);
      joint[cell * 64 + a! * 8 + b!]!++;
      x[cell]!++;
      y[a! * 8 + b!]!++;
    }
    const entropy = (counts: Float64Array) =>
      counts.reduce((h, c) => (c > 0 ? h - (c / samples) * Math.log2(c / samples) : h), 0);
    const truth = entropy(x) + entropy(y) - entropy(joint);
    expect(found!.standardError).toBeLessThan(0.02);
    // Plug-in bias of the brute force: at most 512 / (2 N ln 2).
    expect(Math.abs(found!.bits - truth)).toBeLessThan(4 * Math.hypot(found!.standardError, 0.003) + 0.001);
  });

  test("of groups that nothing links is 0, exactly", async () => {
    const blocks = dense({
      weights: [
        [2, 0],
        [0, 3],
      ],
      activation: "tanh",
      inputRange: unit,
    });
    const [none] = await eiBetweenGroups(blocks, [{ inputs: [0], outputs: [1] }], { bins: 8 });
    expect([none!.bits, none!.standardError, none!.method]).toEqual([0, 0, "exact"]);
  });

  for (const [what, group] of [
    ["repeated", { inputs: [0, 0], outputs: [0] }],
    ["missing", { outputs: [0] }],
    ["empty", { inputs: [], outputs: [0] }],
    ["out of range", { inputs: [0], outputs: [3] }],
    ["negative", { inputs: [-1], outputs: [0] }],
    ["fractional", { inputs: [0.5], outputs: [0] }],
  ] as const) {
    test(`refuses ${what} units`, async () => {
      await expect(eiBetweenGroups(mechanism, [group as never], { bins: 8 })).rejects.toThrow(
        /at least one whole number from 0 to 2/,
      );
    });
  }
  test("refuses no groups", async () => {
    await expect(eiBetweenGroups(mechanism, [], { bins: 8 })).rejects.toThrow(/at least one pair of groups/);
  });
});

describe("what needs no sampling", () => {
  test("a diagonal 100→100 layer's EI is exact: the sum of its edges", async () => {
    const values = Array.from({ length: 100 }, (_, k) => ((k * 37) % 100) / 20 - 2.5);
    const mechanism = dense({
      weights: values.map((v, j) => values.map((_, i) => (i === (j * 7) % 100 ? v : 0))),
      activation: "sigmoid",
      inputRange: unit,
    });
    const ei = await effectiveInformation(mechanism, { bins: 8 });
    expect([ei.method, ei.standardError]).toEqual(["exact", 0]);
    expect(Math.abs(ei.bits - (await eiParts(mechanism, { bins: 8 })).bits)).toBeLessThan(1e-8);
  });

  test("one input with many outputs: joint breakpoints", async () => {
    // y1 = x, y2 = 1 − x on aligned bins tell the same; a shifted copy halves the cells.
    const mirror = dense({
      weights: [[1], [-1]],
      bias: [0, 1],
      activation: "identity",
      inputRange: unit,
      outputRange: unit,
    });
    expect((await effectiveInformation(mirror, { bins: 8 })).bits).toBeCloseTo(3, 10);
    const shifted = dense({
      weights: [[1], [1]],
      bias: [0, 1 / 16],
      activation: "identity",
      inputRange: unit,
      outputRange: [0, 2],
    });
    const found = await effectiveInformation(shifted, { bins: { input: 16, output: 16 } });
    // Output bins are 1/8 wide; together with the shifted ones they cut x every 1/16.
    expect([found.bits.toFixed(9), found.method]).toEqual(["4.000000000", "exact"]);
  });

  test("one output: exact for few cells, and the sampled value agrees", async () => {
    const spec = { weights: [[1.5, -2, 0.7]], activation: "tanh", inputRange: [-1, 1] } as const;
    for (const outside of ["clamp", "drop"] as const) {
      const mechanism = dense({ ...spec, outputRange: [-0.5, 0.8] });
      const exact = await effectiveInformation(mechanism, { bins: 8, outside });
      expect(exact.method).toBe("exact");
      within(
        exact,
        await effectiveInformation(mechanism, { bins: 8, outside, method: "conditional", tolerance: 0.005 }),
      );
    }
  });

  test("output entropies bound EI_parts and EI", async () => {
    const mechanism = dense(layer);
    const entropies = await outputEntropies(mechanism, { bins: 8 });
    const matrix = await eiPartsMatrix(mechanism, { bins: 8 });
    for (let j = 0; j < 3; j++) {
      const terms = [0, 1, 2].reduce((sum, i) => sum + matrix.bits[i * 3 + j]!, 0);
      expect(terms).toBeLessThan(entropies[j]!.bits);
      expect(entropies[j]!.bits).toBeLessThan(3);
    }
    const ei = await effectiveInformation(mechanism, { bins: 8 });
    expect(ei.bits).toBeLessThan(entropies.reduce((sum, h) => sum + h.bits, 0));
  });
});

describe("ranges and resting values", () => {
  test("one range per input is the same as scaled weights", async () => {
    const ranges = [
      [0, 2],
      [-1, 3],
      [5, 6],
    ] as const;
    const scaled = layer.weights.map((row) => row.map((w, i) => w * (ranges[i]![1] - ranges[i]![0])));
    const bias = layer.weights.map((row) => row.reduce((sum, w, i) => sum + w * ranges[i]![0], 0));
    const own = dense({ ...layer, inputRange: ranges });
    const same = dense({ ...layer, weights: scaled, bias });
    const [a, b] = [await eiPartsMatrix(own, { bins: 8 }), await eiPartsMatrix(same, { bins: 8 })];
    for (const [at, bits] of a.bits.entries()) expect(Math.abs(bits - b.bits[at]!)).toBeLessThan(1e-9);
    within(
      await effectiveInformation(own, { bins: 8, seed: 1 }),
      await effectiveInformation(same, { bins: 8, seed: 2 }),
    );
    expect(() =>
      dense({
        ...layer,
        inputRange: [
          [0, 1],
          [0, 1],
        ],
      }),
    ).toThrow(/one range, or 3/);
  });

  test("sensitivity rests the other inputs where it is told to", async () => {
    const mechanism = dense(layer);
    const middle = await sensitivityMatrix(mechanism, { bins: 8, rest: "middle" });
    const half = await sensitivityMatrix(mechanism, { bins: 8, rest: [0.5, 0.5, 0.5] });
    expect(middle).toEqual(half);
    // With the others at ½, output 0 sees x₀ through a bias of −0.25.
    const alone = dense({ weights: [[2]], bias: [-0.5 + 0.25], activation: "sigmoid", inputRange: unit });
    expect(middle.bits[0]).toBeCloseTo((await sensitivity(alone, { bins: 8 })).bits, 12);
    await expect(sensitivity(mechanism, { bins: 8, rest: [1] })).rejects.toThrow(/3 finite numbers/);
    expect((await sensitivity(mechanism, { bins: 8, rest: 7 })).warnings.join()).toMatch(/held at 7, which is outside/);
  });
});

describe("every activation", () => {
  for (const name of activationNames) {
    test(`${name}: the sampled EI of one output agrees with the exact one`, async () => {
      const mechanism = dense({
        weights: [[2, -1.5]],
        bias: [0.2],
        activation: name,
        inputRange: [-1, 1],
        outputRange: [-1, 1.5],
      });
      const exact = await effectiveInformation(mechanism, { bins: 6, outside: "clamp" });
      expect(exact.method).toBe("exact");
      const { evaluate } = mechanism;
      const box = blackBox({
        inputs: 2,
        outputs: 1,
        inputRange: [-1, 1],
        outputRange: [-1, 1.5],
        evaluate: (x) => evaluate(x, x.length / 2),
      });
      within(
        exact,
        await effectiveInformation(mechanism, { bins: 6, outside: "clamp", method: "conditional", tolerance: 0.01 }),
      );
      within(exact, await effectiveInformation(box, { bins: 6, outside: "clamp", tolerance: 0.02 }));
    });
  }
});

describe("chains and black boxes", () => {
  const random = new Random(3);
  const weights = (m: number, n: number) =>
    Array.from({ length: m }, () => Array.from({ length: n }, () => 4 * random.uniform() - 2));
  const net = network({
    layers: [
      { name: "a", weights: weights(3, 2), activation: "tanh" },
      { name: "b", weights: weights(3, 3), activation: "sigmoid" },
      { name: "c", weights: weights(2, 3), activation: "softmax" },
    ],
    inputRange: unit,
  });

  test("a chain of one layer is the layer; a longer one tells no more than its narrowest bins allow", async () => {
    expect(structureOf(chain(net, { from: "b", to: 1 })).weights).toEqual(net.chain!.layers[1]!.weights);
    const whole = await effectiveInformation(chain(net, { from: "a", to: "b" }), { bins: 4, tolerance: 0.03 });
    const first = await effectiveInformation(chain(net, { from: "a", to: "a" }), {
      bins: { input: 4, output: 64 },
      tolerance: 0.05,
    });
    expect(whole.bits).toBeGreaterThan(0);
    // What 64 bins of the first layer do not tell is allowed for.
    expect(whole.bits).toBeLessThan(first.bits + 0.2);
  });

  test("a chain through softmax can be measured, and its outputs lie in (0, 1)", async () => {
    const found = await effectiveInformation(chain(net, { from: 0, to: 2 }), { bins: 32, tolerance: 0.03 });
    expect([found.outside, found.bits > 0.05]).toEqual([0, true]);
  });

  test("a dense layer as a black box has the same EI, dropped outputs included", async () => {
    const inner = dense({ ...layer, activation: "identity", outputRange: [-1, 2] });
    const box = blackBox({
      inputs: 3,
      outputs: 3,
      inputRange: unit,
      outputRange: [-1, 2],
      evaluate: (x) => inner.evaluate(x, x.length / 3),
    });
    const [known, unknown] = [
      await effectiveInformation(inner, { bins: 4, tolerance: 0.01 }),
      await effectiveInformation(box, { bins: 4, tolerance: 0.02 }),
    ];
    within(known, unknown);
    expect(Math.abs(known.outside - unknown.outside)).toBeLessThan(0.02);
    expect(unknown.warnings.join()).toMatch(/outside the output range/);
  });

  test("a chain can look at its last layer through another activation", async () => {
    const logits = chain(net, { from: "c", to: "c", activation: "identity" });
    expect([logits.activation, logits.outputRange, structureOf(logits).weights]).toEqual([
      "identity",
      [-10, 10],
      net.chain!.layers[2]!.weights,
    ]);
    const [before, after] = [
      chain(net, { from: "a", to: "c", activation: "identity" }),
      chain(net, { from: "a", to: "c" }),
    ];
    const x = Float64Array.of(0.3, 0.6);
    const z = await before.evaluate(x, 1);
    const sum = Math.exp(z[0]!) + Math.exp(z[1]!);
    expect((await after.evaluate(x, 1))[0]).toBeCloseTo(Math.exp(z[0]!) / sum, 14);
    expect(() => chain(net, { from: 0, to: 1, activation: "sine" as never })).toThrow(/one of the activations.*"sine"/);
  });

  test("layers that a network does not have, or in the wrong order, are refused", () => {
    expect(() => chain(net, { from: "a", to: "z" })).toThrow(/one of the layers a, b, c.*"z"/);
    expect(() => chain(net, { from: 2, to: 0 })).toThrow(/at or after/);
    expect(() => chain(net, { from: 3, to: 3 })).toThrow(/0 to 2/);
  });

  for (const [what, evaluate, message] of [
    [
      "returns NaN",
      (x: Float64Array) => x.map((v, at) => (at === 5 ? Number.NaN : v)),
      /NaN at output 1 for the inputs \[0\.\d+, 0\.\d+\]/,
    ],
    ["returns another shape", () => new Float64Array(3), /values \(\d+ samples of 2 outputs\); got 3/],
    [
      "throws",
      () => {
        throw new Error("no power");
      },
      /no power.*inputs of the first of \d+ samples: \[0\.\d+/,
    ],
  ] as const) {
    test(`a black box that ${what} is named, with the sample`, async () => {
      const box = blackBox({ name: "my box", inputs: 2, outputs: 2, inputRange: unit, evaluate });
      const call = effectiveInformation(box, { bins: 4 });
      await expect(call).rejects.toThrow(/my box/);
      await expect(call).rejects.toThrow(message);
    });
  }
});

describe("coarseGrain", () => {
  test("of single units is the layer itself", async () => {
    const mechanism = dense(layer);
    const same = coarseGrain(mechanism, { inputs: [[0], [1], [2]], outputs: [[0], [1], [2]] });
    expect(structureOf(same).weights).toEqual(structureOf(mechanism).weights);
  });

  test("can tell more per unit than its parts: noisy copies, averaged", async () => {
    // Four inputs whose mean is one macro input: a dense macro layer with one weight, the sum.
    const micro = dense({
      weights: [[0.25, 0.25, 0.25, 0.25]],
      activation: "identity",
      inputRange: unit,
      outputRange: unit,
    });
    const macro = coarseGrain(micro, { inputs: [[0, 1, 2, 3]], outputs: [[0]] });
    expect([macro.inputs, macro.outputs]).toEqual([1, 1]);
    const [parts, whole, coarse] = [
      await eiParts(micro, { bins: 8 }),
      await effectiveInformation(micro, { bins: 8 }),
      await effectiveInformation(macro, { bins: 8 }),
    ];
    expect(coarse.bits).toBeCloseTo(3, 10);
    expect(coarse.bits).toBeGreaterThan(whole.bits);
    expect(whole.bits).toBeGreaterThan(parts.bits);
  });

  test("averages groups of outputs by sampling", async () => {
    const micro = dense({
      weights: [
        [1, 0],
        [0, 1],
      ],
      activation: "identity",
      inputRange: unit,
      outputRange: unit,
    });
    const macro = coarseGrain(micro, { inputs: [[0], [1]], outputs: [[0, 1]] });
    const exact = await effectiveInformation(
      dense({ weights: [[0.5, 0.5]], activation: "identity", inputRange: unit, outputRange: unit }),
      { bins: 8 },
    );
    within(exact, await effectiveInformation(macro, { bins: 8, tolerance: 0.02 }));
  });

  test("refuses groups that are no partition, or join different ranges", () => {
    const mechanism = dense({
      ...layer,
      inputRange: [
        [0, 1],
        [0, 2],
        [0, 1],
      ],
    });
    expect(() => coarseGrain(mechanism, { inputs: [[0], [1]], outputs: [[0, 1, 2]] })).toThrow(
      /each of 0 … 2 exactly once/,
    );
    expect(() => coarseGrain(mechanism, { inputs: [[0, 1], [2]], outputs: [[0, 1, 2]] })).toThrow(/one range/);
  });
});

describe("topologyOf and binSweep", () => {
  test("the topology tells of each layer what comes before and after, and who will answer", () => {
    const net = network({
      layers: [
        {
          weights: [
            [1, 2],
            [3, 4],
          ],
          bias: [0, 0],
          activation: "relu",
        },
        { weights: [[1, 1]], activation: "softmax" },
      ],
      inputRange: unit,
    });
    const topology = topologyOf(net);
    expect(topology.edges).toEqual([{ from: "layer 1", to: "layer 2", tensor: "layer 1 activation" }]);
    expect(topology.layers.get("layer 1")).toEqual({
      name: "layer 1",
      index: 0,
      kind: "dense",
      inputs: 2,
      outputs: 2,
      place: undefined,
      inputShapes: [[1, 2]],
      outputShape: [1, 2],
      parameters: 6,
      inputActivation: undefined,
      activation: "relu",
      inputRange: [0, 1],
      outputRange: [0, 10],
      engine: "exact",
      obstacle: undefined,
    });
    expect(topology.layers.get("layer 2")).toMatchObject({
      inputActivation: "relu",
      inputRange: [0, 10],
      engine: "sampling",
    });
  });

  test("a sweep gives every measure at every number of bins, growing with them", async () => {
    const sweep = await binSweep(dense(layer), [2, 4, 8], { tolerance: 0.02 });
    expect(sweep.map(({ bins }) => bins)).toEqual([2, 4, 8]);
    for (let k = 1; k < 3; k++) {
      expect(sweep[k]!.measures.ei.bits).toBeGreaterThan(sweep[k - 1]!.measures.ei.bits - 0.08);
      expect(sweep[k]!.measures.eiParts.bits).toBeGreaterThan(sweep[k - 1]!.measures.eiParts.bits - 1e-9);
    }
    await expect(binSweep(dense(layer), [], {})).rejects.toThrow(/at least one number of bins/);
    await expect(binSweep(dense(layer), [8, 1], {})).rejects.toThrow(/whole number from 2/);
  });
});
