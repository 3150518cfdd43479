/** What several discrete things have in common: measures of more than two, from how often their joint states occurred. Bits. */
import { check, requireList } from "../checks/check.ts";
import { log } from "./elementary.ts";
import { entropyFromCounts } from "./entropy-estimators.ts";
import { type Estimate, estimate } from "./estimate.ts";
import { type JointStates, jointStates } from "./joint-states.ts";

/** What several variables have in common, in bits. */
export interface MultivariateInformation {
  /** H(X₁ … Xₙ). */
  readonly joint: number;
  /** Σ H(Xᵢ) − H(X₁ … Xₙ), 0 or more: how far they are from independent (Watanabe 1960). */
  readonly totalCorrelation: number;
  /** H(X₁ … Xₙ) − Σ H(Xᵢ | the others), 0 or more: what is shared by at least two (Han 1978). */
  readonly dualTotalCorrelation: number;
  /** Total correlation less the dual one: above 0 redundancy rules, below 0 synergy (Rosas, Mediano, Gastpar & Jensen 2019). */
  readonly oInformation: number;
}

/**
 * The joint entropy, total correlation, dual total correlation and O-information of two or more discrete variables, in
 * bits. Plug-in values, whose bias grows with the number of joint states.
 *
 * @param columns The states of each variable, 0, 1, 2 …, all of the same length.
 * @example
 * ```ts
 * // Two fair bits and their exclusive or: each pair is independent, all three share one bit.
 * const columns = [Int32Array.of(0, 0, 1, 1), Int32Array.of(0, 1, 0, 1), Int32Array.of(0, 1, 1, 0)];
 * const { joint, totalCorrelation, oInformation } = multivariateInformation(columns);
 * console.log(joint, totalCorrelation, oInformation); // 2 1 -1
 * ```
 * @throws InvalidInputError for fewer than 2 variables, different lengths, or no samples.
 */
export function multivariateInformation(columns: readonly Int32Array[]): MultivariateInformation {
  requireColumns(columns);
  const whole = stateEntropy(columns);
  let [alone, conditional] = [0, 0];
  for (let k = 0; k < columns.length; k++) {
    alone += stateEntropy([columns[k]!]);
    conditional += whole - stateEntropy(columns.toSpliced(k, 1));
  }
  const totalCorrelation = alone - whole;
  const dualTotalCorrelation = whole - conditional;
  const oInformation = totalCorrelation - dualTotalCorrelation;
  return { joint: whole, totalCorrelation, dualTotalCorrelation, oInformation };
}

/**
 * I(Y; X₁ … Xₙ) in bits, plug-in: what several discrete variables tell of a target together, 0 … H(Y). The standard
 * error is that of sampling, by the delta method; the bias, too high by few samples, is not in it.
 *
 * @param columns The states of each variable, 0, 1, 2 …, all of the same length. @param target The states of Y.
 * @example
 * ```ts
 * // Neither bit tells of their exclusive or; together they tell all of it.
 * const [a, b, xorOfBoth] = [Int32Array.of(0, 0, 1, 1), Int32Array.of(0, 1, 0, 1), Int32Array.of(0, 1, 1, 0)];
 * console.log(jointInformation([a], xorOfBoth).bits); // 0
 * console.log(jointInformation([a, b], xorOfBoth).bits); // 1
 * ```
 * @throws InvalidInputError for no variable, different lengths, or no samples.
 */
export function jointInformation(columns: readonly Int32Array[], target: Int32Array): Estimate {
  requireList(columns, WHO, "columns");
  requireColumns([...columns, target]);
  const [x, y, both] = [jointStates(columns), jointStates([target]), jointStates([...columns, target])];
  const entropy = ({ counts }: JointStates) => entropyFromCounts(counts, "plug-in").bits;
  const samples = target.length;
  let [mean, squares] = [0, 0];
  for (let k = 0; k < samples; k++) {
    const [a, b, ab] = [x.counts[x.states[k]!]!, y.counts[y.states[k]!]!, both.counts[both.states[k]!]!];
    const ratio = log((ab * samples) / (a * b)) / Math.LN2;
    mean += ratio / samples;
    squares += (ratio * ratio) / samples;
  }
  return estimate({
    bits: Math.max(0, entropy(x) + entropy(y) - entropy(both)),
    standardError: Math.sqrt(Math.max(0, squares - mean * mean) / samples),
    samples,
    method: "plug-in",
    outside: 0,
    warnings: [],
  });
}

const WHO = "joint information";

function requireColumns(columns: readonly Int32Array[]): void {
  requireList(columns, WHO, "columns");
  for (const column of columns) requireList(column, WHO, "states");
  const lengths = [...new Set(columns.map(({ length }) => length))];
  check(columns.length >= 2 && lengths.length === 1 && lengths[0]! > 0, {
    who: WHO,
    expected: "at least 2 lists of the same length",
    got: `${columns.length} of lengths ${lengths.join(", ")}`,
  });
}

function stateEntropy(columns: readonly Int32Array[]): number {
  return entropyFromCounts(jointStates(columns).counts, "plug-in").bits;
}
