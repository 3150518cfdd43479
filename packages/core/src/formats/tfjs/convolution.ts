/** What convolutions and pooling of TensorFlow have in common: how kernels lie, and where windows go. */
import { checkFile } from "../../checks/check.ts";
import type { Operation, Shape, SlidingWindow } from "../../model/graph.ts";
import { elements, type Tensor } from "../../model/tensor.ts";

/** `[…kernel, in, out]` as `[out, in, …kernel]`, moved when the values are asked for. */
export function convolutionKernel(stored: Tensor): Tensor {
  const inputs = stored.shape.at(-2)!;
  const outputs = stored.shape.at(-1)!;
  return moved(stored, stored.shape.slice(0, -2), inputs, outputs);
}

/** `[…kernel, in, multiplier]` as `[in · multiplier, 1, …kernel]`, for a convolution with as many groups as inputs. */
export function depthwiseKernel(stored: Tensor): Tensor {
  return moved(stored, stored.shape.slice(0, -2), 1, stored.shape.at(-2)! * stored.shape.at(-1)!);
}

function moved(stored: Tensor, kernel: Shape, inputs: number, outputs: number): Tensor {
  const places = elements(kernel);
  return {
    name: stored.name,
    shape: [outputs, inputs, ...kernel],
    dtype: stored.dtype,
    values: () => {
      const from = stored.values();
      const to = from instanceof Float32Array ? new Float32Array(from.length) : new Float64Array(from.length);
      let at = 0;
      for (let place = 0; place < places; place++) {
        for (let i = 0; i < inputs; i++) {
          for (let o = 0; o < outputs; o++) to[(o * inputs + i) * places + place] = from[at++]!;
        }
      }
      return to;
    },
  };
}

/** "causal": zeros before the first place only, so that nothing later is seen. */
export type Padding = "valid" | "same" | "causal" | { readonly before: Shape; readonly after: Shape };

export const OPEN_SIZE = "the position of its windows depends on the input size, which the file does not specify";

/** Undefined where the padding depends on sizes that are not known. */
export function windowOf(options: {
  readonly input: Shape | undefined;
  readonly kernel: Shape;
  readonly strides: Shape;
  readonly dilations: Shape;
  readonly padding: Padding;
  readonly channelsLast: boolean;
}): SlidingWindow | undefined {
  const { input, kernel, strides, dilations, padding, channelsLast } = options;
  const rest = { strides, dilations, channelsLast };
  if (typeof padding === "object") return { ...rest, ...padding };
  const none = kernel.map(() => 0);
  if (padding === "valid") return { ...rest, before: none, after: none };
  const spans = kernel.map((size, axis) => (size - 1) * dilations[axis]!);
  if (padding === "causal") return { ...rest, before: spans, after: none };
  const spatial = input && (channelsLast ? input.slice(1, -1) : input.slice(2));
  // With a stride of 1 each place stays, whatever the size.
  if (spatial === undefined && !strides.every((stride) => stride === 1)) return undefined;
  const total = spans.map((span, axis) => {
    const size = spatial?.[axis] ?? 1;
    const stride = strides[axis]!;
    return Math.max(0, (Math.ceil(size / stride) - 1) * stride + span + 1 - size);
  });
  const before = total.map((zeros) => Math.floor(zeros / 2));
  return { ...rest, before, after: total.map((zeros, axis) => zeros - before[axis]!) };
}

/**
 * `y = γ (x − mean) / √(variance + ε) + β` per channel, with `axesAfter` axes after the channels.
 *
 * @throws FormatError for a variance whose root is none.
 */
export function batchNormalization(options: {
  readonly who: string;
  readonly gamma?: Tensor;
  readonly beta?: Tensor;
  readonly mean: Tensor;
  readonly variance: Tensor;
  readonly epsilon: number;
  readonly axesAfter: number;
}): Extract<Operation, { kind: "affine" }> {
  const { who, gamma, beta, mean, variance, epsilon, axesAfter } = options;
  const [g, b, m, v] = [gamma?.values(), beta?.values(), mean.values(), variance.values()];
  const bad = v.findIndex((value) => !(value + epsilon > 0));
  checkFile(bad < 0, () => ({
    who,
    expected: "variances above 0 with epsilon",
    got: `${v[bad]} + ${epsilon} at [${bad}]`,
  }));
  const scale = Float64Array.from(v, (value, channel) => (g?.[channel] ?? 1) / Math.sqrt(value + epsilon));
  const shift = Float64Array.from(m, (value, channel) => (b?.[channel] ?? 0) - value * scale[channel]!);
  const shape = [m.length, ...Array.from({ length: axesAfter }, () => 1)];
  return {
    kind: "affine",
    scale: { shape, values: scale },
    shift: { shape, values: shift },
    parameters: [gamma, beta, mean, variance].reduce((sum, each) => sum + (each === undefined ? 0 : m.length), 0),
  };
}

export function unknown(operator: string, reason: string, shape?: Shape): Operation {
  return { kind: "unknown", operator, reason, ...(shape && { shape }) };
}
