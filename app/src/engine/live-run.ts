/** A run that is made in the page: the command's run, kept in memory. */
import type { Model } from "@causalscope/core";
import type { LayerRequest, Pool } from "@causalscope/core/measures";
import type { TrainingData } from "@causalscope/core/training";
import {
  askOf,
  checkpointFrom,
  type DataPlan,
  embeddedData,
  fingerprint,
  inProcess,
  type MemoryStorage,
  type PartResult,
  perform,
  type Run,
  readRun,
  type StepPlan,
  type Study,
  settingsOf,
  startRun,
  storedRun,
} from "@causalscope/runs";
import { studyOptions } from "@causalscope/runs/options";
import { loadParquet } from "./parquet.ts";
import type { Place, Question, RunHead } from "./protocol.ts";

/** The folder of a run within its storage. */
export const FOLDER = "run";

/** Told what happens to a run. */
export interface Watcher {
  readonly result: (result: PartResult) => void;
  readonly progress: (at: string, fraction: number) => void;
}

export class LiveRun {
  readonly study: Study;
  readonly options: Readonly<Record<string, unknown>>;
  readonly storage: MemoryStorage;
  readonly #run: Run;
  readonly #data: ((plan: DataPlan) => Promise<TrainingData>) | undefined;

  /**
   * @param data reads data that are not in the package.
   * @throws InvalidInputError for options that the study does not take; RunConflictError for files of another question.
   */
  constructor(
    study: Study,
    question: Question,
    storage: MemoryStorage,
    data?: (plan: DataPlan) => Promise<TrainingData>,
  ) {
    this.study = study;
    this.options = studyOptions(study, question.options) as Readonly<Record<string, unknown>>;
    this.storage = storage;
    this.#data = data;
    this.#run = startRun(FOLDER, askOf(study, this.options), { resume: true, storage });
  }

  get head(): RunHead {
    const { study, options } = this;
    const network = study.network?.(options);
    const [part] = study.parts(options);
    return {
      study: study.name,
      version: storedRun(FOLDER, this.storage)!.version,
      options,
      seeds: network?.seeds ?? [],
      layers: network?.layers ?? [],
      lossName: network?.lossName ?? "",
      epochs: part?.steps === undefined ? [] : epochsOf(part.steps),
      settings: settingsOf(study, options),
    };
  }

  /** What is finished already, in order. */
  get finished() {
    return this.#run.finished;
  }

  /** Does what is left. @throws the signal's reason when cancelled; whatever the study throws. */
  async perform(pool: Pool | undefined, signal: AbortSignal, watcher: Watcher): Promise<void> {
    const execute = inProcess(this.study);
    if (this.#run.state !== "finished") {
      await perform(this.#run, this.study, this.options, {
        pool,
        signal,
        data: this.#data,
        onProgress: ({ at, done, total }) => watcher.progress(at, done / total),
        execute: async function* (job, work) {
          try {
            for await (const result of execute(job, work)) {
              // `perform()` keeps the result before it asks for the next one.
              yield result;
              watcher.result(result);
            }
          } finally {
            // Tables are written when the run ends, finished or not.
            await loadParquet();
          }
        },
      });
      this.#run.finish();
    }
  }

  close(): void {
    this.#run.close();
  }

  fingerprint(): string {
    return fingerprint(readRun(FOLDER, { storage: this.storage }));
  }

  /** The network of a seed at an epoch that is finished. */
  model({ seed, epoch }: Place): Model {
    const name = `seed-${seed}/epoch-${`${epoch}`.padStart(6, "0")}.safetensors`;
    const path = `${FOLDER}/checkpoints/${name}`;
    return checkpointFrom(this.storage.read(path) ?? new Uint8Array(), name).model;
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
