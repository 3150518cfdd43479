/** Data in the built page: noise, test share and samples of the data that it has; files of the user's own, dropped and picked. */
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { fingerprint, memoryStorage, ownData, performStudy } from "../../packages/runs/src/index.ts";
import { study } from "../../packages/studies/src/index.ts";
import { missing } from "../../test/chromium.ts";
import { appInChromium, finished, inChromium, root, status } from "./browser.ts";

const { opened } = appInChromium();

const KINDS = ["ash", "birch", "cedar"];
const lines = Array.from({ length: 60 }, (_, k) => `${5 + 3 * Math.sin(k)},${(k % 7) / 7},${KINDS[k % 3]}`);
const TREES = `height,girth,kind\n${lines.join("\n")}\n`;

interface Dropped {
  readonly name: string;
  readonly content: string | Uint8Array;
}

const buffer = (content: string | Uint8Array) => Buffer.from(content as string);

/** As from the desktop, onto the middle of the page. */
async function drop(page: Page, ...files: readonly Dropped[]): Promise<void> {
  const sent = files.map(({ name, content }) => ({ name, base64: buffer(content).toString("base64") }));
  await page.evaluate((given) => {
    const transfer = new DataTransfer();
    for (const { name, base64 } of given) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      transfer.items.add(new File([bytes], name));
    }
    document.querySelector("main")!.dispatchEvent(new DragEvent("drop", { bubbles: true, dataTransfer: transfer }));
  }, sent);
}

const pick = (page: Page, ...files: readonly Dropped[]) =>
  page
    .locator('input[type="file"]')
    .setInputFiles(files.map(({ name, content }) => ({ name, mimeType: "", buffer: buffer(content) })));

/** The part of the question in a field, by its label. */
const field = (page: Page, label: string) => page.getByLabel(label, { exact: true });

async function fill(page: Page, values: Readonly<Record<string, string>>): Promise<void> {
  for (const [label, value] of Object.entries(values)) {
    await field(page, label).fill(value);
    await field(page, label).press("Tab");
  }
}

/** Shows every field: a click on what is unfolded already would hide it. */
const unfold = (page: Page) =>
  page.locator(".ask details").evaluateAll((all) => {
    for (const each of all) (each as HTMLDetailsElement).open = true;
  });

const train = (page: Page) => page.locator('button[type="submit"]').click();
const readout = (page: Page) => page.locator(".readout");

/** A run of a second of the file that is the question's data. */
async function trainTrees(page: Page): Promise<void> {
  await fill(page, { network: "2-3-3", epochs: "4" });
  await unfold(page);
  await fill(page, { "every, epochs": "2", "± of EI, bits": "0.5" });
  await train(page);
  await page.locator(".legend", { hasText: "L1 2→3" }).waitFor();
  await finished(page);
}

describe.skipIf(missing)(inChromium("data in the page"), () => {
  test("noise, share and sample are fields of the question, and of the link", async () => {
    const question = "#/learn?study=train&data=spiral&net=2-4-2&act=tanh&batch=20&epochs=2&every=1&seeds=0&tol=0.5";
    const { page, complaints } = await opened(question);
    await finished(page);
    await field(page, "noise").focus();
    for (let k = 0; k < 6; k++) await page.keyboard.press("ArrowRight");
    await field(page, "test share").focus();
    for (let k = 0; k < 17; k++) await page.keyboard.press("ArrowRight");
    await page.getByRole("button", { name: "New sample" }).click();
    await page.locator("#sample", { hasText: /sample 1\s*300 \+ 300/ }).waitFor();
    await page.getByRole("img", { name: "300 training and 300 test points" }).first().waitFor();
    // A question that has not been asked has no result.
    await expect.poll(() => page.url()).toMatch(/&rows=300&split=1&noise=0\.08$/);
    await train(page);
    await page.waitForFunction(() => location.hash.includes("&h="));
    const given = { data: "spiral", layers: [2, 4, 2], activation: "tanh", batch: 20, epochs: 2, every: 1, seeds: [0] };
    const options = { ...given, tolerance: 0.5, trainRows: 300, splitSeed: 1, noise: 0.08 };
    const expected = await performStudy(await study("train"), "run", { options, storage: memoryStorage() });
    expect(await status(page)).toContain(`result ${fingerprint(expected).slice(0, 16)}`);
    // What other data do not have is left out of their question.
    await field(page, "data").selectOption("iris");
    await field(page, "noise").waitFor({ state: "detached" });
    expect(await field(page, "network").inputValue()).toBe("4-4-3");
    expect(await page.locator(".ask [role=alert]").count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("a dropped CSV file becomes the data, is learned as the library learns it, and a link asks for it", async () => {
    const { page, complaints } = await opened();
    await page.locator(".plane .dot").first().waitFor();
    await drop(page, { name: "trees.csv", content: TREES });
    await page.locator(".ask", { hasText: "60 rows, 2 inputs, 3 classes" }).waitFor();
    expect(await field(page, "network").inputValue()).toBe("2-8-8-3");
    await trainTrees(page);
    const files = memoryStorage([["trees.csv", new Uint8Array(buffer(TREES))]]);
    const own = await ownData("trees.csv", files);
    const given = { layers: [2, 3, 3], activation: "tanh", epochs: 4, every: 2, seeds: [0], tolerance: 0.5 };
    const storage = memoryStorage();
    const data = async (plan: Parameters<typeof own.read>[0]) => own.read(plan);
    const options = { ...own.options(), ...given };
    const expected = await performStudy(await study("train"), "run", { options, storage, data });
    const found = fingerprint(expected).slice(0, 16);
    expect(await status(page)).toContain(`result ${found}`);
    await page.locator(".surface-host").getByText("height (scaled)", { exact: true }).waitFor();
    await page.locator(".surface-host").getByText("cedar", { exact: true }).waitFor();

    await page.waitForFunction(() => location.hash.includes("&h="));
    const link = new URL(page.url()).hash;
    expect(link).toMatch(/&table=trees\.csv&sha=[0-9a-f]{64}&v=[\d.]+&h=[0-9a-f]{16}$/);
    await page.close();
    const other = await opened(link);
    await readout(other.page).getByText("This question needs trees.csv (SHA-256").waitFor();
    expect(await other.page.locator('button[type="submit"]').isDisabled()).toBe(true);
    await drop(other.page, { name: "trees.csv", content: TREES.replace("ash", "oak") });
    await readout(other.page).getByText("trees.csv: expected the file of SHA-256").waitFor();
    expect(await readout(other.page).innerText()).toContain("This question needs trees.csv");
    await drop(other.page, { name: "my trees.csv", content: TREES });
    await finished(other.page);
    expect(await status(other.page)).toContain(`✓ the same result as the link's, to the last bit (${found})`);
    expect([...complaints, ...other.complaints]).toEqual([]);
    await other.page.close();
  });

  test("picked NumPy files are inputs and labels, together or one after the other", async () => {
    const npy = (name: string) => ({ name, content: readFileSync(`${root}packages/cli/test/fixtures/npy/${name}`) });
    const { page, complaints } = await opened();
    await pick(page, npy("y.npy"), npy("x.npy"));
    await page.locator(".ask", { hasText: /\d+ rows, \d+ inputs, \d+ classes/ }).waitFor();
    const network = await field(page, "network").inputValue();
    await page.locator(".ask .cut", { hasText: "y.npy" }).waitFor();
    await page.locator("#preset").selectOption("xor");
    await pick(page, npy("x.npy"));
    await pick(page, npy("y.npy"));
    await page.locator(".ask .cut", { hasText: "y.npy" }).waitFor();
    expect(await field(page, "network").inputValue()).toBe(network);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("a saved run of own data plays without them, and shows them when they come", async () => {
    const { page, complaints } = await opened();
    await drop(page, { name: "trees.csv", content: TREES });
    await page.locator(".ask", { hasText: "60 rows" }).waitFor();
    await trainTrees(page);
    await page.getByRole("button", { name: "Export" }).click();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "The whole run" }).click();
    const zip = readFileSync(await (await download).path());
    const other = await opened();
    await pick(other.page, { name: "saved.run.zip", content: zip });
    await other.page.locator(".legend", { hasText: "L1 2→3" }).waitFor();
    await finished(other.page);
    expect(await other.page.locator(".side tbody tr").count()).toBe(2);
    expect(await other.page.locator(".surface-host").count()).toBe(0);
    await drop(other.page, { name: "trees.csv", content: TREES });
    await other.page.locator(".surface-host").getByText("height (scaled)", { exact: true }).waitFor();
    // It is the run's question that has its data now: nothing is trained again.
    expect(await field(other.page, "network").inputValue()).toBe("2-3-3");
    expect(await status(other.page)).toBe(await status(page));
    expect([...complaints, ...other.complaints]).toEqual([]);
    await page.close();
    await other.page.close();
  });

  test("rows with missing values are refused, and dropped at a button", async () => {
    const { page } = await opened();
    await drop(page, { name: "gaps.csv", content: TREES.replace(/\n[\d.]+,/, "\nNA,") });
    await readout(page).getByText("expected a value; got a missing value").waitFor();
    await page.getByRole("button", { name: "Drop these rows" }).click();
    await page.locator(".ask", { hasText: "59 rows, 2 inputs, 3 classes" }).waitFor();
    expect(await page.getByText("This question needs").count()).toBe(0);
    await page.close();
  });

  test("files that are no data are an error in the page, which goes on", async () => {
    const { page, complaints } = await opened("#/learn?preset=xor");
    await page.locator(".plane .dot").first().waitFor();
    const noise = Uint8Array.from({ length: 5000 }, (_, k) => (k * 7919 + (k >> 3) * 104_729) & 255);
    const wide = Array.from({ length: 1_000_000 }, (_, k) => `c${k}`).join(",");
    const files: readonly [Dropped, string][] = [
      [{ name: "empty.csv", content: "" }, "empty.csv: expected"],
      [{ name: "ragged.csv", content: "a,b,c\n1,2,x\n1,2\n" }, "ragged.csv, line 3"],
      [{ name: "one.csv", content: "a,b\n1,x\n2,x\n" }, "expected examples of at least two labels"],
      [{ name: "garbage.npy", content: noise }, "got a file of another format"],
      [{ name: "wide.csv", content: `${wide}\n` }, "wide.csv: expected"],
      [{ name: "broken.zip", content: noise }, "broken.zip: expected a zip file"],
    ];
    for (const [file, words] of files) {
      await drop(page, file);
      await readout(page).getByText(words).waitFor();
    }
    await drop(page, ...files.slice(0, 3).map(([file]) => file));
    await readout(page).getByText("expected the files of a run, with a run.json; got others").waitFor();
    await page.getByRole("button", { name: "Close" }).click();
    expect(await readout(page).innerText()).toContain("Point at a layer");
    expect(await field(page, "data").inputValue()).toBe("xor");
    expect(complaints).toEqual([]);
    await page.close();
  });

  for (const width of [390, 1280]) {
    test(`own data have nothing that axe finds wrong, ${width} pixels wide`, async () => {
      const { page } = await opened("", { viewport: { width, height: 800 } });
      await drop(page, { name: "trees.csv", content: TREES });
      await page.locator(".ask", { hasText: "60 rows" }).waitFor();
      await page.evaluate(readFileSync(`${root}node_modules/axe-core/axe.min.js`, "utf8"));
      const violations = await page.evaluate(async () => {
        const { axe } = window as unknown as { axe: { run(): Promise<{ violations: { id: string }[] }> } };
        return (await axe.run()).violations.map(({ id }) => id);
      });
      expect(violations).toEqual([]);
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(wider).toBeLessThanOrEqual(0);
      await page.close();
    });
  }
});
