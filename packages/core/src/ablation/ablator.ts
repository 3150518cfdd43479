/**
 * A network whose units can be held at constants, one after another, and what it then answers. What lies below the ablated layer is
 * computed once; holding a unit changes the sums of the next layer by a product of two vectors, and only layers above are computed anew.
 * Sums that are changed carry rounding that sums of what is left would not have. Examples whose answer could hang on it are computed anew, so that
 * of equal outputs the first is the answer, as everywhere.
 */
import type { Dataset } from "../datasets/dataset.ts";
import { activationOf, isActivation } from "../model/activation.ts";
import type { DenseChain, DenseLayer } from "../model/dense-chain.ts";
import { softmaxRows } from "../model/evaluate-layers.ts";
import {
  type Labelled,
  requireFeatures,
  requireFiniteUnits,
  requireLabels,
  through,
} from "../observational/activations-on-data.ts";
import { type Answers, answersOf, type Outcomes, type Outputs, undecidedRows } from "./answers.ts";

/** Where a hidden unit is. */
export interface UnitPlace {
  /** Position of the layer, from 0; hidden layers only. */
  readonly layer: number;
  readonly unit: number;
}

/** A unit's name in maps of scores. */
export function placeKey({ layer, unit }: UnitPlace): string {
  return `${layer}/${unit}`;
}

/** A model whose units can be held: one of the model itself, and `fresh()` ones for each order. */
export interface UnitAblator {
  readonly layerEvaluations: number;
  fresh(): UnitAblator;
  hold(places: readonly UnitPlace[]): Promise<void>;
  /** @param outcomes written to, where they are wanted. */
  answers(outcomes?: Outcomes): Answers;
}

/** What is put in a unit's place: a constant for each unit, or a value for each example and unit. */
export type Replacement = (place: UnitPlace) => number | Float64Array;

export class Ablator implements UnitAblator {
  readonly rows: number;
  /** How often a layer was computed anew, over all examples: none below those that were ablated. */
  layerEvaluations = 0;
  readonly #network: DenseChain;
  readonly #labels: Int32Array;
  readonly #classes: number;
  readonly #replacement: Replacement;
  /** Sums before the activation, and values after it, of each layer: `[rows, units]`. */
  readonly #sums: Float64Array[];
  readonly #values: Float64Array[];
  /** Of sums and values: those that no other ablator shares, which may be written to. */
  readonly #own = new Set<Float64Array>();
  readonly #held: Map<number, number | Float64Array>[];
  /** Of each layer, the greatest |value| of each unit, before any is held. */
  readonly #most: readonly Float64Array[];
  /** By the lowest held layer, what rounding can do to the last sums; shared. */
  readonly #tolerances: Map<number, number>;

  private constructor(
    network: DenseChain,
    { labels, classes }: Labelled,
    replacement: Replacement,
    sums: Float64Array[],
    values: Float64Array[],
    most: readonly Float64Array[],
    tolerances: Map<number, number>,
  ) {
    this.#network = network;
    this.#labels = labels;
    this.#classes = classes;
    this.#replacement = replacement;
    this.rows = labels.length;
    this.#sums = sums;
    this.#values = values;
    this.#held = network.layers.map(() => new Map());
    this.#most = most;
    this.#tolerances = tolerances;
  }

  /** @throws InvalidInputError for data without labels or of another width, a class without an example, or values not finite. */
  static async of(network: DenseChain, data: Dataset, replacement: Replacement): Promise<Ablator> {
    requireFeatures(network, data, "ablation");
    const labelled = requireLabels(data, "ablation");
    const sums: Float64Array[] = [];
    const values: Float64Array[] = [];
    let x = data.inputs;
    for (const layer of network.layers) {
      const z = await through({ ...layer, activation: "identity" }, x);
      x = new Float64Array(z.length);
      activate(layer, z, x);
      requireFiniteUnits(x, layer.outputs, layer.name);
      sums.push(z);
      values.push(x);
    }
    const most = network.layers.map(({ outputs }, l) => greatestValues(values[l]!, outputs));
    return new Ablator(network, labelled, replacement, sums, values, most, new Map());
  }

  /** The same network at the start of another order: what was computed is shared, and copied when it changes. */
  fresh(): Ablator {
    // From here on this one shares all that it has.
    this.#own.clear();
    const labelled = { labels: this.#labels, classes: this.#classes };
    const [sums, values] = [[...this.#sums], [...this.#values]];
    return new Ablator(this.#network, labelled, this.#replacement, sums, values, this.#most, this.#tolerances);
  }

  /** Holds units at their replacements, besides those that are held. */
  async hold(places: readonly UnitPlace[]): Promise<void> {
    const lowest = places.reduce((least, { layer }) => Math.min(least, layer), Infinity);
    for (const place of places) this.#holdInLayer(place, place.layer === lowest);
    for (let l = lowest + 1; l < this.#network.layers.length; l++) {
      const layer = this.#network.layers[l]!;
      // The sums of the layer above the lowest one are already right.
      if (l > lowest + 1) {
        this.#own.delete(this.#sums[l]!);
        this.#sums[l] = await through({ ...layer, activation: "identity" }, this.#values[l - 1]!);
        this.#own.add(this.#sums[l]!);
      }
      activate(layer, this.#sums[l]!, this.#owned(this.#values, l, false));
      for (const [unit, value] of this.#held[l]!) this.#put(l, unit, value);
      this.layerEvaluations++;
    }
    await this.#decide();
  }

  /** Computes anew, from the lowest held layer on, the examples whose answer could hang on rounding. */
  async #decide(): Promise<void> {
    const lowest = this.#held.findIndex(({ size }) => size > 0);
    if (lowest < 0) return;
    const { layers } = this.#network;
    const rows = undecidedRows(this.#outputs(), this.rows, this.#tolerance(lowest));
    if (rows.length === 0) return;
    let x = someRows(this.#values[lowest]!, rows, layers[lowest]!.outputs);
    for (let l = lowest + 1; l < layers.length; l++) {
      const layer = layers[l]!;
      const z = await through({ ...layer, activation: "identity" }, x);
      x = new Float64Array(z.length);
      activate(layer, z, x);
      for (const [unit, value] of this.#held[l]!) {
        for (const [k, row] of rows.entries())
          x[k * layer.outputs + unit] = typeof value === "number" ? value : value[row]!;
      }
      writeRows(this.#owned(this.#sums, l, true), z, rows, layer.outputs);
      writeRows(this.#owned(this.#values, l, true), x, rows, layer.outputs);
    }
  }

  /**
   * How far changed sums of the layer above a held one can move the last ones: half a unit in the last place for each change, times what the
   * weights above make of it. Activations are taken to stretch by 2 at most.
   */
  #tolerance(lowest: number): number {
    const known = this.#tolerances.get(lowest);
    if (known !== undefined) return known;
    const { layers } = this.#network;
    const { outputs: units } = layers[lowest]!;
    const most = this.#most[lowest]!.slice();
    for (let unit = 0; unit < units; unit++) {
      const value = this.#replacement({ layer: lowest, unit });
      if (typeof value === "number") most[unit] = Math.max(most[unit]!, Math.abs(value));
      else for (const each of value) most[unit] = Math.max(most[unit]!, Math.abs(each));
    }
    let error = 8 * units * Number.EPSILON * greatestSum(layers[lowest + 1]!, most);
    for (const layer of layers.slice(lowest + 2))
      error *= 2 * greatestSum(layer, new Float64Array(layer.inputs).fill(1));
    this.#tolerances.set(lowest, error);
    return error;
  }

  #outputs(): Outputs {
    const { activation, outputs } = this.#network.layers.at(-1)!;
    const logits = activation === "softmax" ? this.#sums.at(-1)! : undefined;
    return { values: this.#values.at(-1)!, outputs, logits };
  }

  #holdInLayer(place: UnitPlace, updates: boolean): void {
    const { layer: l, unit } = place;
    const value = this.#replacement(place);
    this.#held[l]!.set(unit, value);
    const { outputs: units } = this.#network.layers[l]!;
    const above = this.#network.layers[l + 1]!;
    const values = this.#owned(this.#values, l, true);
    if (updates) {
      const sums = this.#owned(this.#sums, l + 1, true);
      const width = above.outputs;
      const column = Float64Array.from({ length: width }, (_, j) => above.weights[j * units + unit]!);
      for (let row = 0; row < this.rows; row++) {
        const change = (typeof value === "number" ? value : value[row]!) - values[row * units + unit]!;
        if (change === 0) continue;
        const from = row * width;
        for (let j = 0; j < width; j++) sums[from + j]! += change * column[j]!;
      }
    }
    this.#put(l, unit, value);
  }

  /** Sums or values of a layer as an array to write to: made once for each order, not for each step. @param keeps whether as they are. */
  #owned(of: Float64Array[], l: number, keeps: boolean): Float64Array {
    const held = of[l]!;
    if (this.#own.has(held)) return held;
    const made = keeps ? held.slice() : new Float64Array(held.length);
    this.#own.add(made);
    of[l] = made;
    return made;
  }

  #put(l: number, unit: number, value: number | Float64Array): void {
    const { outputs: units } = this.#network.layers[l]!;
    const values = this.#values[l]!;
    for (let row = 0; row < this.rows; row++)
      values[row * units + unit] = typeof value === "number" ? value : value[row]!;
  }

  /**
   * @param outcomes written to, where they are wanted.
   * @throws InvalidInputError where replacements make values that are not finite.
   */
  answers(outcomes?: Outcomes): Answers {
    return answersOf(this.#outputs(), this.#labels, this.#classes, outcomes);
  }
}

/** Some rows of `[rows, units]`. */
function someRows(values: Float64Array, rows: Int32Array, units: number): Float64Array {
  const some = new Float64Array(rows.length * units);
  for (const [k, row] of rows.entries()) some.set(values.subarray(row * units, (row + 1) * units), k * units);
  return some;
}

function writeRows(into: Float64Array, some: Float64Array, rows: Int32Array, units: number): void {
  for (const [k, row] of rows.entries()) into.set(some.subarray(k * units, (k + 1) * units), row * units);
}

/** The greatest |value| of each unit, of `[rows, units]`. */
function greatestValues(values: Float64Array, units: number): Float64Array {
  const most = new Float64Array(units);
  for (let at = 0; at < values.length; at++) {
    const unit = at % units;
    if (Math.abs(values[at]!) > most[unit]!) most[unit] = Math.abs(values[at]!);
  }
  return most;
}

/** Σ |weight| · most of its input, and the bias, of the output where that is greatest. */
function greatestSum({ weights, bias, inputs, outputs }: DenseLayer, most: Float64Array): number {
  let greatest = 0;
  for (let j = 0; j < outputs; j++) {
    let sum = Math.abs(bias?.[j] ?? 0);
    for (let i = 0; i < inputs; i++) sum += Math.abs(weights[j * inputs + i]!) * most[i]!;
    greatest = Math.max(greatest, sum);
  }
  return greatest;
}

/** Writes what the activation makes of the sums to `y`. */
function activate({ activation, outputs }: DenseLayer, sums: Float64Array, y: Float64Array): void {
  if (activation === "relu") {
    // Without a branch: signs that alternate would be mispredicted.
    for (let k = 0; k < y.length; k++) y[k] = Math.max(0, sums[k]!);
    return;
  }
  if (!isActivation(activation)) {
    y.set(sums);
    softmaxRows(y, outputs);
    return;
  }
  const { value } = activationOf(activation);
  for (let k = 0; k < y.length; k++) y[k] = value(sums[k]!);
}
