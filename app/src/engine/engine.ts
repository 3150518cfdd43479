/** The engine: does one run at a time, and answers inquiries about it. It knows no worker and no page, so that Node runs it too. */
import { FormatError } from "@causalscope/core/errors";
import type { Pool } from "@causalscope/core/measures";
import { type MeasurementRow, memoryStorage, type PartResult, storedRun, type TrainingRow } from "@causalscope/runs";
import { studyOptions } from "@causalscope/runs/options";
import { study } from "@causalscope/studies";
import { failureOf } from "./failure.ts";
import { answerTo } from "./inquiries.ts";
import { FOLDER, LiveRun } from "./live-run.ts";
import { loadParquet } from "./parquet.ts";
import {
  type Answers,
  type FromEngine,
  type GivenFile,
  type Inquiry,
  MOST_ROWS,
  type Question,
  type ToEngine,
} from "./protocol.ts";

export interface Engine {
  /** Takes a message of the page. */
  readonly take: (message: ToEngine) => void;
}

/** Cores may be slow, and computing is estimated to be had by trials of so many seconds. */
const TRIALS = 0.6;

/** @param post sends to the page. @param pool measures; none in tests. */
export function createEngine(post: (message: FromEngine) => void, pool: Pool | undefined): Engine {
  let count = 0;
  let current: { readonly id: number; readonly run: LiveRun | undefined; readonly stop: AbortController } | undefined;
  const forgotten = new Map<number, AbortController>();

  const rowsOf = (id: number, { rows }: PartResult) => {
    const measurements: readonly MeasurementRow[] = rows.measurements ?? [];
    const training: readonly TrainingRow[] = rows.training ?? [];
    for (let at = 0; at === 0 || at < measurements.length; at += MOST_ROWS - training.length) {
      const some = measurements.slice(at, at + MOST_ROWS - training.length);
      post({ kind: "rows", run: id, measurements: some, training: at === 0 ? training : [] });
    }
  };

  /** The one before ends; what it finished stays with the page. */
  const begin = async (make: () => Promise<LiveRun>): Promise<void> => {
    current?.stop.abort(new Error("another run"));
    const id = ++count;
    const stop = new AbortController();
    current = { id, run: undefined, stop };
    const isCurrent = () => current?.id === id;
    let run: LiveRun | undefined;
    try {
      run = await make();
      if (!isCurrent()) return run.close();
      current = { id, run, stop };
      post({ kind: "begun", run: id, head: run.head });
      for (const result of run.finished) rowsOf(id, { ...result, blobs: [] });
      await run.perform(pool, stop.signal, {
        result: (result) => rowsOf(id, result),
        progress: (at, fraction) => post({ kind: "progress", run: id, at, fraction }),
      });
      post({ kind: "done", run: id, fingerprint: run.fingerprint() });
      run.close();
    } catch (error) {
      // Not the current one: another may run by now.
      run?.close();
      if (stop.signal.aborted) post({ kind: "stopped", run: id });
      else post({ kind: "failed", run: id, failure: failureOf(error) });
    }
  };

  const start = (question: Question) =>
    begin(async () => new LiveRun(await study(question.study), question, memoryStorage()));

  const open = (files: readonly GivenFile[]) =>
    begin(async () => {
      // A run that is finished is held against the tables that it should have.
      await loadParquet();
      const storage = memoryStorage(
        files.map(({ path, bytes }) => [path, bytes] as const),
        FOLDER,
      );
      const stored = storedRun(FOLDER, storage);
      if (stored === undefined) {
        const expected = "the files of a run, with a run.json";
        throw new FormatError({ who: "the dropped files", expected, got: files.length === 0 ? "none" : "others" });
      }
      const question = { study: stored.study, options: stored.question };
      return new LiveRun(await study(question.study), question, storage);
    });

  const cost = async (question: Question): Promise<Answers["cost"]> => {
    const asked = await study(question.study);
    const options = studyOptions(asked, question.options);
    const { studyCost } = await import("./cost.ts");
    const { seconds } = await studyCost(asked, options, { trials: TRIALS });
    const checkpoints = asked.work?.(options).times ?? 0;
    return { seconds: [seconds[0] / (pool?.workers || 1), seconds[1] / (pool?.workers || 1)], checkpoints };
  };

  const inquire = async (id: number, inquiry: Inquiry): Promise<void> => {
    const stop = new AbortController();
    forgotten.set(id, stop);
    try {
      const run = current?.run;
      const about = inquiry.of === "cost" || inquiry.of === "options";
      if (!about && run === undefined) throw new Error("There is no run to ask about.");
      const answer =
        inquiry.of === "cost"
          ? await cost(inquiry.question)
          : inquiry.of === "options"
            ? studyOptions(await study(inquiry.question.study), inquiry.question.options)
            : await answerTo(inquiry, { run: run!, pool, signal: stop.signal });
      if (!stop.signal.aborted) post({ kind: "answer", id, answer, last: true });
    } catch (error) {
      if (!stop.signal.aborted) post({ kind: "refused", id, failure: failureOf(error) });
    } finally {
      forgotten.delete(id);
    }
  };

  return {
    take(message) {
      switch (message.kind) {
        case "start":
          void start(message.question);
          break;
        case "open":
          void open(message.files);
          break;
        case "cancel":
          current?.stop.abort(new Error("cancelled"));
          break;
        case "inquire":
          void inquire(message.id, message.inquiry);
          break;
        case "forget":
          forgotten.get(message.id)?.abort();
      }
    },
  };
}
