/** `ablate`: what breaks in a model of one's own; and the examples that it and `neurons` read. */
import * as fs from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { causalscope } from "./harness.ts";
import { ownModel } from "./own-model.ts";

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
