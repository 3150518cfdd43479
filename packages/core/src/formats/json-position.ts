/**
 * Where a text stops being JSON, since `JSON.parse` does not always say. Used only after it has refused the text; keeps its
 * own stack, so that no depth of nesting overflows the caller's.
 */

export interface JsonFault {
  /** Both from 1; the column counts UTF-16 units. */
  readonly line: number;
  readonly column: number;
  /** What stands there, at most 20 characters of it: `NaN`, `}`, or `the end of the text`. */
  readonly found: string;
}

const SPACE = /[ \t\n\r]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids just these within strings.
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const SCALAR = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;
const WORD = /[\w.+-]{1,20}|[\s\S]/uy;

/** The first place where `text` is no JSON, or undefined where all of it is. */
export function jsonFault(text: string): JsonFault | undefined {
  const at = faultOffset(text);
  if (at === undefined) return undefined;
  const before = text.slice(0, at);
  const lineStart = before.lastIndexOf("\n") + 1;
  WORD.lastIndex = at;
  return {
    line: before.split("\n").length,
    column: at - lineStart + 1,
    found: at >= text.length ? "the end of the text" : (WORD.exec(text)?.[0] ?? ""),
  };
}

function faultOffset(text: string): number | undefined {
  let at = 0;
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    at = pattern.lastIndex;
    return true;
  };
  // By turns, and not by one expression: that would need room for every character of a long string.
  const takeString = (): boolean => {
    const start = at;
    if (text[at] === '"') {
      at++;
      do take(PLAIN);
      while (take(ESCAPE));
      if (text[at++] === '"') return true;
    }
    at = start;
    return false;
  };
  const open: ("{" | "[")[] = [];
  let expecting: "value" | "first value" | "key" | "first key" | "next" = "value";
  for (;;) {
    take(SPACE);
    const char = text[at];
    if (expecting === "next") {
      const container = open.at(-1);
      if (container === undefined) return char === undefined ? undefined : at;
      if (char === ",") {
        at++;
        expecting = container === "{" ? "key" : "value";
      } else if (char === (container === "{" ? "}" : "]")) {
        at++;
        open.pop();
      } else return at;
    } else if (expecting === "key" || expecting === "first key") {
      if (expecting === "first key" && char === "}") {
        at++;
        open.pop();
        expecting = "next";
        continue;
      }
      if (!takeString()) return at;
      take(SPACE);
      if (text[at] !== ":") return at;
      at++;
      expecting = "value";
    } else if (char === "{" || char === "[") {
      at++;
      open.push(char);
      expecting = char === "{" ? "first key" : "first value";
    } else if (expecting === "first value" && char === "]") {
      at++;
      open.pop();
      expecting = "next";
    } else {
      if (!takeString() && !take(SCALAR)) return at;
      expecting = "next";
    }
  }
}
