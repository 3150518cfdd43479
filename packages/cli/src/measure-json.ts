/** What `causalscope measure --format json` prints. */

import type { EstimateMatrix } from "@causalscope/core";
import type { BinCounts, MeasuredLayer } from "@causalscope/core/measures";
import { DEFAULT_MEMORY, DEFAULT_TOLERANCE, MEASURES } from "@causalscope/core/measures";
import type { MeasuredFile } from "./measure-files.ts";
import { type MeasureFlags, rangesText } from "./measure-flags.ts";

export interface MeasureRequest {
  readonly version: string;
  readonly bins: BinCounts;
  readonly flags: MeasureFlags;
}

/** One file's layers; of several files, a list of them. */
export function jsonOf(files: readonly MeasuredFile[], { version, bins, flags }: MeasureRequest): object {
  const { seed, tolerance, samples, outside, offset, memory = DEFAULT_MEMORY, method, rest = 0 } = flags;
  const [first] = files;
  const range = first!.layers[0]?.inputRange ?? null;
  const provenance = {
    tool: "causalscope",
    version,
    ...(files.length === 1 ? { file: first!.file } : { files: files.map(({ file }) => file) }),
    bins,
    inputRange: range,
    ranges: rangesText(flags),
    seed,
    tolerance: tolerance ?? (samples === undefined ? DEFAULT_TOLERANCE : null),
    samples: samples ?? null,
    outside,
    offset,
    memory,
    method,
    rest,
  };
  if (files.length === 1) return { ...contentOf(first!), provenance };
  return { checkpoints: files.map((each) => ({ file: each.file, ...contentOf(each) })), provenance };
}

function contentOf({ layers, notMeasured }: MeasuredFile) {
  return { layers: layers.map(layerOf), ...(notMeasured.length > 0 && { notMeasured }) };
}

function layerOf({
  bins: _,
  sweep,
  eiPartsMatrix,
  sensitivityMatrix,
  groups,
  position,
  what,
  ...measures
}: MeasuredLayer) {
  return {
    ...measures,
    position,
    ...(what !== undefined && { what }),
    ...(sweep && {
      sweep: sweep.map((point) => ({
        bins: point.bins,
        ...(point.cancelled && { cancelled: true }),
        ...Object.fromEntries(MEASURES.map((measure) => [measure, point[measure]])),
      })),
    }),
    ...(eiPartsMatrix && { eiPartsMatrix: matrixOf(eiPartsMatrix) }),
    ...(sensitivityMatrix && { sensitivityMatrix: matrixOf(sensitivityMatrix) }),
    ...(groups && { groups: groups.map(({ inputs, outputs, estimate }) => ({ inputs, outputs, ...estimate })) }),
  };
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
