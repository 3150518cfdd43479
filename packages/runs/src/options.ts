/** The vocabulary that options of studies are described with: each knows its flag, its help, its default and what it takes. */

// Kinds of options
export {
  type About,
  type Written,
  type DescribedOption,
  type Shown,
  option,
  optionOrNull,
  aboveZero,
  bitsAboveZero,
  toleranceOption,
  epochsOption,
  seedsOption,
  wholes,
  numbers,
  someOf,
  seedList,
  widths,
  MAX_WIDTH,
  nameOrNumber,
  named,
  schedule,
} from "./study-options.ts";
export { bins, flag, type Given, type Parsed, range } from "./study-options.ts";

// What flags, forms and tables are made of
export {
  studyOptions,
  type StudyField,
  type StudyForm,
  formOf,
  flagOf,
} from "./study-options.ts";
