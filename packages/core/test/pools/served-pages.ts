/** Chromium with a page that can run the samples by Web Workers, with and without memory that threads share. */

import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { CHROMIUM, launchChromium, missing, type Served, serve } from "../../../../test/chromium.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
export const title = missing
  ? `Web Workers (skipped: no Chromium at ${CHROMIUM}; set CHROMIUM)`
  : "Web Workers in a browser";

/** What a page answers with (query), and whether its threads share memory. */
export const PAGES: readonly [string, string, boolean][] = [
  ["with shared memory", "?isolated", true],
  ["without shared memory", "", false],
];

/** To be called in a `describe`: starts before its tests, ends after them. Gives what opens a page. */
export function servedPages(): (query: string) => Promise<Page> {
  let browser: Browser;
  let server: Served | undefined;

  beforeAll(async () => {
    const { outputFiles } = await build({
      absWorkingDir: root,
      entryPoints: {
        page: "packages/core/test/pools/page.ts",
        "web-worker": "packages/core/src/pools/web-worker.ts",
        engine: "packages/core/test/pools/engine.ts",
        "test-web-worker": "packages/core/test/pools/test-web-worker.ts",
      },
      outdir: "served",
      bundle: true,
      write: false,
      format: "esm",
      target: "es2022",
      tsconfigRaw: {},
    });
    const scripts = new Map(outputFiles.map(({ path, text }) => [`/${path.split("/").at(-1)}`, text]));
    server = await serve(({ url = "/" }, response) => {
      const { pathname, searchParams } = new URL(url, "http://localhost");
      const script = scripts.get(pathname);
      response.setHeader("Content-Type", script === undefined ? "text/html" : "text/javascript");
      if (searchParams.has("isolated") || script !== undefined) {
        response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
        response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
      }
      if (script === undefined && pathname !== "/") response.statusCode = 404;
      response.end(
        script ?? `<!doctype html><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>`,
      );
    });
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  return async (query) => {
    const page = await browser.newPage();
    page.setDefaultTimeout(0);
    await page.goto(`${server!.address}${query}`);
    await page.waitForFunction(() => "run" in window);
    return page;
  };
}

/** Calls a function that the page put on its window. */
export const call = (page: Page, name: string, ...args: unknown[]) =>
  page.evaluate(
    ([name, args]) => (window as unknown as Record<string, (...args: unknown[]) => unknown>)[name]!(...args),
    [name, args] as const,
  );
