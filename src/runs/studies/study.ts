/** A study: a named, parametrised experiment whose checkpoints a run keeps. Pure, apart from the checkpoints that it is given. */
import type { CostOptions } from "../../causal/cost.ts";
import type { Pool } from "../../engines/pool.ts";
import type { Mechanism } from "../../network/mechanism.ts";
import type { FinishedCheckpoint } from "../journal.ts";
import type { Question } from "../run-file.ts";
import type { RunData } from "../table.ts";

/** Where a seed is continued from; undefined begins it. */
export interface LastCheckpoint {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface StudyProgress {
  readonly seed: number;
  /** The epoch being measured; of several, the first. */
  readonly epoch: number;
  /** Checkpoints done, over all seeds, those at work counted as fractions. */
  readonly done: number;
  readonly total: number;
}

export interface StudyContext {
  /** The last finished checkpoint of a seed. */
  readonly last: (seed: number) => LastCheckpoint | undefined;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: StudyProgress) => void;
  /** Workers that measure while the training goes on. Default: none. */
  readonly pool?: Pool;
  /** Bytes that each measurement may hold. */
  readonly memory?: number;
}

export interface StudyResult extends FinishedCheckpoint {
  /** The file that a seed is continued from. */
  readonly checkpoint: Uint8Array;
}

export interface Study<Options, Asked extends Question> {
  readonly name: string;
  /** One line. */
  readonly summary: string;
  /**
   * All parameters, those left out at their defaults. @param who names an option in an error.
   * @throws InvalidInputError for a value out of range.
   */
  readonly question: (options: Partial<Options>, who?: (option: keyof Options) => string) => Asked;
  /** The options that a question was asked with. */
  readonly options: (question: Question) => Partial<Options>;
  /** Checkpoint after checkpoint, seed after seed; the same question gives the same bytes, wherever it is continued from. */
  readonly results: (question: Asked, context: StudyContext) => AsyncGenerator<StudyResult, void>;
  /** What is measured at a checkpoint, with which options, and how often: what the work will cost is found from it. */
  readonly work: (question: Asked) => { mechanisms: Mechanism[]; options: CostOptions; times: number };
  /** What the report says besides the rows. */
  readonly describe: (question: Asked) => Pick<RunData, "study" | "settings" | "seeds" | "layers" | "lossName">;
}
