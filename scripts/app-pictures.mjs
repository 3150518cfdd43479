// Draws docs/figures/app-*.png: the app in its states, by Chromium. Build it first: `npm run app`. Run it again when the page looks different.
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { memoryStorage, performStudy } from "@causalscope/runs";
import { study } from "@causalscope/studies";
import { zipSync } from "fflate";
import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("../", import.meta.url));
const built = `${root}packages/cli/dist/app`;
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
const LARGE = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const XOR = "study=train&data=xor&net=2-3-2&act=tanh&batch=4&epochs=400&every=20&seeds=0-2&tol=0.05";
const SPIRAL = "study=train&data=spiral&net=2-8-8-2&act=tanh&batch=20&epochs=300&at=sqrt:21&seeds=0";

const ended = (page) => page.locator(".status strong", { hasText: /^(?:Done|Failed|Stopped)$/ }).waitFor();
const find = async (page, text) => {
  await page.keyboard.press("/");
  await page.getByRole("dialog", { name: "Find" }).getByRole("textbox").fill(text);
  await page.keyboard.press("Enter");
};
const example = async (page) => {
  await page.getByRole("button", { name: "Pause" }).click();
  await find(page, "e 1000");
};

/** Name, address, and what is done before the picture is taken; `of` is the part of the page that it shows. */
const PICTURES = [
  {
    name: "light",
    prepare: async (page) => {
      await example(page);
      await find(page, "L2:3-4");
      await page.getByText("bit exact").first().waitFor();
    },
  },
  { name: "dark", dark: true, hash: `#/learn?${SPIRAL}`, prepare: ended },
  { name: "phone", size: PHONE, prepare: example },
  {
    name: "phone-network",
    size: PHONE,
    dark: true,
    hash: `#/learn?${XOR}`,
    prepare: async (page) => {
      await ended(page);
      await page.getByRole("button", { name: "Network" }).click();
    },
  },
  {
    name: "phone-question",
    size: PHONE,
    prepare: async (page) => {
      await example(page);
      await page.getByRole("button", { name: "Question", exact: true }).last().click();
    },
  },
  {
    name: "pinned",
    of: ".centre",
    prepare: async (page) => {
      await example(page);
      await page.locator(".side table.values tbody tr").nth(1).click();
      await page.keyboard.press("i");
      await page.locator(".strip text", { hasText: "N = " }).waitFor();
      await page.waitForTimeout(2500);
    },
  },
  {
    name: "what-if",
    of: ".side",
    hash: `#/learn?${XOR}&pin=L1:2-3`,
    prepare: async (page) => {
      await ended(page);
      await page.getByRole("button", { name: "prune" }).click();
      await page.getByRole("region", { name: "What if" }).locator("td").first().waitFor();
    },
  },
  {
    name: "so-far",
    of: ".centre",
    dark: true,
    hash: "#/learn?study=train&data=spiral&net=2-8-8-2&act=tanh&batch=20&epochs=60&every=20&seeds=0&tol=0.003",
    prepare: async (page) => {
      // The link may ask for more than is begun unasked.
      await page
        .getByRole("button", { name: /^Train/ })
        .last()
        .click();
      await page.locator(".dot.so-far").first().waitFor();
      await page.locator(".side table.values tbody tr").nth(1).click();
      await page.waitForTimeout(300);
    },
  },
  {
    name: "diverged",
    of: ".centre",
    hash: "#/learn?study=iris&lr=1000&act=tanh&out=identity&epochs=40&every=2&seeds=0&tol=0.1",
    prepare: async (page) => {
      await ended(page);
      await page.locator(".readout.error").waitFor();
    },
  },
  {
    name: "unfinished",
    of: ".frame",
    prepare: async (page) => {
      await example(page);
      await page
        .locator('input[type="file"]')
        .first()
        .setInputFiles([{ name: "half.run.zip", mimeType: "application/zip", buffer: await half() }]);
      await page.getByRole("button", { name: "Continue" }).waitFor();
      await page.waitForTimeout(800);
    },
  },
];

/** A run that was stopped on its way. */
async function half() {
  const storage = memoryStorage();
  const stop = new AbortController();
  let told = 0;
  const onProgress = () => {
    if (++told > 25) stop.abort(new Error("enough"));
  };
  const options = { epochs: 500, every: 10, seeds: [0] };
  await performStudy(await study("iris"), "iris", { options, storage, onProgress, signal: stop.signal }).catch(
    () => {},
  );
  return Buffer.from(zipSync(Object.fromEntries(storage.files("iris"))));
}

const server = createServer(({ url }, response) => {
  const [path] = url.split("?");
  const file = join(built, path === "/" ? "index.html" : path);
  if (!existsSync(file)) return response.writeHead(404).end();
  response.setHeader("Content-Type", TYPES[extname(file)] ?? "application/octet-stream");
  return response.end(readFileSync(file));
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
});
const wanted = process.argv.slice(2);
for (const { name, hash = "", dark = false, size = LARGE, of = ".frame", prepare } of PICTURES) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const page = await browser.newPage({ viewport: size, colorScheme: dark ? "dark" : "light" });
  page.setDefaultTimeout(120_000);
  await page.goto(`http://127.0.0.1:${server.address().port}/${hash}`);
  await prepare(page);
  // Networks and heat maps come a moment later.
  await page.waitForTimeout(1500);
  await page.locator(of).screenshot({ path: `${root}docs/figures/app-${name}.png`, animations: "disabled" });
  console.log(`docs/figures/app-${name}.png`);
  await page.close();
}
await browser.close();
server.close();
