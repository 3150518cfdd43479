/** Mechanisms as plain data, so that a worker can be sent one. */
import type { Range } from "../information/bins.ts";
import type { DenseLayer } from "./dense-chain.ts";
import { type Mechanism, throughAll } from "./mechanism.ts";
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

/** The mechanism again: it is measured to the same bits. What programs need is loaded with the first. */
export async function fromPlain(plain: PlainMechanism): Promise<Mechanism> {
  const { name, activation, of, inputRanges, outputRange } = plain;
  const ranges = { inputRange: inputRanges, outputRange };
  if (!("steps" in of)) return { ...throughAll(of, ranges), name, activation };
  const { programMechanism } = await import("./program-mechanism.ts");
  return programMechanism({ name, activation, program: of, ...ranges });
}
