/** What noise goes in, for the methods that evaluate a mechanism on samples: uniform, Gaussian, or drawn from a given sample. */

import { check } from "../checks/check.ts";
import { parse } from "../checks/schema/parse.ts";
import { normals } from "../information/normals.ts";
import { Random, Stream, type StreamKey, streamKey } from "../information/random.ts";
import { NOISE_BLOCK } from "../kernels/blocks.ts";
import { normalCdf } from "../model/activation.ts";
import type { Mechanism } from "../model/mechanism.ts";
import { type GaussianNoise, type NoiseSpec, noiseSchema, type SampleNoise } from "../settings/noise-spec.ts";

export interface NoiseSource {
  /**
   * Fills `out`, `[rows, inputs]`, with the first `rows` samples of a block, `rows` ≤ `NOISE_BLOCK`. The same block gives the same
   * samples at every call, and fewer rows are the first of more.
   */
  fill(out: Float64Array, rows: number, block: number): void;
  /** The stream of uniform noise that kernels can draw by themselves; undefined for other noise. */
  readonly uniform?: StreamKey;
  /** What a reader must know about the noise, in plain words. */
  readonly warnings?: readonly string[];
}

/** Streams of this engine's noise, apart from the conditional estimator's. */
const PLUG_IN = 7;
/** A normal with less of its mass than this inside the range is taken for a mistake. */
const LEAST_MASS = 1e-3;

/**
 * The noise described by `spec` for a mechanism's inputs, by seed.
 *
 * @throws InvalidInputError for an unknown kind, a standard deviation not above 0, lists of another length than the inputs, a normal
 *   that hardly meets the input range, or a sample that is empty, ragged, not finite or outside the input range.
 */
export function noiseSource(mechanism: Mechanism, spec: NoiseSpec | undefined, seed: number): NoiseSource {
  const who = `${mechanism.name}: noise`;
  const given: NoiseSpec = spec === undefined ? { kind: "uniform" } : parse(noiseSchema, spec, who);
  if (given.kind === "gaussian") return gaussian(mechanism, given, seed, who);
  return given.kind === "sample" ? fromSample(mechanism, given, seed, who) : uniform(mechanism, seed);
}

function randomOf(seed: number, block: number): Random {
  return new Random(seed, Stream.noise, PLUG_IN, block);
}

function uniform({ inputs, inputRanges }: Mechanism, seed: number): NoiseSource {
  const lows = Float64Array.from(inputRanges, ([low]) => low);
  const widths = Float64Array.from(inputRanges, ([low, high]) => high - low);
  const key = streamKey(seed, Stream.noise, PLUG_IN);
  const column = new Float64Array(NOISE_BLOCK);
  return {
    uniform: key,
    fill(out, rows, block) {
      const drawn = column.subarray(0, rows);
      for (let i = 0; i < inputs; i++) {
        new Random(key, (block * inputs + i) * NOISE_BLOCK).fill(drawn, 0, 1);
        for (let row = 0, at = i; row < rows; row++, at += inputs) out[at] = lows[i]! + widths[i]! * drawn[row]!;
      }
    },
  };
}

function gaussian(mechanism: Mechanism, spec: GaussianNoise, seed: number, who: string): NoiseSource {
  const { inputs, inputRanges } = mechanism;
  const means =
    spec.mean === undefined
      ? Float64Array.from(inputRanges, ([low, high]) => low + (high - low) / 2)
      : perInput(spec.mean, inputs, `${who}: mean`);
  const deviations = perInput(spec.standardDeviation, inputs, `${who}: standardDeviation`);
  const warnings: string[] = [];
  for (const [i, [low, high]] of inputRanges.entries()) {
    const [mean, deviation] = [means[i]!, deviations[i]!];
    check(deviation > 0, () => ({ who, expected: "standard deviations above 0", got: `${deviation} for input ${i}` }));
    const mass = normalCdf((high - mean) / deviation) - normalCdf((low - mean) / deviation);
    check(mass >= LEAST_MASS, () => ({
      who,
      expected: `a normal distribution with at least ${100 * LEAST_MASS} % of its mass in the input range (${low}, ${high})`,
      got: `mean ${mean} and standard deviation ${deviation} for input ${i}`,
      remedy: "Choose another mean, or a wider inputRange.",
    }));
    if (1 - mass > 1e-6) {
      const share = (100 * (1 - mass)).toPrecision(2);
      warnings.push(
        `input ${i}: ${share} % of the normal distribution lies outside the input range (${low}, ${high}): it is truncated there`,
      );
    }
  }
  return {
    warnings: summed(warnings),
    fill(out, rows, block) {
      const normal = normals(randomOf(seed, block));
      for (let at = 0, i = 0; at < rows * inputs; at++) {
        const [low, high] = inputRanges[i]!;
        let value = means[i]! + deviations[i]! * normal();
        while (!(value >= low && value <= high)) value = means[i]! + deviations[i]! * normal();
        out[at] = value;
        if (++i === inputs) i = 0;
      }
    },
  };
}

/** One sentence for many inputs. */
function summed(warnings: readonly string[]): readonly string[] {
  return warnings.length < 3 ? warnings : [warnings[0]!, `and likewise for ${warnings.length - 1} other inputs`];
}

function fromSample(mechanism: Mechanism, spec: SampleNoise, seed: number, who: string): NoiseSource {
  const { inputs, inputRanges } = mechanism;
  const rows = flat(spec.rows, inputs, who);
  let outside = 0;
  for (let at = 0; at < rows.length; at++) {
    const [low, high] = inputRanges[at % inputs]!;
    if (!(rows[at]! >= low && rows[at]! <= high)) outside++;
  }
  check(outside <= 0, () => ({
    who,
    expected: "values inside the input range",
    got: `${outside} of ${rows.length} outside it, or not numbers`,
    remedy: "Give the mechanism an inputRange that contains them all.",
  }));
  const count = rows.length / inputs;
  return {
    fill(out, wanted, block) {
      const random = randomOf(seed, block);
      for (let row = 0; row < wanted; row++) {
        const from = random.below(count) * inputs;
        for (let i = 0; i < inputs; i++) out[row * inputs + i] = rows[from + i]!;
      }
    },
  };
}

function flat(rows: SampleNoise["rows"], inputs: number, who: string): Float64Array {
  const expected = `rows of ${inputs} numbers, at least one`;
  if (rows instanceof Float64Array) {
    check(rows.length % inputs === 0, () => ({ who, expected, got: `${rows.length} numbers` }));
    return rows.slice();
  }
  const all = new Float64Array(rows.length * inputs);
  for (const [index, row] of rows.entries()) {
    check(row?.length === inputs, () => ({ who, expected, got: `${row?.length ?? "nothing"} in row ${index}` }));
    all.set(row, index * inputs);
  }
  return all;
}

function perInput(values: number | ArrayLike<number>, inputs: number, who: string): Float64Array {
  const list = typeof values === "number" ? new Float64Array(inputs).fill(values) : Float64Array.from(values ?? []);
  check(list.length === inputs && list.every((value) => Number.isFinite(value)), () => ({
    who,
    expected: `a finite number, or ${inputs}, one per input`,
    got: JSON.stringify(values) ?? "nothing",
  }));
  return list;
}
