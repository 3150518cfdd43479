/** Web Workers in a browser: the same bytes as Node, with and without memory that threads share. */
import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { here } from "../../src/engines/pool.ts";
import { bitsOf } from "./bytes.ts";
import { samples } from "./samples.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const missing = !existsSync(CHROMIUM);
const title = missing ? `Web Workers (skipped: no Chromium at ${CHROMIUM}; set CHROMIUM)` : "Web Workers in a browser";

describe.skipIf(missing)(title, () => {
  let browser: Browser;
  let server: Server;

  beforeAll(async () => {
    const { outputFiles } = await build({
      absWorkingDir: root,
      entryPoints: {
        page: "test/parallel/page.ts",
        "web-worker": "src/parallel/web-worker.ts",
        "test-web-worker": "test/parallel/test-web-worker.ts",
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

  async function opened(query: string): Promise<Page> {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/${query}`);
    await page.waitForFunction(() => "run" in window);
    return page;
  }

  /** Calls a function that the page put on its window. */
  const call = (page: Page, name: string, ...args: unknown[]) =>
    page.evaluate(
      ([name, args]) => (window as unknown as Record<string, (...args: unknown[]) => unknown>)[name]!(...args),
      [name, args] as const,
    );

  test.each([
    ["with shared memory", "?isolated", true],
    ["without shared memory", "", false],
  ])("0, 1, 2 and 8 workers give the bytes of Node, %s", async (_, query, isolated) => {
    const page = await opened(query);
    expect(await call(page, "isolated")).toBe(isolated);
    const expected: string[] = [];
    for (const { task, job, shards } of samples()) {
      expected.push(bitsOf(await here.run(task, job as never, shards as never[])));
    }
    expect(await call(page, "alone")).toEqual(expected);
    for (const workers of [0, 1, 2, 8]) expect(await call(page, "run", workers), `${workers}`).toEqual(expected);
    await page.close();
  });

  test("a run that is cancelled ends with the signal's reason, and the pool goes on", async () => {
    const page = await opened("");
    expect(await call(page, "cancelled")).toEqual(["enough", ((await call(page, "alone")) as string[])[0]]);
    await page.close();
  });

  test("the shard of a worker that dies is done by another one; twice is an error", async () => {
    const page = await opened("?isolated");
    expect(await call(page, "fragile", 1)).toEqual([
      [0, 1, 4, 9],
      [1, 1, 2, 1],
    ]);
    const [message, tries] = (await call(page, "fragile", 9)) as [string, number[]];
    expect(message).toMatch(/^fragile: .*; got 2 that died at shard 3 of 4 \(.*nobody catches this\)/);
    expect(tries[2]).toBe(2);
    await page.close();
  });

  test("there is a worker for each core unless another number is asked", async () => {
    const page = await opened("");
    expect(await call(page, "defaultWorkers")).toBe(await page.evaluate(() => navigator.hardwareConcurrency));
    await page.close();
  });

  test("errors come back as what they are, and none is waited for", async () => {
    const page = await opened("");
    expect(await call(page, "unknownTask")).toEqual([
      "InvalidInputError",
      "InvalidInputError",
      expect.stringContaining("a task that workers know: measureLayer"),
    ]);
    expect(await call(page, "wrongInput")).toEqual([
      "InvalidInputError",
      "InvalidInputError",
      expect.stringContaining("tolerance, a number of bits above 0; got -1"),
    ]);
    expect((await call(page, "notSent")) as string[]).toContain("DataCloneError");
    expect(await call(page, "noWorker")).toEqual([
      "WorkerDiedError",
      "WorkerDiedError",
      expect.stringMatching(/^measureLayer: expected a worker that answers; got 2 that died at shard 1 of \d+ \(/),
    ]);
    await page.close();
  });
});
