/**
 * I(X; T) of a network with noise *in* it: T_l = f_l(T_{l−1}) + N(0, β² I) (Goldfeld et al. 2019, sample propagation). There it is finite and
 * does change. h(T) and each h(T | X = x) are entropies of Gaussian mixtures whose centres are found by forward passes, and are estimated by
 * Monte Carlo: too few centres make the conditional entropy too low, and the information too high.
 */
import type { Dataset } from "../datasets/dataset.ts";
import { InvalidInputError } from "../errors.ts";
import { cos, exp, log } from "../information/elementary.ts";
import { derivedSeed, Random, Stream } from "../information/random.ts";
import type { Network } from "../network/network.ts";
import { through } from "./activations.ts";

export interface NoisyOptions {
  /** Deviation of the noise, in the units of the activations. */
  readonly beta: number;
  /** Forward passes for each example; default 32. */
  readonly passes?: number;
  /** Draws by which each entropy is estimated, of h(T) in all and of h(T | x) for each x; default 1,000 and as many as passes. */
  readonly draws?: number;
  readonly seed?: number;
}

export interface NoisyInformation {
  readonly layer: number;
  readonly layerName: string;
  /** I(X; T) in bits. */
  readonly bits: number;
  /** Of the Monte Carlo draws. */
  readonly standardError: number;
}

/** @throws InvalidInputError for noise that is not above 0, or numbers of passes and draws that are not whole and at least 2. */
export async function noisyInformation(
  network: Network,
  { inputs, rows }: Dataset,
  { beta, passes = 32, draws = 1000, seed = 0 }: NoisyOptions,
): Promise<NoisyInformation[]> {
  const isCount = (count: number) => Number.isSafeInteger(count) && count >= 2;
  if (!(beta > 0 && beta < Infinity && isCount(passes) && isCount(draws))) {
    const got = `β ${beta}, ${passes} passes, ${draws} draws`;
    throw new InvalidInputError({ who: "noisyInformation()", expected: "β above 0, at least 2 passes and draws", got });
  }
  const found: NoisyInformation[] = [];
  let width = network.layers[0]!.inputs;
  // Every example as often as it passes.
  let states = new Float64Array(rows * passes * width);
  for (let k = 0; k < rows * passes; k++) {
    const row = Math.floor(k / passes) * width;
    states.set(inputs.subarray(row, row + width), k * width);
  }
  for (const [layer, dense] of network.layers.entries()) {
    const centres = await through(dense, states);
    width = dense.outputs;
    const random = new Random(derivedSeed(seed, layer), Stream.noise);
    const whole = mixtureEntropy(centres, width, 0, rows * passes, draws, beta, random);
    let [sum, square] = [0, 0];
    for (let row = 0; row < rows; row++) {
      const { nats } = mixtureEntropy(centres, width, row * passes, passes, passes, beta, random);
      sum += nats;
      square += nats * nats;
    }
    const mean = sum / rows;
    const spread = Math.max(0, square / rows - mean * mean) / rows;
    found.push({
      layer,
      layerName: dense.name,
      bits: (whole.nats - mean) / Math.LN2,
      standardError: Math.sqrt(whole.error * whole.error + spread) / Math.LN2,
    });
    states = centres.map((value) => value + beta * normal(random));
  }
  return found;
}

/** −E ln p of an even mixture of Gaussians about centres `from` … , in nats. */
function mixtureEntropy(
  centres: Float64Array,
  width: number,
  from: number,
  count: number,
  draws: number,
  beta: number,
  random: Random,
): { nats: number; error: number } {
  const scale = 1 / (2 * beta * beta);
  const exponents = new Float64Array(count);
  let [sum, square] = [0, 0];
  for (let draw = 0; draw < draws; draw++) {
    const own = (from + random.below(count)) * width;
    const point = Float64Array.from({ length: width }, (_, d) => centres[own + d]! + beta * normal(random));
    let most = -Infinity;
    for (let k = 0; k < count; k++) {
      let distance = 0;
      for (let d = 0; d < width; d++) {
        const gap = point[d]! - centres[(from + k) * width + d]!;
        distance += gap * gap;
      }
      exponents[k] = -distance * scale;
      most = Math.max(most, exponents[k]!);
    }
    let density = 0;
    for (const exponent of exponents) if (exponent - most > -40) density += exp(exponent - most);
    const surprise = -(most + log(density / count));
    sum += surprise;
    square += surprise * surprise;
  }
  const mean = sum / draws;
  // The normalisation of the Gaussians, the same in every entropy of a layer, is left out: only differences are used.
  return { nats: mean, error: Math.sqrt(Math.max(0, square / draws - mean * mean) / draws) };
}

/** By Box and Muller. */
function normal(random: Random): number {
  return Math.sqrt(-2 * log(random.uniform())) * cos(2 * Math.PI * random.uniform());
}
