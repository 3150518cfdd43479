/** Units of any model: convolutional networks and skips against loops that share nothing, and dense layers as a graph against a Network. */
import { describe, expect, it } from "vitest";
import { byOperations } from "../../../../test/by-operations.ts";
import { flowers, trainedOnFlowers } from "../../../../test/trained-iris.ts";
import { cumulativeAblation, type Scope, type UnitScores } from "../../src/ablation/cumulative.ts";
import type { ReplacementSpec } from "../../src/ablation/replacement.ts";
import { unitScores } from "../../src/ablation/scores.ts";
import { InvalidInputError } from "../../src/checks/error-classes.ts";
import { type Dataset, dataset } from "../../src/datasets/dataset.ts";
import type { Graph, Operation } from "../../src/model/graph.ts";
import { GraphBuilder } from "../../src/model/graph-builder.ts";
import type { Model } from "../../src/model/model.ts";
import { graphUnits, unitsOf } from "../../src/model/model-units.ts";
import { tensor } from "../../src/model/tensor.ts";
import { neuronInformation } from "../../src/observational/neuron-information.ts";
import { unitActivations } from "../../src/observational/unit-activations.ts";
import { type Fixture, graphOfFile, type Hold, lenet, naiveAnswers, residual } from "./convolutional.ts";

const fixtures: readonly (readonly [string, Fixture])[] = [
  ["convolutions with pooling", lenet()],
  ["a skip connection", residual()],
];

/** Units in the order of layers. */
function positions(model: Model): UnitScores {
  return new Map(
    unitsOf(model)
      .layers.slice(0, -1)
      .flatMap(({ outputs }, l) => Array.from({ length: outputs }, (_, unit) => [`${l}/${unit}`, 100 * l + unit])),
  );
}

/** What a mean of some hundred doubles, computed in another order, may differ by. */
const NEAR = 1e-9;

describe("the units of a convolutional network", () => {
  it("are named layers with their channels, positions and activations", () => {
    const { layers, features, inputShape, outputs } = graphUnits(graphOfFile(lenet().bytes()));
    const said = layers.map(({ name, outputs: units, positions: places, activation }) => [
      name,
      units,
      places,
      activation,
    ]);
    expect(said).toEqual([
      ["conv1", 3, 36, "relu"],
      ["conv2", 4, 4, "relu"],
      ["fc1", 5, 1, "relu"],
      ["fc2", 3, 1, "identity"],
    ]);
    expect([features, inputShape, outputs.kind]).toEqual([72, [2, 6, 6], "logits"]);
    expect(graphUnits(graphOfFile(lenet().bytes("Softmax"))).outputs.kind).toBe("softmax");
  });

  it.each(fixtures)("have the mean and the maximum of a channel as activation: %s", async (_, fixture) => {
    for (const channels of ["mean", "maximum"] as const) {
      const model = byOperations(graphOfFile(fixture.bytes()));
      const found = await unitActivations(model, fixture.data, channels);
      const { rows, features, inputs } = fixture.data;
      for (let row = 0; row < rows; row++) {
        const { hidden, logits } = fixture.run(inputs.subarray(row * features, (row + 1) * features));
        const expected = hidden.map((maps) =>
          maps.map((map) => {
            const values = map.flat();
            return channels === "mean"
              ? values.reduce((sum, value) => sum + value, 0) / values.length
              : Math.max(...values);
          }),
        );
        for (const [l, wanted] of [...expected, logits].entries()) {
          const { layer, values } = found[l]!;
          for (const [unit, value] of wanted.entries()) {
            expect(Math.abs(values[row * layer.outputs + unit]! - value)).toBeLessThan(NEAR);
          }
        }
      }
    }
  });

  it.each(fixtures)("are held as whole channels after the activation, step by step: %s", async (_, fixture) => {
    for (const ending of [undefined, "Softmax"] as const) {
      const model = byOperations(graphOfFile(fixture.bytes(ending)));
      const scores = { position: positions(model) };
      for (const scope of ["network", 0, 1] as readonly Scope[]) {
        const options = { scope, scores, replacement: 0.3, repetitions: 1 } as const;
        const { curves, units } = await cumulativeAblation(model, fixture.data, fixture.data, options);
        const own = [...scores.position.keys()].filter((key) => scope === "network" || key.startsWith(`${scope}/`));
        expect(units).toBe(own.length);
        for (const [direction, order] of [
          ["ascending", own],
          ["descending", own.toReversed()],
        ] as const) {
          const { points } = curves.find((curve) => curve.direction === direction)!;
          expect(points).toHaveLength(own.length + 1);
          for (const { removed, accuracy, loss } of points) {
            const gone = new Set(order.slice(0, removed));
            const hold: Hold = (layer, unit) => (gone.has(`${layer}/${unit}`) ? 0.3 : undefined);
            const wanted = naiveAnswers(fixture, hold);
            expect(accuracy).toBe(wanted.accuracy);
            expect(Math.abs(loss - wanted.loss)).toBeLessThan(NEAR);
          }
        }
      }
    }
  });
});

describe("a file that fixes its batch", () => {
  it("gives what the same file with an open batch gives", async () => {
    for (const [, fixture] of fixtures) {
      const [open, fixed] = [undefined, 7].map((batch) => byOperations(graphOfFile(fixture.bytes("Softmax", batch))));
      expect(await neuronInformation(fixed!, fixture.data)).toStrictEqual(await neuronInformation(open!, fixture.data));
      const scores = await unitScores(open!, fixture.data, ["weight-spread", "damage"]);
      expect(await unitScores(fixed!, fixture.data, ["weight-spread", "damage"])).toStrictEqual(scores);
      const options = { scope: "network", scores, repetitions: 1 } as const;
      expect(await cumulativeAblation(fixed!, fixture.data, fixture.data, options)).toStrictEqual(
        await cumulativeAblation(open!, fixture.data, fixture.data, options),
      );
    }
  });
});

describe("a model whose examples cannot go through together", () => {
  it("is run one by one, and gives the same", async () => {
    const model = (turned: boolean) =>
      byOperations(
        made([2], (node) => {
          node("hidden", dense(3, 2), ["x"]);
          node("relu", { kind: "activation", activation: "relu" }, ["hidden"]);
          if (turned) {
            // Examples would go along axis 1, and back.
            node("there", { kind: "transpose", permutation: [1, 0] }, ["relu"]);
            node("back", { kind: "transpose", permutation: [1, 0] }, ["there"]);
          }
          node("out", dense(2, 3), [turned ? "back" : "relu"]);
        }),
      );
    const data = pairs();
    const options = { scope: 0, scores: { position: positions(model(true)) }, repetitions: 1 } as const;
    expect(await neuronInformation(model(true), data)).toStrictEqual(await neuronInformation(model(false), data));
    const [one, other] = [
      await cumulativeAblation(model(true), data, data, options),
      await cumulativeAblation(model(false), data, data, options),
    ];
    for (const [k, { points }] of other.curves.entries()) {
      for (const [n, { loss }] of points.entries()) expect(one.curves[k]!.points[n]!.loss).toBeCloseTo(loss, 12);
    }
  });
});

describe("replacements of channels", () => {
  const fixture = lenet();
  const model = byOperations(graphOfFile(fixture.bytes()));
  const { data } = fixture;
  const conv2 = (row: number) => {
    const { hidden } = fixture.run(data.inputs.subarray(row * 72, (row + 1) * 72));
    return hidden[1]!.map((map) => map.flat().reduce((sum, value) => sum + value, 0) / 4);
  };

  it("are means over examples and positions, whatever a channel is measured by", async () => {
    const means = Array.from({ length: 4 }, (_, unit) => {
      let sum = 0;
      for (let row = 0; row < data.rows; row++) sum += conv2(row)[unit]!;
      return sum / data.rows;
    });
    const scores = { position: positions(model) };
    const options = { scope: 1, scores, replacement: "mean", repetitions: 1 } as const;
    const { curves } = await cumulativeAblation(model, data, data, options);
    const { loss } = curves[0]!.points.at(-1)!;
    const wanted = naiveAnswers(fixture, (layer, unit) => (layer === 1 ? means[unit] : undefined));
    expect(Math.abs(loss - wanted.loss)).toBeLessThan(NEAR);
  });

  it("are, resampled, values of other examples, the same for the same seed", async () => {
    const ask = (seed: number) =>
      cumulativeAblation(model, data, data, {
        scope: 0,
        scores: { position: positions(model) },
        replacement: "resample",
        repetitions: 1,
        seed,
      });
    expect(await ask(1)).toStrictEqual(await ask(1));
    expect((await ask(1)).curves).not.toStrictEqual((await ask(2)).curves);
  });
});

describe("dense layers as a graph", () => {
  async function both() {
    const network = await trainedOnFlowers([7, 5], ["relu", "tanh"], { epochs: 30 });
    return { data: flowers, network, graph: byOperations(network) };
  }

  it("have the information of the network", async () => {
    const { data, network, graph } = await both();
    for (const quantizer of [{ kind: "threshold" }, { kind: "equal-mass", bins: 4 }] as const) {
      const options = { quantizer, bootstrap: 20, learnFrom: data.train };
      const [one, other] = [
        await neuronInformation(network, data.test, options),
        await neuronInformation(graph, data.test, options),
      ];
      expect(other).toHaveLength(15);
      for (const [k, neuron] of one.entries()) {
        const { quantizer: edges, classSelectivity, ...rest } = other[k]!;
        expect(neuron).toMatchObject(rest);
        // Sums in another order.
        for (const [at, edge] of edges.edges.entries()) expect(edge).toBeCloseTo(neuron.quantizer.edges[at]!, 10);
        expect(classSelectivity ?? -1).toBeCloseTo(neuron.classSelectivity ?? -1, 10);
      }
    }
  });

  it("have the scores, curves and work of the network", async () => {
    const { data, network, graph } = await both();
    const names = ["information", "information8", "entropy", "kl-selectivity", "weight-spread", "damage"] as const;
    const scores = await unitScores(network, data.train, names);
    const same = await unitScores(graph, data.train, names);
    for (const name of names) {
      expect([...same[name].keys()]).toEqual([...scores[name].keys()]);
      for (const [key, value] of scores[name]) expect(same[name].get(key)).toBeCloseTo(value, 10);
    }
    for (const replacement of ["zero", "mean", "resample", 0.5] as readonly ReplacementSpec[]) {
      for (const scope of ["network", 0, 1] as readonly Scope[]) {
        const options = { scope, scores, replacement, repetitions: 2, seed: 3 };
        const one = await cumulativeAblation(network, data.train, data.test, options);
        const other = await cumulativeAblation(graph, data.train, data.test, options);
        expect(other.layerEvaluations).toBe(one.layerEvaluations);
        expect(other.warnings).toEqual(one.warnings);
        for (const [k, { points, ...named }] of one.curves.entries()) {
          expect(other.curves[k]).toMatchObject(named);
          for (const [n, { accuracy, loss, removed }] of points.entries()) {
            const point = other.curves[k]!.points[n]!;
            expect([point.removed, point.accuracy]).toEqual([removed, accuracy]);
            expect(point.loss).toBeCloseTo(loss, 10);
          }
        }
      }
    }
  });
});

describe("channels on the last axis", () => {
  const kernel = Float64Array.from({ length: 4 * 2 * 9 }, (_, k) => Math.sin(3 * k + 1));
  const next = Float64Array.from({ length: 5 * 4 * 4 }, (_, k) => Math.cos(2 * k + 1));
  const window = { strides: [1, 1], dilations: [1, 1], before: [0, 0], after: [0, 0] };

  /** Two convolutions and a mean over places; the input is [2, 5, 5] or [5, 5, 2]. */
  function model(channelsLast: boolean) {
    const convolution = (weights: Float64Array, shape: readonly number[]): Operation => ({
      kind: "convolution",
      weights: tensor("w", shape, weights),
      groups: 1,
      channelsLast,
      ...window,
    });
    const relu = { kind: "activation", activation: "relu" } as const;
    return byOperations(
      made(channelsLast ? [5, 5, 2] : [2, 5, 5], (node) => {
        node("one", convolution(kernel, [4, 2, 3, 3]), ["x"]);
        node("a", relu, ["one"]);
        node("two", convolution(next, [5, 4, 2, 2]), ["a"]);
        node("b", relu, ["two"]);
        node("mean", { kind: "global-average-pool", channelsLast, keep: false }, ["b"]);
        node("out", dense(3, 5), ["mean"]);
      }),
    );
  }

  it("are read and held as on the first", async () => {
    const rows = 30;
    const first = Float64Array.from({ length: rows * 50 }, (_, k) => Math.sin(k * k + 1));
    const last = first.map((_, at) => {
      const [row, place, channel] = [Math.floor(at / 50), Math.floor((at % 50) / 2), at % 2];
      return first[row * 50 + channel * 25 + place]!;
    });
    const labels = Int32Array.from({ length: rows }, (_, row) => row % 3);
    const [one, other] = [first, last].map((data) =>
      dataset({ name: "maps", inputs: { data, shape: [rows, 50] }, labels }),
    );
    const options = { scores: { position: positions(model(false)) }, replacement: "mean", repetitions: 2 } as const;
    for (const scope of ["network", 0, 1] as readonly Scope[]) {
      const expected = await cumulativeAblation(model(false), one!, one!, { ...options, scope });
      const found = await cumulativeAblation(model(true), other!, other!, { ...options, scope });
      for (const [k, { points }] of expected.curves.entries()) {
        for (const [n, { loss }] of points.entries()) expect(found.curves[k]!.points[n]!.loss).toBeCloseTo(loss, 10);
      }
    }
    const spread = (await unitScores(model(false), one!, ["weight-spread"]))["weight-spread"];
    for (const [key, value] of (await unitScores(model(true), other!, ["weight-spread"]))["weight-spread"]) {
      expect(value).toBeCloseTo(spread.get(key)!, 10);
    }
  });
});

describe("work", () => {
  it("is done only above the ablated layer", async () => {
    const fixture = lenet();
    const model = byOperations(graphOfFile(fixture.bytes()));
    const scores = { position: positions(model) };
    const of = async (scope: Scope) => {
      const options = { scope, scores, repetitions: 1, randomPoints: 1 } as const;
      return (await cumulativeAblation(model, fixture.data, fixture.data, options)).layerEvaluations;
    };
    // Both directions one unit at a time and one random order at once, times the layers above.
    expect(await of(0)).toBe((2 * 3 + 1) * 3);
    expect(await of(1)).toBe((2 * 4 + 1) * 2);
    expect(await of(2)).toBe((2 * 5 + 1) * 1);
    expect(await of("network")).toBe(2 * (3 * 3 + 4 * 2 + 5) + 3);
  });
});

describe("weight spread in a graph", () => {
  it("is the norm over slices of kernels and columns, through pooling and skips, times the deviation", async () => {
    const fixture = residual();
    const model = byOperations(graphOfFile(fixture.bytes()));
    const { data, weights } = fixture;
    const scores = (await unitScores(model, data, ["weight-spread"]))["weight-spread"];
    const squares = (at: (k: number) => boolean, values: Float32Array) =>
      values.reduce((sum, value, k) => (at(k) ? sum + value * value : sum), 0);
    for (let unit = 0; unit < 3; unit++) {
      const kernels = squares((k) => Math.floor(k / 9) % 3 === unit, weights.second);
      const columns = squares((k) => k % 3 === unit, weights.last);
      for (const [layer, norm] of [
        // The first layer goes through the skip to the last weights, too.
        [0, kernels + columns],
        [1, columns],
      ] as const) {
        const values = Array.from({ length: data.rows }, (_, row) => {
          const { hidden } = fixture.run(data.inputs.subarray(row * 16, (row + 1) * 16));
          return hidden[layer]![unit]!.flat().reduce((sum, value) => sum + value, 0) / 16;
        });
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
        expect(scores.get(`${layer}/${unit}`)).toBeCloseTo(Math.sqrt(norm * variance), 10);
      }
    }
  });

  it("counts scales, sums, what is put side by side, pooling and flattened maps", async () => {
    const sine = (count: number) => Float64Array.from({ length: count }, (_, k) => Math.sin(k + 1));
    const spreadOf = async (graph: Graph, data: Dataset) => {
      const model = byOperations(graph);
      const [first] = await unitActivations(model, data);
      const scores = (await unitScores(model, data, ["weight-spread"]))["weight-spread"];
      const units = unitsOf(model).layers[0]!.outputs;
      // The squares of the weights alone: without the deviation.
      return Array.from({ length: units }, (_, unit) => {
        const values = Array.from({ length: data.rows }, (_, row) => first!.values[row * units + unit]!);
        const mean = values.reduce((sum, value) => sum + value, 0) / data.rows;
        const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.rows;
        return scores.get(`0/${unit}`)! ** 2 / variance;
      });
    };
    const scale = { shape: [2], values: Float64Array.of(2, -3) };
    const joined = made([2], (node) => {
      node("hidden", dense(2, 2), ["x"]);
      node("scaled", { kind: "affine", scale, parameters: 2 }, ["hidden"]);
      node("sum", { kind: "sum", coefficients: [1, 0.5] }, ["scaled", "hidden"]);
      node("both", { kind: "concatenate", axis: 1 }, ["sum", "hidden"]);
      node("out", dense(3, 4), ["both"]);
    });
    const w = sine(12);
    const columns = (k: number) => w[k]! ** 2 + w[4 + k]! ** 2 + w[8 + k]! ** 2;
    const [one, two] = await spreadOf(joined, pairs());
    expect(one).toBeCloseTo((2 + 0.5) ** 2 * columns(0) + columns(2), 10);
    expect(two).toBeCloseTo((-3 + 0.5) ** 2 * columns(1) + columns(3), 10);

    const window = { strides: [1, 1], dilations: [1, 1], before: [0, 0], after: [0, 0], channelsLast: false };
    const maps = made([1, 3, 3], (node) => {
      const weights = tensor("w", [2, 1, 1, 1], sine(2));
      node("hidden", { kind: "convolution", weights, groups: 1, ...window }, ["x"]);
      node("pool", { kind: "average-pool", kernel: [2, 2], ceil: false, countPadding: false, ...window }, ["hidden"]);
      node("flat", { kind: "reshape", shape: [1, 8] }, ["pool"]);
      node("out", dense(2, 8), ["flat"]);
    });
    const v = sine(16);
    const found = await spreadOf(maps, pairs(9));
    for (const [channel, squares] of found.entries()) {
      const own = v.filter((_, at) => Math.floor((at % 8) / 4) === channel);
      expect(squares).toBeCloseTo(
        own.reduce((sum, value) => sum + value * value, 0),
        10,
      );
    }
  });

  it("is refused where a product takes the units, with the layer's name", async () => {
    const model = byOperations(
      made([2], (node) => {
        node("hidden", dense(3, 2), ["x"]);
        node("gate", { kind: "activation", activation: "sigmoid" }, ["hidden"]);
        node("gated", { kind: "product" }, ["gate", "hidden"]);
        node("out", dense(2, 3), ["gated"]);
      }),
    );
    const failed = unitScores(model, pairs(), ["weight-spread"]);
    await expect(failed).rejects.toThrow(
      /weight-spread of hidden: .*they go into gated, a product.*Choose other `scores`/s,
    );
    await expect(failed).rejects.toThrow(InvalidInputError);
  });
});

/** Weights that differ. */
function dense(outputs: number, inputs: number, value = 1): Operation {
  const values = Float64Array.from({ length: outputs * inputs }, (_, k) => value * Math.sin(k + 1));
  return { kind: "dense", weights: tensor("w", [outputs, inputs], values), transposed: false };
}

function made(
  shape: readonly (number | undefined)[],
  fill: (node: (name: string, operation: Operation, inputs: readonly string[]) => void) => void,
  outputs: readonly string[] = ["out"],
): Graph {
  const builder = new GraphBuilder("made");
  builder.input("x", [1, ...shape]);
  fill((name, operation, inputs) => void builder.node({ name, operation, inputs, output: name }));
  return builder.build({ format: "made", outputs, notes: [] });
}

function pairs(features = 2): Dataset {
  const inputs = Array.from({ length: 8 }, (_, row) =>
    Array.from({ length: features }, (_, k) => Math.cos(row * (k + 1))),
  );
  return dataset({ name: "pairs", inputs, labels: inputs.map((_, row) => row % 2) });
}

describe("models and data that do not fit", () => {
  const two = (hidden = 1) =>
    made([2], (node) => {
      node("hidden", dense(3, 2, hidden), ["x"]);
      node("silu", { kind: "activation", activation: "silu" }, ["hidden"]);
      node("out", dense(2, 3), ["silu"]);
    });

  it("name the layer whose activations are not finite", async () => {
    const model = byOperations(two(Number.NaN));
    await expect(neuronInformation(model, pairs())).rejects.toThrow(
      /activations of hidden: expected finite numbers; got NaN at unit \d, example \d/,
    );
    const scores = { position: positions(model) };
    await expect(cumulativeAblation(model, pairs(), pairs(), { scope: 0, scores })).rejects.toThrow(
      "activations of hidden",
    );
  });

  it("are told the shape of the input that is wanted", async () => {
    const fixture = lenet();
    const model = byOperations(graphOfFile(fixture.bytes()));
    const wanted = "rows of 72 inputs, [2, 6, 6] row-major, as the network has; got 2 in pairs";
    await expect(neuronInformation(model, pairs())).rejects.toThrow(wanted);
    await expect(
      cumulativeAblation(model, fixture.data, pairs(), { scope: 0, scores: { position: positions(model) } }),
    ).rejects.toThrow(wanted);
  });

  it.each([
    [
      "no hidden layer",
      () => made([2], (node) => node("out", dense(2, 2), ["x"])),
      "a model with a hidden layer of units",
    ],
    [
      "two outputs",
      () =>
        made(
          [2],
          (node) => {
            node("hidden", dense(3, 2), ["x"]);
            node("out", dense(2, 3), ["hidden"]);
          },
          ["out", "hidden"],
        ),
      "a model with one output; got 2: out, hidden",
    ],
    [
      "an input of open sizes",
      () =>
        made([undefined, 4], (node) => {
          node("hidden", dense(3, 4), ["x"]);
          node("out", dense(2, 3), ["hidden"]);
        }),
      "an input whose shape is known; got x [1, ?, 4]",
    ],
    [
      "an operation that is not known",
      () =>
        made([2], (node) => {
          node("hidden", dense(3, 2), ["x"]);
          node("rnn", { kind: "unknown", operator: "LSTM", reason: "recurrence", shape: [1, 3] }, ["hidden"]);
          node("out", dense(2, 3), ["rnn"]);
        }),
      "an output that can be computed; got out: it depends on LSTM: recurrence",
    ],
    [
      "a layer without the batch",
      () =>
        made([2, 3], (node) => {
          node("turned", { kind: "transpose", permutation: [1, 0, 2] }, ["x"]);
          node("hidden", dense(3, 3), ["turned"]);
          node("out", dense(2, 3), ["hidden"]);
        }),
      "values of hidden with the batch of 1 as first axis, and an axis of units; got hidden [2, 1, 3]",
    ],
    [
      "several values per class",
      () =>
        made([4, 2], (node) => {
          node("hidden", dense(3, 2), ["x"]);
          node("out", dense(2, 3), ["hidden"]);
        }),
      "one value per class; got out [1, 4, 2]",
    ],
  ])("are refused for %s", (_, graph, words) => {
    expect(() => graphUnits(graph())).toThrow(InvalidInputError);
    expect(() => graphUnits(graph())).toThrow(words);
  });

  it("are refused for a reading of channels that is none", () => {
    expect(() => graphUnits(two(), { channels: "median" as "mean" })).toThrow(
      'expected "mean" or "maximum"; got "median"',
    );
  });
});
