/** Model files of every kind through the command line. */
import * as fs from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { onnxBytes } from "../../../test/onnx.ts";
import { graphFromJson } from "../../core/src/formats/json-graph.ts";
import { causalPlane } from "../../core/src/index.ts";
import { layerSeed, measureSome } from "../../core/src/measures.ts";
import { modelOf } from "../../core/src/model/graph-model.ts";
import { isFound, layerMechanism } from "../../core/src/models.ts";
import { temporaryFolder } from "../../runs/test/folders.ts";
import { causalscope } from "./harness.ts";

const models = fileURLToPath(new URL("../../core/test/reference/fixtures/models/", import.meta.url));
const QUICK = ["--tolerance", "0.2", "--workers", "0", "--quiet", "--bins", "4"];

async function json(...args: string[]) {
  const { status, stdout, stderr } = await causalscope(["measure", ...args, ...QUICK, "--json"]);
  expect([status, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
}

async function refused(args: readonly string[], words: RegExp) {
  const { status, stdout, stderr } = await causalscope(args);
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(/^causalscope: [^\n]+\n$/);
  expect(stderr).toMatch(words);
}

function file(name: string, content: string | Uint8Array): string {
  const path = `${temporaryFolder()}/${name}`;
  fs.writeFileSync(path, content);
  return path;
}

const LAYERS = [
  {
    name: "fc1",
    weights: [
      [2, -1],
      [1, 3],
      [0.5, 0.5],
    ],
    bias: [0.1, -0.5, 0],
    activation: "relu",
  },
  { name: "fc2", weights: [[1, -1, 2]], activation: "sigmoid" },
];
const network = (scale = 1) =>
  JSON.stringify({
    inputRange: [0, 1],
    layers: LAYERS.map((layer) => ({ ...layer, weights: layer.weights.map((row) => row.map((w) => w * scale)) })),
  });

/** The same network as an ONNX file. */
const onnx = () =>
  onnxBytes({
    inputs: { x: ["batch", 2] },
    outputs: ["y"],
    constants: {
      "fc1.weight": { shape: [3, 2], values: LAYERS[0]!.weights.flat() },
      "fc1.bias": { shape: [3], values: LAYERS[0]!.bias! },
      "fc2.weight": { shape: [1, 3], values: LAYERS[1]!.weights.flat() },
    },
    nodes: [
      { op: "Gemm", inputs: ["x", "fc1.weight", "fc1.bias"], output: "z1", attributes: { transB: 1 } },
      { op: "Relu", inputs: ["z1"], output: "h" },
      { op: "Gemm", inputs: ["h", "fc2.weight"], output: "z2", attributes: { transB: 1 } },
      { op: "Sigmoid", inputs: ["z2"], output: "y" },
    ],
  });

test("the same network as JSON, ONNX and safetensors gives the same values", async () => {
  const fromJson = await json(file("net.json", network()));
  const fromOnnx = await json(file("net.onnx", onnx()), "--input-range", "0,1");
  const stored = `${temporaryFolder()}/net.safetensors`;
  expect((await causalscope(["convert", file("net.json", network()), "--to", stored])).status).toBe(0);
  const fromTensors = await json(stored, "--input-range", "0,1");
  const plane = await causalPlane(modelOf(graphFromJson(network(), "net")), { bins: 4, tolerance: 0.2 });
  const bits = ({ layers }: { layers: { name: string; eiParts: { bits: number }; sensitivity: { bits: number } }[] }) =>
    layers.map(({ name, eiParts, sensitivity }) => [name, eiParts.bits, sensitivity.bits]);
  expect(bits(fromJson)).toEqual(plane.map(({ name, eiParts, sensitivity }) => [name, eiParts.bits, sensitivity.bits]));
  // Biases are rounded to float32 there.
  for (const [l, [name, parts, single]] of bits(fromOnnx).entries()) {
    expect(name).toBe(bits(fromJson)[l]![0]);
    expect(parts).toBeCloseTo(bits(fromJson)[l]![1] as number, 5);
    expect(single).toBeCloseTo(bits(fromJson)[l]![2] as number, 5);
  }
  expect(bits(fromTensors)).toEqual(bits(fromJson));
});

test("between two tensors of an ONNX file, the model itself runs: as the layer between them", async () => {
  const path = file("net.onnx", onnx());
  const args = ["--input-range", "0,1", "--measures", "ei,eiParts"];
  const { layers } = await json(path, "--from", "x", "--to", "h", ...args);
  const { layers: own } = await json(path, "--layers", "fc1", ...args);
  expect(layers[0]).toMatchObject({ inputs: 2, outputs: 3, what: "the model itself, run by onnxruntime" });
  for (const measure of ["ei", "eiParts"]) {
    const [a, b] = [layers[0][measure], own[0][measure]];
    // 5 standard errors; float32 moves a bin's edge by 1e-7 of the range.
    expect(Math.abs(a.bits - b.bits)).toBeLessThan(5 * Math.hypot(a.standardError, b.standardError) + 0.001);
  }
  await refused(["measure", path, "--from", "x", "--to", "nowhere"], /nowhere/);
  await refused(["measure", path, "--from", "fc1", "--to", "h"], /two of the layers fc1, fc2, or two tensors/);
});

test("a program that measures layer by layer comes to the command's values, to the bit", async () => {
  const path = file("net.json", network());
  const layers = await json(path);
  const model = modelOf(graphFromJson(fs.readFileSync(path, "utf8"), path));
  for (const [at, layer] of model.layers.entries()) {
    const found = layerMechanism(model, layer);
    if (!isFound(found)) throw new Error(found.reason);
    const measures = await measureSome(found.mechanism, { bins: 4, tolerance: 0.2, seed: layerSeed(0, layer.index) });
    for (const measure of ["ei", "eiParts", "sensitivity", "degeneracy", "phi"] as const) {
      expect(measures[measure]!.bits).toBe(layers.layers[at][measure].bits);
    }
  }
});

test("--range auto takes what fits an activation without bounds, and leaves the others; show proposes it", async () => {
  const path = file(
    "narrow.json",
    JSON.stringify({
      inputRange: [0, 1],
      layers: [
        {
          name: "a",
          weights: [
            [0.2, 0.3],
            [0.1, -0.2],
          ],
          activation: "relu",
        },
        { name: "b", weights: [[0.1, 0.1]], activation: "sigmoid" },
      ],
    }),
  );
  const plain = (await json(path)).layers;
  expect(plain[0]).toMatchObject({ outputRange: [0, 10], ei: { occupied: 1 } });
  const fitted = (await json(path, "--range", "auto")).layers;
  expect(fitted[0]).toMatchObject({ outputRange: [0, 0.5] });
  expect(fitted[1]).toMatchObject({ inputRange: [0, 0.5], outputRange: [0, 1] });
  expect(fitted[0].eiParts.bits).toBeGreaterThan(10 * plain[0].eiParts.bits + 0.1);
  const { stdout } = await causalscope(["show", path]);
  expect(stdout).toMatch(/a: 99\.9 % of the outputs lie in 1 of 8 bins of 0 … 10.*0 … 0\.5 would fit \(--range auto\)/);
});

test("ranges: for all layers, for one, and as observed on data", async () => {
  const path = file("net.json", network());
  const ranges = async (...args: string[]) =>
    (await json(path, ...args)).layers.map(
      ({ inputRange, outputRange }: { inputRange: number[]; outputRange: number[] }) => [inputRange, outputRange],
    );
  expect(await ranges("--range", "0,5")).toEqual([
    [
      [0, 1],
      [0, 5],
    ],
    [
      [0, 5],
      [0, 5],
    ],
  ]);
  expect(await ranges("--range", "0,5", "--range", "fc2=0,1")).toEqual([
    [
      [0, 1],
      [0, 5],
    ],
    [
      [0, 5],
      [0, 1],
    ],
  ]);
  const data = file("data.csv", "a,b\n0,0\n1,0\n0,1\n1,1\n");
  const [[, h], [again, y]] = await ranges("--range", "data", "--data", data);
  // relu(2a − b + 0.1), relu(a + 3b − 0.5), relu((a + b) / 2): 0 … 3.5.
  expect(h).toEqual([0, 3.5]);
  expect(again).toEqual(h);
  expect(y[0]).toBeGreaterThan(0);
  await refused(["measure", path, "--range", "data"], /--data FILE with --range data/);
  await refused(["measure", path, "--range", "fc9=0,1"], /--range: expected one of the layers fc1, fc2/);
  await refused(["measure", path, "--range", "data", "--data", file("wide.csv", "1,2,3\n")], /2/);
});

test("checkpoints: trajectories in the order of their numbers, and a report with trails", async () => {
  const folder = temporaryFolder();
  const paths = [1, 2, 10].map((k) => `${folder}/ckpt-${k}.json`);
  for (const [at, path] of paths.entries()) fs.writeFileSync(path, network(1 + at));
  const report = `${folder}/report`;
  const { status, stdout, stderr } = await causalscope([
    "measure",
    paths[2]!,
    paths[0]!,
    paths[1]!,
    ...QUICK,
    "--json",
    "--report",
    report,
  ]);
  expect([status, stderr]).toEqual([0, `Report: ${report}/report.html\n`]);
  const { checkpoints } = JSON.parse(stdout);
  expect(checkpoints.map((each: { file: string }) => each.file)).toEqual(paths);
  expect(fs.readdirSync(`${report}/figures`).sort()).toEqual(
    ["causal-plane", "effective-information", "integration"].flatMap((name) => [`${name}.png`, `${name}.svg`]),
  );
  const page = fs.readFileSync(`${report}/report.html`, "utf8");
  for (const name of ["ckpt-1.json", "ckpt-10.json", "fc1", "fc2"]) expect(page).toContain(name);
  expect(fs.readFileSync(`${report}/measurements.csv`, "utf8").trim().split("\n")).toHaveLength(1 + 3 * 2 * 5);
  await refused(["measure", paths[0]!, "--report", folder], /--report: expected a new folder/);
});

test("only the measures that are asked for, and a reason for each that is missing", async () => {
  const { layers } = await json(file("net.json", network()), "--measures", "ei-parts");
  expect(Object.keys(layers[0])).toContain("eiParts");
  expect(layers[0].ei).toBeUndefined();
  await refused(["measure", "-", "--measures", "all"], /--measures: expected some of ei, eiParts/);
});

describe("exported models", () => {
  test("a convolution with pooling, and what it is, stand in the output", async () => {
    const { layers } = await json(`${models}conv-pool.onnx`, "--measures", "ei", "--input-range", "0,1");
    expect(
      layers.map(({ name, inputs, outputs, what }: Record<string, unknown>) => [name, inputs, outputs, what]),
    ).toEqual([
      ["0", 16, 4, "convolution 3×3, max-pool 2×2 at (3, 3) of 6 × 6"],
      ["3", 64, 6, "convolution 3×3, average-pool 2×2 at (1, 1) of 2 × 2"],
      ["7", 24, 10, undefined],
    ]);
  });

  test("truncated: one error with file and reason, and nothing on stdout", async () => {
    const bytes = fs.readFileSync(`${models}conv-pool.onnx`);
    await refused(["measure", file("cut.onnx", bytes.subarray(0, 700))], /cut\.onnx: expected/);
    await refused(["show", file("cut.onnx", bytes.subarray(0, 700))], /cut\.onnx: expected/);
  });
});

test("what is no model, and options that do not belong to it, are refused", async () => {
  await refused(["measure", file("x.bin", "hello")], /expected a model: ONNX, safetensors, TensorFlow\.js/);
  await refused(["measure", file("net.json", network()), "--layout", "in,out"], /--layout.*format json/);
  await refused(["measure", file("net.safetensors", new Uint8Array(4))], /safetensors/);
});
