/** Which noise a layer gets. */
import { derivedSeed } from "../information/random.ts";

/**
 * The seed of a layer's noise: by its position in the network, and in training by the epoch too. `causalPlane()`, the command and the studies
 * all take it from here, so that a program which measures layer by layer comes to the same bytes.
 *
 * @param position of the layer among the network's layers, from 0.
 */
export function layerSeed(seed: number, position: number, epoch?: number): number {
  return derivedSeed(epoch === undefined ? seed : derivedSeed(seed, epoch), position);
}
