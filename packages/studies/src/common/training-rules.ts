/** What the options of a training say to the trainer and to the measures. */

import type { Mechanism, Model } from "@causalscope/core";
import { inputRangeBefore, mechanismOf, requireChain } from "@causalscope/core/internal";
import type { LayerRequest } from "@causalscope/core/measures";
import { layerSeed } from "@causalscope/core/measures";
import { scheduledEpochs, type TrainingData } from "@causalscope/core/training";
import type { DataPlan, StepPlan, StudyWork } from "@causalscope/runs";
import { embeddedData } from "@causalscope/runs";
import type { TrainingOptions } from "./training-options.ts";

/** The layers of a network as a study measures them, with seeds of the network's seed and epoch alone: it does not matter what was measured before. */
export function layerRequests(model: Model, asked: TrainingOptions, seed: number, epoch: number): LayerRequest[] {
  return studyMechanisms(model, asked).map((mechanism, layer) => ({
    mechanism,
    bins: asked.bins,
    seed: layerSeed(seed, layer, epoch),
  }));
}

/** The settings of measuring that a training has. */
export function measuredBy({ tolerance, samples, outside }: TrainingOptions) {
  return { tolerance, samples, outside };
}

/** The examples: the package's, or those that whoever runs the study reads. */
export async function dataOf(plan: DataPlan, { data }: Pick<StudyWork, "data">): Promise<TrainingData> {
  return plan.source === "embedded" || data === undefined ? embeddedData(plan) : data(plan);
}

/** The options of `train()` that a question sets, but for the seed. */
export function trainingRules(asked: TrainingOptions) {
  const {
    epochs,
    every,
    at,
    batch: batchSize,
    learningRate,
    optimizer,
    loss,
    reduction,
    l2,
    dropout,
    batchNorm,
  } = asked;
  const regular = { ...(dropout > 0 && { dropout }), ...(batchNorm && { batchNorm }) };
  const measured = at === undefined ? { every } : { at };
  return { epochs, ...measured, batchSize, learningRate, optimizer, loss, reduction, l2, ...regular };
}

/** The epochs that are measured. */
export function stepsOfTraining({ epochs, every, at }: TrainingOptions): StepPlan {
  if (at !== undefined) return { unit: "epoch", at: scheduledEpochs(at, epochs) };
  return { unit: "epoch", every: every!, last: epochs };
}

export function networkSpec({ layers, activation, outputActivation, bias, initializer, inputRange }: TrainingOptions) {
  const last = layers.length - 2;
  const activations = Array.from({ length: last + 1 }, (_, l) => (l === last ? outputActivation : activation));
  return { layers, activation: activations, bias, initializer, inputRange };
}

/** Every layer as the study measures it. */
export function studyMechanisms(
  model: Model,
  { inputRange, valueRange }: Pick<TrainingOptions, "inputRange" | "valueRange">,
): Mechanism[] {
  const network = requireChain(model, "study");
  return network.layers.map((layer, l) =>
    mechanismOf(layer, {
      inputRange: (l > 0 ? valueRange : undefined) ?? inputRangeBefore(network, l, inputRange),
      outputRange: valueRange ?? undefined,
    }),
  );
}
