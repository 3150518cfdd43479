/** What the options of a training are for a reader. */

import { scheduledEpochs } from "@causalscope/core/training";
import type { Settings, TrainedNetwork } from "@causalscope/runs";
import { dataText, provenanceSettings } from "@causalscope/runs/internal";
import type { TrainingOptions } from "./training-options.ts";

export function trainingSettings(asked: TrainingOptions): Settings {
  const { layers: widths, activation, outputActivation, bins, seeds, inputRange, valueRange } = asked;
  const other = outputActivation === activation ? "" : `, ${outputActivation} at the end`;
  return [
    ["network", `${widths.join(" → ")}, ${activation}${other}, ${asked.bias ? "with" : "no"} biases`],
    ["data", dataText(asked)],
    ...(asked.provenance === undefined ? [] : provenanceSettings(asked.provenance)),
    ["training", trainingText(asked)],
    ["loss", lossText(asked)],
    ["measured", measuredText(asked)],
    ["bins", bins.input === bins.output ? `${bins.input}` : `${bins.input} for inputs, ${bins.output} for outputs`],
    ["input range", `${inputRange[0]} to ${inputRange[1]}`],
    ...(valueRange === null ? [] : [["range of values", `${valueRange[0]} to ${valueRange[1]}`] as [string, string]]),
    [
      "standard error of EI",
      `at most ${asked.tolerance} bit, if ${asked.samples.toLocaleString("en-US")} samples are enough`,
    ],
    ["seeds", seeds.join(", ")],
    ["seed of the split", `${asked.splitSeed}`],
  ];
}

export function trainedNetwork({
  layers: widths,
  activation,
  outputActivation,
  seeds,
  loss,
}: TrainingOptions): TrainedNetwork {
  const layers = widths.slice(1).map((outputs, l) => ({
    name: `layer ${l + 1}`,
    inputs: widths[l]!,
    outputs,
    activation: l === widths.length - 2 ? outputActivation : activation,
  }));
  const lossName = loss === "mse" ? "summed squared error per example" : "cross-entropy per example (nats)";
  return { seeds, layers, lossName };
}

function measuredText({ every, at, epochs }: TrainingOptions): string {
  if (at === undefined) return `every ${every} epochs`;
  const { length } = scheduledEpochs(at, epochs);
  return typeof at === "string"
    ? `at ${length} epochs, evenly spaced in √epoch`
    : `at ${length} epochs: ${at.join(", ")}`;
}

function trainingText({ optimizer, learningRate, batch, epochs, l2, dropout, batchNorm }: TrainingOptions): string {
  const name = { sgd: "SGD", momentum: "SGD with momentum", adam: "Adam" }[optimizer];
  const parts = [name, `learning rate ${learningRate}`, `batches of ${batch}`, `${epochs} epochs`];
  if (l2 > 0) parts.push(`weight decay ${l2}`);
  if (dropout > 0) parts.push(`dropout ${dropout}`);
  if (batchNorm) parts.push("batch normalization");
  return parts.join(", ");
}

function lossText({ loss, reduction }: TrainingOptions): string {
  const name = loss === "mse" ? "squared error" : "cross-entropy";
  return reduction === "sum" ? `${name}, summed over the classes and the batch` : `${name}, mean over the batch`;
}
