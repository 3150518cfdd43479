/** Mechanisms as plain data, so that a worker can be sent one. */
import type { Range } from "../information/bins.ts";
import { type Mechanism, throughAll } from "./mechanism.ts";
import type { DenseLayer } from "./network.ts";

export interface PlainMechanism {
  readonly layers: readonly DenseLayer[];
  readonly inputRanges: readonly Range[];
  readonly outputRange: Range;
}

/** Undefined for a mechanism that holds a function: a black box, or an activation of one's own. */
export function toPlain({ layers, inputRanges, outputRange }: Mechanism): PlainMechanism | undefined {
  return layers && { layers, inputRanges, outputRange };
}

/** The mechanism again: it is measured to the same bits. */
export function fromPlain({ layers, inputRanges, outputRange }: PlainMechanism): Mechanism {
  return throughAll(layers, { inputRange: inputRanges, outputRange });
}
