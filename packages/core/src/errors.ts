/** What goes wrong, by class: each message says who complains, what was expected, what came, and what to do. */

// Classes
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

// Errors as plain data
export { errorOf, type Failure, failureOf } from "./checks/failure.ts";
