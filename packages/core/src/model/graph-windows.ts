/** Convolutions and pools, computed: whatever their number of spatial axes, strides, dilations and padding. */
import { check } from "../checks/check.ts";
import type { Operation, Shape, SlidingWindow } from "./graph.ts";
import { matrixProduct } from "./matrix-product.ts";
import { elements } from "./tensor.ts";

type Of<Kind> = Extract<Operation, { kind: Kind }>;

/** A tensor with a batch, channels, and spatial places as one axis: how far apart its neighbours are. */
interface Layout {
  readonly batch: number;
  readonly channels: number;
  readonly spatial: Shape;
  readonly places: number;
  readonly batchStride: number;
  readonly channelStride: number;
  readonly placeStride: number;
}

function layoutOf(shape: Shape, channelsLast: boolean): Layout {
  const channels = channelsLast ? shape.at(-1)! : shape[1]!;
  const spatial = channelsLast ? shape.slice(1, -1) : shape.slice(2);
  const places = elements(spatial);
  return {
    batch: shape[0]!,
    channels,
    spatial,
    places,
    batchStride: channels * places,
    channelStride: channelsLast ? 1 : places,
    placeStride: channelsLast ? channels : 1,
  };
}

/** Places whose patches are multiplied at once: a few hundred kilobytes. */
const PATCH_VALUES = 2 ** 16;

/** Each place's patch as a row, zeros in the padding; then one matrix product per group. */
export function convolution(
  operation: Of<"convolution">,
  x: Float64Array,
  inputShape: Shape,
  outputShape: Shape,
): Float64Array {
  const { weights, bias, groups, channelsLast } = operation;
  const kernel = weights.shape.slice(2);
  const taps = elements(kernel);
  const input = layoutOf(inputShape, channelsLast);
  const output = layoutOf(outputShape, channelsLast);
  const [within, perGroup] = [input.channels / groups, output.channels / groups];
  const n = within * taps;
  const w = weights.values();
  const b = bias?.values();
  const y = new Float64Array(elements(outputShape));
  const under = Array.from({ length: output.places }, (_, place) => {
    const places = new Int32Array(taps);
    placesUnder(operation, kernel, input.spatial, output.spatial, place, places);
    return places;
  });
  const most = Math.min(output.places, Math.max(1, Math.floor(PATCH_VALUES / n)));
  const patches = new Float64Array(most * n);
  for (let example = 0; example < input.batch; example++) {
    for (let group = 0; group < groups; group++) {
      const from = example * input.batchStride + group * within * input.channelStride;
      const to = example * output.batchStride + group * perGroup * output.channelStride;
      for (let first = 0; first < output.places; first += most) {
        const rows = Math.min(most, output.places - first);
        for (let row = 0; row < rows; row++) {
          const places = under[first + row]!;
          for (let channel = 0, at = row * n; channel < within; channel++) {
            const base = from + channel * input.channelStride;
            for (let tap = 0; tap < taps; tap++, at++) {
              patches[at] = places[tap]! < 0 ? 0 : x[base + places[tap]! * input.placeStride]!;
            }
          }
        }
        const part = w.subarray(group * perGroup * n, (group + 1) * perGroup * n);
        const products = matrixProduct(patches, rows, n, part, perGroup, b?.subarray(group * perGroup));
        for (let row = 0; row < rows; row++) {
          const at = to + (first + row) * output.placeStride;
          for (let j = 0; j < perGroup; j++) y[at + j * output.channelStride] = products[row * perGroup + j]!;
        }
      }
    }
  }
  return y;
}

/** The greatest value, or the mean, of what is under the window at each place. */
export function pool(
  operation: Of<"max-pool"> | Of<"average-pool">,
  x: Float64Array,
  inputShape: Shape,
  outputShape: Shape,
  who: string,
): Float64Array {
  const { kernel, channelsLast } = operation;
  const input = layoutOf(inputShape, channelsLast);
  const output = layoutOf(outputShape, channelsLast);
  const y = new Float64Array(elements(outputShape));
  const all = new Int32Array(elements(kernel));
  const windows = Array.from({ length: output.places }, (_, place) => {
    placesUnder(operation, kernel, input.spatial, output.spatial, place, all);
    const under = all.filter((at) => at >= 0).map((at) => at * input.placeStride);
    check(under.length > 0, () => ({
      who,
      expected: "windows that cover at least one value",
      got: "one entirely in the padding",
    }));
    const counted =
      operation.kind === "average-pool" && operation.countPadding
        ? countWithPadding(operation, input.spatial, output.spatial, place)
        : under.length;
    return { under, counted };
  });
  const isMost = operation.kind === "max-pool";
  // One map after another: its values are near to each other in memory.
  for (let example = 0; example < input.batch; example++) {
    for (let channel = 0; channel < input.channels; channel++) {
      const from = example * input.batchStride + channel * input.channelStride;
      const to = example * output.batchStride + channel * output.channelStride;
      for (let place = 0; place < output.places; place++) {
        const { under, counted } = windows[place]!;
        let found = isMost ? -Infinity : 0;
        if (isMost) for (let k = 0; k < under.length; k++) found = Math.max(found, x[from + under[k]!]!);
        else for (let k = 0; k < under.length; k++) found += x[from + under[k]!]!;
        y[to + place * output.placeStride] = isMost ? found : found / counted;
      }
    }
  }
  return y;
}

/** The mean, or the greatest value, over all spatial places. */
export function globalPool(
  operation: Of<"global-average-pool"> | Of<"global-max-pool">,
  x: Float64Array,
  inputShape: Shape,
): Float64Array {
  const { batch, channels, places, batchStride, channelStride, placeStride } = layoutOf(
    inputShape,
    operation.channelsLast,
  );
  const y = new Float64Array(batch * channels);
  for (let example = 0; example < batch; example++) {
    for (let channel = 0; channel < channels; channel++) {
      const from = example * batchStride + channel * channelStride;
      let [sum, most] = [0, -Infinity];
      for (let place = 0; place < places; place++) {
        const value = x[from + place * placeStride]!;
        sum += value;
        most = Math.max(most, value);
      }
      y[example * channels + channel] = operation.kind === "global-max-pool" ? most : sum / places;
    }
  }
  return y;
}

/** The input place under each tap of the kernel when the window stands at an output place; −1 in the padding. */
function placesUnder(
  { strides, dilations, before }: SlidingWindow,
  kernel: readonly number[],
  input: Shape,
  output: Shape,
  place: number,
  into: Int32Array,
): void {
  let rest = elements(output);
  let count = 1;
  into[0] = 0;
  for (let axis = 0; axis < kernel.length; axis++) {
    rest /= output[axis]!;
    const first = (Math.floor(place / rest) % output[axis]!) * strides[axis]! - before[axis]!;
    const [size, taps] = [input[axis]!, kernel[axis]!];
    // From the end, so that what is still to be read is not overwritten.
    for (let at = count - 1; at >= 0; at--) {
      const outer = into[at]!;
      for (let tap = taps - 1; tap >= 0; tap--) {
        const along = first + tap * dilations[axis]!;
        into[at * taps + tap] = outer < 0 || along < 0 || along >= size ? -1 : outer * size + along;
      }
    }
    count *= taps;
  }
}

/** Taps inside the padded input: those beyond it, which rounding up allows, never count. */
function countWithPadding(operation: Of<"average-pool">, input: Shape, output: Shape, place: number): number {
  let rest = elements(output);
  let count = 1;
  for (const [axis, taps] of operation.kernel.entries()) {
    rest /= output[axis]!;
    const first = (Math.floor(place / rest) % output[axis]!) * operation.strides[axis]! - operation.before[axis]!;
    const room = input[axis]! + operation.after[axis]! - first;
    count *= Math.min(taps, Math.ceil(room / operation.dilations[axis]!));
  }
  return count;
}
