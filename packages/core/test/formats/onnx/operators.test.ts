/** Each ONNX operator by itself: its definition, written out, and the forms of it that are refused with their reason. */
import { describe, expect, test } from "vitest";
import { type OnnxConstant, type OnnxNode, type OnnxShape, onnxBytes } from "../../../../../test/onnx.ts";
import { onnxOperators } from "../../../src/formats/onnx/operators.ts";
import { graphFromOnnx } from "../../../src/formats/onnx/read-onnx.ts";
import { evaluateGraph } from "../../../src/model/graph-evaluate.ts";

interface Case {
  readonly op: string;
  readonly attributes?: OnnxNode["attributes"];
  /** Shapes of the inputs that vary, with 0.1, 0.2 … or these values in them. */
  readonly x?: readonly number[];
  readonly shape?: readonly number[];
  readonly second?: readonly number[];
  readonly constants?: readonly OnnxConstant[];
  readonly outputs?: number;
}

const POINTS = [-3, -1.25, -0.5, 0, 0.25, 1, 2.5];
const float = (value: number) => ({ float: value });
const ints = (...values: number[]): OnnxConstant => ({ shape: [values.length], values, type: 7 });
const floats = (shape: number[], ...values: number[]): OnnxConstant => ({ shape, values });

function read({ op, attributes, x = POINTS, shape = [1, x.length], second, constants = [], outputs = 1 }: Case) {
  const inputs: Record<string, OnnxShape> = { x: shape, ...(second && { y: shape }) };
  const names = [...Object.keys(inputs), ...constants.map((_, k) => `c${k}`)];
  const found = Array.from({ length: outputs }, (_, k) => `out${k}`);
  const bytes = onnxBytes({
    nodes: [{ op, inputs: names, output: found[0]!, more: found.slice(1), ...(attributes && { attributes }) }],
    inputs,
    outputs: found,
    constants: Object.fromEntries(constants.map((constant, k) => [`c${k}`, constant])),
  });
  const graph = graphFromOnnx(bytes, "one.onnx");
  const unknown = graph.nodes.flatMap(({ operation }) => (operation.kind === "unknown" ? [operation.reason] : []));
  const values = () => {
    const given = { x: Float64Array.from(x), ...(second && { y: Float64Array.from(second) }) };
    const all = evaluateGraph(graph, given, graph.outputs);
    return graph.outputs.map((name) => [...all.get(name)!]);
  };
  return { unknown, values };
}

/** Float32 parameters are off by 6e-8 of themselves. */
function near(found: readonly number[], expected: readonly number[]): void {
  expect(found.length).toBe(expected.length);
  for (const [at, value] of expected.entries()) {
    expect(Math.abs(found[at]! - value), `${at}: ${found[at]}, not ${value}`).toBeLessThan(
      1e-6 * (1 + Math.abs(value)),
    );
  }
}

/** ∫ of the normal density by the midpoint rule: off by less than 1e-9. */
function erf(z: number): number {
  const steps = 20_000;
  let sum = 0;
  for (let k = 0; k < steps; k++) sum += Math.exp(-(((z * (k + 0.5)) / steps) ** 2)) * (z / steps);
  return (2 / Math.sqrt(Math.PI)) * sum;
}
const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
const softplus = (z: number) => Math.log(1 + Math.exp(z));

/** Operators of one number each. */
const elementwise: [
  op: string,
  definition: (z: number) => number,
  attributes?: OnnxNode["attributes"],
  constants?: OnnxConstant[],
][] = [
  ["Relu", (z) => Math.max(0, z)],
  ["Sigmoid", sigmoid],
  ["Tanh", Math.tanh],
  ["Softplus", softplus],
  ["Softsign", (z) => z / (1 + Math.abs(z))],
  ["HardSwish", (z) => z * Math.min(1, Math.max(0, z / 6 + 0.5))],
  ["Mish", (z) => z * Math.tanh(softplus(z))],
  ["Erf", erf],
  ["Abs", Math.abs],
  ["LeakyRelu", (z) => (z < 0 ? 0.01 * z : z)],
  ["LeakyRelu", (z) => (z < 0 ? 0.25 * z : z), { alpha: float(0.25) }],
  ["Elu", (z) => (z < 0 ? Math.exp(z) - 1 : z)],
  ["Elu", (z) => (z < 0 ? 0.5 * (Math.exp(z) - 1) : z), { alpha: float(0.5) }],
  ["Celu", (z) => Math.max(0, z) + Math.min(0, 2 * (Math.exp(z / 2) - 1)), { alpha: float(2) }],
  ["Selu", (z) => 1.0507009 * (z < 0 ? 1.6732632 * (Math.exp(z) - 1) : z)],
  ["Selu", (z) => 2 * (z < 0 ? 0.5 * (Math.exp(z) - 1) : z), { alpha: float(0.5), gamma: float(2) }],
  ["ThresholdedRelu", (z) => (z > 1 ? z : 0)],
  ["ThresholdedRelu", (z) => (z > 0.125 ? z : 0), { alpha: float(0.125) }],
  ["HardSigmoid", (z) => Math.min(1, Math.max(0, 0.2 * z + 0.5))],
  ["HardSigmoid", (z) => Math.min(1, Math.max(0, 0.5 * z + 0.25)), { alpha: float(0.5), beta: float(0.25) }],
  ["PRelu", (z) => (z < 0 ? 0.125 * z : z), undefined, [floats([1], 0.125)]],
  ["Gelu", (z) => (z / 2) * (1 + erf(z / Math.SQRT2))],
  ["Gelu", (z) => (z / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z ** 3))), { approximate: "tanh" }],
  ["Clip", (z) => Math.min(1.5, Math.max(-1, z)), undefined, [floats([], -1), floats([], 1.5)]],
  ["Pow", (z) => z ** 3, undefined, [floats([], 3)]],
  ["Neg", (z) => -z],
  ["Identity", (z) => z],
  ["Dropout", (z) => z],
  ["Cast", (z) => z, { to: 1 }],
  ["Add", (z) => z + 0.5, undefined, [floats([1], 0.5)]],
  ["Sub", (z) => z - 0.5, undefined, [floats([1], 0.5)]],
  ["Mul", (z) => 0.75 * z, undefined, [floats([1], 0.75)]],
  ["Div", (z) => z / 4, undefined, [floats([1], 4)]],
];

/** Values 0.1, 0.2 … in the order of memory. */
const counted = (count: number) => Array.from({ length: count }, (_, k) => (k + 1) / 10);
const map = { shape: [1, 2, 3, 4], x: counted(24) };
/** The map's value at a channel, row and column. */
const at = (c: number, i: number, j: number) => (12 * c + 4 * i + j + 1) / 10;
const each = <T>(counts: readonly number[], value: (...at: number[]) => T): T[] => {
  const [count, ...rest] = counts;
  if (count === undefined) return [value()];
  return Array.from({ length: count }, (_, k) => each(rest, (...inner) => value(k, ...inner))).flat();
};
const two = { x: [0.5, -1, 2], second: [3, 0.25, -2] };

const others: [title: string, Case, expected: readonly (readonly number[])[]][] = [
  [
    "Gemm",
    { op: "Gemm", x: [1, 2], constants: [floats([2, 3], 1, 2, 3, 4, 5, 6), floats([3], 10, 20, 30)] },
    [[19, 32, 45]],
  ],
  [
    "Gemm, transposed, with factors",
    {
      op: "Gemm",
      x: [1, 2],
      constants: [floats([3, 2], 1, 4, 2, 5, 3, 6), floats([3], 10, 20, 30)],
      attributes: { transB: 1, alpha: float(0.5), beta: float(0.25) },
    },
    [[4.5 + 2.5, 6 + 5, 7.5 + 7.5]],
  ],
  ["MatMul", { op: "MatMul", x: [1, 2], constants: [floats([2, 3], 1, 2, 3, 4, 5, 6)] }, [[9, 12, 15]]],
  [
    "Conv",
    { op: "Conv", ...map, constants: [floats([1, 2, 2, 2], 1, 0, 0, -1, 2, 0, 0, 0), floats([1], 0.5)] },
    [each([2, 3], (i, j) => at(0, i!, j!) - at(0, i! + 1, j! + 1) + 2 * at(1, i!, j!) + 0.5)],
  ],
  [
    "BatchNormalization",
    {
      op: "BatchNormalization",
      ...map,
      constants: [floats([2], 2, 3), floats([2], 1, -1), floats([2], 0.5, 1.5), floats([2], 4, 0.25)],
      attributes: { epsilon: float(0) },
    },
    [each([2, 3, 4], (c, i, j) => (c === 0 ? at(0, i!, j!) - 0.5 + 1 : 6 * (at(1, i!, j!) - 1.5) - 1))],
  ],
  [
    "MaxPool",
    { op: "MaxPool", ...map, attributes: { kernel_shape: [2, 2], strides: [1, 2] } },
    [each([2, 2, 2], (c, i, j) => at(c!, i! + 1, 2 * j! + 1))],
  ],
  [
    "AveragePool",
    { op: "AveragePool", ...map, attributes: { kernel_shape: [2, 2], strides: [1, 2] } },
    [each([2, 2, 2], (c, i, j) => at(c!, i!, 2 * j!) + 0.25)],
  ],
  ["GlobalAveragePool", { op: "GlobalAveragePool", ...map }, [[0.65, 1.85]]],
  ["GlobalMaxPool", { op: "GlobalMaxPool", ...map }, [[1.2, 2.4]]],
  ["ReduceMean", { op: "ReduceMean", ...map, constants: [ints(2, 3)] }, [[0.65, 1.85]]],
  ["Softmax", { op: "Softmax", x: [0, Math.log(2), Math.log(5)] }, [[1 / 8, 2 / 8, 5 / 8]]],
  ["Add of two", { op: "Add", ...two }, [[3.5, -0.75, 0]]],
  ["Sub of two", { op: "Sub", ...two }, [[-2.5, -1.25, 4]]],
  ["Sum of two", { op: "Sum", ...two }, [[3.5, -0.75, 0]]],
  ["Mul of two", { op: "Mul", ...two }, [[1.5, -0.25, -4]]],
  ["Concat", { op: "Concat", ...two, attributes: { axis: -1 } }, [[0.5, -1, 2, 3, 0.25, -2]]],
  [
    "Split",
    { op: "Split", x: counted(6), constants: [ints(2, 1, 3)], attributes: { axis: 1 }, outputs: 3 },
    [[0.1, 0.2], [0.3], [0.4, 0.5, 0.6]],
  ],
  [
    "Slice, backwards",
    { op: "Slice", ...map, constants: [ints(-1, 1), ints(-5, 3), ints(3, 2), ints(-2, 1)] },
    [each([2, 2, 2], (c, i, j) => at(c!, i! + 1, 3 - 2 * j!))],
  ],
  [
    "Pad",
    { op: "Pad", shape: [1, 2, 2], x: [1, 2, 3, 4], constants: [ints(0, 0, 1, 0, 1, 0)] },
    [[0, 1, 2, 0, 3, 4, 0, 0, 0]],
  ],
  ["Flatten", { op: "Flatten", ...map }, [map.x]],
  ["Reshape", { op: "Reshape", ...map, constants: [ints(0, -1, 6)] }, [map.x]],
  [
    "Transpose",
    { op: "Transpose", ...map, attributes: { perm: [0, 3, 1, 2] } },
    [each([4, 2, 3], (j, c, i) => at(c!, i!, j!))],
  ],
  ["Squeeze", { op: "Squeeze", shape: [1, 1, 3], x: [1, 2, 3], constants: [ints(1)] }, [[1, 2, 3]]],
  ["Unsqueeze", { op: "Unsqueeze", x: [1, 2, 3], constants: [ints(2)] }, [[1, 2, 3]]],
];

describe("an operator gives what its definition does", () => {
  test.each(elementwise)("%s %#", (op, definition, attributes, constants) => {
    const { unknown, values } = read({ op, ...(attributes && { attributes }), ...(constants && { constants }) });
    expect(unknown).toEqual([]);
    near(values()[0]!, POINTS.map(definition));
  });

  test.each(others)("%s", (_, given, expected) => {
    const { unknown, values } = read(given);
    expect(unknown).toEqual([]);
    for (const [k, found] of values().entries()) near(found, expected[k]!);
  });

  test("there is a definition for every operator that is read", () => {
    const tried = new Set([...elementwise.map(([op]) => op), ...others.map(([, { op }]) => op)]);
    expect(Object.keys(onnxOperators).filter((op) => !tried.has(op))).toEqual([]);
  });
});

describe("what an operator cannot be here is said", () => {
  test.each<[string, Case, RegExp]>([
    [
      "an input that is transposed",
      { op: "Gemm", shape: [2, 1], x: [1, 2], constants: [floats([2, 1], 1, 1)], attributes: { transA: 1 } },
      /a transposed input/,
    ],
    [
      "weights of three axes",
      { op: "MatMul", constants: [floats([1, 7, 1], 1, 1, 1, 1, 1, 1, 1)] },
      /not a matrix on the right/,
    ],
    ["two values that vary", { op: "MatMul", x: [1], shape: [1, 1], second: [2] }, /two values that both vary/],
    [
      "a batch's own mean",
      {
        op: "BatchNormalization",
        ...map,
        constants: [1, 2, 3, 4].map((v) => floats([2], v, v)),
        attributes: { training_mode: 1 },
      },
      /by the batch/,
    ],
    ["division by what varies", { op: "Div", ...two }, /division by values that vary/],
    ["division by 0", { op: "Div", x: [1, 2], constants: [floats([1], 0)] }, /divides by 0/],
    ["a power of a half", { op: "Pow", constants: [floats([], 0.5)] }, /powers other than whole numbers/],
    ["a slope of each unit", { op: "PRelu", x: [1, 2], constants: [floats([2], 0.1, 0.2)] }, /slopes that differ/],
    ["rounding to whole numbers", { op: "Cast", attributes: { to: 7 } }, /rounding to whole numbers/],
    [
      "padding by reflection",
      { op: "Pad", x: [1, 2], constants: [ints(0, 1, 0, 1)], attributes: { mode: "reflect" } },
      /other than with a constant/,
    ],
    ["padding that cuts", { op: "Pad", x: [1, 2], constants: [ints(0, -1, 0, 0)] }, /padding below 0/],
    ["a mean over channels", { op: "ReduceMean", ...map, constants: [ints(1)] }, /means other than over all positions/],
    [
      "joining with a constant",
      { op: "Concat", x: [1, 2], constants: [floats([1, 1], 3)], attributes: { axis: 1 } },
      /with constants/,
    ],
    [
      "fewer parts than outputs",
      { op: "Split", x: [1, 2, 3], constants: [ints(1, 2)], attributes: { axis: 1 }, outputs: 3 },
      /differs from that of its outputs/,
    ],
  ])("%s", (_, given, reason) => {
    const { unknown } = read(given);
    expect(unknown.join()).toMatch(reason);
  });
});
