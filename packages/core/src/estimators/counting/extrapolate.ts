/** The reference implementation's extrapolation of EI_parts to infinitely many samples: A/s^α + C through the plug-in at growing s. */

import { log, power, square } from "../../information/elementary.ts";
import { type Estimate, estimate } from "../../information/estimate.ts";
import { normals } from "../../information/normals.ts";
import { Random, Stream } from "../../information/random.ts";
import type { Mechanism } from "../../model/mechanism.ts";
import type { levenbergMarquardt as LevenbergMarquardt } from "../../vendored/levenberg-marquardt.ts";
import type { Intervention, SamplingOptions } from "../engine.ts";
import type { NoiseSource } from "../noise.ts";
import { pairsEstimate } from "../plug-in/plug-in.ts";
import { drawPairs } from "./draw-pairs.ts";
import { PairCounts } from "./pair-counts.ts";

const STEP = 100_000;
const POINTS = 20;
/** The first points, where the form holds least, are left out of the fit. */
const FITTED = 16;
/** Where the curve is read off: the reference's stand-in for infinity. */
const FAR = 1e15;
const REFITS = 40;
const REFIT_STREAM = 8;

export interface Extrapolation {
  /** `EI_parts(s) ≈ amplitude · (s / 2,000,000)^−exponent + limit`. */
  readonly amplitude: number;
  readonly exponent: number;
  readonly limit: number;
  /** Root mean square of what the curve leaves, in bits. */
  readonly residual: number;
}

/**
 * Plug-in EI_parts (or sensitivity) at 100,000, 200,000 … 2,000,000 samples, cumulative; A/s^α + C with A, α, C ≥ 0 through the last 16;
 * its value at 10^15 samples. The standard error is that of the extrapolation: the fit is repeated on curves that are moved by noise with the covariance of
 * cumulative means, σ²/max(s, s′). `samples` and `tolerance` are not used.
 *
 * @throws InvalidInputError as `plugInPairwise`.
 */
export async function extrapolateParts(
  mechanism: Mechanism,
  intervention: Intervention,
  options: Omit<SamplingOptions, "tolerance" | "method" | "samples">,
  source: NoiseSource,
): Promise<Estimate> {
  const counts = new PairCounts(mechanism.name, mechanism.inputs, mechanism.outputs, options.bins, options.memory);
  const sizes: number[] = [];
  const values: number[] = [];
  for (let point = 1; point <= POINTS; point++) {
    await drawPairs(mechanism, intervention, options, source, [counts.drawn, point * STEP], counts);
    sizes.push(counts.drawn);
    values.push(counts.total());
    options.onProgress?.(point / POINTS);
  }
  const last = await pairsEstimate(
    mechanism,
    intervention,
    { ...options, samples: counts.drawn, tolerance: 0 },
    source,
    counts,
  );
  const [s, v] = [sizes.slice(-FITTED), values.slice(-FITTED)];
  const fit = await fitPower(s, v);
  const bits = far(fit);
  const standardError = await spread(s, v, fit, square(last.standardError) * counts.drawn, options.seed);
  const warnings = last.warnings.filter((warning) => !warning.startsWith("the plug-in is too"));
  warnings.push(
    `extrapolated from ${v.at(-1)!.toPrecision(6)} bit at ${counts.drawn.toLocaleString("en")} samples by ${fit.amplitude.toPrecision(3)} ` +
      `(s / ${counts.drawn})^−${fit.exponent.toPrecision(3)} + C: the form is an assumption, which holds once every cell was seen ` +
      "many times; the standard error is that of the fit if it does",
  );
  return estimate({ ...last, bits, standardError, warnings });
}

/**
 * Least squares of A · (s/s_last)^−α + C with A, α, C ≥ 0, from starts spread over A and α; the best residual wins.
 */
export async function fitPower(sizes: readonly number[], values: readonly number[]): Promise<Extrapolation> {
  // Loaded where it is needed, for it takes half as long to load as all the rest.
  const { levenbergMarquardt } = await import("../../vendored/levenberg-marquardt.ts");
  const top = sizes.at(-1)!;
  const last = values.at(-1)!;
  const span = Math.max(1e-12, Math.abs(values[0]! - last));
  const starts = [0.5, 1, 2].flatMap((exponent) => [0.3, 1, 10].map((size) => [span * size, exponent]));
  let best: Extrapolation | undefined;
  for (const [amplitude, exponent] of starts) {
    const found = fitFrom(
      levenbergMarquardt,
      sizes,
      values,
      [amplitude!, exponent!, Math.max(0, last - amplitude!)],
      top,
    );
    if (best === undefined || found.residual < best.residual) best = found;
  }
  // A curve without bias has no exponent: the constant is then as good.
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const flat = { amplitude: 0, exponent: 1, limit: mean, residual: rms(values, () => mean) };
  return best!.residual < flat.residual ? best! : flat;
}

function fitFrom(
  levenbergMarquardt: typeof LevenbergMarquardt,
  sizes: readonly number[],
  values: readonly number[],
  start: number[],
  top: number,
): Extrapolation {
  const x = sizes.map((size) => size / top);
  const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-12);
  const { parameterValues } = levenbergMarquardt(
    { x, y: values.map((value) => value / scale) },
    ([a, e, c]) =>
      (s) =>
        a! * power(s, -e!) + c!,
    {
      initialValues: [start[0]! / scale, start[1]!, start[2]! / scale],
      minValues: [0, 0, 0],
      maxValues: [1e3, 8, 1e3],
      jacobianFunction:
        ([a, e]) =>
        (s) => [power(s, -e!), -a! * log(s) * power(s, -e!), 1],
      maxIterations: 200,
      errorTolerance: 1e-18,
      improvementThreshold: 1e-12,
      damping: 1e-3,
    },
  );
  const [a, e, c] = parameterValues as [number, number, number];
  const curve = (size: number) => scale * (a * power(size / top, -e) + c);
  return {
    amplitude: a * scale,
    exponent: e,
    limit: c * scale,
    residual: rms(values, (k) => curve(sizes[k]!)),
  };
}

function rms(values: readonly number[], curve: (k: number) => number): number {
  return Math.sqrt(values.reduce((sum, value, k) => sum + square(value - curve(k)), 0) / values.length);
}

function far({ amplitude, exponent, limit }: Extrapolation): number {
  return amplitude * power(FAR / (STEP * POINTS), -exponent) + limit;
}

/** Standard deviation of the extrapolated value over refits; `variance` is one sample's. */
async function spread(
  sizes: readonly number[],
  values: readonly number[],
  fit: Extrapolation,
  variance: number,
  seed: number,
): Promise<number> {
  const normal = normals(new Random(seed, Stream.noise, REFIT_STREAM));
  const middle = far(fit);
  let squares = 0;
  for (let refit = 0; refit < REFITS; refit++) {
    let sum = 0;
    let before = 0;
    const moved = values.map((value, k) => {
      sum += normal() * Math.sqrt(variance * (sizes[k]! - before));
      before = sizes[k]!;
      return value + sum / before;
    });
    squares += square(far(await fitPower(sizes, moved)) - middle);
  }
  return Math.sqrt(squares / REFITS);
}
