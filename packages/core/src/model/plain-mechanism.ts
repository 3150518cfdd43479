/** Mechanisms as plain data, so that a worker can be sent one. */
import type { Range } from "../information/bins.ts";
import type { DenseLayer } from "./dense-chain.ts";
import { type Mechanism, programMechanism, throughAll } from "./mechanism.ts";
import type { Program } from "./program.ts";

export interface PlainMechanism extends Pick<Mechanism, "name" | "activation"> {
  readonly of: readonly DenseLayer[] | Program;
  readonly inputRanges: readonly Range[];
  readonly outputRange: Range;
}

/** Undefined for a mechanism that holds a function: a black box, or an activation of one's own. */
export function toPlain(mechanism: Mechanism): PlainMechanism | undefined {
  const { name, activation, plain: of, inputRanges, outputRange } = mechanism;
  return of && { name, activation, of, inputRanges, outputRange };
}

/** The mechanism again: it is measured to the same bits. */
export function fromPlain({ name, activation, of, inputRanges, outputRange }: PlainMechanism): Mechanism {
  const ranges = { inputRange: inputRanges, outputRange };
  return "steps" in of
    ? programMechanism({ name, activation, program: of, ...ranges })
    : { ...throughAll(of, ranges), name, activation };
}
