/** The rows of a run, as its files and its report hold them. */

import type { Estimate } from "@causalscope/core";
import { type LayerMeasures, MEASURES, type MeasureName } from "@causalscope/core/measures";

/** What a row keeps of an estimate; rows of earlier versions have neither brackets nor evidence. */
export type KeptEstimate = Pick<
  Estimate,
  "bits" | "standardError" | "bracket" | "bracketError" | "bounds" | "method" | "samples" | "evidence" | "outside"
>;

/** One measured value: a row per seed × checkpoint × layer × measure. */
export interface MeasurementRow extends KeptEstimate {
  readonly seed: number;
  readonly epoch: number;
  /** Position of the layer, from 0. */
  readonly layer: number;
  readonly layerName: string;
  readonly measure: MeasureName;
  /** Joined by "; ", empty where there are none. */
  readonly warnings: string;
}

/** How well the network did at one checkpoint: a row per seed × checkpoint. */
export interface TrainingRow {
  readonly seed: number;
  readonly epoch: number;
  /** Optimiser steps taken so far. */
  readonly step: number;
  readonly trainLoss: number;
  readonly testLoss: number;
  readonly trainAccuracy: number;
  readonly testAccuracy: number;
}

/** A value of a study that trains nothing: what was varied, and what was measured there. */
export interface ValueRow {
  /** What was varied, by name: `{ activation: "sigmoid", bins: 8, weight: 0.05 }`. The same names in every row of a study. */
  readonly setting: Readonly<Record<string, number | string>>;
  /** `ei`, `eiParts`, `sensitivity`, `degeneracy`, `phi`, or one of `UNITS`. */
  readonly measure: string;
  readonly value: number;
  /** "bits", or what else the value is in: "fraction", "units", "loss per example". */
  readonly unit: string;
  /** 0 for an exact value. */
  readonly standardError: number;
  readonly method: Estimate["method"];
  /** 0 for an exact value. */
  readonly samples: number;
}

/** All rows of a run, or of a result, by their table. */
export interface Rows {
  readonly measurements: readonly MeasurementRow[];
  readonly training: readonly TrainingRow[];
  readonly values: readonly ValueRow[];
}

/** The tables of a run. */
export type TableName = keyof Rows;

export const NO_ROWS: Rows = { measurements: [], training: [], values: [] };

/**
 * The rows of several results, in their order.
 *
 * @example
 * ```ts
 * const runs = ["runs/iris", "runs/iris"].map((folder) => readRun(folder));
 * console.log(runs[0]!.rows.training.length, joinedRows(runs).training.length); // 4 8
 * ```
 */
export function joinedRows(results: readonly { readonly rows: Partial<Rows> }[]): Rows {
  return {
    measurements: results.flatMap(({ rows }) => rows.measurements ?? []),
    training: results.flatMap(({ rows }) => rows.training ?? []),
    values: results.flatMap(({ rows }) => rows.values ?? []),
  };
}

/** What is not in bits, and its unit. */
export const UNITS: Readonly<Record<string, string>> = {
  trainAccuracy: "fraction",
  testAccuracy: "fraction",
  trainLoss: "loss per example",
  testLoss: "loss per example",
  samplesNeeded: "samples",
  area: "mean accuracy",
  rankCorrelationWithDamage: "rank correlation",
  units: "units",
  cells: "states",
  saturation: "states per example",
  decoderAccuracy: "fraction",
  inactive: "units",
  sufficient: "units",
  necessary: "units",
  removable: "units",
  redundant: "units",
  synergistic: "units",
  sufficientLow: "units",
  sufficientHigh: "units",
  necessaryLow: "units",
  necessaryHigh: "units",
  gap: "mean accuracy",
  excess: "fraction",
  classAccuracy: "fraction",
  generalizationBound: "fraction",
  generalizationGap: "fraction",
  correctedBound: "fraction",
  trend: "up to a constant",
  unitAccuracyDrop: "fraction",
  unitLossRise: "loss per example",
  pairAccuracyExcess: "fraction",
  pairLossExcess: "loss per example",
};

/**
 * What a value of this measure is in: "bits", unless it is one of the measures that are in something else.
 *
 * @example
 * ```ts
 * console.log(unitOf("ei"), unitOf("testAccuracy")); // bits fraction
 * ```
 */
export function unitOf(measure: string): string {
  return Object.hasOwn(UNITS, measure) ? UNITS[measure]! : "bits";
}

/** A layer of a network that is followed through training. */
export interface LayerShape {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly activation: string;
}

/** Everything that figures and the report draw from. */
export interface RunData {
  /** Names of model files that were measured: epochs are positions in this list, and there was no training to be seen. */
  readonly checkpoints?: readonly string[];
  /** The study's name: "iris". */
  readonly study: string;
  /** What was asked, as words and values in the order to be shown: network, activation, bins, seeds … */
  readonly settings: readonly (readonly [label: string, value: string])[];
  readonly seeds: readonly number[];
  readonly layers: readonly LayerShape[];
  /** What the loss is, for an axis: "summed squared error per example". */
  readonly lossName: string;
  readonly measurements: readonly MeasurementRow[];
  readonly training: readonly TrainingRow[];
  /** Version of Causalscope that made the run. */
  readonly version: string;
  /** Places whose rows are rough, and will be replaced. Default none. */
  readonly soFar?: readonly { readonly seed: number; readonly epoch: number }[];
}

/**
 * The rows of one layer's measures, one for each.
 *
 * @param layer its position, from 0.
 * @example
 * ```ts
 * const wire = dense({ weights: [[9]], activation: "sigmoid", inputRange: [0, 1], name: "wire" });
 * const rows = measurementRows(await measureLayer(wire, { bins: 8 }), 0, 0, 100);
 * console.log(rows.map((row) => row.measure).join(" ")); // ei eiParts sensitivity degeneracy phi
 * console.log(rows[0]!.layerName, rows[0]!.epoch, rows[0]!.method); // wire 100 exact
 * ```
 */
export function measurementRows(measured: LayerMeasures, layer: number, seed: number, epoch: number): MeasurementRow[] {
  return MEASURES.map((measure) => {
    const { interval, degreesOfFreedom, warnings, ...kept } = measured[measure];
    const place = { seed, epoch, layer, layerName: measured.name, measure };
    return { ...place, ...kept, warnings: warnings.join("; ") };
  });
}
