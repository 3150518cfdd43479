/** What one does with a run in the page: look closer, change it, find, note, take away. */
import { readFileSync } from "node:fs";
import { measureLayers } from "@causalscope/core/measures";
import { unzipSync } from "fflate";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { withActivation, withWeights } from "../../packages/core/src/models.ts";
import {
  checkpointFrom,
  fingerprint,
  measurementRows,
  memoryStorage,
  performStudy,
} from "../../packages/runs/src/index.ts";
import { study } from "../../packages/studies/src/index.ts";
import { missing } from "../../test/chromium.ts";
import { appInChromium, finished, inChromium, status } from "./browser.ts";

const { opened } = appInChromium();
const XOR = "#/learn?study=train&data=xor&net=2-3-2&act=tanh&batch=4&epochs=40&every=20&seeds=0&tol=0.1";
const OPTIONS = {
  ...{ data: "xor", layers: [2, 3, 2], activation: "tanh", batch: 4, epochs: 40, every: 20, seeds: [0] },
  tolerance: 0.1,
};

/** The layers of the last network of the run, changed. */
async function changedRows(change: (model: ReturnType<typeof checkpointFrom>["model"]) => typeof model) {
  const asked = await study("train");
  const storage = memoryStorage();
  const { options } = await performStudy(asked, "run", { options: OPTIONS, storage });
  const path = "checkpoints/seed-0/epoch-000040.safetensors";
  const { model } = checkpointFrom(storage.read(`run/${path}`)!, path);
  const { tolerance, samples } = options as { tolerance: number; samples: number };
  const measures = await measureLayers(asked.requests!(options, change(model), 0, 40), { tolerance, samples });
  return measures.flatMap((layer, l) => measurementRows(layer, l, 0, 40));
}

const whatIf = (page: Page) => page.getByRole("region", { name: "What if" });

/** The numbers of a table cell: "1.205 ± 0.005 Δ −2.60 ± 0.02" begins with the value. */
const numberOf = (cell: string) => Number(cell.split(/[ \n]/)[0]!.replace("−", "-"));

describe.skipIf(missing)(inChromium("the page"), () => {
  test("measures a network with another weight and another activation, as the library does", async () => {
    const { page, complaints } = await opened(`${XOR}&pin=L1:2-3`);
    await finished(page);
    const before = await status(page);
    await page.getByRole("button", { name: "prune" }).click();
    await whatIf(page).locator("td").first().waitFor();
    expect(await whatIf(page).innerText()).toContain("All other layers keep their values.");
    const pruned = await changedRows((model) => withWeights(model, [{ layer: 0, input: 1, output: 2, weight: 0 }]));
    const sensitivity = (rows: typeof pruned, layer: number) =>
      rows.find((row) => row.layer === layer && row.measure === "sensitivity")!.bits;
    const cell = whatIf(page).getByRole("row", { name: "sens." }).locator("td").first();
    expect(numberOf(await cell.innerText())).toBeCloseTo(sensitivity(pruned, 0), 2);

    await page.keyboard.press("Escape");
    await page.locator(".side table.values tbody tr").nth(1).click();
    await page.getByLabel("What if L2 were").selectOption("relu");
    await whatIf(page).getByRole("columnheader", { name: "L2" }).waitFor();
    const both = await changedRows((model) =>
      withActivation(withWeights(model, [{ layer: 0, input: 1, output: 2, weight: 0 }]), 1, "relu"),
    );
    const cells = whatIf(page).getByRole("row", { name: "sens." }).locator("td");
    expect(numberOf(await cells.nth(0).innerText())).toBeCloseTo(sensitivity(both, 0), 2);
    expect(numberOf(await cells.nth(1).innerText())).toBeCloseTo(sensitivity(both, 1), 1);

    await page.getByRole("button", { name: "take back", exact: true }).click();
    expect(await whatIf(page).count()).toBe(0);
    expect(await status(page)).toBe(before);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("has the weight and the what-if of a wire that has no exact law", async () => {
    const { page, complaints } = await opened(`${XOR}&pin=L2:3-1`);
    await finished(page);
    const card = page.getByRole("region", { name: "Evidence for the wire" });
    await card.getByText("The softmax of this layer mixes all its units").waitFor();
    expect(await card.innerText()).toMatch(/weight −?\d\.\d{3}/);
    await card.getByRole("button", { name: "prune" }).click();
    await whatIf(page).locator("td").first().waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("explains its words at a key", async () => {
    const { page } = await opened(XOR);
    await finished(page);
    await page.keyboard.press("h");
    expect(await page.getByRole("dialog", { name: "What is shown" }).innerText()).toContain("EI_parts");
    await page.close();
  });

  test("refines the error of an epoch", async () => {
    const { page, complaints } = await opened(`${XOR}&pin=L1.0`);
    await finished(page);
    const refine = page.getByRole("button", { name: /^refine to/ });
    const goal = Number(/± ([\d.]+)/.exec(await refine.innerText())![1]);
    await refine.click();
    await page.waitForFunction(
      (error) => Number(/± ([\d.]+)/.exec(document.querySelector(".readout strong")!.textContent!)![1]) <= 1.1 * error,
      goal,
    );
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("draws what layers tell of examples and labels", async () => {
    const { page, complaints } = await opened(`${XOR}&y=information`);
    await finished(page);
    await page.locator(".strip text", { hasText: "N = 4" }).waitFor();
    await page.locator(".strip .lines .mean[d^=M]").first().waitFor({ state: "attached" });
    expect(await page.locator(".strip text", { hasText: "I(Y; T)" }).count()).toBe(1);
    await page.keyboard.press("i");
    await page.locator(".strip text", { hasText: "loss" }).waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("finds wires and epochs, and keeps notes with the run", async () => {
    const { page, complaints } = await opened(XOR);
    await finished(page);
    await page.keyboard.press("/");
    const find = page.getByRole("dialog", { name: "Find" });
    await find.getByRole("textbox").fill("L1:2-3");
    await page.keyboard.press("Enter");
    await page.getByRole("region", { name: "Evidence for the wire" }).getByText("L1: 2 → 3").waitFor();
    await page.keyboard.press("/");
    await find.getByRole("textbox").fill("e 20");
    await find.getByRole("button", { name: "epoch 20" }).click();
    await page.locator(".transport output", { hasText: "20 / 40" }).waitFor();
    await page.keyboard.press("m");
    await page.getByRole("dialog", { name: "Note at epoch 20" }).getByRole("textbox").fill("here it turns");
    await page.keyboard.press("Control+Enter");
    await page.getByRole("region", { name: "Notes" }).getByText("here it turns").waitFor();

    await page.getByRole("button", { name: "Export" }).click();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "The whole run" }).click();
    const path = await (await download).path();
    const saved = unzipSync(readFileSync(path));
    expect(JSON.parse(new TextDecoder().decode(saved["train/notes.json"]))).toEqual({
      notes: [{ epoch: 20, text: "here it turns" }],
    });
    const other = await opened();
    await other.page
      .locator('input[type="file"]')
      .first()
      .setInputFiles([{ name: "saved.zip", mimeType: "application/zip", buffer: readFileSync(path) }]);
    await other.page.getByRole("region", { name: "Notes" }).getByText("here it turns").waitFor();
    expect([...complaints, ...other.complaints]).toEqual([]);
    await page.close();
    await other.page.close();
  });

  test("exports every view in every format, and the question in other words", async () => {
    const { page, complaints } = await opened(
      "#/learn?study=train&data=circles&net=2-2-2&epochs=2&every=2&seeds=0&tol=0.2&pin=L1:1-1",
    );
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await finished(page);
    await page.getByRole("region", { name: "Evidence for the wire" }).getByText("bit exact").first().waitFor();
    const menu = page.getByRole("button", { name: "Export" });
    const saved: Record<string, Buffer> = {};
    for (const view of ["Causal plane", "Curves", "Network", "Evidence of the wire"]) {
      for (const format of ["SVG", "PNG", "CSV", "JSON"]) {
        await menu.click();
        const download = page.waitForEvent("download");
        await page.getByRole("button", { name: `${view} as ${format}` }).click();
        const file = await download;
        saved[file.suggestedFilename()] = readFileSync(await file.path());
      }
    }
    expect(Object.keys(saved)).toHaveLength(16);
    for (const [name, bytes] of Object.entries(saved)) {
      const text = bytes.toString("utf8");
      if (name.endsWith(".svg")) expect(text).toMatch(/^<svg [^>]*xmlns[\s\S]*<desc>http[^<]*#\/learn\?/);
      if (name.endsWith(".png")) expect([...bytes.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
      if (name.endsWith(".json")) expect((JSON.parse(text) as unknown[]).length).toBeGreaterThan(0);
      if (name.endsWith(".csv")) expect(text.split("\n").length).toBeGreaterThan(2);
    }
    const rows = saved["train-network.csv"]!.toString("utf8").trim().split("\n");
    expect(rows).toHaveLength(1 + 2 * 2 + 2 * 2);

    const asked = await study("train");
    const options = { data: "circles", layers: [2, 2, 2], epochs: 2, every: 2, seeds: [0], tolerance: 0.2 };
    const run = await performStudy(asked, "run", { options, storage: memoryStorage() });
    await menu.click();
    await page.getByRole("button", { name: "Copy as text for a paper" }).click();
    const text = await page.evaluate(() => navigator.clipboard.readText());
    expect(text).toContain(fingerprint(run).slice(0, 16));
    expect(text).toContain("causalscope study train --data circles");
    await menu.click();
    await page.getByRole("button", { name: "Copy as code" }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('"layers":[2,2,2]');
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("shows rough values first, and ends with the run's own", async () => {
    const hash = "#/learn?study=train&data=xor&net=2-4-2&act=tanh&batch=4&epochs=2&every=2&seeds=0&tol=0.01";
    const { page, complaints } = await opened();
    await page.locator(".plane .dot").first().waitFor();
    await page.evaluate(() => {
      const seen = new Set<string>();
      (window as unknown as { seen: Set<string> }).seen = seen;
      new MutationObserver(() => {
        for (const each of document.querySelectorAll("td.so-far")) seen.add(each.textContent!);
      }).observe(document.body, { subtree: true, childList: true });
    });
    await page.evaluate((next) => {
      location.hash = next;
    }, hash);
    await page.locator(".legend", { hasText: "L1 2→4" }).waitFor();
    await finished(page);
    expect(await page.evaluate(() => (window as unknown as { seen: Set<string> }).seen.size)).toBeGreaterThan(0);
    expect(await page.locator("td.so-far").count()).toBe(0);
    const options = {
      ...{ data: "xor", layers: [2, 4, 2], activation: "tanh", batch: 4, epochs: 2, every: 2, seeds: [0] },
      tolerance: 0.01,
    };
    const run = await performStudy(await study("train"), "run", { options, storage: memoryStorage() });
    expect(await status(page)).toContain(fingerprint(run).slice(0, 16));
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("offers a lower rate where a network diverges", async () => {
    const { page } = await opened(
      "#/learn?study=iris&lr=1000&act=tanh&out=identity&epochs=40&every=20&seeds=0&tol=0.2",
    );
    await finished(page);
    expect(await status(page)).toMatch(/^Failed/);
    await page.getByRole("button", { name: "train again with rate 250" }).click();
    await page.locator(".readout.error").waitFor();
    expect(await page.getByLabel("rate", { exact: true }).inputValue()).toBe("250");
    await page.close();
  });
});
