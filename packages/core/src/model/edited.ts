/** What-if: a network with some of its numbers changed, the network itself left as it is. */

import * as v from "valibot";
import { check } from "../checks/check.ts";
import { listOf } from "../checks/schema/lists.ts";
import { parse } from "../checks/schema/parse.ts";
import { options } from "../checks/schema/records.ts";
import { finite, whole } from "../checks/schema/scalars.ts";
import type { LayerActivation } from "./activation.ts";
import { type DenseLayer, requireActivation } from "./dense-chain.ts";
import { type Model, modelOfChain, requireChain } from "./model.ts";

/** A new value for a weight, or for a bias; positions from 0, of layers among the dense layers of the network. A weight of 0 prunes. */
export type WeightEdit =
  | { readonly layer: number; readonly output: number; readonly input: number; readonly weight: number }
  | { readonly layer: number; readonly output: number; readonly bias: number };

const place = { layer: whole(0), output: whole(0) };
const edit = v.union(
  [options({ ...place, input: whole(0), weight: finite }), options({ ...place, bias: finite })],
  "{ layer, output, input, weight } or { layer, output, bias }",
);
const edits = listOf(edit, { least: 0 });

/**
 * A copy of a feed-forward network of dense layers with some weights or biases changed, later changes over earlier ones.
 *
 * @example
 * ```ts
 * const xor = network({ layers: [{ weights: [[5, 5], [-5, -5]], activation: "sigmoid" }], inputRange: [0, 1] });
 * const pruned = withWeights(xor, [{ layer: 0, output: 1, input: 0, weight: 0 }]);
 * console.log([...pruned.chain!.layers[0]!.weights]); // [ 5, 5, 0, -5 ]
 * console.log([...xor.chain!.layers[0]!.weights]); // [ 5, 5, -5, -5 ]
 * ```
 * @throws InvalidInputError for a model of another kind, positions that there are not, and values that are not finite.
 */
export function withWeights(model: Model, changes: readonly WeightEdit[]): Model {
  const who = "withWeights()";
  const chain = requireChain(model, who);
  const layers = [...chain.layers];
  for (const [at, change] of parse(edits, changes, `${who}: edits`).entries()) {
    const place = `${who}: edits[${at}]`;
    const layer = layerAt(layers, change.layer, place);
    requirePosition(change.output, layer.outputs, `${place}.output`, "outputs");
    if ("bias" in change) {
      const bias = layer.bias?.slice() ?? new Float64Array(layer.outputs);
      bias[change.output] = change.bias;
      layers[change.layer] = { ...layer, bias };
    } else {
      requirePosition(change.input, layer.inputs, `${place}.input`, "inputs");
      const weights = layer.weights.slice();
      weights[change.output * layer.inputs + change.input] = change.weight;
      layers[change.layer] = { ...layer, weights };
    }
  }
  return modelOfChain({ ...chain, layers }, model.who);
}

/**
 * A copy of a feed-forward network of dense layers in which one layer has another activation. Ranges that follow from the activation follow
 * the new one.
 *
 * @param layer position among the dense layers, from 0.
 * @example
 * ```ts
 * const net = network({ layers: [{ weights: [[5, 5]], activation: "sigmoid" }] });
 * const changed = withActivation(net, 0, "tanh");
 * console.log([net, changed].map(({ chain }) => chain!.layers[0]!.activation)); // [ 'sigmoid', 'tanh' ]
 * ```
 * @throws InvalidInputError for a model of another kind, a position that there is not, and an unknown activation.
 */
export function withActivation(model: Model, layer: number, activation: LayerActivation): Model {
  const who = "withActivation()";
  const chain = requireChain(model, who);
  const before = layerAt(chain.layers, parse(whole(0), layer, `${who}: layer`), `${who}: layer`);
  requireActivation(activation, `${who}: activation`);
  return modelOfChain({ ...chain, layers: chain.layers.with(layer, { ...before, activation }) }, model.who);
}

function layerAt(layers: readonly DenseLayer[], at: number, who: string): DenseLayer {
  requirePosition(at, layers.length, who, "layers");
  return layers[at]!;
}

function requirePosition(at: number, count: number, who: string, of: string): void {
  check(at < count, () => ({ who, expected: `a position from 0 to ${count - 1}, of ${count} ${of}`, got: `${at}` }));
}
