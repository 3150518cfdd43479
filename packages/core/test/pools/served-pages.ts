/** Chromium with a page that can run the samples by Web Workers, with and without memory that threads share. */
import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
export const missing = !existsSync(CHROMIUM);
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
  let server: Server;

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
    server = createServer(({ url = "/" }, response) => {
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
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
    });
  });

  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  return async (query) => {
    const page = await browser.newPage();
    page.setDefaultTimeout(0);
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/${query}`);
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
