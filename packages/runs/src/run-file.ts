/** `run.json`: what was asked, by which version, on which machine; enough to ask it again. */
import { FormatError } from "@causalscope/core/errors";

export const RUN_FORMAT = "causalscope-run";
/**
 * Format 1 had neither checksums nor units in its journal, format 2 no parts, steps and blobs: they are read, and no longer written or
 * continued.
 */
export const RUN_FORMAT_VERSION = 3;
const READ = [1, 2, RUN_FORMAT_VERSION] as const;

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

/** @throws FormatError for anything that `runFileText` did not write. */
export function readRunFile(text: string, who: string): RunFile {
  let content: Record<string, unknown> = {};
  try {
    content = (JSON.parse(text) as Record<string, unknown> | null) ?? {};
  } catch {
    // Reported below, like every other text that is no run.
  }
  const { format, version, status, study, question, results, memory, causalscope, environments, figures } = content;
  const read = READ.find((known) => known === version);
  if (format !== RUN_FORMAT || read === undefined) {
    throw new FormatError({
      who,
      expected: `a run of the format ${RUN_FORMAT}, version 1 to ${RUN_FORMAT_VERSION}`,
      got: format === RUN_FORMAT ? `version ${JSON.stringify(version)}` : "a file that says no such thing",
      remedy: "Choose another folder.",
    });
  }
  const whole =
    (status === "finished" || status === "unfinished") &&
    typeof study === "string" &&
    isRecord(question) &&
    (results === undefined || (Number.isSafeInteger(results) && (results as number) > 0)) &&
    (memory === undefined || (typeof memory === "number" && memory > 0)) &&
    typeof causalscope === "string" &&
    Array.isArray(environments) &&
    environments.every(isRecord) &&
    Array.isArray(figures) &&
    figures.every((name) => typeof name === "string" && /^[\w-]+$/.test(name));
  if (!whole) {
    throw new FormatError({
      who,
      expected: "status, study, question, causalscope, environments and figures, as a run writes them",
      got: "a file that was changed",
      remedy: "Put it back, or choose another folder.",
    });
  }
  return {
    format: read,
    status,
    study,
    question: question as Question,
    ...(results !== undefined && { results: results as number }),
    ...(memory !== undefined && { memory: memory as number }),
    version: causalscope,
    environments: environments as unknown as Environment[],
    figures,
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
