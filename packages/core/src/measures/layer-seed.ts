/** Which noise a layer gets. */
import { derivedSeed } from "../information/random.ts";

/**
 * The seed of a layer's noise: by its position in the network, and in training by the epoch too. `causalPlane()`, the command and the studies
 * all take it from here, so that a program which measures layer by layer comes to the same bytes.
 *
 * @param position of the layer among the network's layers, from 0.
 * @example
 * ```ts
 * const xor = network({ layers: [{ weights: [[5, 5], [-5, -5]], activation: "sigmoid" }], inputRange: [0, 1] });
 * const [plane] = await causalPlane(xor, { bins: 8, seed: 7 });
 * const alone = await effectiveInformation(mechanisms(xor)[0]!, { bins: 8, seed: layerSeed(7, 0) });
 * console.log(alone.bits === plane!.ei.bits); // true
 * ```
 */
export function layerSeed(seed: number, position: number, epoch?: number): number {
  return derivedSeed(epoch === undefined ? seed : derivedSeed(seed, epoch), position);
}
