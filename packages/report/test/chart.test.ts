import { describe, expect, test } from "vitest";
import {
  DARK_PALETTE,
  epochScale,
  epochTicks,
  escapeMarkup,
  fixed,
  formatBracket,
  formatEstimate,
  LIGHT_PALETTE,
  linearScale,
  nice,
  tickLabels,
  ticks,
} from "../src/chart.ts";
import { reportData } from "../src/data.ts";
import { belowNullcline, eiLines, planeWindow, spreadAt } from "../src/plane.ts";
import { runFixture, WIDE } from "./fixture.ts";

describe("scales and ticks", () => {
  test("invert undoes at, on both scales", () => {
    for (const scale of [linearScale([-2, 7], [50, 600]), epochScale([10, 4000], [50, 600])]) {
      for (const value of [scale.domain[0], 3.5, scale.domain[1]].map((v) => Math.max(v, scale.domain[0]))) {
        expect(scale.invert(scale.at(value))).toBeCloseTo(value, 9);
      }
    }
  });

  test("a scale of one epoch puts it in the middle", () => {
    expect(epochScale([300, 300], [0, 100]).at(300)).toBe(50);
    expect(epochScale([300, 300], [0, 100]).invert(12)).toBe(300);
  });

  test("ticks are round, inside the interval, and print as themselves", () => {
    expect(ticks([-0.31, 0.52], 5)).toEqual([-0.2, 0, 0.2, 0.4]);
    expect(tickLabels([-0.2, 0, 0.2])).toEqual(["−0.2", "0.0", "0.2"]);
    expect(tickLabels([0, 5, 10])).toEqual(["0", "5", "10"]);
  });

  test("nice widens to round ends and gives a single value some width", () => {
    expect(nice([0.3, 9.1], 5)).toEqual([0, 10]);
    const [low, high] = nice([2, 2], 5);
    expect(low).toBeLessThan(2);
    expect(high).toBeGreaterThan(2);
  });

  test.each([
    [0, 4000],
    [0, 1],
    [0, 7],
    [50, 300_000],
    [0, 299],
  ])("epoch ticks from %i to %i are whole, rising and never closer than asked", (first, last) => {
    const scale = epochScale([first, last], [0, 600]);
    const found = epochTicks(scale, 50);
    expect(found[0]).toBe(first);
    expect(found.length).toBeGreaterThan(1);
    for (const [i, epoch] of found.entries()) {
      expect(Number.isInteger(epoch)).toBe(true);
      if (i > 0) expect(scale.at(epoch) - scale.at(found[i - 1]!)).toBeGreaterThanOrEqual(50);
    }
  });
});

describe("words", () => {
  test("formatEstimate tells sampled, exact and missing values apart", () => {
    expect(formatEstimate(3.25449, 0.0121)).toBe("3.254 ± 0.012");
    expect(formatEstimate(-0.5, 0)).toBe("−0.500 (exact)");
    expect(formatEstimate(1, 1e-5)).toBe("1.000 ± < 0.0005");
    expect(formatEstimate(null, null)).toBe("not measured");
  });

  test("formatBracket(bracket) gives ends their errors where they have any, and does not break", () => {
    expect(formatBracket([145.32, 161.97, 0.8, 1.2])).toBe(
      "[145.320 ± 0.800, 161.970 ± 1.200]".replaceAll(" ", "\u00a0"),
    );
    expect(formatBracket([-1, 2, 0, 0])).toBe("[−1.000,\u00a02.000]");
  });

  test("fixed(value, decimals) writes a true minus sign, and none before a zero", () => {
    expect(fixed(-1.26, 1)).toBe("−1.3");
    expect(fixed(-0.0001, 3)).toBe("0.000");
  });

  test("escapeMarkup escapes what markup reads and replaces what XML forbids", () => {
    expect(escapeMarkup(`<a b="c">&'\u0007`)).toBe("&lt;a b=&quot;c&quot;&gt;&amp;&#39;\ufffd");
  });
});

describe("the window of the causal plane", () => {
  test.each([0, 3, 30])("holds every point and a visible nullcline when %d bits of sensitivity are lost", (lost) => {
    const data = reportData(runFixture({ lost, checkpoints: 20, every: 200 }));
    const window = planeWindow(data);
    for (const [measure, [low, high]] of [
      ["degeneracy", window.x],
      ["sensitivity", window.y],
    ] as const) {
      for (const value of data.bits[measure].flat(2)) {
        expect(value).toBeGreaterThanOrEqual(low);
        expect(value).toBeLessThanOrEqual(high);
      }
    }
    const [nullcline] = eiLines(window);
    expect(nullcline!.ei).toBe(0);
    expect(nullcline!.from[0]).toBe(nullcline!.from[1]);
    const [{ from, to }] = [nullcline!];
    expect((to[0] - from[0]) / (window.x[1] - window.x[0])).toBeGreaterThan(0.15);
    expect((to[1] - from[1]) / (window.y[1] - window.y[0])).toBeGreaterThan(0.15);
    for (const [degeneracy, sensitivity] of belowNullcline(window))
      expect(sensitivity - degeneracy).toBeLessThanOrEqual(0);
  });
});

describe("the spread of a point", () => {
  test("reaches 2 standard errors, and its bracket as far beyond its ends as these may be off", () => {
    const data = reportData(runFixture({ wide: true, checkpoints: 3 }));
    const at = data.bits.degeneracy[0]![2]![1]!;
    const { x, y, bracket } = spreadAt(data, 0, 2, 1)!;
    expect(x[1] - at).toBeCloseTo(2 * WIDE.error, 5);
    expect(y[1] - y[0]).toBeCloseTo(2 * 2 * 0.15, 5);
    expect(bracket![0]).toBeCloseTo(at - WIDE.above - 2 * WIDE.highError, 5);
    expect(bracket![1]).toBeCloseTo(at + WIDE.below + 2 * WIDE.lowError, 5);
    const window = planeWindow(data);
    expect(window.x[0]).toBeLessThanOrEqual(bracket![0]);
    expect(spreadAt(reportData(runFixture({ checkpoints: 3 })), 0, 2, 1)).not.toHaveProperty("bracket");
  });

  test("is none where either measure is missing", () => {
    const run = runFixture({ checkpoints: 2, seeds: [0] });
    const rows = run.measurements.filter(({ measure, epoch }) => measure !== "sensitivity" || epoch === 0);
    const data = reportData({ ...run, measurements: rows });
    expect([0, 1].map((e) => spreadAt(data, 0, 0, e) === undefined)).toEqual([false, true]);
  });
});

describe("palettes", () => {
  // WCAG's contrast of graphics asks for 3 to 1.
  test.each([
    ["light", LIGHT_PALETTE, "#ffffff"],
    ["dark", DARK_PALETTE, "#14171b"],
  ] as const)("the %s palette stands out from its ground", (_, palette, ground) => {
    expect(new Set(palette).size).toBe(LIGHT_PALETTE.length);
    for (const color of palette) expect(contrast(color, ground), color).toBeGreaterThanOrEqual(2.9);
  });
});

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((p, q) => q - p);
  return (high! + 0.05) / (low! + 0.05);
}

function luminance(color: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const c = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}
