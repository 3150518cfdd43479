import { describe, expect, test } from "vitest";
import { canShare, shared } from "../../src/pools/share.ts";

describe("shared()", () => {
  const values = Float64Array.of(1, -0, Number.NaN);
  const job = { name: "job", list: [values, { again: values }], counts: Uint16Array.of(1, 2), nothing: undefined };

  test("gives the same data in memory that threads share, and leaves its argument alone", () => {
    expect(canShare()).toBe(true);
    const found = shared(job);
    expect(found).toEqual(job);
    expect(found.counts).toBeInstanceOf(Uint16Array);
    for (const array of [found.counts, found.list[0] as Float64Array]) {
      expect(array.buffer).toBeInstanceOf(SharedArrayBuffer);
    }
    expect(values.buffer).toBeInstanceOf(ArrayBuffer);
  });

  test("copies an array once, a part of one only as far as it goes, and what is shared not at all", () => {
    const found = shared(job);
    expect((found.list[1] as { again: Float64Array }).again).toBe(found.list[0]);
    expect(shared(found).list[0]).toBe(found.list[0]);
    const part = shared(new Float64Array(1000).subarray(3, 5));
    expect([part.length, part.buffer.byteLength]).toEqual([2, 16]);
  });

  test("leaves all else as it is", () => {
    const map = new Map([[1, values]]);
    expect(shared({ map }).map).toBe(map);
    for (const plain of [1, "text", null, undefined, true]) expect(shared(plain)).toBe(plain);
  });
});
