/** The recurrent map of a cell as mechanisms: from state to state, from input to state, and from both. */
import { blackBox, dense, type Mechanism } from "../model/mechanism.ts";
import { type Cell, step } from "./recurrent.ts";

/** States lie within −1 and 1, inputs are 0 or 1. */
const STATE = [-1, 1] as const;
const INPUT = [0, 1] as const;

/** The map of a recurrent cell as mechanisms; states are −1 … 1, inputs 0 … 1. */
export interface RecurrentMechanisms {
  /** h_t → h_{t+1}, the input at rest at ½. */
  readonly memory: Mechanism;
  /** x_t → h_{t+1}, the state at rest at 0. */
  readonly writing: Mechanism;
  /** (x_t, h_t) → h_{t+1}: input 0 is x. */
  readonly both: Mechanism;
}

/**
 * One step of a recurrent cell as mechanisms, to be measured: from state to state, from input to state, and from both.
 * Of an Elman cell they are dense layers, whose pairs are measured exactly; of others black boxes.
 *
 * @example
 * ```ts
 * // A unit that keeps the sign of its state, whatever the input: W = 0, U = 50, b = 0.
 * const cell = { kind: "elman", units: 1, parameters: Float64Array.of(0, 50, 0) } as const;
 * const { memory, writing } = recurrentMechanisms(cell);
 * console.log((await effectiveInformation(memory, { bins: 2 })).bits.toFixed(3)); // 1.000
 * console.log((await effectiveInformation(writing, { bins: 2 })).bits.toFixed(3)); // 0.000
 * ```
 */
export function recurrentMechanisms(cell: Cell): RecurrentMechanisms {
  const { kind, units, parameters } = cell;
  if (kind !== "elman") {
    const box = (
      name: string,
      inputs: number,
      range: readonly [number, number] | (readonly [number, number])[],
      from: (row: Float64Array) => [number, ArrayLike<number>],
    ) =>
      blackBox({
        name,
        inputs,
        outputs: units,
        inputRange: range,
        outputRange: STATE,
        evaluate: (x: Float64Array) => {
          const y = new Float64Array((x.length / inputs) * units);
          for (let row = 0; row < x.length / inputs; row++) {
            const [value, h] = from(x.subarray(row * inputs, (row + 1) * inputs));
            y.set(step(cell, value, h), row * units);
          }
          return y;
        },
      });
    const zeros = new Float64Array(units);
    return {
      memory: box("h → h", units, STATE, (row) => [0.5, row]),
      writing: box("x → h", 1, INPUT, (row) => [row[0]!, zeros]),
      both: box("x, h → h", units + 1, [INPUT, ...Array.from({ length: units }, () => STATE)], (row) => [
        row[0]!,
        row.subarray(1),
      ]),
    };
  }
  const w = parameters.subarray(0, units);
  const u = parameters.subarray(units, units + units * units);
  const b = parameters.subarray(units + units * units);
  const rows = Array.from({ length: units }, (_, j) => [...u.subarray(j * units, (j + 1) * units)]);
  const common = { activation: "tanh", outputRange: STATE } as const;
  return {
    memory: dense({
      ...common,
      name: "h → h",
      weights: rows,
      bias: b.map((bias, j) => bias + 0.5 * w[j]!),
      inputRange: STATE,
    }),
    writing: dense({
      ...common,
      name: "x → h",
      weights: Array.from(w, (weight) => [weight]),
      bias: b,
      inputRange: INPUT,
    }),
    both: dense({
      ...common,
      name: "x, h → h",
      weights: rows.map((row, j) => [w[j]!, ...row]),
      bias: b,
      inputRange: [INPUT, ...Array.from({ length: units }, () => STATE)],
    }),
  };
}
