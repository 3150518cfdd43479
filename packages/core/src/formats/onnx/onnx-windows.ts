/** Convolutions and pooling of ONNX: where windows go. */
import type { SlidingWindow } from "../../model/graph.ts";
import type { Call, Reading } from "./call.ts";

export const OPEN = "the shape of its input is unknown: set the shape of the network's inputs (`inputShapes`)";

/** A clause where it cannot be told. */
function windowOf(call: Call, kernel: readonly number[]): SlidingWindow | string {
  const axes = kernel.length;
  const strides = call.ints("strides") ?? kernel.map(() => 1);
  const dilations = call.ints("dilations") ?? kernel.map(() => 1);
  const pads = call.ints("pads") ?? new Array<number>(2 * axes).fill(0);
  const common = { strides, dilations, channelsLast: false };
  const auto = call.text("auto_pad", "NOTSET");
  if (auto === "NOTSET" || auto === "VALID") {
    const used = auto === "VALID" ? pads.map(() => 0) : pads;
    if (used.some((pad) => pad < 0) || used.length !== 2 * axes) return "padding below 0 is not supported";
    return { ...common, before: used.slice(0, axes), after: used.slice(axes) };
  }
  const spatial = call.shape(0)?.slice(2);
  if (spatial === undefined || spatial.length !== axes) return OPEN;
  const total = spatial.map((size, axis) => {
    const span = (kernel[axis]! - 1) * dilations[axis]! + 1;
    return Math.max(0, (Math.ceil(size / strides[axis]!) - 1) * strides[axis]! + span - size);
  });
  const less = total.map((size) => Math.floor(size / 2));
  const more = total.map((size, axis) => size - less[axis]!);
  return auto === "SAME_LOWER" ? { ...common, before: more, after: less } : { ...common, before: less, after: more };
}

export function convolution(call: Call): Reading {
  const weights = call.weight(1);
  const bias = call.weight(2);
  if (weights === undefined || (call.input(2) !== undefined && bias === undefined)) {
    return { unknown: "its weights are computed at run time" };
  }
  if (weights.shape.length < 3) return { unknown: "its weights have no kernel" };
  const taps = windowOf(call, weights.shape.slice(2));
  if (typeof taps === "string") return { unknown: taps };
  const groups = call.int("group", 1);
  if (groups < 1) return { unknown: `${groups} is not a valid number of groups` };
  return { operation: { kind: "convolution", weights, ...(bias && { bias }), groups, ...taps } };
}

export function maxPool(call: Call): Reading {
  if (call.node.output.length > 1 && call.node.output[1] !== "")
    return { unknown: "positions of maxima are not supported" };
  const kernel = call.ints("kernel_shape") ?? [];
  const taps = windowOf(call, kernel);
  if (typeof taps === "string") return { unknown: taps };
  return { operation: { kind: "max-pool", kernel, ceil: call.int("ceil_mode", 0) === 1, ...taps } };
}

export function averagePool(call: Call): Reading {
  const kernel = call.ints("kernel_shape") ?? [];
  const taps = windowOf(call, kernel);
  if (typeof taps === "string") return { unknown: taps };
  const countPadding = call.int("count_include_pad", 0) === 1;
  return { operation: { kind: "average-pool", kernel, ceil: call.int("ceil_mode", 0) === 1, countPadding, ...taps } };
}

export function globalPool(kind: "global-average-pool" | "global-max-pool"): (call: Call) => Reading {
  return () => ({ operation: { kind, channelsLast: false, keep: true } });
}
