import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packageSources } from "../../../scripts/package-sources.mjs";
import { CHROMIUM, launchChromium, missing } from "../../../test/chromium.ts";
import { type ReportData, reportData } from "../src/data.ts";
import { runFixture } from "./fixture.ts";

const title = missing ? `views in a browser (skipped: no Chromium at ${CHROMIUM}; set CHROMIUM)` : "views in a browser";

const LAYERS = [25, 6, 6, 6].map((inputs, l) => ({
  ...{ name: `layer ${l + 1}`, inputs, outputs: l === 3 ? 5 : 6 },
  activation: "sigmoid",
}));

describe.skipIf(missing)(title, () => {
  let browser: Browser;
  let script: string;

  beforeAll(async () => {
    const root = fileURLToPath(new URL("../../../", import.meta.url));
    const { outputFiles } = await build({
      absWorkingDir: root,
      entryPoints: ["packages/report/test/views-page.ts"],
      ...{ bundle: true, write: false, format: "iife", logLevel: "warning", tsconfigRaw: {} },
      plugins: [packageSources({ browser: true })],
    });
    script = outputFiles[0]!.text;
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
  });

  async function open(
    data: ReportData,
    options: BrowserContextOptions = {},
  ): Promise<{ page: Page; complaints: string[] }> {
    const page = await browser.newPage({ viewport: { width: 1100, height: 900 }, ...options });
    page.setDefaultTimeout(0);
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => complaints.push(message.text()));
    await page.setContent(
      '<!doctype html><html lang="en"><meta http-equiv="Content-Security-Policy" content="style-src \'none\'; img-src data:; connect-src \'none\'"><title>Views</title><body></body>',
    );
    await page.addScriptTag({ content: script });
    await page.evaluate((run) => (window as unknown as { show(data: unknown): void }).show(run), data);
    return { page, complaints };
  }

  const state = (page: Page) =>
    page.evaluate(() => (window as unknown as { store: { state: Record<string, unknown> } }).store.state);

  /** Of a view, what it writes as a file. */
  const file = (page: Page, view: string, theme: string) =>
    page.evaluate(
      ([name, theme]) =>
        (window as unknown as { views: Record<string, { svg(theme: string): string }> }).views[name!]!.svg(theme!),
      [view, theme],
    );

  test("500 checkpoints of 3 seeds and 4 layers need fewer than 400 elements in the plane", async () => {
    const { page, complaints } = await open(reportData(runFixture({ layers: LAYERS, checkpoints: 500, every: 6 })));
    expect(await page.locator("#plane *").count()).toBeLessThan(400);
    expect(await page.locator("#plane .dot").count()).toBe(12);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("a run that grows is followed at its end, and stays where the reader is elsewhere", async () => {
    const all = runFixture({ layers: LAYERS, checkpoints: 12 });
    const upTo = (epoch: number) =>
      reportData({
        ...all,
        measurements: all.measurements.filter((row) => row.epoch <= epoch),
        training: all.training.filter((row) => row.epoch <= epoch),
      });
    const { page, complaints } = await open(upTo(200));
    const grow = (data: ReportData) =>
      page.evaluate(
        (run) => (window as unknown as { store: { setData(data: unknown): void } }).store.setData(run),
        data,
      );
    expect((await state(page)).position).toBe(4);
    await grow(upTo(300));
    expect((await state(page)).position).toBe(6);
    await page.evaluate(() => (window as unknown as { store: { set(part: object): void } }).store.set({ position: 2 }));
    await grow(upTo(550));
    expect((await state(page)).position).toBe(2);
    expect(await page.locator("#plane .dot").first().getAttribute("aria-label")).toMatch(/^layer \d, seed \d, EI /);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("another moment is shown without new elements, and with no change but to what moves", async () => {
    const { page } = await open(reportData(runFixture({ layers: LAYERS, checkpoints: 500, every: 6 })));
    const changes = await page.evaluate(async () => {
      const { store } = window as unknown as { store: { set(part: object): void } };
      let [elements, grounds] = [0, 0];
      const seen = new MutationObserver((records) => {
        for (const { addedNodes, target } of records) {
          elements += [...addedNodes].filter((node) => node instanceof Element).length;
          if ((target as Element).closest("svg.layer:not(.top)") !== null) grounds++;
        }
      });
      for (const id of ["plane", "strip"])
        seen.observe(document.getElementById(id)!, { subtree: true, childList: true, attributes: true });
      for (let position = 0; position < 20; position++) store.set({ position });
      await new Promise((resolve) => setTimeout(resolve));
      return { elements, grounds };
    });
    expect(changes).toEqual({ elements: 0, grounds: 0 });
    await page.close();
  });

  test("a view that is not seen is not drawn until it is, or until a file is made of it", async () => {
    const all = runFixture({ layers: LAYERS, checkpoints: 12 });
    const part = { ...all, measurements: all.measurements.filter((row) => row.epoch <= 200) };
    const { page, complaints } = await open(reportData({ ...part, training: [] }));
    const hide = (hidden: boolean) =>
      page.evaluate(async (hidden) => {
        for (const id of ["plane", "strip"]) document.getElementById(id)!.hidden = hidden;
        // Two frames: sizes are told between them.
        for (let k = 0; k < 2; k++) await new Promise(requestAnimationFrame);
      }, hidden);
    await hide(true);
    const drawn = await page.evaluate(async (run) => {
      const { store } = window as unknown as { store: { setData(data: unknown): void; set(part: object): void } };
      let changes = 0;
      const seen = new MutationObserver((records) => {
        changes += records.length;
      });
      for (const id of ["plane", "strip"])
        seen.observe(document.getElementById(id)!, { subtree: true, childList: true, attributes: true });
      store.setData(run);
      store.set({ position: 3 });
      store.set({ axes: "paper" });
      await new Promise((resolve) => setTimeout(resolve));
      seen.disconnect();
      return changes;
    }, reportData(all));
    expect(drawn).toBe(0);
    expect(await file(page, "strip", "light")).toContain("epoch 150");
    await hide(false);
    expect(await page.locator("#plane svg.top").getAttribute("aria-label")).toMatch(/^Causal plane at epoch 150, /);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("a wire is picked by pointing near it, and by the keyboard from unit to unit", async () => {
    const { page, complaints } = await open(reportData(runFixture({ layers: LAYERS, checkpoints: 3 })));
    await page.locator('#network [data-unit="2/0"]').focus();
    await page.keyboard.press("Enter");
    expect((await state(page)).pinned).toEqual({ kind: "unit", layer: 1, unit: 0 });
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    expect((await state(page)).pinned).toEqual({ kind: "wire", layer: 2, from: 0, to: 1 });
    const [from, to] = await Promise.all(
      ["2/0", "3/0"].map(async (unit) => (await page.locator(`#network [data-unit="${unit}"] circle`).boundingBox())!),
    );
    // A wire between units of one height is straight.
    await page.mouse.move((from!.x + to!.x + to!.width) / 2, from!.y + from!.height / 2 + 1);
    expect((await state(page)).hovered).toEqual({ kind: "wire", layer: 2, from: 0, to: 0 });
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("a cell of the image is the wire into the unit that is pinned", async () => {
    const { page } = await open(reportData(runFixture({ layers: LAYERS, checkpoints: 3 })));
    await page.locator('#network [data-unit="1/2"]').click();
    const box = (await page.locator("#network .inputs").boundingBox())!;
    await page.mouse.move(box.x + 0.55 * box.width, box.y + 0.05 * box.height);
    const { hovered } = await state(page);
    expect(hovered).toMatchObject({ kind: "wire", layer: 0, to: 2 });
    expect((hovered as { from: number }).from).toBeLessThan(5);
    await page.close();
  });

  test("buttons over the network ask for units and layers, with names", async () => {
    const { page } = await open(reportData(runFixture({ layers: LAYERS, checkpoints: 3 })));
    await page.getByRole("button", { name: "Add a unit to layer 2" }).click();
    await page.getByRole("button", { name: "Remove a hidden layer" }).click();
    expect(await page.evaluate(() => (window as unknown as { said: string[] }).said)).toEqual(["unit 2 1", "layer -1"]);
    await page.close();
  });

  test("every view writes a standalone file in both themes", async () => {
    const { page, complaints } = await open(reportData(runFixture({ layers: LAYERS, checkpoints: 5, wide: true })));
    for (const theme of ["light", "dark"])
      for (const view of ["plane", "strip", "network", "edge", "surface", "small"]) {
        const svg = await file(page, view, theme);
        expect([view, /NaN|undefined|Infinity|var\(/.exec(svg)]).toEqual([view, null]);
        expect(svg).toContain(theme === "light" ? 'fill="#ffffff"' : 'fill="#14171b"');
        const errors = await page.evaluate(
          (text) => new DOMParser().parseFromString(text, "image/svg+xml").querySelectorAll("parsererror").length,
          svg,
        );
        expect([view, errors]).toEqual([view, 0]);
      }
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("the heads of the table say what each measure is", async () => {
    const { page } = await open(reportData(runFixture({ layers: LAYERS, checkpoints: 3 })));
    const titles = await page
      .locator("#table thead th")
      .evaluateAll((heads) => heads.map((head) => head.getAttribute("title") ?? ""));
    expect(titles).toEqual([
      "",
      ...[/^Effective information: /, /at rest/, /overlap/, /^EI − EI_parts: /].map((part) =>
        expect.stringMatching(part),
      ),
    ]);
    await page.close();
  });

  test("a network's file has round units, no room for buttons, and the moment in its title", async () => {
    const { page } = await open(reportData(runFixture({ layers: LAYERS, checkpoints: 5 })));
    const [network, small] = await Promise.all(["network", "small"].map((view) => file(page, view, "light")));
    expect(network).toContain("<title>iris: network, sensitivity (bits), epoch 200</title>");
    expect(network).toMatch(/^<svg [^>]*height="270"/);
    expect(network).not.toContain("clipPath");
    expect(small).toMatch(/^<svg [^>]*height="220"/);
    const images = small!.match(/<image [^>]*>/g)!;
    expect(images).toHaveLength(6);
    for (const image of images) expect(image).toContain('clip-path="url(#round)"');
    expect(small!.match(/<clipPath id="round"/g)).toHaveLength(1);
    await page.close();
  });

  test("a view that is taken out leaves nothing behind", async () => {
    const { page, complaints } = await open(reportData(runFixture({ layers: LAYERS, checkpoints: 3 })));
    await page.evaluate(() => {
      const { views, store } = window as unknown as {
        views: Record<string, { destroy(): void }>;
        store: { set(part: object): void };
      };
      for (const view of Object.values(views)) view.destroy();
      store.set({ position: 0 });
    });
    expect(await page.locator(".view").count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test.each(["light", "dark"] as const)(
    "a phone shows all of them in the %s theme without scrolling sideways",
    async (colorScheme) => {
      const options = { viewport: { width: 390, height: 844 }, colorScheme };
      const { page, complaints } = await open(reportData(runFixture({ layers: LAYERS, checkpoints: 5 })), options);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
      expect(complaints).toEqual([]);
      await page.close();
    },
  );
});
