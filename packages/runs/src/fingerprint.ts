/** What tells two runs apart by their results alone. */
import { sha256 } from "@causalscope/core/basics";
import { sorted } from "./journal.ts";
import type { Rows } from "./row-tables.ts";
import type { Json, Question, RunFile } from "./run-file.ts";

/** A run as its fingerprint sees it: what `readRun()` and `performStudy()` return, or the same by hand. */
export interface Fingerprinted {
  /** The study, and every one of its options. */
  readonly file: Pick<RunFile, "study" | "question">;
  readonly rows: Rows;
}

/**
 * SHA-256, in hexadecimal, of what was asked and what came out: the study, its options, and every row to the last bit. Runs agree in it
 * where they agree in these, whatever the machine, the version, the number of workers, the order in which results were finished, figures,
 * interruptions, and the names of data files, which count by their content. `causalscope study` prints the first 16 digits.
 *
 * @example
 * ```ts
 * const ofEdge = await study("edge");
 * const made = await performStudy(ofEdge, "run", { options: { weightStep: 5 }, storage: memoryStorage() });
 * const again = await performStudy(ofEdge, "runs/on-disk", { options: { weightStep: 5 } });
 * console.log(fingerprint(made) === fingerprint(again), fingerprint(made).length); // true 64
 * ```
 */
export function fingerprint({ file: { study, question }, rows }: Fingerprinted): string {
  const { measurements, training, values } = rows;
  const tables = Object.entries({ measurements, training, values }).map(([name, own]) => [
    name,
    own.map(textOf).sort(),
  ]);
  return sha256(JSON.stringify([study, textOf(withoutNames(question)), tables]));
}

/** The same for the same content: as JSON has it, without what is undefined and with 0 for −0, names in order. */
function textOf(content: object): string {
  return JSON.stringify(sorted(JSON.parse(JSON.stringify(content))));
}

/** A table of the user's own is the same under another name; notes are words about it. */
function withoutNames(question: Question): Question {
  const { provenance, ...others } = question;
  if (typeof provenance !== "object" || provenance === null || Array.isArray(provenance)) return question;
  const { files, notes: _, ...kept } = provenance as { readonly [key: string]: Json };
  const contents = Array.isArray(files) ? files.map((each: Json) => Object(each).sha256 ?? null) : [];
  return { ...others, provenance: { ...kept, files: contents } };
}
