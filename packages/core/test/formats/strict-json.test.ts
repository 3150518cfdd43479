/** JSON that nobody may be trusted for: what `JSON.parse` reads, less names used twice, depth and length beyond bounds. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseStrictJson, type StrictJson, StrictJsonFault } from "../../src/formats/strict-json.ts";

const bounds = { depth: 4, most: 100 };

function plain(value: StrictJson): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([name, each]) => [name, plain(each)]));
  return Array.isArray(value) ? value.map(plain) : value;
}

function faultOf(text: string, by = bounds): StrictJsonFault {
  try {
    parseStrictJson(text, by);
  } catch (error) {
    expect(error).toBeInstanceOf(StrictJsonFault);
    return error as StrictJsonFault;
  }
  throw new Error(`${text} was read`);
}

describe("parseStrictJson()", () => {
  test("reads what JSON.parse reads", () => {
    const json = fc.json({ maxDepth: 3 });
    fc.assert(
      fc.property(json, fc.constantFrom("", " ", "\n\t"), (text, space) => {
        const parsed = JSON.parse(text);
        expect(plain(parseStrictJson(`${space}${text}${space}`, { depth: 5, most: 1000 }))).toEqual(parsed);
      }),
      { numRuns: 500 },
    );
  });

  test("refuses whatever JSON.parse refuses, with a place in the text", () => {
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 2 }),
        fc.nat(),
        fc.constantFrom("", ",", "}", "]", '"', "\\", "0", "-", "e"),
        (text, at, char) => {
          const place = at % (text.length + 1);
          const changed = text.slice(0, place) + char + text.slice(place + 1);
          let isJson = true;
          try {
            JSON.parse(changed);
          } catch {
            isJson = false;
          }
          if (isJson) return;
          const { at: where, expected, got } = faultOf(changed, { depth: 9, most: 1000 });
          expect(where).toBeGreaterThanOrEqual(0);
          expect(where).toBeLessThanOrEqual(changed.length);
          expect([expected, got].every((words) => words.length > 0)).toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['{"a": 1, "b": 2, "a": 3}', 17, "unique names"],
    ['{"\\u0061": 1, "a": 3}', 14, "unique names"],
    ["[[[[[1]]]]]", 4, "less deeply nested values"],
    ["[01]", 1, "a JSON value"],
    ["[1.]", 1, "a JSON value"],
    ["[+1]", 1, "a JSON value"],
    ["NaN", 0, "a JSON value"],
    ['{"a" 1}', 5, "a colon"],
    ["{a: 1}", 1, "a name in quotes"],
    ["[1 2]", 3, "a comma or ]"],
    ['{"a": 1 "b": 2}', 8, "a comma or }"],
    ['"\\x"', 0, "a valid JSON string"],
    ['"a', 0, "a closing quote"],
    ["1 2", 2, "the end of the text"],
    ["", 0, "a JSON value"],
  ])("%j: at %i, expected %s", (text, at, expected) => {
    expect(faultOf(text)).toMatchObject({ at, expected });
  });

  test("no more values than allowed, in an object or an array", () => {
    const by = { depth: 2, most: 3 };
    expect(parseStrictJson("[1, 2, 3]", by)).toEqual([1, 2, 3]);
    expect(faultOf("[1, 2, 3, 4]", by).expected).toBe("at most 3 values in an array");
    expect(faultOf('{"a":1,"b":1,"c":1,"d":1}', by).expected).toBe("at most 3 names in an object");
  });

  test("no name is special, and a million brackets overflow nothing", () => {
    const found = parseStrictJson('{"__proto__": {"x": 1}, "constructor": 2}', bounds) as Map<string, StrictJson>;
    expect([...found.keys()]).toEqual(["__proto__", "constructor"]);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
    expect(faultOf("[".repeat(1e6)).at).toBe(4);
  });
});
