/** What both samplers of cells share. */
import type { UnitLayer } from "./layer.ts";

/** Cells, or draws that are not from the pool, that are made together. */
export const LANES = 16;

/** Weights on U(−½, ½) deviations within a cell, `[outputs, inputs]`, and how far they can take each output. */
export function deviationWeights({
  inputs,
  outputs,
  weights,
  parts,
}: Pick<UnitLayer, "inputs" | "outputs" | "weights"> & { readonly parts: Float64Array }) {
  const cellWeights = weights.map((weight, at) => weight / parts[at % inputs]!);
  const reach = new Float64Array(outputs);
  for (let j = 0; j < outputs; j++) {
    for (let i = 0; i < inputs; i++) reach[j]! += Math.abs(cellWeights[j * inputs + i]!) / 2;
  }
  return { cellWeights, reach };
}
