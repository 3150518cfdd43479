/** `run.json`: what was asked, by which version, on which machine; enough to ask it again. */
import * as v from "valibot";
import { FormatError } from "@causalscope/core/errors";
import { above, anyRecord, fits, listOf, oneOf, openRecord, parse, text, whole } from "@causalscope/core/schema";

export const RUN_FORMAT = "causalscope-run";
/**
 * Format 1 had neither checksums nor units in its journal, format 2 no parts, steps and blobs: they are read, and no longer written or
 * continued.
 */
export const RUN_FORMAT_VERSION = 3;
const READ = [1, 2, RUN_FORMAT_VERSION] as const;

/** A value that JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** The parameters of a study, each with its value. */
export type Question = Readonly<Record<string, Json>>;

/** What a result may depend on besides the question: the last bits of a transcendental function, for one. */
export interface Environment {
  /** Version of Node. */
  readonly node: string;
  readonly platform: string;
  readonly arch: string;
  readonly cpu: string;
}

/** The file run.json of a run folder: what was asked, and how far the run is. */
export interface RunFile {
  /** Version of the folder's format. */
  readonly format: (typeof READ)[number];
  readonly status: "unfinished" | "finished";
  readonly study: string;
  readonly question: Question;
  /** Results that the question implies; not in runs of earlier formats. */
  readonly results?: number;
  /** Bytes that measuring a layer may hold: where it binds, sampling ends earlier. Absent in runs that were begun without. */
  readonly memory?: number;
  /** Version of Causalscope that began the run; no other one continues it. */
  readonly version: string;
  /** Where it was computed; more than one where it was resumed elsewhere. */
  readonly environments: readonly Environment[];
  /** Names of the figures, without their endings. */
  readonly figures: readonly string[];
}

export function runFileText({
  format,
  status,
  study,
  question,
  results,
  memory,
  version,
  environments,
  figures,
}: RunFile): string {
  const causalscope = version;
  const content = {
    format: RUN_FORMAT,
    version: format,
    status,
    study,
    question,
    ...(results !== undefined && { results }),
    ...(memory !== undefined && { memory }),
    causalscope,
    environments,
    figures,
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** What `runFileText` writes; later versions may add to it. */
export const runFile = openRecord({
  format: v.literal(RUN_FORMAT),
  version: v.picklist(READ),
  status: oneOf(["unfinished", "finished"]),
  study: text,
  question: anyRecord,
  results: v.optional(whole(1)),
  memory: v.optional(above(0)),
  causalscope: text,
  environments: listOf(anyRecord, { least: 0 }),
  figures: listOf(v.pipe(text, v.regex(/^[\w-]+$/, "the name of a figure, of letters, digits and dashes")), {
    least: 0,
  }),
});

const head = v.object({ format: runFile.entries.format, version: runFile.entries.version });

/** @throws FormatError for anything that `runFileText` did not write. */
export function readRunFile(json: string, who: string): RunFile {
  const content = parsed(json);
  if (!fits(head, content)) {
    const { format, version } = Object(content) as Readonly<Record<string, unknown>>;
    throw new FormatError({
      who,
      expected: `a run of the format ${RUN_FORMAT}, version 1 to ${RUN_FORMAT_VERSION}`,
      got: format === RUN_FORMAT ? `version ${JSON.stringify(version)}` : "another kind of file",
      remedy: "Choose another folder.",
    });
  }
  const changed = "The file was changed after the run wrote it. Restore it, or choose another folder.";
  const { version, status, study, question, results, memory, causalscope, environments, figures } = parse(
    runFile,
    content,
    who,
    FormatError,
    changed,
  );
  return {
    format: version,
    status,
    study,
    question: question as Question,
    ...(results !== undefined && { results }),
    ...(memory !== undefined && { memory }),
    version: causalscope,
    environments: environments as unknown as Environment[],
    figures,
  };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // Reported like every other text that is no run.
    return undefined;
  }
}
