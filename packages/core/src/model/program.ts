/**
 * A mechanism that is no single dense layer, as a short program over one sample's values: sums, activations, maxima, products.
 * Plain data, so that a worker can be sent one.
 */
import type { ElementwiseActivation } from "./activation.ts";
import { activationOf } from "./activation.ts";
import { type Evaluate, softmaxRows } from "./evaluate-layers.ts";

/** Lists one after another: list k is `positions[starts[k] … starts[k + 1])`. */
export interface Lists {
  /** One more than there are lists. */
  readonly starts: Int32Array;
  /** Positions among the values so far. */
  readonly positions: Int32Array;
}

export type Step =
  /** A value per list: `shift + Σ coefficient · value`. */
  | {
      readonly kind: "affine";
      readonly terms: Lists;
      readonly coefficients: Float64Array;
      readonly shift: Float64Array;
    }
  | { readonly kind: "activation"; readonly activation: ElementwiseActivation; readonly of: Int32Array }
  /** A value per list: its greatest. */
  | { readonly kind: "maximum"; readonly among: Lists }
  | { readonly kind: "product"; readonly left: Int32Array; readonly right: Int32Array }
  /** A value per position: softmax within each list. */
  | { readonly kind: "softmax"; readonly among: Lists };

export interface Program {
  readonly inputs: number;
  readonly outputs: number;
  /** Each appends its values to those before; the inputs come first. */
  readonly steps: readonly Step[];
  /** Where the outputs are among all values. */
  readonly results: Int32Array;
}

/** How many values a step appends. */
export function valuesOf(step: Step): number {
  switch (step.kind) {
    case "affine":
      return step.shift.length;
    case "activation":
      return step.of.length;
    case "product":
      return step.left.length;
    case "maximum":
      return step.among.starts.length - 1;
    case "softmax":
      return step.among.positions.length;
  }
}

/** Samples that go through the steps together: each coefficient is read once for all of them. */
const TOGETHER = 64;
/** At most so many values are held at a time, but for one sample's. */
const MOST_HELD = 2 ** 22;

/** The program as a function of a batch. */
export function throughProgram(program: Program): Evaluate {
  const size = program.steps.reduce((sum, step) => sum + valuesOf(step), program.inputs);
  const together = Math.max(1, Math.min(TOGETHER, Math.floor(MOST_HELD / size)));
  return (x, rows) => {
    const y = new Float64Array(rows * program.outputs);
    /** `[values, together]`. */
    const values = new Float64Array(size * together);
    for (let first = 0; first < rows; first += together) {
      const count = Math.min(together, rows - first);
      for (let i = 0; i < program.inputs; i++)
        for (let s = 0; s < count; s++) values[i * together + s] = x[(first + s) * program.inputs + i]!;
      let end = program.inputs;
      for (const step of program.steps) end = take(step, values, end, together, count);
      for (const [j, position] of program.results.entries())
        for (let s = 0; s < count; s++) y[(first + s) * program.outputs + j] = values[position * together + s]!;
    }
    return y;
  };
}

/** Appends a step's values from `end` on, and returns the new end. */
function take(step: Step, values: Float64Array, end: number, stride: number, count: number): number {
  switch (step.kind) {
    case "affine": {
      const { terms, coefficients, shift } = step;
      for (let row = 0; row < shift.length; row++) {
        const to = (end + row) * stride;
        values.fill(shift[row]!, to, to + count);
        for (let at = terms.starts[row]!; at < terms.starts[row + 1]!; at++) {
          const coefficient = coefficients[at]!;
          const from = terms.positions[at]! * stride;
          for (let s = 0; s < count; s++) values[to + s]! += coefficient * values[from + s]!;
        }
      }
      break;
    }
    case "activation": {
      const { value } = activationOf(step.activation);
      for (const [row, position] of step.of.entries())
        for (let s = 0; s < count; s++) values[(end + row) * stride + s] = value(values[position * stride + s]!);
      break;
    }
    case "product":
      for (const [row, left] of step.left.entries()) {
        const right = step.right[row]!;
        for (let s = 0; s < count; s++)
          values[(end + row) * stride + s] = values[left * stride + s]! * values[right * stride + s]!;
      }
      break;
    case "maximum": {
      const { starts, positions } = step.among;
      for (let row = 0; row + 1 < starts.length; row++) {
        const to = (end + row) * stride;
        values.fill(-Infinity, to, to + count);
        for (let at = starts[row]!; at < starts[row + 1]!; at++) {
          const from = positions[at]! * stride;
          for (let s = 0; s < count; s++) if (values[from + s]! > values[to + s]!) values[to + s] = values[from + s]!;
        }
      }
      break;
    }
    case "softmax": {
      const { starts, positions } = step.among;
      for (let list = 0; list + 1 < starts.length; list++) {
        const [from, to] = [starts[list]!, starts[list + 1]!];
        const row = new Float64Array(to - from);
        for (let s = 0; s < count; s++) {
          for (let at = from; at < to; at++) row[at - from] = values[positions[at]! * stride + s]!;
          softmaxRows(row, row.length);
          for (let at = from; at < to; at++) values[(end + at) * stride + s] = row[at - from]!;
        }
      }
      break;
    }
  }
  return end + valuesOf(step);
}
