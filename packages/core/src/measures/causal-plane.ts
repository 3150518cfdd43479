/** The causal plane: where each layer of a network stands between degeneracy and sensitivity. */

import { mechanisms } from "../model/graph-mechanism.ts";
import { type Model, requireModel } from "../model/model.ts";
import { layerSeed } from "./layer-seed.ts";
import type { LayerMeasures } from "./measure-layer.ts";
import { measureLayers, type SeveralOptions } from "./measure-layers.ts";
import { samplingOptions } from "./measure-options.ts";

/** What `causalPlane()` takes. */
export interface CausalPlaneOptions extends SeveralOptions {
  /** Range of the network's own inputs. Default: the network's, or (−10, 10) where it has none. */
  readonly inputRange?: readonly [number, number];
}

/**
 * All measures of every layer, in the order of the network: degeneracy and sensitivity are the axes of the causal plane (Mattsson, Michaud
 * & Hoel, figure 4). Each layer has its own noise, derived from the seed and its position. `measure()` does the same, but leaves out what
 * cannot be measured.
 *
 * @example
 * ```ts
 * const xor = network({
 *   layers: [
 *     { weights: [[5, 5], [-5, -5]], bias: [-2.5, 7.5], activation: "sigmoid" },
 *     { weights: [[6, 6]], bias: [-9], activation: "sigmoid" },
 *   ],
 *   inputRange: [0, 1],
 * });
 * for (const { name, degeneracy, sensitivity } of await causalPlane(xor, { bins: 8 }))
 *   console.log(name, degeneracy.bits.toFixed(2), sensitivity.bits.toFixed(2)); // layer 1 2.35 4.94
 * // layer 2 -1.36 0.00
 * ```
 * @throws InvalidInputError for options out of range or a layer that cannot be measured; the signal's reason when cancelled.
 */
export async function causalPlane(model: Model, options: CausalPlaneOptions): Promise<LayerMeasures[]> {
  requireModel(model, "causalPlane()");
  samplingOptions({ ...options, onPartial: undefined }, "causalPlane()");
  const { bins, seed = 0 } = options;
  const asked = mechanisms(model, { inputRange: options.inputRange }).map((mechanism, index) => ({
    mechanism,
    bins,
    seed: layerSeed(seed, index),
  }));
  return measureLayers(asked, options);
}
