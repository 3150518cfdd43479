/** `mi`, `neurons` and `ablate`: what a user's own table and model tell. */
import * as fs from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { onnxBytes } from "../../../test/onnx.ts";
import { flowers, trainedOnFlowers } from "../../../test/trained-iris.ts";
import { modelToJson } from "../../core/src/formats/json-graph.ts";
import { lenet } from "../../core/test/ablation/convolutional.ts";
import { temporaryFolder } from "../../runs/test/folders.ts";
import { causalscope } from "./harness.ts";

function written(name: string, text: string): string {
  const path = `${temporaryFolder()}/${name}`;
  fs.writeFileSync(path, text);
  return path;
}

/** The worked example, a row for each count. */
function worked(): string {
  const rows = [
    [30, 10, 5],
    [10, 20, 25],
  ].flatMap((counts, state) =>
    counts.flatMap((count, label) => new Array<string>(count).fill(`${state},${label},${(state + label) / 7}`)),
  );
  return written("table.csv", `state,label,level\n${rows.join("\n")}\n`);
}

describe("causalscope mi", () => {
  it("gives every estimator of two discrete columns, and tests of independence", async () => {
    const { status, stdout } = await causalscope(["mi", worked(), "--x", "state", "--y", "label", "--json"]);
    expect(status).toBe(0);
    const { estimates, x, y, rows } = JSON.parse(stdout);
    expect([x, y, rows]).toEqual(["discrete", "discrete", 100]);
    const of = (name: string) => estimates.find(({ estimator }: { estimator: string }) => estimator === name);
    expect(of("plug-in").bits).toBeCloseTo(0.1977677275, 10);
    expect(of("miller-madow").bits).toBeCloseTo(0.1833407771, 10);
    expect(of("plug-in").note).toContain("G-test p = 1.1e-6; 999 shuffles p = 0.0010");
    expect(estimates).toHaveLength(9);
  });

  it("takes columns by number, and continuous ones by neighbours", async () => {
    const lines = Array.from({ length: 200 }, (_, k) => {
      const u = ((k * 7919) % 1009) / 1009;
      const v = ((k * 104_729) % 997) / 997;
      return `${u},${u + 0.1 * v},${Math.floor(3 * u)}`;
    });
    const file = written("numbers.csv", lines.join("\n"));
    const both = await causalscope(["mi", file, "--x", "1", "--y", "2"]);
    expect(both.stdout).toMatch(/1: continuous; 2: continuous; 200 rows\./);
    expect(both.stdout).toMatch(/KSG 1, k = 4 +3\.\d{4}/);
    expect(both.stdout).toMatch(/plug-in, 8 equal-mass bins +\d\.\d{4} +0\.\d{4}/);
    const mixed = await causalscope(["mi", file, "--x", "1-2", "--y", "3"]);
    expect(mixed.stdout).toMatch(/1-2: continuous, 2 columns; 3: discrete/);
    expect(mixed.stdout).toMatch(/Ross, k = 4 +1\.[3-6]\d+/);
    const apart = await causalscope([
      "mi",
      file,
      "--x",
      "1",
      "--y",
      "1",
      "--y-file",
      written("y.csv", lines.map((line) => line.split(",")[2]).join("\n")),
    ]);
    expect(apart.stdout).toContain("1: continuous; 1: discrete");
  });

  it("says what a value below 0 means, and warns of bias", async () => {
    const lines = Array.from({ length: 60 }, (_, k) => `${(k * 17) % 20},${(k * 29) % 19}`);
    const { stdout } = await causalscope(["mi", written("t.csv", lines.join("\n")), "--x", "1", "--y", "2"]);
    expect(stdout).toMatch(/too high by about \d\.\d\d bit at 60 rows/);
  });

  it.each([
    [["--x", "age", "--y", "label"], '--x: expected a column of .*: state, label, level; got "age"'],
    [["--x", "1", "--y", "9"], '--y: expected a column of .*got "9"'],
    [["--x", "1", "--y", "2", "--discrete", "all"], "--discrete: expected x, y, both or none"],
    [["--x", "1", "--y", "2", "--bins", "1"], "--bins"],
    [["--x", "1", "--y", "1", "--y-file", "/none.csv"], "/none.csv: expected a file; got none"],
    [["--x", "1", "--y", "3", "--k", "500"], "neighbours from 1 to"],
  ])("refuses %j", async (args, words) => {
    const { status, stdout, stderr } = await causalscope(["mi", worked(), ...args]);
    expect([status > 0, stdout]).toEqual([true, ""]);
    expect(stderr).toMatch(new RegExp(words));
  });

  it("refuses other lengths and missing cells, and finds nothing in columns that do not vary", async () => {
    const constant = written("c.csv", "1,2\n1,3\n1,4\n");
    expect((await causalscope(["mi", constant, "--x", "1", "--y", "2"])).stdout).toMatch(/exact +0\.0000 +0\.0000/);
    const short = written("s.csv", "1\n2\n");
    expect((await causalscope(["mi", constant, "--x", "2", "--y", "1", "--y-file", short])).stderr).toContain(
      "3 rows, as --x has; got 2",
    );
    expect((await causalscope(["mi", written("n.csv", "1,2\n1,NaN\n"), "--x", "1", "--y", "2"])).stderr).toContain(
      "line 2, column 2",
    );
  });
});

async function ownModel() {
  const folder = temporaryFolder();
  const network = await trainedOnFlowers([8, 8], ["relu", "relu"], { seed: 1 });
  fs.writeFileSync(`${folder}/net.json`, modelToJson(network));
  for (const part of ["train", "test"] as const) {
    const { rows, inputs, labels } = flowers[part];
    const line = (row: number) => [...inputs.subarray(4 * row, 4 * row + 4), labels![row]].join(",");
    fs.writeFileSync(`${folder}/${part}.csv`, Array.from({ length: rows }, (_, row) => line(row)).join("\n"));
  }
  return { folder, args: [`${folder}/net.json`, "--data", `${folder}/train.csv`, "--test-data", `${folder}/test.csv`] };
}

describe("causalscope neurons", () => {
  it("says of each neuron of a user's model what it knows", async () => {
    const { folder, args } = await ownModel();
    const { status, stdout } = await causalscope([
      "neurons",
      ...args,
      "--bootstrap",
      "50",
      "--figure",
      `${folder}/n.svg`,
    ]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/layer 1: 8 units, mean \d\.\d{3} bits, \d inactive/);
    expect(fs.readFileSync(`${folder}/n.svg`, "utf8")).toContain("What single neurons know about the class");
    const { neurons } = JSON.parse((await causalscope(["neurons", ...args, "--json", "--bootstrap", "0"])).stdout);
    expect(neurons).toHaveLength(19);
    // Every value a state of its own tells as much as there is to tell, of the examples at hand.
    const own = ["--json", "--bootstrap", "0", "--quantizer", "unique"];
    const unique = JSON.parse((await causalscope(["neurons", args[0]!, "--data", args[4]!, ...own])).stdout);
    const one = JSON.parse((await causalscope(["neurons", args[0]!, "--data", args[4]!, ...own.slice(0, 3)])).stdout);
    for (const [k, { information }] of unique.neurons.entries())
      expect(information).toBeGreaterThanOrEqual(one.neurons[k].information - 1e-12);
    const csv = (await causalscope(["neurons", ...args, "--csv", "--quantizer", "equal-mass,4"])).stdout;
    expect(csv.split("\n")[0]).toBe(
      "layer,layer_name,unit,entropy,information,corrected,low,high,kl_selectivity,kl_class,class_selectivity,p_value,q_value,warnings",
    );
  });

  it("looks at pairs, and tests by shuffles", async () => {
    const { args } = await ownModel();
    const more = ["--bootstrap", "0", "--permutations", "99", "--pairs", "4"];
    const { status, stdout } = await causalscope(["neurons", ...args, ...more]);
    expect(status).toBe(0);
    expect(stdout).toContain("q: false discovery rate of 99 permutations");
    expect(stdout).toMatch(/layer 2: pairs of the 4 most informative units\n/);
    expect(stdout).toMatch(/All 4 units together: \d\.\d{3} bits about the class; O-information/);
    const json = JSON.parse((await causalscope(["neurons", ...args, ...more, "--json"])).stdout);
    expect(json.pairs.map(({ pairs }: { pairs: unknown[] }) => pairs.length)).toEqual([6, 6]);
    const values = json.neurons.map(({ pValue }: { pValue: number }) => pValue * 100);
    for (const value of values) expect(Math.round(value)).toBeCloseTo(value, 9);
  });

  it.each([
    [["--quantizer", "octal"], "--quantizer: expected threshold"],
    [["--quantizer", "width,0"], "--quantizer (width): expected a number above 0"],
    [["--quantizer", "unique,3"], "--quantizer: expected threshold"],
    [["--quantizer", "uniform,1"], "--quantizer (bins): expected a whole number from 2 to 4096; got 1"],
    [["--json", "--csv"], "--json or --csv; got both"],
    [["--test-data", "/none.csv"], "/none.csv: expected a file"],
    [["--activation", "relu"], "--activation"],
  ])("refuses %j", async (more, words) => {
    const { args } = await ownModel();
    const { status, stdout, stderr } = await causalscope(["neurons", ...args, ...more]);
    expect([status > 0, stdout]).toEqual([true, ""]);
    expect(stderr).toContain(words);
  });

  it("refuses examples and labels that do not fit, and models that are no rows of dense layers", async () => {
    const { folder, args } = await ownModel();
    const ask = (data: string) => causalscope(["neurons", args[0]!, "--data", written("d.csv", data)]);
    expect((await ask("1,2,0\n1,2,1\n")).stderr).toContain("rows of 4 inputs, as the network has; got 2");
    expect((await ask("1,2,3,4,0\n1,2,3,4,1\n1,2,3,4,2\n1,2,3,4,3\n")).stderr).toContain(
      "labels from 0 to 2, the network's outputs; got 3",
    );
    expect((await ask("1,2,3,4,0\n1,2,3,4,1\n")).stderr).toContain("none of class 2");
    fs.writeFileSync(`${folder}/labels.csv`, "0\n1\n");
    expect(
      (await causalscope(["neurons", args[0]!, "--data", `${folder}/train.csv`, "--labels", `${folder}/labels.csv`]))
        .stderr,
    ).toContain("100 labels, one per row; got 2");
  });
});

describe("causalscope ablate", () => {
  it("removes units in order, over the network and within layers, with curves", async () => {
    const { folder, args } = await ownModel();
    const { status, stdout } = await causalscope([
      "ablate",
      ...args,
      "--quiet",
      "--repetitions",
      "20",
      "--figures",
      `${folder}/f`,
      "--report",
      `${folder}/report.html`,
    ]);
    expect(status).toBe(0);
    const page = fs.readFileSync(`${folder}/report.html`, "utf8");
    expect(page).toContain(`Ablation of ${folder}/net.json`);
    expect(page).toContain("Within a layer, neurons that know more about the class matter more.");
    expect(page.match(/<figure/g)).toHaveLength(6);
    expect(stdout).toMatch(
      /layer 2 +weight-spread +0\.\d+ ± 0\.\d+ +0\.\d+ ± 0\.\d+ +\d+ \[\d+, \d+\] +\d+ \[\d+, \d+\] +\d+ +\d+/,
    );
    expect(stdout).toMatch(/layer 2 +random +0\.\d+ ± 0\.\d+ +\d/);
    expect(stdout).toContain("Simpson's paradox");
    expect(fs.readdirSync(`${folder}/f`).sort()).toEqual(
      [
        "ablation-information",
        "ablation-information8",
        "ablation-weight-spread",
        "ablation-classes",
        "neuron-information",
        "neuron-damage",
      ]
        .flatMap((name) => [`${name}.png`, `${name}.svg`])
        .sort(),
    );
    const again = ["ablate", ...args, "--quiet", "--scores", "damage", "--replacement", "mean", "--csv"];
    const csv = await causalscope(again);
    expect(csv.stdout.split("\n")[0]).toBe(
      "seed,scope,score,direction,repetition,removed,class,neuron,measure,value,unit,standard_error,method,samples",
    );
    expect((await causalscope(again)).stdout).toBe(csv.stdout);
    // Accuracies of single classes, at the start: those of the network itself.
    const own = csv.stdout
      .split("\n")
      .filter((line) => line.startsWith("0,network,damage,ascending,0,0,") && line.includes("classAccuracy"));
    expect(own).toHaveLength(3);
  });

  it("says that there is nothing to lose where a model only guesses", async () => {
    const { folder, args } = await ownModel();
    const lines = fs.readFileSync(args[4]!, "utf8").trim().split("\n");
    // Every label is the next one.
    const turned = lines.map((line) => line.replace(/(\d)$/, (label) => `${(Number(label) + 1) % 3}`));
    fs.writeFileSync(`${folder}/turned.csv`, turned.join("\n"));
    const own = ["ablate", args[0]!, "--data", `${folder}/turned.csv`, "--quiet", "--bootstrap", "0"];
    expect((await causalscope(own)).stdout).toContain(
      "no better than guessing on these examples, so there is nothing to lose",
    );
    expect((await causalscope(["ablate", ...args, "--quiet", "--bootstrap", "0"])).stdout).not.toContain("guessing");
  });

  it("looks at one layer, without intervals, and at pairs of its units", async () => {
    const { args } = await ownModel();
    const more = [
      "--scope",
      "2",
      "--bootstrap",
      "0",
      "--pairs",
      "4",
      "--scores",
      "information-rank",
      "--repetitions",
      "3",
    ];
    const { status, stdout } = await causalscope(["ablate", ...args, "--quiet", ...more]);
    expect(status).toBe(0);
    expect(stdout).not.toMatch(/network|layer 1/);
    expect(stdout).not.toContain("resamples");
    expect(stdout).toContain("3 random orders are too few for a band");
    expect(stdout).toMatch(/6 pairs of units with high scores: \d synergistic, \d redundant, \d not distinguishable/);
    const json = await causalscope(["ablate", ...args, "--quiet", ...more, "--json"]);
    const rows = JSON.parse(json.stdout) as { measure: string }[];
    expect(rows.filter(({ measure }) => measure === "pairLossExcess")).toHaveLength(6);
  });

  it.each([
    [["--scope", "3"], "--scope: expected all, network, or a hidden layer from 1 to 2; got 3"],
    [["--scope", "first"], "--scope: expected a whole number of at least 1"],
    [["--bootstrap", "100000"], "--bootstrap: expected a whole number from 0 to 10,000"],
    [["--scores", "beauty"], "--scores: expected some of information"],
    [["--replacement", "most"], "--replacement: expected zero, mean, median, mode, resample or a number"],
    [["--repetitions", "0"], "--repetitions: expected a whole number of at least 1"],
  ])("refuses %j", async (more, words) => {
    const { args } = await ownModel();
    const { status, stderr } = await causalscope(["ablate", ...args, "--quiet", ...more]);
    expect(status).toBe(2);
    expect(stderr).toContain(words);
  });
});

/** A float32 array as NumPy saves it, and bytes as IDX. */
function npy(shape: readonly number[], values: readonly number[]): Buffer {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(", ")},), }`;
  const padded = `${header.padEnd(118 - 1)}\n`;
  const length = Buffer.from([padded.length & 255, padded.length >> 8]);
  const begin = Buffer.concat([Buffer.from([0x93]), Buffer.from("NUMPY"), Buffer.from([1, 0]), length]);
  return Buffer.concat([begin, Buffer.from(padded), Buffer.from(Float32Array.from(values).buffer)]);
}

function idx(magic: number, sizes: readonly number[], count: number): Buffer {
  const bytes = Buffer.alloc(4 + 4 * sizes.length + count);
  bytes.writeUInt32BE(magic, 0);
  for (const [axis, size] of sizes.entries()) bytes.writeUInt32BE(size, 4 + 4 * axis);
  for (let k = 0; k < count; k++) bytes[4 + 4 * sizes.length + k] = k % 3;
  return bytes;
}

describe.each(["neurons", "ablate"])("examples that causalscope %s refuses", (command) => {
  const rows = Array.from({ length: 12 * 4 }, (_, k) => (k * 7) % 5);
  const labels = Array.from({ length: 12 }, (_, k) => k % 3);
  const whole = { "x.npy": npy([12, 4], rows), "y.npy": npy([12], labels) };
  const images = idx(2051, [12, 2, 2], 48);
  const cases: readonly (readonly [string, Readonly<Record<string, Buffer>>, string, string, string])[] = [
    [
      "a cut .npy",
      { ...whole, "x.npy": whole["x.npy"].subarray(0, -10) },
      "x.npy",
      "y.npy",
      "x.npy: expected a complete .npy file",
    ],
    [
      "one cut between values",
      { ...whole, "x.npy": whole["x.npy"].subarray(0, -8) },
      "x.npy",
      "y.npy",
      "48 values, as the shape [12, 4] has; got 46",
    ],
    [
      "a cut IDX",
      { "i-idx3-ubyte": images.subarray(0, -5), "y.npy": whole["y.npy"] },
      "i-idx3-ubyte",
      "y.npy",
      "48 values, as the shape [12, 2, 2] has; got 43",
    ],
    [
      "a cut gzip",
      { "i.gz": gzipSync(images).subarray(0, -12), "y.npy": whole["y.npy"] },
      "i.gz",
      "y.npy",
      "i.gz: expected ",
    ],
    [
      "another magic number",
      { "i-idx3-ubyte": idx(2313, [12, 2, 2], 48), "y.npy": whole["y.npy"] },
      "i-idx3-ubyte",
      "y.npy",
      "an IDX magic number (2051 for images, 2049 for labels) with at most 8 axes; got 2313",
    ],
    ["other bytes", { ...whole, "x.npy": Buffer.from("\u0000PNG of a cat") }, "x.npy", "y.npy", "x.npy: expected "],
    [
      "NaN",
      { ...whole, "x.npy": npy([12, 4], rows.with(5, Number.NaN)) },
      "x.npy",
      "y.npy",
      "x.npy: expected finite numbers; got NaN in row 1",
    ],
    [
      "labels out of range",
      { ...whole, "y.npy": npy([12], labels.with(4, 7)) },
      "x.npy",
      "y.npy",
      "y.npy: expected labels from 0 to 2, the network's outputs; got 7 in row 4",
    ],
    [
      "labels that are not whole",
      { ...whole, "y.npy": npy([12], labels.with(4, 0.5)) },
      "x.npy",
      "y.npy",
      "y.npy: expected labels that are whole numbers from 0; got 0.5 in row 4",
    ],
    [
      "labels of another length",
      { ...whole, "y.npy": npy([11], labels.slice(1)) },
      "x.npy",
      "y.npy",
      "y.npy: expected 12 labels, one per row; got 11",
    ],
    [
      "one example",
      { "x.npy": npy([1, 4], rows.slice(0, 4)), "y.npy": npy([1], [0]) },
      "x.npy",
      "y.npy",
      "examples of each label",
    ],
    [
      "a class without an example",
      {
        ...whole,
        "y.npy": npy(
          [12],
          labels.map((label) => label % 2),
        ),
      },
      "x.npy",
      "y.npy",
      "none of class 2",
    ],
  ];
  it.each(cases)("%s", async (_, files, data, marks, words) => {
    const { folder, args } = await ownModel();
    for (const [name, bytes] of Object.entries(files)) fs.writeFileSync(`${folder}/${name}`, bytes);
    const { status, stdout, stderr } = await causalscope([
      command,
      args[0]!,
      "--data",
      `${folder}/${data}`,
      "--labels",
      `${folder}/${marks}`,
    ]);
    expect([status > 0, stdout]).toEqual([true, ""]);
    expect(stderr).toContain(words);
  });
});

describe("examples that tell little", () => {
  it("are measured with a warning: more bins than examples, units that are always the same", async () => {
    const { folder, args } = await ownModel();
    fs.writeFileSync(`${folder}/few.csv`, "1,0,0,1,0\n0,1,1,0,1\n1,1,0,0,2\n");
    const more = ["--data", `${folder}/few.csv`, "--quantizer", "uniform,16", "--bootstrap", "0"];
    const { status, stdout } = await causalscope(["neurons", args[0]!, ...more]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/\d+ units: more bins \(16\) than examples \(3\)/);
    expect(stdout).toMatch(/plug-in information is too high by up to \d\.\d\d bit/);
  });
});

/** A convolutional network as an ONNX file, and its examples as a table of flat rows. */
function convolutional(ending?: "Softmax") {
  const folder = temporaryFolder();
  const { bytes, data } = lenet();
  fs.writeFileSync(`${folder}/net.onnx`, bytes(ending));
  const line = (row: number) => [...data.inputs.subarray(72 * row, 72 * row + 72), data.labels![row]].join(",");
  fs.writeFileSync(`${folder}/data.csv`, Array.from({ length: data.rows }, (_, row) => line(row)).join("\n"));
  return [`${folder}/net.onnx`, "--data", `${folder}/data.csv`];
}

describe("models of any shape", () => {
  it("have neurons: of convolutions the channels", async () => {
    const model = convolutional();
    const { status, stdout } = await causalscope(["neurons", ...model, "--bootstrap", "0"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/conv1: 3 units, mean .*conv2: 4 units, mean .*fc1: 5 units.*fc2: 3 units/s);
    expect(stdout).toContain("The units of a convolution are its channels: mean over all positions.");
    const ask = async (channels: string) => {
      const json = ["neurons", ...model, "--bootstrap", "0", "--json", "--channels", channels];
      return JSON.parse((await causalscope(json)).stdout);
    };
    const [mean, maximum] = [await ask("mean"), await ask("maximum")];
    expect([mean.channels, maximum.channels, mean.neurons.length]).toEqual(["mean", "maximum", 15]);
    // Channels differ by the reading, dense units do not.
    expect(maximum.neurons[0]).not.toEqual(mean.neurons[0]);
    const ofDense = ({ qValue: _, ...neuron }: { qValue: number }) => neuron;
    expect(maximum.neurons.slice(7).map(ofDense)).toEqual(mean.neurons.slice(7).map(ofDense));
  });

  it("are ablated by whole channels, and say how their outputs are read", async () => {
    const more = ["--quiet", "--scores", "weight-spread,damage", "--repetitions", "2"];
    const { status, stdout } = await causalscope(["ablate", ...convolutional(), ...more]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/layer 2 +weight-spread +0\.\d{3}/);
    expect(stdout).toContain("layer 1: conv1, 3 channels at 36 positions, relu\n");
    expect(stdout).toContain("layer 3: fc1, 5 units, relu\n");
    expect(stdout).toContain("its outputs are taken as logits");
    const softmax = await causalscope(["ablate", ...convolutional("Softmax"), ...more]);
    expect(softmax.stdout).toContain("its outputs are probabilities");
    const csv = await causalscope([
      "ablate",
      ...convolutional(),
      "--scores",
      "information",
      "--repetitions",
      "1",
      "--csv",
    ]);
    expect(csv.stderr).toContain("its outputs are taken as logits");
    expect(csv.stdout).not.toContain("logits");
  });

  it("keep the squared error where dense layers in a row do not end in softmax, and say so", async () => {
    const layers = [
      {
        weights: [
          [1, 0],
          [0, 1],
        ],
        activation: "relu",
      },
      {
        weights: [
          [1, -1],
          [-1, 1],
        ],
        activation: "identity",
      },
    ];
    const file = written("row.json", JSON.stringify({ format: "causalscope-network", version: 1, layers }));
    const data = written("row.csv", "1,0,0\n0,1,1\n");
    const args = ["ablate", file, "--data", data, "--scores", "weight-spread", "--repetitions", "1"];
    expect((await causalscope([...args, "--quiet"])).stdout).toContain("the loss is the squared error");
    const { stdout } = await causalscope([...args, "--quiet", "--json"]);
    const rows: Record<string, unknown>[] = JSON.parse(stdout);
    const loss = rows.find(({ measure, removed }) => measure === "testLoss" && removed === 0)!;
    // Outputs (1, −1) and (−1, 1) where (1, 0) and (0, 1) are wanted.
    expect(loss.value).toBe(1);
  });

  it("are refused where examples or the model do not fit", async () => {
    const [file] = convolutional();
    const data = written("d.csv", "1,2,0\n3,4,1\n");
    for (const command of ["neurons", "ablate"]) {
      const { status, stderr } = await causalscope([command, file!, "--data", data]);
      expect(status).toBe(2);
      expect(stderr).toContain("d.csv: expected rows of 72 inputs, [2, 6, 6] row-major, as the network has; got 2");
    }
    const open = `${temporaryFolder()}/open.onnx`;
    const weights = { shape: [2, 1, 1, 1], values: [1, 2] };
    const nodes = [
      { op: "Conv", inputs: ["x", "w"], output: "hidden" },
      { op: "GlobalAveragePool", inputs: ["hidden"], output: "mean" },
      { op: "Flatten", inputs: ["mean"], output: "flat" },
      { op: "Gemm", inputs: ["flat", "v"], output: "y" },
    ];
    const constants = { w: weights, v: { shape: [2, 2], values: [1, 0, 0, 1] } };
    fs.writeFileSync(open, onnxBytes({ nodes, inputs: { x: ["n", 1, "h", "w"] }, outputs: ["y"], constants }));
    const refused = await causalscope(["neurons", open, "--data", data]);
    expect(refused.stderr).toContain("an input whose shape is known; got x [1, 1, ?, ?]");
    expect(refused.stderr).toContain("--input-shape");
    const shaped = written("s.csv", "1,2,3,4,0\n3,4,9,1,1\n2,4,0,1,1\n");
    const given = await causalscope([
      "neurons",
      open,
      "--data",
      shaped,
      "--input-shape",
      "1,1,2,2",
      "--bootstrap",
      "0",
    ]);
    expect(given.stdout).toContain("hidden: 2 units");
    const reading = await causalscope(["neurons", file!, "--data", data, "--channels", "median"]);
    expect(reading.stderr).toContain('--channels: expected mean or maximum; got "median"');
  });
});
