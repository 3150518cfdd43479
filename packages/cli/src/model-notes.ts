/** What `ablate` says of a model: its layers, where it is no row of dense layers, and how its outputs are read. */
import type { Model } from "@causalscope/core";
import { isGraphUnits, unitsOf } from "@causalscope/core/internal";

/** The hidden layers that scopes number, and how outputs are read; nothing for dense layers in a row that end in softmax. */
export function modelNotes(model: Model): string {
  const units = unitsOf(model);
  if (!isGraphUnits(units)) return units.layers.at(-1)!.activation === "softmax" ? "" : `${OUTPUTS.values}\n`;
  const layers = units.layers.slice(0, -1).map(({ name, outputs, positions, activation }, layer) => {
    const units = positions === 1 ? `${outputs} units` : `${outputs} channels at ${positions} positions`;
    return `layer ${layer + 1}: ${name}, ${units}, ${activation}\n`;
  });
  return `${layers.join("")}${OUTPUTS[units.outputs.kind]}\n`;
}

const OUTPUTS = {
  softmax: "The model ends in softmax: its outputs are taken as probabilities.",
  logits:
    "The model does not end in softmax: its outputs are taken as logits; accuracy is by the greatest, loss by log-softmax.",
  values:
    "The outputs are taken as values: accuracy is by the greatest, or the side of ½ of a single one, loss the squared error.",
} as const;
