import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHROMIUM, launchChromium, missing } from "../../../test/chromium.ts";
import type { RunData } from "../../runs/src/row-tables.ts";
import { reportHtml } from "../src/html.ts";
import { IRIS_LAYERS, runFixture } from "./fixture.ts";

const title = missing
  ? `the report in a browser (skipped: no Chromium at ${CHROMIUM}; set CHROMIUM)`
  : "the report in a browser";

describe.skipIf(missing)(title, () => {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    browser = await launchChromium();
    folder = mkdtempSync(join(tmpdir(), "causalscope-report-"));
  });

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  async function openReport(
    run: RunData,
    options: BrowserContextOptions = {},
  ): Promise<{ page: Page; complaints: string[] }> {
    const file = join(folder, "report.html");
    writeFileSync(file, reportHtml(run));
    const page = await browser.newPage({ viewport: { width: 1200, height: 900 }, ...options });
    page.setDefaultTimeout(0);
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("request", (request) => {
      if (!/^(file|data):/.test(request.url())) complaints.push(`request: ${request.url()}`);
    });
    await page.goto(pathToFileURL(file).href);
    return { page, complaints };
  }

  /** Its time goes on only by what it is told, in milliseconds: how fast the machine is does not matter. */
  async function stoppedClock(page: Page): Promise<(ms: number) => Promise<void>> {
    await page.clock.install({ time: 0 });
    await page.clock.pauseAt(1000);
    return (ms) => page.clock.runFor(ms);
  }

  const dot = (page: Page, seed: number, layer: number) =>
    page.locator(`.dot[data-seed="${seed}"][data-layer="${layer}"]`);
  const place = (one: Locator) => one.getAttribute("transform");
  const moment = async (page: Page) => (await page.locator("#moment").textContent())!;

  test("it opens from a file at the last epoch with a point per layer and seed, without errors or requests", async () => {
    const { page, complaints } = await openReport(runFixture());
    expect(await page.locator(".dot:visible").count()).toBe(9);
    expect(await moment(page)).toBe("epoch 4000");
    expect(await page.locator("#values tbody tr").count()).toBe(3);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("the slider moves the points, the cursors and the table", async () => {
    const { page, complaints } = await openReport(runFixture());
    const seen = async () => [
      await place(dot(page, 1, 2)),
      await page.locator("#ei .cursor").getAttribute("transform"),
      await page.locator("#values").textContent(),
      await page.locator("#learned").textContent(),
    ];
    const before = await seen();
    await page.locator("#epoch").fill("3");
    const after = await seen();
    expect(await moment(page)).toBe("epoch 150");
    for (const [i, value] of after.entries()) expect(value).not.toBe(before[i]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("play advances and stops at the end; pause stops at a checkpoint", async () => {
    const { page } = await openReport(runFixture({ checkpoints: 13 }));
    const button = page.locator("#play");
    const pass = await stoppedClock(page);
    await button.click();
    expect(await button.textContent()).toBe("Pause");
    await pass(500);
    expect(await moment(page)).not.toBe("epoch 0");
    expect(await moment(page)).not.toBe("epoch 600");
    await button.click();
    const stopped = await moment(page);
    const held = await place(dot(page, 0, 0));
    await pass(600);
    expect(await moment(page)).toBe(stopped);
    expect(await place(dot(page, 0, 0))).toBe(held);
    await button.click();
    await pass(30_000);
    expect(await moment(page)).toBe("epoch 600");
    expect(await button.textContent()).toBe("Play");
    await page.close();
  });

  test("space plays and pauses, arrows step, Home and End jump", async () => {
    const { page } = await openReport(runFixture());
    await page.keyboard.press("Home");
    expect(await moment(page)).toBe("epoch 0");
    await page.keyboard.press("ArrowRight");
    expect(await moment(page)).toBe("epoch 50");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("End");
    expect(await moment(page)).toBe("epoch 4000");
    await page.keyboard.press("Home");
    const pass = await stoppedClock(page);
    await page.keyboard.press("Space");
    await pass(500);
    expect(await moment(page)).not.toBe("epoch 0");
    expect(await page.locator("#play").textContent()).toBe("Pause");
    await page.keyboard.press("Space");
    expect(await page.locator("#play").textContent()).toBe("Play");
    await page.locator("#epoch").focus();
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowRight");
    expect(await moment(page)).toBe("epoch 50");
    await page.close();
  });

  test("hover and keyboard focus show the point's name, epoch, five measures with errors, and warnings", async () => {
    const { page } = await openReport(runFixture({ warnings: "bins are <coarse>" }));
    const tip = page.locator(".tip");
    expect(await tip.isVisible()).toBe(false);
    await dot(page, 2, 1).hover();
    const hovered = (await tip.locator("strong, span").allTextContents()).join("\n");
    for (const line of [
      /^layer \d, seed \d, epoch 4000$/m,
      /^EI \d+\.\d{3} ± \d\.\d{3} bits$/m,
      /^EI_parts \d+\.\d{3} \(exact\) bits$/m,
      /^sensitivity \d+\.\d{3} \(exact\) bits$/m,
      /^degeneracy −?\d+\.\d{3} ± \d\.\d{3} bits$/m,
      /^φ −?\d+\.\d{3} ± \d\.\d{3} bits$/m,
      /^Warning: bins are <coarse>$/m,
    ]) {
      expect(hovered).toMatch(line);
    }
    await page.mouse.move(5, 5);
    expect(await tip.isVisible()).toBe(false);
    await dot(page, 0, 2).focus();
    expect(await tip.textContent()).toContain("layer 3, seed 0, epoch 4000");
    await page.keyboard.press("Escape");
    expect(await tip.isVisible()).toBe(false);
    await page.close();
  });

  test("the plane is one stop for Tab; arrow keys move between its points, which say what they are", async () => {
    const { page } = await openReport(runFixture());
    expect(await page.locator('.dot[tabindex="0"]').count()).toBe(1);
    await dot(page, 0, 1).focus();
    const said = () => page.evaluate(() => document.activeElement!.getAttribute("aria-label"));
    expect(await said()).toMatch(/^layer 2, seed 0, EI \d\.\d\d plus or minus 0\.02 bits, degeneracy \d\.\d$/);
    const seen = new Set([await said()]);
    for (let k = 0; k < 8; k++) {
      await page.keyboard.press(k % 2 === 0 ? "ArrowRight" : "ArrowDown");
      seen.add(await said());
    }
    expect(seen.size).toBe(9);
    expect(await moment(page)).toBe("epoch 4000");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    expect(await page.locator("#values tr.active").count()).toBe(1);
    expect(await page.evaluate(() => document.activeElement!.closest(".plane"))).toBe(null);
    await page.close();
  });

  test("buttons turn the plane to the paper's axes and show the seeds of a layer as a band", async () => {
    const { page, complaints } = await openReport(runFixture());
    const titles = () => page.locator("#plane svg text").allTextContents();
    expect(await titles()).toContain("EI = sensitivity − degeneracy (bits) →");
    const rotated = await place(dot(page, 0, 1));
    await page.getByRole("button", { name: "Paper" }).click();
    expect(await titles()).toContain("sensitivity (bits)");
    expect(await place(dot(page, 0, 1))).not.toBe(rotated);
    expect(await page.locator(".band").count()).toBe(await page.locator("#ei .band, #phi .band").count());
    await page.getByRole("button", { name: "Band of seeds" }).click();
    expect(await page.locator("#plane .band").count()).toBe(3);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("each view exports what it shows as SVG, PNG and CSV", async () => {
    const { page, complaints } = await openReport(runFixture({ checkpoints: 3 }));
    const saved = async (ending: string) => {
      await page.locator("#plane-export summary").click();
      const download = page.waitForEvent("download");
      await page.locator("#plane-export").getByRole("button", { name: ending }).click();
      const found = await download;
      expect(found.suggestedFilename()).toBe(`causal-plane.${ending.toLowerCase()}`);
      return readFileSync(await found.path());
    };
    const svg = String(await saved("SVG"));
    expect(svg).toMatch(/^<svg xmlns="[^"]+" width="\d+/);
    for (const words of ["iris, epoch 100", "L1 4→5", "±2 SE of measuring"]) expect(svg).toContain(words);
    expect(svg).not.toMatch(/NaN|undefined|var\(/);
    const png = await saved("PNG");
    expect(png.subarray(1, 4).toString()).toBe("PNG");
    expect(png.readUInt32BE(16)).toBe(2 * Number(/width="(\d+)/.exec(svg)![1]));
    const csv = String(await saved("CSV"))
      .trim()
      .split("\n");
    expect(csv[0]).toMatch(/^seed,epoch,layer,ei,eiStandardError,/);
    expect(csv.length).toBe(1 + 3 * 3 * 3);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("a bracket that tells more than the error is a light box behind the errors, in the tip and under a single value", async () => {
    const { page, complaints } = await openReport(
      runFixture({ wide: true, seeds: [0, 1], checkpoints: 21, every: 200 }),
    );
    /** Width and height of a path "M left,top H right …". */
    const size = async (part: string, layer: number) => {
      const one = page.locator(`.dot[data-seed="0"][data-layer="${layer}"] .${part}`);
      return one.evaluate((path) => {
        const { width, height } = (path as SVGPathElement).getBBox();
        return { width, height };
      });
    };
    await page.locator("#axes").click();
    for (const epoch of ["20", "3"]) {
      await page.locator("#epoch").fill(epoch);
      const [light, bars] = [await size("bracket", 0), await size("error", 0)];
      // 1.6 bits and 2 errors of both ends, against 2 · 2 · 0.25 bits.
      expect(light.width / bars.width).toBeCloseTo((1.6 + 2 * 0.15) / (2 * 2 * 0.25), 1);
      expect(light.height).toBe(10);
      expect((await size("bracket", 2)).height).toBeGreaterThan(light.height);
    }
    await dot(page, 0, 1).focus();
    expect(await page.locator(".tip").textContent()).toMatch(
      /EI \d\.\d+ ± 0\.250 bits, bracket \[[^\]]+\s±\s0\.050,\s[^\]]+\s±\s0\.100\]/,
    );
    expect(await page.locator("#values").textContent()).not.toContain("[");
    await page.locator("#table-seed").selectOption("seed 1");
    expect(await page.locator("#values small").count()).toBe(9);
    expect(complaints).toEqual([]);
    await page.close();
    const plain = await openReport(runFixture({ checkpoints: 3 }));
    expect(await plain.page.locator('.bracket:not([d=""])').count()).toBe(0);
    await plain.page.close();
  });

  test("pressing and dragging on a curve moves the moment", async () => {
    const { page } = await openReport(runFixture());
    await page.locator("#accuracy .strip").scrollIntoViewIfNeeded();
    const box = (await page.locator("#accuracy .strip").boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.4, box.y + 40);
    await page.mouse.down();
    const pressed = Number((await moment(page)).slice(6));
    await page.mouse.move(box.x + box.width * 0.7, box.y + 40);
    const dragged = Number((await moment(page)).slice(6));
    await page.mouse.up();
    await page.mouse.move(box.x + box.width * 0.5, box.y + 40);
    expect(pressed).toBeGreaterThan(0);
    expect(dragged).toBeGreaterThan(pressed);
    expect(Number((await moment(page)).slice(6))).toBe(dragged);
    await page.close();
  });

  test("boxes switch layers and seeds, and the table follows its seed", async () => {
    const { page } = await openReport(runFixture());
    const mean = await page.locator("#values").textContent();
    await page.getByLabel("seed 2", { exact: true }).uncheck();
    expect(await page.locator(".dot").count()).toBe(6);
    expect(await page.locator("#values").textContent()).not.toBe(mean);
    await page.getByRole("checkbox", { name: "layer 1" }).uncheck();
    expect(await page.locator(".dot").count()).toBe(4);
    expect(await page.locator("#phi .mean").count()).toBe(2);
    await page.locator("#table-seed").selectOption("seed 1");
    expect(await page.locator("#values small").count()).toBe(0);
    for (const name of ["seed 0", "seed 1"]) await page.getByLabel(name, { exact: true }).uncheck();
    expect(await page.locator(".dot").count()).toBe(0);
    await page.close();
  });

  test("the page is light or dark as the system is, until the button says otherwise", async () => {
    const ground = (page: Page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await openReport(runFixture({ checkpoints: 3 }), { colorScheme: "light" });
    const white = await ground(light.page);
    await light.page.locator("#theme").click();
    const black = await ground(light.page);
    expect(white).toBe("rgb(255, 255, 255)");
    expect(black).not.toBe(white);
    await light.page.locator("#theme").click();
    expect(await ground(light.page)).toBe(white);
    await light.page.close();
    const dark = await openReport(runFixture({ checkpoints: 3 }), { colorScheme: "dark" });
    expect(await ground(dark.page)).toBe(black);
    await dark.page.emulateMedia({ media: "print" });
    expect(await ground(dark.page)).toBe(white);
    await dark.page.close();
  });

  test("with reduced motion the points step from checkpoint to checkpoint", async () => {
    const { page } = await openReport(runFixture({ checkpoints: 4 }), { reducedMotion: "reduce" });
    const places = new Set<string | null>();
    for (const step of ["0", "1", "2", "3"]) {
      await page.locator("#epoch").fill(step);
      places.add(await place(dot(page, 0, 2)));
    }
    const pass = await stoppedClock(page);
    await page.locator("#play").click();
    const seen = new Set<string | null>();
    for (let k = 0; k < 30; k++) {
      seen.add(await place(dot(page, 0, 2)));
      await pass(50);
    }
    expect(seen.size).toBeGreaterThan(1);
    for (const one of seen) expect(places).toContain(one);
    await page.close();
  });

  test("a phone shows the whole page without scrolling sideways", async () => {
    const name = "a".repeat(80);
    const layers = [...IRIS_LAYERS, { ...IRIS_LAYERS[0]!, name }];
    const { page, complaints } = await openReport(runFixture({ layers, checkpoints: 9 }), {
      viewport: { width: 390, height: 844 },
    });
    await dot(page, 0, 0).hover();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await page.setViewportSize({ width: 900, height: 800 });
    await page.waitForFunction(
      () => document.querySelector("#plane svg")!.getAttribute("viewBox")!.split(" ")[2]! > "600",
    );
    expect(complaints).toEqual([]);
    await page.close();
  });

  test.each([
    ["one of everything", { seeds: [0], checkpoints: 1, layers: IRIS_LAYERS.slice(0, 1) }, 1],
    ["more layers than colours", { checkpoints: 2, layers: [...IRIS_LAYERS, ...IRIS_LAYERS, ...IRIS_LAYERS] }, 27],
    ["negative degeneracy everywhere", { lost: 30, checkpoints: 5 }, 9],
    ["hundreds of checkpoints", { seeds: [0], checkpoints: 400, every: 10 }, 3],
  ])("it shows a run with %s", async (_, options, points) => {
    const { page, complaints } = await openReport(runFixture(options));
    expect(await page.locator(".dot:visible").count()).toBe(points);
    expect(/NaN|Infinity|undefined/.test(await page.locator("main").innerHTML())).toBe(false);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("names with markup in them are shown as they are", async () => {
    const name = `<img src=x onerror="document.title='broken'"> & co`;
    const layers = IRIS_LAYERS.map((layer) => ({ ...layer, name }));
    const { page, complaints } = await openReport({ ...runFixture({ layers, checkpoints: 2 }), study: name });
    expect(await page.locator("#values tbody th").first().textContent()).toBe(name);
    expect(await page.title()).toContain(name);
    expect(await page.locator("img").count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("a seed that has not come so far has no point there, and the values say so", async () => {
    const run = runFixture({ seeds: [0, 1], checkpoints: 5 });
    const cut = { ...run, measurements: run.measurements.filter((row) => row.seed === 0 || row.epoch <= 100) };
    const { page } = await openReport(cut);
    expect(await page.locator(".dot:visible").count()).toBe(3);
    expect(await page.locator("#values td").first().textContent()).toBe("not measured");
    await page.locator("#epoch").fill("2");
    expect(await page.locator(".dot:visible").count()).toBe(6);
    await page.close();
  });
});
