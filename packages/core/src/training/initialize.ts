/** New networks with random weights. */
import * as v from "valibot";
import { requireCount } from "../checks/check.ts";
import { listOf } from "../checks/schema/lists.ts";
import { parse } from "../checks/schema/parse.ts";
import { described, options } from "../checks/schema/records.ts";
import { flag, oneOf, positiveInteger, range, seed } from "../checks/schema/scalars.ts";
import { cos, log } from "../information/elementary.ts";
import { Random, Stream } from "../information/random.ts";
import { type TrainableActivation, trainableActivations } from "../model/activation.ts";
import type { LayerSpec } from "../model/dense-chain.ts";
import { type Model, network } from "../model/model.ts";

/** The names of the initializers: see `Initializer`. */
export const initializers = ["uniform", "glorot", "he", "truncated-normal"] as const;
/**
 * How the first weights are drawn: uniformly from ±a, with a = 1/√inputs (`uniform`), √(6/(inputs + outputs))
 * (`glorot`) or √(6/inputs) (`he`), or as normal numbers of deviation 1/√inputs, drawn again beyond two deviations
 * (`truncated-normal`). Biases are drawn by `uniform` alone, else 0.
 */
export type Initializer = (typeof initializers)[number];

/** What `createNetwork()` makes: widths, activations and how the first weights are drawn. */
export interface NetworkSpec {
  /** Widths from the inputs to the outputs: `[4, 5, 5, 3]` has three layers of weights. */
  readonly layers: readonly number[];
  /** One for all layers, or one for each layer of weights. */
  readonly activation: TrainableActivation | readonly TrainableActivation[];
  /** Default true. */
  readonly bias?: boolean;
  /**
   * All draw weights uniformly from ±a: `uniform` (default) a = 1/√inputs (PyTorch's, and the paper's; biases too),
   * `glorot` a = √(6/(inputs + outputs)) (Glorot & Bengio 2010), `he` a = √(6/inputs) (He et al. 2015); the latter two
   * set biases to 0. `truncated-normal` draws normal numbers of deviation 1/√inputs, again where they are beyond two deviations
   * (TensorFlow's), and sets biases to 0.
   */
  readonly initializer?: Initializer;
  readonly seed: number;
  readonly inputRange?: readonly [number, number];
}

const WHO = "createNetwork()";

const specSchema = options({
  layers: described(
    listOf(positiveInteger, { least: 2, words: "at least two layer widths, whole numbers from 1" }),
    "Widths from the inputs to the outputs.",
  ),
  activation: described(
    v.union(
      [oneOf(trainableActivations), listOf(oneOf(trainableActivations))],
      `one of ${trainableActivations.join(", ")}, or a list of them`,
    ),
    "One for all layers, or one for each layer of weights.",
  ),
  bias: v.optional(described(flag, "Whether layers have biases."), true),
  initializer: v.optional(described(oneOf(initializers), "Initializer of the weights."), "uniform"),
  seed: described(seed, "Seed of the initial weights."),
  inputRange: v.optional(described(range, "The range of every input.")),
});

/**
 * A new network of dense layers named "layer 1", "layer 2" …, with random weights. Layer l draws from its own stream,
 * weights row by row and then biases, so neither another layer's width nor the lack of biases changes its weights.
 *
 * @example
 * ```ts
 * const model = createNetwork({ layers: [4, 5, 3], activation: ["tanh", "softmax"], seed: 0 });
 * console.log(model.layers.map(({ name }) => name).join(", ")); // layer 1, layer 2
 * ```
 * @throws InvalidInputError for fewer than two widths, widths that are not whole and ≥ 1, unknown activations or
 *   initializers, activations that are not one per layer, or a seed that is not whole, 0 … 2^53 − 1.
 */
export function createNetwork(spec: NetworkSpec): Model {
  const { layers: widths, activation, bias, initializer, seed, inputRange } = parse(specSchema, spec, WHO);
  const count = widths.length - 1;
  const activations =
    typeof activation === "string" ? new Array<typeof activation>(count).fill(activation) : activation;
  requireCount(activations, count, `${WHO}: activation`, "activations, one for each layer of weights");
  const layers: LayerSpec[] = activations.map((activation, l) => {
    const inputs = widths[l]!;
    const outputs = widths[l + 1]!;
    const random = new Random(seed, Stream.weights, l);
    const bound = bounds[initializer](inputs, outputs);
    const data = new Float64Array(inputs * outputs);
    if (initializer === "truncated-normal") fillNormal(data, bound, random);
    else random.fill(data, -bound, bound);
    const biases = bias ? new Float64Array(outputs) : undefined;
    if (biases !== undefined && initializer === "uniform") random.fill(biases, -bound, bound);
    return { weights: { data, shape: [outputs, inputs] }, bias: biases, activation };
  });
  return network({ layers, inputRange });
}

const bounds: Readonly<Record<Initializer, (inputs: number, outputs: number) => number>> = {
  uniform: (inputs) => 1 / Math.sqrt(inputs),
  glorot: (inputs, outputs) => Math.sqrt(6 / (inputs + outputs)),
  he: (inputs) => Math.sqrt(6 / inputs),
  "truncated-normal": (inputs) => 1 / Math.sqrt(inputs),
};

/** Normal numbers within two deviations, by Box and Muller. */
function fillNormal(into: Float64Array, deviation: number, random: Random): void {
  for (let k = 0; k < into.length; ) {
    const value = Math.sqrt(-2 * log(random.uniform())) * cos(2 * Math.PI * random.uniform());
    if (Math.abs(value) <= 2) into[k++] = deviation * value;
  }
}
