/** How help pages look: the same on each command, as wide as the terminal. */
import { type Argument, type Command, Help, type HelpConfiguration, type Option } from "commander";
import type { Output } from "./io.ts";
import { heading } from "./style.ts";
import { displayWidth, wrapped } from "./text.ts";

/** Of a page that nobody looks at. */
const WIDTH = 100;
/** Room for a description beside its term; where there is less, it stands below. */
const BESIDE = 28;

export function helpWidth({ columns }: Output): number {
  return Math.min(columns ?? WIDTH, WIDTH);
}

/** Kinds of commander's own that all commands share. */
export const helpConfiguration: HelpConfiguration = {
  minWidthToWrap: 1,
  displayWidth,
  styleTitle: heading,
  optionDescription: described,
  argumentDescription: ({ description }: Argument) => description,
  boxWrap: (text: string, width: number) => wrapped(text, width),
  formatItem,
  formatHelp(this: Help, command: Command, helper: Help): string {
    const [usage = "", ...lines] = Help.prototype.formatHelp.call(this, command, helper).split("\n");
    return [...usageLines(usage, helper.helpWidth ?? WIDTH), ...lines].join("\n");
  },
};

/** What follows the command's name below it, where it has no room beside it. */
function usageLines(usage: string, width: number): string[] {
  return wrapped(usage, width)
    .split("\n")
    .map((line, at) => (at === 0 ? line : `    ${line}`));
}

/** A term, and what it means beside it, or below where the terminal is narrow. */
function formatItem(this: Help, term: string, termWidth: number, description: string, helper: Help): string {
  const width = helper.helpWidth ?? WIDTH;
  const beside = width - termWidth - 4;
  if (description === "") return `  ${term}`;
  if (beside < BESIDE) return [`  ${term}`, wrapped(`      ${description}`, width)].join("\n");
  const [first = "", ...more] = wrapped(description, beside).split("\n");
  const indent = " ".repeat(termWidth + 4);
  return [
    `  ${term}${" ".repeat(termWidth - displayWidth(term))}  ${first}`,
    ...more.map((line) => indent + line),
  ].join("\n");
}

/** What an option means, what it takes and what it is without: unless its description says so itself. */
function described({ description, argChoices = [], defaultValue, defaultValueDescription, required }: Option): string {
  const said = argChoices.every((choice) => new RegExp(`(^|[^\\w-])${choice}($|[^\\w-])`).test(description));
  const notes = [
    ...(said ? [] : [argChoices.join(", ")]),
    ...(required && defaultValue !== undefined && !description.includes("(default")
      ? [`default: ${defaultValueDescription ?? plainText(defaultValue)}`]
      : []),
  ];
  return notes.length === 0 ? description : `${description} (${notes.join("; ")})`;
}

function plainText(value: unknown): string {
  return Array.isArray(value) ? value.join(",") : `${value}`;
}

/** A line to be typed, and what it does. */
export type Example = readonly [command: string, meaning?: string];

/** Text below a help page: examples, and what else is to be said. */
export function addExamples(
  command: Command,
  io: { readonly stdout: Output; readonly stderr: Output },
  examples: readonly Example[],
  more = "",
): Command {
  return command.addHelpText("after", ({ error }) =>
    examplesText(examples, helpWidth(error ? io.stderr : io.stdout), more),
  );
}

function examplesText(examples: readonly Example[], width: number, more = ""): string {
  const widest = examples.reduce((most, [line]) => Math.max(most, displayWidth(line)), 0);
  const beside = examples.every(([, meaning = ""]) => 4 + widest + 4 + displayWidth(meaning) <= width);
  const lines = examples.flatMap(([line, meaning]) => {
    const typed = shellLines(line, width);
    if (meaning === undefined) return typed;
    if (!beside) return [...wrapped(`  # ${meaning}`, width).split("\n").map(asComment), ...typed];
    return [`${typed[0]}${" ".repeat(widest - displayWidth(line))}    ${meaning}`];
  });
  const rest = more === "" ? "" : `\n\n${wrapped(more, width)}`;
  return `\n${heading(examples.length === 1 ? "Example:" : "Examples:")}\n${lines.join("\n")}${rest}`;
}

function asComment(line: string, at: number): string {
  return at === 0 ? line : line.replace(/^ {2}/, "  # ");
}

/** A command as it can be typed, on several lines where it is too wide. */
function shellLines(line: string, width: number): string[] {
  if (displayWidth(line) + 4 <= width) return [`  $ ${line}`];
  const found: string[] = [];
  // A flag stays with its value, unless both are too wide.
  const parts = line.split(/ (?=-)/).flatMap((part) => (displayWidth(part) + 8 <= width ? [part] : part.split(" ")));
  for (const part of parts) {
    const last = found.at(-1);
    const fits = last !== undefined && 4 + displayWidth(`${last} ${part} \\`) <= width;
    if (fits) found[found.length - 1] = `${last} ${part}`;
    else found.push(found.length === 0 ? part : `  ${part}`);
  }
  return found.map((part, at) => `  ${at === 0 ? "$" : " "} ${part}${at < found.length - 1 ? " \\" : ""}`);
}
