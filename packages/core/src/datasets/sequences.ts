/** Tasks in time, made from a seed: sequences of bits, and after each what should be said of them. */

import { check } from "../checks/check.ts";
import { parse } from "../checks/schema/parse.ts";
import { anyRecord, options as optionsOf } from "../checks/schema/records.ts";
import { positiveInteger, seed as seedSchema } from "../checks/schema/scalars.ts";
import { Random, Stream } from "../information/random.ts";

/** A task in time: sequences of bits, and after each bit the answer that is asked for. */
export interface Sequences {
  readonly name: string;
  readonly sequences: number;
  readonly steps: number;
  /** `[sequences, steps]`: 0 or 1. */
  readonly inputs: Float64Array;
  /** `[sequences, steps]`: 0 or 1; NaN where nothing is asked yet. */
  readonly targets: Float64Array;
}

/** How many sequences are made, and how long they are. */
export interface SequenceOptions {
  readonly sequences: number;
  readonly steps: number;
  readonly seed: number;
}

const sequenceOptions = optionsOf({ sequences: positiveInteger, steps: positiveInteger, seed: seedSchema });

/**
 * Whether the bits so far hold an odd number of ones: one bit must be kept, and changed by each input.
 *
 * @example
 * ```ts
 * const { inputs, targets } = runningParity({ sequences: 1, steps: 8, seed: 0 });
 * console.log([...inputs].join(""), "→", [...targets].join("")); // 00010110 → 00011011
 * ```
 * @throws InvalidInputError for numbers that are not whole and at least 1, or a seed that is none.
 */
export function runningParity(options: SequenceOptions): Sequences {
  return sequencesOf("running parity", options, (bits) => {
    let parity = 0;
    return bits.map((bit) => {
      parity ^= bit;
      return parity;
    });
  });
}

/**
 * The bit of `delay` steps ago: so many bits must be kept. The first `delay` targets of a sequence are NaN: nothing is
 * asked yet.
 *
 * @example
 * ```ts
 * const { inputs, targets } = delayedRecall({ sequences: 1, steps: 6, delay: 2, seed: 0 });
 * console.log([...inputs].join(" "), "→", [...targets].join(" ")); // 0 0 0 1 0 1 → NaN NaN 0 0 0 1
 * ```
 * @throws InvalidInputError for numbers that are not whole and at least 1, a delay that is not from 0 to steps − 1, or
 *   a seed that is none.
 */
export function delayedRecall(asked: SequenceOptions & { readonly delay: number }): Sequences {
  parse(anyRecord, asked, "delayedRecall()");
  const { delay, ...options } = asked;
  check(Number.isInteger(delay) && delay >= 0 && delay < options.steps, () => ({
    who: "delayedRecall()",
    expected: `a delay from 0 to ${options.steps - 1} steps`,
    got: `${delay}`,
  }));
  return sequencesOf(`recall after ${delay} steps`, options, (bits) =>
    bits.map((_, t) => (t < delay ? Number.NaN : bits[t - delay]!)),
  );
}

function sequencesOf(name: string, options: SequenceOptions, answer: (bits: readonly number[]) => number[]): Sequences {
  const { sequences, steps, seed } = parse(sequenceOptions, options, name);
  const random = new Random(seed, Stream.examples);
  const inputs = Float64Array.from({ length: sequences * steps }, () => random.below(2));
  const targets = new Float64Array(sequences * steps);
  for (let row = 0; row < sequences; row++) {
    targets.set(answer([...inputs.subarray(row * steps, (row + 1) * steps)]), row * steps);
  }
  return { name, sequences, steps, inputs, targets };
}
