/** The app as a user has it: the built page in Chromium, served without special headers. */

import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { unzipSync } from "fflate";
import { afterAll, describe, expect, test } from "vitest";
import { fingerprint, memoryStorage, performStudy, readRun } from "../../packages/runs/src/index.ts";
import { study } from "../../packages/studies/src/index.ts";
import { missing } from "../../test/chromium.ts";
import { appInChromium, built, finished, inChromium, root, status, XOR, XOR_OPTIONS } from "./browser.ts";

const { browser, opened } = appInChromium();
const scratch = mkdtempSync(join(tmpdir(), "causalscope-app-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("the built page", () => {
  test("is small before anything is asked, and holds neither engine nor trainer", () => {
    const html = readFileSync(join(built, "index.html"), "utf8");
    const first = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(([, file]) => file!);
    expect(first.some((file) => file.endsWith(".js"))).toBe(true);
    const bytes = first.map((file) => gzipSync(readFileSync(join(built, file))).length);
    expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThan(60_000);
    const scripts = first.filter((file) => file.endsWith(".js")).map((file) => readFileSync(join(built, file), "utf8"));
    // The compiled kernels, and the words of errors of the trainer.
    for (const script of scripts) expect(script).not.toMatch(/0061736d|batchSize: expected/);
  });

  test("ships nothing that it never loads", () => {
    const files = readdirSync(join(built, "assets"));
    // The worker that the library brings along, what draws figures for the command, and onnxruntime.
    expect(files.filter((file) => /web-worker|panels|figure|onnx/.test(file))).toEqual([]);
    const bytes = files.map((file) => gzipSync(readFileSync(join(built, "assets", file))).length);
    expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThan(600_000);
  });

  test("names no other host, and allows itself no other", () => {
    const html = readFileSync(join(built, "index.html"), "utf8");
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/https?:\/\//);
  });
});

describe.skipIf(missing)(inChromium("the app"), () => {
  test("shows a run that moves when it is opened, without an error or a request to anywhere", async () => {
    const { page, complaints } = await opened();
    await page.locator(".plane .dot").first().waitFor();
    const first = await page.locator(".transport output").innerText();
    await page.waitForFunction((before) => document.querySelector(".transport output")!.textContent !== before, first);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("learns what the library learns, to the last bit, and gives it as the command's run", async () => {
    const { page, complaints } = await opened(XOR);
    await finished(page);
    const asked = await study("train");
    const expected = await performStudy(asked, "run", { options: XOR_OPTIONS, storage: memoryStorage() });
    expect(await status(page)).toContain(`result ${fingerprint(expected).slice(0, 16)}`);

    const cells = await page.locator(".side tbody tr").first().locator("td").allInnerTexts();
    const row = expected.rows.measurements.find(
      ({ seed, epoch, layer, measure }) => seed === 0 && epoch === 40 && layer === 0 && measure === "ei",
    )!;
    expect(Number(cells[0]!.split(" ")[0]!.replace("−", "-"))).toBeCloseTo(row.bits, 2);

    await page.getByRole("button", { name: "Export" }).click();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "The whole run" }).click();
    const zip = unzipSync(readFileSync(await (await download).path()));
    const files = Object.entries(zip).map(([path, bytes]) => [path.replace(/^[^/]+\//, ""), bytes] as const);
    const kept = readRun("run", { storage: memoryStorage(files, "run"), study: asked });
    expect(kept.file.status).toBe("finished");
    expect(kept.rows).toEqual(expected.rows);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("opens what it saved, and what the command wrote", async () => {
    const { page, complaints } = await opened(XOR);
    await finished(page);
    await page.getByRole("button", { name: "Export" }).click();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "The whole run" }).click();
    const file = join(scratch, "saved.zip");
    await (await download).saveAs(file);
    const before = await status(page);
    const other = await opened();
    await other.page.locator(".plane .dot").first().waitFor();
    await other.page.locator('input[type="file"]').setInputFiles(file);
    await other.page.locator(".legend", { hasText: "L1 2→3" }).waitFor();
    await finished(other.page);
    expect(await status(other.page)).toBe(before);
    expect([...complaints, ...other.complaints]).toEqual([]);
    await page.close();
    await other.page.close();
  });

  test("recomputes a link and says whether it agrees", async () => {
    const { page } = await opened(XOR);
    await finished(page);
    await page.waitForFunction(() => location.hash.includes("&h="));
    const link = new URL(page.url()).hash;
    expect(link).toMatch(/&h=[0-9a-f]{16}$/);
    await page.close();
    const again = await opened(link);
    await finished(again.page);
    expect(await status(again.page)).toContain("the same result as the link's, to the last bit");
    await again.page.close();
    const other = await opened(link.replace(/h=[0-9a-f]{16}/, "h=0123456789abcdef"));
    await finished(other.page);
    expect(await status(other.page)).toContain("the result is another");
    await other.page.close();
  });

  test("goes to the epoch and the wire of a link, and shows the evidence", async () => {
    const { page, complaints } = await opened(`${XOR}&e=20&pin=L1:2-3`);
    await finished(page);
    await page.locator(".transport output", { hasText: "20 / 40" }).waitFor();
    const card = page.getByRole("region", { name: "Evidence for the wire" });
    await card.getByText("bit exact").first().waitFor();
    expect(await card.innerText()).toMatch(/L1: 2 → 3/);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("keeps what was finished when it is cancelled", async () => {
    const { page } = await opened("#/learn?study=iris&epochs=20000&every=100&seeds=0");
    // A busy machine leaves the link waiting for it.
    await page.locator("form button.primary").click();
    await page.locator(".plane .dot").first().waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    await finished(page);
    expect(await status(page)).toMatch(/^Stopped/);
    expect(await page.locator(".side tbody tr").count()).toBe(3);
    await page.close();
  });

  test("says what is wrong with a question, and with a link", async () => {
    const { page } = await opened("#/learn?study=train&data=xor&net=3-2");
    await finished(page);
    expect(await page.locator(".readout").innerText()).toMatch(/expected .*; got/);
    await page.close();
    const other = await opened("#/learn?zoom=2&lr=fast");
    await other.page.locator(".readout", { hasText: "zoom" }).waitFor();
    expect(await other.page.locator(".readout").innerText()).toContain(
      'lr: expected a value of learningRate, got "fast"',
    );
    await other.page.close();
  });

  test("can be used by keys alone", async () => {
    const { page, complaints } = await opened(XOR);
    await finished(page);
    const epoch = () => page.locator(".transport output").innerText();
    const press = (key: string) => page.keyboard.press(key);
    await press("Home");
    expect(await epoch()).toBe("0 / 40");
    await press("ArrowRight");
    expect(await epoch()).toBe("20 / 40");
    await press("End");
    expect(await epoch()).toBe("40 / 40");
    await press("p");
    expect(await page.locator(".toggle button[aria-pressed=true]").first().innerText()).toBe("paper");
    await press("2");
    expect(await page.locator(".centre .legend button[aria-pressed=true]").count()).toBe(1);
    await press("2");
    await press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    await press("Escape");
    const reached: (string | null | undefined)[] = [];
    for (let k = 0; k < 60; k++) {
      await press("Tab");
      reached.push(
        await page.evaluate(
          () => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent,
        ),
      );
    }
    for (const name of ["Copy link", "Train", "Epoch", "paper"]) expect(reached).toContain(name);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("is served by the command", async () => {
    const child = spawn(process.execPath, [`${root}packages/cli/dist/main.js`, "app", "--no-open"], { stdio: "pipe" });
    const line = await new Promise<string>((resolve) => {
      let text = "";
      child.stdout.setEncoding("utf8").on("data", (part: string) => {
        text += part;
        if (text.includes("\n")) resolve(text);
      });
    });
    const [, url] = /(http:\/\/127\.0\.0\.1:\d+\/#t=[0-9a-f]{64})/.exec(line)!;
    const page = await browser().newPage();
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(url!);
    await page.locator(".plane .dot").first().waitFor();
    expect(page.url()).not.toContain("#t=");
    // A worker of this port would outlive the command.
    const worker = await page.evaluate(async () => (await fetch("./sw.js")).text());
    expect(worker).toContain("unregister");
    expect(complaints).toEqual([]);
    await page.close();
    const ended = new Promise((resolve) => child.on("exit", resolve));
    child.kill("SIGINT");
    await ended;
  });
});

test("the example is among the files", () => {
  expect(readdirSync(join(built, "examples"))).toEqual(["iris.run.zip"]);
});
