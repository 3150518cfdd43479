/** Options that take one of some words, or a list of them: known to help, to completion, and to the errors that name what was meant. */

import { InvalidInputError } from "@causalscope/core/errors";
import { Option } from "commander";
import { suggestion } from "./suggestion.ts";

/** An option that takes a list of words. */
export class ListOption extends Option {}

/** An option whose value is one of `choices`. */
export function choiceOption<Choice extends string>(
  flags: string,
  description: string,
  choices: readonly Choice[],
  fallback?: Choice,
): Option {
  const option = new Option(flags, description).choices(choices);
  option.argParser((text: string) => oneOf(text, choices, option.long!));
  return fallback === undefined ? option : option.default(fallback);
}

/** An option whose value is a list of `choices`, with commas between. */
export function choicesOption<Choice extends string>(
  flags: string,
  description: string,
  choices: readonly Choice[],
  fallback?: readonly Choice[],
): Option {
  const option = new ListOption(flags, description).choices(choices);
  option.argParser((text: string) => someOf(text, choices, option.long!));
  return fallback === undefined ? option : option.default(fallback);
}

/** @throws InvalidInputError for a word that is none of them, with the one that is like it. */
export function oneOf<Choice extends string>(text: string, choices: readonly Choice[], who: string): Choice {
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  throw unknown(text, choices, who, alternatives(choices));
}

/** @throws InvalidInputError as `oneOf`. */
export function someOf<Choice extends string>(text: string, choices: readonly Choice[], who: string): Choice[] {
  return text.split(",").map((part) => {
    const word = part.trim();
    const found = choices.find((choice) => choice.toLowerCase() === word.toLowerCase());
    if (found !== undefined) return found;
    throw unknown(word, choices, who, `some of ${choices.join(", ")}`);
  });
}

function unknown(text: string, choices: readonly string[], who: string, expected: string): InvalidInputError {
  const remedy = suggestion(text, choices);
  return new InvalidInputError({ who, expected, got: JSON.stringify(text), ...(remedy !== "" && { remedy }) });
}

/** `a, b or c`. */
export function alternatives(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
