/**
 * The least that two sources can tell of a target together when only what each tells alone is held fixed (Bertschinger, Rauh, Olbrich,
 * Jost & Ay, "Quantifying unique information", Entropy 16, 2014):
 *
 *     min { I_Q(X₀, X₁; Y) : Q(x₀, y) = P(x₀, y), Q(x₁, y) = P(x₁, y) }
 *
 * a convex problem, solved by a primal-dual interior-point method. Every answer carries its own proof: the dual (Makkeh, Theis &
 * Vicente, "Bivariate partial information decomposition: the optimization perspective", Entropy 19, 2017) is a bound from below.
 */
import { CausalscopeError } from "../checks/error-classes.ts";
import { exp, log } from "./elementary.ts";
import { type Estimate, estimate } from "./estimate.ts";
import { positiveSolver } from "./solve-positive.ts";
import { pairsWithTarget, probabilities, type SourceTable } from "./source-table.ts";

/** I_Q(X₀, X₁; Y) of the Q that was found, in bits; `bounds` are proved, but for rounding. */
export interface LeastInformation extends Estimate {
  /** The minimum is at most so far below `bits`: proved, but for rounding. */
  readonly gap: number;
  /** Q, laid out as the table. */
  readonly distribution: Float64Array;
}

/** A gap at which there is nothing left to gain in double precision, in nats; and one that is too wide to answer with. */
const CLOSED = 1e-13;
const WIDE = 1e-7;
const MAX_STEPS = 200;

/**
 * The least that two sources can tell of a target together, in bits, when only what each tells alone is held fixed
 * (Bertschinger et al. 2014): the decomposition `broja` of `partialInformation()` rests on it. O(steps · (targets ·
 * (states of both sources))³), a few dozen steps.
 *
 * @example
 * ```ts
 * // Of an exclusive or, whose inputs alone tell nothing, nothing need be told; of a copied bit, all.
 * const [a, b] = [[0, 0, 1, 1], [0, 1, 0, 1]];
 * console.log(leastInformation(sourceTable(a, b, [0, 1, 1, 0])).bits.toFixed(3)); // 0.000
 * console.log(leastInformation(sourceTable(a, a, a)).bits.toFixed(3)); // 1.000
 * ```
 * @throws InvalidInputError as `partialInformation`.
 * @throws CausalscopeError where the method stops short of the minimum by more than 1e-7 nats.
 */
export function leastInformation(table: SourceTable): LeastInformation {
  const weights = probabilities(table, "leastInformation()");
  const problem = problemOf({ ...table, weights });
  const q = problem.start.slice();
  const slack = q.map((value) => 1 / value);
  const multipliers = new Float64Array(problem.sums.length);
  let best = { value: Infinity, bound: -Infinity, q };
  for (let step = 0; step < MAX_STEPS; step++) {
    restoreSums(problem, q);
    const gradient = gradientOf(problem, q);
    const value = q.reduce((sum, each, k) => sum + each * gradient[k]!, 0);
    const bound = Math.max(best.bound, boundOf(problem, multipliers));
    best = value < best.value ? { value, bound, q: q.slice() } : { ...best, bound };
    if (best.value - best.bound < CLOSED) break;
    if (!advance(problem, { q, slack, multipliers, gradient })) break;
  }
  const gap = best.value - best.bound;
  if (!(gap < WIDE)) {
    throw new CausalscopeError({
      who: "leastInformation()",
      expected: `a minimum to within ${WIDE} nats`,
      got: `${gap}`,
      remedy: "Use fewer states, or leave out those that hardly occur.",
    });
  }
  const distribution = new Float64Array(weights.length);
  for (const [k, place] of problem.places.entries()) distribution[place] = best.q[k]!;
  const bits = (best.value + problem.targetEntropy) / Math.LN2;
  const width = Math.max(0, gap) / Math.LN2;
  const bounds = [bits - width, bits] as const;
  const value = { bits, standardError: 0, bounds, samples: 0, method: "exact", outside: 0, warnings: [] } as const;
  return { ...estimate(value), gap: width, distribution };
}

/**
 * The cells that Q may fill. Minimised is −H_Q(Y | X₀, X₁) = Σ q ln (q / Σ_y q), which differs from I_Q by H(Y), given A q = sums: those
 * over one source.
 */
interface Problem {
  readonly targetEntropy: number;
  /** Where a variable stands in the table. */
  readonly places: Int32Array;
  /** Variables [starts[c], starts[c + 1]) share both sources. */
  readonly starts: Int32Array;
  /** The two sums that a variable belongs to. */
  readonly ofFirst: Int32Array;
  readonly ofSecond: Int32Array;
  /** What they are, > 0, and the number of their target. */
  readonly sums: Float64Array;
  readonly targets: Int32Array;
  /** The greatest of each target's sums over the first source, or −1: it follows from the others, and is no equation of its own. */
  readonly implied: Int32Array;
  /** A Q with the right sums that is away from every edge: both sources independent, given the target. */
  readonly start: Float64Array;
}

function problemOf(table: SourceTable): Problem {
  const [n, m, t] = [table.first, table.second, table.target];
  const { first, second } = pairsWithTarget(table);
  const ofTarget = new Float64Array(t);
  for (let a = 0; a < n; a++) for (let y = 0; y < t; y++) ofTarget[y]! += first[a * t + y]!;
  const sums: number[] = [];
  const targets: number[] = [];
  const numbered = (pairs: Float64Array) =>
    Int32Array.from(pairs, (sum, k) => (sum > 0 ? targets.push(k % t) && sums.push(sum) - 1 : -1));
  const [firstSums, secondSums] = [numbered(first), numbered(second)];
  const implied = new Int32Array(t).fill(-1);
  for (const [k, row] of secondSums.entries()) {
    const found = implied[k % t]!;
    if (row >= 0 && (found < 0 || sums[row]! > sums[found]!)) implied[k % t] = row;
  }
  const places: number[] = [];
  const starts = [0];
  const ofFirst: number[] = [];
  const ofSecond: number[] = [];
  const start: number[] = [];
  for (let a = 0; a < n; a++) {
    for (let b = 0; b < m; b++) {
      for (let y = 0; y < t; y++) {
        const [p, q] = [first[a * t + y]!, second[b * t + y]!];
        if (!(p > 0 && q > 0)) continue;
        places.push((a * m + b) * t + y);
        ofFirst.push(firstSums[a * t + y]!);
        ofSecond.push(secondSums[b * t + y]!);
        start.push((p * q) / ofTarget[y]!);
      }
      if (places.length > starts.at(-1)!) starts.push(places.length);
    }
  }
  return {
    targetEntropy: ofTarget.reduce((sum, p) => (p > 0 ? sum - p * log(p) : sum), 0),
    places: Int32Array.from(places),
    starts: Int32Array.from(starts),
    ofFirst: Int32Array.from(ofFirst),
    ofSecond: Int32Array.from(ofSecond),
    sums: Float64Array.from(sums),
    targets: Int32Array.from(targets),
    implied,
    start: Float64Array.from(start),
  };
}

/**
 * Gives q the sums that it must have, in place, by the least rounding (Altschuler, Weed & Rigollet 2017): what is too much is scaled down,
 * what is then missing is spread over the target. Only so is what is found a value that a distribution takes.
 */
function restoreSums(problem: Problem, q: Float64Array): void {
  const { ofFirst, ofSecond, sums, targets, implied } = problem;
  for (const side of [ofFirst, ofSecond]) {
    const reached = sumsOf(problem, q);
    for (let k = 0; k < q.length; k++) q[k]! *= Math.min(1, sums[side[k]!]! / reached[side[k]!]!);
  }
  const missing = sumsOf(problem, q).map((sum, row) => Math.max(0, sums[row]! - sum));
  const ofTarget = new Float64Array(implied.length);
  for (const row of new Set(ofFirst)) ofTarget[targets[row]!]! += missing[row]!;
  for (let k = 0; k < q.length; k++) {
    const all = ofTarget[targets[ofFirst[k]!]!]!;
    if (all > 0) q[k]! += (missing[ofFirst[k]!]! * missing[ofSecond[k]!]!) / all;
  }
}

/** ∂/∂q Σ q ln (q / Σ_y q) = ln (q / Σ_y q). */
function gradientOf({ starts }: Problem, q: Float64Array): Float64Array {
  const gradient = new Float64Array(q.length);
  for (let c = 0; c + 1 < starts.length; c++) {
    let sum = 0;
    for (let k = starts[c]!; k < starts[c + 1]!; k++) sum += q[k]!;
    for (let k = starts[c]!; k < starts[c + 1]!; k++) gradient[k] = log(q[k]! / sum);
  }
  return gradient;
}

/** b·ν − ln max Σ_y e^(Aᵀν): of any multipliers ν, the value of a point of the dual problem, so never above the minimum. */
function boundOf(problem: Problem, multipliers: Float64Array): number {
  const { starts, sums } = problem;
  const prices = pricesOf(problem, multipliers);
  let most = 0;
  for (let c = 0; c + 1 < starts.length; c++) {
    let sum = 0;
    for (let k = starts[c]!; k < starts[c + 1]!; k++) sum += exp(prices[k]!);
    most = Math.max(most, sum);
  }
  return sums.reduce((value, sum, row) => value + sum * multipliers[row]!, 0) - log(most);
}

/** Aᵀν. */
function pricesOf({ ofFirst, ofSecond }: Problem, multipliers: Float64Array): Float64Array {
  return Float64Array.from(ofFirst, (row, k) => multipliers[row]! + multipliers[ofSecond[k]!]!);
}

/** A v. */
function sumsOf({ ofFirst, ofSecond, sums }: Problem, v: Float64Array): Float64Array {
  const result = new Float64Array(sums.length);
  for (let k = 0; k < v.length; k++) {
    result[ofFirst[k]!]! += v[k]!;
    result[ofSecond[k]!]! += v[k]!;
  }
  return result;
}

interface Point {
  readonly q: Float64Array;
  /** What the gradient exceeds the prices by, > 0; its product with q goes to 0. */
  readonly slack: Float64Array;
  readonly multipliers: Float64Array;
  readonly gradient: Float64Array;
}

/** Each step aims at products of q and slack so much smaller, and goes so far of the way to the nearest edge. */
const SHRINK = 0.1;
const REACH = 0.99;

/** One Newton step, in place. False where rounding leaves no direction. */
function advance(problem: Problem, { q, slack, multipliers, gradient }: Point): boolean {
  const prices = pricesOf(problem, multipliers);
  const aim = (SHRINK * q.reduce((sum, value, k) => sum + value * slack[k]!, 0)) / q.length;
  const inverse = inverseHessian(problem, q, slack);
  const pull = gradient.map((slope, k) => aim / q[k]! - slope + prices[k]!);
  const wanted = sumsOf(problem, inverse.times(pull)).map((sum) => -sum);
  for (const row of problem.implied) if (row >= 0) wanted[row] = 0;
  const solve = positiveSolver(normalMatrix(problem, inverse), wanted.length);
  if (solve === undefined) return false;
  const change = solve(wanted);
  const along = pricesOf(problem, change);
  const step = inverse.times(pull.map((value, k) => value + along[k]!));
  const slackStep = step.map((value, k) => (aim - slack[k]! * value) / q[k]! - slack[k]!);
  const length = Math.min(roomFor(q, step), roomFor(slack, slackStep));
  if (!(length > 0)) return false;
  for (let k = 0; k < q.length; k++) {
    q[k]! += length * step[k]!;
    slack[k]! += length * slackStep[k]!;
  }
  for (let row = 0; row < multipliers.length; row++) multipliers[row]! += length * change[row]!;
  return true;
}

/** The longest step, at most 1, that keeps all values above 0; NaN where the step is not finite. */
function roomFor(values: Float64Array, step: Float64Array): number {
  let room = 1;
  for (let k = 0; k < values.length; k++) {
    if (!Number.isFinite(step[k])) return Number.NaN;
    if (step[k]! < 0) room = Math.min(room, (-REACH * values[k]!) / step[k]!);
  }
  return room;
}

/** (∇² + slack/q)⁻¹: cell by cell a diagonal less a matrix of rank one, so its inverse is a diagonal plus one. */
interface InverseHessian {
  readonly diagonal: Float64Array;
  /** Of each cell: the factor of diagonal·diagonalᵀ. */
  readonly factors: Float64Array;
  times(v: Float64Array): Float64Array;
}

function inverseHessian({ starts }: Problem, q: Float64Array, slack: Float64Array): InverseHessian {
  const diagonal = q.map((value, k) => value / (1 + slack[k]!));
  const factors = new Float64Array(starts.length - 1);
  for (let c = 0; c < factors.length; c++) {
    // Σ q − Σ diagonal, without the cancellation.
    let rest = 0;
    for (let k = starts[c]!; k < starts[c + 1]!; k++) rest += diagonal[k]! * slack[k]!;
    factors[c] = 1 / rest;
  }
  return {
    diagonal,
    factors,
    times(v) {
      const result = new Float64Array(v.length);
      for (let c = 0; c < factors.length; c++) {
        let dot = 0;
        for (let k = starts[c]!; k < starts[c + 1]!; k++) dot += diagonal[k]! * v[k]!;
        for (let k = starts[c]!; k < starts[c + 1]!; k++) result[k] = diagonal[k]! * (v[k]! + dot * factors[c]!);
      }
      return result;
    },
  };
}

/** A (∇² + slack/q)⁻¹ Aᵀ, row-major; implied sums have no part in it. */
function normalMatrix({ starts, ofFirst, ofSecond, sums, implied }: Problem, inverse: InverseHessian): Float64Array {
  const size = sums.length;
  const matrix = new Float64Array(size * size);
  const { diagonal, factors } = inverse;
  for (let c = 0; c + 1 < starts.length; c++) {
    for (let j = starts[c]!; j < starts[c + 1]!; j++) {
      const [first, second] = [ofFirst[j]! * size, ofSecond[j]! * size];
      for (let k = starts[c]!; k < starts[c + 1]!; k++) {
        const value = diagonal[j]! * diagonal[k]! * factors[c]! + (j === k ? diagonal[j]! : 0);
        matrix[first + ofFirst[k]!]! += value;
        matrix[first + ofSecond[k]!]! += value;
        matrix[second + ofFirst[k]!]! += value;
        matrix[second + ofSecond[k]!]! += value;
      }
    }
  }
  for (const row of implied) {
    if (row < 0) continue;
    for (let k = 0; k < size; k++) {
      matrix[row * size + k] = 0;
      matrix[k * size + row] = 0;
    }
    matrix[row * size + row] = 1;
  }
  return matrix;
}
