/** The app's main path in Firefox: the same page, and the same bits. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fingerprint, memoryStorage, performStudy } from "../../packages/runs/src/index.ts";
import { study } from "../../packages/studies/src/index.ts";
import type { Served } from "../../test/chromium.ts";
import { FIREFOX, type FirefoxPage, noFirefox, openFirefox } from "../../test/firefox.ts";
import { serveBuilt, XOR, XOR_OPTIONS } from "./browser.ts";

const title = `Firefox (skipped: none at ${FIREFOX}; install firefox-esr, or set FIREFOX)`;

describe.skipIf(noFirefox)(noFirefox ? title : "Firefox", () => {
  let server: Served;
  let page: FirefoxPage;
  beforeAll(async () => {
    server = await serveBuilt();
    page = await openFirefox();
  });
  afterAll(async () => {
    await page?.close();
    server?.close();
  });

  test("shows a run that moves when the page is opened", async () => {
    await page.goto(server.address);
    await page.until('document.querySelector(".plane .dot") !== null');
    const epoch = 'document.querySelector(".transport output").textContent';
    const first = await page.evaluate<string>(epoch);
    await page.until(`${epoch} !== ${JSON.stringify(first)}`);
  });

  test("learns what the library learns, to the last bit, without an error or a request to anywhere", async () => {
    await page.goto(`${server.address}?${XOR}`);
    // Not the status of the page before.
    await page.until('[...document.querySelectorAll(".legend")].some((each) => /2→3/.test(each.textContent))');
    await page.until('/^(?:Done|Failed|Stopped)$/.test(document.querySelector(".status strong")?.textContent ?? "")');
    const expected = await performStudy(await study("train"), "run", {
      options: XOR_OPTIONS,
      storage: memoryStorage(),
    });
    const status = await page.evaluate<string>('document.querySelector(".status").textContent');
    expect(status).toContain(`result ${fingerprint(expected).slice(0, 16)}`);
    expect(page.console).toEqual([]);
    expect(page.requests.length).toBeGreaterThan(0);
    expect(page.requests.filter((url) => !url.startsWith(server.address) && /^https?:/.test(url))).toEqual([]);
  });
});
