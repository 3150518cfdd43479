/**
 * A graph whose units can be held at constants: of a convolution whole channels, at all positions, after the activation. Values of each layer
 * are kept, so that holding units of a layer computes only the layers that take from it, and what lies below is computed once.
 */
import type { Dataset } from "../datasets/dataset.ts";
import { breathe } from "../engines/breathe.ts";
import { InvalidInputError } from "../errors.ts";
import type { GraphClassifier, GraphUnitLayer } from "../network/graph-classifier.ts";
import { GraphRows } from "../network/graph-rows.ts";
import { requireFinite, requireLabels } from "../observational/activations.ts";
import { requireInputShape } from "../observational/unit-activations.ts";
import type { Replacement, UnitAblator, UnitPlace } from "./ablator.ts";
import { type Answers, answersOf, type Outcomes } from "./answers.ts";

/** Values that are kept of one model, over all examples: 1 GB. */
const MOST_KEPT = 2 ** 27;

/** Timers and signals run each time so many values have been computed. */
const BREATH = 2 ** 20;

type Held = ReadonlyMap<number, number | Float64Array>;

export class GraphAblator implements UnitAblator {
  /** How often a layer was computed anew, over all examples: only those that take from a layer with held units. */
  layerEvaluations = 0;
  readonly #model: GraphClassifier;
  readonly #labels: Int32Array;
  readonly #classes: number;
  readonly #replacement: Replacement;
  readonly #run: GraphRows;
  /** By tensor, `[rows, values]`: units after holding, and what others take. */
  readonly #values: Map<string, Float64Array>;
  /** Of these, those that no other ablator shares, which may be written to. */
  readonly #own = new Set<Float64Array>();
  readonly #held: Map<number, number | Float64Array>[];
  #computed = 0;

  private constructor(
    model: GraphClassifier,
    run: GraphRows,
    { labels, classes }: { readonly labels: Int32Array; readonly classes: number },
    replacement: Replacement,
    values: Map<string, Float64Array>,
  ) {
    this.#model = model;
    this.#run = run;
    this.#labels = labels;
    this.#classes = classes;
    this.#replacement = replacement;
    this.#values = values;
    this.#held = model.layers.map(() => new Map());
  }

  /**
   * @throws InvalidInputError for data without labels or of another width, a class without an example, values that are not finite, or
   *   more values than are kept.
   */
  static of(model: GraphClassifier, data: Dataset, replacement: Replacement): GraphAblator {
    requireInputShape(model, data);
    const labelled = requireLabels(data, "ablation");
    const run = new GraphRows(model, data.rows);
    const kept = keptTensors(model);
    const size = data.rows * kept.reduce((sum, tensor) => sum + run.unitsOf(tensor), 0);
    if (size > MOST_KEPT) {
      const most = Math.floor((MOST_KEPT * data.rows) / size);
      throw new InvalidInputError({
        who: `ablation of ${model.graph.who}`,
        expected: `at most ${MOST_KEPT} values to keep`,
        got: `${size} of ${data.rows} examples`,
        remedy: most < 1 ? "Ablate a smaller model." : `Give at most ${most} examples.`,
      });
    }
    const values = run.evaluate(new Map([[model.input, data.inputs]]), kept);
    for (const { tensor, name, outputs, positions } of model.layers) {
      requireFinite(values.get(tensor)!, outputs * positions, name);
    }
    values.set(model.input, data.inputs);
    return new GraphAblator(model, run, labelled, replacement, values);
  }

  /** The same model at the start of another order: what was computed is shared, and copied when it changes. */
  fresh(): GraphAblator {
    // From here on this one shares all that it has.
    this.#own.clear();
    const labelled = { labels: this.#labels, classes: this.#classes };
    return new GraphAblator(this.#model, this.#run, labelled, this.#replacement, new Map(this.#values));
  }

  /** Holds units at their replacements, besides those that are held. */
  async hold(places: readonly UnitPlace[]): Promise<void> {
    const added = this.#model.layers.map(() => new Map<number, number | Float64Array>());
    for (const place of places) {
      const value = this.#replacement(place);
      added[place.layer]!.set(place.unit, value);
      this.#held[place.layer]!.set(place.unit, value);
    }
    const changed = new Set<string>();
    for (const { sources, tensor, output, layer } of this.#model.stages) {
      const unitLayer = layer === undefined ? undefined : this.#model.layers[layer]!;
      if (sources.some((source) => changed.has(source))) {
        const logits = tensor === this.#model.output ? logitsOf(this.#model) : [];
        this.#compute(sources, [tensor, ...logits]);
        this.layerEvaluations++;
        if (unitLayer !== undefined) put(unitLayer, this.#values.get(tensor)!, this.#held[layer!]!, this.#run.rows);
        this.#computed += this.#values.get(tensor)!.length;
      } else if (unitLayer !== undefined && added[layer!]!.size > 0) {
        put(unitLayer, this.#writable(tensor), added[layer!]!, this.#run.rows);
      } else continue;
      if (output !== tensor) this.#compute([tensor], [output]);
      changed.add(output);
    }
    if (this.#computed < BREATH) return;
    this.#computed = 0;
    await breathe();
  }

  #compute(sources: readonly string[], wanted: readonly string[]): void {
    const given = new Map(sources.map((name) => [name, this.#values.get(name)!]));
    for (const name of wanted) this.#own.delete(this.#values.get(name)!);
    for (const [name, values] of this.#run.evaluate(given, wanted)) {
      this.#values.set(name, values);
      this.#own.add(values);
    }
  }

  #writable(tensor: string): Float64Array {
    const values = this.#values.get(tensor)!;
    if (this.#own.has(values)) return values;
    const made = values.slice();
    this.#own.add(made);
    this.#values.set(tensor, made);
    return made;
  }

  /** @throws InvalidInputError where replacements make values that are not finite. */
  answers(outcomes?: Outcomes): Answers {
    const { output, outputs: kind, layers } = this.#model;
    const values = this.#values.get(output)!;
    const logits =
      kind.kind === "softmax" ? this.#values.get(kind.logits)! : kind.kind === "logits" ? values : undefined;
    return answersOf({ values, outputs: layers.at(-1)!.outputs, logits }, this.#labels, this.#classes, outcomes);
  }
}

function logitsOf({ outputs }: GraphClassifier): readonly string[] {
  return outputs.kind === "softmax" ? [outputs.logits] : [];
}

/** Of each layer the units and what others take, and the logits. */
function keptTensors(model: GraphClassifier): string[] {
  return [...new Set([...model.stages.flatMap(({ tensor, output }) => [tensor, output]), ...logitsOf(model)])];
}

/** Writes held units into `[rows, values]`, at all positions. */
function put(
  { outputs: units, positions, channelsLast }: GraphUnitLayer,
  values: Float64Array,
  held: Held,
  rows: number,
) {
  const [unitStep, step] = channelsLast ? [1, units] : [positions, 1];
  for (const [unit, value] of held) {
    for (let row = 0; row < rows; row++) {
      const constant = typeof value === "number" ? value : value[row]!;
      const from = row * units * positions + unit * unitStep;
      for (let k = 0; k < positions; k++) values[from + k * step] = constant;
    }
  }
}
