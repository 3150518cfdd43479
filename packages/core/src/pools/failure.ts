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
} from "../checks/error-classes.ts";

/** An error as plain data; `fields` are its own, such as `code`. */
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

export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { thrown: isPlain(error) ? error : String(error) };
  const { name, message, stack, cause } = error;
  const fields = Object.fromEntries(Object.entries(error).filter(([, value]) => isPlain(value)));
  return { name, message, stack, fields, cause: cause === undefined ? undefined : failureOf(cause) };
}

/** The error again, of the same class where it is one of ours or one of the language's. */
export function errorOf(failure: Failure): unknown {
  if ("thrown" in failure) return failure.thrown;
  const { name, message, stack, fields, cause } = failure;
  const made = new (classes.get(name) ?? Error)(message, cause && { cause: errorOf(cause) });
  return Object.assign(made, fields, { name, stack });
}

function isPlain(value: unknown): boolean {
  return value === null || (typeof value !== "object" && typeof value !== "function" && typeof value !== "symbol");
}
