/** Means of what is known for many draws cheaply and for few of them exactly, with control variates. */
import { square } from "../../information/elementary.ts";

export interface Control {
  /** One value per draw, less the mean that is known. */
  readonly values: Float64Array;
  /** Variance of that mean where it is an estimate itself. */
  readonly meanVariance: number;
}

export interface Mean {
  readonly mean: number;
  readonly standardError: number;
  readonly degreesOfFreedom: number;
  /** Variance of one draw of each phase that the standard error is made of: of the cheap values, and of the differences. */
  readonly cheapVariance: number;
  readonly differenceVariance: number;
}

/** Draws for each coefficient that is fitted. */
const DRAWS_PER_CONTROL = 10;
/** Share of the variance below which there is only rounding. */
const ROUNDING = 1e-12;

/** The mean of `values` where each control is 0. */
export function controlledMean(values: Float64Array, controls: readonly Control[]): Mean {
  const { intercept, slopes, interceptVariance, freedom, variance } = leastSquares(values, controls);
  const ofMeans = controls.reduce((sum, { meanVariance }, k) => sum + square(slopes[k] ?? 0) * meanVariance, 0);
  return {
    mean: intercept,
    standardError: Math.sqrt(interceptVariance + ofMeans),
    degreesOfFreedom: freedom,
    cheapVariance: variance,
    differenceVariance: 0,
  };
}

/**
 * The mean of `exact`, known for the first draws, by double sampling: the mean of `cheap` over all draws and that of the difference over
 * the first, which is fitted to what the controls leave of `cheap` too (Cochran, "Sampling techniques", chapter 12).
 */
export function twoPhaseMean(cheap: Float64Array, exact: Float64Array, controls: readonly Control[]): Mean {
  const first = leastSquares(cheap, controls);
  const count = exact.length;
  const difference = exact.map((value, s) => value - cheap[s]!);
  const ofControls = controls.map(({ values, meanVariance }) => ({ values: values.subarray(0, count), meanVariance }));
  // What rounding leaves of values that the controls explain tells nothing of the difference.
  const isExplained = first.variance < ROUNDING * leastSquares(cheap, []).variance;
  const rest = isExplained ? [] : [{ values: first.residuals.subarray(0, count), meanVariance: 0 }];
  const second = leastSquares(difference, [...rest, ...ofControls]);
  const follow = isExplained ? 0 : (second.slopes[0] ?? 0);
  let ofMeans = 0;
  for (const [k, { meanVariance }] of controls.entries()) {
    ofMeans += square((first.slopes[k] ?? 0) + (second.slopes[k + rest.length] ?? 0)) * meanVariance;
  }
  const cheapVariance = square(1 + follow) * first.variance;
  return {
    mean: first.intercept + second.intercept,
    standardError: Math.sqrt(square(1 + follow) * first.interceptVariance + second.interceptVariance + ofMeans),
    degreesOfFreedom: second.freedom,
    cheapVariance,
    differenceVariance: second.variance,
  };
}

interface Fit {
  readonly intercept: number;
  readonly interceptVariance: number;
  readonly slopes: readonly number[];
  readonly residuals: Float64Array;
  /** Of a residual. */
  readonly variance: number;
  readonly freedom: number;
}

/** Least squares on as many of the regressors, in their order, as the draws allow. */
function leastSquares(values: Float64Array, regressors: readonly Control[]): Fit {
  const count = values.length;
  const used = Math.min(regressors.length, Math.floor(count / DRAWS_PER_CONTROL));
  const columns: Float64Array[] = [new Float64Array(count).fill(1)];
  const names: number[] = [];
  for (let k = 0; k < used; k++) {
    // Gram–Schmidt: a regressor that says nothing new is left out. The intercept stays where all regressors are 0.
    const { values: column } = regressors[k]!;
    if (isNew(column, columns)) {
      columns.push(column);
      names.push(k);
    }
  }
  const size = columns.length;
  const normal = new Float64Array(size * (size + 2));
  const width = size + 2;
  for (let a = 0; a < size; a++) {
    for (let b = 0; b < size; b++) normal[a * width + b] = dot(columns[a]!, columns[b]!);
    normal[a * width + size] = dot(columns[a]!, values);
    normal[a * width + size + 1] = a === 0 ? 1 : 0;
  }
  solve(normal, size, width);
  const coefficient = (a: number) => normal[a * width + size]!;
  const residuals = values.slice();
  for (const [a, column] of columns.entries()) {
    for (let s = 0; s < count; s++) residuals[s]! -= coefficient(a) * column[s]!;
  }
  const freedom = Math.max(1, count - size);
  const variance = dot(residuals, residuals) / freedom;
  const slopes = new Array<number>(regressors.length).fill(0);
  for (const [a, k] of names.entries()) slopes[k] = coefficient(a + 1);
  return {
    intercept: coefficient(0),
    interceptVariance: variance * normal[size + 1]!,
    slopes,
    residuals,
    variance,
    freedom,
  };
}

function isNew(column: Float64Array, columns: readonly Float64Array[]): boolean {
  const rest = column.slice();
  const basis: Float64Array[] = [];
  for (const other of columns) {
    const direction = other.slice();
    for (const before of basis) project(direction, before);
    basis.push(direction);
    project(rest, direction);
  }
  return dot(rest, rest) > 1e-8 * dot(column, column);
}

/** Takes from a vector what lies along another. */
function project(vector: Float64Array, along: Float64Array): void {
  const times = dot(vector, along) / dot(along, along);
  for (let s = 0; s < vector.length; s++) vector[s]! -= times * along[s]!;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let s = 0; s < a.length; s++) sum += a[s]! * b[s]!;
  return sum;
}

/** Gauss–Jordan elimination of a positive definite matrix with right-hand sides beside it. */
function solve(matrix: Float64Array, size: number, width: number): void {
  for (let a = 0; a < size; a++) {
    const pivot = 1 / matrix[a * width + a]!;
    for (let k = 0; k < width; k++) matrix[a * width + k]! *= pivot;
    for (let b = 0; b < size; b++) {
      if (a === b) continue;
      const times = matrix[b * width + a]!;
      if (times === 0) continue;
      for (let k = 0; k < width; k++) matrix[b * width + k]! -= times * matrix[a * width + k]!;
    }
  }
}
