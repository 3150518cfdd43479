/** What a run asks: a study with its options, and what follows from them. */
import { environment, packageVersion } from "#platform";
import type { TableName } from "./row-tables.ts";
import type { Environment, Question } from "./run-file.ts";
import { type Steps, stepsOf } from "./steps.ts";
import { type Study, tablesOfStudy } from "./study.ts";

export interface Ask {
  /** Name of the study. */
  readonly study: string;
  /** Every parameter, defaults included. */
  readonly question: Question;
  /** What the question implies. */
  readonly steps: Steps;
  /** Tables that the study fills. */
  readonly tables: readonly TableName[];
  /** Version of Causalscope. */
  readonly version: string;
  /** Bytes that measuring a layer may hold. */
  readonly memory?: number;
  readonly environment: Environment;
}

/** What a run of a study asks. */
export function askOf<Options extends object>(
  study: Study<Options>,
  options: Options,
  { version = packageVersion(), memory }: { readonly version?: string; readonly memory?: number } = {},
): Ask {
  return {
    study: study.name,
    question: options as unknown as Question,
    steps: stepsOf(study.parts(options)),
    tables: tablesOfStudy(study),
    version,
    ...(memory !== undefined && { memory }),
    environment: environment(),
  };
}
