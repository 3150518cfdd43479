/** The outputs of the program as its commands see them: how wide they are, whether they show colours, and safe from names out of files. */
import { escapedLines } from "@causalscope/core/basics";
import type { Output } from "./io.ts";
import { showsColours, withColours } from "./style.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Where a terminal does not say how wide it is. */
const WIDTH = 80;
/** Narrower than this, no table can be read, and the terminal breaks the lines. */
const NARROWEST = 20;

/** @param colours what a flag says of them. */
export function terminalOutput(output: Output, env: Environment, colours?: boolean): Output {
  const shows = showsColours(output.isTTY === true, env, colours);
  return {
    write: (text) => output.write(withColours(text, shows, escapedLines)),
    get isTTY() {
      return output.isTTY === true;
    },
    get columns() {
      return output.isTTY === true ? widthOf(output, env) : undefined;
    },
    colours: shows,
    stream: output,
  };
}

/** COLUMNS as other programs read it; else what the terminal says, which may have been resized. */
function widthOf({ columns }: Output, { COLUMNS }: Environment): number {
  const asked = Number(COLUMNS);
  const width = Number.isSafeInteger(asked) && asked > 0 ? asked : (columns ?? 0);
  return Math.max(NARROWEST, width > 0 ? width : WIDTH);
}

/** What `--color` and `--no-color` say: the last of them, before `--`. Help and errors need it before the arguments are parsed. */
export function colourFlag(argv: readonly string[]): boolean | undefined {
  const end = argv.indexOf("--");
  const last = (end < 0 ? argv : argv.slice(0, end)).findLast((arg) => arg === "--color" || arg === "--no-color");
  return last === undefined ? undefined : last === "--color";
}

/** Whether the locale can write more than ASCII, as far as the environment tells. */
export function isUtf8(env: Environment, platform: string): boolean {
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((value) => value !== undefined && value !== "");
  // The console of Linux has no letters beyond those of its one font.
  if (env.TERM === "linux") return false;
  return locale === undefined ? platform !== "linux" : /utf-?8/i.test(locale);
}
