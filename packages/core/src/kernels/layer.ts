/** A dense layer made ready for sampling, and how it is laid out in a kernel's memory. */
import type { Cuts } from "../information/bins.ts";
import type { StreamKey } from "../information/random.ts";
import { guideOf } from "./guide.ts";
import type { Instance } from "./wasm-instance.ts";

/** A dense layer on inputs that are uniform on (0, 1): plain data. */
export interface UnitLayer {
  readonly inputs: number;
  readonly outputs: number;
  /** `[outputs, inputs]`. */
  readonly weights: Float64Array;
  /** Pre-activations where every input is 0, `[outputs]`. */
  readonly base: Float64Array;
  readonly cuts: Cuts;
}

/** Lays cuts out as assembly/layer.ts reads them; returns their address. */
export function putCuts(instance: Instance, cuts: Cuts): number {
  const { low, scale, segments } = guideOf(cuts.thresholds);
  const [thresholds, bins, guide] = [instance.put(cuts.thresholds), instance.put(cuts.bins), instance.put(segments)];
  const at = instance.alloc(32);
  instance.f64(at, 2).set([low, scale]);
  instance.i32(at + 16, 4).set([cuts.thresholds.length, thresholds, bins, guide]);
  return at;
}

export function putLayer(instance: Instance, layer: UnitLayer): number {
  const { inputs, outputs, weights, base, cuts } = layer;
  return putFields(instance, [inputs, outputs, instance.put(weights), instance.put(base), putCuts(instance, cuts)]);
}

/** Bytes of a stream's record. */
export const STREAM_BYTES = 24;

/** Puts a stream's record, of `STREAM_BYTES`, at a draw whose number is a multiple of four. */
export function setStream(instance: Instance, at: number, key: StreamKey, position: number): void {
  const words = instance.u32(at, STREAM_BYTES / 4);
  const counter = position / 4;
  words.set(key);
  words[4] = counter % 2 ** 32;
  words[5] = Math.floor(counter / 2 ** 32);
}

/** A record of whole numbers and addresses. */
export function putFields(instance: Instance, fields: readonly number[]): number {
  const at = instance.alloc(4 * fields.length);
  instance.i32(at, fields.length).set(fields);
  return at;
}
