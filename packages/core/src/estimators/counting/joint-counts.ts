/**
 * Counts of the joint states of inputs and outputs, and the plug-in mutual information from them. Shards merge by addition: counts of
 * the samples [0, k) merged with those of [k, n) are the counts of [0, n).
 */

import { check } from "../../checks/check.ts";
import { OUTSIDE } from "../../information/bins.ts";
import { log2, square } from "../../information/elementary.ts";
import { StateKey } from "../../information/state-key.ts";
import { StateTable } from "../../information/state-table.ts";
import { STATE_BYTES } from "./memory.ts";

export interface JointStatistic {
  /** H(X) + H(Y) − H(X, Y) of the frequencies, in bits. */
  readonly bits: number;
  /** Standard error from sampling alone: sd of log2 p(x,y)/(p(x)p(y)), over √N. */
  readonly standardError: number;
  /** First-order bias (S_XY − S_X − S_Y + 1)/(2N ln 2) in bits, S the states seen; it says nothing where states do not repeat. */
  readonly bias: number;
  readonly inputEntropy: number;
  readonly outputEntropy: number;
  readonly jointEntropy: number;
  /** Distinct states seen. */
  readonly states: { readonly input: number; readonly output: number; readonly joint: number };
  /** Share of the states seen that were seen once. */
  readonly once: { readonly input: number; readonly output: number; readonly joint: number };
}

export class PlugInCounts {
  /** Samples drawn. */
  drawn = 0;
  /** Samples with an output outside the output range. */
  beyond = 0;
  /** Samples counted. */
  kept = 0;
  /** Whether drawing stopped because more samples could bring more states than there is memory for. */
  isFull = false;
  readonly #parts: Float64Array;
  readonly #outputs: number;
  readonly #outputBins: number;
  readonly #inputKey: StateKey;
  readonly #outputKey: StateKey;
  readonly #input = new StateTable();
  readonly #output = new StateTable();
  /** Keyed by the numbers of the input's and the output's state. */
  readonly #joint = new StateTable();

  /** Bytes that the tables may take after so many more samples, while they are copied to larger ones. */
  bytesAfter(samples: number): number {
    return STATE_BYTES * (this.#input.size + this.#output.size + this.#joint.size + 3 * samples);
  }

  /** What the bins allow EI to be, in bits. */
  get most(): number {
    const inputBits = this.#parts.reduce((bits, count) => bits + log2(count), 0);
    return Math.min(inputBits, this.#outputs * log2(this.#outputBins));
  }

  /** `parts[i]`: bins of input i, 1 for an input that is not looked at. */
  constructor(parts: Float64Array, outputs: number, outputBins: number) {
    this.#parts = parts.slice();
    this.#outputs = outputs;
    this.#outputBins = outputBins;
    this.#inputKey = new StateKey(this.#parts);
    this.#outputKey = new StateKey(new Float64Array(outputs).fill(outputBins));
  }

  /**
   * Counts the rows `first` … `rows` − 1 of `x`, `[rows, inputs]`, and `y`, `[rows, outputs]`; a row with an `OUTSIDE` output is
   * left out. `beyond`, `[rows, outputs]`, marks outputs outside the output range.
   */
  add(x: Int32Array, y: Int32Array, beyond: Uint8Array, first: number, rows: number): void {
    const inputs = this.#parts.length;
    const outputs = this.#outputs;
    for (let row = first; row < rows; row++) {
      this.drawn++;
      let out = 0;
      let left = false;
      for (let at = row * outputs; at < (row + 1) * outputs; at++) {
        out |= beyond[at]!;
        if (y[at] === OUTSIDE) left = true;
      }
      this.beyond += out;
      if (left) continue;
      this.kept++;
      this.#inputKey.set(x, row * inputs);
      this.#outputKey.set(y, row * outputs);
      const a = this.#input.add(this.#inputKey.low, this.#inputKey.high);
      const b = this.#output.add(this.#outputKey.low, this.#outputKey.high);
      this.#joint.add(a, b);
    }
  }

  /** @throws InvalidInputError for counts of other units or bins. */
  merge(other: PlugInCounts): void {
    check(
      other.#outputs === this.#outputs &&
        other.#outputBins === this.#outputBins &&
        other.#parts.length === this.#parts.length &&
        !other.#parts.some((count, i) => count !== this.#parts[i]),
      () => ({
        who: "PlugInCounts.merge()",
        expected: "counts of the same units and bins",
        got: "others",
      }),
    );
    this.drawn += other.drawn;
    this.beyond += other.beyond;
    this.kept += other.kept;
    const inputIds = this.#input.merge(other.#input.list());
    const outputIds = this.#output.merge(other.#output.list());
    const { low, high, counts } = other.#joint.list();
    for (let id = 0; id < counts.length; id++) {
      this.#joint.add(inputIds[low[id]!]!, outputIds[high[id]!]!, 0, counts[id]!);
    }
  }

  statistic(): JointStatistic {
    const total = this.kept;
    const [input, output, joint] = [this.#input, this.#output, this.#joint];
    const [inputCounts, outputCounts] = [input.list().counts, output.list().counts];
    const { low, high, counts } = joint.list();
    const [hx, hy, hxy] = [entropy(input, total), entropy(output, total), entropy(joint, total)];
    const bits = Math.max(0, hx + hy - hxy);
    let squares = 0;
    for (let id = 0; id < joint.size; id++) {
      const count = counts[id]!;
      const a = inputCounts[low[id]!]!;
      const b = outputCounts[high[id]!]!;
      squares += (count / total) * square(log2((count / a) * (total / b)) - bits);
    }
    return {
      bits,
      standardError: total === 0 ? 0 : Math.sqrt(squares / total),
      bias: total === 0 ? 0 : (joint.size - input.size - output.size + 1) / (2 * total * Math.LN2),
      inputEntropy: hx,
      outputEntropy: hy,
      jointEntropy: hxy,
      states: { input: input.size, output: output.size, joint: joint.size },
      once: { input: once(input), output: once(output), joint: once(joint) },
    };
  }
}

/** Entropy of the frequencies, in bits; summed in the order of the counts, so that it does not depend on the states' order. */
function entropy(states: StateTable, total: number): number {
  const counts = states.list().counts.slice().sort();
  let sum = 0;
  for (let from = 0; from < counts.length; ) {
    const count = counts[from]!;
    let to = from + 1;
    while (to < counts.length && counts[to] === count) to++;
    sum += (to - from) * (count / total) * log2(total / count);
    from = to;
  }
  return sum;
}

function once(states: StateTable): number {
  if (states.size === 0) return 0;
  let seen = 0;
  for (const count of states.list().counts) if (count === 1) seen++;
  return seen / states.size;
}
