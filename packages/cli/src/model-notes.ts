/** What `ablate` says about a model: its layers, unless they are a sequence of dense ones, and how its outputs are read. */

import type { Model } from "@causalscope/core";
import { counted } from "@causalscope/core/basics";
import { isGraphUnits, unitsOf } from "@causalscope/core/internal";

/** The hidden layers as scopes number them, and how outputs are read; nothing for dense layers that end in softmax. */
export function modelNotes(model: Model): string {
  const units = unitsOf(model);
  if (!isGraphUnits(units)) return units.layers.at(-1)!.activation === "softmax" ? "" : `${OUTPUTS.values}\n`;
  const layers = units.layers.slice(0, -1).map(({ name, outputs, positions, activation }, layer) => {
    const units =
      positions === 1 ? counted(outputs, "unit") : `${counted(outputs, "channel")} at ${positions} positions`;
    return `layer ${layer + 1}: ${name}, ${units}, ${activation}\n`;
  });
  return `${layers.join("")}${OUTPUTS[units.outputs.kind]}\n`;
}

const OUTPUTS = {
  softmax: "The model ends in softmax: its outputs are probabilities.",
  logits:
    "The model does not end in softmax: its outputs are taken as logits. The predicted class is the largest one, the loss is that of log-softmax.",
  values:
    "The outputs are used as they are: the predicted class is the largest output (for a single output, whether it exceeds ½), the loss is the squared error.",
} as const;
