/** How often three discrete things occurred together: two sources, and the target that both may tell of. */
import { check, countClasses, requireCount, requireList } from "../checks/check.ts";
import { parse } from "../checks/schema/parse.ts";
import { anyRecord } from "../checks/schema/records.ts";
import { positiveInteger } from "../checks/schema/scalars.ts";
import { mutualInformation } from "./joint-table-information.ts";

/**
 * How often two sources and a target were in each joint state: weights ≥ 0 (counts or probabilities, of any sum),
 * `[first, second, target]`, row-major.
 */
export interface SourceTable {
  /** Numbers of states. */
  readonly first: number;
  readonly second: number;
  readonly target: number;
  readonly weights: Float64Array;
}

/** Most cells of a table. */
const MAX_CELLS = 1e7;

/**
 * How often each joint state of two sources and a target occurs, from three lists of labels 0, 1, 2 ….
 *
 * @example
 * ```ts
 * const { first, second, target, weights } = sourceTable([0, 0, 1, 1], [0, 1, 0, 1], [0, 0, 0, 1]);
 * console.log(first, second, target, [...weights].join(" ")); // 2 2 2 1 0 1 0 1 0 0 1
 * ```
 * @throws InvalidInputError for lists of different lengths, empty lists, labels that are not whole numbers from 0, or
 *   so many labels that the table would have more than 10^7 cells.
 */
export function sourceTable(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  target: ArrayLike<number>,
): SourceTable {
  const who = "sourceTable()";
  for (const list of [first, second, target]) requireList(list, who, "labels");
  check(first.length > 0 && first.length === second.length && first.length === target.length, {
    who,
    expected: "three lists of the same length, at least 1",
    got: `${first.length}, ${second.length} and ${target.length}`,
  });
  const [n, m, t] = [countClasses(first, who), countClasses(second, who), countClasses(target, who)];
  check(n * m * t <= MAX_CELLS, {
    who,
    expected: `at most ${MAX_CELLS.toLocaleString("en")} cells`,
    got: `${n} × ${m} × ${t}`,
    remedy: "Use fewer states.",
  });
  const weights = new Float64Array(n * m * t);
  for (let k = 0; k < first.length; k++) weights[(first[k]! * m + second[k]!) * t + target[k]!]!++;
  return { first: n, second: m, target: t, weights };
}

/**
 * The table as probabilities.
 *
 * @throws InvalidInputError for weights that do not fill the table, are negative or not finite, or are all 0.
 */
export function probabilities(table: SourceTable, who: string): Float64Array {
  parse(anyRecord, table, `${who}: table`);
  const { first, second, target, weights } = table;
  for (const states of [first, second, target]) parse(positiveInteger, states, `${who}: number of states`);
  requireList(weights, who, "weights");
  const cells = first * second * target;
  requireCount(weights, cells, who, `weights, ${first} × ${second} × ${target}`);
  const at = weights.findIndex((weight) => !(weight >= 0 && weight < Infinity));
  check(at < 0, { who, expected: "finite weights of at least 0", got: `${weights[at]} at ${at}` });
  const sum = weights.reduce((total, weight) => total + weight, 0);
  check(sum > 0 && sum < Infinity, { who, expected: "weights with a finite sum above 0", got: `${sum}` });
  return weights.map((weight) => weight / sum);
}

/** A table of each source and the target, `[source, target]`, row-major. */
export function pairsWithTarget({ first: n, second: m, target: t, weights }: SourceTable): {
  readonly first: Float64Array;
  readonly second: Float64Array;
} {
  const [first, second] = [new Float64Array(n * t), new Float64Array(m * t)];
  for (let a = 0; a < n; a++) {
    for (let b = 0; b < m; b++) {
      for (let y = 0; y < t; y++) {
        const weight = weights[(a * m + b) * t + y]!;
        first[a * t + y]! += weight;
        second[b * t + y]! += weight;
      }
    }
  }
  return { first, second };
}

/** What the sources tell of the target, each alone and both together, in bits. */
export interface SourceInformation {
  readonly first: number;
  readonly second: number;
  readonly both: number;
}

/** Of the table as it is: of counts, the plug-in, which is too high, most of all for `both`. */
export function sourceInformation(table: SourceTable): SourceInformation {
  const { first, second } = pairsWithTarget(table);
  return {
    first: mutualInformation(first, table.first, table.target),
    second: mutualInformation(second, table.second, table.target),
    both: mutualInformation(table.weights, table.first * table.second, table.target),
  };
}
