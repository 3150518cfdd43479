/** Every preset trains in the page, and every number that the page shows is the library's. */
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { fixed } from "../../packages/report/src/chart.ts";
import { fingerprint, type MeasurementRow, memoryStorage, performStudy } from "../../packages/runs/src/index.ts";
import { study } from "../../packages/studies/src/index.ts";
import { missing } from "../../test/chromium.ts";
import type { Question } from "../src/engine/protocol.ts";
import { hashOf } from "../src/state/address.ts";
import { PRESETS } from "../src/state/presets.ts";
import { appInChromium, finished, inChromium, status } from "./browser.ts";

/** The table of layers as text, a row for each layer: EI, sensitivity, degeneracy, φ. */
const cellsOf = (page: Page) =>
  page
    .locator(".side table.values tbody tr")
    .evaluateAll((rows) => rows.map((row) => [...row.querySelectorAll("td")].map((cell) => cell.textContent)));

/** What the table has to say: two decimals, and the error where there is one. */
function expectedCells(rows: readonly MeasurementRow[], seed: number, epoch: number, layers: number): string[][] {
  return Array.from({ length: layers }, (_, l) =>
    ["ei", "sensitivity", "degeneracy", "phi"].map((name) => {
      const here = rows.find(
        ({ measure, layer, ...row }) => measure === name && layer === l && row.seed === seed && row.epoch === epoch,
      );
      if (here === undefined) return "–";
      const { bits, standardError: error } = here;
      return `${fixed(bits, 2)}${error === 0 ? "" : ` ±${error < 0.005 ? "<0.01" : fixed(error, 2)}`}`;
    }),
  );
}

describe.skipIf(missing)(inChromium("every preset in the page"), () => {
  const { opened } = appInChromium();

  test.for(PRESETS.map((preset) => [preset.name, preset.question] as const))("%s", async ([, asked]) => {
    const less = { epochs: 4, every: 2, seeds: [0], tolerance: 0.5, samples: 2000 };
    const question: Question = { study: asked.study, options: { ...asked.options, ...less } };
    const expected = await performStudy(await study(question.study), "run", {
      options: question.options,
      storage: memoryStorage(),
    });
    const { measurements } = expected.rows;
    const layers = new Set(measurements.map(({ layer }) => layer)).size;
    const { page, complaints } = await opened(hashOf({ question, view: {}, embed: false, hide: [] }));
    await finished(page);
    expect(await status(page)).toContain(`result ${fingerprint(expected).slice(0, 16)}`);
    for (const epoch of [4, 2, 0]) {
      await page.locator(".transport output", { hasText: `${epoch} / 4` }).waitFor();
      expect(await cellsOf(page)).toEqual(expectedCells(measurements, 0, epoch, layers));
      await page.keyboard.press("ArrowLeft");
    }
    expect(complaints).toEqual([]);
    await page.close();
  });
});
