import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { sha256 } from "../../src/checks/sha256.ts";

const expected = (content: string | Uint8Array) => createHash("sha256").update(content).digest("hex");

test("is that of Node, at every length around the ends of blocks", () => {
  const bytes = Uint8Array.from({ length: 400 }, (_, at) => (at * 151) % 256);
  // A view that does not begin where its buffer does.
  for (let length = 0; length < 300; length++)
    expect(sha256(bytes.subarray(7, 7 + length))).toBe(expected(bytes.subarray(7, 7 + length)));
});

test("is that of Node for any text and bytes", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => sha256(text) === expected(text)));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => sha256(bytes) === expected(bytes)));
});

test("is that of Node for a million of the letter a", () => {
  const letters = "a".repeat(1e6);
  expect(sha256(letters)).toBe("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
});
