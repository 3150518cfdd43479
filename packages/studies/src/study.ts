/** A study: a named, parametrised experiment whose results a run keeps. Pure, apart from the files that it is given. */

import type { Mechanism } from "@causalscope/core";
import type { CostOptions, Pool } from "@causalscope/core/measures";
import type { TrainingData } from "@causalscope/core/training";
import type { FinishedCheckpoint, FinishedValues, Question, RunData, Steps, ValueRow } from "@causalscope/runs";
import type { DataPlan } from "./study-data.ts";

/** Where a seed is continued from; undefined begins it. */
export interface LastCheckpoint {
  /** That the journal says it has, for the file to agree. */
  readonly epoch?: number;
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface StudyProgress {
  /** Where the work is: "seed 0, epoch 50"; of several things at work, the first. */
  readonly at: string;
  /** Parts done, those at work counted as fractions. */
  readonly done: number;
  readonly total: number;
}

export interface StudyContext {
  /** The last finished checkpoint of a seed. */
  readonly last: (seed: number) => LastCheckpoint | undefined;
  /** Parts of a study without training that are finished. */
  readonly finished?: readonly FinishedValues[];
  /** Data that are not in the package: files of the user's, or fetched ones. */
  readonly data?: (plan: DataPlan) => Promise<TrainingData>;
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

interface Asking<Options, Asked extends Question> {
  readonly name: string;
  /** One line. */
  readonly summary: string;
  /** Whether it is told its data: one of the data sets that are known, or a table of the user's own, too. Default: neither. */
  readonly takes?: "data sets" | "tables";
  /**
   * All parameters, those left out at their defaults. @param who names an option in an error.
   * @throws InvalidInputError for a value out of range.
   */
  readonly question: (options: Partial<Options>, who?: (option: keyof Options) => string) => Asked;
  /** The options that a question was asked with. */
  readonly options: (question: Question) => Partial<Options>;
  /** What the results will be of, in their order. */
  readonly steps: (question: Asked) => Steps;
}

export interface StudyWork {
  /** What is measured at a checkpoint: layers as they are at first. */
  readonly mechanisms: readonly Mechanism[];
  /** The same, with weights as learning may leave them. */
  readonly learned: readonly Mechanism[];
  readonly options: CostOptions;
  /** How often. */
  readonly times: number;
  /** Multiplications that learning takes. */
  readonly multiplications: number;
}

/** Networks learn, and every layer is measured on the way. */
export interface TrainingStudy<Options, Asked extends Question> extends Asking<Options, Asked> {
  readonly kind: "training";
  /** Checkpoint after checkpoint, seed after seed; the same question gives the same bytes, wherever it is continued from. */
  readonly results: (question: Asked, context: StudyContext) => AsyncGenerator<StudyResult, void>;
  /** What the work will cost is found from it. */
  readonly work: (question: Asked) => StudyWork;
  /** What the report says besides the rows. */
  readonly describe: (question: Asked) => Pick<RunData, "study" | "settings" | "seeds" | "layers" | "lossName">;
}

/** What the values of a study say about a claim. */
export interface Finding {
  /** The claim, or the question, as a sentence. */
  readonly claim: string;
  /** What the paper says, or that it leaves the question open. */
  readonly paper: string;
  /** What was found, with numbers and their errors. */
  readonly found: string;
  readonly verdict: Verdict;
  /** Why it differs, or what the answer rests on. */
  readonly because: string;
}

/** What ± stands for behind means of seeds in what was found. */
export const SPREAD_NOTE =
  "Mean ± standard error over seeds (N = number of seeds): the standard deviation over the seeds / √N. It is not the standard error of measuring, which is named where it is given.";

/** `not judged`: a premise of the claim does not hold, such as that networks have learned. */
export type Verdict = "holds" | "holds in part" | "does not hold" | "answered" | "not settled" | "not judged";

/** Values over a grid of settings. */
export interface ValueStudy<Options, Asked extends Question> extends Asking<Options, Asked> {
  readonly kind: "values";
  /** Part after part; those that the context names as finished are left out. */
  readonly results: (question: Asked, context: StudyContext) => AsyncGenerator<FinishedValues, void>;
  /** The data, of a study whose data may come from files. */
  readonly plan?: (question: Asked) => DataPlan | undefined;
  /** Computing time on the machine of reference (causal/cost.ts), in seconds of one core. */
  readonly seconds: (question: Asked) => number;
  /** What was asked, as words and values. */
  readonly settings: (question: Asked) => RunData["settings"];
  readonly findings: (question: Asked, values: readonly ValueRow[]) => Finding[];
}

// biome-ignore lint/suspicious/noExplicitAny: each study has options and a question of its own, which only it reads
export type Study = TrainingStudy<any, any> | ValueStudy<any, any>;

/** Words as a sentence: with a capital, and a stop unless it asks. */
export function sentence(words: string): string {
  return `${words[0]!.toUpperCase()}${words.slice(1)}${words.endsWith("?") ? "" : "."}`;
}
