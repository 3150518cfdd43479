/**
 * I(x̂_i; ŷ_j) of every pair, averaged over where the output bins begin.
 *
 * With bins of width h that begin at low − h + δ, δ uniform on (0, h), the mean entropy of a value with distribution F is
 *
 *     E_δ H = (1/h) ∫ φ(F(t + h) − F(t)) dt,     φ(p) = −p log2 p,
 *
 * for the shifted bins tile the line. The mean information of a pair is that of ŷ_j less those given each bin of x_i. Integrals are adaptive
 * (Gauss–Kronrod, 7 and 15 points) between the points where F bends.
 */

import { log2 } from "../../information/elementary.ts";
import type { EstimateMatrix } from "../../information/estimate.ts";
import { greatest, least } from "../../information/extremes.ts";
import type { Activation } from "../../model/activation.ts";
import type { DenseMechanism } from "../../model/mechanism.ts";
import { yieldToEventLoop } from "../../settings/yield-to-event-loop.ts";
import type { EngineOptions, Intervention } from "../engine.ts";
import type { Cdf } from "./cdf.ts";
import { outsideWarnings, tidyShare } from "./outside.ts";
import { uniformSumCdf } from "./uniform-sum.ts";

/** Bits by which an integral may be off, about. */
const TOLERANCE = 1e-9;
const DEPTH = 24;
/** Pairs between two looks at the signal. */
const STRETCH = 64;

/** The law of a pre-activation: P(z < t), and between which values it lies. */
interface Law {
  readonly below: (z: number) => number;
  readonly from: number;
  readonly to: number;
}

export async function averagedPairs(
  mechanism: DenseMechanism,
  intervention: Intervention,
  options: EngineOptions,
): Promise<EstimateMatrix> {
  const { inputs, outputs, inputRanges, dense } = mechanism;
  const { weights, bias } = dense;
  const parts = options.bins.input;
  const values = new OutputValues(mechanism, options);
  const bits = new Float64Array(inputs * outputs);
  const outside = new Float64Array(outputs);
  let done = 0;
  for (let j = 0; j < outputs; j++) {
    for (let i = 0; i < inputs; i++) {
      const weight = weights[j * inputs + i]!;
      const [low, high] = inputRanges[i]!;
      const others: number[] = [];
      let centre = bias[j]!;
      for (let k = 0; k < inputs; k++) {
        if (k === i) continue;
        const w = weights[j * inputs + k]!;
        const [l, h] = inputRanges[k]!;
        if (intervention.noise === "one input") centre += w * intervention.rest[k]!;
        else {
          centre += w * (l + (h - l) / 2);
          if (w * (h - l) !== 0) others.push((Math.abs(w) * (h - l)) / 2);
        }
      }
      const half = (Math.abs(weight) * (high - low)) / 2;
      const middle = centre + weight * (low + (high - low) / 2);
      const whole = lawOf([...others, half].filter((s) => s > 0));
      const row = lawOf([...others, half / parts].filter((s) => s > 0));
      const total = values.meanEntropy(around(whole, middle));
      let [within, inside] = [0, 0];
      for (let a = 0; a < parts; a++) {
        const found = values.meanEntropy(around(row, middle + (half * (2 * a + 1 - parts)) / parts));
        within += found.inside * found.bits;
        inside += found.inside;
      }
      bits[i * outputs + j] = inside > 0 ? Math.max(0, total.bits - within / inside) : 0;
      if (intervention.noise === "one input") outside[j]! += values.outsideOf(around(whole, middle)) / inputs;
      else if (i === 0) outside[j] = values.outsideOf(around(whole, middle));
      if (++done % STRETCH !== 0) continue;
      options.onProgress?.(done / (inputs * outputs));
      await yieldToEventLoop();
      options.signal?.throwIfAborted();
    }
  }
  const shares = outside.map(tidyShare);
  return {
    shape: [inputs, outputs],
    bits,
    standardError: new Float64Array(inputs * outputs),
    outside: shares,
    samples: 0,
    method: "exact",
    warnings: outsideWarnings(shares, options),
  };
}

/** Of a sum of uniforms around 0; undefined where nothing varies. */
function lawOf(halfWidths: readonly number[]): Cdf | undefined {
  if (halfWidths.length > 1) return uniformSumCdf(halfWidths);
  const [half] = halfWidths;
  if (half === undefined) return undefined;
  return { halfWidth: half, at: (t) => (t <= -half ? 0 : t >= half ? 1 : (t + half) / (2 * half)) };
}

function around(cdf: Cdf | undefined, centre: number): Law {
  if (cdf === undefined) return { below: (z) => (z > centre ? 1 : 0), from: centre, to: centre };
  return { below: (z) => cdf.at(z - centre), from: centre - cdf.halfWidth, to: centre + cdf.halfWidth };
}

/** What an activation makes of a pre-activation's law, in bins of one width that may begin anywhere. */
class OutputValues {
  readonly #activation: Activation;
  readonly #low: number;
  readonly #high: number;
  readonly #width: number;
  readonly #clamps: boolean;
  /** Values at which the law of any unit bends. */
  readonly #bends: readonly number[];
  /** Where the activation is monotone. */
  readonly #pieces: readonly { readonly from: number; readonly to: number }[];

  constructor({ outputRange: [low, high], dense }: DenseMechanism, { bins, outside }: EngineOptions) {
    const { activation } = dense;
    this.#activation = activation;
    this.#low = low;
    this.#high = high;
    this.#width = (high - low) / bins.output;
    this.#clamps = outside === "clamp";
    this.#bends = [low, high, ...[0, ...activation.turningPoints].map(activation.value)];
    const ends = [-Infinity, ...activation.turningPoints, Infinity];
    this.#pieces = ends.slice(1).map((to, k) => ({ from: ends[k]!, to }));
  }

  /** P(y < t): the measure of {z : φ(z) < t}, piece by piece where φ is not monotone. */
  #below(law: Law, t: number): number {
    const { atLeast, value } = this.#activation;
    if (atLeast !== undefined) return law.below(atLeast(t));
    let sum = 0;
    for (const { from, to } of this.#pieces) {
      const [low, high] = [Math.max(from, law.from), Math.min(to, law.to)];
      if (!(low < high)) {
        // All of a law without width is at one place.
        if (law.from === law.to && law.from >= from && law.from < to && value(law.from) < t) return 1;
        continue;
      }
      const [first, last] = [value(low) < t, value(high) < t];
      if (first && last) sum += law.below(high) - law.below(low);
      else if (first || last) {
        const turn = law.below(turnOf((z) => value(z) < t === first, low, high));
        sum += first ? turn - law.below(low) : law.below(high) - turn;
      }
    }
    return sum < 0 ? 0 : sum > 1 ? 1 : sum;
  }

  /** The probability outside the output range, whose top belongs to it. */
  outsideOf(law: Law): number {
    return 1 - this.#below(law, nextUp(this.#high)) + this.#below(law, this.#low);
  }

  /** The mean entropy in bits of the values inside, and their share; clamped values are all inside. */
  meanEntropy(law: Law): { bits: number; inside: number } {
    const [low, high, width] = [this.#low, this.#high, this.#width];
    const inside = this.#clamps ? 1 : 1 - this.outsideOf(law);
    if (!(inside > 0)) return { bits: 0, inside: 0 };
    const start = this.#clamps ? 0 : this.#below(law, low);
    // Of the values inside, or of all after clamping, those below t.
    const share = (t: number) => (t <= low ? 0 : t > high ? 1 : (this.#below(law, t) - start) / inside);
    const at = (t: number) => {
      const p = share(t + width) - share(t);
      return p > 0 && p < 1 ? -p * log2(p) : 0;
    };
    const [least, most] = this.#reach(law);
    const ends = new Set<number>();
    for (const bend of [least, most, ...this.#bends]) {
      for (const end of [bend - width, bend]) if (end > least - width && end < most) ends.add(end);
    }
    // Whole bins between, so that no feature of a wide law is stepped over.
    const count = Math.ceil((most - least) / width) + 1;
    for (let k = 1; k < Math.min(count, 4096); k++) ends.add(least - width + ((most - least + width) * k) / count);
    const sorted = [least - width, ...[...ends].sort((a, b) => a - b), most];
    let sum = 0;
    for (let k = 0; k + 1 < sorted.length; k++) {
      if (sorted[k + 1]! > sorted[k]!)
        sum += integral(at, sorted[k]!, sorted[k + 1]!, (TOLERANCE * width) / sorted.length);
    }
    return { bits: sum / width, inside };
  }

  /** Between which values y lies, inside the range. */
  #reach({ from, to }: Law): readonly [number, number] {
    const { value, turningPoints } = this.#activation;
    const ends = [from, to, ...turningPoints.filter((z) => z > from && z < to)].map(value);
    const clamp = (y: number) => Math.max(this.#low, Math.min(this.#high, y));
    return [clamp(least(ends)), clamp(greatest(ends))];
  }
}

/** Where a property that holds at `low` and not at `high` ends, by bisection. */
function turnOf(holds: (z: number) => boolean, low: number, high: number): number {
  let [yes, no] = [low, high];
  for (let middle = yes + (no - yes) / 2; middle > yes && middle < no; middle = yes + (no - yes) / 2) {
    if (holds(middle)) yes = middle;
    else no = middle;
  }
  return no;
}

function nextUp(y: number): number {
  return y + Math.max(Number.MIN_VALUE, Math.abs(y) * Number.EPSILON);
}

const NODES = [
  0.9914553711208126, 0.9491079123427585, 0.8648644233597691, 0.7415311855993945, 0.5860872354676911,
  0.4058451513773972, 0.20778495500789848, 0,
];
const KRONROD = [
  0.022935322010529224, 0.06309209262997856, 0.10479001032225019, 0.14065325971552592, 0.1690047266392679,
  0.19035057806478542, 0.20443294007529889, 0.20948214108472782,
];
const GAUSS = [0, 0.1294849661688697, 0, 0.27970539148927664, 0, 0.3818300505051189, 0, 0.4179591836734694];

function integral(f: (t: number) => number, from: number, to: number, tolerance: number, depth = 0): number {
  const half = (to - from) / 2;
  const middle = from + half;
  let [fine, coarse] = [0, 0];
  for (let k = 0; k < NODES.length; k++) {
    const pair = NODES[k] === 0 ? f(middle) : f(middle - half * NODES[k]!) + f(middle + half * NODES[k]!);
    fine += KRONROD[k]! * pair;
    coarse += GAUSS[k]! * pair;
  }
  const isGood = Math.abs(fine - coarse) * half <= tolerance || depth === DEPTH;
  if (isGood || !(middle > from && middle < to)) return fine * half;
  return integral(f, from, middle, tolerance / 2, depth + 1) + integral(f, middle, to, tolerance / 2, depth + 1);
}
