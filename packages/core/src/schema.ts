/**
 * Schemas of what callers and files give: options, settings, lines of a journal. A schema is a value of valibot's; here are the kinds of
 * value that Causalscope takes, `parse`, which turns a failure into an error in four parts, and `fieldsOf`, from which forms, flags, help
 * and tables are generated.
 */

// Reading a value
export {
  parse,
  fits,
  shownInput,
  type ErrorKind,
  type Given,
  type Parsed,
  type Path,
  type Schema,
  type Who,
} from "./checks/schema/parse.ts";

// Numbers
export {
  whole,
  positiveInteger,
  seed,
  number,
  finite,
  above,
  positive,
  probability,
} from "./checks/schema/scalars.ts";

// Other single values
export { flag, text, name, oneOf, range, bins, MAX_BINS } from "./checks/schema/scalars.ts";
export { instance, callback, signal, type JsonSchema } from "./checks/schema/instance-of.ts";

// Lists
export { listOf, type ListOptions, numbers } from "./checks/schema/lists.ts";

// Options and records, what readers must know of them, and rules between them
export { options, openRecord, anyRecord, described, rule, type RuleProblem } from "./checks/schema/records.ts";

// What forms, flags, help and tables are generated from
export { fieldsOf, defaultsOf, type Field } from "./checks/schema/fields.ts";
export type { Kind } from "./checks/schema/kind.ts";
