/** Does the parts of a study that a run still lacks, and keeps what comes out. */
import { CausalscopeError } from "@causalscope/core/errors";
import type { Run } from "./open-run.ts";
import { isSamePlace, stepsIn, stepsOf } from "./steps.ts";
import type { Part, PartResult, Study, StudyWork } from "./study.ts";

/** A part to be run, as plain data, but for the bytes of the blobs that it is continued from. */
export interface Job {
  readonly study: string;
  readonly part: Part;
  /** Its last finished result; without one it is begun. */
  readonly resumeFrom?: PartResult;
}

/** What runs a part: the process that asks, or whatever takes plain data. The results of a job come in order. */
export type Executor = (job: Job, work: StudyWork) => AsyncIterable<PartResult>;

/**
 * The executor that runs parts in the process that asks.
 *
 * @example
 * ```ts
 * const edge = await study("edge");
 * const [part] = edge.parts(studyOptions(edge, { weightStep: 5 }));
 * for await (const { step, rows } of inProcess(edge)({ study: "edge", part }, {}))
 *   console.log(step, rows.values?.length); // 0 6
 * ```
 */
export function inProcess(study: Study): Executor {
  return ({ part, resumeFrom }, work) => study.run(part, work, resumeFrom);
}

/** How far all parts together are. */
export interface StudyProgress {
  /** Where the work is: "seed 0, epoch 50". */
  readonly at: string;
  /** Parts done, those at work counted as fractions, in what `total` counts. */
  readonly done: number;
  readonly total: number;
}

/** What must not change a result, and who runs the parts. */
export interface PerformOptions extends Omit<StudyWork, "onProgress"> {
  readonly onProgress?: ((progress: StudyProgress) => void) | undefined;
  /** Default: the process that asks. */
  readonly execute?: Executor;
}

/**
 * Does what a run still lacks, part after part, and writes its tables. However it ends, what was finished is kept, and so are its tables,
 * as far as the disk allows. `performStudy()` does all of this, from the start of a run to its end.
 *
 * @example
 * ```ts
 * const edge = await study("edge");
 * const options = studyOptions(edge, { weightStep: 5 });
 * const run = startRun("runs/by-hand", askOf(edge, options));
 * await perform(run, edge, options);
 * run.finish();
 * run.close();
 * console.log(run.finished.length); // 12
 * ```
 * @throws the signal's reason when cancelled; StorageError where the disk refuses; whatever the study throws.
 */
export async function perform<Options extends object>(
  run: Run,
  study: Study<Options>,
  options: Options,
  { execute = inProcess(study), onProgress, ...work }: PerformOptions = {},
): Promise<void> {
  const parts = study.parts(options);
  const tell = progressOver(parts, onProgress);
  try {
    for (const [position, part] of parts.entries()) {
      const steps = stepsOf([part]);
      const finished = run.finished.filter((result) => result.part === position);
      const last = finished.at(-1);
      if (finished.length < steps.count) {
        const resumeFrom = last && run.result(last);
        const job: Job = { study: study.name, part, ...(resumeFrom && { resumeFrom }) };
        tell(position, finished.length / steps.count);
        let next = finished.length;
        for await (const result of execute(job, {
          ...work,
          onProgress: (now) => tell(position, now.fraction, now.at),
        })) {
          requireNext(study.name, part, result, next++);
          run.save(position, result);
        }
        work.signal?.throwIfAborted();
        requireAll(study.name, part, next);
      }
      tell(position, 1);
    }
  } catch (error) {
    try {
      run.saveTables();
    } catch {
      // What stopped the run is the error to report; the journal holds the rows of the tables.
    }
    throw error;
  }
  run.saveTables();
}

function requireNext(study: string, part: Part, { step }: PartResult, index: number): void {
  const steps = stepsOf([part]);
  const expected = index < steps.count ? steps.textOf(steps.at(index)) : "no more results";
  if (index < steps.count && isSamePlace(steps.at(index), { part: 0, step })) return;
  throw new CausalscopeError({ who: `study ${study}`, expected, got: steps.textOf({ part: 0, step }) });
}

function requireAll(study: string, part: Part, found: number): void {
  const { count } = stepsOf([part]);
  if (found === count) return;
  throw new CausalscopeError({ who: `study ${study}, ${part.at}`, expected: `${count} results`, got: `${found}` });
}

/** Told how far each part is, says how far all are. */
function progressOver(parts: readonly Part[], onProgress: PerformOptions["onProgress"]) {
  const weights = parts.map((part) => part.seconds ?? stepsIn(part));
  const before = [0];
  for (const weight of weights) before.push(before.at(-1)! + weight);
  const total = before.at(-1)!;
  return (position: number, fraction: number, within?: string): void => {
    const { at } = parts[position]!;
    const done = before[position]! + fraction * weights[position]!;
    onProgress?.({ at: within === undefined ? at : `${at}, ${within}`, done, total });
  };
}
