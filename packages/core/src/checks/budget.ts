/**
 * What a file may take, however little of it there is: one place for the sizes and the work that readers, shape rules, patterns, layers,
 * traces and unpacking allow. A few bytes can ask for hours (a padding of 10⁹, a gzip file of zeros); what asks for more than this is
 * refused by name, or is a layer that cannot be measured, with the reason.
 */

/** Sizes of single things. No network that is known comes near to one of them. */
export const LIMITS = {
  /** Bytes of a file that is read, and of all that is unpacked from one: what a typed array of every engine holds. */
  bytes: 2 ** 31,
  /** Bytes that are unpacked from a small file; a large one may hold four times its own. */
  unpacked: 2 ** 29,
  /** Values of one tensor: more is no network but a damaged file. Nothing so large is ever made; its layers are looked at unit by unit. */
  values: 2 ** 40,
  /** Values of one input of a network: 8 GB as float64. */
  inputs: 2 ** 30,
  /** Axes of a tensor. */
  axes: 64,
  /** Zeros before or after one axis. */
  padding: 2 ** 20,
  /** Units of a layer that are measured. */
  units: 2 ** 20,
  /** Calls within each other where one thing is found by means of another; what is deeper is found first. */
  depth: 200,
  /** Nodes of a pattern that is recognised as one activation. */
  pattern: 32,
} as const;

/** Steps of some ten nanoseconds that any network may take: a few seconds. */
const STEPS = 1e8;
/** A stored number is used under each place of a window: a pool of 4 × 4 after a convolution needs sixteen, in three steps each. */
const STEPS_PER_VALUE = 64;

/** Work that may still be done. Counted in steps and never in seconds, so that every machine gives the same answer. */
export class Budget {
  readonly most: number;
  #spent = 0;

  /** @param values Numbers that are stored: whoever stores many may take longer. */
  constructor(values = 0) {
    this.most = STEPS + STEPS_PER_VALUE * values;
  }

  /** Whether there were so many steps left; they are spent. */
  spend(steps: number): boolean {
    this.#spent += steps;
    return this.#spent <= this.most;
  }
}
