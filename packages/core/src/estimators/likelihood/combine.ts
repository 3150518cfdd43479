/** What draws and corrections come to: a value with its error, between two sides. */
import { hypot, log2, square } from "../../information/elementary.ts";
import type { CorrectionRecord } from "./correction.ts";
import type { RectangleLayer } from "./rectangle-layer.ts";
import { type Control, controlledMean, type Mean, twoPhaseMean } from "./regression.ts";
import { controlsCells, type SurrogateRecord, type Wanted } from "./surrogate.ts";

/** Gaussian defects, in bits, below which no correction is needed. */
export const SMALL_DEFECT = 0.05;
/** Share of the gap between the two sides that their middle may be off by. */
const MIDDLE_DOUBT = 0.05;

export interface LikelihoodEstimate {
  readonly bits: number;
  readonly standardError: number;
  readonly degreesOfFreedom: number;
  readonly bracket: readonly [lower: number, upper: number];
  readonly bracketError: readonly [lower: number, upper: number];
  readonly effectiveSamples: number;
  readonly guarded: number;
  readonly draws: number;
  /** Bits of the standard error that more draws do not lessen. */
  readonly doubt: number;
  /** Bits that the value may be off by where its shape was assumed to be Gaussian; undefined where that was corrected. */
  readonly assumed: number | undefined;
  /** Whether draws inside the output range were too rare. */
  readonly isScarce: boolean;
}

/** What has been found so far. */
export interface Findings {
  readonly layer: RectangleLayer;
  /** Σ_j H of the rows, in bits. */
  readonly sumOfOutputs: number;
  readonly wanted: Wanted;
  /** Gaussian defect of the rows' law, in bits. */
  readonly defect: number;
  readonly records: readonly SurrogateRecord[];
  /** Of the first draws. */
  readonly corrections: readonly CorrectionRecord[];
  /** Σ_j H(ŷ_j | cell) over random cells, and its square. */
  readonly centres: { readonly count: number; readonly sum: number; readonly squares: number };
  readonly isScarce: boolean;
}

function controlsOf({ layer, sumOfOutputs, wanted, records, centres }: Findings): Control[] {
  // The means are known only where nothing is left out.
  if (!layer.inRange) return [];
  const column = (of: (record: SurrogateRecord) => number): Control => ({
    values: Float64Array.from(records, of),
    meanVariance: 0,
  });
  const controls: Control[] = [];
  const hasOutput = wanted !== "cell";
  const hasCell = wanted !== "output";
  if (hasOutput) controls.push(column(({ marginal }) => marginal - sumOfOutputs));
  if (hasCell && controlsCells(layer)) {
    controls.push(column(({ cellMarginal, cellEntropy }) => cellMarginal - cellEntropy));
    const mean = centres.sum / centres.count;
    const variance = Math.max(0, centres.squares / centres.count - square(mean)) / centres.count;
    controls.push({ values: Float64Array.from(records, (r) => r.cellEntropy - mean), meanVariance: variance });
  }
  if (hasOutput) controls.push(column(({ spread }) => spread));
  if (hasCell) controls.push(column(({ cellSpread }) => cellSpread));
  return controls;
}

/** The mean over draws: by the surrogate alone, or corrected by one side of the probabilities or the middle of both. */
export function meanOf(findings: Findings, side: "surrogate" | "lower" | "upper" | "middle"): Mean {
  const { wanted, records, corrections } = findings;
  const sign = wanted === "both" ? -1 : 1;
  const controls = controlsOf(findings);
  const cheap = Float64Array.from(records, ({ output, cell }) => output + sign * cell);
  if (side === "surrogate") return controlledMean(cheap, controls);
  const exact = Float64Array.from(corrections, ({ outputLow, outputHigh, cellLow, cellHigh }) => {
    const lower = outputLow + (sign < 0 ? -cellHigh : cellLow);
    const upper = outputHigh + (sign < 0 ? -cellLow : cellHigh);
    return side === "lower" ? lower : side === "upper" ? upper : (lower + upper) / 2;
  });
  return twoPhaseMean(cheap, exact, controls);
}

/** Whether the value is better taken from the surrogate alone, which is a matter of assuming its shape. */
export function isGaussian(findings: Findings, corrected: Mean): boolean {
  const { defect } = findings;
  return defect < SMALL_DEFECT && hypot(meanOf(findings, "surrogate").standardError, defect) < corrected.standardError;
}

/** The estimate that the findings make. */
export function combined(findings: Findings): LikelihoodEstimate {
  const { wanted, records, corrections, defect, isScarce } = findings;
  // With outputs left out, p(ŷ) is that of all draws: the share that is inside is the same for each.
  const rejected = records.reduce((sum, record) => sum + record.rejected, 0);
  const inside = records.length / (records.length + rejected);
  const shift = wanted === "cell" ? 0 : log2(inside);
  const shiftError = shift === 0 ? 0 : Math.sqrt((1 - inside) / records.length) / Math.LN2;
  const [lower, middle, upper] = [meanOf(findings, "lower"), meanOf(findings, "middle"), meanOf(findings, "upper")];
  const gap = Math.max(0, upper.mean - lower.mean);
  const assumes = isGaussian(findings, middle);
  const mean = assumes ? meanOf(findings, "surrogate") : middle;
  const doubt = assumes ? defect : MIDDLE_DOUBT * gap;
  const standardError = hypot(hypot(mean.standardError, doubt), shiftError);
  const spread = middle.cheapVariance + middle.differenceVariance;
  return {
    bits: mean.mean + shift,
    standardError,
    degreesOfFreedom: mean.degreesOfFreedom,
    bracket: [lower.mean + shift, upper.mean + shift],
    bracketError: [hypot(lower.standardError, shiftError), hypot(upper.standardError, shiftError)],
    effectiveSamples: standardError > 0 ? spread / square(standardError) : records.length,
    guarded:
      records.reduce((sum, record) => sum + record.guarded, 0) +
      corrections.reduce((sum, record) => sum + record.guarded, 0),
    draws: records.length + rejected,
    doubt,
    assumed: assumes ? defect : undefined,
    isScarce,
  };
}
