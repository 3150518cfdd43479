/**
 * A network whose units can be held at constants, one after another, and what it then answers. What lies below the ablated layer is
 * computed once; holding a unit changes the sums of the next layer by a product of two vectors, and only layers above are computed anew.
 */
import type { Dataset } from "../datasets/dataset.ts";
import { log } from "../information/elementary.ts";
import { activationOf, isActivation } from "../network/activation.ts";
import { softmaxRows } from "../network/evaluate.ts";
import type { DenseLayer, Network } from "../network/network.ts";
import { requireLabels, through } from "../observational/activations.ts";

export interface UnitPlace {
  /** Position of the layer, from 0; hidden layers only. */
  readonly layer: number;
  readonly unit: number;
}

export interface Answers {
  readonly accuracy: number;
  /** Cross-entropy in nats of softmax outputs, else the squared error summed over the outputs; mean over the examples. */
  readonly loss: number;
  /** Accuracy among the examples of each class. */
  readonly perClass: Float64Array;
}

/** What is put in a unit's place: a constant for each unit, or a value for each example and unit. */
export type Replacement = (place: UnitPlace) => number | Float64Array;

export class Ablator {
  readonly rows: number;
  /** How often a layer was computed anew, over all examples: none below those that were ablated. */
  layerEvaluations = 0;
  readonly #network: Network;
  readonly #labels: Int32Array;
  readonly #classes: number;
  readonly #replacement: Replacement;
  /** Sums before the activation, and values after it, of each layer: `[rows, units]`. */
  readonly #sums: Float64Array[];
  readonly #values: Float64Array[];
  readonly #held: Map<number, number | Float64Array>[];

  private constructor(
    network: Network,
    data: Dataset,
    replacement: Replacement,
    sums: Float64Array[],
    values: Float64Array[],
  ) {
    const { labels, classes } = requireLabels(data, "ablation");
    this.#network = network;
    this.#labels = labels;
    this.#classes = classes;
    this.#replacement = replacement;
    this.rows = data.rows;
    this.#sums = sums;
    this.#values = values;
    this.#held = network.layers.map(() => new Map());
  }

  /** @throws InvalidInputError for data without labels, or a class without an example. */
  static async of(network: Network, data: Dataset, replacement: Replacement): Promise<Ablator> {
    const sums: Float64Array[] = [];
    const values: Float64Array[] = [];
    let x = data.inputs;
    for (const layer of network.layers) {
      const z = await through({ ...layer, activation: "identity" }, x);
      x = activated(layer, z);
      sums.push(z);
      values.push(x);
    }
    return new Ablator(network, data, replacement, sums, values);
  }

  /** The same network at the start of another order: what was computed is shared, and copied when it changes. */
  fresh(): Ablator {
    const data = { labels: this.#labels, outputs: this.#classes, rows: this.rows, name: "" } as Dataset;
    return new Ablator(this.#network, data, this.#replacement, [...this.#sums], [...this.#values]);
  }

  /** Holds a unit at its replacement. */
  async hold(places: readonly UnitPlace[]): Promise<void> {
    const lowest = Math.min(...places.map(({ layer }) => layer));
    for (const place of places) this.#holdInLayer(place, place.layer === lowest);
    for (let l = lowest + 1; l < this.#network.layers.length; l++) {
      const layer = this.#network.layers[l]!;
      // The sums of the layer above the lowest one are already right.
      if (l > lowest + 1) this.#sums[l] = await through({ ...layer, activation: "identity" }, this.#values[l - 1]!);
      this.#values[l] = activated(layer, this.#sums[l]!);
      for (const [unit, value] of this.#held[l]!) this.#put(l, unit, value);
      this.layerEvaluations++;
    }
  }

  #holdInLayer(place: UnitPlace, updates: boolean): void {
    const { layer: l, unit } = place;
    const value = this.#replacement(place);
    this.#held[l]!.set(unit, value);
    const { outputs: units } = this.#network.layers[l]!;
    const above = this.#network.layers[l + 1]!;
    this.#values[l] = this.#values[l]!.slice();
    const values = this.#values[l]!;
    if (updates) {
      this.#sums[l + 1] = this.#sums[l + 1]!.slice();
      const sums = this.#sums[l + 1]!;
      const column = Float64Array.from({ length: above.outputs }, (_, j) => above.weights[j * units + unit]!);
      for (let row = 0; row < this.rows; row++) {
        const change = (typeof value === "number" ? value : value[row]!) - values[row * units + unit]!;
        if (change === 0) continue;
        const from = row * above.outputs;
        for (let j = 0; j < column.length; j++) sums[from + j]! += change * column[j]!;
      }
    }
    this.#put(l, unit, value);
  }

  #put(l: number, unit: number, value: number | Float64Array): void {
    const { outputs: units } = this.#network.layers[l]!;
    const values = this.#values[l]!;
    for (let row = 0; row < this.rows; row++)
      values[row * units + unit] = typeof value === "number" ? value : value[row]!;
  }

  answers(): Answers {
    const { activation, outputs } = this.#network.layers.at(-1)!;
    const y = this.#values.at(-1)!;
    const [right, counts] = [new Float64Array(this.#classes), new Float64Array(this.#classes)];
    let loss = 0;
    for (let row = 0; row < this.rows; row++) {
      const label = this.#labels[row]!;
      const from = row * outputs;
      counts[label]!++;
      let best = outputs === 1 ? Number(y[from]! > 0.5) : 0;
      for (let j = 1; j < outputs; j++) if (y[from + j]! > y[from + best]!) best = j;
      if (best === label) right[label]!++;
      if (activation === "softmax") loss -= log(Math.max(y[from + label]!, Number.MIN_VALUE));
      else
        for (let j = 0; j < outputs; j++) {
          const wanted = outputs === 1 ? label : Number(j === label);
          loss += (y[from + j]! - wanted) * (y[from + j]! - wanted);
        }
    }
    const all = right.reduce((sum, value) => sum + value, 0);
    return {
      accuracy: all / this.rows,
      loss: loss / this.rows,
      perClass: right.map((value, label) => value / counts[label]!),
    };
  }
}

function activated({ activation, outputs }: DenseLayer, sums: Float64Array): Float64Array {
  const y = sums.slice();
  if (!isActivation(activation)) {
    softmaxRows(y, outputs);
    return y;
  }
  if (activation === "relu") {
    for (let k = 0; k < y.length; k++) if (y[k]! < 0) y[k] = 0;
    return y;
  }
  const { value } = activationOf(activation);
  for (let k = 0; k < y.length; k++) y[k] = value(y[k]!);
  return y;
}
