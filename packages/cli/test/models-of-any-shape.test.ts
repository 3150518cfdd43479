/** `neurons` and `ablate` of convolutional networks. */
import * as fs from "node:fs";
import { describe, expect, it } from "vitest";
import { onnxBytes } from "../../../test/onnx.ts";
import { temporaryFolder } from "../../runs/test/folders.ts";
import { causalscope } from "./harness.ts";
import { convolutional, written } from "./own-model.ts";

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
