/** What a run asks: a study with its options, and what follows from them. */
import { environment } from "#platform";
import type { TableName } from "./row-tables.ts";
import type { Environment, Question } from "./run-file.ts";
import { type Steps, stepsOf } from "./steps.ts";
import { type Study, tablesOfStudy } from "./study.ts";
import { VERSION } from "./version.ts";

/** What a run asks: the study, its options, what follows from them, and where it is computed. */
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

/**
 * What a run of a study with these options asks: what `startRun()` compares with what a folder holds.
 *
 * @example
 * ```ts
 * const edge = await study("edge");
 * const { tables, steps } = askOf(edge, studyOptions(edge, { weightStep: 5 }));
 * console.log(tables, steps.count); // [ 'values' ] 12
 * ```
 */
export function askOf<Options extends object>(
  study: Study<Options>,
  options: Options,
  { version = VERSION, memory }: { readonly version?: string; readonly memory?: number } = {},
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
