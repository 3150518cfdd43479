/** The rows of `causalscope measure` as CSV and NDJSON: one for each value, with the same columns whatever was measured. */

import type { Estimate, EstimateMatrix } from "@causalscope/core";
import { estimate } from "@causalscope/core/internal";
import type { BinCounts, MeasuredLayer, MeasuredPoint } from "@causalscope/core/measures";
import { MEASURES } from "@causalscope/core/measures";
import { type Column, evidenceColumns } from "@causalscope/runs";
import type { MeasuredFile } from "./measure-files.ts";
import { SO_FAR } from "./measure-tables.ts";

export interface MeasuredRow {
  readonly file: string;
  readonly position: number;
  readonly layer: MeasuredPoint;
  readonly bins: BinCounts;
  readonly measure: string;
  readonly value: Estimate;
  /** Positions of the units that the value is about; none for the whole layer. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

export const measuredColumns: readonly Column<MeasuredRow>[] = [
  { name: "layer", type: "INT64", of: (row) => row.position },
  { name: "name", type: "STRING", of: (row) => row.layer.name },
  { name: "inputs", type: "INT64", of: (row) => row.layer.inputs },
  { name: "outputs", type: "INT64", of: (row) => row.layer.outputs },
  { name: "activation", type: "STRING", of: (row) => row.layer.activation },
  { name: "measure", type: "STRING", of: (row) => row.measure },
  { name: "bits", type: "DOUBLE", of: (row) => row.value.bits },
  { name: "standard_error", type: "DOUBLE", of: (row) => row.value.standardError },
  { name: "lower", type: "DOUBLE", of: (row) => row.value.interval[0] },
  { name: "upper", type: "DOUBLE", of: (row) => row.value.interval[1] },
  { name: "method", type: "STRING", of: (row) => row.value.method },
  { name: "samples", type: "INT64", of: (row) => row.value.samples },
  { name: "outside", type: "DOUBLE", of: (row) => row.value.outside },
  { name: "warnings", type: "STRING", of: (row) => warningsOf(row).join("; ") },
  { name: "bracket_lower", type: "DOUBLE", of: (row) => row.value.bracket?.[0] },
  { name: "bracket_upper", type: "DOUBLE", of: (row) => row.value.bracket?.[1] },
  { name: "input_bins", type: "INT64", of: (row) => row.bins.input },
  { name: "output_bins", type: "INT64", of: (row) => row.bins.output },
  { name: "from_inputs", type: "STRING", of: (row) => row.inputs.join(" ") },
  { name: "to_outputs", type: "STRING", of: (row) => row.outputs.join(" ") },
  ...evidenceColumns((row: MeasuredRow) => row.value),
  { name: "occupied", type: "INT64", of: (row) => row.value.occupied },
  { name: "file", type: "STRING", of: (row) => row.file },
];

function warningsOf({ layer, value }: MeasuredRow): readonly string[] {
  return layer.cancelled ? [SO_FAR, ...value.warnings] : value.warnings;
}

export function measuredRows(files: readonly MeasuredFile[]): MeasuredRow[] {
  return files.flatMap(({ file, layers }) => layers.flatMap((layer) => rowsOf(file, layer)));
}

function rowsOf(file: string, layer: MeasuredLayer): MeasuredRow[] {
  const { position, bins, sweep, groups, eiPartsMatrix, sensitivityMatrix } = layer;
  const whole = (sweep ?? [layer]).flatMap((point) =>
    MEASURES.flatMap((measure) => {
      const value = point[measure];
      const common = { file, position, layer: point, bins: point.bins };
      return value === undefined ? [] : [{ ...common, measure, value, inputs: [], outputs: [] }];
    }),
  );
  const common = { file, position, layer, bins };
  const pairs = (measure: string, matrix: EstimateMatrix) =>
    Array.from(matrix.bits, (_, at) => {
      const [i, j] = [Math.floor(at / matrix.shape[1]), at % matrix.shape[1]];
      return { ...common, measure, value: pairOf(matrix, at, j), inputs: [i], outputs: [j] };
    });
  return [
    ...whole,
    ...(eiPartsMatrix ? pairs("eiPartsMatrix", eiPartsMatrix) : []),
    ...(sensitivityMatrix ? pairs("sensitivityMatrix", sensitivityMatrix) : []),
    ...(groups ?? []).map(({ inputs, outputs, estimate: value }) => ({
      ...common,
      measure: "eiBetweenGroups",
      value,
      inputs,
      outputs,
    })),
  ];
}

/** What a matrix warns of is said with its sum, not with every pair. */
function pairOf({ bits, standardError, samples, method, outside }: EstimateMatrix, at: number, j: number): Estimate {
  return estimate({
    bits: bits[at]!,
    standardError: standardError[at]!,
    samples,
    method,
    outside: outside[j]!,
    warnings: [],
  });
}
