/** `causalscope measure --json`. */
import { DEFAULT_TOLERANCE } from "../causal/options.ts";
import type { BinCounts } from "../information/bins.ts";
import type { EstimateMatrix } from "../information/estimate.ts";
import { MEASURES } from "../runs/table.ts";
import { jsonText } from "./json-text.ts";
import type { Measured } from "./measure-layers.ts";
import type { MeasureFlags } from "./measure-request.ts";

export interface Asked {
  readonly who: string;
  readonly version: string;
  readonly bins: BinCounts;
  readonly flags: MeasureFlags;
}

export function jsonOf(found: readonly Measured[], { who, version, bins, flags }: Asked): string {
  const { seed, tolerance, samples, outside, method, rest = 0 } = flags;
  const layers = found.map(({ position, measures, sweep, matrices, groups }) => ({
    ...measures,
    position,
    ...(sweep && {
      sweep: sweep.map((point) => ({
        bins: point.bins,
        ...("cancelled" in point.measures && { cancelled: true }),
        ...Object.fromEntries(MEASURES.map((measure) => [measure, point.measures[measure]])),
      })),
    }),
    ...(matrices && {
      eiPartsMatrix: matrixOf(matrices.eiParts),
      sensitivityMatrix: matrixOf(matrices.sensitivity),
    }),
    ...(groups && { groups: groups.map(({ inputs, outputs, estimate }) => ({ inputs, outputs, ...estimate })) }),
  }));
  const provenance = {
    tool: "causalscope",
    version,
    file: who,
    bins,
    inputRange: layers[0]!.inputRange,
    seed,
    tolerance: tolerance ?? (samples === undefined ? DEFAULT_TOLERANCE : null),
    samples: samples ?? null,
    outside,
    method,
    rest,
  };
  return jsonText({ layers, provenance });
}

function matrixOf(matrix: EstimateMatrix) {
  const [inputs, outputs] = matrix.shape;
  const rows = (values: Float64Array) =>
    Array.from({ length: inputs }, (_, i) => Array.from(values.subarray(i * outputs, (i + 1) * outputs)));
  return {
    ...matrix,
    bits: rows(matrix.bits),
    standardError: rows(matrix.standardError),
    outside: Array.from(matrix.outside),
  };
}
