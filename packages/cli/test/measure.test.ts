import * as fs from "node:fs";
import { describe, expect, it } from "vitest";
import { storageOn } from "../../runs/src/storage.ts";
import { temporaryFolder } from "../../runs/test/folders.ts";
import { causalscope } from "./harness.ts";

const NET = JSON.stringify({
  inputRange: [0, 1],
  layers: [
    {
      name: "copy",
      weights: [
        [1, 0],
        [0, 1],
      ],
      activation: "identity",
    },
    { weights: [[1, -1]], bias: [0.5], activation: "sigmoid" },
  ],
});

function file(text: string | Uint8Array): string {
  const path = `${temporaryFolder()}/net.json`;
  fs.writeFileSync(path, text);
  return path;
}

async function measured(args: readonly string[], text = NET) {
  const { status, stdout, stderr } = await causalscope(["measure", file(text), "--json", ...args]);
  expect([status, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
}

async function expectRefusal(args: readonly string[], words: string | RegExp, stdin?: string) {
  const { status, stdout, stderr } = await causalscope(["measure", ...args], { stdin });
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toMatch(/^causalscope: [^\n]+\n$/);
  expect(stderr).toMatch(words);
}

describe("causalscope measure", () => {
  it("prints a row per layer", async () => {
    const { status, stdout, stderr } = await causalscope(["measure", file(NET)]);
    expect([status, stderr]).toEqual([0, ""]);
    const lines = stdout.split("\n");
    expect(lines[0]).toMatch(/^layer +size +activation +input range +output range +outside +EI method +samples$/);
    expect(lines[2]).toMatch(/^copy +2 → 2 +identity +\[0, 1\] +\[-10, 10\] +0\.0 % +exact +0$/);
    expect(lines[3]).toMatch(/^layer 2 +2 → 1 +sigmoid +\[-10, 10\] +\[0, 1\] /);
    expect(lines[5]).toMatch(/^layer +bins +EI +EI_parts +sensitivity +degeneracy +φ$/);
    expect(lines[7]).toMatch(/^copy +8 +0\.000 +0\.000 +0\.000 +0\.000 +0\.000$/);
    expect(stdout).toContain("All values are in bits. ± is the standard error; values without it are exact.");
    const tables = lines.filter((line) => !line.startsWith("Warning: "));
    expect(Math.max(...tables.map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it("prints JSON with every estimate and how it was made", async () => {
    const { layers, provenance } = await measured(["--bins", "4,8", "--seed", "5", "--tolerance", "0.05"]);
    expect(layers.map((layer: { name: string }) => layer.name)).toEqual(["copy", "layer 2"]);
    expect(layers[1]).toMatchObject({
      inputs: 2,
      outputs: 1,
      activation: "sigmoid",
      inputRange: [-10, 10],
      outputRange: [0, 1],
    });
    for (const layer of layers) {
      for (const measure of ["ei", "eiParts", "sensitivity", "degeneracy", "phi"]) {
        expect(Object.keys(layer[measure])).toEqual(
          expect.arrayContaining(["bits", "standardError", "samples", "method", "outside", "warnings"]),
        );
        expect(layer[measure].bits).toBeTypeOf("number");
      }
      expect(layer.ei.standardError).toBeLessThanOrEqual(0.05);
      expect(layer.phi.bits).toBeCloseTo(layer.ei.bits - layer.eiParts.bits, 9);
    }
    expect(provenance).toMatchObject({
      tool: "causalscope",
      bins: { input: 4, output: 8 },
      inputRange: [0, 1],
      seed: 5,
      tolerance: 0.05,
      samples: null,
      outside: "drop",
    });
  });

  it("gives the same bytes for the same seed, others for another, and takes 0 for a seed", async () => {
    const net = JSON.stringify({
      layers: [{ weights: [1, 2, 3].map((k) => [k, -1, 2, k / 3]), activation: "sigmoid" }],
    });
    const runs = [[], ["--seed", "0"], ["--seed", "1"]].map((args) => measured([...args, "--tolerance", "0.1"], net));
    const [one, again, other] = await Promise.all(runs);
    expect(again.layers).toEqual(one.layers);
    expect(other.layers[0].ei.bits).not.toBe(one.layers[0].ei.bits);
  });

  it("takes the input range from the option, else from the file", async () => {
    expect((await measured(["--input-range", "-1,1"])).layers[0].inputRange).toEqual([-1, 1]);
    expect((await measured([])).layers[0].inputRange).toEqual([0, 1]);
  });

  it("reads standard input for -", async () => {
    const { status, stdout } = await causalscope(["measure", "-", "--json"], { stdin: NET });
    expect(status).toBe(0);
    expect(JSON.parse(stdout).provenance.file).toBe("standard input");
    await expectRefusal(["-"], /standard input: expected a model: .*; got an empty file/, "");
  });

  it("says it where all outputs lie outside the output range, without a NaN", async () => {
    const text = JSON.stringify({ layers: [{ weights: [[0, 0]], bias: [99], activation: "identity" }] });
    const { layers } = await measured([], text);
    expect(layers[0].ei).toMatchObject({ outside: 1, interval: layers[0].ei.bounds });
    expect(layers[0].ei.warnings).not.toEqual([]);
    const { stdout } = await causalscope(["measure", file(text)]);
    expect(stdout).toMatch(/\nWarning: layer 1: .*\(.*EI/);
    expect(stdout).toContain("100.0 %");
    expect((await measured(["--outside", "clamp"], text)).layers[0].ei.bits).toBe(0);
  });

  it.each([
    ["{", "line 1, column 2: expected JSON; got the end of the text"],
    ['{"layers": [{"weights": [[NaN]], "activation": "relu"}]}', "got NaN"],
    ['{"layers": [{"weights": [[1e999]], "activation": "relu"}]}', "got Infinity"],
    ['{"layers": [{"weights": [[1, 2], [3]], "activation": "relu"}]}', "got 1"],
    ['{"layers": []}', "at least one layer"],
    ['{"layers": [{"weights": [], "activation": "relu"}]}', "got an empty array"],
    ['{"layers": [{"weights": [[1]], "bias": [1, 2], "activation": "relu"}]}', "bias: expected an array of 1 numbers"],
    ['{"layers": [{"weights": [[1]], "activation": "swoosh"}]}', 'got "swoosh"'],
    ['{"inputRange": [1, 0], "layers": [{"weights": [[1]], "activation": "relu"}]}', "low < high"],
  ])("refuses the file %s, naming it", async (text, words) => {
    const path = file(text);
    await expectRefusal([path], words);
    await expectRefusal([path], path);
  });

  it("refuses a file that is absent, a folder, unreadable, or no text", async () => {
    await expectRefusal(["/nowhere/net.json"], "/nowhere/net.json: expected a file; got none. Check the path.");
    await expectRefusal([temporaryFolder()], "a folder where a file belongs");
    await expectRefusal([`${file("")}/below`], "a path that leads through a file");
    await expectRefusal([file(Uint8Array.of(0xff, 0xfe, 0))], "expected text in UTF-8");
    const storage = storageOn({
      ...fs,
      readFileSync: (() => {
        throw Object.assign(new Error("EACCES"), { code: "EACCES" });
      }) as unknown as typeof fs.readFileSync,
    });
    expect(await causalscope(["measure", "net.json"], { storage })).toEqual({
      status: 2,
      stdout: "",
      stderr:
        "causalscope: net.json: expected a file or folder that can be read; got no permission (EACCES). Check the path.\n",
    });
  });

  it.each([
    [["--bins", "1"], "--bins: expected a whole number from 2"],
    [["--bins", "2.5"], "--bins: expected a whole number from 2"],
    [["--bins", "1e9"], "--bins: expected a whole number from 2"],
    [["--input-range", "1,0"], "--input-range: .*low < high; got \\[1, 0\\]"],
    [["--input-range", "1,1"], "--input-range: .*low < high"],
    [["--input-range", "1"], "--input-range"],
    [["--input-range", "a,b"], '--input-range: expected a range, such as -1,1; got "a,b"'],
    [["--seed", "-1"], "--seed: expected a whole number of at least 0"],
    [["--seed", "1.5"], "--seed: expected a whole number"],
    [["--tolerance", "0"], "--tolerance: expected a number above 0"],
    [["--samples", "0"], "--samples: expected a whole number of at least 1"],
    [["--output-range", "1,0"], "--output-range: .*low < high"],
    [["--method", "guess"], '--method: expected auto, conditional, likelihood or plug-in; got "guess"'],
    [["--rest", "top"], '--rest: expected zero, middle or a number; got "top"'],
    [["--rest", "NaN"], "--rest: expected zero, middle or a number"],
    [["--sweep", "4,4"], "--sweep: expected different numbers of bins; got 4,4"],
    [["--sweep", "4,"], "--sweep: expected numbers of bins, such as 4,8,16,32"],
    [["--sweep", "4,1"], "--sweep: expected a whole number from 2"],
    [["--json", "--csv"], "measure: expected --json or --csv; got both"],
    [["--bins", "8", "--sweep", "4,8"], "expected --bins or --sweep; got both"],
    [["--matrix", "--sweep", "4,8"], "expected --sweep or --matrix; got both"],
    [["--groups", "0>0", "--sweep", "4,8"], "expected --sweep or --groups; got both"],
    [["--layers", "copy", "--from", "copy"], "expected --layers or --from; got both"],
    [["--layers", "copy", "--to", "copy"], "expected --layers or --to; got both"],
    [["--layers", "copy,other"], '--layers: expected one of the layers copy, layer 2, or a position.*got "other"'],
    [["--layers", "copy,0"], "--layers: expected each layer once; got copy twice"],
    [["--layers", ""], '--layers: expected one of the layers .*got ""'],
    [["--layers", "2"], "--layers: expected one of the layers .* 0 to 1; got 2"],
    [["--layers", "1", "--input-range", "0,1"], "--input-range: expected the network's first layer, copy, in --layers"],
    [["--from", "nowhere"], '--from: expected one of the layers copy, layer 2.*got "nowhere"'],
    [["--to", "7"], "--to: expected one of the layers .*got 7"],
    [["--from", "1", "--to", "copy"], "--to: expected layer 2 or a layer after it; got copy"],
    [["--groups", "0,1"], "--groups: expected inputs > outputs by position"],
    [["--groups", "0>0;"], "--groups: expected inputs > outputs by position"],
    [["--groups", "0>"], "--groups: expected inputs > outputs by position"],
    [["--groups", "0>1>0"], "--groups: expected inputs > outputs by position"],
    [["--groups", "-1>0"], "--groups: expected inputs > outputs by position"],
    [["--groups", "0,0>1"], "--groups: expected each unit once in a group; got 0 twice in 0,0>1"],
    [["--groups", "0>0;0,2>1"], "--groups: expected inputs of copy, 0 to 1; got 2 in 0,2>1"],
    [["--groups", "0>0,1"], "--groups: expected outputs of layer 2, 0 to 0; got 1 in 0>0,1"],
    [["--outside", "keep"], "--outside: expected drop or clamp"],
    [["--workers", "-1"], "--workers: expected a whole number from 0 to 1024; got -1"],
    [["--workers", "1.5"], "--workers: expected a whole number from 0 to 1024; got 1.5"],
    [["--workers", "many"], '--workers: expected a whole number of workers; got "many"'],
    [["--frobnicate"], "unknown option '--frobnicate'"],
  ])("refuses %j", async (args, words) => {
    await expectRefusal([file(NET), ...args], new RegExp(words));
  });

  it("prints the same bytes with any number of workers", async () => {
    const kinds = [["--json"], ["--csv", "--sweep", "4,8"], ["--json", "--matrix", "--groups", "0>0"], ["--bins", "4"]];
    for (const args of kinds) {
      const run = (workers: string) => causalscope(["measure", file(NET), ...args, "--workers", workers, "--quiet"]);
      const unnamed = ({ stdout }: { stdout: string }) => stdout.replaceAll(/\/[^"]*net\.json/g, "net.json");
      const alone = unnamed(await run("0"));
      for (const workers of ["1", "2", "8"]) expect(unnamed(await run(workers)), `${args}`).toBe(alone);
    }
  });

  it("wants a file", async () => {
    await expectRefusal([], "missing required argument 'model'");
  });
});
