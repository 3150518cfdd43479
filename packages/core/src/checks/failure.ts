/** Errors across threads: cloning alone would lose their class. */
import {
  CausalscopeError,
  ClosedPoolError,
  DivergedError,
  FormatError,
  InvalidInputError,
  RunConflictError,
  StorageError,
  TooMuchError,
  WorkerDiedError,
} from "./error-classes.ts";

/** An error as plain data, which `postMessage()` can send; `fields` are its own, such as `code`. */
export type Failure =
  | {
      readonly name: string;
      readonly message: string;
      readonly stack: string | undefined;
      readonly fields: Readonly<Record<string, unknown>>;
      readonly cause: Failure | undefined;
    }
  | { readonly thrown: unknown };

type ErrorClass = new (message: string, options?: ErrorOptions) => Error;

const classes = new Map<string, ErrorClass>(
  [
    CausalscopeError,
    ClosedPoolError,
    DivergedError,
    FormatError,
    InvalidInputError,
    RunConflictError,
    StorageError,
    TooMuchError,
    WorkerDiedError,
    RangeError,
    TypeError,
  ].map((one) => [one.name, one]),
);

/**
 * What was thrown, as plain data: cloning alone, as `postMessage()` does, would lose an error's class.
 *
 * @example
 * ```ts
 * const layer = dense({ weights: [[1]], activation: "tanh" });
 * const error = await measure(layer, { bins: 1 }).catch((thrown: unknown) => thrown);
 * const sent = structuredClone(failureOf(error));
 * console.log(errorOf(sent) instanceof InvalidInputError); // true
 * ```
 */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { thrown: isPlain(error) ? error : String(error) };
  const { name, message, stack, cause } = error;
  const fields = Object.fromEntries(Object.entries(error).filter(([, value]) => isPlain(value)));
  return { name, message, stack, fields, cause: cause === undefined ? undefined : failureOf(cause) };
}

/**
 * The error again, of the same class where it is one of Causalscope's or of the language's.
 *
 * @example
 * ```ts
 * const failure = failureOf(new RangeError("too far"));
 * const error = errorOf(failure);
 * console.log(error instanceof RangeError && error.message); // too far
 * ```
 */
export function errorOf(failure: Failure): unknown {
  if ("thrown" in failure) return failure.thrown;
  const { name, message, stack, fields, cause } = failure;
  const made = new (classes.get(name) ?? Error)(message, cause && { cause: errorOf(cause) });
  return Object.assign(made, fields, { name, stack });
}

function isPlain(value: unknown): boolean {
  return value === null || (typeof value !== "object" && typeof value !== "function" && typeof value !== "symbol");
}
