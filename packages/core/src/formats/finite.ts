/** Weights that can be measured: finite numbers, all of them. */
import { FormatError } from "../checks/error-classes.ts";
import type { Tensor } from "../model/tensor.ts";

/** A tensor whose values can be looked at without decoding them. */
export interface InspectableTensor extends Tensor {
  /** Position of the first value that is NaN or infinite; −1 where there is none. */
  readonly firstNotFinite: () => number;
}

/** Those that were looked at: thousands of nodes may take one tensor. */
const known = new WeakSet<Tensor | InspectableTensor>();

/**
 * Looks at each value of a tensor.
 *
 * @param who Names the tensor in errors: `model.safetensors: fc1.weight`.
 * @throws FormatError that says where the first value stands that is not finite: `[row][column]`.
 */
export function requireFinite(tensor: Tensor | InspectableTensor, who: string): void {
  if (known.has(tensor)) return;
  const at = "firstNotFinite" in tensor ? tensor.firstNotFinite() : firstNotFinite(tensor.values());
  if (at < 0) {
    known.add(tensor);
    return;
  }
  const place = placeOf(at, tensor.shape);
  throw new FormatError({ who, expected: "finite numbers", got: `${tensor.values()[at]} at ${place}` });
}

export function firstNotFinite(values: Float32Array | Float64Array): number {
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    // NaN and the infinities alone give no 0.
    if (value - value !== 0) return at;
  }
  return -1;
}

/** `[row][column]` of a position in row-major order. */
function placeOf(at: number, shape: readonly number[]): string {
  let rest = at;
  let place = "";
  for (const size of [...shape].reverse()) {
    place = `[${rest % size}]${place}`;
    rest = Math.floor(rest / size);
  }
  return place;
}
