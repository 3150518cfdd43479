/** Options of which some follow from others. */

import { InvalidInputError } from "@causalscope/core/errors";
import { type Parsed, type RuleProblem, rule, shownInput } from "@causalscope/core/schema";
import * as v from "valibot";

/** Says that an option does not go with the others. */
export type Refuse = (option: string, expected: string, got: unknown) => never;

class Refusal extends Error {
  readonly problem: RuleProblem;

  constructor(problem: RuleProblem) {
    super(problem.expected);
    this.problem = problem;
  }
}

const refuse: Refuse = (at, expected, got) => {
  throw new Refusal({ at, expected, got: shownInput(got) });
};

/** Refuses where no schema listens, as of options that a program made itself. */
export const refuseOption: Refuse = (option, expected, got) => {
  throw new InvalidInputError({ who: option, expected, got: shownInput(got) });
};

/** Options of which some follow from others: `resolve` fills them in, and refuses what does not go together. */
export function resolved<S extends v.GenericSchema, Options>(
  schema: S,
  resolve: (given: Parsed<S>, refuse: Refuse) => Options,
) {
  const problem = (given: Parsed<S>): RuleProblem | undefined => {
    try {
      resolve(given, refuse);
      return undefined;
    } catch (error) {
      if (error instanceof Refusal) return error.problem;
      throw error;
    }
  };
  return v.pipe(
    schema,
    rule<Parsed<S>>(problem),
    v.transform((given: Parsed<S>) => resolve(given, refuse)),
  );
}
