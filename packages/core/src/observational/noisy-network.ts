/**
 * A network with noise *in* it: T_l = f_l(T_{l−1}) + N(0, β² I) (Goldfeld et al. 2019). There I(X; T) is finite and does change. Noise is sent
 * through the layers some times for each example; what comes out before a layer's own noise are the centres of the Gaussian mixture that T is.
 */

import * as v from "valibot";
import { parse } from "../checks/schema/parse.ts";
import { described } from "../checks/schema/records.ts";
import { positive, seed as seedSchema, whole } from "../checks/schema/scalars.ts";
import type { Dataset } from "../datasets/dataset.ts";
import { hypot } from "../information/elementary.ts";
import { type MonteCarlo, mixtureInformations } from "../information/gaussian-mixture.ts";
import { normals } from "../information/normals.ts";
import { derivedSeed, Random, Stream } from "../information/random.ts";
import type { DenseChain, DenseLayer } from "../model/dense-chain.ts";
import { requireFiniteUnits, through } from "./activations-on-data.ts";

/** The noise of the estimator `noisy`, and how often it is drawn. */
export interface NoisyOptions {
  /** Deviation of the noise, in the units of the activations. */
  readonly beta: number;
  /** Forward passes for each example, an even number; default 8. */
  readonly passes?: number;
  /** Centres that are drawn from in each layer; default 256. */
  readonly drawn?: number;
  /** Default 0. The same seed gives the same noise, also to other weights: differences between checkpoints are of the weights. */
  readonly seed?: number;
}

/** What each option may be. */
export const noisyOptions = {
  beta: described(positive, "Standard deviation of the noise, in the units of the activations."),
  passes: v.optional(
    v.pipe(
      described(whole(2), "Forward passes for each example, an even number."),
      v.multipleOf(2, "an even number of passes"),
    ),
    8,
  ),
  drawn: v.optional(described(whole(2), "Number of centres to draw from in each layer."), 256),
  seed: v.optional(described(seedSchema, "Seed of the noise."), 0),
};

const noisySchema = v.object(noisyOptions);

/** What the noisy layer tells of the example and of its label; bits. */
export interface NoisyInformation {
  /** Its error holds what half of the passes gives more: I(X; T) is too high by few passes, about in proportion to 1 / passes. */
  readonly ofInput: MonteCarlo;
  readonly ofLabel: MonteCarlo;
}

/** Noise for each centre that is drawn from. */
const DRAWS = 2;

/**
 * A layer after the other. O(layers · drawn · rows · passes).
 *
 * @throws InvalidInputError for noise that is not above 0, passes that are not even, or fewer than 2 centres to draw from.
 */
export async function* noisyInformation(
  network: DenseChain,
  { inputs, rows }: Dataset,
  labels: Int32Array,
  given: NoisyOptions,
): AsyncGenerator<NoisyInformation & { layer: DenseLayer }, void> {
  const { beta, passes, drawn, seed } = parse(noisySchema, given, "noisy network");
  let states = inputs;
  for (const [index, layer] of network.layers.entries()) {
    const centres = await through(layer, states);
    requireFiniteUnits(centres, layer.outputs, layer.name);
    const count = centres.length / layer.outputs;
    // Few centres are drawn from the oftener.
    const owners = (of: (row: number) => number) => Int32Array.from({ length: count }, (_, k) => of(k % rows));
    const [x, y] = mixtureInformations(
      { values: centres, dimensions: layer.outputs },
      [owners((row) => row), owners((row) => labels[row]!)],
      beta * beta,
      {
        draws: Math.max(DRAWS, Math.ceil((DRAWS * drawn) / count)),
        drawn,
        seed: derivedSeed(seed, index),
        // No noise comes into the first layer: one centre for each example is all.
        halved: count > rows,
      },
    );
    const standardError = hypot(x!.standardError, x!.excess);
    yield { layer, ofInput: { bits: x!.bits, standardError }, ofLabel: y! };
    const normal = normals(new Random(seed, Stream.noise, index));
    // `[passes, rows, units]`: half of the passes are the first half of the values.
    states = new Float64Array(passes * rows * layer.outputs);
    for (let at = 0; at < states.length; at++) states[at] = centres[at % centres.length]! + beta * normal();
  }
}
