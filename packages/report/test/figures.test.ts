import { describe, expect, test } from "vitest";
import type { RunData } from "../../runs/src/row-tables.ts";
import { figures } from "../src/figures.ts";
import { png } from "../src/png.ts";
import { roundPixels } from "../src/svg.ts";
import { IRIS_LAYERS, runFixture } from "./fixture.ts";

const named = (run: RunData) => Object.fromEntries(figures(run).map(({ name, svg }) => [name, svg]));
const nasty = `</text><script>alert("1 & 2")</script>`;

describe("figures(run)", () => {
  const run = runFixture();
  const svgs = named(run);

  test("figures(run) draws the causal plane with both axes, the effective information and the integration", () => {
    expect(Object.keys(svgs)).toEqual([
      ...["causal-plane", "causal-plane-paper"],
      ...["effective-information", "integration"],
    ]);
  });

  test("every figure names its axes with their units", () => {
    for (const label of ["degeneracy (bits)", "sensitivity (bits)"])
      expect(svgs["causal-plane-paper"]).toContain(`>${label}<`);
    for (const label of ["EI = sensitivity − degeneracy (bits) →", "degeneracy (bits, √ scale) →"])
      expect(svgs["causal-plane"]).toContain(`>${label}<`);
    for (const label of [
      "effective information (bits)",
      "loss",
      "summed squared error per example",
      "epoch (square-root scale)",
    ]) {
      expect(svgs["effective-information"]).toContain(`>${label}<`);
    }
    for (const label of ["φ feedforward (bits)", "epoch (square-root scale)"])
      expect(svgs.integration).toContain(`>${label}<`);
  });

  test("every figure's legend names every layer", () => {
    for (const svg of Object.values(svgs)) {
      for (const label of ["layer 1 (4→5, sigmoid)", "layer 2 (5→5, sigmoid)", "layer 3 (5→3, sigmoid)"]) {
        expect(svg).toContain(`>${label}<`);
      }
      expect(svg).toContain("±2 standard errors");
    }
  });

  test.each(["causal-plane", "causal-plane-paper"])(
    "%s has one trail per layer and seed, fading backwards, the band of the seeds, and the nullcline's name",
    (name) => {
      for (const color of ["#0072b2", "#d55e00", "#009e73"]) {
        const opacities = strokeOpacities(svgs[name]!, color);
        expect(opacities.filter((o) => o === "0.25")).toHaveLength(3);
        expect(opacities.filter((o) => o === "0.95")).toHaveLength(3);
        expect(svgs[name]!.match(new RegExp(`<path[^>]* fill="${color}"[^>]* opacity="0.24"`, "g"))).toHaveLength(1);
      }
      for (const words of [">EI = 0<", ">all of N = 3 seeds<", ">±2 standard errors of measuring<"])
        expect(svgs[name]).toContain(words);
    },
  );

  test("layers differ in shape, too", () => {
    const marks = [...svgs["causal-plane"]!.matchAll(/class="mark" fill="(#[0-9a-f]+)"|d="([^"]+)" class="mark"/g)];
    expect(new Set(marks.map(([, , path]) => path)).size).toBe(3);
  });

  test("no name of a line of equal EI lies in the plane", () => {
    const svg = svgs["causal-plane-paper"]!;
    const names = [...svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)"[^>]*>EI [\d.]+</g)];
    expect(names.length).toBeGreaterThan(1);
    const frame = /M([\d.]+),([\d.]+)V([\d.]+)H([\d.]+)"/.exec(svg)!.map(Number);
    for (const [, x, y] of names) expect(Number(y) < frame[2]! || Number(x) > frame[4]!).toBe(true);
  });

  test("the effective-information figure marks where the mean loss falls fastest, in every panel", () => {
    const losses = (epoch: number) => {
      const rows = run.training.filter((row) => row.epoch === epoch);
      return rows.reduce((sum, row) => sum + row.trainLoss, 0);
    };
    const falls = Array.from({ length: 80 }, (_, k) => losses(50 * k) - losses(50 * k + 50));
    const from = 50 * falls.indexOf(Math.max(...falls));
    const svg = svgs["effective-information"]!;
    expect(svg).toContain(`>loss falls fastest: epochs ${from}–${from + 50}<`);
    expect(svg.match(/fill-opacity="0.32"[^>]* y="10"| y="10"[^>]* fill-opacity="0.32"/g) ?? []).toHaveLength(3);
    expect(svg).toMatch(/contains \d\d % of the changes of its EI/);
  });

  test("the integration figure has a line at zero", () => {
    expect(svgs.integration).toContain(">0.0<");
    expect(svgs.integration).toMatch(/>−0\.5</);
  });

  test("the same run gives the same bytes", () => {
    expect(named(runFixture())).toEqual(svgs);
  });

  test("a figure stands alone: namespace, white ground, no reference, no style sheet, no id", () => {
    for (const svg of Object.values(svgs)) {
      expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
      expect(svg).toMatch(/<rect width="800" height="\d+" fill="#ffffff"\/>/);
      expect(svg).not.toMatch(/ href=|url\(|<style|<script| id=/);
    }
  });

  test("pixels carry at most three decimals", () => {
    for (const svg of Object.values(svgs)) {
      for (const tag of svg.match(/<[a-zA-Z][^>]*>/g)!) expect(tag).not.toMatch(/\d\.\d{4,}|\de-\d/);
    }
    expect(roundPixels(`<path d="M1.23456,-4e-17L2,-0.00001"/>1.23456`)).toBe(`<path d="M1.235,0L2,0"/>1.23456`);
  });

  test("texts are at least 12 pixels high at 800 pixels width", () => {
    for (const svg of Object.values(svgs)) {
      const sizes = [...svg.matchAll(/font-size="([\d.]+)"/g)].map((match) => Number(match[1]));
      expect(Math.min(...sizes)).toBeGreaterThanOrEqual(12);
    }
  });

  test("names are text, never markup", () => {
    const layers = IRIS_LAYERS.map((layer) => ({ ...layer, name: nasty }));
    for (const svg of Object.values(
      named({ ...runFixture({ layers, checkpoints: 5 }), study: nasty, lossName: nasty }),
    )) {
      expect(svg).not.toContain("<script");
      expect(svg).toContain("&lt;/text&gt;");
      expect(png(svg, { width: 100 }).length).toBeGreaterThan(0);
    }
  });

  test.each([
    ["one seed", { seeds: [7] }],
    ["one checkpoint", { checkpoints: 1 }],
    ["one of everything", { seeds: [0], checkpoints: 1, layers: IRIS_LAYERS.slice(0, 1) }],
    ["hundreds of checkpoints", { checkpoints: 400, every: 1, seeds: [0] }],
    ["more layers than colours", { checkpoints: 3, layers: [...IRIS_LAYERS, ...IRIS_LAYERS, ...IRIS_LAYERS] }],
    ["negative degeneracy everywhere", { lost: 30 }],
  ])("a run with %s has all its figures, without NaN", (_, options) => {
    for (const svg of Object.values(named(runFixture(options)))) {
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
      expect(png(svg, { width: 200 }).length).toBeGreaterThan(0);
    }
  });

  test("the causal plane has a light box for each bracket that tells more than the error, and says what it is", () => {
    const wide = named(runFixture({ wide: true, seeds: [0, 1] }))["causal-plane-paper"]!;
    for (const color of ["#0072b2", "#d55e00", "#009e73"]) expect(boxes(wide, color)).toHaveLength(2);
    // 0.5 + 1.1 bits and 2 errors of either end, on the window [−2, 7].
    const [, left, , , right] = /M([\d.]+),([\d.]+)V([\d.]+)H([\d.]+)"/.exec(wide)!.map(Number);
    const width = ((0.5 + 1.1 + 2 * 0.15) / 9) * (right! - left!);
    for (const box of boxes(wide, "#0072b2")) {
      expect(Math.abs(box.width - width)).toBeLessThan(1);
      expect(box.height).toBeCloseTo(10, 1);
    }
    // The sampled sensitivity of the last layer makes its box as high as its error.
    expect(boxes(wide, "#009e73")[0]!.height).toBeGreaterThan(10);
    for (const words of [">bracket<", "2 standard errors of their ends"]) expect(wide).toContain(words);
    expect(svgs["causal-plane-paper"]).not.toContain("bracket");
    expect(boxes(svgs["causal-plane-paper"]!, "#0072b2")).toEqual([]);
  });

  test("a run whose loss never falls is drawn without a mark", () => {
    const flat = { ...run, training: run.training.map((row) => ({ ...row, trainLoss: 1 })) };
    expect(named(flat)["effective-information"]).not.toMatch(/loss falls/);
  });
});

describe("png(svg)", () => {
  const { "causal-plane": svg } = named(runFixture({ checkpoints: 20, every: 200 }));
  const size = /width="(\d+)" height="(\d+)"/.exec(svg!)!.slice(1).map(Number) as [number, number];

  test("png(svg) is a PNG of twice the figure's size, or of the width asked for", () => {
    expect(pngSize(png(svg!))).toEqual([2 * size[0], 2 * size[1]]);
    expect(pngSize(png(svg!, { width: 400 }))).toEqual([400, Math.round(size[1] / 2)]);
  });

  test("png(svg) draws the text: without it the picture is another one", () => {
    expect(png(svg!).length).toBeGreaterThan(png(svg!.replace(/<text[^>]*>[^<]*<\/text>/g, "")).length + 2000);
  });

  test("png(svg) gives the same bytes twice", () => {
    expect(Buffer.compare(png(svg!), png(svg!))).toBe(0);
  });

  test("png(svg) throws on what is not SVG", () => {
    expect(() => png("<svg><g></svg>")).toThrow();
  });
});

function strokeOpacities(svg: string, color: string): string[] {
  const tags = svg.match(/<path[^>]*>/g)!.filter((tag) => tag.includes(`stroke="${color}"`));
  return tags.flatMap((tag) => /stroke-opacity="([\d.]+)"/.exec(tag)?.[1] ?? []);
}

function boxes(svg: string, color: string): { width: number; height: number }[] {
  const group = new RegExp(
    `<path d="M([-\\d.]+),([-\\d.]+)H([-\\d.]+)V([-\\d.]+)H[^"]*" fill="${color}" fill-opacity="0.2"`,
    "g",
  );
  return [...svg.matchAll(group)].map((match) => {
    const [, left, top, right, bottom] = match.map(Number);
    return { width: right! - left!, height: bottom! - top! };
  });
}

/** Width and height out of the IHDR chunk, after the eight bytes that every PNG begins with. */
function pngSize(file: Uint8Array): [number, number] {
  expect([...file.slice(0, 8)]).toEqual([137, 80, 78, 71, 13, 10, 26, 10]);
  const view = new DataView(file.buffer, file.byteOffset);
  return [view.getUint32(16), view.getUint32(20)];
}
