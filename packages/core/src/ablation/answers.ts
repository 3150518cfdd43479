/** How well outputs answer: accuracy and loss of a classifier on labelled examples. */
import { check } from "../checks/check.ts";
import { exp, log } from "../information/elementary.ts";

/** How well a network answers on labelled examples. */
export interface Answers {
  readonly accuracy: number;
  /** Cross-entropy in nats of softmax outputs or of logits, else the squared error summed over the outputs; mean over the examples. */
  readonly loss: number;
  /** Accuracy among the examples of each class. */
  readonly perClass: Float64Array;
}

/** What single examples are answered, `[rows]` each. */
export interface Outcomes {
  /** 1 where the answer is right. */
  readonly right: Uint8Array;
  /** As `Answers.loss`, of the example alone. */
  readonly losses: Float64Array;
}

/** What a model puts out, `[rows, outputs]`. */
export interface Outputs {
  readonly values: Float64Array;
  readonly outputs: number;
  /** What a softmax would make probabilities of; undefined where outputs are compared with 0 and 1. */
  readonly logits: Float64Array | undefined;
}

/**
 * @param labels Of each row, below `classes`. With a single output the label is the side of ½ that it is on. @param outcomes written to.
 * @throws InvalidInputError where the loss is not finite.
 */
export function answersOf(
  { values: y, outputs, logits }: Outputs,
  labels: Int32Array,
  classes: number,
  outcomes?: Outcomes,
): Answers {
  const [right, counts] = [new Float64Array(classes), new Float64Array(classes)];
  const rows = labels.length;
  let loss = 0;
  for (let row = 0; row < rows; row++) {
    const label = labels[row]!;
    const from = row * outputs;
    counts[label]!++;
    let best = outputs === 1 ? Number(y[from]! > 0.5) : 0;
    for (let j = 1; j < outputs; j++) if (y[from + j]! > y[from + best]!) best = j;
    if (best === label) right[label]!++;
    let own = 0;
    // Where the values are the logits themselves, none is a probability.
    if (logits !== undefined) own = crossEntropy(y === logits ? 0 : y[from + label]!, logits, from, outputs, label);
    else {
      for (let j = 0; j < outputs; j++) {
        const wanted = outputs === 1 ? label : Number(j === label);
        own += (y[from + j]! - wanted) * (y[from + j]! - wanted);
      }
    }
    loss += own;
    if (outcomes !== undefined) {
      outcomes.right[row] = Number(best === label);
      outcomes.losses[row] = own;
    }
  }
  check(Number.isFinite(loss), () => ({
    who: "ablation",
    expected: "finite outputs",
    got: `a loss of ${loss}`,
    remedy: "Check the network's weights and the replacement values.",
  }));
  const all = right.reduce((sum, value) => sum + value, 0);
  return {
    accuracy: all / rows,
    loss: loss / rows,
    perClass: right.map((value, label) => value / counts[label]!),
  };
}

/**
 * Rows whose answer hangs on a difference that rounding may have made: there the greatest output, or the side of ½, is not known.
 *
 * @param tolerance greatest error of the outputs, or where there are logits, of these.
 */
export function undecidedRows({ values, outputs, logits }: Outputs, rows: number, tolerance: number): Int32Array {
  const of = logits ?? values;
  const found: number[] = [];
  for (let row = 0; row < rows; row++) {
    const from = row * outputs;
    if (outputs === 1) {
      if (Math.abs(of[from]! - 0.5) <= tolerance) found.push(row);
      continue;
    }
    let [most, next] = [-Infinity, -Infinity];
    for (let j = from; j < from + outputs; j++) {
      const value = of[j]!;
      if (value > most) [most, next] = [value, most];
      else if (value > next) next = value;
    }
    if (most - next <= 2 * tolerance) found.push(row);
  }
  return Int32Array.from(found);
}

/** A probability below this is not taken from the softmax, which rounds it and ends at 0. */
const SMALL = 1e-290;

/** −ln of a softmax output, from its value where that is exact, else from the sums. */
function crossEntropy(probability: number, sums: Float64Array, from: number, outputs: number, label: number): number {
  if (probability > SMALL) return -log(probability);
  let [most, total] = [-Infinity, 0];
  for (let j = from; j < from + outputs; j++) most = Math.max(most, sums[j]!);
  for (let j = from; j < from + outputs; j++) total += exp(sums[j]! - most);
  return most - sums[from + label]! + log(total);
}
