/** Completion for zsh, by its function _arguments. */
import {
  type CompletedArgument,
  type CompletedCommand,
  type CompletedOption,
  HEAD,
  type Values,
} from "./completion-tree.ts";

export function zshScript(program: CompletedCommand): string {
  const [name] = program.names;
  return `#compdef ${name}
# ${HEAD}

${functions(program, `_${name}`).join("\n\n")}

if [[ $funcstack[1] == _${name} ]]; then
  _${name} "$@"
else
  compdef _${name} ${name}
fi
`;
}

/** A function for a command, and those of the commands below it. */
function functions(command: CompletedCommand, name: string): string[] {
  if (command.commands.length === 0) {
    const specs = [...command.options.flatMap(optionSpecs), ...command.arguments.map(argumentSpec)];
    return [`${name}() {\n  _arguments -s \\\n    ${specs.join(" \\\n    ")}\n}`];
  }
  const specs = [...command.options.flatMap(optionSpecs), "'1: :->command'", "'*:: :->argument'"];
  const listed = command.commands.flatMap(({ names, summary }) =>
    names.map((each) => quoted(`${each}:${oneLine(summary)}`)),
  );
  const cases = command.commands.map(
    ({ names }) => `        ${names.join(" | ")}) ${functionName(name, names[0]!)} ;;`,
  );
  const own = `${name}() {
  local curcontext="$curcontext" state line
  typeset -A opt_args
  _arguments -C -s \\
    ${specs.join(" \\\n    ")}
  case $state in
    command)
      local -a commands
      commands=(
        ${listed.join("\n        ")}
      )
      _describe -t commands command commands
      ;;
    argument)
      case $line[1] in
${cases.join("\n")}
      esac
      ;;
  esac
}`;
  return [own, ...command.commands.flatMap((each) => functions(each, functionName(name, each.names[0]!)))];
}

function functionName(above: string, command: string): string {
  return `${above}_${command.replaceAll("-", "_")}`;
}

function optionSpecs({ flags, summary, value }: CompletedOption): string[] {
  const others = flags.length > 1 ? `(${flags.join(" ")})` : "";
  return flags.map((flag) => {
    const text = `[${escapedText(oneLine(summary))}]`;
    if (value === undefined) return quoted(`${others}${flag}${text}`);
    const sign = flag.startsWith("--") ? "=" : "+";
    return quoted(`${others}${flag}${sign}${text}:${escapedText(value.name)}:${action(value.values, value.isList)}`);
  });
}

function argumentSpec({ name, isVariadic, values }: CompletedArgument): string {
  return quoted(`${isVariadic ? "*" : ""}:${escapedText(name)}:${action(values, false)}`);
}

function action(values: Values, isList: boolean): string {
  if (values === "files") return "_files";
  if (values === "folders") return "_files -/";
  if (values === "text") return " ";
  const words = values.map(escapedText).join(" ");
  return isList ? `_sequence compadd - ${words}` : `(${words})`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}

/** Within a specification of _arguments. */
function escapedText(text: string): string {
  return text.replace(/[\\[\]:]/g, (character) => `\\${character}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
