/**
 * A graph whose units can be held at constants: of a convolution whole channels, at all positions, after the activation. Values of each layer
 * are kept, so that holding units of a layer computes only the layers that take from it, and what lies below is computed once. Examples whose
 * answer could hang on the rounding of changed sums are computed anew: of equal outputs the first is the answer, as everywhere.
 */

import { InvalidInputError } from "../checks/error-classes.ts";
import { type Dataset, requireDataset } from "../datasets/dataset.ts";
import { GraphRows } from "../model/graph-rows.ts";
import type { GraphStage, GraphUnitLayer, GraphUnits } from "../model/model-units.ts";
import { type Labelled, requireFiniteUnits, requireLabels } from "../observational/activations-on-data.ts";
import { requireInputShape } from "../observational/unit-activations.ts";
import { yieldToEventLoop } from "../settings/yield-to-event-loop.ts";
import type { Replacement, UnitAblator, UnitPlace } from "./ablator.ts";
import { type Answers, answersOf, type Outcomes, type Outputs, undecidedRows } from "./answers.ts";
import { type KeptLinear, linearsOf, updatedSums } from "./linear-updates.ts";

/** Values that are kept of one model, over all examples: 1 GB. */
const MOST_KEPT = 2 ** 27;

/** Timers and signals run each time so many values have been computed. */
const BREATH = 2 ** 20;

/** Changed sums differ from sums of what is left by less than this share of the greatest of them all, with much to spare. */
const ROUNDING = 1e-9;

/** Of more examples than this share, all are computed anew at once. */
const FEW_ROWS = 1 / 16;

type Held = ReadonlyMap<number, number | Float64Array>;

export class GraphAblator implements UnitAblator {
  /** How often a layer was computed anew, over all examples: only those that take from a layer with held units. */
  layerEvaluations = 0;
  readonly #model: GraphUnits;
  readonly #labels: Int32Array;
  readonly #classes: number;
  readonly #replacement: Replacement;
  readonly #run: GraphRows;
  /** By tensor, `[rows, values]`: units after holding, and what others take. Arrays are shared, and not changed. */
  readonly #values: Map<string, Float64Array>;
  /** Of each layer, linear operations whose sums are kept, too. */
  readonly #linears: readonly (readonly KeptLinear[])[];
  readonly #held: Map<number, number | Float64Array>[];
  /** What rounding of changed sums can do to the outputs, at most. */
  readonly #tolerance: number;
  /** The graph on one example. */
  readonly #single: GraphRows;
  /** Whether any sums were changed, not computed. */
  #isChanged = false;
  #computed = 0;

  private constructor(
    model: GraphUnits,
    run: GraphRows,
    { labels, classes }: Labelled,
    replacement: Replacement,
    values: Map<string, Float64Array>,
    linears: readonly (readonly KeptLinear[])[],
    single: GraphRows,
    tolerance: number,
  ) {
    this.#model = model;
    this.#run = run;
    this.#labels = labels;
    this.#classes = classes;
    this.#replacement = replacement;
    this.#values = values;
    this.#linears = linears;
    this.#held = model.layers.map(() => new Map());
    this.#single = single;
    this.#tolerance = tolerance;
  }

  /**
   * @throws InvalidInputError for data without labels or of another width, a class without an example, values that are not finite, or
   *   more values than are kept.
   */
  static of(model: GraphUnits, data: Dataset, replacement: Replacement): GraphAblator {
    requireDataset(data, "ablation");
    requireInputShape(model, data);
    const labelled = requireLabels(data, "ablation");
    const run = new GraphRows(model, data.rows);
    // A graph that mixes examples has no operations on all of them.
    const linears = model.stages.map((stage) => (run.together ? linearsOf(model, stage) : []));
    const kept = keptTensors(model, linears.flat());
    const size = data.rows * kept.reduce((sum, tensor) => sum + run.unitsOf(tensor), 0);
    if (size > MOST_KEPT) {
      const most = Math.floor((MOST_KEPT * data.rows) / size);
      throw new InvalidInputError({
        who: `ablation of ${model.graph.who}`,
        expected: `at most ${MOST_KEPT} stored values`,
        got: `${size} for ${data.rows} examples`,
        remedy: most < 1 ? "Ablate a smaller model." : `Use at most ${most} examples.`,
      });
    }
    const values = run.evaluate(new Map([[model.input, data.inputs]]), kept);
    for (const { tensor, name, outputs, positions } of model.layers) {
      requireFiniteUnits(values.get(tensor)!, outputs * positions, name);
    }
    values.set(model.input, data.inputs);
    const sums = [...linears.flat().map(({ node }) => node.output), model.output, ...logitsOf(model)];
    const tolerance = ROUNDING * sums.reduce((most, name) => Math.max(most, greatestOf(values.get(name)!)), 0);
    return new GraphAblator(model, run, labelled, replacement, values, linears, new GraphRows(model, 1), tolerance);
  }

  /** The same model at the start of another order: what was computed is shared. */
  fresh(): GraphAblator {
    const labelled = { labels: this.#labels, classes: this.#classes };
    const values = new Map(this.#values);
    const [linears, single] = [this.#linears, this.#single];
    return new GraphAblator(
      this.#model,
      this.#run,
      labelled,
      this.#replacement,
      values,
      linears,
      single,
      this.#tolerance,
    );
  }

  /** Holds units at their replacements, besides those that are held. */
  async hold(places: readonly UnitPlace[]): Promise<void> {
    const added = this.#model.layers.map(() => new Map<number, number | Float64Array>());
    for (const place of places) {
      const value = this.#replacement(place);
      added[place.layer]!.set(place.unit, value);
      this.#held[place.layer]!.set(place.unit, value);
    }
    /** Values before this, of what has changed. */
    const before = new Map<string, Float64Array>();
    for (const [k, stage] of this.#model.stages.entries()) {
      const { sources, tensor, output, layer } = stage;
      const unitLayer = layer === undefined ? undefined : this.#model.layers[layer]!;
      const old = this.#values.get(output)!;
      if (sources.some((source) => before.has(source))) {
        this.#compute(stage, this.#linears[k]!, before);
        this.layerEvaluations++;
        this.#computed += this.#values.get(tensor)!.length;
        if (unitLayer !== undefined) put(unitLayer, this.#values.get(tensor)!, this.#held[layer!]!, this.#run.rows);
      } else if (unitLayer !== undefined && added[layer!]!.size > 0) {
        const values = this.#values.get(tensor)!.slice();
        put(unitLayer, values, added[layer!]!, this.#run.rows);
        this.#values.set(tensor, values);
      } else continue;
      if (output !== tensor) this.#evaluate([tensor], [output]);
      before.set(output, old);
    }
    this.#decide();
    if (this.#computed < BREATH) return;
    this.#computed = 0;
    await yieldToEventLoop();
  }

  /** A layer's units from what it takes: where few inputs of its weights have changed, by the change of its sums. */
  #compute(
    { sources, tensor }: GraphStage,
    linears: readonly KeptLinear[],
    before: ReadonlyMap<string, Float64Array>,
  ): void {
    const known: string[] = [];
    for (const linear of linears) {
      const { source, node } = linear;
      const [old, now, sums] = [before.get(source), this.#values.get(source)!, this.#values.get(node.output)!];
      const updated = old === undefined ? sums : updatedSums(linear, this.#run.rows, sums, old, now);
      if (updated === undefined) continue;
      this.#isChanged = true;
      this.#values.set(node.output, updated);
      known.push(node.output);
    }
    const logits = tensor === this.#model.output ? logitsOf(this.#model) : [];
    const wanted = new Set([tensor, ...linears.map(({ node }) => node.output), ...logits]);
    this.#evaluate(
      [...sources, ...known],
      [...wanted].filter((name) => !known.includes(name)),
    );
  }

  /** Computes anew the examples whose answer could hang on rounding. */
  #decide(): void {
    if (!this.#isChanged) return;
    const rows = undecidedRows(this.#outputs(), this.#run.rows, this.#tolerance);
    if (rows.length === 0) return;
    if (rows.length > FEW_ROWS * this.#run.rows) {
      for (const [name, values] of this.#anew(undefined)) this.#values.set(name, values);
      return;
    }
    // Arrays are shared with other orders.
    const own = new Map<string, Float64Array>();
    for (const row of rows) {
      for (const [name, values] of this.#anew(row)) {
        if (!own.has(name)) own.set(name, this.#values.get(name)!.slice());
        own.get(name)!.set(values, row * values.length);
      }
    }
    for (const [name, values] of own) this.#values.set(name, values);
  }

  /** Values of every tensor that depends on held units, none of them by a change. @param row one example, or undefined for all. */
  #anew(row: number | undefined): Map<string, Float64Array> {
    const run = row === undefined ? this.#run : this.#single;
    const found = new Map<string, Float64Array>();
    const ownValues = (name: string) => {
      const values = this.#values.get(name)!;
      if (row === undefined) return found.get(name) ?? values;
      const size = values.length / this.#run.rows;
      return found.get(name) ?? values.subarray(row * size, (row + 1) * size);
    };
    const evaluate = (given: readonly string[], wanted: readonly string[]) => {
      const values = new Map(given.map((name) => [name, ownValues(name)]));
      for (const [name, value] of run.evaluate(values, wanted)) found.set(name, value);
    };
    const dirty = new Set<string>();
    for (const [k, { sources, tensor, output, layer }] of this.#model.stages.entries()) {
      const held = layer === undefined ? undefined : this.#held[layer];
      if (sources.some((source) => dirty.has(source))) {
        const logits = tensor === this.#model.output ? logitsOf(this.#model) : [];
        evaluate(sources, [...new Set([tensor, ...this.#linears[k]!.map(({ node }) => node.output), ...logits])]);
        if (held !== undefined) {
          const values = found.get(tensor)!;
          put(this.#model.layers[layer!]!, values, row === undefined ? held : ofRow(held, row), run.rows);
        }
        if (output !== tensor) evaluate([tensor], [output]);
      } else if (held === undefined || held.size === 0) continue;
      dirty.add(output);
    }
    return found;
  }

  #evaluate(given: readonly string[], wanted: readonly string[]): void {
    if (wanted.length === 0) return;
    const values = new Map(given.map((name) => [name, this.#values.get(name)!]));
    for (const [name, found] of this.#run.evaluate(values, wanted)) this.#values.set(name, found);
  }

  /** @throws InvalidInputError where replacements make values that are not finite. */
  answers(outcomes?: Outcomes): Answers {
    return answersOf(this.#outputs(), this.#labels, this.#classes, outcomes);
  }

  #outputs(): Outputs {
    const { output, outputs: kind, layers } = this.#model;
    const values = this.#values.get(output)!;
    const logits =
      kind.kind === "softmax" ? this.#values.get(kind.logits)! : kind.kind === "logits" ? values : undefined;
    return { values, outputs: layers.at(-1)!.outputs, logits };
  }
}

function greatestOf(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** What is put in units' places in one example. */
function ofRow(held: Held, row: number): Held {
  return new Map([...held].map(([unit, value]) => [unit, typeof value === "number" ? value : value[row]!]));
}

function logitsOf({ outputs }: GraphUnits): readonly string[] {
  return outputs.kind === "softmax" ? [outputs.logits] : [];
}

/** Of each layer the units, what others take, and sums; and the logits. */
function keptTensors(model: GraphUnits, linears: readonly KeptLinear[]): string[] {
  const ofLayers = model.stages.flatMap(({ tensor, output }) => [tensor, output]);
  return [...new Set([...ofLayers, ...linears.map(({ node }) => node.output), ...logitsOf(model)])];
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
