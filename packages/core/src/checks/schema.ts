/**
 * Schemas of what callers and files give: options, settings, lines of a journal. A schema is a value of valibot's; here are the kinds of
 * value that Causalscope takes, `parse`, which turns a failure into an error in four parts, and `fieldsOf`, from which forms, flags, help
 * and tables are generated.
 */
// biome-ignore-all assist/source/organizeImports: a table of contents

// Reading a value
export {
  parse,
  fits,
  pathText,
  shownInput,
  type Given,
  type Parsed,
  type Path,
  type Schema,
  type Who,
} from "../schema/parse.ts";

// Numbers
export {
  whole,
  positiveInteger,
  seed,
  number,
  finite,
  above,
  positive,
  unboundedAbove,
  probability,
} from "../schema/scalars.ts";

// Other single values
export { flag, text, name, oneOf, range, isRange, bins, MAX_BINS } from "../schema/scalars.ts";
export { instance, callback, signal, type JsonSchema } from "../schema/instance.ts";

// Lists: short ones, and those of any length
export { listOf, type ListOptions } from "../schema/lists.ts";
export {
  longList,
  numbers,
  numbersOf,
  isNumbers,
  numberItem,
  textItem,
  wholeItem,
  pathItem,
  type LongListItem,
} from "../schema/lists.ts";

// Options and records, what readers must know of them, and rules between them
export { options, openRecord, anyRecord, byName, described, rule, type RuleProblem } from "../schema/records.ts";

// What forms, flags, help and tables are generated from
export { fieldsOf, defaultsOf, type Field } from "../schema/fields.ts";
export type { Kind } from "../schema/kind.ts";
