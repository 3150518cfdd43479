/**
 * The ranges that a network's tensors take on given data: least and greatest value over all rows and units, or quantiles.
 *
 * Quantiles are exact, by counting: a pass over the values counts them in equal bins, and the next pass looks only at the bin that the
 * quantile lies in, until the bin is one value. Values that take up to 50 MB are kept between passes; others are computed again, so that no
 * amount of data fills the memory.
 */
import * as v from "valibot";
import { check, requireList } from "../checks/check.ts";
import { instance } from "../checks/schema/instance-of.ts";
import { parse } from "../checks/schema/parse.ts";
import { openRecord, options as optionsOf } from "../checks/schema/records.ts";
import { isRange, positiveInteger } from "../checks/schema/scalars.ts";
import type { Range } from "../information/bins.ts";
import type { Graph } from "./graph.ts";
import { evaluateInBatches, obstacleTo, requireGraph } from "./graph-evaluate.ts";

/** Inputs of a network: one row per example. */
export interface ObservedData {
  readonly rows: number;
  readonly columns: number;
  /** `[rows, columns]`, row-major. */
  readonly values: Float64Array;
}

/** What `observedRanges()` returns: each tensor asked for is in one of the two maps. */
export interface ObservedRanges {
  readonly ranges: ReadonlyMap<string, Range>;
  /** Tensors that have none, each with a clause that says why, and what to do. */
  readonly missing: ReadonlyMap<string, string>;
}

/** Which part of the values a range covers. */
export interface ObservedRangesOptions {
  /** 0 ≤ low < high ≤ 1, interpolated linearly as NumPy does by default. Without: least and greatest value. */
  readonly quantiles?: readonly [low: number, high: number];
}

const rangeOptions = optionsOf({
  quantiles: v.optional(
    instance<readonly [number, number]>(
      (value) => isRange(value) && value[0] >= 0 && value[1] <= 1,
      "quantiles [low, high], 0 ≤ low < high ≤ 1",
    ),
  ),
});

const observedData = openRecord({ rows: positiveInteger, columns: positiveInteger });

/** Values kept between passes: 50 MB. */
const MOST_KEPT = 6_250_000;

/**
 * The range of each tensor over all rows and units of the data: its least and greatest value, or two quantiles.
 *
 * A tensor has no range where it stands behind an unsupported operator, is NaN or infinite somewhere, or is the same everywhere, since bins
 * need a width. It is in `missing` then, with the reason; give its range by hand.
 *
 * @param tensors Names of tensors; each appears in one of the two maps.
 * @example
 * ```ts
 * const model = network({ layers: [{ weights: [[5, 5], [-5, -5]], activation: "sigmoid" }] });
 * const data = { rows: 3, columns: 2, values: Float64Array.of(0, 0, 0.1, 0.3, 0.4, 0.2) };
 * const tensor = model.layers[0]!.output;
 * const [low, high] = observedRanges(model, data, [tensor]).ranges.get(tensor)!;
 * console.log(low.toFixed(3), high.toFixed(3)); // 0.047 0.953
 * ```
 * @throws InvalidInputError for data that do not fit the network's input, tensors that the network does not have, or quantiles that are none.
 */
export function observedRanges(
  graph: Graph,
  data: ObservedData,
  tensors: readonly string[],
  options: ObservedRangesOptions = {},
): ObservedRanges {
  const { quantiles } = parse(rangeOptions, options, "observedRanges()");
  requireGraph(graph, "observedRanges()");
  parse(observedData, data, "observedRanges(): data");
  requireList(data.values, "observedRanges(): data", "values");
  requireList(tensors, "observedRanges(): tensors", "names of tensors");
  const missing = new Map<string, string>();
  const asked = [...new Set(tensors)];
  for (const name of asked) {
    const obstacle = obstacleTo(graph, name);
    if (obstacle !== undefined) missing.set(name, obstacle);
  }
  const values = passes(
    graph,
    data,
    asked.filter((name) => !missing.has(name)),
  );
  const extremes = leastAndGreatest(values);
  for (const [name, { least, greatest }] of extremes) {
    const fault = faultOf(least, greatest, "on these data");
    if (fault !== undefined) missing.set(name, fault);
  }
  const ranges = new Map<string, Range>();
  const found = [...extremes].filter(([name]) => !missing.has(name));
  if (quantiles === undefined) {
    for (const [name, { least, greatest }] of found) ranges.set(name, [least, greatest]);
    return { ranges, missing };
  }
  const searches = new Map(found.map(([name, seen]) => [name, quantiles.map((q) => new QuantileSearch(q, seen))]));
  narrow(values, searches);
  for (const [name, [low, high]] of searches) {
    const range = [low!.value, high!.value] as const;
    const fault = faultOf(...range, `from the quantile ${quantiles[0]} to ${quantiles[1]} of these data`);
    if (fault === undefined) ranges.set(name, range);
    else missing.set(name, fault);
  }
  return { ranges, missing };
}

/** Everything that tensors are on the data, as often as it is asked for, part after part. */
type Passes = () => Iterable<ReadonlyMap<string, Float64Array>>;

function passes(graph: Graph, data: ObservedData, tensors: readonly string[]): Passes {
  check(data.values.length === data.rows * data.columns, () => ({
    who: `${graph.who}: data`,
    expected: `${data.rows} rows of ${data.columns} values`,
    got: `${data.values.length} values`,
  }));
  let kept: ReadonlyMap<string, Float64Array>[] = [];
  let isKept = false;
  return function* () {
    if (tensors.length === 0) return;
    if (isKept) {
      yield* kept;
      return;
    }
    let count = 0;
    kept = [];
    for (const { values } of evaluateInBatches(graph, data.values, data.rows, tensors)) {
      for (const part of values.values()) count += part.length;
      if (count <= MOST_KEPT) kept.push(values);
      else kept = [];
      yield values;
    }
    isKept = count <= MOST_KEPT;
  };
}

interface Extremes {
  readonly least: number;
  readonly greatest: number;
  /** Of values. */
  readonly count: number;
}

function leastAndGreatest(values: Passes): Map<string, Extremes> {
  const found = new Map<string, Extremes>();
  for (const part of values()) {
    for (const [name, list] of part) {
      let { least, greatest, count } = found.get(name) ?? { least: Infinity, greatest: -Infinity, count: 0 };
      for (const value of list) {
        least = Math.min(least, value);
        greatest = Math.max(greatest, value);
      }
      count += list.length;
      found.set(name, { least, greatest, count });
    }
  }
  return found;
}

/** Why two ends are no range. */
function faultOf(low: number, high: number, where: string): string | undefined {
  const remedy = "set its range";
  if (Number.isNaN(low) || Number.isNaN(high)) return `some of its values are NaN ${where}: check the data`;
  if (!Number.isFinite(high - low)) return `its values range from ${low} to ${high} ${where}: ${remedy}`;
  if (low === high) return `its values are all ${low} ${where}, and a range needs a width: ${remedy}`;
  return undefined;
}

/** Counts all searches on each pass until every one has ended. */
function narrow(values: Passes, searches: ReadonlyMap<string, readonly QuantileSearch[]>): void {
  const open = () => [...searches.values()].flat().some((search) => !search.done);
  while (open()) {
    for (const part of values()) {
      for (const [name, list] of part) {
        for (const search of searches.get(name) ?? []) if (!search.done) search.see(list);
      }
    }
    for (const search of [...searches.values()].flat()) if (!search.done) search.narrow();
  }
}

const BINS = 4096;

/** Looks for the two neighbours in order that a quantile lies between. Each pass sees all values once more. */
class QuantileSearch {
  /** The quantile, once done. */
  value = Number.NaN;
  done = false;
  readonly #lower: number;
  readonly #fraction: number;
  /** Both neighbours are among the values from `low` to `high`, which begin with the one of rank `#before`. */
  #low: number;
  #high: number;
  #before = 0;
  readonly #counts = new Float64Array(BINS);
  readonly #least = new Float64Array(BINS);
  readonly #greatest = new Float64Array(BINS);

  constructor(quantile: number, { least, greatest, count }: Extremes) {
    const rank = quantile * (count - 1);
    // The greatest value is the upper neighbour of the one before it.
    this.#lower = Math.max(0, Math.min(Math.floor(rank), count - 2));
    this.#fraction = rank - this.#lower;
    [this.#low, this.#high] = [least, greatest];
    this.#clear();
  }

  see(values: Float64Array): void {
    const [low, high] = [this.#low, this.#high];
    const width = high - low;
    for (const value of values) {
      if (value < low || value > high) continue;
      // Never falling in the value, with the ends in different bins whatever their width: each pass narrows.
      const bin = Math.min(BINS - 1, Math.floor(((value - low) / width) * BINS));
      this.#counts[bin]!++;
      this.#least[bin] = Math.min(this.#least[bin]!, value);
      this.#greatest[bin] = Math.max(this.#greatest[bin]!, value);
    }
  }

  /** To the bin that has both neighbours, or to the end where two bins share them. */
  narrow(): void {
    let bin = 0;
    let before = this.#before;
    while (before + this.#counts[bin]! <= this.#lower) before += this.#counts[bin++]!;
    if (before + this.#counts[bin]! === this.#lower + 1) {
      let next = bin + 1;
      while (this.#counts[next] === 0) next++;
      this.#end(this.#greatest[bin]!, this.#least[next]!);
      return;
    }
    [this.#low, this.#high, this.#before] = [this.#least[bin]!, this.#greatest[bin]!, before];
    if (this.#low === this.#high) this.#end(this.#low, this.#high);
    else this.#clear();
  }

  /** As NumPy rounds it: from the nearer neighbour. */
  #end(lower: number, upper: number): void {
    const [step, fraction] = [upper - lower, this.#fraction];
    this.value = fraction < 0.5 ? lower + step * fraction : upper - step * (1 - fraction);
    this.done = true;
  }

  #clear(): void {
    this.#counts.fill(0);
    this.#least.fill(Infinity);
    this.#greatest.fill(-Infinity);
  }
}
