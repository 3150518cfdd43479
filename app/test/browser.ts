/** What the tests in browsers share: the built page, served; pages of it, and what they complain of. */
import { existsSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { CHROMIUM, launchChromium, missing, type Served, serve } from "../../test/chromium.ts";

export const root = fileURLToPath(new URL("../../", import.meta.url));
/** The page as it was built: `npm run test:slow` does so before all tests, since several files of tests look at it at a time. */
export const built = `${root}packages/cli/dist/app`;
const TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".css": "text/css",
  ".html": "text/html",
  ".svg": "image/svg+xml",
  ".webmanifest": "application/manifest+json",
};

/** What never comes is found, however busy the machine is. */
export const PATIENCE = 600_000;

/** The title of tests that need Chromium. */
export const inChromium = (title: string) =>
  missing ? `${title} (skipped: no Chromium at ${CHROMIUM}; set CHROMIUM)` : title;

/** How a server gives the page. */
export interface Serving {
  readonly headers?: Readonly<Record<string, string>>;
  /** Changes index.html. */
  readonly html?: (text: string) => string;
  /** Changes the worker that keeps the page. */
  readonly worker?: (text: string) => string;
}

/** Serves the built page, like any host of static files. */
export function serveBuilt({
  headers = {},
  html = (text) => text,
  worker = (text) => text,
}: Serving = {}): Promise<Served> {
  if (!existsSync(join(built, "index.html"))) throw new Error("the app is missing: run `npm run app` first");
  return serve(({ url = "/" }, response) => {
    const [path = "/"] = url.split("?");
    const file = join(built, path === "/" ? "index.html" : path);
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (!existsSync(file)) return response.writeHead(404).end();
    response.setHeader("Content-Type", TYPES[extname(file)] ?? "application/octet-stream");
    if (extname(file) === ".html") return response.end(html(readFileSync(file, "utf8")));
    if (path === "/sw.js") return response.end(worker(readFileSync(file, "utf8")));
    return response.end(readFileSync(file));
  });
}

/** A page of the app, and what it complained of: errors, and requests to anywhere else. */
export interface Opened {
  readonly page: Page;
  /** Files that it asked for, from the folder of the page. */
  readonly asked: ReadonlySet<string>;
  readonly complaints: string[];
}

/** The app in Chromium, served from before the first test of a file to after its last. */
export function appInChromium(serving: Serving = {}) {
  let browser: Browser | undefined;
  let server: Served | undefined;
  beforeAll(async () => {
    if (missing) return;
    server = await serveBuilt(serving);
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });
  return {
    browser: () => browser!,
    address: () => server!.address,
    opened: async (hash = "", options: BrowserContextOptions = {}): Promise<Opened> => {
      const { address } = server!;
      const page = await browser!.newPage({ viewport: { width: 1280, height: 800 }, ...options });
      page.setDefaultTimeout(PATIENCE);
      const complaints: string[] = [];
      const asked = new Set<string>();
      page.on("console", (message) => {
        if (message.type() !== "log") complaints.push(`${message.type()}: ${message.text()}`);
      });
      page.on("pageerror", (error) => complaints.push(String(error)));
      page.on("request", (request) => {
        asked.add(request.url().slice(address.length));
        if (!request.url().startsWith(address) && !/^(?:data|blob):/.test(request.url()))
          complaints.push(`request: ${request.url()}`);
      });
      await page.goto(`${address}${hash}`);
      return { page, asked, complaints };
    },
  };
}

/** Takes the policy out of the page, so that only the one of the header holds. */
export const withoutOwnPolicy = (html: string) => {
  const without = html.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, "");
  if (without === html) throw new Error("the page has no policy of its own");
  return without;
};

export const status = (page: Page) => page.locator(".status").innerText();
export const finished = (page: Page) =>
  page.locator(".status strong", { hasText: /^(?:Done|Failed|Stopped)$/ }).waitFor();

/** A run of a second: the question of a link, and as the library takes it. */
export const XOR = "#/learn?study=train&data=xor&net=2-3-2&act=tanh&batch=4&epochs=40&every=20&seeds=0-1&tol=0.1";
export const XOR_OPTIONS = {
  data: "xor",
  layers: [2, 3, 2],
  activation: "tanh",
  batch: 4,
  epochs: 40,
  every: 20,
  seeds: [0, 1],
  tolerance: 0.1,
};
