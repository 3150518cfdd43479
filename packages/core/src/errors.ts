/** What goes wrong, by class: each message says who complains, what was expected, what came, and what to do. */
export {
  CausalscopeError,
  ClosedPoolError,
  DivergedError,
  FormatError,
  InvalidInputError,
  type Problem,
  RunConflictError,
  StorageError,
  TooMuchError,
  WorkerDiedError,
} from "./checks/error-classes.ts";
