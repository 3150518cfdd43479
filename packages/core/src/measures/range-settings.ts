/** The ranges that a measurement is told: for all layers, for one, as observed on data, or what fits. */

import { type OptionNames, requireOptions } from "../checks/options-check.ts";
import type { NumberTable } from "../datasets/table.ts";
import { fittingRange, hasUnboundedDefault } from "../estimators/occupied.ts";
import { type Range, validRange } from "../information/bins.ts";
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
  readonly of?: Readonly<Record<string, Range>> | undefined;
  /** Of activations without bounds that have none yet: the range that holds 99.9 % of their values. */
  readonly fit?: boolean | undefined;
}

export interface FoundRanges {
  readonly observed: ReadonlyMap<string, Range> | undefined;
  /** Tensors whose values are not known, and why. */
  readonly missing: ReadonlyMap<string, string>;
}

const RANGES: OptionNames<RangeSettings> = { observed: true, unobserved: true, all: true, of: true, fit: true };

/** @throws InvalidInputError for unknown names, layers that the model does not have, and ranges that are none. */
export async function rangesOf(
  model: Model,
  ranges: RangeSettings,
  inputRange: Range | undefined,
  who: string,
): Promise<FoundRanges> {
  requireOptions(ranges, RANGES, who);
  const { observed, unobserved, all, of, fit } = ranges;
  const found = new Map<string, Range>();
  for (const [tensor, range] of entriesOf(observed))
    found.set(tensor, validRange(range, `${who}: observed: ${tensor}`));
  const own = model.inputs.map(({ name }) => name);
  const outputs = model.layers.map(({ output }) => output);
  if (all !== undefined) for (const tensor of outputs) found.set(tensor, validRange(all, who));
  for (const [name, range] of Object.entries(of ?? {})) {
    const isTensor = own.includes(name) || outputs.includes(name);
    found.set(isTensor ? name : modelLayer(model, name, who).output, validRange(range, `${who}: ${name}`));
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
 * @param data One input a row: a table as `tableFrom()` reads it, `{ shape: [rows, columns, …], values }`, or a data set's
 *   `{ rows, columns, values }`.
 * @example
 * ```ts
 * const table = tableFrom(await readFile("inputs.npy"), "inputs.npy");
 * await measure(model, { ranges: rangesOnData(model, table, { quantiles: [0.001, 0.999] }) });
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
