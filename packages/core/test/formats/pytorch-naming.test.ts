import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidInputError } from "../../src/checks/error-classes.ts";
import { graphFromSafetensors, type SafetensorsOptions } from "../../src/formats/safetensors-graph.ts";
import type { Graph, Operation } from "../../src/model/graph.ts";
import { broken } from "./bytes.ts";
import { batchNorm, linear, type Stored, torchFile } from "./pytorch.ts";

const relu = { activation: "relu" };

function read(tensors: Record<string, Stored>, options: SafetensorsOptions = relu, order?: readonly string[]): Graph {
  return graphFromSafetensors(torchFile(tensors, { order }), "m.safetensors", options);
}

function refused(
  tensors: Record<string, Stored>,
  options: SafetensorsOptions = relu,
  order?: readonly string[],
): string {
  try {
    read(tensors, options, order);
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidInputError);
    return (error as Error).message;
  }
  throw new Error("accepted");
}

const names = ({ nodes }: Graph) => nodes.map(({ name }) => name);
const operation = ({ nodes }: Graph, name: string): Operation => nodes.find((node) => node.name === name)!.operation;

describe("layers by PyTorch's names", () => {
  it("follow each other by their numbers, not by the alphabet that the file has", () => {
    const layers = Object.fromEntries([1, 2, 9, 10, 11].map((n, at) => [n, linear(`fc${n}`, at + 3, at + 2)]));
    const graph = read(Object.assign({}, ...Object.values(layers)));
    expect(names(graph).filter((name) => !name.endsWith("activation"))).toEqual(["fc1", "fc2", "fc9", "fc10", "fc11"]);
    expect(graph.shapes.get("fc11")).toEqual([1, 7]);
    expect(graph.inputs).toEqual([{ name: "input", shape: [1, 2] }]);
    expect(graph.notes[0]).toContain("fc1, fc2, fc9, fc10, fc11");
  });

  it("have the activation that is given, the last none", () => {
    const graph = read({ ...linear("net.0", 3, 2), ...linear("net.2", 3, 3), ...linear("net.4", 1, 3) });
    expect(names(graph)).toEqual(["net.0", "net.0 activation", "net.2", "net.2 activation", "net.4"]);
    expect(operation(graph, "net.2 activation")).toEqual({ kind: "activation", activation: "relu" });
    expect(operation(graph, "net.0")).toMatchObject({
      kind: "dense",
      transposed: false,
      weights: { dtype: "float32" },
    });
    const each = read({ ...linear("a1", 3, 2), ...linear("a2", 2, 3) }, { activation: ["clip(0,6)", "softmax"] });
    expect(operation(each, "a1 activation")).toEqual({ kind: "activation", activation: "clip(0,6)" });
    expect(operation(each, "a2 activation")).toEqual({ kind: "softmax", axis: 1 });
  });

  it("may lack a bias, and may be the whole file", () => {
    const graph = read({ weight: { shape: [3, 2] } });
    expect(names(graph)).toEqual(["layer"]);
    expect("bias" in operation(graph, "layer")).toBe(false);
  });

  it("keep the order of a file that is not alphabetical", () => {
    const tensors = { ...linear("encoder", 2, 3), ...linear("decoder", 3, 2) };
    const order = ["encoder.weight", "encoder.bias", "decoder.weight", "decoder.bias"];
    expect(names(read(tensors, relu, order))).toEqual(["encoder", "encoder activation", "decoder"]);
  });

  it("are transposed as --layout says", () => {
    const graph = read({ ...linear("fc1", 2, 3), "fc1.bias": { shape: [3] } }, { ...relu, layout: "in,out" });
    expect(operation(graph, "fc1")).toMatchObject({ transposed: true });
    expect(graph.shapes.get("fc1")).toEqual([1, 3]);
  });

  it("have the batch normalisation with their number, or right after them, before the activation", () => {
    const numbered = read({ ...linear("fc1", 3, 2), ...batchNorm("bn1", 3), ...linear("fc2", 1, 3) });
    expect(names(numbered)).toEqual(["fc1", "bn1", "fc1 activation", "fc2"]);
    const sequential = read({ ...batchNorm("0", 2), ...linear("1", 3, 2), ...batchNorm("2", 3), ...linear("4", 1, 3) });
    expect(names(sequential)).toEqual(["0", "1", "2", "1 activation", "4"]);
    const chosen = { ...linear("z", 3, 2), ...batchNorm("norm", 3), ...linear("a", 1, 3) };
    expect(names(read(chosen, relu, Object.keys(chosen)))).toEqual(["z", "norm", "z activation", "a"]);
    expect(numbered.notes.join(" ")).toContain("ε = 0.00001");
    expect(numbered.notes.join(" ")).not.toContain("not used");
  });

  it("scale and shift by the statistics of a batch normalisation", () => {
    const norm = {
      "bn1.running_mean": { shape: [2], values: [1, -2] },
      "bn1.running_var": { shape: [2], values: [4, 0.25] },
    };
    // γ / √(σ² + ε) and β − μ γ / √(σ² + ε), worked out in double precision; float32 holds these statistics exactly.
    const plain = operation(read({ ...linear("fc1", 2, 2), ...norm }), "bn1");
    const scale = [1 / Math.sqrt(4.00001), 1 / Math.sqrt(0.25001)];
    expect(plain).toEqual({
      kind: "affine",
      scale: { shape: [2], values: Float64Array.from(scale) },
      shift: { shape: [2], values: Float64Array.of(-scale[0]!, 2 * scale[1]!) },
      parameters: 4,
    });
    const affine = { "bn1.weight": { shape: [2], values: [3, 4] }, "bn1.bias": { shape: [2], values: [5, 6] } };
    expect(operation(read({ ...linear("fc1", 2, 2), ...norm, ...affine }), "bn1")).toEqual({
      kind: "affine",
      scale: { shape: [2], values: Float64Array.of(3 / Math.sqrt(4.00001), 4 / Math.sqrt(0.25001)) },
      shift: { shape: [2], values: Float64Array.of(5 - 3 / Math.sqrt(4.00001), 6 + 8 / Math.sqrt(0.25001)) },
      parameters: 8,
    });
  });

  it("leave what is no layer as unknown, with its reason", () => {
    const graph = read({
      ...linear("net.0", 3, 2),
      "net.1.weight_ih_l0": { shape: [4, 3] },
      "net.1.weight_hh_l0": { shape: [4, 4] },
      ...linear("net.2", 2, 5),
      "net.3.weight": { shape: [2] },
      "net.3.bias": { shape: [2] },
    });
    expect(operation(graph, "net.1")).toEqual({
      kind: "unknown",
      operator: "net.1",
      reason: "its tensors (weight_hh_l0, weight_ih_l0) are not those of a dense layer or batch normalization",
      shape: [1, 5],
    });
    expect(operation(graph, "net.3")).toMatchObject({ kind: "unknown" });
    expect(graph.shapes.get("net.2")).toEqual([1, 2]);
  });

  it.each<[string, Record<string, Stored>, SafetensorsOptions, string]>([
    [
      "no activations",
      linear("fc1", 2, 2),
      {},
      "m.safetensors: activation: expected the layers' activations, which safetensors files do not contain; got none. Set `activation` to one for all layers except the last, or to one for each of fc1; or give a sidecar.",
    ],
    [
      "an activation that is none",
      linear("fc1", 2, 2),
      { activation: "swoosh" },
      "activation: expected one of the activations",
    ],
    [
      "too many activations",
      linear("fc1", 2, 2),
      { activation: ["relu", "relu"] },
      "expected 1 activations, one for each of fc1; got 2",
    ],
    [
      "an activation in a list that is none",
      linear("fc1", 2, 2),
      { activation: ["x"] },
      "m.safetensors: activation of fc1: expected",
    ],
    [
      "no layers",
      { "a.b": { shape: [2, 2] } },
      relu,
      "expected weights of layers, named as PyTorch names them (fc1.weight, fc1.bias); got tensors such as a.b",
    ],
    ["no tensors", {}, relu, "got no tensors"],
    [
      "layers that do not fit",
      { ...linear("fc1", 3, 2), ...linear("fc2", 2, 4) },
      relu,
      "m.safetensors: fc2.weight: expected 3 inputs, as many values as fc1 activation has; got 4 of [2, 4]. fc2 does not fit there. A sidecar can say",
    ],
    [
      "layers that fit transposed",
      { ...linear("fc1", 3, 2), ...linear("fc2", 3, 4) },
      relu,
      "fc2 does not fit there. With the layout in,out, it would.",
    ],
    [
      "a bias of another length",
      { ...linear("fc1", 3, 2), "fc1.bias": { shape: [2] } },
      relu,
      "m.safetensors: fc1: expected a bias of 3 values; got [2]",
    ],
    [
      "a convolution",
      { ...linear("conv1", 1, 1), "conv1.weight": { shape: [1, 1, 3, 3] } },
      relu,
      "m.safetensors: conv1.weight: expected a sidecar, since convolutions need the input's shape",
    ],
    [
      "weights that are not finite",
      { "fc1.weight": { shape: [2, 2], values: [0, 0, 0, Number.NaN] } },
      relu,
      "m.safetensors: fc1.weight: expected finite numbers; got NaN at [1][1].",
    ],
    [
      "a bias that is not finite",
      { ...linear("fc1", 2, 1), "fc1.bias": { shape: [2], values: [0, -Infinity] } },
      relu,
      "m.safetensors: fc1.bias: expected finite numbers; got -Infinity at [1].",
    ],
    [
      "weights of whole numbers",
      { "fc1.weight": { shape: [2, 2], dtype: "I64" } },
      relu,
      "m.safetensors: fc1.weight: expected weights of type float64, float32, float16, bfloat16; got int64",
    ],
    [
      "zero-sized weights",
      { "fc1.weight": { shape: [0, 2] } },
      relu,
      "m.safetensors: fc1.weight: expected at least one value; got none in [0, 2]",
    ],
    [
      "a normalisation of another width",
      { ...linear("fc1", 3, 2), ...batchNorm("bn1", 2) },
      relu,
      "m.safetensors: bn1.running_mean: expected 3 values, one per channel of its input; got [2]",
    ],
    [
      "a normalisation that may stand anywhere",
      { ...linear("fc1", 3, 2), ...batchNorm("norm", 3) },
      relu,
      "m.safetensors: norm: expected a batch normalization numbered like one layer",
    ],
    [
      "a normalisation after an activation",
      { ...linear("net.0", 3, 2), ...batchNorm("net.2", 3) },
      relu,
      "m.safetensors: net.2: expected a batch normalization numbered",
    ],
    [
      "a negative variance",
      { ...linear("fc1", 1, 2), ...batchNorm("bn1", 1), "bn1.running_var": { shape: [1], values: [-1] } },
      relu,
      "m.safetensors: bn1: expected variances above −ε; got -1 at [0]",
    ],
  ])("refuses %s", (_, tensors, options, message) => {
    expect(refused(tensors, options)).toContain(message);
  });

  it("gives a graph or an error of ours, whatever the bytes", () => {
    const good = torchFile({ ...linear("fc1", 3, 2), ...batchNorm("bn1", 3), ...linear("fc2", 1, 3) });
    fc.assert(
      fc.property(broken(good, 8), (bytes) => {
        try {
          graphFromSafetensors(bytes, "m.safetensors", relu);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidInputError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
