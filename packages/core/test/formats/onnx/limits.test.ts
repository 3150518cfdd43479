/** ONNX files of many small nodes: read in time that grows with the file. */
import { toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { type OnnxConstant, type OnnxNode, onnxBytes, onnxModel } from "../../../../../test/onnx.ts";
import { Budget } from "../../../src/checks/budget.ts";
import { TooMuchError } from "../../../src/checks/error-classes.ts";
import { graphFromOnnx } from "../../../src/formats/onnx/read-onnx.ts";
import { modelOf } from "../../../src/model/graph-model.ts";
import { topologyOf } from "../../../src/model/topology.ts";

const N = 20_000;

function file(nodes: readonly OnnxNode[], constants: Readonly<Record<string, OnnxConstant>> = {}, size = 2) {
  return onnxBytes({ nodes, constants, inputs: { x: [1, size] }, outputs: ["out"] });
}

const weight: OnnxConstant = { shape: [2, 2], values: [1, 2, 3, 4] };

describe("a file of 20,000 nodes", () => {
  it("of one name, that take one weight, has layers of their own names", () => {
    const nodes = Array.from({ length: N }, (_, at) => ({
      op: "MatMul",
      inputs: [at === 0 ? "x" : `t${at - 1}`, "w"],
      output: at === N - 1 ? "out" : `t${at}`,
    }));
    const proto = onnxModel({ nodes, constants: { w: weight }, inputs: { x: [1, 2] }, outputs: ["out"] });
    for (const node of proto.graph!.node) node.name = "same";
    const { layers } = modelOf(graphFromOnnx(toBinary(ModelProtoSchema, proto), "m"));
    expect(new Set(layers.map(({ name }) => name)).size).toBe(N);
  });

  it("that transpose a weight again and again, has the weight", () => {
    const nodes = Array.from({ length: N }, (_, at) => ({
      op: "Transpose",
      inputs: [at === 0 ? "w" : `t${at - 1}`],
      output: `t${at}`,
    }));
    const last = { op: "MatMul", inputs: ["x", `t${N - 1}`], output: "out" };
    const graph = graphFromOnnx(file([...nodes, last], { w: weight }), "m");
    const [{ operation }] = graph.nodes as [(typeof graph.nodes)[number]];
    expect(operation.kind === "dense" && [...operation.weights.values()]).toEqual([1, 2, 3, 4]);
  });
});

it("a weight that many nodes take counts once: layers beyond the budget have an obstacle", () => {
  const size = 100;
  const wide: OnnxConstant = { shape: [size, size], values: new Array(size * size).fill(0.01) };
  const nodes = Array.from({ length: 20 }, (_, at) => ({
    op: "MatMul",
    inputs: [at === 0 ? "x" : `t${at - 1}`, "w"],
    output: at === 19 ? "out" : `t${at}`,
  }));
  const graph = graphFromOnnx(file(nodes, { w: wide }, size), "m");
  const budget = new Budget();
  budget.spend(budget.most - 10 * 5 * size * size);
  const obstacles = [...topologyOf(modelOf(graph), { budget }).layers.values()].filter(
    ({ obstacle }) => obstacle !== undefined,
  );
  expect(obstacles.length).toBeGreaterThan(5);
  expect(obstacles.length).toBeLessThan(20);
});

it("constants that take more work than the file stands for are refused, with the node's name", () => {
  const size = 1000;
  const wide: OnnxConstant = { shape: [size, size], values: new Array(size * size).fill(1) };
  const nodes = Array.from({ length: 60 }, (_, at) => ({
    op: "Transpose",
    inputs: [at === 0 ? "w" : `t${at - 1}`],
    output: `t${at}`,
  }));
  const read = () =>
    graphFromOnnx(file([...nodes, { op: "MatMul", inputs: ["x", "t59"], output: "out" }], { w: wide }, size), "m");
  expect(read).toThrow(TooMuchError);
  expect(read).toThrow(/^m: t\d+: expected constants that can be computed in few steps; got more than [\d,]+ steps\.$/);
});
