import * as fs from "node:fs";
import { describe, expect, it } from "vitest";
import { chainFromJson } from "../../core/src/formats/json.ts";
import { graphToJson, modelToJson } from "../../core/src/formats/json-graph.ts";
import { readSafetensors } from "../../core/src/formats/safetensors.ts";
import { graphFromSafetensors, modelToSafetensors } from "../../core/src/formats/safetensors-graph.ts";
import { effectiveInformation, eiParts, network, readModel } from "../../core/src/index.ts";
import { chainOf } from "../../core/src/model/graph-sequential.ts";
import { mechanisms } from "../../core/src/models.ts";
import { createNetwork } from "../../core/src/training/initialize.ts";
import { everyKind, plain } from "../../core/test/formats/graphs.ts";
import { linear, torchFile } from "../../core/test/formats/pytorch.ts";
import { checkpointBytes } from "../../runs/src/checkpoint-file.ts";
import { diskOf, temporaryFolder } from "../../runs/test/folders.ts";
import { causalscope, type Given } from "./harness.ts";
import { TRIO, trio } from "./networks.ts";

const read = (path: string) => fs.readFileSync(path, "utf8");

async function convert(args: readonly string[], given?: Given): Promise<string> {
  const { status, stdout, stderr } = await causalscope(["convert", ...args], given);
  expect([status, stderr]).toEqual([0, ""]);
  return stdout;
}

describe("causalscope convert", () => {
  it("writes layers in a row as version 1, by way of safetensors to the same bytes, and measures stay the same", async () => {
    const folder = temporaryFolder();
    fs.writeFileSync(`${folder}/a.json`, modelToJson(trio));
    const said = await convert([`${folder}/a.json`, "--to", `${folder}/b.safetensors`]);
    expect(said).toBe(`${folder}/b.safetensors: 6 operations, 16 parameters\n`);
    await convert([`${folder}/b.safetensors`, "--to", `${folder}/c.json`]);
    expect(read(`${folder}/c.json`)).toBe(read(`${folder}/a.json`));
    const [first] = mechanisms(await readModel(read(`${folder}/c.json`), { name: "c.json" }));
    const [same] = mechanisms(trio);
    const options = { bins: 8, seed: 0, samples: 1000 };
    expect(await effectiveInformation(first!, options)).toEqual(await effectiveInformation(same!, options));
    expect(await eiParts(first!, options)).toEqual(await eiParts(same!, options));
  });

  it("writes any other network as version 2, by way of safetensors to the same bytes", async () => {
    const folder = temporaryFolder();
    fs.writeFileSync(`${folder}/a.json`, graphToJson(everyKind()));
    await convert([`${folder}/a.json`, "--to", `${folder}/b.safetensors`]);
    await convert([`${folder}/b.safetensors`, "--to", `${folder}/c.json`]);
    expect(read(`${folder}/c.json`)).toBe(read(`${folder}/a.json`));
  });

  it("reads PyTorch's names with activations, layout and sidecar", async () => {
    const folder = temporaryFolder();
    fs.writeFileSync(`${folder}/m.safetensors`, torchFile({ ...linear("fc1", 3, 3), ...linear("fc2", 3, 3) }));
    const layers = [
      { name: "fc2", activation: "tanh" },
      { name: "fc1", activation: "softmax", layout: "in,out" },
    ];
    fs.writeFileSync(`${folder}/s.json`, JSON.stringify({ layers, input: { range: [0, 1] } }));
    const model = `${folder}/m.safetensors`;
    await convert([model, "--to", `${folder}/a.json`, "--activation", "relu, clip(0,6)"]);
    await convert([model, "--to", `${folder}/b.json`, "--activation", "relu", "--layout", "in,out"]);
    await convert([model, "--to", `${folder}/c.json`, "--sidecar", `${folder}/s.json`]);
    const [a, b, c] = ["a", "b", "c"].map((name) => chainFromJson(read(`${folder}/${name}.json`), name));
    const told = (net: typeof a) => net!.layers.map(({ name, activation }) => `${name} ${activation}`);
    expect([a, b, c].map(told)).toEqual([
      ["fc1 relu", "fc2 clip(0,6)"],
      ["fc1 relu", "fc2 identity"],
      ["fc2 tanh", "fc1 softmax"],
    ]);
    const [weights, turned] = [a, b].map((net) => [...net!.layers[0]!.weights]);
    expect(turned).toEqual([0, 3, 6, 1, 4, 7, 2, 5, 8].map((at) => weights![at]));
    expect(c!.inputRange).toEqual([0, 1]);
  });

  it("keeps a batch normalisation apart, since folding it would round", async () => {
    const folder = temporaryFolder();
    const norm = { "bn1.running_mean": { shape: [2] }, "bn1.running_var": { shape: [2], values: [1, 2] } };
    fs.writeFileSync(`${folder}/m.safetensors`, torchFile({ ...linear("fc1", 2, 2), ...norm }));
    await convert([`${folder}/m.safetensors`, "--to", `${folder}/m.json`, "--activation", "relu,"]);
    expect(JSON.parse(read(`${folder}/m.json`))).toMatchObject({ version: 2 });
  });

  it("reads a checkpoint of training, which says its activations itself", () => {
    const net = createNetwork({ layers: [3, 4, 2], activation: ["tanh", "softmax"], seed: 1, inputRange: [0, 8] });
    const optimizer = { name: "adam", step: 0, moments: [new Float64Array(26), new Float64Array(26)] } as const;
    const score = { loss: 1, accuracy: 0 };
    const bytes = checkpointBytes({ epoch: 0, step: 0, model: net, optimizer, train: score, test: undefined });
    const graph = graphFromSafetensors(bytes, "c.safetensors");
    expect(chainOf(graph)).toStrictEqual({ chain: net.chain, folded: false });
    expect(graph.notes).toEqual([]);
  });

  it("reads standard input, and replaces a file only with --force", async () => {
    const folder = temporaryFolder();
    const to = `${folder}/net.json`;
    await convert(["-", "--to", to], { stdin: TRIO });
    const before = read(to);
    const { status, stderr } = await causalscope(["convert", "-", "--to", to], { stdin: "{}" });
    expect(status).toBe(2);
    expect(stderr).toBe(
      `causalscope: ${to}: expected no file there; got one. Choose another name, or replace it with --force.\n`,
    );
    expect(read(to)).toBe(before);
    const one = modelToJson(network({ layers: [{ weights: [[1]], activation: "relu" }] }));
    await convert(["-", "--to", to, "--force"], { stdin: one });
    expect(read(to)).toBe(one);
  });

  it.each<[readonly string[], string]>([
    [[], "required option '--to <file>' not specified"],
    [["--to", "x.onnx"], '--to: expected a file that ends in .json or .safetensors; got "x.onnx"'],
    [["--to", "FOLDER/x.json", "--layout", "in"], '--layout: expected out,in or in,out; got "in"'],
    [
      ["--to", "FOLDER/x.json", "--activation", ","],
      '--activation: expected activations, such as relu or relu,tanh; got ","',
    ],
    [
      ["--to", "FOLDER/x.json", "--activation", "relu"],
      "a file that needs --activation; got a file of the format json, which says it itself. Leave out --activation.",
    ],
  ])("refuses %j in one line, and writes nothing", async (args, words) => {
    const folder = temporaryFolder();
    const given = args.map((arg) => arg.replace("FOLDER", folder));
    const { status, stdout, stderr } = await causalscope(["convert", "-", ...given], { stdin: TRIO });
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(words);
    expect(stderr.split("\n")).toHaveLength(2);
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  it.each<[string, readonly string[], string]>([
    ["m.safetensors", ["--activation", "relu"], "a safetensors header of at most"],
    [
      "m.h5",
      [],
      "m.h5: expected a model: ONNX, safetensors, TensorFlow.js (model.json) or Causalscope's JSON; got a file of another kind",
    ],
    ["model", [], "got a file of another kind"],
    ["nowhere.json", [], "nowhere.json: expected a file; got none. Check the path."],
    ["nowhere.safetensors", [], "nowhere.safetensors: expected a file; got none"],
  ])("refuses the model %s, and writes nothing", async (name, args, words) => {
    const folder = temporaryFolder();
    for (const file of ["m.safetensors", "m.h5", "model"]) fs.writeFileSync(`${folder}/${file}`, "no model at all");
    const given = [`${folder}/${name}`, "--to", `${folder}/x.json`, ...args];
    const { status, stdout, stderr } = await causalscope(["convert", ...given]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(words);
    expect(fs.existsSync(`${folder}/x.json`)).toBe(false);
  });

  it("leaves the old file where the disk is full", async () => {
    const folder = temporaryFolder();
    fs.writeFileSync(`${folder}/x.json`, "old");
    const args = ["convert", "-", "--to", `${folder}/x.json`, "--force"];
    const { status, stderr } = await causalscope(args, { stdin: TRIO, storage: diskOf(10) });
    expect([status, read(`${folder}/x.json`)]).toEqual([1, "old"]);
    expect(stderr).toContain("no space left on the disk");
    expect(fs.readdirSync(folder)).toEqual(["x.json"]);
  });
});

describe("modelToSafetensors", () => {
  it("names weights as PyTorch does, and reads back to an equal graph", () => {
    const made = everyKind();
    const bytes = modelToSafetensors(made);
    expect(plain(graphFromSafetensors(bytes, "m.safetensors"))).toStrictEqual(plain(made));
    expect([...readSafetensors(bytes, "m.safetensors").tensors.keys()].sort()).toEqual([
      "affine.scale",
      "affine.shift",
      "convolution.bias",
      "convolution.weight",
      "dense.weight",
    ]);
  });

  it("refuses nodes of the same name", () => {
    const made = everyKind();
    expect(() => modelToSafetensors({ ...made, nodes: [made.nodes[0]!, made.nodes[0]!] })).toThrow(
      'every.onnx: expected nodes with unique names; got "convolution" twice',
    );
  });
});
