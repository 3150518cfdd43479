/** The ranges that a measurement is told: for all layers, for one, as observed on data, or what fits. */
import * as v from "valibot";
import { parse } from "../checks/schema/parse.ts";
import { byName, described, options } from "../checks/schema/records.ts";
import { flag, range } from "../checks/schema/scalars.ts";
import type { NumberTable } from "../datasets/number-table.ts";
import { fittingRange, hasUnboundedDefault } from "../estimators/occupied.ts";
import type { Range } from "../information/bins.ts";
import { isFound, layerMechanism, modelLayer } from "../model/graph-mechanism.ts";
import { type Model, requireModel } from "../model/model.ts";
import { type ObservedData, type ObservedRangesOptions, observedRanges } from "../model/observed-ranges.ts";

/** Ranges of values, in place of the default ranges of activations. Each goes before those that stand above it. Plain data. */
export interface RangeSettings {
  /** Of tensors, by name: what `observedRanges()` found on data. */
  readonly observed?: Readonly<Record<string, Range>> | ReadonlyMap<string, Range> | undefined;
  /** Of tensors that have none on these data, why: layers that need them are not measured. */
  readonly unobserved?: Readonly<Record<string, string>> | ReadonlyMap<string, string> | undefined;
  /** Of the values of all layers. */
  readonly all?: Range | undefined;
  /** Of single layers or tensors, by name. */
  readonly of?: Readonly<Record<string, Range>> | ReadonlyMap<string, Range> | undefined;
  /** Of activations without bounds that have none yet: the range that holds 99.9 % of their values. */
  readonly fit?: boolean | undefined;
}

export interface FoundRanges {
  readonly observed: ReadonlyMap<string, Range> | undefined;
  /** Tensors whose values are not known, and why. */
  readonly missing: ReadonlyMap<string, string>;
}

const BY_NAME = "an object or a Map by the names of tensors";

export const rangeSettings = options({
  observed: v.optional(described(byName(range, BY_NAME), "Ranges of tensors, by name, as observed on data.")),
  unobserved: v.optional(
    described(byName(v.string("a string with the reason"), BY_NAME), "Tensors without a range on these data, and why."),
  ),
  all: v.optional(described(range, "Range of the values of all layers.")),
  of: v.optional(
    described(
      byName(range, "an object or a Map by the names of layers or tensors"),
      "Ranges of single layers or tensors, by name.",
    ),
  ),
  fit: v.optional(
    described(flag, "For unbounded activations without a range: the range that contains 99.9 % of their values."),
  ),
});

/** @throws InvalidInputError for unknown names, layers that the model does not have, and ranges that are none. */
export async function rangesOf(
  model: Model,
  ranges: RangeSettings,
  inputRange: Range | undefined,
  who: string,
): Promise<FoundRanges> {
  const { observed, unobserved, all, of, fit } = parse(rangeSettings, ranges, who);
  const found = new Map<string, Range>();
  for (const [tensor, range] of entriesOf(observed)) found.set(tensor, range);
  const own = model.inputs.map(({ name }) => name);
  const outputs = model.layers.map(({ output }) => output);
  if (all !== undefined) for (const tensor of outputs) found.set(tensor, all);
  for (const [name, range] of entriesOf(of)) {
    const isTensor = own.includes(name) || outputs.includes(name);
    found.set(isTensor ? name : modelLayer(model, name, who).output, range);
  }
  if (fit === true) await fitRanges(model, inputRange, found);
  return { observed: found.size === 0 ? undefined : found, missing: new Map(entriesOf(unobserved)) };
}

function entriesOf<Value>(
  values: Readonly<Record<string, Value>> | ReadonlyMap<string, Value> | undefined,
): readonly (readonly [string, Value])[] {
  if (values instanceof Map) return [...(values as ReadonlyMap<string, Value>)];
  return Object.entries((values ?? {}) as Readonly<Record<string, Value>>);
}

/**
 * The ranges that a model's values take on data, for `measure(model, { ranges })`: what `--range data` does.
 *
 * @param data One input a row: a table as `tableFrom()` reads it, `{ shape: [rows, columns, …], values }`, or
 *   `{ rows, columns, values }`, row-major.
 * @example
 * ```ts
 * const model = await readModel(await readFile("model.onnx"), { name: "model.onnx" });
 * const { rows, features, inputs } = iris();
 * const ranges = rangesOnData(model, { rows, columns: features, values: inputs });
 * const { layers } = await measure(model, { ranges, measures: ["eiParts"] });
 * for (const { name, eiParts } of layers) console.log(name, eiParts?.bits.toFixed(3)); // /0/MatMul 2.178
 * // /2/MatMul 2.885
 * // /4/MatMul 1.761
 * ```
 * @throws InvalidInputError as `observedRanges()`.
 */
export function rangesOnData(
  model: Model,
  data: NumberTable | ObservedData,
  options: ObservedRangesOptions = {},
): RangeSettings {
  requireModel(model, "rangesOnData()");
  const tensors = [...model.inputs.map(({ name }) => name), ...model.layers.map(({ output }) => output)];
  const { ranges, missing } = observedRanges(model, "shape" in data ? rowsOf(data) : data, tensors, options);
  return { observed: Object.fromEntries(ranges), unobserved: Object.fromEntries(missing) };
}

/** The first axis counts examples; the others are one input's values. */
function rowsOf({ shape, values }: NumberTable): ObservedData {
  const rows = shape.length < 2 ? 1 : shape[0]!;
  return { rows, columns: rows === 0 ? 0 : values.length / rows, values };
}

/** Of each layer whose activation has no bounds, and which has no range yet, the range that fits; the layers after it take it over. */
async function fitRanges(model: Model, inputRange: Range | undefined, ranges: Map<string, Range>): Promise<void> {
  for (const layer of model.layers) {
    if (ranges.has(layer.output)) continue;
    const made = layerMechanism(model, layer, { inputRange, observed: ranges });
    if (!isFound(made) || !hasUnboundedDefault(made.mechanism)) continue;
    const fitting = await fittingRange(made.mechanism);
    if (fitting !== undefined) ranges.set(layer.output, fitting);
  }
}
