/** What a page loads before it shows a number of its own: counted in bytes, as hosts send them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { missing } from "../../test/chromium.ts";
import { appInChromium, built, inChromium } from "./browser.ts";

const { opened } = appInChromium();

describe.skipIf(missing)(inChromium("the engine"), () => {
  test.each([
    // With the estimate of its cost, which the page asks for. The compiled kernels are 14 kB of it, and the words of errors 18 kB.
    ["Iris", "#/learn?study=iris&epochs=1000000&every=1000&seeds=0", 116_000],
    // Its last layer has a softmax, which is measured from samples.
    [
      "XOR",
      "#/learn?study=train&data=xor&net=2-3-2&act=tanh&batch=4&epochs=1000000&every=1000&seeds=0&tol=0.1",
      125_000,
    ],
  ])("is light until it has the first number of %s", async (_, hash, most) => {
    // The run is never at its end, where it is written.
    const { page, asked, complaints } = await opened(hash);
    await page.locator(".plane .dot").first().waitFor();
    await page.locator(".network-host path").first().waitFor();
    const html = readFileSync(join(built, "index.html"), "utf8");
    const engine = [...asked].filter((file) => file.startsWith("assets/") && !html.includes(file));
    expect(engine.some((file) => file.startsWith("assets/engine.worker-"))).toBe(true);
    const bytes = engine.map((file) => gzipSync(readFileSync(join(built, file)), { level: 9 }).length);
    const sum = bytes.reduce((all, each) => all + each, 0);
    expect(sum, engine.join(", ")).toBeLessThan(most);
    expect(engine.join(" ")).not.toMatch(/web-worker|panels|levenberg|parquet/);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
