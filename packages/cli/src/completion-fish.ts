/** Completion for fish, from 3.0 on. */
import { type CompletedCommand, HEAD, type Place, places, type Values } from "./completion-tree.ts";

export function fishScript(program: CompletedCommand): string {
  const [name] = program.names;
  const all = places(program);
  const known = all.filter(({ path }) => path.length > 0).map(({ path }) => path.join("/"));
  return `# ${HEAD}

# Whether the words before the cursor lead to a command: study/iris.
function __${name}_at
    set -l place
    for word in (commandline -opc)[2..-1]
        string match -q -- '-*' $word; and continue
        set -l next (string join / $place $word)
        contains -- $next ${known.join(" ")}; and set place $next
    end
    test "$place" = "$argv[1]"
end

complete -c ${name} -f
${all.flatMap((place) => lines(place, name!)).join("\n")}
`;
}

function lines({ path, command }: Place, name: string): string[] {
  const at = `complete -c ${name} -n ${quoted(`__${name}_at ${quotedWithin(path.join("/"))}`)}`;
  const below = command.commands.flatMap(({ names, summary }) =>
    names.map((each) => `${at} -a ${each} -d ${quoted(summary)}`),
  );
  const options = command.options.map(({ flags, summary, value }) => {
    const names = flags.map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
    return [
      at,
      ...names,
      ...(value === undefined ? [] : [completed(value.values, value.isList)]),
      `-d ${quoted(summary)}`,
    ].join(" ");
  });
  const [argument] = command.arguments;
  const values = argument === undefined ? undefined : argumentOf(argument.values);
  return [...below, ...options, ...(values === undefined ? [] : [`${at} ${values}`])];
}

const FOLDERS = "-a '(__fish_complete_directories (commandline -ct))'";

function completed(values: Values, isList: boolean): string {
  if (values === "files") return "-r -F";
  if (values === "folders") return `-x ${FOLDERS}`;
  if (values === "text") return "-x";
  const words = values.join(" ");
  return `-x -a ${quoted(isList ? `(__fish_complete_list , "printf '%s\\n' ${words}")` : words)}`;
}

function argumentOf(values: Values): string | undefined {
  if (values === "files") return "-F";
  if (values === "folders") return FOLDERS;
  return values === "text" ? undefined : `-a ${quoted(values.join(" "))}`;
}

/** Fish knows two escapes between single quotes. */
function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, (character) => `\\${character}`)}'`;
}

function quotedWithin(text: string): string {
  return text === "" ? '""' : text;
}
