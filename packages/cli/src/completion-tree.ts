/** What completion scripts are made from: commands, their options, and what their values may be. */

/** Some words, paths, or text that only its author knows. */
export type Values = readonly string[] | "files" | "folders" | "text";

export interface CompletedOption {
  /** `--help`, `-h`. */
  readonly flags: readonly string[];
  readonly summary: string;
  /** Undefined for one that stands alone. */
  readonly value: { readonly name: string; readonly values: Values; readonly isList: boolean } | undefined;
}

export interface CompletedArgument {
  readonly name: string;
  readonly isVariadic: boolean;
  readonly values: Values;
}

export interface CompletedCommand {
  /** With its aliases. */
  readonly names: readonly string[];
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  readonly arguments: readonly CompletedArgument[];
  readonly commands: readonly CompletedCommand[];
}

/** A command, and the words that lead to it from the program on. */
export interface Place {
  readonly path: readonly string[];
  readonly command: CompletedCommand;
}

/** The program and every command below it, by each of its names. */
export function places(command: CompletedCommand, path: readonly string[] = []): Place[] {
  return [
    { path, command },
    ...command.commands.flatMap((each) => each.names.flatMap((name) => places(each, [...path, name]))),
  ];
}

/** For a comment at the head of a script. */
export const HEAD = "Made by `causalscope completion`: to change it, make it again.";
