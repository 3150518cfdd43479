/** A dense mechanism with its inputs scaled to U(0, 1), as the kernels take it. */
import type { Cuts } from "../../information/bins.ts";
import type { UnitLayer } from "../../kernels/layer.ts";
import type { DenseMechanism } from "../../model/mechanism.ts";

export function unitLayer({ inputs, outputs, inputRanges, dense }: DenseMechanism, cuts: Cuts): UnitLayer {
  const weights = dense.weights.map((weight, at) => {
    const [low, high] = inputRanges[at % inputs]!;
    return weight * (high - low);
  });
  const base = dense.bias.slice();
  for (let j = 0; j < outputs; j++) {
    for (let i = 0; i < inputs; i++) base[j]! += dense.weights[j * inputs + i]! * inputRanges[i]![0];
  }
  return { inputs, outputs, weights, base, cuts };
}
