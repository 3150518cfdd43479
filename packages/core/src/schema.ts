/**
 * The vocabulary that settings and options are described with, for those who add a study or a form: values of valibot that know their unit, their
 * default and what to say of a wrong value.
 */

// Reading a value by a schema, with errors in four parts
export {
  type Schema,
  type Parsed,
  type Given,
  type Who,
  type Path,
  parse,
  fits,
  pathText,
} from "./checks/schema.ts";

// Kinds of values
export {
  shownInput,
  whole,
  seed,
  positiveInteger,
  number,
  finite,
  above,
  positive,
  unboundedAbove,
  probability,
  flag,
  text,
  oneOf,
  range,
  isRange,
  MAX_BINS,
  bins,
  type ListOptions,
  listOf,
  options,
  anyRecord,
  openRecord,
  byName,
  instance,
  numbers,
  type LongListItem,
  longList,
  pathItem,
  numberItem,
  textItem,
  wholeItem,
  name,
  numbersOf,
  isNumbers,
  callback,
  rule,
  type RuleProblem,
} from "./checks/schema.ts";

// What a form, a flag or a table is made of
export {
  type Kind,
  type JsonSchema,
  described,
  type Field,
  fieldsOf,
  defaultsOf,
} from "./checks/schema.ts";
