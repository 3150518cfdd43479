/** Convolutional classifiers as ONNX files, and what they answer, computed place by place by loops that share nothing with the product. */

import { type OnnxConstant, type OnnxModel, type OnnxNode, onnxBytes } from "../../../../test/onnx.ts";
import { type Dataset, dataset } from "../../src/datasets/dataset.ts";
import { graphFromOnnx } from "../../src/formats/onnx/read-onnx.ts";
import { Random } from "../../src/information/random.ts";

const random = new Random(11);

function numbers(count: number, low = -1, high = 1): Float32Array {
  const drawn = new Float64Array(count);
  random.fill(drawn, low, high);
  return Float32Array.from(drawn);
}

/** A channel map: `values[channel][row][column]`. */
export type Maps = number[][][];
/** Replaces units by constants: layer, unit → value, or undefined where it is left alone. */
export type Hold = (layer: number, unit: number) => number | undefined;
const NOTHING: Hold = () => undefined;

export interface Fixture {
  /** @param batch examples that the file fixes; else it leaves them open. */
  readonly bytes: (ending?: "Softmax", batch?: number) => Uint8Array;
  /** For one example the maps of each hidden layer as they are held, and the logits. */
  readonly run: (x: ArrayLike<number>, hold?: Hold) => { readonly hidden: readonly Maps[]; readonly logits: number[] };
  readonly data: Dataset;
}

const held = (maps: Maps, layer: number, hold: Hold): Maps =>
  maps.map((map, unit) => map.map((row) => row.map((value) => hold(layer, unit) ?? value)));
const relu = (maps: Maps): Maps => maps.map((map) => map.map((row) => row.map((value) => Math.max(0, value))));
const column = (values: readonly number[]): Maps => values.map((value) => [[value]]);
const flat = (maps: Maps): number[] => maps.flat(2);

function convolve(x: Maps, w: Float32Array, b: Float32Array, size: number, pad: number): Maps {
  const [height, width] = [x[0]!.length + 2 * pad - size + 1, x[0]![0]!.length + 2 * pad - size + 1];
  return Array.from(b, (bias, o) =>
    Array.from({ length: height }, (_, i) =>
      Array.from({ length: width }, (_, j) => {
        let sum = bias;
        for (let c = 0; c < x.length; c++) {
          for (let p = 0; p < size; p++) {
            for (let q = 0; q < size; q++) {
              sum += w[((o * x.length + c) * size + p) * size + q]! * (x[c]![i + p - pad]?.[j + q - pad] ?? 0);
            }
          }
        }
        return sum;
      }),
    ),
  );
}

const linear = (x: readonly number[], w: Float32Array, b: Float32Array): number[] =>
  Array.from(b, (bias, j) => x.reduce((sum, value, i) => sum + w[j * x.length + i]! * value, bias));

const pooled = (maps: Maps): Maps =>
  maps.map((map) =>
    Array.from({ length: map.length / 2 }, (_, i) =>
      Array.from({ length: map.length / 2 }, (_, j) =>
        Math.max(map[2 * i]![2 * j]!, map[2 * i + 1]![2 * j]!, map[2 * i]![2 * j + 1]!, map[2 * i + 1]![2 * j + 1]!),
      ),
    ),
  );

function mapsOf(x: ArrayLike<number>, channels: number, side: number): Maps {
  return Array.from({ length: channels }, (_, c) =>
    Array.from({ length: side }, (_, i) => Array.from({ length: side }, (_, j) => x[(c * side + i) * side + j]!)),
  );
}

function fileOf(open: OnnxModel, ending: "Softmax" | undefined, batch: number | string = "batch"): Uint8Array {
  const model = { ...open, inputs: { x: [batch, ...open.inputs.x!.slice(1)] } };
  if (ending === undefined) return onnxBytes(model);
  const last: OnnxNode = { op: ending, inputs: [...model.outputs], output: "probabilities", attributes: { axis: 1 } };
  return onnxBytes({ ...model, nodes: [...model.nodes, last], outputs: ["probabilities"] });
}

function examples(rows: number, features: number): Dataset {
  const data = Float64Array.from(numbers(rows * features));
  const labels = Int32Array.from({ length: rows }, (_, row) => row % 3);
  // The class is in the first values, so that units know something of it.
  for (let row = 0; row < rows; row++) for (let k = 0; k < 4; k++) data[row * features + k]! += labels[row]! - 1;
  return dataset({ name: "examples", inputs: { data, shape: [rows, features] }, labels });
}

const constant = (values: Float32Array, ...shape: number[]): OnnxConstant => ({ shape, values });

/** [2, 6, 6] → convolution 3×3 of 3 channels, normalised, ReLU, pooled → convolution 2×2 of 4, ReLU → 5, ReLU → 3 logits. */
export function lenet(): Fixture {
  const [w1, b1, w2, b2] = [numbers(54), numbers(3), numbers(48), numbers(4)];
  const [w3, b3, w4, b4] = [numbers(80), numbers(5, 0, 0.5), numbers(15), numbers(3)];
  const [scale, shift, mean, variance] = [numbers(3, 0.5, 2), numbers(3), numbers(3), numbers(3, 0.5, 2)];
  const model: OnnxModel = {
    nodes: [
      { op: "Conv", inputs: ["x", "w1", "b1"], output: "conv1", attributes: { pads: [1, 1, 1, 1] } },
      { op: "BatchNormalization", inputs: ["conv1", "scale", "shift", "mean", "variance"], output: "bn" },
      { op: "Relu", inputs: ["bn"], output: "relu1" },
      { op: "MaxPool", inputs: ["relu1"], output: "pool", attributes: { kernel_shape: [2, 2], strides: [2, 2] } },
      { op: "Conv", inputs: ["pool", "w2", "b2"], output: "conv2" },
      { op: "Relu", inputs: ["conv2"], output: "relu2" },
      { op: "Flatten", inputs: ["relu2"], output: "flat" },
      { op: "Gemm", inputs: ["flat", "w3", "b3"], output: "fc1", attributes: { transB: 1 } },
      { op: "Relu", inputs: ["fc1"], output: "relu3" },
      { op: "Gemm", inputs: ["relu3", "w4", "b4"], output: "fc2" },
    ],
    inputs: { x: ["batch", 2, 6, 6] },
    outputs: ["fc2"],
    constants: {
      w1: constant(w1, 3, 2, 3, 3),
      b1: constant(b1, 3),
      w2: constant(w2, 4, 3, 2, 2),
      b2: constant(b2, 4),
      w3: constant(w3, 5, 16),
      b3: constant(b3, 5),
      // [inputs, outputs], as Gemm has it where nothing is transposed.
      w4: constant(
        w4.map((_, at) => w4[(at % 3) * 5 + Math.floor(at / 3)]!),
        5,
        3,
      ),
      b4: constant(b4, 3),
      scale: constant(scale, 3),
      shift: constant(shift, 3),
      mean: constant(mean, 3),
      variance: constant(variance, 3),
    },
  };
  return {
    bytes: (ending, batch) => fileOf(model, ending, batch),
    run: (x, hold = NOTHING) => {
      const normal = convolve(mapsOf(x, 2, 6), w1, b1, 3, 1).map((map, c) =>
        map.map((row) =>
          row.map((value) => ((value - mean[c]!) / Math.sqrt(variance[c]! + 1e-5)) * scale[c]! + shift[c]!),
        ),
      );
      const first = held(relu(normal), 0, hold);
      const second = held(relu(convolve(pooled(first), w2, b2, 2, 0)), 1, hold);
      const third = held(relu(column(linear(flat(second), w3, b3))), 2, hold);
      return { hidden: [first, second, third], logits: linear(flat(third), w4, b4) };
    },
    data: examples(90, 72),
  };
}

/** [1, 4, 4] → convolution 3×3 of 3 channels, ReLU = a → convolution 3×3, plus a, ReLU → mean over places → 3 logits. */
export function residual(): Fixture & {
  readonly weights: { readonly second: Float32Array; readonly last: Float32Array };
} {
  const [w1, b1, w2, b2, w3, b3] = [numbers(27), numbers(3), numbers(81), numbers(3), numbers(9), numbers(3)];
  const pads = { pads: [1, 1, 1, 1] };
  const model: OnnxModel = {
    nodes: [
      { op: "Conv", inputs: ["x", "w1", "b1"], output: "conv1", attributes: pads },
      { op: "Relu", inputs: ["conv1"], output: "a" },
      { op: "Conv", inputs: ["a", "w2", "b2"], output: "conv2", attributes: pads },
      { op: "Add", inputs: ["conv2", "a"], output: "added" },
      { op: "Relu", inputs: ["added"], output: "b" },
      { op: "GlobalAveragePool", inputs: ["b"], output: "mean" },
      { op: "Flatten", inputs: ["mean"], output: "flat" },
      { op: "Gemm", inputs: ["flat", "w3", "b3"], output: "fc", attributes: { transB: 1 } },
    ],
    inputs: { x: ["batch", 1, 4, 4] },
    outputs: ["fc"],
    constants: {
      w1: constant(w1, 3, 1, 3, 3),
      b1: constant(b1, 3),
      w2: constant(w2, 3, 3, 3, 3),
      b2: constant(b2, 3),
      w3: constant(w3, 3, 3),
      b3: constant(b3, 3),
    },
  };
  return {
    bytes: (ending, batch) => fileOf(model, ending, batch),
    run: (x, hold = NOTHING) => {
      const a = held(relu(convolve(mapsOf(x, 1, 4), w1, b1, 3, 1)), 0, hold);
      const added = convolve(a, w2, b2, 3, 1).map((map, c) =>
        map.map((row, i) => row.map((value, j) => value + a[c]![i]![j]!)),
      );
      const b = held(relu(added), 1, hold);
      const means = b.map((map) => map.flat().reduce((sum, value) => sum + value, 0) / 16);
      return { hidden: [a, b], logits: linear(means, w3, b3) };
    },
    data: examples(60, 16),
    weights: { second: w2, last: w3 },
  };
}

export function graphOfFile(bytes: Uint8Array) {
  return graphFromOnnx(bytes, "model.onnx");
}

/** Accuracy and mean cross-entropy in nats of all examples, each run by itself. */
export function naiveAnswers({ run, data }: Fixture, hold: Hold) {
  let [right, loss] = [0, 0];
  const features = data.features;
  for (let row = 0; row < data.rows; row++) {
    const { logits } = run(data.inputs.subarray(row * features, (row + 1) * features), hold);
    const label = data.labels![row]!;
    if (logits.indexOf(Math.max(...logits)) === label) right++;
    loss += Math.log(logits.reduce((sum, z) => sum + Math.exp(z - logits[label]!), 0));
  }
  return { accuracy: right / data.rows, loss: loss / data.rows };
}
