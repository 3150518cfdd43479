/** The exact engine's work as plain data, cut into ranges of outputs. */
import { createJointRows } from "../../kernels/joint-rows.ts";
import type { PreactivationBins } from "../../model/preactivation-bins.ts";
import type { Task } from "../../settings/pool.ts";
import type { Intervention } from "../engine.ts";
import { allInputs } from "./all-inputs.ts";
import { type AffineMap, outputLaw } from "./marginals.ts";
import { oneInput } from "./one-input.ts";
import { outsideOfLaw, tidyShare } from "./outside.ts";

export interface ExactPairsJob {
  readonly layer: AffineMap;
  readonly intervention: Intervention;
  readonly inputBins: number;
  readonly cuts: PreactivationBins;
  /** Where values outside are clamped: cuts that drop them, which show the share outside. */
  readonly beyond: PreactivationBins | undefined;
}

/** Outputs `from` to `to`, the last left out. */
export interface OutputRange {
  readonly from: number;
  readonly to: number;
}

export interface ExactPairsResult {
  /** `[to − from, inputs]`. */
  readonly bits: Float64Array;
  /** `[to − from]`. */
  readonly outside: Float64Array;
}

export const exactPairs: Task<ExactPairsJob, OutputRange, ExactPairsResult> = {
  name: "exact pairs",
  run({ layer, intervention, inputBins, cuts, beyond }, { from, to }) {
    const { inputs } = layer;
    const bits = new Float64Array((to - from) * inputs);
    const outside = new Float64Array(to - from);
    const kernel = createJointRows();
    try {
      for (let j = from; j < to; j++) {
        const write = (i: number, value: number) => {
          bits[(j - from) * inputs + i] = value;
        };
        let share: number;
        if (intervention.noise === "all inputs") {
          share = allInputs(layer, j, inputBins, cuts, kernel, write);
          if (beyond !== undefined) share = outsideOfLaw(outputLaw(layer, j), beyond);
        } else {
          share = oneInput(layer, j, intervention.rest, inputBins, cuts, write);
          if (beyond !== undefined) share = oneInput(layer, j, intervention.rest, 1, beyond, () => {});
        }
        outside[j - from] = tidyShare(share);
      }
    } finally {
      kernel.free();
    }
    return { bits, outside };
  },
};

/** Operations of a shard: some tens of milliseconds, so that neither starting one nor waiting for the last one shows. */
const SHARD_COST = 4e6;
/** A pair's own cost, in cells of its joint table. */
const PAIR_COST = 400;

/** Ranges of outputs that cost about the same; the same ranges for any number of workers. */
export function outputRanges({ layer, intervention, inputBins, cuts }: ExactPairsJob): OutputRange[] {
  const segments = cuts.bins.length;
  const cells = intervention.noise === "all inputs" ? inputBins * segments : inputBins + segments;
  const cost = layer.inputs * (cells + PAIR_COST);
  const count = Math.max(1, Math.min(layer.outputs, Math.floor((layer.outputs * cost) / SHARD_COST)));
  return Array.from({ length: count }, (_, k) => ({
    from: Math.floor((k * layer.outputs) / count),
    to: Math.floor(((k + 1) * layer.outputs) / count),
  }));
}
