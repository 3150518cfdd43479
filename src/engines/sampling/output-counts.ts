/**
 * H(Ŷ) from counts of joint output states, by an estimate that knows about the states not yet seen.
 *
 * Bias: what Chao–Wang–Jost still misses is nearly proportional to the share f₁/N of samples whose state was seen once; the factor
 * is read off the same counts (the estimate expected of half the samples). What is missing bends below that line: over ten layers of
 * different widths, weights, activations and bins, at f₁/N from 0.001 to 0.37, it was 0.6 to 1 times as much. So `BIAS_SHARE` of
 * the line is made good, and `BIAS_DOUBT` of it enters the error.
 */

import { OUTSIDE } from "../../information/bins.ts";
import { chaoWangJost, chaoWangJostOfHalf } from "../../information/entropy.ts";
import { StateTable } from "../../information/state-table.ts";

const BIAS_SHARE = 0.85;
const BIAS_DOUBT = 0.25;

export interface EntropyEstimate {
  readonly bits: number;
  readonly standardError: number;
  /** The plug-in estimate: too low in expectation, whatever the law. */
  readonly lower: number;
  /** Share of samples whose state was seen once: near 0 where counting saturates. */
  readonly seenOnce: number;
  /** Samples inside the output range. */
  readonly counted: number;
}

export class OutputCounts {
  readonly #counts = new StateTable();
  readonly #bins: number;
  readonly #exactKeys: boolean;

  constructor(outputs: number, bins: number) {
    this.#bins = bins;
    this.#exactKeys = bins ** outputs <= 2 ** 31;
  }

  /** Counts the state `bins[from … from + outputs)`, with the value of a control variate; not where a unit is `OUTSIDE`. */
  add(bins: Int32Array, from: number, outputs: number, control: number): void {
    let low = 0;
    let high = 0;
    for (let j = from; j < from + outputs; j++) {
      const bin = bins[j]!;
      if (bin === OUTSIDE) return;
      if (this.#exactKeys) low = low * this.#bins + bin;
      else {
        low = Math.imul(low ^ bin, 0x9e3779b1) ^ (low >>> 15);
        high = Math.imul(high + bin, 0x2c1b3c6d) ^ (high >>> 13);
      }
    }
    this.#counts.add(low | 0, high, control);
  }

  /** `controlMean`: the control variate's exact mean; undefined where there is none. */
  estimate(controlMean: number | undefined): EntropyEstimate {
    const counted = this.#counts.total;
    if (counted < 2) return { bits: 0, standardError: Infinity, lower: 0, seenOnce: 1, counted };
    const spectrum = new Map<number, number>();
    let [meanL, meanG, varL, varG, both] = [0, 0, 0, 0, 0];
    this.#counts.forEach((count, control) => {
      spectrum.set(count, (spectrum.get(count) ?? 0) + 1);
      meanL -= (count / counted) * Math.log2(count / counted);
      meanG += (count / counted) * control;
    });
    this.#counts.forEach((count, control) => {
      const l = -Math.log2(count / counted) - meanL;
      const g = control - meanG;
      varL += (count / counted) * l * l;
      varG += (count / counted) * g * g;
      both += (count / counted) * l * g;
    });
    const slope = controlMean !== undefined && varG > 1e-12 ? both / varG : 0;
    // To first order the spread of −log2 p over the samples; to second order, all there is where the states are equally likely,
    // that of a χ² with one degree of freedom fewer than states, over 2 N ln 2.
    const secondOrder = (this.#counts.distinct - 1) / (2 * (counted * Math.LN2) ** 2);
    const variance = Math.max(0, varL - slope * both) / counted + secondOrder;

    const seenOnce = (spectrum.get(1) ?? 0) / counted;
    const whole = chaoWangJost(spectrum, counted);
    const half = chaoWangJostOfHalf(spectrum, counted);
    const missing = half.once > seenOnce ? ((whole - half.bits) / (half.once - seenOnce)) * seenOnce : 0;
    const line = Math.max(0, missing);
    return {
      bits: whole + BIAS_SHARE * line - slope * (meanG - (controlMean ?? meanG)),
      standardError: Math.hypot(Math.sqrt(variance), BIAS_DOUBT * line),
      lower: meanL,
      seenOnce,
      counted,
    };
  }
}
