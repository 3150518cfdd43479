import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { sized } from "../../../../test/sizes.ts";
import { NO_ROWS, type ValueRow } from "../../../runs/src/row-tables.ts";
import { studyOptions } from "../../../runs/src/study-options.ts";
import { informationPlaneFigures } from "../../../studies/src/information-plane/figures.ts";
import { planeFindings } from "../../../studies/src/information-plane/findings.ts";
import { epochsToMeasure, study } from "../../../studies/src/information-plane/index.ts";
import { rowsOf } from "../../../studies/test/results.ts";
import { InvalidInputError } from "../../src/checks/error-classes.ts";
import { dataset, scaleInputs } from "../../src/datasets/dataset.ts";
import { iris } from "../../src/datasets/iris.ts";
import { shwartzZivTishby } from "../../src/datasets/shwartz-ziv-tishby.ts";
import { contingencyTable, informationFromCounts } from "../../src/information/contingency.ts";
import { network } from "../../src/model/model.ts";
import { layerInformation } from "../../src/observational/information-plane.ts";
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
    expect(found[5]!.ofInput).toBeLessThan(found[0]!.ofInput!);
    for (const { ofInput, ofLabel, most } of found) {
      expect(most.ofInput).toBe(12);
      expect(most.ofLabel).toBeCloseTo(0.99915712, 8);
      expect(ofInput).toBeLessThanOrEqual(12 + 1e-9);
      expect(ofLabel).toBeLessThanOrEqual(Math.min(ofInput!, 0.99915713));
    }
  });

  it("has of adaptive bins and of distinct values as many states as these make", async () => {
    // Layer values 0, 0, 1, 2, 3: off, and two bins of two and one of the distinct values 1, 2, 3.
    const ramp = dataset({ name: "ramp", inputs: [[-1], [0], [1], [2], [3]], labels: [0, 0, 1, 1, 1] });
    const relu = network({ layers: [{ name: "relu", weights: [[1]], activation: "relu" }] });
    const [adaptive] = await layerInformation(relu, ramp, { kind: "bins", quantizer: { kind: "adaptive", bins: 2 } });
    expect(adaptive!.cells).toBe(3);
    expect(adaptive!.ofInput).toBeCloseTo(0.8 * Math.log2(5 / 2) + 0.2 * Math.log2(5), 12);
    const [unique] = await layerInformation(relu, ramp, { kind: "bins", quantizer: { kind: "unique" } });
    expect([unique!.cells, unique!.saturation, unique!.estimator]).toEqual([4, 0.8, "distinct values"]);
    expect(unique!.ofInput).toBeCloseTo(0.4 * Math.log2(5 / 2) + 0.6 * Math.log2(5), 12);
  });

  it("is, through noise in the network, that of two Gaussians, wider layer by layer", async () => {
    // Unit noise in each layer: the points are 2√2 deviations apart in the first, and 2 in the second, whose noise is √2.
    const apart = dataset({ name: "apart", inputs: [[0], [2 * Math.SQRT2]], labels: [0, 1] });
    const copies = network({
      layers: [
        { name: "a", weights: [[1]], activation: "identity" },
        { name: "b", weights: [[1]], activation: "identity" },
      ],
    });
    const ask = (seed: number) =>
      layerInformation(copies, apart, { kind: "noisy", beta: 1, passes: 400, drawn: 800, seed });
    const [first, second] = await ask(0);
    // The integral for two unit Gaussians two deviations apart: 0.336831 nats.
    const truth = 0.33683082 / Math.LN2;
    expect(first!.ofInput).toBeGreaterThan(truth + 0.1);
    expect(second!.standardErrors!.ofInput).toBeLessThan(0.05);
    expect(Math.abs(second!.ofInput! - truth)).toBeLessThan(4 * second!.standardErrors!.ofInput!);
    // Each label is one of the points.
    expect(second!.ofLabel).toBeCloseTo(second!.ofInput!, 12);
    expect(await ask(0)).toStrictEqual([first, second]);
    expect((await ask(1))[1]!.ofInput).not.toBe(second!.ofInput);
  });

  it("is, through noise, two bits of four points far apart, one of their labels, and none of points at one place", async () => {
    const [both, , first] = await layerInformation(two, four, { kind: "noisy", beta: 0.01 });
    expect(both!.ofInput).toBeCloseTo(2, 9);
    expect(both!.ofLabel).toBeCloseTo(1, 9);
    expect(both!.warnings[0]).toContain("saturated");
    expect(first!.samples).toBe(4);
    const place = dataset({
      name: "one place",
      inputs: [
        [1, 1],
        [1, 1],
      ],
      labels: [0, 1],
    });
    const [none] = await layerInformation(two, place, { kind: "noisy", beta: 0.1 });
    expect(none!.ofInput).toBeCloseTo(0, 9);
  });

  it("is bounded by a decoder where it reads what a layer keeps of the label, and by nothing where that is lost", async () => {
    const wide = network({
      layers: [
        {
          name: "copy",
          weights: [1, 0, 0, 0].map((_, k, row) => row.map((_, l) => Number(k === l))),
          activation: "identity",
        },
        { name: "nothing", weights: [[0, 0, 0, 0]], activation: "identity" },
        { name: "out", weights: [[1], [1], [1]], activation: "softmax" },
      ],
    });
    const [copy, nothing] = await layerInformation(wide, scaleInputs(iris(), 1 / 8), { kind: "decoder" });
    expect(copy!.ofInput).toBeUndefined();
    expect(copy!.ofLabel).toBeGreaterThan(0.8);
    expect(copy!.ofLabel).toBeLessThan(Math.log2(3));
    expect(copy!.accuracy).toBeGreaterThan(0.9);
    expect(Math.abs(nothing!.ofLabel)).toBeLessThan(4 * nothing!.standardErrors!.ofLabel + 0.1);
  });

  it("says beside the bounds of labels what is printed for them: differences between them", async () => {
    const data = shwartzZivTishby();
    const net = createNetwork({ layers: [12, 3, 2], activation: ["tanh", "softmax"], seed: 1 });
    for (const { ofLabel, lower, differences } of await layerInformation(net, data, {
      kind: "pairwise",
      variance: 0.01,
    })) {
      for (const between of [differences!.lower, differences!.upper]) {
        expect(between).toBeGreaterThanOrEqual(lower!.ofLabel - 1e-9);
        expect(between).toBeLessThanOrEqual(ofLabel + 1e-9);
      }
    }
  });

  it("says by how much too many bins mislead", async () => {
    const [both] = await layerInformation(two, four, { kind: "bins", quantizer: { kind: "uniform", bins: 8 } });
    // Four states of one example each: any labels, shuffled or not, are told.
    expect(both!.warnings).toContain("8 bins of a unit for 4 examples: shuffled labels would have I(Y; L) of 1.00 bit");
    expect(both!.chance).toBeCloseTo(1, 12);
  });

  it("refuses one example, and activations that are no numbers, by every estimator", async () => {
    const one = dataset({ name: "one", inputs: [[0, 0]], labels: [0] });
    const broken = network({
      layers: [{ name: "broken", weights: [[1e308, 1e308]], activation: "identity" }],
    });
    const large = dataset({
      name: "large",
      inputs: [
        [10, 10],
        [1, 1],
      ],
      labels: [0, 1],
    });
    for (const estimator of [
      { kind: "bins", quantizer: { kind: "uniform", bins: 4 } },
      { kind: "pairwise", variance: 0.1 },
      { kind: "noisy", beta: 0.1 },
      { kind: "decoder" },
    ] as const) {
      await expect(layerInformation(two, one, estimator)).rejects.toThrow("at least 2 examples; got 1");
      await expect(layerInformation(broken, large, estimator)).rejects.toThrow(
        "activations of broken: expected finite numbers; got Infinity at unit 0, example 0",
      );
    }
  });

  it("refuses what it cannot take", async () => {
    const bins = { kind: "bins", quantizer: { kind: "uniform", bins: 4 } } as const;
    await expect(layerInformation(two, { ...four, labels: undefined }, bins)).rejects.toThrow(InvalidInputError);
    await expect(layerInformation(two, four, { kind: "pairwise", variance: 0 })).rejects.toThrow(
      "variance: expected a number above 0; got 0",
    );
    await expect(layerInformation(two, four, { kind: "noisy", beta: 0 })).rejects.toThrow(
      "beta: expected a number above 0; got 0",
    );
    await expect(layerInformation(two, four, { kind: "noisy", beta: 1, passes: 3 })).rejects.toThrow("even number");
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
    const asked = studyOptions(study, {
      seeds: [0],
      activations: ["tanh"],
      epochs: sized({ small: 1, whole: 4 }),
      points: sized({ small: 1, whole: 3 }),
      variance: 0.1,
    });
    const rows = (await rowsOf(study, asked)).values;
    const looks = sized({ small: 2, whole: 4 });
    for (const measure of ["inputInformation", "labelInformation"]) {
      expect(rows.filter((row) => row.measure === measure && row.setting.estimator === "bins")).toHaveLength(looks * 6);
      expect(rows.filter((row) => row.measure === measure && row.setting.estimator === "pairwise")).toHaveLength(
        looks * 6,
      );
    }
    const most = (measure: string) => rows.filter((row) => row.measure === measure).map(({ value }) => value);
    expect(most("mostOfInput")).toEqual([12]);
    expect(most("mostOfLabel")[0]).toBeCloseTo(0.99915712, 8);
    expect(study.findings(asked, { ...NO_ROWS, values: rows })[0]!.found).toContain("tanh");
  });

  it("learns the package's MNIST, and reads it by any estimator on any part", async () => {
    const asked = studyOptions(study, {
      seeds: [1],
      data: "mnist",
      activations: ["relu"],
      epochs: 1,
      points: 1,
      layers: [25, 4, 5],
      measured: "test",
      examples: 300,
      estimators: ["equal-mass", "adaptive", "unique", "pairwise", "noisy", "decoder"],
    });
    const rows = (await rowsOf(study, asked)).values;
    for (const estimator of asked.estimators) {
      const own = rows.filter(({ setting }) => setting.estimator === estimator);
      // Two layers at epochs 0 and 1.
      expect(own.filter(({ measure }) => measure === "labelInformation")).toHaveLength(4);
      const input = own.filter(({ measure }) => measure === "inputInformation");
      expect(input).toHaveLength(estimator === "decoder" ? 0 : 4);
      for (const { value, standardError } of input)
        expect(value).toBeLessThan(Math.log2(300) + 4 * standardError + 1e-9);
    }
    // Pairwise bounds without a variance have that of the published networks.
    const reading = rows.find(({ setting }) => setting.estimator === "pairwise")!.setting.reading;
    expect(reading).toBe("pairwise bounds, noise of variance 0.001");
    expect(rows.find(({ measure }) => measure === "mostOfInput")!.value).toBeCloseTo(Math.log2(300), 12);
    expect(informationPlaneFigures(rows).map(({ name }) => name)).toEqual([
      "information-plane",
      ...asked.estimators.slice(1).map((name) => `information-plane-${name}`),
    ]);
  });

  it("knows the shape of its data, and refuses what does not fit it", () => {
    const question = (given: Record<string, unknown>) => studyOptions(study, given);
    expect(question({}).layers).toEqual([12, 10, 7, 5, 4, 3, 2]);
    expect(question({}).epochs).toBe(8000);
    expect(question({ data: "mnist" }).layers).toEqual([25, 20, 20, 20, 5]);
    expect(question({ data: "mnist", source: "files" }).layers).toEqual([784, 20, 20, 20, 10]);
    expect(() => question({ data: "mnist", layers: [12, 3, 2] })).toThrow("begin with 25 and end with 5");
    expect(() => question({ source: "files" })).toThrow("mnist if files are given");
    expect(() => question({ estimators: [] })).toThrow("some of bins, equal-mass");
    expect(() => question({ estimators: ["bins", "bins"] })).toThrow("all different");
    expect(() => question({ measured: "some" as never })).toThrow("one of all, train, test");
    expect(() => question({ beta: 0 })).toThrow("beta");
    expect(() => question({ examples: 1 })).toThrow("a whole number from 2");
  });
});

/** Rows of a plane with two layers, two seeds and an end of training, made by hand. */
function planeRows(
  values: Readonly<Record<string, readonly (readonly [epoch: number, layer: number, bits: number])[]>>,
): ValueRow[] {
  return Object.entries(values).flatMap(([place, list]) => {
    const [activation, estimator, measure] = place.split(" ") as [string, string, string];
    return [0, 1].flatMap((seed) =>
      list.map(([epoch, layer, value]) => ({
        setting: { activation, seed, epoch, layer, estimator, reading: estimator },
        measure,
        value,
        unit: "bits",
        standardError: 0,
        method: "exact" as const,
        samples: 0,
      })),
    );
  });
}

describe("the findings of a plane", () => {
  const tanh = [
    [0, 1, 5],
    [9, 1, 2],
    [0, 2, 3],
    [9, 2, 1],
  ] as const;
  const relu = [
    [0, 1, 5],
    [9, 1, 4.9],
    [0, 2, 3],
    [9, 2, 1],
  ] as const;
  const byClaim = (rows: readonly ValueRow[]) =>
    Object.fromEntries(
      planeFindings(["tanh", "relu"], 2, rows).map(({ claim, verdict, found, because }) => [
        claim.split(" ").slice(0, 3).join(" "),
        { verdict, text: `${found} ${because}` },
      ]),
    );

  it("say which layers compress, and whether another estimator says so too", () => {
    const bins = { "tanh bins inputInformation": tanh, "relu bins inputInformation": relu };
    const one = byClaim(planeRows(bins));
    expect(one["Layers first fit"]!.verdict).toBe("holds in part");
    expect(one["Layers first fit"]!.text).toContain(
      "tanh 3.00 ± 0.00, 2.00 ± 0.00 (N = 2); relu 0.10 ± 0.00, 2.00 ± 0.00 (N = 2)",
    );
    expect(one["The output layer"]!.verdict).toBe("holds");
    const alike = byClaim(planeRows({ "tanh bins inputInformation": relu, "relu bins inputInformation": relu }));
    expect(alike["Layers first fit"]!.verdict).toBe("not settled");
    expect(alike["Layers first fit"]!.text).toContain(
      "Hidden tanh layers lose up to 0.10 bits, ReLU layers up to 0.10: more than 2",
    );
    expect(one["Whether hidden layers"]).toBeUndefined();
    const same = { "tanh pairwise inputInformation": tanh, "relu pairwise inputInformation": relu };
    expect(byClaim(planeRows({ ...bins, ...same }))["Whether hidden layers"]!.verdict).toBe("does not hold");
    const other = { "tanh pairwise inputInformation": relu, "relu pairwise inputInformation": relu };
    expect(byClaim(planeRows({ ...bins, ...other }))["Whether hidden layers"]!.verdict).toBe("holds");
  });

  it("say where a layer is read to know more than the one before it, and by how much", () => {
    const key = "No layer seems";
    const fine = byClaim(planeRows({ "tanh bins inputInformation": tanh, "relu bins inputInformation": relu }));
    expect(fine[key]!.verdict).toBe("holds");
    const rising = [...tanh.slice(0, 3), [9, 2, 2.5] as const];
    const broken = byClaim(planeRows({ "tanh bins inputInformation": rising, "relu bins inputInformation": relu }));
    expect(broken[key]!.verdict).toBe("does not hold");
    expect(broken[key]!.text).toContain("tanh by bins 2 of 4, by up to 0.50 bits; relu by bins 0 of 4");
  });

  it("say which layers any labels would seem to be known by", () => {
    const full = { saturation: 0.99, labelInformation: 1, labelInformationByChance: 0.98 };
    const rows = ["tanh", "relu"].flatMap((activation) =>
      planeRows({
        [`${activation} bins inputInformation`]: tanh,
        ...Object.fromEntries(
          Object.entries(full).map(([measure, bits]) => [
            `${activation} bins ${measure}`,
            [
              [9, 1, bits],
              [9, 2, bits / 100],
            ] as const,
          ]),
        ),
      }),
    );
    const { verdict, text } = byClaim(
      rows
        .filter((row) => row.measure !== "labelInformationByChance" || row.setting.layer === 1)
        .concat(
          planeRows({
            "tanh bins labelInformationByChance": [[9, 2, 0.001]],
            "relu bins labelInformationByChance": [[9, 2, 0.001]],
          }),
        ),
    )["I(Y; L) shows"]!;
    expect(verdict).toBe("holds in part");
    expect(text).toContain("more than half of it in tanh 1, relu 1; saturated are tanh 1, relu 1");
  });
});
