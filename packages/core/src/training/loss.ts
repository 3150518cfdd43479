/**
 * Losses by name, and what they ask of outputs and targets; the kernels compute them.
 *
 * mse: Σ_k (y_k − t_k)², without a half.
 * cross-entropy: −Σ_k t_k ln y_k over softmax outputs; Σ_k −t_k ln y_k − (1 − t_k) ln (1 − y_k) over sigmoid outputs
 * (binary, per output). Both are computed from pre-activations, so that a confident mistake costs a finite number. Nats.
 */

import { check } from "../checks/check.ts";
import { InvalidInputError } from "../checks/error-classes.ts";
import { parse } from "../checks/schema/parse.ts";
import { oneOf } from "../checks/schema/scalars.ts";
import type { Dataset } from "../datasets/dataset.ts";
import type { LayerActivation } from "../model/activation.ts";

/** The names of the losses: see `LossName`. */
export const lossNames = ["mse", "cross-entropy"] as const;
/**
 * A loss: `mse`, Σ (y − t)² over the outputs, without a half; or `cross-entropy` in nats, over softmax outputs −Σ t ln
 * y, over sigmoid outputs the binary one of each output.
 */
export type LossName = (typeof lossNames)[number];
const lossSchema = oneOf(lossNames);

/**
 * How the losses of a batch's outputs become the number that is descended: their sum, or PyTorch's mean, which is over
 * examples and outputs, but for softmax with cross-entropy over examples alone.
 */
export const reductions = ["sum", "mean"] as const;
/** How the losses of a batch's outputs become one number: see `reductions`. */
export type Reduction = (typeof reductions)[number];

/** What the mean divides by for each example of a batch; 0 for a sum. */
export function reductionDivisor(
  loss: LossName,
  reduction: Reduction,
  activation: LayerActivation,
  outputs: number,
): number {
  if (reduction === "sum") return 0;
  return loss === "cross-entropy" && activation === "softmax" ? 1 : outputs;
}

/** @throws InvalidInputError for an unknown loss, or cross-entropy over outputs that are no probabilities. */
export function requireLoss(loss: LossName, activation: LayerActivation, who: string): void {
  parse(lossSchema, loss, `${who}: loss`);
  check(loss === "mse" || activation === "softmax" || activation === "sigmoid", {
    who,
    expected: "softmax or sigmoid outputs for the cross-entropy loss",
    got: `${activation} outputs`,
    remedy: "Give the last layer one of those activations, or use the loss mse.",
  });
}

/** @throws InvalidInputError where cross-entropy meets targets that are no probabilities. */
export function requireTargets(loss: LossName, activation: LayerActivation, data: Dataset, who: string): void {
  if (loss === "mse") return;
  const { rows, outputs, targets } = data;
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    let valid = true;
    for (let j = row * outputs; j < (row + 1) * outputs; j++) {
      sum += targets[j]!;
      valid &&= targets[j]! >= 0 && targets[j]! <= 1;
    }
    if (!valid || (activation === "softmax" && Math.abs(sum - 1) > 1e-9)) {
      const whole = activation === "softmax" ? ", which sum to 1 in each row" : "";
      throw new InvalidInputError({
        who,
        expected: `targets from 0 to 1${whole}, for the cross-entropy loss`,
        got: `row ${row} of ${data.name}: ${targets.slice(row * outputs, (row + 1) * outputs).join(", ")}`,
      });
    }
  }
}
