import { describe, expect, it } from "vitest";
import { flowers, trainedOnFlowers } from "../../../../test/trained-iris.ts";
import { type AblationOptions, cumulativeAblation, type UnitScores } from "../../src/ablation/cumulative.ts";
import { areaUnderCurve, summarizeAblation } from "../../src/ablation/curve.ts";
import { pairEffects, unitEffects } from "../../src/ablation/effects.ts";
import { scoreNames, unitScores } from "../../src/ablation/scores.ts";
import { InvalidInputError } from "../../src/checks/error-classes.ts";
import { dataset } from "../../src/datasets/dataset.ts";
import { evaluateLayer } from "../../src/model/evaluate-layers.ts";
import { type Model, network } from "../../src/model/model.ts";
import { createNetwork } from "../../src/training/initialize.ts";

const data = flowers;
const trained = (activation: "relu" | "tanh" = "relu") => trainedOnFlowers([6, 5], [activation, activation]);

/** Forwards with some units replaced, layer by layer, nothing shared. */
function naive(network: Model, held: ReadonlyMap<string, (row: number) => number>) {
  const { rows, labels } = data.test;
  let x = data.test.inputs;
  for (const [l, layer] of network.chain!.layers.entries()) {
    x = evaluateLayer(layer, x, rows);
    for (const [key, value] of held) {
      const [own, unit] = key.split("/").map(Number) as [number, number];
      if (own === l) for (let row = 0; row < rows; row++) x[row * layer.outputs + unit] = value(row);
    }
  }
  let [right, loss] = [0, 0];
  for (let row = 0; row < rows; row++) {
    const y = [...x.subarray(row * 3, row * 3 + 3)];
    if (y.indexOf(Math.max(...y)) === labels![row]) right++;
    loss -= Math.log(y[labels![row]!]!);
  }
  return { accuracy: right / rows, loss: loss / rows };
}

const positions = (network: Model): UnitScores =>
  new Map(
    network.chain!.layers.flatMap(({ outputs }, l) =>
      Array.from({ length: outputs }, (_, unit) => [`${l}/${unit}`, 10 * l + unit]),
    ),
  );

describe("cumulative ablation", () => {
  it("is what a network with the units replaced answers, step by step", async () => {
    for (const activation of ["relu", "tanh"] as const) {
      const network = await trained(activation);
      for (const scope of [0, 1, "network"] as const) {
        const scores = { position: positions(network) };
        const found = await cumulativeAblation(network, data.train, data.test, {
          scope,
          scores,
          replacement: 0.3,
          repetitions: 1,
        });
        const up = found.curves.find(({ direction }) => direction === "ascending")!;
        expect(up.points.map(({ removed }) => removed)).toEqual(Array.from({ length: found.units + 1 }, (_, k) => k));
        const units =
          scope === "network"
            ? [...positions(network).keys()].slice(0, 11)
            : [...positions(network).keys()].filter((key) => key.startsWith(`${scope}/`));
        for (const [removed, { accuracy, loss }] of up.points.entries()) {
          const wanted = naive(network, new Map(units.slice(0, removed).map((key) => [key, () => 0.3])));
          expect(accuracy).toBe(wanted.accuracy);
          // Sums changed by products instead of computed anew: some hundred ulps.
          expect(loss).toBeCloseTo(wanted.loss, 10);
        }
      }
    }
  });

  it("replaces by the mean over the training data, or by values of other examples, seeded", async () => {
    const network = await trained();
    const scores = { position: positions(network) };
    const ask = (options: Partial<AblationOptions>) =>
      cumulativeAblation(network, data.train, data.test, { scope: 1, scores, repetitions: 2, ...options });
    const values = evaluateLayer(
      network.chain!.layers[1]!,
      evaluateLayer(network.chain!.layers[0]!, data.train.inputs, 100),
      100,
    );
    const mean = (unit: number) =>
      Array.from({ length: 100 }, (_, row) => values[row * 5 + unit]!).reduce((sum, v) => sum + v, 0) / 100;
    const means = await ask({ replacement: "mean" });
    const all = naive(network, new Map([0, 1, 2, 3, 4].map((unit) => [`1/${unit}`, () => mean(unit)])));
    expect(means.curves[0]!.points[5]!.loss).toBeCloseTo(all.loss, 10);
    const column = (unit: number) =>
      Array.from({ length: 100 }, (_, row) => values[row * 5 + unit]!).sort((a, b) => a - b);
    const middle = (unit: number) => (column(unit)[49]! + column(unit)[50]!) / 2;
    const often = (unit: number) => {
      const times = (value: number) => column(unit).filter((other) => other === value).length;
      return column(unit).reduce((best, value) => (times(value) > times(best) ? value : best));
    };
    for (const [replacement, of] of [
      ["median", middle],
      ["mode", often],
    ] as const) {
      const held = new Map([0, 1, 2, 3, 4].map((unit) => [`1/${unit}`, () => of(unit)]));
      const last = (await ask({ replacement })).curves[0]!.points[5]!;
      expect(last.loss).toBeCloseTo(naive(network, held).loss, 10);
    }
    const drawn = await ask({ replacement: "resample", seed: 4 });
    expect(await ask({ replacement: "resample", seed: 4 })).toStrictEqual(drawn);
    expect(await ask({ replacement: "resample", seed: 5 })).not.toStrictEqual(drawn);
  });

  it("computes only what is above the ablated layer", async () => {
    const network = await trained();
    const options = { scores: { position: positions(network) }, repetitions: 1, randomPoints: 1 };
    // 5 units, up and down, and one random step: one layer above each time.
    const second = await cumulativeAblation(network, data.train, data.test, { ...options, scope: 1 });
    expect(second.layerEvaluations).toBe(5 + 5 + 1);
    const first = await cumulativeAblation(network, data.train, data.test, { ...options, scope: 0 });
    expect(first.layerEvaluations).toBe(2 * (6 + 6 + 1));
  });

  it("says what it must: that layers are ranked together, and that a few random orders are no band", async () => {
    const network = await trained();
    const options = { scores: { position: positions(network) }, repetitions: 3 };
    const { warnings } = await cumulativeAblation(network, data.train, data.test, { ...options, scope: "network" });
    expect(warnings.join()).toMatch(/Simpson's paradox.*3 random orders are too few for a band/s);
    expect(
      (await cumulativeAblation(network, data.train, data.test, { ...options, scope: 0, repetitions: 20 })).warnings,
    ).toEqual([]);
  });

  it("refuses layers, data and options that do not fit", async () => {
    const network = await trained();
    const ask = (options: Partial<AblationOptions>, test = data.test) =>
      cumulativeAblation(network, data.train, test, { scope: 0, scores: {}, ...options });
    await expect(ask({ scope: 2 })).rejects.toThrow("a hidden layer from 0 to 1; got 2");
    await expect(ask({ repetitions: 0 })).rejects.toThrow(InvalidInputError);
    await expect(ask({ replacement: Number.NaN })).rejects.toThrow("a finite number");
    await expect(ask({ replacement: "most" as never })).rejects.toThrow(
      "zero, mean, median, mode, resample or a finite number",
    );
    await expect(ask({ scores: { half: new Map([["0/0", 1]]) } })).rejects.toThrow(
      "score half: expected a finite score for each unit",
    );
    await expect(ask({}, { ...data.test, labels: undefined })).rejects.toThrow("data with labels");
    await expect(ask({}, { ...data.test, labels: new Int32Array(50) })).rejects.toThrow("none of class 1");
    // Twice as wide: as many values as two examples each.
    const wide = { ...data.test, features: 8, inputs: new Float64Array(50 * 8) };
    await expect(ask({}, wide)).rejects.toThrow("ablation: expected data with 4 features; got 8");
    const single = createNetwork({ layers: [4, 3], activation: "softmax", seed: 0 });
    await expect(cumulativeAblation(single, data.train, data.test, { scope: "network", scores: {} })).rejects.toThrow(
      "a network with a hidden layer",
    );
  });
});

describe("resamples of the test examples", () => {
  it("spread accuracies as binomials do, the same examples for every point, and change no curve", async () => {
    const network = await trained();
    const options = { scope: 1, scores: { position: positions(network) }, repetitions: 1, seed: 3 } as const;
    const plain = await cumulativeAblation(network, data.train, data.test, options);
    const found = await cumulativeAblation(network, data.train, data.test, { ...options, bootstrap: 2000 });
    for (const [c, { points }] of found.curves.entries()) {
      for (const [k, { accuracy, resampled, ...point }] of points.entries()) {
        expect({ accuracy, ...point }).toStrictEqual(plain.curves[c]!.points[k]);
        const mean = resampled!.reduce((sum, value) => sum + value, 0) / 2000;
        const variance = resampled!.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 2000;
        const wanted = (accuracy * (1 - accuracy)) / data.test.rows;
        expect(Math.abs(mean - accuracy)).toBeLessThan(4 * Math.sqrt(wanted / 2000) + 1e-9);
        expect(variance / (wanted || 1)).toBeLessThan(1.15);
        if (wanted > 0) expect(variance / wanted).toBeGreaterThan(0.85);
      }
    }
    const [up, down] = found.curves;
    // Nothing removed is the same network in both.
    expect(up!.points[0]!.resampled).toStrictEqual(down!.points[0]!.resampled);
    const { scores } = summarizeAblation(found, { chance: 1 / 3 });
    const { intervals, lowFirst, gap } = scores[0]!;
    expect(intervals!.lowFirst[0]).toBeLessThan(lowFirst);
    expect(intervals!.lowFirst[1]).toBeGreaterThan(lowFirst);
    expect(intervals!.gap[0]).toBeLessThan(gap);
  });

  it("are refused where they cannot be counted", async () => {
    const network = await trained();
    const ask = (bootstrap: number) =>
      cumulativeAblation(network, data.train, data.test, { scope: 0, scores: {}, bootstrap });
    await expect(ask(0.5)).rejects.toThrow("bootstrap: expected a whole number from 0 to 10,000; got 0.5");
    await expect(ask(1e5)).rejects.toThrow(InvalidInputError);
  });
});

describe("effects of single units and of pairs", () => {
  /** Logits ±10 at y = a AND b: units a, b, and c, a copy of a that nobody reads. */
  const rows = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ];
  const and = dataset({ name: "and", inputs: rows, labels: [0, 0, 0, 1] });
  const net = network({
    layers: [
      {
        name: "copy",
        weights: [
          [1, 0],
          [0, 1],
          [1, 0],
        ],
        activation: "relu",
      },
      {
        name: "out",
        weights: [
          [0, 0, 0],
          [20, 20, 0],
        ],
        bias: [0, -30],
        activation: "softmax",
      },
    ],
  });
  const places = [0, 1, 2].map((unit) => ({ layer: 0, unit }));
  const softplus = (x: number) => Math.log1p(Math.exp(-Math.abs(x))) + Math.max(0, x);

  it("are differences of accuracy and loss, with the error over the examples", async () => {
    const [a, b, c] = await unitEffects(net, and, places);
    // Without a: the logit is 20 b − 30; the last example is wrong, by 10 nats instead of −10.
    expect(a!.accuracyDrop).toBe(0.25);
    const losses = (logit: (a: number, b: number) => number) =>
      rows.map(([first, second], row) => softplus(row === 3 ? -logit(first!, second!) : logit(first!, second!)));
    const [whole, without] = [losses((x, y) => 20 * x + 20 * y - 30), losses((_, y) => 20 * y - 30)];
    const differences = without.map((loss, row) => loss - whole[row]!);
    const mean = differences.reduce((sum, value) => sum + value, 0) / 4;
    const deviation = Math.sqrt(differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 3);
    expect(a!.lossRise).toBeCloseTo(mean, 12);
    expect(a!.standardError).toBeCloseTo(deviation / 2, 12);
    expect(b!.lossRise).toBeCloseTo(a!.lossRise, 12);
    expect(c).toMatchObject({ accuracyDrop: 0, lossRise: 0, standardError: 0 });
  });

  it("add up for units that have nothing to do with each other, and fall short where either alone breaks the answer", async () => {
    const [both, one, other] = await pairEffects(net, and, places);
    expect([both!.first.unit, both!.second.unit]).toEqual([0, 1]);
    // One example is lost without a, and the same one without b: −1/4 of the sum.
    expect(both!.accuracyExcess).toBe(-0.25);
    for (const pair of [one!, other!])
      expect(pair).toMatchObject({ lossExcess: 0, standardError: 0, pValue: 1, qValue: 1 });
  });

  it("exceed the sum where each unit stands in for the other", async () => {
    // The same thing twice: each is enough, and both are missed.
    const twice = network({
      layers: [
        { name: "copy", weights: [[1], [1]], activation: "relu" },
        {
          name: "out",
          weights: [
            [0, 0],
            [40, 40],
          ],
          bias: [0, -20],
          activation: "softmax",
        },
      ],
    });
    const values = dataset({
      name: "bit",
      inputs: Array.from({ length: 40 }, (_, k) => [k % 2]),
      labels: Array.from({ length: 40 }, (_, k) => k % 2),
    });
    const [pair] = await pairEffects(twice, values, places.slice(0, 2));
    expect(pair!.accuracyExcess).toBe(0.5);
    expect(pair!.lossExcess).toBeCloseTo(10, 6);
    expect(pair!.qValue).toBeLessThan(1e-6);
    const scores = {
      position: new Map([
        ["0/0", 1],
        ["0/1", 2],
      ]),
    };
    const found = await cumulativeAblation(twice, values, values, { scope: 0, scores });
    const effects = await unitEffects(twice, values, places.slice(0, 2));
    const {
      scores: [summary],
    } = summarizeAblation(found, { chance: 0.5, effects });
    // One suffices; it can be lost alone, and nothing of the accuracy with it.
    expect(summary).toMatchObject({ sufficient: 1, necessary: 2, redundant: 1, synergistic: 0, excess: 0 });
    expect(() => summarizeAblation(found, { chance: 0.5, effects: [] })).toThrow("the effect of each unit");
  });

  it("are refused for fewer than two units, or more than can be paired", async () => {
    await expect(pairEffects(net, and, places.slice(0, 1))).rejects.toThrow("2 to 500 units; got 1");
    const many = Array.from({ length: 501 }, (_, unit) => ({ layer: 0, unit }));
    await expect(pairEffects(net, and, many)).rejects.toThrow("got 501");
  });
});

describe("values at the edge of what numbers hold", () => {
  const pair = dataset({ name: "pair", inputs: [[1], [1]], labels: [0, 1] });
  const one = (weight: number, hidden = 1) =>
    network({
      layers: [
        { weights: [[hidden]], activation: "identity" },
        { weights: [[weight], [-weight]], activation: "softmax" },
      ],
    });
  const ask = (of: Model, replacement = 0) =>
    cumulativeAblation(of, pair, pair, { scope: 0, scores: {}, repetitions: 1, replacement });

  it("keep their loss where a softmax rounds to 0", async () => {
    const { curves } = await ask(one(2000));
    // Sums ±2000: the second example is wrong by 4000 nats, the first right; without the unit both are even.
    expect(curves[0]!.points[0]).toMatchObject({ accuracy: 0.5, loss: 2000 });
    expect(curves[0]!.points[1]!.loss).toBeCloseTo(Math.LN2, 14);
  });

  it("are errors where they are infinite or no numbers, before and after units are replaced", async () => {
    await expect(ask(one(1e308, 1e308))).rejects.toThrow("activations of layer 2: expected finite numbers; got NaN");
    await expect(ask(one(1e200), 1e200)).rejects.toThrow("ablation: expected finite outputs; got a loss of NaN");
  });
});

describe("scores of units", () => {
  it("are there for every hidden unit, and damage is that of the unit alone", async () => {
    const network = await trained();
    const scores = await unitScores(network, data.train, scoreNames);
    for (const name of scoreNames)
      expect([...scores[name].keys()].filter((key) => !key.startsWith("2/"))).toHaveLength(11);
    const onTrain = (held: ReadonlyMap<string, () => number>) => {
      let x = data.train.inputs;
      for (const [l, layer] of network.chain!.layers.entries()) {
        x = evaluateLayer(layer, x, 100);
        for (const key of held.keys()) {
          const [own, unit] = key.split("/").map(Number) as [number, number];
          if (own === l) for (let row = 0; row < 100; row++) x[row * layer.outputs + unit] = 0;
        }
      }
      return data.train.labels!.reduce((sum, label, row) => sum - Math.log(x[row * 3 + label]!), 0) / 100;
    };
    const whole = onTrain(new Map());
    for (const key of ["0/1", "0/5", "1/3"]) {
      expect(scores.damage.get(key)).toBeCloseTo(onTrain(new Map([[key, () => 0]])) - whole, 10);
    }
  });
});

describe("scores that can be compared across layers", () => {
  it("are shares of the entropy, and ranks within the layer", async () => {
    const network = await trained();
    const scores = await unitScores(network, data.train, [
      "information",
      "entropy",
      "information-share",
      "information-rank",
    ]);
    for (const key of scores.information.keys()) {
      const [own, entropy] = [scores.information.get(key)!, scores.entropy.get(key)!];
      expect(scores["information-share"].get(key)).toBe(entropy === 0 ? 0 : own / entropy);
      const layer = [...scores.information].filter(([other]) => other[0] === key[0]);
      const less = layer.filter(([, value]) => value < own).length;
      expect(scores["information-rank"].get(key)).toBe(less / layer.length);
    }
  });

  it("are not there as class selectivity where activations are negative", async () => {
    await expect(unitScores(await trained("tanh"), data.train, ["class-selectivity"])).rejects.toThrow(
      /score class-selectivity: expected activations of at least 0; got negative ones at unit \d of layer 1. Use kl-selectivity/,
    );
  });
});

describe("a curve", () => {
  const points = (values: number[]) =>
    values.map((accuracy, removed) => ({ removed, accuracy, loss: 0, perClass: new Float64Array(0) }));

  it("has an area: the mean over 21 fractions", () => {
    expect(areaUnderCurve({ points: points([1, 1, 1]) })).toBe(1);
    // Straight from 1 to 0.
    expect(areaUnderCurve({ points: points([1, 0.5, 0]) })).toBeCloseTo(0.5, 12);
    expect(areaUnderCurve({ points: points([1, 0]) })).toBeCloseTo(0.5, 12);
  });

  it("says how many units suffice, and how many are needed", () => {
    const named = (direction: "ascending" | "descending" | "random", values: number[]) => ({
      score: direction === "random" ? "random" : "s",
      direction,
      repetition: 0,
      order: [3, 2, 1, 0].map((unit) => ({ layer: 0, unit })),
      points: points(values),
    });
    const curves = [
      named("ascending", [0.9, 0.9, 0.895, 0.85, 0.1]),
      named("descending", [0.9, 0.6, 0.105, 0.1, 0.1]),
      named("random", [0.9, 0.8, 0.7, 0.4, 0.1]),
      named("random", [0.9, 0.6, 0.5, 0.2, 0.1]),
    ];
    const { scores, random } = summarizeAblation({ curves, units: 4 }, { inactive: 1, chance: 0.1 });
    expect(scores[0]).toMatchObject({ sufficient: 2, necessary: 2, removable: 2, redundant: 1 });
    expect(random.repetitions).toBe(2);
    expect(random.sufficient).toEqual({ low: 4, mean: 4, high: 4 });
    expect(random.necessary).toEqual({ low: 4, mean: 4, high: 4 });
    const never = [curves[0]!, named("descending", [0.9, 0.8, 0.7, 0.7, 0.7]), curves[2]!];
    // Without any unit it is still better than chance: that is its own kind of guessing.
    expect(summarizeAblation({ curves: never, units: 4 }, { chance: 0.1 }).scores[0]!.necessary).toBe(2);
    expect(random.low).toBeLessThan(random.high);
    expect(random.mean).toBeCloseTo((random.low + random.high) / 2, 12);
  });
});
