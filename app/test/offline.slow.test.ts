/** The page without a network, and what of it a new version replaces. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { missing } from "../../test/chromium.ts";
import { appInChromium, built, finished, inChromium, serveBuilt, status, XOR } from "./browser.ts";

const { opened, browser } = appInChromium();

/** Waits until the worker has all files, and the page. */
const isKept = (page: Page) =>
  page.waitForFunction(async () => {
    await navigator.serviceWorker.ready;
    return navigator.serviceWorker.controller?.state === "activated";
  });

describe.skipIf(missing)(inChromium("the page without a network"), () => {
  test("opens again, trains what was not trained before, and saves it", async () => {
    const { page, complaints } = await opened();
    await isKept(page);
    await page.context().setOffline(true);
    await page.reload();
    await page.locator(".plane .dot").first().waitFor();
    await page.evaluate((hash) => {
      location.hash = hash;
    }, XOR);
    await page.locator(".legend", { hasText: "L1 2→3" }).waitFor();
    await finished(page);
    expect(await status(page)).toMatch(/^Done/);
    await page.getByRole("button", { name: "Export" }).click();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "The whole run" }).click();
    const zip = unzipSync(readFileSync(await (await download).path()));
    expect(Object.keys(zip).filter((path) => path.endsWith("measurements.parquet"))).toHaveLength(1);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("is the new version at the next visit, and keeps nothing of the old one", async () => {
    let version = "old";
    const server = await serveBuilt({
      html: (text) => text.replace("<title>Causalscope", `<title>${version}`),
      worker: (text) => text.replace(/const VERSION = "\w+"/, `const VERSION = "${version}"`),
    });
    const context = await browser().newContext();
    const visit = async () => {
      const page = await context.newPage();
      page.setDefaultTimeout(0);
      await page.goto(server.address);
      await isKept(page);
      return page;
    };
    const caches = (page: Page) => page.evaluate(() => window.caches.keys());
    const first = await visit();
    expect(await caches(first)).toEqual([`causalscope ${server.address} old`]);
    await first.close();

    version = "new";
    const second = await visit();
    expect(await second.title()).toBe("new");
    let loads = 0;
    second.on("load", () => loads++);
    await second.evaluate(async () => {
      const found = await navigator.serviceWorker.getRegistration();
      await found?.update();
    });
    // It has the page only when nobody looks at the old one.
    await second.waitForFunction(async () => {
      const found = await navigator.serviceWorker.getRegistration();
      return found?.waiting?.state === "installed";
    });
    expect(loads).toBe(0);
    await second.close();
    // Until the browser has noticed that nobody does, it may take another visit.
    let names: string[] = [];
    for (let visits = 0; visits < 100 && names.length !== 1; visits++) {
      const next = await visit();
      names = await caches(next);
      await next.close();
    }
    expect(names).toEqual([`causalscope ${server.address} new`]);
    await context.close();
    server.close();
  });

  test("keeps all files but images to learn from, and no file of another version", () => {
    const text = readFileSync(join(built, "sw.js"), "utf8");
    const files = JSON.parse(/const FILES = (\[.*\]);/.exec(text)![1]!) as string[];
    for (const wanted of ["./", "icon.svg", "manifest.webmanifest", "examples/iris.run.zip"])
      expect(files).toContain(wanted);
    expect(files.some((file) => file.startsWith("assets/engine.worker-"))).toBe(true);
    for (const file of files) readFileSync(join(built, file === "./" ? "index.html" : file));
    expect(text).not.toMatch(/https?:/);
  });
});
