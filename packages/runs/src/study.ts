/**
 * A study: a named, parametrised experiment, as data. From the schema of its options come flags, help, defaults, validation, the tables
 * of docs/studies.md and forms; its parts are plain data that can be sent to be run anywhere; their results are rows and blobs, which a
 * run keeps. Nothing but the part decides its results: the same part gives the same bytes, wherever it is run or continued from.
 */

import type { Mechanism, Model } from "@causalscope/core";
import type { Schema } from "@causalscope/core/schema";
import type { CostOptions, LayerRequest, Pool } from "@causalscope/core/measures";
import type { TrainingData } from "@causalscope/core/training";
import type { Blob } from "./blob.ts";
import type { DataPlan } from "./data-plan.ts";
import type { Finding } from "./finding.ts";
import type { LayerShape, Rows, TableName } from "./row-tables.ts";

/** Plain data: JSON gives it back as it was. An interface of a study's own parts extends it. */
export interface Part {
  /** What a progress line says of it: "seed 0". No two parts of a study have the same. */
  readonly at: string;
  /** Its results, where there is more than one. */
  readonly steps?: StepPlan;
  /** Computing time on the machine of reference (packages/core/src/measures/measure-cost.ts), in seconds of one core. Default: as many as it has results. */
  readonly seconds?: number;
}

/** Results at 0, `every`, 2 · `every` … and at `last`; or `at` those places, ascending from 0: in what they are counted by, "epoch". */
export type StepPlan = { readonly unit: string } & (
  | { readonly every: number; readonly last: number }
  | { readonly at: readonly number[] }
);

/** What a part gives, step by step. */
export interface PartResult {
  /** As its plan has it; 0 where the part has one result. */
  readonly step: number;
  /** By table; a table without rows may be left out. */
  readonly rows: Partial<Rows>;
  /** None where a part is not continued from within. */
  readonly blobs: readonly Blob[];
}

/** How far a part is. */
export interface PartProgress {
  /** Done of the part, 0 … 1. */
  readonly fraction: number;
  /** Where in the part the work is: "epoch 50". */
  readonly at?: string;
}

/** What must not change a result, but for `memory`: where it binds, sampling ends earlier. */
export interface StudyWork {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: PartProgress) => void) | undefined;
  /** Workers that measure while the training goes on. Default: none. */
  readonly pool?: Pool | undefined;
  /** Bytes that each measurement may hold. */
  readonly memory?: number | undefined;
  /** Reads data that are not in the package: files of the user's, or fetched ones. */
  readonly data?: ((plan: DataPlan) => Promise<TrainingData>) | undefined;
  /**
   * Told a rough version of a result that takes long, with larger errors, before it is there; the result itself is the same. Default: none is
   * made.
   */
  readonly onRough?: ((result: PartResult) => void) | undefined;
}

/** A figure as SVG: the same bytes for the same rows. */
export interface NamedFigure {
  /** The file's name without its ending. */
  readonly name: string;
  readonly svg: string;
}

/** What networks of a study that follows them through training are: for axes, legends and the interactive report. */
export interface TrainedNetwork {
  readonly seeds: readonly number[];
  readonly layers: readonly LayerShape[];
  /** What the loss is, for an axis: "summed squared error per example". */
  readonly lossName: string;
}

/** What the computing time of a study is estimated from, by trials. */
export interface WorkOfStudy {
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

/** What was asked, for a reader: labels and values, in the order to be shown. */
export type Settings = readonly (readonly [label: string, value: string])[];

/**
 * A study: what can be asked, the parts that answer it, and what is made of their results.
 *
 * @typeParam Options All options with their values: what the schema makes of those that are given.
 */
// biome-ignore lint/suspicious/noExplicitAny: each study has options and parts of its own, which only it reads
export interface Study<Options extends object = any, OwnPart extends Part = any> {
  readonly name: string;
  /** One line. */
  readonly summary: string;
  /** Takes some of the options, gives all of them; what it gives, it takes again and leaves as it is. */
  readonly options: Schema<Options>;
  /** What can be done each by itself, in the order in which a run keeps their results. */
  readonly parts: (options: Options) => readonly OwnPart[];
  /**
   * The results of a part, in order; after `resumeFrom`, its last finished one, those that are left, to the same bytes.
   *
   * @throws the signal's reason when cancelled.
   */
  readonly run: (part: OwnPart, work: StudyWork, resumeFrom?: PartResult) => AsyncGenerator<PartResult, void>;
  /** What all rows say about claims and questions; none where there is nothing to judge. */
  readonly findings: (options: Options, rows: Rows) => readonly Finding[];
  /** Loads what draws when it is called. */
  readonly figures: (options: Options, rows: Rows) => Promise<readonly NamedFigure[]>;
  /** Tables that it fills. Default: values. */
  readonly tables?: readonly TableName[];
  /** What was asked, for a reader. Default: the options by their names. */
  readonly settings?: (options: Options) => Settings;
  /** Of a study that follows networks through training, and fills `measurements` and `training`. */
  readonly network?: (options: Options) => TrainedNetwork;
  /** Of a study with a `network`: what it measures of one of its networks, with the seeds that it takes there. */
  readonly requests?: (options: Options, model: Model, seed: number, epoch: number) => readonly LayerRequest[];
  /** Default: what its parts say they take. */
  readonly work?: (options: Options) => WorkOfStudy;
  /** The data that its networks learn from, where these may come from files. */
  readonly data?: (options: Options) => DataPlan | undefined;
  /** What files its data may come from: known image data sets, or also a table of the user's own. */
  readonly files?: "images" | "tables";
  /** Options of a run of a second or two, which shows that everything works, and nothing else. */
  readonly quick?: Partial<Options>;
  /** Arguments for examples in its help: "--layers 4-6-3 --bins 16". */
  readonly examples?: readonly string[];
}

/**
 * What was asked, for a reader: labels and values.
 *
 * @example
 * ```ts
 * const edge = await study("edge");
 * const labels = settingsOf(edge, studyOptions(edge)).map(([label]) => label);
 * console.log(labels.join(", ")); // mechanism, weights, ranges, bins, method
 * ```
 */
export function settingsOf<Options extends object>(
  study: Pick<Study<Options>, "settings">,
  options: Options,
): Settings {
  return (
    study.settings?.(options) ??
    Object.entries(options).map(([name, value]) => [wordsOf(name), valueText(value)] as const)
  );
}

/** `splitSeed` is "split seed". */
function wordsOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.map(valueText).join(", ");
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value ?? "none");
}

/** Tables that a study fills. */
export function tablesOfStudy({ tables = ["values"] }: Pick<Study, "tables">): readonly TableName[] {
  return tables;
}

/** Words as a sentence: with a capital, and a stop unless it asks. */
export function sentence(words: string): string {
  return `${words[0]!.toUpperCase()}${words.slice(1)}${words.endsWith("?") ? "" : "."}`;
}
