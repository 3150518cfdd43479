import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { reportData } from "../src/data.ts";
import { playerScript } from "../src/generated/player.ts";
import { reportHtml } from "../src/html.ts";
import { IRIS_LAYERS, runFixture } from "./fixture.ts";

const run = runFixture({ checkpoints: 21, every: 200, warnings: "coarse bins" });
const page = reportHtml(run);
const open = (text: string) => parseHTML(text).document;

describe("reportHtml(run)", () => {
  test("the page holds no address, loads nothing, and forbids itself to", () => {
    expect(page).not.toMatch(/https?:|\/\/[a-z]+\.|@import|\burl\(|\ssrc=|fetch\(|XMLHttpRequest|import\(/i);
    expect(page).toContain(
      `content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"`,
    );
    expect([...open(page).querySelectorAll("[href]")].map((link) => link.getAttribute("href"))).toEqual(["data:,"]);
  });

  test("the embedded data are the run's series, unchanged", () => {
    const text = open(page).querySelector("#run-data")!.textContent!;
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(reportData(run))));
  });

  test("names, settings and warnings are text, never markup, and cannot end the data's element", () => {
    const nasty = `</script><script>alert(1)</script><!--<b>&"'`;
    const layers = IRIS_LAYERS.map((layer) => ({ ...layer, name: nasty }));
    const fixture = runFixture({ layers, checkpoints: 2, warnings: nasty });
    const bad = reportHtml({
      ...fixture,
      study: nasty,
      lossName: nasty,
      version: nasty,
      settings: [[nasty, nasty]],
    });
    const scripts = bad.match(/<script/g);
    expect(scripts).toHaveLength(2);
    expect(bad).not.toContain("alert(1)</script>");
    expect(bad).not.toContain("<b>");
    const document = open(bad);
    expect(JSON.parse(document.querySelector("#run-data")!.textContent!).layers[0].name).toBe(nasty);
    expect(document.querySelector("h1")!.textContent).toContain(nasty);
  });

  test("the page lists what was asked, and each warning once for a layer with its places", () => {
    const text = open(page).body.textContent!;
    for (const [label, value] of run.settings) {
      expect(text).toContain(label);
      expect(text).toContain(value);
    }
    const rows = [...open(page).querySelectorAll("tr")].filter((row) => row.textContent!.includes("coarse bins"));
    expect(rows).toHaveLength(3);
    expect(rows[0]!.textContent).toContain("63 of 63 checkpoints, epochs 0 to 4000");
  });

  test("the notes give each measure's method and largest error, and what lies outside the range", () => {
    const text = open(page).body.textContent!;
    expect(text).toContain(
      "EI: sampled (conditional estimator), up to 100000 samples per value; largest standard error 0.020 bits.",
    );
    expect(text).toContain("sensitivity: exact; no sampling error.");
    expect(text).toContain("Negative degeneracy is correct");
    expect(text).toContain("No output lay outside the output range.");
    const outside = { ...run, measurements: run.measurements.map((row) => ({ ...row, outside: 0.25 })) };
    expect(open(reportHtml(outside)).body.textContent).toContain("Up to 25.0 % of an output's probability");
  });

  test("the page says what brackets are and what values from probabilities rest on, where there are any", () => {
    const text = open(reportHtml(runFixture({ checkpoints: 2, seeds: [0], wide: true }))).body.textContent!;
    expect(text).toContain("Light boxes: brackets, with 2 standard errors of their ends where these are estimates.");
    expect(text).toContain(
      "each value worth at least 250 independent samples; 12 draws guarded in all; the ends are est",
    );
    expect(page).not.toMatch(/Light boxes|EI from probabilities|stands its bracket/);
  });

  test("the same run gives the same bytes", () => {
    expect(reportHtml(runFixture({ checkpoints: 21, every: 200, warnings: "coarse bins" }))).toBe(page);
  });

  test("the player is small and cannot end its own element", () => {
    expect(Buffer.byteLength(playerScript)).toBeLessThan(60_000);
    expect(playerScript).not.toMatch(/<\/script|<!--/i);
  });
});
