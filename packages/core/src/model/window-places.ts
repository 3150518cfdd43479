/** Which places of an input a window covers, for one place of its output. */
import type { Shape, SlidingWindow } from "./graph.ts";

/** A tensor's axes as a window sees them. */
export interface SpatialShape {
  readonly channels: number;
  readonly spatial: Shape;
}

export function spatialShape(shape: Shape, channelsLast: boolean): SpatialShape {
  return channelsLast
    ? { channels: shape.at(-1)!, spatial: shape.slice(1, -1) }
    : { channels: shape[1]!, spatial: shape.slice(2) };
}

/** Flat position of a unit: its place in the batch, its channel, and its place along each spatial axis. */
export function flatIndex(shape: Shape, channelsLast: boolean, batch: number, channel: number, place: Shape): number {
  const channels = channelsLast ? shape.at(-1)! : shape[1]!;
  const first = channelsLast ? 1 : 2;
  const axes = shape.length - 2;
  let at = channelsLast ? batch : batch * channels + channel;
  for (let axis = 0; axis < axes; axis++) at = at * shape[first + axis]! + place[axis]!;
  return channelsLast ? at * channels + channel : at;
}

/** The inverse of `flatIndex`. */
export function placeOf(shape: Shape, channelsLast: boolean, index: number) {
  const { channels, spatial } = spatialShape(shape, channelsLast);
  let rest = index;
  let channel = 0;
  if (channelsLast) {
    channel = rest % channels;
    rest = Math.floor(rest / channels);
  }
  const place = new Array<number>(spatial.length);
  for (let axis = spatial.length - 1; axis >= 0; axis--) {
    place[axis] = rest % spatial[axis]!;
    rest = Math.floor(rest / spatial[axis]!);
  }
  if (channelsLast) return { batch: rest, channel, place };
  return { batch: Math.floor(rest / channels), channel: rest % channels, place };
}

/** A place under a window: where in the kernel, and where in the input. */
export interface Covered {
  /** Flat, row-major over the kernel. */
  readonly tap: number;
  readonly place: readonly number[];
}

/**
 * The places of the input that the window at `place` of the output covers. `padded` counts those taps that fall into the declared padding;
 * taps beyond that (which rounding up brings) are nowhere.
 */
export function covered(
  spatial: Shape,
  kernel: Shape,
  taps: SlidingWindow,
  place: Shape,
): { readonly inside: readonly Covered[]; readonly padded: number } {
  const inside: Covered[] = [];
  let padded = 0;
  const count = kernel.reduce((product, size) => product * size, 1);
  const offset = new Array<number>(kernel.length).fill(0);
  for (let tap = 0; tap < count; tap++) {
    let where: "inside" | "padded" | "nowhere" = "inside";
    const at = new Array<number>(kernel.length);
    for (let axis = 0; axis < kernel.length; axis++) {
      const found = place[axis]! * taps.strides[axis]! + offset[axis]! * taps.dilations[axis]! - taps.before[axis]!;
      if (found >= spatial[axis]! + taps.after[axis]!) where = "nowhere";
      else if ((found < 0 || found >= spatial[axis]!) && where === "inside") where = "padded";
      at[axis] = found;
    }
    if (where === "inside") inside.push({ tap, place: at });
    else if (where === "padded") padded++;
    for (let axis = kernel.length - 1; axis >= 0; axis--) {
      offset[axis]!++;
      if (offset[axis]! < kernel[axis]!) break;
      offset[axis] = 0;
    }
  }
  return { inside, padded };
}
