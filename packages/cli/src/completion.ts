/** `causalscope completion SHELL`: a script that completes commands, studies, flags and their values, made from the program itself. */
import { Argument, type Command, type Option } from "commander";
import { loadCommands } from "./add-commands.ts";
import { ListOption, oneOf } from "./choices.ts";
import { bashScript } from "./completion-bash.ts";
import { fishScript } from "./completion-fish.ts";
import type { CompletedArgument, CompletedCommand, CompletedOption, Values } from "./completion-tree.ts";
import { zshScript } from "./completion-zsh.ts";
import { addExamples } from "./help.ts";
import type { Io } from "./io.ts";

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;
type Shell = keyof typeof SCRIPTS;
const SHELLS = Object.keys(SCRIPTS) as Shell[];

export function completionCommand(command: Command, io: Io): void {
  command
    .addArgument(
      new Argument("<shell>", "bash, zsh or fish")
        .choices(SHELLS)
        .argParser((text) => oneOf(text, SHELLS, "completion")),
    )
    .description("Prints a script that lets the shell complete commands, studies, flags and their values.")
    .allowExcessArguments(false)
    .action(async (shell: Shell) => {
      const root = command.parent!;
      await loadCommands(root);
      io.stdout.write(SCRIPTS[shell](treeOf(root)));
    });
  addExamples(command, io, [
    ["source <(causalscope completion bash)", "for this shell; in ~/.bashrc, for all"],
    ["source <(causalscope completion zsh)", "the same in ~/.zshrc, after compinit"],
    ["causalscope completion fish > ~/.config/fish/completions/causalscope.fish"],
  ]);
}

/** @param inherited options of the program, which each of its commands takes too. */
function treeOf(command: Command, inherited: readonly CompletedOption[] = []): CompletedCommand {
  const own = command.createHelp().visibleOptions(command).map(optionOf);
  const isOwn = ({ flags }: CompletedOption) => own.some((each) => each.flags[0] === flags[0]);
  const shared = command.parent === null ? own.filter(({ flags }) => !flags.includes("--version")) : inherited;
  const hasCommands = command.commands.length > 0;
  return {
    names: [command.name(), ...command.aliases()],
    summary: command.summary() || command.description(),
    options: [...own, ...inherited.filter((option) => !isOwn(option))],
    arguments: hasCommands ? [] : command.registeredArguments.map(argumentOf),
    commands: command.commands.map((each) => treeOf(each, shared)),
  };
}

function argumentOf(argument: Argument): CompletedArgument {
  const name = argument.name();
  return { name, isVariadic: argument.variadic, values: valuesOf(name, argument.argChoices) };
}

function optionOf(option: Option): CompletedOption {
  const takesValue = option.required || option.optional;
  const name = /[<[]([^>\]]+)[>\]]/.exec(option.flags)?.[1] ?? "";
  return {
    flags: [option.long, option.short].filter((flag) => flag !== undefined),
    summary: option.description,
    value: takesValue
      ? { name, values: valuesOf(name, option.argChoices), isList: option instanceof ListOption }
      : undefined,
  };
}

/** What a value may be, by its choices, or by what help calls it. */
function valuesOf(name: string, choices: readonly string[] | undefined): Values {
  if (choices !== undefined) return choices;
  if (/\b(folder|runs?)\b/.test(name)) return "folders";
  return /\b(file|model|path)\b/.test(name) ? "files" : "text";
}
