/** A run of the page: the command's run, kept in memory; made here, or opened from files. */
import type { Model } from "@causalscope/core";
import { FormatError, InvalidInputError } from "@causalscope/core/errors";
import type { LayerRequest, Pool } from "@causalscope/core/measures";
import { fieldsOf } from "@causalscope/core/schema";
import type { TrainingData } from "@causalscope/core/training";
import {
  askOf,
  checkpointFrom,
  checkpointName,
  type DataPlan,
  embeddedData,
  fingerprint,
  inProcess,
  type MemoryStorage,
  perform,
  type Rows,
  type Run,
  type RunFile,
  readRun,
  type StepPlan,
  type Study,
  settingsOf,
  startRun,
  VERSION,
} from "@causalscope/runs";
import { studyOptions } from "@causalscope/runs/options";
import { countOf, requireRoom } from "./limits.ts";
import { loadParquet } from "./parquet.ts";
import { NOTES, type Place, type Question, type RunHead, type Table } from "./protocol.ts";

type Provenance = NonNullable<DataPlan["provenance"]>;

/** The folder of a run within its storage. */
export const FOLDER = "run";

type Options = Readonly<Record<string, unknown>>;

/** Told what happens to a run. */
export interface Watcher {
  readonly result: (rows: Partial<Rows>) => void;
  /** A rough version of a result to come. */
  readonly rough: (rows: Partial<Rows>) => void;
  readonly progress: (at: string, fraction: number) => void;
}

/** What a run is made with beside its question. */
interface Made {
  readonly options?: Options;
  readonly stored?: RunFile;
  readonly data?: (plan: DataPlan) => Promise<TrainingData>;
}

export class LiveRun {
  readonly study: Study;
  readonly question: Question;
  readonly options: Options;
  readonly storage: MemoryStorage;
  /** Checkpoints of all seeds. */
  readonly total: number;
  /** Checkpoints of results that are still being measured. */
  readonly #rough = new Map<string, Uint8Array>();
  readonly #version: string;
  readonly #remarks: readonly string[];
  readonly #data: ((plan: DataPlan) => Promise<TrainingData>) | undefined;
  /** None for a run that this version can read, and not continue. */
  #run: Run | undefined;
  /** As soon as its work has ended: it is opened again for more. */
  #isClosed = false;
  readonly #rows: readonly Partial<Rows>[];

  /**
   * @param options those that the question comes to, where they are more than it says.
   * @param stored the run that the storage holds already.
   * @param data reads data that are not in the package: those of the user.
   * @throws InvalidInputError for options that the study does not take; TooMuchError for what no page can hold; FormatError or
   *   RunConflictError for files that are not as a run wrote them.
   */
  constructor(
    study: Study,
    question: Question,
    storage: MemoryStorage,
    { options: all = question.options, stored, data }: Made = {},
  ) {
    if (study.network === undefined) {
      const expected = "a study that follows networks through training, such as train, iris or mnist";
      const remedy = `\`causalscope study ${study.name}\` performs it, and its report.html shows it.`;
      throw new InvalidInputError({ who: "this page", expected, got: `the study ${study.name}`, remedy });
    }
    const own = stored === undefined || stored.version === VERSION;
    const unknown = own ? [] : unknownOptions(study, all);
    const known = Object.fromEntries(Object.entries(all).filter(([name]) => !unknown.includes(name)));
    this.study = study;
    this.options = studyOptions(study, known) as Options;
    this.question = stored === undefined ? question : questionOf(study.name, inShort(study, this.options));
    this.storage = storage;
    this.#version = stored?.version ?? VERSION;
    this.#remarks = own
      ? []
      : [
          `This run was made by version ${stored.version}, and this page is version ${VERSION}: it shows what it knows of it.`,
          ...(unknown.length > 0 ? [`Options that it does not know: ${unknown.join(", ")}.`] : []),
        ];
    this.#data = data;
    requireRoom(study, this.options);
    this.total = countOf(study, this.options);
    if (own) this.#run = this.#opened();
    this.#rows = this.#run?.finished.map(({ rows }) => rows) ?? [readRun(FOLDER, { storage }).rows];
    requireDeclared(this.#rows, this.head);
  }

  #opened(): Run {
    return startRun(FOLDER, askOf(this.study, this.options), { resume: true, storage: this.storage });
  }

  get head(): RunHead {
    const { study, options, question, total } = this;
    const network = study.network!(options);
    const [part] = study.parts(options);
    const noted = this.storage.read(`${FOLDER}/${NOTES}`);
    return {
      study: study.name,
      question,
      version: this.#version,
      options,
      seeds: network.seeds,
      layers: network.layers,
      lossName: network.lossName,
      epochs: part?.steps === undefined ? [] : epochsOf(part.steps),
      total,
      settings: settingsOf(study, options),
      remarks: this.#remarks,
      ...(noted !== undefined && { noted: new TextDecoder().decode(noted) }),
    };
  }

  /** Rows of what was finished before. */
  get before(): readonly Partial<Rows>[] {
    return this.#rows;
  }

  /** How many checkpoints are finished. */
  get finished(): number {
    const training = this.#rows.reduce((sum, { training = [] }) => sum + training.length, 0);
    return this.#run === undefined ? training : this.#run.finished.length;
  }

  get isFinished(): boolean {
    return this.finished >= this.total;
  }

  /** Whether this version may do what is left. */
  get canContinue(): boolean {
    return this.#run !== undefined && !this.isFinished;
  }

  /** Does what is left, and leaves the folder closed. @throws the signal's reason when cancelled; whatever the study throws. */
  async perform(pool: Pool | undefined, signal: AbortSignal, watcher: Watcher): Promise<void> {
    if (this.#run === undefined) return;
    const execute = inProcess(this.study);
    const rough = this.#rough;
    if (this.#isClosed) this.#run = this.#opened();
    const run = this.#run;
    try {
      if (run.state === "finished") return;
      // Where nothing else is left to do, its tables are.
      if (this.isFinished) await loadParquet();
      await perform(run, this.study, this.options, {
        pool,
        signal,
        data: this.#data,
        onRough: (result) => {
          for (const { name, bytes } of result.blobs) rough.set(name, bytes);
          watcher.rough(result.rows);
        },
        onProgress: ({ at, done, total }) => watcher.progress(at, done / total),
        execute: async function* (job, work) {
          try {
            for await (const result of execute(job, work)) {
              // `perform()` keeps the result before it asks for the next one.
              yield result;
              for (const { name } of result.blobs) rough.delete(name);
              watcher.result(result.rows);
            }
          } finally {
            // Tables are written when the run ends, finished or not.
            await loadParquet();
          }
        },
      });
      run.finish();
    } finally {
      run.close();
      this.#isClosed = true;
    }
  }

  fingerprint(): string {
    return fingerprint(readRun(FOLDER, { storage: this.storage }));
  }

  /** The network of a seed at an epoch that is measured, or being measured. */
  model({ seed, epoch }: Place): Model {
    const file = checkpointName(seed, epoch);
    const name = `checkpoints/${file}`;
    const bytes = this.storage.read(`${FOLDER}/${name}`) ?? this.#rough.get(file);
    if (bytes === undefined)
      throw new FormatError({ who: name, expected: "the network of this epoch", got: "no file" });
    const { model } = checkpointFrom(bytes, name);
    const widths = (layers: readonly { readonly inputs: number; readonly outputs: number }[]) =>
      layers.map(({ inputs, outputs }) => `${inputs}→${outputs}`).join(", ");
    const [expected, got] = [widths(this.study.network!(this.options).layers), widths(model.chain?.layers ?? [])];
    if (got !== expected) throw new FormatError({ who: name, expected: `layers ${expected}`, got });
    return model;
  }

  /** Its layers as the study measures them. */
  requests(place: Place, model = this.model(place)): readonly LayerRequest[] {
    return this.study.requests?.(this.options, model, place.seed, place.epoch) ?? [];
  }

  /** The examples that its networks learn from; undefined where the study has none. */
  async examples(): Promise<TrainingData | undefined> {
    const plan = this.study.data?.(this.options);
    if (plan === undefined) return undefined;
    return plan.source === "embedded" || this.#data === undefined ? embeddedData(plan) : this.#data(plan);
  }
}

/** The places of a plan, ascending. */
function epochsOf(steps: StepPlan): number[] {
  if ("at" in steps) return [...steps.at];
  const { every, last } = steps;
  const found = Array.from({ length: Math.floor(last / every) + 1 }, (_, k) => k * every);
  return found.at(-1) === last ? found : [...found, last];
}

/** Names of options that this version does not have. */
function unknownOptions(study: Study, options: Options): string[] {
  const known = new Set(fieldsOf(study.options as never).map(({ name }) => name));
  return Object.keys(options).filter((name) => !known.has(name));
}

/** The options without those that follow from the others. */
function inShort(study: Study, options: Options): Options {
  const whole = JSON.stringify(options);
  let kept = options;
  for (const name of Object.keys(options)) {
    const { [name]: _, ...others } = kept;
    try {
      const same = studyOptions(study, others) as Options;
      if (JSON.stringify(inOrder(same, options)) === whole) kept = others;
    } catch {
      // The others ask for it.
    }
  }
  return kept;
}

/** With the names of `options` first, in their order. */
function inOrder(given: Options, options: Options): Options {
  return { ...Object.fromEntries(Object.keys(options).map((name) => [name, given[name]])), ...given };
}

/** As the page asks it: a table of the user's own is named beside the options that follow from it. */
function questionOf(study: string, options: Options): Question {
  const { data, source, features, classes, provenance, ...others } = options;
  const { files, scale, notes = [] } = (provenance ?? {}) as Partial<Provenance>;
  const [inputs, labels] = files ?? [];
  if (inputs === undefined) return { study, options };
  const table: Table = {
    data: inputs.file,
    ...(labels !== undefined && { labels: labels.file }),
    // That it was so is kept as a note alone.
    ...(notes.some((note) => /missing values and were dropped/.test(note)) && { missing: "drop-rows" }),
    ...(scale !== undefined && { scale }),
    sha256: (files ?? []).map(({ sha256 }) => sha256),
  };
  return { study, options: others, table };
}

/** No layer holds as many bits. */
const MOST_BITS = 1e9;
/** Beyond it, drawing would come to no number. */
const MOST_LOSS = 1e300;

/** Files can hold any rows. @throws FormatError for rows of a seed or layer that the run does not have, or values that nothing has. */
function requireDeclared(rows: readonly Partial<Rows>[], { seeds, layers }: RunHead): void {
  const known = new Set(seeds);
  const refuse = (expected: string, got: string) => {
    throw new FormatError({ who: "journal.jsonl", expected, got, remedy: "The run was changed after it was written." });
  };
  for (const { measurements = [], training = [] } of rows) {
    for (const { seed, trainLoss, testLoss } of training) {
      if (!known.has(seed)) refuse(`rows of the seeds ${seeds.join(", ")}`, `${seed}`);
      const loss = Math.max(Math.abs(trainLoss), Math.abs(testLoss));
      if (loss > MOST_LOSS) refuse(`losses up to ${MOST_LOSS}`, `${loss}`);
    }
    for (const { seed, layer, bits, standardError } of measurements) {
      const most = Math.max(Math.abs(bits), Math.abs(standardError));
      if (most > MOST_BITS) refuse(`values up to ${MOST_BITS} bits`, `${most}`);
      if (!known.has(seed)) refuse(`rows of the seeds ${seeds.join(", ")}`, `${seed}`);
      if (layer >= layers.length) refuse(`rows of the layers 0 to ${layers.length - 1}`, `${layer}`);
    }
  }
}
