/**
 * JSON for headers that a program wrote and nobody may be trusted for: shallow, and without a name used twice, which `JSON.parse` lets
 * pass. Depth and lengths are bounded, so that no text overflows the stack or becomes many times its size in memory.
 */

export type StrictJson = string | number | boolean | null | readonly StrictJson[] | StrictObject;
/** A Map, so that no name (`__proto__`) is special. */
export type StrictObject = ReadonlyMap<string, StrictJson>;

/** What is wrong with a text; whoever asked makes an error of it. */
export class StrictJsonFault extends Error {
  /** Position in UTF-16 units, from 0. */
  readonly at: number;
  readonly expected: string;
  readonly got: string;

  constructor(at: number, expected: string, got: string) {
    super(`${expected} at ${at}`);
    this.at = at;
    this.expected = expected;
    this.got = got;
  }
}

const SPACE = /[ \t\n\r]*/y;
const SCALAR = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;

export interface StrictJsonBounds {
  /** How many objects and arrays may stand in each other. */
  readonly depth: number;
  /** How many values may stand in one object or array. */
  readonly most: number;
}

/** @throws StrictJsonFault */
export function parseStrictJson(text: string, { depth, most }: StrictJsonBounds): StrictJson {
  const parser = new Parser(text, most);
  const value = parser.value(depth);
  parser.end();
  return value;
}

class Parser {
  readonly #text: string;
  readonly #most: number;
  #at = 0;

  constructor(text: string, most: number) {
    this.#text = text;
    this.#most = most;
  }

  value(depth: number): StrictJson {
    this.#skip();
    const char = this.#text[this.#at];
    if (char === '"') return this.#string();
    if (char === "{" || char === "[") {
      if (depth === 0) this.#fail("less deeply nested values");
      this.#at++;
      return char === "{" ? this.#object(depth - 1) : this.#array(depth - 1);
    }
    SCALAR.lastIndex = this.#at;
    const [found] = SCALAR.exec(this.#text) ?? [];
    if (found === undefined) this.#fail("a JSON value");
    this.#at += found.length;
    return JSON.parse(found) as number | boolean | null;
  }

  end(): void {
    this.#skip();
    if (this.#at < this.#text.length) this.#fail("the end of the text");
  }

  #object(depth: number): StrictObject {
    const found = new Map<string, StrictJson>();
    if (this.#took("}")) return found;
    do {
      this.#skip();
      const at = this.#at;
      if (this.#text[at] !== '"') this.#fail("a name in quotes");
      const name = this.#string();
      if (found.has(name)) throw new StrictJsonFault(at, "unique names", `${JSON.stringify(shortened(name))} twice`);
      if (!this.#took(":")) this.#fail("a colon");
      if (found.size === this.#most) this.#fail(`at most ${this.#most} names in an object`);
      found.set(name, this.value(depth));
    } while (this.#took(","));
    if (!this.#took("}")) this.#fail("a comma or }");
    return found;
  }

  #array(depth: number): StrictJson[] {
    const found: StrictJson[] = [];
    if (this.#took("]")) return found;
    do {
      if (found.length === this.#most) this.#fail(`at most ${this.#most} values in an array`);
      found.push(this.value(depth));
    } while (this.#took(","));
    if (!this.#took("]")) this.#fail("a comma or ]");
    return found;
  }

  #string(): string {
    const start = this.#at;
    let end = start;
    do end = this.#text.indexOf('"', end + 1);
    while (end >= 0 && this.#isEscaped(end, start));
    if (end < 0) this.#fail("a closing quote");
    this.#at = end + 1;
    try {
      return JSON.parse(this.#text.slice(start, this.#at)) as string;
    } catch {
      this.#at = start;
      return this.#fail("a valid JSON string");
    }
  }

  /** Whether the quote at `end` has an odd number of backslashes before it. */
  #isEscaped(end: number, start: number): boolean {
    let at = end - 1;
    while (at > start && this.#text[at] === "\\") at--;
    return (end - 1 - at) % 2 === 1;
  }

  #took(char: string): boolean {
    this.#skip();
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #skip(): void {
    SPACE.lastIndex = this.#at;
    SPACE.test(this.#text);
    this.#at = SPACE.lastIndex;
  }

  #fail(expected: string): never {
    const found = this.#text.slice(this.#at, this.#at + 20);
    throw new StrictJsonFault(this.#at, expected, found === "" ? "the end of the text" : JSON.stringify(found));
  }
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
