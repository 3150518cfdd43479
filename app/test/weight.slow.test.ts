/** What a page loads before it shows a number of its own: counted in bytes, as hosts send them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { missing } from "../../test/chromium.ts";
import { appInChromium, built, inChromium, type Opened } from "./browser.ts";

const { opened } = appInChromium();

/** Of files as hosts send them. */
const sizeOf = (files: readonly string[]) =>
  files
    .map((file) => gzipSync(readFileSync(join(built, file)), { level: 9 }).length)
    .reduce((sum, bytes) => sum + bytes, 0);

/** The files that were asked for: those of the page, as it tells itself, and those of the engine. */
async function filesOf({ page, asked }: Pick<Opened, "page" | "asked">) {
  const told = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
  const isPage = (file: string) => !file.includes("engine.worker") && told.some((name) => name.endsWith(`/${file}`));
  const all = [...asked].filter((file) => file.startsWith("assets/"));
  return { ofPage: all.filter(isPage), ofEngine: all.filter((file) => !isPage(file)) };
}

describe.skipIf(missing)(inChromium("the page"), () => {
  test("is light until one does something", async () => {
    const { page, asked } = await opened();
    await page.locator(".transport output", { hasText: /^[1-9]/ }).waitFor();
    const files = ["index.html", ...(await filesOf({ page, asked })).ofPage];
    expect(files.some((file) => file.endsWith(".css"))).toBe(true);
    expect(sizeOf(files), files.join(", ")).toBeLessThan(60_000);
    await page.close();
  });
});

describe.skipIf(missing)(inChromium("the engine"), () => {
  test.each([
    // With the estimate of its cost, which the page asks for. The compiled kernels are 9 kB of it, and the words of errors 18 kB.
    ["Iris", "#/learn?study=iris&epochs=20000&every=100&seeds=0", 101_000],
    // Its last layer has a softmax, which is measured from samples.
    ["XOR", "#/learn?study=train&data=xor&net=2-3-2&act=tanh&batch=4&epochs=20000&every=100&seeds=0&tol=0.1", 118_000],
  ])("is light until it has the first number of %s", async (_, hash, most) => {
    // The run is never at its end, where it is written.
    const { page, asked, complaints } = await opened(hash);
    // A busy machine leaves the link waiting for it.
    const waits = page.getByText("It has not been started.");
    await page.locator(".plane .dot").first().or(waits).waitFor();
    if (await waits.isVisible()) await page.locator("form button.primary").click();
    await page.locator(".plane .dot").first().waitFor();
    const engine = (await filesOf({ page, asked })).ofEngine;
    expect(engine.some((file) => file.startsWith("assets/engine.worker-"))).toBe(true);
    expect(sizeOf(engine), engine.join(", ")).toBeLessThan(most);
    expect(engine.join(" ")).not.toMatch(/web-worker|panels|levenberg|write-/);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
