/** How often three discrete things occurred together: two sources, and the target that both may tell of. */
import { InvalidInputError } from "../errors.ts";
import { mutualInformation } from "./mutual-information.ts";

/** Weights ≥ 0 (counts or probabilities, of any sum), `[first, second, target]`, row-major. */
export interface JointTriple {
  readonly shape: readonly [first: number, second: number, target: number];
  readonly weights: Float64Array;
}

/** Most cells of a table. */
const MAX_CELLS = 1e7;

/**
 * From three lists of labels 0, 1, 2 ….
 *
 * @throws InvalidInputError for lists of different lengths, none, labels that are not whole, or so many that the table has over 10^7 cells.
 */
export function jointTriple(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  target: ArrayLike<number>,
): JointTriple {
  const who = "jointTriple()";
  if (first.length === 0 || first.length !== second.length || first.length !== target.length) {
    const got = `${first.length}, ${second.length} and ${target.length}`;
    throw new InvalidInputError({ who, expected: "three lists of the same length, at least 1", got });
  }
  const shape = [states(first, who), states(second, who), states(target, who)] as const;
  if (shape[0] * shape[1] * shape[2] > MAX_CELLS) {
    throw new InvalidInputError({
      who,
      expected: `at most ${MAX_CELLS.toLocaleString("en")} cells`,
      got: shape.join(" × "),
      remedy: "Use fewer states.",
    });
  }
  const weights = new Float64Array(shape[0] * shape[1] * shape[2]);
  for (let k = 0; k < first.length; k++) weights[(first[k]! * shape[1] + second[k]!) * shape[2] + target[k]!]!++;
  return { shape, weights };
}

function states(labels: ArrayLike<number>, who: string): number {
  let most = 0;
  for (let k = 0; k < labels.length; k++) {
    const label = labels[k]!;
    if (!Number.isSafeInteger(label) || label < 0) {
      throw new InvalidInputError({ who, expected: "labels that are whole, from 0", got: `${label} at ${k}` });
    }
    most = Math.max(most, label + 1);
  }
  return most;
}

/**
 * The table as probabilities.
 *
 * @throws InvalidInputError for weights that do not fill the shape, are negative or not finite, or are all 0.
 */
export function probabilities({ shape, weights }: JointTriple, who: string): Float64Array {
  const cells = shape[0] * shape[1] * shape[2];
  if (weights.length !== cells) {
    throw new InvalidInputError({ who, expected: `${cells} weights, ${shape.join(" × ")}`, got: `${weights.length}` });
  }
  const at = weights.findIndex((weight) => !(weight >= 0 && weight < Infinity));
  if (at >= 0) throw new InvalidInputError({ who, expected: "finite weights ≥ 0", got: `${weights[at]} at ${at}` });
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (!(sum > 0 && sum < Infinity)) throw new InvalidInputError({ who, expected: "a sum above 0", got: `${sum}` });
  return weights.map((weight) => weight / sum);
}

/** A table of each source and the target, `[source, target]`, row-major. */
export function pairsWithTarget({ shape: [n, m, t], weights }: JointTriple): {
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
export function sourceInformation(triple: JointTriple): SourceInformation {
  const [n, m, t] = triple.shape;
  const { first, second } = pairsWithTarget(triple);
  return {
    first: mutualInformation(first, n, t),
    second: mutualInformation(second, m, t),
    both: mutualInformation(triple.weights, n * m, t),
  };
}
