import { describe, expect, it } from "vitest";
import { greatest, least } from "../../src/information/extremes.ts";

describe("the least and the greatest", () => {
  it("are found among more values than a call takes arguments", () => {
    const values = Float64Array.from({ length: 2_000_000 }, (_, k) => (k * 7919) % 1_000_003);
    expect([least(values), greatest(values)]).toEqual([0, 1_000_002]);
  });

  it("of none are what every value passes, and NaN is not passed over", () => {
    expect([least([]), greatest([])]).toEqual([Infinity, -Infinity]);
    expect([least([1, Number.NaN]), greatest([Number.NaN, 1])]).toEqual([Number.NaN, Number.NaN]);
  });
});
