/** Runs and links from anyone, in the page: each ends in words or in a view, and the page goes on. */
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { missing } from "../../test/chromium.ts";
import { appInChromium, finished, inChromium, status, XOR } from "./browser.ts";
import { cases, type Files, zipped } from "./hostile-runs.ts";

/** As a zip, which a file picker takes whole. */
const zipOf = (files: Files) => {
  const [[path, bytes] = ["", new Uint8Array()], ...others] = files;
  const isZip = others.length === 0 && path.endsWith(".zip");
  return { name: "dropped.zip", mimeType: "application/zip", buffer: Buffer.from(isZip ? bytes : zipped(files)) };
};

const open = (page: Page, files: Files) => page.locator('input[type="file"]').setInputFiles(zipOf(files));

/** What a question of a few seconds leads to, from the panel. */
async function trains(page: Page): Promise<void> {
  await page.locator("#preset").selectOption("xor");
  await page.locator("#option-epochs").fill("20");
  await page.locator("#option-epochs").press("Tab");
  await page.locator("form button.primary").click();
  await page.locator(".transport output", { hasText: "/ 20" }).waitFor();
  await finished(page);
  expect(await status(page)).toMatch(/^Done/);
}

describe.skipIf(missing)(inChromium("runs and links from anyone"), () => {
  const { opened, address } = appInChromium();

  test("what is wrong with a run is said, and the page goes on", async () => {
    const { page, complaints } = await opened();
    await page.locator(".plane .dot").first().waitFor();
    const before = await page.locator(".legend").innerText();
    for (const [name, { files, error }] of Object.entries(await cases())) {
      if (error === undefined) continue;
      await open(page, files);
      await page.locator(".readout.error").waitFor();
      const said = await page.locator(".readout").innerText();
      expect([name, said]).toEqual([name, expect.stringMatching(/: expected .*; got /s)]);
      await page.locator(".readout").getByRole("button", { name: "Close" }).click();
      expect([name, await page.locator(".legend").innerText(), await status(page)]).toEqual([
        name,
        before,
        expect.stringMatching(/^Done/),
      ]);
    }
    await trains(page);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("what can be shown is shown, whatever its values", async () => {
    for (const [name, { files, end }] of Object.entries(await cases())) {
      if (end === undefined) continue;
      const { page, complaints } = await opened("#/learn?hide=ask");
      await page.locator(".legend", { hasText: "L1 4→5" }).waitFor();
      await open(page, files);
      await page.locator(".legend", { hasText: "L1 2→3" }).waitFor();
      await finished(page);
      const expected = end === "done" ? /^Done/ : /^Stopped\s+unfinished: \d of \d checkpoints/;
      expect([name, await status(page)]).toEqual([name, expect.stringMatching(expected)]);
      for (const key of ["Home", "ArrowRight", "End", "p", "b", "2", "2"]) await page.keyboard.press(key);
      for (const button of await page.locator(".toggle button").all()) await button.click();
      for (const dot of await page.locator(".plane .dot").all()) await dot.dispatchEvent("focus");
      expect([name, complaints]).toEqual([name, []]);
      await page.close();
    }
  });

  test("an unfinished run is continued when that is asked for", async () => {
    const { page, complaints } = await opened();
    await page.locator(".legend", { hasText: "L1 4→5" }).waitFor();
    await open(page, (await cases())["an unfinished run"]!.files);
    await page.locator(".status", { hasText: "unfinished: 2 of 3 checkpoints" }).waitFor();
    await page.getByRole("button", { name: "Continue" }).click();
    await page.locator(".status", { hasText: /^Done/ }).waitFor();
    expect(await page.locator(".transport output").innerText()).toBe("4 / 4");
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("a run of a later version is said to be one", async () => {
    const { page } = await opened();
    await page.locator(".legend", { hasText: "L1 4→5" }).waitFor();
    const all = await cases();
    await open(page, all["a run of a later version, with columns and options that are new"]!.files);
    await page.locator(".readout", { hasText: "made by version 9.9.9" }).waitFor();
    expect(await page.locator(".readout").innerText()).toContain("does not know: novelty");
    await page.close();
  });

  test("a link can ask for nothing that cannot be, and for nothing long unasked", async () => {
    const refused = [
      "study=__proto__",
      "study=constructor",
      "study=tostring",
      "study=nonsense",
      "study=edge",
      "study=ablation",
      "preset=constructor",
      "preset=nothing",
      "study=train&data=xor&net=1000000-1000000",
      "study=train&data=xor&net=2-4096-4096-2",
      "study=train&data=xor&net=3-2",
      "study=train&data=xor&net=2",
      "study=train&data=mnist&net=784-10",
      "study=train&data=/etc/passwd",
      "study=iris&bins=100000",
      "study=iris&bins=0",
      "study=iris&bins=8,16,32",
      "study=iris&epochs=1e9&every=1",
      "study=iris&epochs=1e99",
      "study=iris&epochs=-5",
      "study=iris&epochs=0.5",
      "study=iris&lr=-1",
      "study=iris&lr=Infinity",
      "study=iris&tol=0",
      "study=iris&samples=1",
      "study=iris&batch=100000",
      "study=iris&drop=1",
      "study=iris&at=sqrt:9999999",
      "study=iris&seeds=0-999&every=1&epochs=1000",
      "study=iris&seeds=5,5",
      "study=iris&rows=1e12",
      "study=iris&in=1,0",
      "study=iris&data=mnist",
      `study=iris&net=${"4-".repeat(1000)}3`,
      "%00=%00",
      "study=%E0%A4%A",
    ];
    const waiting = [
      "study=iris&epochs=1e9&every=1e9",
      "study=iris&seeds=0-999&epochs=20&every=20&tol=0.0001",
      "study=iris&tol=0.00001&samples=1000000000",
      "study=train&data=digits&net=64-1000-1000-10&epochs=1000&every=100",
    ];
    const { page, complaints } = await opened();
    for (const [k, query] of [...refused, ...waiting].entries()) {
      const isRefused = k < refused.length;
      await page.goto(`${address()}index.html?${k}#/learn?${query}`);
      const readout = page.locator(isRefused ? ".readout.error" : ".readout", {
        hasText: isRefused ? /expected|longer than|unknown/ : /has not been started/,
      });
      await readout.waitFor();
      const [said, now] = [await readout.innerText(), await status(page)];
      // A key that cannot be read is told; without it the question is another one, which is not asked unasked.
      const left = /The link was not read whole/.test(said);
      expect([query, now]).toEqual([
        query,
        expect.stringMatching(left ? /^(?:Ready|Done)/ : isRefused ? /^Failed/ : /^Ready/),
      ]);
    }
    await page.goto(`${address()}index.html?last${XOR}`);
    await finished(page);
    expect(await status(page)).toMatch(/^Done/);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("a long question of a link begins when a person wants it, and keeps the link's promise", async () => {
    const { page } = await opened("#/learn?study=iris&epochs=1e9&every=1e9&seeds=0&h=0123456789abcdef");
    const readout = page.locator(".readout", { hasText: /This link asks for ≈ .* of computing/ });
    await readout.getByRole("button", { name: "Train" }).click();
    await page.getByRole("button", { name: "Cancel" }).click();
    await finished(page);
    expect(await status(page)).toMatch(/^Stopped\s+unfinished: \d of 2 checkpoints/);
    expect(await page.evaluate(() => location.hash)).toContain("study=iris");
    await page.close();
  });
});
