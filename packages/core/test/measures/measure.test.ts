/** measure(): models and mechanisms in, rows out; what it leaves out, and what it keeps of how it was done. */
import { describe, expect, it } from "vitest";
import { onnxBytes } from "../../../../test/onnx.ts";
import { ClosedPoolError } from "../../src/errors.ts";
import { readModel } from "../../src/formats/read-model.ts";
import { causalPlane, dense, type Measurements, type MeasureSettings, measure, network } from "../../src/index.ts";
import { rangesOnData } from "../../src/models.ts";
import { createPool } from "../../src/pools/node-pool.ts";

const net = network({
  layers: [
    {
      name: "hidden",
      weights: [
        [2, -1],
        [1, 3],
      ],
      activation: "tanh",
    },
    { name: "out", weights: [[1, -1]], activation: "sigmoid" },
  ],
  inputRange: [0, 1],
});
const quick: MeasureSettings = { bins: 4, tolerance: 0.1 };

describe("measure", () => {
  it("gives what causalPlane() gives, each layer with noise of its position", async () => {
    const plane = await causalPlane(net, { bins: 4, tolerance: 0.1, seed: 5 });
    const { layers, notMeasured, remaining } = await measure(net, { ...quick, seed: 5 });
    expect(layers.map(({ position, bins, what, ...measures }) => measures)).toEqual(plane);
    expect(layers.map(({ position }) => position)).toEqual([0, 1]);
    expect([notMeasured, remaining]).toEqual([[], []]);
    const [last] = (await measure(net, { ...quick, seed: 5, layers: ["out"] })).layers;
    expect(last).toEqual(layers[1]);
  });

  it("measures a mechanism by itself, as the first layer of a model", async () => {
    const mechanism = dense({
      name: "hidden",
      weights: [
        [2, -1],
        [1, 3],
      ],
      activation: "tanh",
      inputRange: [0, 1],
    });
    const [alone] = (await measure(mechanism, quick)).layers;
    expect(alone).toEqual((await measure(net, quick)).layers[0]);
  });

  it("lists what cannot be measured with the reason, and measures the rest", async () => {
    const bytes = onnxBytes({
      inputs: { x: [1, 2] },
      outputs: ["y"],
      constants: { w: { shape: [2, 2], values: [1, 2, 3, 4] }, v: { shape: [2, 1], values: [1, -1] } },
      nodes: [
        { op: "MatMul", inputs: ["x", "w"], output: "a" },
        { op: "Strange", inputs: ["a"], output: "b" },
        { op: "MatMul", inputs: ["b", "v"], output: "y" },
      ],
    });
    const { layers, notMeasured } = await measure(await readModel(bytes, { name: "m.onnx" }), quick);
    expect(layers.length).toBeGreaterThan(0);
    expect(notMeasured[0]).toMatchObject({ reason: expect.stringMatching(/operator Strange/) });
  });

  it("tells each layer as it is done, and the fraction", async () => {
    const seen: Measurements[] = [];
    const fractions: number[] = [];
    const all = await measure(net, quick, {
      onPartial: (soFar) => seen.push(soFar),
      onProgress: (fraction) => fractions.push(fraction),
    });
    expect(seen.some(({ layers, remaining }) => layers.length === 1 && remaining.length === 1)).toBe(true);
    expect(seen.at(-1)).toEqual(all);
    expect(fractions.at(-1)).toBe(1);
  });

  it("keeps its settings, defaults too, as plain data; equal settings have equal fingerprints", async () => {
    const { provenance } = await measure(net, quick);
    expect(JSON.parse(JSON.stringify(provenance.settings))).toEqual(provenance.settings);
    expect(provenance.settings).toMatchObject({ seed: 0, memory: 1e9, outside: "drop", bins: { input: 4, output: 4 } });
    const again = await measure(net, { tolerance: 0.1, bins: { output: 4, input: 4 }, seed: 0, measures: undefined });
    expect(again.provenance).toEqual(provenance);
    expect(again.layers).toEqual((await measure(net, provenance.settings)).layers);
    expect((await measure(net, { ...quick, seed: 1 })).provenance.settingsHash).not.toBe(provenance.settingsHash);
  });

  it("ends with the signal's reason", async () => {
    const stop = new AbortController();
    const running = measure(net, quick, { signal: stop.signal, onBegin: () => stop.abort(new Error("enough")) });
    await expect(running).rejects.toThrow("enough");
  });

  it.each<[string, unknown, object, RegExp]>([
    ["a promise", Promise.resolve(net), {}, /expected a model or a mechanism; got a promise\./],
    ["bytes", new Uint8Array(3), {}, /expected a model or a mechanism; got bytes/],
    ["an unknown setting", net, { bin: 4 }, /got "bin"\. Did you mean bins\?/],
    [
      "an unknown measure",
      net,
      { measures: ["eI"] },
      /measures\[0\]: expected one of "ei", .*; got "eI". Did you mean "ei"\?/,
    ],
    ["a layer that is not there", net, { layers: ["hiden"] }, /layers: expected one of the layers hidden, out/],
    ["bins and a sweep", net, { bins: 4, sweep: [4, 8] }, /bins or .*sweep; got both/],
    ["ranges of a mechanism", dense({ weights: [[1]], activation: "tanh" }), { inputRange: [0, 1] }, /its own ranges/],
    [
      "ranges by layer without saying so",
      net,
      { ranges: { hidden: [0, 6] } },
      /ranges: expected one of the options observed/,
    ],
    ["ranges that are none", net, { ranges: [0, 6] }, /ranges: expected an object of options; got \[0, 6\]/],
    [
      "a layer that is not in a list",
      net,
      { layers: "hidden" },
      /layers: expected an array of at least one; got "hidden"/,
    ],
    ["no groups", net, { groups: [] }, /groups: expected an array of at least one; got an empty array/],
    ["groups in the command's words", net, { groups: ["0>0"] }, /groups\[0\]: expected \{ inputs/],
    ["a matrix that is neither true nor false", net, { matrix: "yes" }, /true or false; got "yes"/],
    ["text for a number", net, { tolerance: "0.1" }, /measure\(\): tolerance: expected.*got "0.1"/],
    ["work among the settings", net, { pool: 1 }, /third argument/],
    ["a checkpoint", { model: net, epoch: 1 }, {}, /Pass its model: checkpoint\.model\./],
    ["an input range that no layer takes", net, { layers: ["out"], inputRange: [0, 1] }, /first layer, hidden, in/],
  ])("refuses %s", async (_, subject, settings, words) => {
    await expect(measure(subject as never, settings as never)).rejects.toThrow(words);
  });

  it.each<[string, object, RegExp]>([
    ["a pool that is none", { pool: () => {} }, /work: pool: expected a pool.*got a function/],
    ["a controller for its signal", { signal: new AbortController() }, /AbortSignal.*class AbortController/],
    ["a callback that is none", { onProgress: 1 }, /onProgress: expected a function; got 1/],
  ])("refuses %s", async (_, work, words) => {
    await expect(measure(net, quick, work as never)).rejects.toThrow(words);
  });

  it("ends where its pool was closed, and gives no part of the layers for the whole", async () => {
    const pool = createPool({ workers: 2 });
    await pool.close();
    await expect(measure(net, quick, { pool })).rejects.toThrow(ClosedPoolError);
  });

  it("takes ranges that were observed on data, as the command does", async () => {
    const table = { shape: [3, 2], values: Float64Array.of(0, 0, 0.5, 1, 1, 0.25) };
    const ranges = rangesOnData(net, table);
    const { layers } = await measure(net, { ...quick, ranges });
    const hidden = [2 * 0 - 0, 2 * 0.5 - 1, 2 - 0.25].map(Math.tanh);
    const other = [0, 0.5 + 3, 1 + 0.75].map(Math.tanh);
    // tanh of the library is correctly rounded, Math.tanh nearly.
    const [low, high] = layers[0]!.outputRange;
    expect([low, high].map((end) => end.toFixed(12))).toEqual(
      [Math.min(...hidden, ...other), Math.max(...hidden, ...other)].map((end) => end.toFixed(12)),
    );
    expect(layers[1]!.inputRange).toEqual([low, high]);
  });
});
