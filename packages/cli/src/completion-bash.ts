/** Completion for bash, from 3.2 on (which macOS has), without the package bash-completion. */
import { type CompletedCommand, HEAD, type Place, places, type Values } from "./completion-tree.ts";

export function bashScript(program: CompletedCommand): string {
  const [name] = program.names;
  const all = places(program);
  const below = all.filter(({ path }) => path.length > 0);
  return `# ${HEAD}

# Completes the words $1; with $2, the last of a list that commas separate.
_${name}_words() {
  local IFS=$' \\t\\n' before=""
  if [[ -n $2 && $cur == *,* ]]; then
    before="\${cur%,*},"
    cur="\${cur##*,}"
  fi
  COMPREPLY=($(compgen -P "$before" -W "$1" -- "$cur"))
  [[ -z $2 ]] || compopt -o nospace 2>/dev/null
}

_${name}_folders() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen -d -- "$cur"))
  compopt -o filenames 2>/dev/null
}

# No file names in place of what cannot be known.
_${name}_text() {
  compopt +o default +o bashdefault 2>/dev/null
}

_${name}() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" place="" word i
  # --flag=value comes as three words.
  if [[ $cur == "=" ]]; then
    cur=""
  elif [[ $prev == "=" ]]; then
    prev="\${COMP_WORDS[COMP_CWORD-2]}"
  fi
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    [[ $word == -* ]] && continue
    case "$place/$word" in
      ${below.map(({ path }) => `/${path.join("/")}`).join(" | ")}) place="$place/$word" ;;
    esac
  done
  case "$place $prev" in
${all.flatMap((place) => valueCases(place, name!)).join("\n")}
  esac
  if [[ $cur == -* ]]; then
    case "$place" in
${all.map(({ path, command }) => `      "${placeOf(path)}") _${name}_words "${flagsOf(command)}" ;;`).join("\n")}
    esac
    return
  fi
  case "$place" in
${all.map(({ path, command }) => `    "${placeOf(path)}") ${argumentsOf(command, name!)} ;;`).join("\n")}
  esac
}

complete -o bashdefault -o default -F _${name} ${name}
`;
}

function placeOf(path: readonly string[]): string {
  return path.map((word) => `/${word}`).join("");
}

function flagsOf({ options }: CompletedCommand): string {
  return options.flatMap(({ flags }) => flags).join(" ");
}

function valueCases({ path, command }: Place, name: string): string[] {
  return command.options.flatMap(({ flags, value }) => {
    if (value === undefined) return [];
    const patterns = flags.map((flag) => `"${placeOf(path)} ${flag}"`).join(" | ");
    return [`    ${patterns}) ${completed(value.values, name, value.isList)}; return ;;`];
  });
}

function argumentsOf({ commands, arguments: expected }: CompletedCommand, name: string): string {
  if (commands.length > 0) return `_${name}_words "${commands.flatMap(({ names }) => names).join(" ")}"`;
  return completed(expected[0]?.values ?? "text", name, false);
}

/** An empty answer means the names of files, as bash itself completes them. */
function completed(values: Values, name: string, isList: boolean): string {
  if (values === "files") return ":";
  if (typeof values === "string") return `_${name}_${values}`;
  return `_${name}_words "${values.join(" ")}"${isList ? " list" : ""}`;
}
