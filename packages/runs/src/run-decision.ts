/** Whether a run is begun, continued or refused, by what its folder holds. */
import { RunConflictError } from "@causalscope/core/errors";
import type { Ask } from "./ask.ts";
import { type Journal, questionHash } from "./journal.ts";
import { RUN_FORMAT_VERSION, type RunFile } from "./run-file.ts";
import { isFree, JOURNAL, REPORT, RUN_FILE, storedRun } from "./run-layout.ts";
import { tableMakers } from "./run-tables.ts";
import type { Storage } from "./storage.ts";
import { verifiedJournal } from "./verified-journal.ts";

/** What is done about a folder. */
export interface Decision {
  readonly state: "new" | "resumed" | "finished";
  readonly file: RunFile;
  /** What is finished, verified. */
  readonly journal: Journal;
  readonly notes: readonly string[];
}

/** What is done about a folder that a run is asked of. @throws RunConflictError where it is refused; FormatError for a run that was changed. */
export function decide(folder: string, ask: Ask, resume: boolean, force: boolean, storage: Storage): Decision {
  const fresh: RunFile = {
    format: RUN_FORMAT_VERSION,
    status: "unfinished",
    study: ask.study,
    question: ask.question,
    results: ask.steps.count,
    ...(ask.memory !== undefined && { memory: ask.memory }),
    version: ask.version,
    environments: [ask.environment],
    figures: [],
  };
  const anew: Decision = {
    state: "new",
    file: fresh,
    journal: { entries: [], hash: questionHash(ask), text: "", torn: false },
    notes: [],
  };
  if (isFree(folder, storage)) return anew;
  const stored = storedRun(folder, storage);
  if (stored === undefined) {
    throw new RunConflictError({
      who: folder,
      expected: "an empty folder, or one with a run",
      got: `a folder with other files (${storage.list(folder)!.slice(0, 3).join(", ")})`,
      remedy: "Choose another folder; no option changes files in this one.",
    });
  }
  if (force) return anew;
  if (!resume) {
    throw new RunConflictError({
      who: folder,
      expected: "an empty folder",
      got: `one with ${stored.status === "finished" ? "a finished" : "an unfinished"} run of the study ${stored.study}`,
      remedy: "Use --resume to continue it, --force to replace it, or choose another folder.",
    });
  }
  const different = differences(stored, ask);
  if (different.length > 0) {
    throw new RunConflictError({
      who: folder,
      expected: "the options of the run in the folder",
      got: `other options: ${different.join("; ")}`,
      remedy: "Omit these options to continue, use --force to replace the run, or choose another folder.",
    });
  }
  const journal = verifiedJournal(folder, stored, ask, storage);
  const missing = ask.steps.count - journal.entries.length;
  const says = stored.status === "finished";
  const isSame = stored.version === ask.version && stored.format === RUN_FORMAT_VERSION;
  // Another version may draw and write otherwise: what is finished stays as that one left it.
  const notes = isSame ? notesOn(folder, stored, ask, journal, missing, storage) : [];
  if (says && missing === 0 && notes.length === 0) return { state: "finished", file: stored, journal, notes };
  if (!isSame) {
    const expected = `Causalscope ${stored.version} and the format ${stored.format}, which started the run`;
    throw new RunConflictError({
      who: folder,
      expected:
        stored.format === RUN_FORMAT_VERSION ? `Causalscope ${stored.version}, which started the run` : expected,
      got:
        stored.format === RUN_FORMAT_VERSION
          ? ask.version
          : `${ask.version}, which writes the format ${RUN_FORMAT_VERSION}`,
      remedy: "Continue with that version, use --force to replace the run, or choose another folder.",
    });
  }
  const known = stored.environments.map((environment) => JSON.stringify(environment));
  const environments = known.includes(JSON.stringify(ask.environment))
    ? stored.environments
    : [...stored.environments, ask.environment];
  return { state: "resumed", file: { ...stored, status: "unfinished", environments }, journal, notes };
}

/** What is not as a run leaves it, but follows from its journal. */
function notesOn(
  folder: string,
  file: RunFile,
  ask: Ask,
  journal: Journal,
  missing: number,
  storage: Storage,
): string[] {
  const notes: string[] = [];
  if (journal.torn) notes.push(`The last line of ${folder}/${JOURNAL} was cut off: its step is repeated.`);
  if (file.status !== "finished") return notes;
  if (missing > 0) {
    const done = journal.entries.length;
    notes.push(
      `${folder}/${RUN_FILE} says finished, but only ${done} of ${done + missing} steps are: the others are computed now.`,
    );
    return notes;
  }
  const figures = file.figures.flatMap((name) => [`figures/${name}.svg`, `figures/${name}.png`]);
  const absent = [REPORT, ...figures].filter((name) => storage.size(`${folder}/${name}`) === undefined);
  const finished = journal.entries.map((entry) => entry.finished);
  const other = Object.entries(tableMakers(finished, ask.tables))
    .filter(([name, make]) => !isSame(storage.read(`${folder}/${name}`), make))
    .map(([name]) => name);
  const lost = [...other, ...absent];
  if (lost.length > 0) notes.push(`Rebuilt from the journal of ${folder}: ${lost.join(", ")}.`);
  return notes;
}

/** @param make is asked for nothing where no file is: to write a large table takes longer than to open its run. */
function isSame(bytes: Uint8Array | undefined, make: () => string | Uint8Array): boolean {
  if (bytes === undefined) return false;
  const wanted = bytesOf(make());
  return bytes.length === wanted.length && bytes.every((byte, at) => byte === wanted[at]);
}

function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? new TextEncoder().encode(content) : content;
}

function differences(stored: RunFile, ask: Ask): string[] {
  if (stored.study !== ask.study) return [`study is ${stored.study} there, ${ask.study} here`];
  const keys = new Set([...Object.keys(stored.question), ...Object.keys(ask.question)]);
  const ofMemory =
    stored.memory === undefined || ask.memory === undefined || stored.memory === ask.memory
      ? []
      : [`memory is ${stored.memory} there, ${ask.memory} here`];
  const ofQuestion = [...keys].flatMap((key) => {
    const [there, here] = [stored.question[key], ask.question[key]].map((value) => JSON.stringify(value) ?? "nothing");
    return there === here ? [] : [`${key} is ${there} there, ${here} here`];
  });
  return [...ofQuestion, ...ofMemory];
}
