/** Keras layers without weights. */
import { FormatError } from "../../checks/error-classes.ts";
import type { Operation, Shape } from "../../model/graph.ts";
import { elements } from "../../model/tensor.ts";
import { sizesText } from "./checked.ts";
import { OPEN_SIZE, unknown, windowOf } from "./convolution.ts";
import { activationOperations, leaky, parametrized } from "./keras-activations.ts";
import { type KerasLayer, type LayerReader, type Step, steps } from "./keras-layer.ts";

const passed: LayerReader = { becomes: "nothing", remark: "passed through: acts in training only", read: () => [] };

export const plainLayers: Readonly<Record<string, LayerReader>> = {
  Activation: { becomes: "activation", remark: "or softmax", read: activation },
  ReLU: { becomes: "activation", remark: "max_value, threshold, negative_slope", read: relu },
  LeakyReLU: {
    becomes: "activation",
    read: ({ className, config }) =>
      steps(leaky(className, config.number("negative_slope", config.number("alpha", 0.3)))),
  },
  ELU: {
    becomes: "activation",
    read: ({ className, config }) => {
      const alpha = config.number("alpha", 1);
      return steps(alpha === 1 ? { kind: "activation", activation: "elu" } : parametrized(className, "elu", alpha));
    },
  },
  ThresholdedReLU: {
    becomes: "activation",
    read: ({ className, config }) => steps(parametrized(className, "thresholded-relu", config.number("theta", 1))),
  },
  Softmax: { becomes: "softmax", read: softmax },
  MaxPooling1D: { becomes: "max-pool", read: (layer) => pooling(layer, "max-pool", 1) },
  MaxPooling2D: { becomes: "max-pool", read: (layer) => pooling(layer, "max-pool", 2) },
  AveragePooling1D: { becomes: "average-pool", read: (layer) => pooling(layer, "average-pool", 1) },
  AveragePooling2D: { becomes: "average-pool", read: (layer) => pooling(layer, "average-pool", 2) },
  GlobalAveragePooling1D: { becomes: "global-average-pool", read: (layer) => globally(layer, "global-average-pool") },
  GlobalAveragePooling2D: { becomes: "global-average-pool", read: (layer) => globally(layer, "global-average-pool") },
  GlobalMaxPooling1D: { becomes: "global-max-pool", read: (layer) => globally(layer, "global-max-pool") },
  GlobalMaxPooling2D: { becomes: "global-max-pool", read: (layer) => globally(layer, "global-max-pool") },
  Flatten: { becomes: "reshape", remark: "channels first: transposed before", read: flatten },
  Reshape: { becomes: "reshape", read: reshape },
  Permute: { becomes: "transpose", read: permute },
  ZeroPadding1D: { becomes: "pad", read: (layer) => zeroPadding(layer, 1) },
  ZeroPadding2D: { becomes: "pad", read: (layer) => zeroPadding(layer, 2) },
  Rescaling: { becomes: "affine", remark: "scale and offset that are numbers", read: rescaling },
  Add: { becomes: "sum", read: (layer) => sum(layer, () => 1) },
  Subtract: { becomes: "sum", remark: "coefficients 1 and −1", read: (layer) => sum(layer, (k) => (k === 0 ? 1 : -1)) },
  Average: { becomes: "sum", remark: "coefficients 1/n", read: (layer) => sum(layer, () => 1 / layer.inputs.length) },
  Multiply: { becomes: "product", read: multiply },
  Concatenate: { becomes: "concatenate", read: concatenate },
  Dropout: passed,
  AlphaDropout: passed,
  SpatialDropout1D: passed,
  SpatialDropout2D: passed,
  GaussianDropout: passed,
  GaussianNoise: passed,
  ActivityRegularization: passed,
};

function activation({ config, shapes }: KerasLayer): readonly Step[] {
  return steps(...activationOperations(config.activation(), shapes[0]?.length));
}

function relu({ className, config }: KerasLayer): readonly Step[] {
  const slope = config.number("negative_slope", 0);
  const threshold = config.number("threshold", 0);
  const most = config.get("max_value") === undefined ? undefined : config.number("max_value", 0);
  if (threshold !== 0 && slope !== 0) {
    return steps(unknown(className, "a threshold together with a slope is not supported"));
  }
  if (threshold === 0 && slope === 0 && most !== undefined) return steps(parametrized(className, "clip", 0, most));
  const first = threshold === 0 ? leaky(className, slope) : parametrized(className, "thresholded-relu", threshold);
  return steps(first, ...(most === undefined ? [] : [parametrized(className, "clip", -Infinity, most)]));
}

function softmax(layer: KerasLayer): readonly Step[] {
  const axes = layer.config.list("axis", -MOST_AXES) ?? [-1];
  const rank = layer.shapes[0]?.length;
  if (axes.length !== 1) return steps(unknown(layer.className, "it runs over several axes"));
  if (rank === undefined) return steps(unknown(layer.className, OPEN_AXIS));
  return steps({ kind: "softmax", axis: axisOf(layer, axes[0]!, rank) });
}

function pooling(layer: KerasLayer, kind: "max-pool" | "average-pool", axes: number): readonly Step[] {
  const { config, className, shapes } = layer;
  const kernel = config.sizes(
    "pool_size",
    axes,
    Array.from({ length: axes }, () => 2),
  );
  const window = windowOf({
    input: shapes[0],
    kernel,
    strides: config.sizes("strides", axes, kernel),
    dilations: kernel.map(() => 1),
    padding: config.padding(),
    channelsLast: config.channelsLast(),
  });
  if (window === undefined) return steps(unknown(className, OPEN_SIZE));
  if (kind === "max-pool") return steps({ kind, kernel, ceil: false, ...window });
  return steps({ kind, kernel, ceil: false, countPadding: false, ...window });
}

function globally({ config }: KerasLayer, kind: "global-average-pool" | "global-max-pool"): readonly Step[] {
  return steps({ kind, channelsLast: config.channelsLast(), keep: config.flag("keepdims", false) });
}

function flatten(layer: KerasLayer): readonly Step[] {
  const shape = layer.shapes[0];
  if (shape === undefined) return steps(unknown(layer.className, "the size of its input is unspecified"));
  const flat: Operation = { kind: "reshape", shape: [shape[0]!, elements(shape.slice(1))] };
  if (layer.config.channelsLast() || shape.length < 3) return steps(flat);
  const permutation = [0, ...shape.slice(2).map((_, axis) => axis + 2), 1];
  return steps({ kind: "transpose", permutation }, flat);
}

function reshape(layer: KerasLayer): readonly Step[] {
  const input = layer.shapes[0];
  const target = layer.config.openSizes("target_shape");
  if (input === undefined) return steps(unknown(layer.className, "the size of its input is unspecified"));
  const shape = filled(target, elements(input.slice(1)));
  if (shape === undefined) fail(layer, `a target shape of ${elements(input.slice(1))} values`, sizesText(target));
  return steps({ kind: "reshape", shape: [input[0]!, ...shape] });
}

/** The shape with its one −1 found, undefined where it does not hold `size` values. */
export function filled(target: readonly number[], size: number): Shape | undefined {
  const open = target.indexOf(-1);
  if (open < 0) return elements(target) === size ? target : undefined;
  const rest = elements(target.filter((_, axis) => axis !== open));
  const found = size / rest;
  return rest > 0 && Number.isSafeInteger(found) ? target.with(open, found) : undefined;
}

function permute(layer: KerasLayer): readonly Step[] {
  const dims = layer.config.list("dims", 1) ?? [];
  return steps({ kind: "transpose", permutation: [0, ...dims] });
}

function zeroPadding({ config }: KerasLayer, axes: number): readonly Step[] {
  const spatial = config.zeros(axes);
  const none = [0, 0] as const;
  const all = config.channelsLast() ? [none, ...spatial, none] : [none, none, ...spatial];
  return steps({ kind: "pad", before: all.map(([before]) => before), after: all.map(([, after]) => after) });
}

function rescaling({ className, config }: KerasLayer): readonly Step[] {
  if (Array.isArray(config.get("scale")) || Array.isArray(config.get("offset"))) {
    return steps(unknown(className, "a scale or an offset per channel is not supported"));
  }
  const scale = { shape: [], values: Float64Array.of(config.number("scale", 1)) };
  const shift = { shape: [], values: Float64Array.of(config.number("offset", 0)) };
  return steps({ kind: "affine", scale, shift, parameters: 0 });
}

function sum({ inputs }: KerasLayer, coefficient: (k: number) => number): readonly Step[] {
  return steps({ kind: "sum", coefficients: inputs.map((_, k) => coefficient(k)) });
}

function multiply({ inputs }: KerasLayer): readonly Step[] {
  const [, , ...more] = inputs;
  return [
    { operation: { kind: "product" }, take: 2 },
    ...more.map((name): Step => ({ operation: { kind: "product" }, more: [name] })),
  ];
}

function concatenate(layer: KerasLayer): readonly Step[] {
  const rank = layer.shapes[0]?.length;
  const axis = layer.config.whole("axis", -1);
  if (rank === undefined) return steps(unknown(layer.className, OPEN_AXIS));
  return steps({ kind: "concatenate", axis: axisOf(layer, axis, rank) });
}

const MOST_AXES = 16;
const OPEN_AXIS = "its axis depends on an unknown shape";

function axisOf(layer: KerasLayer, axis: number, rank: number): number {
  if (axis >= rank || axis < -rank) fail(layer, `an axis of ${rank} axes`, `${axis}`);
  return axis < 0 ? axis + rank : axis;
}

function fail(layer: KerasLayer, expected: string, got: string): never {
  throw new FormatError({ who: layer.who, expected, got });
}
