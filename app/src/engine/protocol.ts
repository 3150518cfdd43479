/** What the page and the engine say to each other: plain data that `postMessage` copies. */
import type { LayerShape, MeasurementRow, TrainingRow } from "@causalscope/runs";

/** What is asked: a study, and those of its options that differ from its defaults. */
export interface Question {
  readonly study: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** A table of the user's own, in the place of data that the study knows. */
  readonly table?: Table;
}

/** A table of the user's own: what the flags of the command say of it. */
export interface Table {
  /** The name of its file; `FILE.npz:ARRAY` is an array of an archive. */
  readonly data: string;
  /** The file of the labels, where they are in another one. */
  readonly labels?: string;
  readonly missing?: "drop-rows";
  readonly scale?: "none" | "minmax" | "zscore";
  /** Of the file of the inputs, then of that of the labels; empty before they have been read. */
  readonly sha256: readonly string[];
}

/** What there is to know of a table that has been read. */
export interface TableRead {
  /** As it was asked for, with its SHA-256. */
  readonly table: Table;
  readonly rows: number;
  readonly columns: readonly string[];
  readonly classes: readonly string[];
}

/** An error as it crosses between threads: its message says who complains, what was expected, what came, and what to do. */
export interface Failure {
  readonly name: string;
  readonly message: string;
}

/** A point of a run: one network at one epoch. */
export interface Place {
  readonly seed: number;
  readonly epoch: number;
}

/** What a run is of, once it is known to be one that can be done. */
export interface RunHead {
  readonly study: string;
  /** Asks for this run again. */
  readonly question: Question;
  readonly version: string;
  /** All options, defaults included. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly seeds: readonly number[];
  readonly layers: readonly LayerShape[];
  readonly lossName: string;
  /** Epochs at which each network will be measured, ascending. */
  readonly epochs: readonly number[];
  /** Checkpoints of all seeds. */
  readonly total: number;
  /** What was asked, for a reader. */
  readonly settings: readonly (readonly [label: string, value: string])[];
  /** What a reader must know of a run from files: sentences. */
  readonly remarks: readonly string[];
  /** What its file of notes holds. */
  readonly noted?: string;
}

/** Weights of a layer, row-major `[outputs, inputs]`. */
export interface LayerWeights {
  readonly inputs: number;
  readonly outputs: number;
  readonly activation: string;
  readonly weights: Float64Array;
  readonly bias: Float64Array | undefined;
}

/** A network as it is drawn: its weights, and what each wire transmits, in bits, `[outputs, inputs]`. */
export interface NetworkAt extends Place {
  readonly layers: readonly LayerWeights[];
  readonly sensitivity: readonly Wires[];
  readonly eiParts: readonly Wires[];
}

/** What each wire of a layer transmits, in bits, with its standard error; 0 where it is exact. */
export interface Wires {
  readonly bits: Float64Array;
  readonly errors: Float64Array;
}

/** Values of every unit over the plane of two features. */
export interface SurfaceAt extends Place {
  /** Points along each side. */
  readonly size: number;
  readonly range: readonly [low: number, high: number];
  /** `[layer][unit]`, each `[size · size]`, the first feature running fastest and the second one upwards. */
  readonly units: readonly (readonly Float32Array[])[];
}

/** The examples, for drawing: `[rows, columns]`, row-major. */
export interface Examples {
  readonly inputs: Float64Array;
  readonly labels: Int32Array;
  readonly rows: number;
  readonly columns: number;
}

/** The examples of a run or a question. */
export interface ExamplesOf {
  readonly train: Examples;
  readonly test: Examples;
  readonly classes: readonly string[];
  /** Names of the features, where they have names. */
  readonly columns: readonly string[];
}

/** One wire: what goes through it, exactly. */
export interface EdgeAt extends Place {
  readonly layer: number;
  readonly input: number;
  readonly output: number;
  readonly weight: number;
  /** P(bin of the input, bin of the output), row-major, every other input in noise. */
  readonly joint: Float64Array;
  readonly shape: readonly [inputBins: number, outputBins: number];
  /** Output over input with every other input at rest. */
  readonly response: { readonly x: Float64Array; readonly y: Float64Array };
  readonly inputRange: readonly [low: number, high: number];
  readonly outputRange: readonly [low: number, high: number];
  /** Bits that the wire gives to EI_parts, and to sensitivity. */
  readonly eiParts: number;
  readonly sensitivity: number;
}

/** What the layers of a network tell of the training examples, in bits, and of their labels: the information plane. */
export interface InformationAt extends Place {
  /** I(X; T) and I(Y; T), by layer. */
  readonly ofInput: readonly number[];
  readonly ofLabel: readonly number[];
  /** What cannot be exceeded: log2 of the examples, and H(Y). */
  readonly most: { readonly ofInput: number; readonly ofLabel: number };
  /** Examples that were read. */
  readonly samples: number;
  /** How layers were read: "8 bins over the observed range". */
  readonly estimator: string;
}

/** A change to a network that leaves the run as it is. */
export interface Edit {
  readonly layer: number;
  readonly input?: number;
  readonly output?: number;
  /** Of the wire from `input` to `output`. */
  readonly weight?: number;
  /** Of the whole layer. */
  readonly activation?: string;
}

/** What is asked beside the run. */
export type Inquiry =
  | ({ readonly of: "network" } & Place)
  | ({ readonly of: "surface"; readonly size: number } & Place)
  | ({ readonly of: "edge"; readonly layer: number; readonly input: number; readonly output: number } & Place)
  | ({ readonly of: "refine"; readonly tolerance: number } & Place)
  | ({ readonly of: "what if"; readonly edits: readonly Edit[] } & Place)
  | { readonly of: "information"; readonly seed: number; readonly epochs: readonly number[] }
  | { readonly of: "examples" }
  | { readonly of: "cost"; readonly question: Question }
  | { readonly of: "options"; readonly question: Question }
  | { readonly of: "table"; readonly table: Table }
  | { readonly of: "data"; readonly question: Question }
  | { readonly of: "files" };

/** What each inquiry is answered with. */
export interface Answers {
  readonly network: NetworkAt;
  readonly surface: SurfaceAt;
  readonly edge: EdgeAt;
  readonly refine: readonly MeasurementRow[];
  readonly "what if": readonly MeasurementRow[];
  readonly information: readonly InformationAt[];
  readonly examples: ExamplesOf;
  readonly cost: { readonly seconds: readonly [low: number, high: number]; readonly checkpoints: number };
  /** All options of a question, those that follow from others included. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly table: TableRead;
  /** What a question would learn from: how many examples there are, and those of two features themselves. */
  readonly data: { readonly rows: number; readonly features: number; readonly examples?: ExamplesOf };
  readonly files: readonly (readonly [path: string, bytes: Uint8Array])[];
}

/** A file that was dropped or picked. */
export interface GivenFile {
  /** Within its folder, with slashes: "checkpoints/seed-0/epoch-000010.safetensors". */
  readonly path: string;
  readonly bytes: Uint8Array;
}

export type ToEngine =
  | { readonly kind: "start"; readonly question: Question }
  | { readonly kind: "open"; readonly files: readonly GivenFile[] }
  /** Data of the user's own, for questions and runs that need them. */
  | { readonly kind: "keep"; readonly files: readonly GivenFile[] }
  | { readonly kind: "cancel" }
  /** Does what is left of a run that is stopped. */
  | { readonly kind: "continue" }
  | { readonly kind: "inquire"; readonly id: number; readonly inquiry: Inquiry }
  | { readonly kind: "forget"; readonly id: number };

export type FromEngine =
  | { readonly kind: "ready"; readonly kernels: string; readonly workers: number }
  | { readonly kind: "begun"; readonly run: number; readonly head: RunHead }
  | {
      readonly kind: "rows";
      readonly run: number;
      /** At most MOST_ROWS of both together. */
      readonly measurements: readonly MeasurementRow[];
      readonly training: readonly TrainingRow[];
      /** Rough values, which others of the same places will replace. */
      readonly soFar?: boolean;
    }
  | { readonly kind: "progress"; readonly run: number; readonly at: string; readonly fraction: number }
  | { readonly kind: "done"; readonly run: number; readonly fingerprint: string }
  /** It is not finished, and nothing is at work. */
  | { readonly kind: "stopped"; readonly run: number; readonly finished: number; readonly canContinue: boolean }
  | { readonly kind: "continued"; readonly run: number }
  | { readonly kind: "failed"; readonly run: number; readonly failure: Failure }
  | { readonly kind: "answer"; readonly id: number; readonly answer: unknown; readonly last: boolean }
  | { readonly kind: "refused"; readonly id: number; readonly failure: Failure };

/** The file of a run's folder that holds a reader's notes. */
export const NOTES = "notes.json";

/** More than this is no run of this page, and would not fit into its memory. */
export const MOST_BYTES = 2 ** 29;
export const MOST_FILES = 100_000;

/** Rows in one message, at the most: more would hold up the page. */
export const MOST_ROWS = 200;
