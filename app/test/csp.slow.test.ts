/** The page under the headers of strict hosts: what it must do without changes no bit of what it finds. */
import { describe, expect, test } from "vitest";
import { fingerprint, memoryStorage, performStudy } from "../../packages/runs/src/index.ts";
import { study } from "../../packages/studies/src/index.ts";
import { missing } from "../../test/chromium.ts";
import { once } from "../../test/once.ts";
import { appInChromium, finished, inChromium, status, withoutOwnPolicy, XOR, XOR_OPTIONS } from "./browser.ts";

const policy = (scripts: string) => ({
  "Content-Security-Policy": `default-src 'none'; script-src ${scripts}; worker-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
});
const expected = once(async () => {
  const run = await performStudy(await study("train"), "run", { options: XOR_OPTIONS, storage: memoryStorage() });
  return `result ${fingerprint(run).slice(0, 16)}`;
});
const SLOW = "WebAssembly is not allowed here: plain TypeScript, about 5 times slower, the same values";

describe.skipIf(missing)(inChromium("under a strict policy"), () => {
  const { opened } = appInChromium({ headers: policy("'self' 'wasm-unsafe-eval'"), html: withoutOwnPolicy });

  test("the page does all it does, without a violation", async () => {
    const { page, complaints } = await opened(XOR);
    await finished(page);
    expect(await status(page)).toContain(await expected());
    expect(await page.locator(".banner").count()).toBe(0);
    // What keeps the page for when there is no network is under the policy as well.
    await page.waitForFunction(async () => (await navigator.serviceWorker.ready).active !== null);
    expect(complaints).toEqual([]);
    await page.close();
  });
});

describe.skipIf(missing)(inChromium("under a policy that forbids WebAssembly"), () => {
  const { opened } = appInChromium({ headers: policy("'self'"), html: withoutOwnPolicy });

  test("the page says that it is slower, and finds the same to the last bit", async () => {
    const { page, complaints } = await opened(XOR);
    const notice = page.getByRole("region", { name: "Notice" }).filter({ hasText: SLOW });
    await notice.waitFor();
    await finished(page);
    expect(await status(page)).toContain(await expected());
    await notice.getByRole("button", { name: "Dismiss" }).click();
    expect(await page.locator(".banner").count()).toBe(0);
    // The library says so for those who program, and the browser of what it refused.
    expect(complaints.filter((words) => !/WebAssembly|wasm-eval/.test(words))).toEqual([]);
    await page.close();
  });
});

describe.skipIf(missing)(inChromium("isolated from other origins"), () => {
  const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };
  const { opened } = appInChromium({ headers });

  test("the page finds the same to the last bit", async () => {
    const { page, complaints } = await opened(XOR);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await finished(page);
    expect(await status(page)).toContain(await expected());
    expect(complaints).toEqual([]);
    await page.close();
  });
});
