// The app in Chromium, as a user has it: how soon it shows something, what a frame costs, and how fast it learns. Build it first: `npm run app`.
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { askOf, memoryStorage, startRun } from "@causalscope/runs";
import { studyOptions } from "@causalscope/runs/options";
import { study } from "@causalscope/studies";
import { zipSync } from "fflate";
import { chromium } from "playwright-core";
import { summary } from "./measure.mjs";

const built = fileURLToPath(new URL("../packages/cli/dist/app/", import.meta.url));
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
const REPEATS = 3;
const FRAMES = 240;

export async function bench() {
  if (!existsSync(join(built, "index.html")) || !existsSync(CHROMIUM)) {
    const note = existsSync(CHROMIUM) ? "`npm run app` first" : "no Chromium";
    return [{ area: "app", name: "the app in a browser", note }];
  }
  const server = createServer(({ url }, response) => {
    const path = url.split("?")[0];
    const file = join(built, path === "/" ? "index.html" : path);
    if (!existsSync(file)) return response.writeHead(404).end();
    return response
      .writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" })
      .end(readFileSync(file));
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });
  const address = `http://127.0.0.1:${server.address().port}/`;
  const opened = async (hash = "", timeout = 600_000) => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(timeout);
    await page.goto(address + hash);
    return page;
  };
  try {
    const begun = [await opening(opened), await opening(opened), await opening(opened)];
    return [
      ...weights(),
      row("first contentful paint", "s", summary(begun.map(({ paint }) => paint)), 0.5),
      row("the example moves, from the start of the page", "s", summary(begun.map(({ moves }) => moves)), 1),
      row("first own number after Train, Iris", "s", await firstNumber(opened, "iris"), 1.5),
      row("first own number after Train, MNIST", "s", await firstNumber(opened, "mnist"), 1.5),
      ...(await scrubbing(opened)),
      ...(await learning(opened)),
    ];
  } finally {
    await browser.close();
    server.close();
  }
}

/** Bytes as they come over a wire. */
function weights() {
  const html = readFileSync(join(built, "index.html"), "utf8");
  const first = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(([, file]) => file);
  const bytes = (file) => gzipSync(readFileSync(join(built, file))).length;
  const scripts = first.map((file) => (file.endsWith(".js") ? readFileSync(join(built, file), "utf8") : "")).join("");
  const [engine] = /assets\/engine\.worker-[\w-]+\.js|engine\.worker-[\w-]+\.js/.exec(scripts) ?? [];
  const file = engine?.startsWith("assets/") ? engine : `assets/${engine}`;
  return [
    row("page before anything is asked, gzipped", "kB", { value: total(first.map(bytes)) / 1000 }, 60),
    row("engine, gzipped", "kB", { value: bytes(file) / 1000 }, 90),
  ];
}

/** When a page shows something, and when the example has gone on by a checkpoint: seconds since it was asked for. */
async function opening(opened) {
  const page = await opened();
  const moves = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const text = () => document.querySelector(".transport output")?.textContent ?? "";
        let first;
        const look = () => {
          const now = text();
          if (/^\d/.test(now) && !now.endsWith(" / 0")) {
            first ??= now;
            if (now !== first) return resolve(performance.now() / 1000);
          }
          return requestAnimationFrame(look);
        };
        look();
      }),
  );
  const paint = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0].startTime / 1000);
  await page.close();
  return { paint, moves };
}

/** From pressing Train to the first values of the new run in the plane. */
async function firstNumber(opened, preset) {
  const times = [];
  for (let run = 0; run < REPEATS; run++) {
    const page = await opened();
    await page.locator(".plane .dot").first().waitFor();
    await page.locator("#preset").selectOption(preset);
    times.push(
      await page.evaluate(
        () =>
          new Promise((resolve) => {
            document.querySelector(".plane").dataset.old = "";
            const start = performance.now();
            document.querySelector("form button.primary").click();
            const look = () => {
              if (document.querySelector(".plane:not([data-old]) .dot") === null) requestAnimationFrame(look);
              else resolve((performance.now() - start) / 1000);
            };
            look();
          }),
      ),
    );
    await page.close();
  }
  return summary(times);
}

/** A run of 3 seeds, 4 layers and 500 checkpoints, without networks, whose values wander. */
async function largeRun() {
  const mnist = await study("mnist");
  const options = studyOptions(mnist, { seeds: [0, 1, 2], epochs: 499, every: 1 });
  const storage = memoryStorage();
  const run = startRun("run", askOf(mnist, options), { storage });
  for (const [part, seed] of options.seeds.entries()) {
    for (let epoch = 0; epoch < 500; epoch++) {
      const measurements = [0, 1, 2, 3].flatMap((layer) => {
        const ei = 8 + layer - seed / 3 + 3 * Math.sin(epoch / 60 + layer) + Math.sin(epoch * (1 + layer)) / 8;
        const values = {
          ei,
          eiParts: 20,
          sensitivity: ei + 5 + 4 * Math.cos(epoch / 90 + layer),
          degeneracy: 0,
          phi: 2,
        };
        values.degeneracy = values.sensitivity - ei;
        return Object.entries(values).map(([measure, bits]) => ({
          ...{ seed, epoch, layer, layerName: `layer ${layer + 1}`, measure, bits },
          standardError: measure === "sensitivity" ? 0 : 0.05,
          ...{ method: "sampled", samples: 10_000, outside: 0, warnings: "" },
        }));
      });
      const loss = 1 / (1 + epoch / 50);
      const scores = { trainLoss: loss, testLoss: 1.1 * loss, trainAccuracy: 1 - loss, testAccuracy: 1 - loss };
      run.save(part, {
        step: epoch,
        rows: { measurements, training: [{ seed, epoch, step: epoch, ...scores }] },
        blobs: [],
      });
    }
  }
  run.finish();
  return zipSync(Object.fromEntries(storage.files("run")), { level: 1 });
}

/** CPU of the page's own thread for each frame that another checkpoint is shown in. */
async function scrubbing(opened) {
  const page = await opened();
  await page.locator(".plane .dot").first().waitFor();
  const file = { name: "large.zip", mimeType: "application/zip", buffer: Buffer.from(await largeRun()) };
  await page.locator('input[type="file"]').setInputFiles(file);
  await page.locator(".legend", { hasText: "L4" }).waitFor();
  await page.locator(".status strong", { hasText: "Done" }).waitFor();
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const metrics = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  };
  const [tasks, scripts] = [[], []];
  for (let run = 0; run <= REPEATS; run++) {
    await page.keyboard.press(run % 2 === 0 ? "Home" : "End");
    await page.waitForTimeout(1000);
    const before = await metrics();
    await page.evaluate(
      ([frames, key]) =>
        new Promise((resolve) => {
          let left = frames;
          const frame = () => {
            if (left-- === 0) return resolve();
            document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
            return requestAnimationFrame(frame);
          };
          requestAnimationFrame(frame);
        }),
      [FRAMES, run % 2 === 0 ? "ArrowRight" : "ArrowLeft"],
    );
    const after = await metrics();
    if (run === 0) continue;
    tasks.push((1000 * (after.TaskDuration - before.TaskDuration)) / FRAMES);
    scripts.push((1000 * (after.ScriptDuration - before.ScriptDuration)) / FRAMES);
  }
  const nodes = await page.evaluate(() => document.querySelectorAll(".plane *").length);
  await page.close();
  return [
    row("CPU of a frame while scrubbing 3 × 4 × 500", "ms", summary(tasks), 12),
    row("of this, scripts", "ms", summary(scripts)),
    row("DOM nodes in this plane", "", { value: nodes }, 400),
  ];
}

/** Seconds of the preset of MNIST that are looked at. */
const WATCHED = 20;

/** The preset of MNIST: how fast it goes, and how often it holds up the page. */
async function learning(opened) {
  const page = await opened();
  await page.locator(".plane .dot").first().waitFor();
  await page.locator("#preset").selectOption("mnist");
  await page.evaluate(() => {
    window.long = [];
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) window.long.push(duration);
    }).observe({ type: "longtask" });
    document.querySelector("form button.primary").click();
  });
  await page.locator(".status strong", { hasText: "Training" }).waitFor();
  await page.waitForTimeout(1000 * WATCHED);
  await page.getByRole("button", { name: "Cancel" }).click();
  const text = await page.locator(".status", { hasText: /unfinished|result/ }).innerText();
  const long = await page.evaluate(() => window.long);
  await page.close();
  const checkpoints = Number(/unfinished: (\d+)/.exec(text)?.[1] ?? 93);
  return [
    row("MNIST preset: epochs, of all seeds", "/s", { value: (10 * checkpoints) / WATCHED }),
    row("MNIST preset: checkpoints measured", "/s", { value: checkpoints / WATCHED }),
    row("long tasks of the page meanwhile, over 50 ms", "", { value: long.length }),
    row("the longest of them", "ms", { value: Math.max(0, ...long) }),
  ];
}

const total = (values) => values.reduce((sum, each) => sum + each, 0);

function row(name, unit, found, most) {
  return {
    area: "app",
    name,
    unit,
    ...found,
    ...(most !== undefined && { bar: `< ${most}`, holds: found.value < most }),
  };
}
