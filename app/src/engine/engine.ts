/** The engine: does one run at a time, and answers inquiries about it. It knows no worker and no page, so that Node runs it too. */
import type { Pool } from "@causalscope/core/measures";
import { type DataPlan, embeddedData, memoryStorage, type Rows } from "@causalscope/runs";
import { studyOptions } from "@causalscope/runs/options";
import { study } from "@causalscope/studies";
import { failureOf } from "./failure.ts";
import { type AboutQuestion, answerTo, examplesOf } from "./inquiries.ts";
import { requireRoom } from "./limits.ts";
import { LiveRun } from "./live-run.ts";
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
import type { Tables } from "./tables.ts";

interface Current {
  readonly id: number;
  readonly run: LiveRun;
  readonly stop: AbortController;
  isAtWork: boolean;
}

export interface Engine {
  /** Takes a message of the page. */
  readonly take: (message: ToEngine) => void;
}

/** Cores may be slow, and computing is estimated to be had by trials of so many seconds. */
const TRIALS = 0.6;

function isAbout(inquiry: Inquiry): inquiry is Extract<Inquiry, { of: AboutQuestion }> {
  return ["cost", "options", "table", "data"].includes(inquiry.of);
}

/** @param post sends to the page. @param pool measures; none in tests. */
export function createEngine(post: (message: FromEngine) => void, pool: Pool | undefined): Engine {
  let count = 0;
  let current: Current | undefined;
  const forgotten = new Map<number, AbortController>();
  let estimate: AbortController | undefined;
  let known: Promise<Tables> | undefined;
  /** Most runs have no table of the user's own: what reads them is loaded with the first. */
  const tables = () => {
    known ??= import("./tables.ts").then(({ Tables }) => new Tables());
    return known;
  };
  const read = async (plan: DataPlan) => (await tables()).read(plan);
  /** The options of a question as the command has them: what follows from its table, and what is asked. */
  const optionsOf = async ({ options, table }: Question): Promise<Readonly<Record<string, unknown>>> =>
    table === undefined ? options : (await tables()).options(options, table);

  const tell = (run: number, { measurements = [], training = [] }: Partial<Rows>, soFar = false) => {
    const [many, few] = [0.75 * MOST_ROWS, 0.25 * MOST_ROWS];
    const parts = Math.max(1, Math.ceil(measurements.length / many), Math.ceil(training.length / few));
    for (let part = 0; part < parts; part++) {
      const some = measurements.slice(part * many, (part + 1) * many);
      const scores = training.slice(part * few, (part + 1) * few);
      post({ kind: "rows", run, measurements: some, training: scores, ...(soFar && { soFar }) });
    }
  };

  /** What cannot be made leaves the one before as it is; else that ends, and what it finished stays with the page. */
  const begin = async (make: () => Promise<LiveRun>, isAsked: boolean): Promise<void> => {
    const id = ++count;
    let run: LiveRun;
    try {
      run = await make();
    } catch (error) {
      post({ kind: "failed", run: id, failure: failureOf(error) });
      return;
    }
    // A later one may have been quicker.
    if (current !== undefined && current.id > id) return;
    current?.stop.abort(new Error("another run"));
    const mine: Current = { id, run, stop: new AbortController(), isAtWork: false };
    current = mine;
    post({ kind: "begun", run: id, head: run.head });
    for (const rows of run.before) tell(id, rows);
    if (isAsked || run.isFinished) await work(mine);
    else post(stopped(mine));
  };

  const stopped = ({ id, run: { finished, canContinue } }: Current): FromEngine => {
    return { kind: "stopped", run: id, finished, canContinue };
  };

  const work = async (mine: Current): Promise<void> => {
    const { id, run, stop } = mine;
    mine.isAtWork = true;
    try {
      await run.perform(pool, stop.signal, {
        result: (rows) => tell(id, rows),
        rough: (rows) => tell(id, rows, true),
        progress: (at, fraction) => post({ kind: "progress", run: id, at, fraction }),
      });
      post({ kind: "done", run: id, fingerprint: run.fingerprint() });
    } catch (error) {
      if (stop.signal.aborted) post(stopped(mine));
      else post({ kind: "failed", run: id, failure: failureOf(error) });
    } finally {
      mine.isAtWork = false;
    }
  };

  const start = (question: Question) =>
    begin(async () => {
      const options = await optionsOf(question);
      return new LiveRun(await study(question.study), question, memoryStorage(), { options, data: read });
    }, true);

  /** A run that someone left unfinished is shown as it is: doing the rest may take hours, and waits to be asked for. */
  const open = (files: readonly GivenFile[]) =>
    begin(async () => {
      const { openRun, runFiles } = await import("./run-files.ts");
      const found = await runFiles(files);
      // A run that is finished is held against the tables that it should have, where it has them.
      if (found.some(({ path }) => path.endsWith(".parquet"))) await loadParquet();
      return openRun(found, read);
    }, false);

  const proceed = () => {
    if (current === undefined || current.isAtWork || !current.run.canContinue) return;
    current = { ...current, stop: new AbortController() };
    post({ kind: "continued", run: current.id });
    void work(current);
  };

  const cost = async (question: Question, signal: AbortSignal): Promise<Answers["cost"]> => {
    const asked = await study(question.study);
    const options = studyOptions(asked, await optionsOf(question));
    if (asked.network !== undefined) requireRoom(asked, options);
    const { studyCost } = await import("./cost.ts");
    const { seconds } = await studyCost(asked, options, { trials: TRIALS, signal });
    const checkpoints = asked.work?.(options).times ?? 0;
    return { seconds: [seconds[0] / (pool?.workers || 1), seconds[1] / (pool?.workers || 1)], checkpoints };
  };

  /** What is asked without a run. */
  const about = async (
    inquiry: Extract<Inquiry, { of: AboutQuestion }>,
    signal: AbortSignal,
  ): Promise<Answers[AboutQuestion]> => {
    if (inquiry.of === "table") {
      const { rows, columns, classes, options } = await (await tables()).of(inquiry.table);
      const sha256 = options().provenance!.files.map((file) => file.sha256);
      return { table: { ...inquiry.table, sha256 }, rows, columns, classes };
    }
    const { question } = inquiry;
    if (inquiry.of === "cost") return cost(question, signal);
    const asked = await study(question.study);
    const options = studyOptions<Readonly<Record<string, unknown>>>(asked, await optionsOf(question));
    if (inquiry.of === "options") return options;
    const plan = asked.data!(options)!;
    const data = plan.source === "embedded" ? await embeddedData(plan) : await read(plan);
    const { train, test = train } = data;
    // XOR learns from the very examples that test it.
    const rows = train.rows + (plan.data === "xor" ? 0 : test.rows);
    const { features } = train;
    return { rows, features, ...(features === 2 && { examples: examplesOf(data, options) }) };
  };

  const runNow = (): LiveRun => {
    if (current?.run === undefined) throw new Error("There is no run to ask about.");
    return current.run;
  };

  const inquire = async (id: number, inquiry: Inquiry): Promise<void> => {
    const stop = new AbortController();
    forgotten.set(id, stop);
    if (inquiry.of === "cost") estimate = stop;
    const soFar = (answer: Answers[Inquiry["of"]]) => {
      if (!stop.signal.aborted) post({ kind: "answer", id, answer, last: false });
    };
    try {
      const answer = isAbout(inquiry)
        ? await about(inquiry, stop.signal)
        : await answerTo(inquiry, { run: runNow(), pool, signal: stop.signal, soFar });
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
          // What it would have taken is no matter any more, and trials would hold it up.
          estimate?.abort();
          void start(message.question);
          break;
        case "open":
          void open(message.files);
          break;
        case "keep":
          // What cannot be loaded is said when the table is asked for.
          void tables().then(
            (all) => all.keep(message.files),
            () => {},
          );
          break;
        case "cancel":
          current?.stop.abort(new Error("cancelled"));
          break;
        case "continue":
          proceed();
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
