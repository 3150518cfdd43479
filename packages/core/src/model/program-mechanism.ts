/** Mechanisms of several steps. Apart from the others, for a network of dense layers has none. */
import { DEFAULT_INPUT_RANGE, isLayerActivation } from "./activation.ts";
import { common, defaultRangeOf, type Mechanism, type RangeOptions } from "./mechanism.ts";
import { type Program, throughProgram } from "./program.ts";
import { alone } from "./program-alone.ts";

export interface ProgramSpec extends RangeOptions {
  readonly name: string;
  readonly program: Program;
  /** Of its outputs; "unknown" where they differ or are none that is known. */
  readonly activation: string;
}

/** A mechanism of several steps: what convolution, pooling and skip connections make. */
export function programMechanism({ name, program, activation, ...ranges }: ProgramSpec): Mechanism {
  const { inputs, outputs } = program;
  const known = isLayerActivation(activation) ? defaultRangeOf(activation) : DEFAULT_INPUT_RANGE;
  return {
    kind: "program",
    ...common({ name, inputs, outputs }, known, ranges),
    activation,
    plain: program,
    alone: (input, rest) => throughProgram(alone(program, input, rest)),
    evaluate: throughProgram(program),
  };
}
