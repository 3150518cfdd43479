/** The ranges that a command is told: for all layers, for one, or as observed on data. */
import type { NumberTable } from "../datasets/table.ts";
import { fittingRange, hasUnboundedDefault } from "../engines/occupied.ts";
import { InvalidInputError } from "../errors.ts";
import type { Range } from "../information/bins.ts";
import { isFound, layerMechanism, type Model, modelLayer } from "../network/graph-mechanism.ts";
import { observedRanges } from "../network/observed-ranges.ts";
import type { Io } from "./io.ts";
import { rangeOption } from "./options.ts";
import { numbersAt } from "./table-file.ts";

/** `data`, `auto`, `low,high`, or `layer=low,high`. */
export type RangeFlag = "data" | "auto" | { readonly layer?: string; readonly range: Range };

export function rangeFlag(text: string, before: readonly RangeFlag[] = []): readonly RangeFlag[] {
  if (text === "data" || text === "auto") return [...before, text];
  const at = text.lastIndexOf("=");
  const range = rangeOption(text.slice(at + 1), "--range");
  return [...before, at < 0 ? { range } : { layer: text.slice(0, at), range }];
}

export interface RangeRequest {
  readonly range?: readonly RangeFlag[];
  readonly data?: string;
  readonly quantiles?: Range;
  readonly inputRange?: Range;
}

export interface FoundRanges {
  readonly observed: ReadonlyMap<string, Range> | undefined;
  /** Tensors whose values cannot be computed, and why. */
  readonly missing: ReadonlyMap<string, string>;
}

/**
 * The ranges of tensors: those of data, then those that are said for all layers, then those of single ones, then those that fit.
 *
 * @throws InvalidInputError for layers that the model does not have, or data of another width; StorageError for a file that is not there.
 */
export async function rangesOf(model: Model, request: RangeRequest, io: Io): Promise<FoundRanges> {
  const { range = [], data, quantiles } = request;
  const found = new Map<string, Range>();
  let missing: ReadonlyMap<string, string> = new Map();
  const own = model.graph.inputs.map(({ name }) => name);
  const outputs = model.layers.map(({ output }) => output);
  if (data !== undefined) {
    const seen = observedRanges(model.graph, rowsOf(numbersAt(data, io, "Check --data.")), [...own, ...outputs], {
      quantiles,
    });
    for (const [tensor, each] of seen.ranges) found.set(tensor, each);
    missing = seen.missing;
  }
  for (const flag of range) {
    if (typeof flag === "object" && flag.layer === undefined)
      for (const tensor of outputs) found.set(tensor, flag.range);
  }
  for (const flag of range) {
    if (typeof flag === "string" || flag.layer === undefined) continue;
    const isTensor = own.includes(flag.layer) || outputs.includes(flag.layer);
    const tensor = isTensor ? flag.layer : modelLayer(model, flag.layer, "--range").output;
    found.set(tensor, flag.range);
  }
  if (range.includes("auto")) await fitRanges(model, request, found);
  return { observed: found.size === 0 ? undefined : found, missing };
}

/** Of each layer whose activation has no bounds, and which has no range yet, the range that fits; the layers after it take it over. */
async function fitRanges(model: Model, { inputRange }: RangeRequest, ranges: Map<string, Range>): Promise<void> {
  for (const layer of model.layers) {
    if (ranges.has(layer.output)) continue;
    const made = layerMechanism(model, layer, { inputRange, observed: ranges });
    if (!isFound(made) || !hasUnboundedDefault(made.mechanism)) continue;
    const fitting = await fittingRange(made.mechanism);
    if (fitting !== undefined) ranges.set(layer.output, fitting);
  }
}

/** `0.001,0.999`. */
export function quantilesOption(text: string): Range {
  const [low, high] = rangeOption(text, "--quantiles");
  if (low >= 0 && high <= 1) return [low, high];
  throw new InvalidInputError({
    who: "--quantiles",
    expected: "two parts from 0 to 1, such as 0.001,0.999",
    got: text,
  });
}

/** The first axis counts examples; the others are one input's values. */
function rowsOf({ shape, values }: NumberTable): { rows: number; columns: number; values: Float64Array } {
  const rows = shape.length < 2 ? 1 : shape[0]!;
  return { rows, columns: rows === 0 ? 0 : values.length / rows, values };
}
