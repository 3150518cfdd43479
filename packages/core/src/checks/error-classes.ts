/**
 * The errors that Causalscope throws. Each message has four parts: who complains, what was expected, what came, what to do. Names from
 * files are among them, so control characters are written out.
 * The command line turns `InvalidInputError` (and its kinds) into exit status 2, everything else, and a disk that is full, into 1.
 * A cancelled call throws the `AbortSignal`'s reason, unchanged.
 */

import { escaped, escapedLines } from "./shown-text.ts";

/** The four parts of an error's message. */
export interface Problem {
  /** Who complains, as the caller knows it: `dense()`, `--bins`, a file's path. */
  readonly who: string;
  readonly expected: string;
  readonly got: string;
  /** What to do about it; one sentence. */
  readonly remedy?: string;
}

/**
 * Every error that Causalscope throws. Its message says who complains, what was expected, what came, and what to do.
 */
export class CausalscopeError extends Error {
  override name = "CausalscopeError";

  constructor(problem: Problem | string, options?: ErrorOptions) {
    super(typeof problem === "string" ? escapedLines(problem) : escaped(sentence(problem)), options);
  }
}

/** An argument, option or weight that cannot be measured as given. */
export class InvalidInputError extends CausalscopeError {
  override name = "InvalidInputError";
}

/** What can be measured, but would take more time or memory than was allowed; the message says how much, and how to allow it. */
export class TooMuchError extends InvalidInputError {
  override name = "TooMuchError";
}

/** A pool of workers that was closed before, or while, it was to be used. */
export class ClosedPoolError extends InvalidInputError {
  override name = "ClosedPoolError";
}

/** A file whose content is not what its format promises. */
export class FormatError extends InvalidInputError {
  override name = "FormatError";
}

/** A folder that holds another run, or a run that cannot be continued as asked. */
export class RunConflictError extends InvalidInputError {
  override name = "RunConflictError";
}

/** The disk refused: unwritable, full, or gone. What was finished before stays readable. */
export class StorageError extends InvalidInputError {
  override name = "StorageError";

  /** What the system calls it, such as "ENOSPC"; undefined where it was not the system that refused. */
  get code(): string | undefined {
    const code = (this.cause as { code?: unknown } | undefined)?.code;
    return typeof code === "string" ? code : undefined;
  }
}

/** Training reached a loss that is not a number. */
export class DivergedError extends CausalscopeError {
  override name = "DivergedError";
}

/** Work that ended the worker which did it, and the next one too. */
export class WorkerDiedError extends CausalscopeError {
  override name = "WorkerDiedError";
}

function sentence({ who, expected, got, remedy }: Problem): string {
  const said = `${who}: expected ${expected}; got ${got}.`;
  return remedy === undefined ? said : `${said} ${remedy}`;
}
