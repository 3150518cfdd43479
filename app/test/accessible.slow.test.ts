/** Every state of the page has nothing that axe finds wrong, in both colours and three widths; and all of it is reached by keys. */
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { missing } from "../../test/chromium.ts";
import { appInChromium, finished, inChromium, root, status, XOR } from "./browser.ts";

const axe = readFileSync(`${root}node_modules/axe-core/axe.min.js`, "utf8");

async function violations(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const found = await axe.run();
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`);
  });
}

const goTo = (page: Page, hash: string) =>
  page.evaluate((next) => {
    location.hash = next;
  }, hash);

const LONG = "#/learn?study=iris&epochs=1e9&every=1e6&seeds=0";
const DIVERGES = "#/learn?study=train&data=xor&net=2-3-2&act=relu&opt=sgd&lr=1e200&epochs=4&every=2&seeds=0&tol=1";

describe.skipIf(missing)(inChromium("every state of the page"), () => {
  const { opened, address } = appInChromium();

  test("has nothing that axe finds wrong, in light and dark, 390, 800 and 1280 pixels wide", async () => {
    const { page } = await opened();
    await page.evaluate(axe);
    const wrong: string[] = [];
    const look = async (state: string, tabs: readonly string[] = [""]) => {
      for (const width of [390, 800, 1280]) {
        await page.setViewportSize({ width, height: 800 });
        for (const tab of width === 390 ? tabs : tabs.slice(0, 1)) {
          if (width === 390 && tab !== "") await page.locator(".tabs button", { hasText: tab }).click();
          for (const colorScheme of ["light", "dark"] as const) {
            await page.emulateMedia({ colorScheme });
            const found = await violations(page);
            wrong.push(...found.map((each) => `${state}, ${tab} ${width} ${colorScheme}: ${each}`));
          }
        }
        if (width === 390 && tabs.length > 1) await page.locator(".tabs button", { hasText: "Plane" }).click();
      }
    };
    const TABS = ["Plane", "Network", "Question"];
    await page.locator(".plane .dot").first().waitFor();
    await look("example", TABS);
    for (const [key, state] of [
      ["?", "keys"],
      ["v", "table"],
    ] as const) {
      await page.keyboard.press(key);
      await page.locator("dialog[open] h2").waitFor();
      await look(state);
      await page.keyboard.press("Escape");
      await page.locator("dialog").waitFor({ state: "detached" });
    }
    await page.keyboard.press("e");
    await page.locator(".choices button").first().waitFor();
    await look("export");
    await page.keyboard.press("Escape");
    await page.evaluate(() => document.dispatchEvent(new DragEvent("dragover")));
    await page.locator(".drop").waitFor();
    await look("drop");
    await page.evaluate(() => document.dispatchEvent(new DragEvent("dragleave")));
    await goTo(page, "#/learn?zoom=2&lr=fast");
    await page.locator(".readout.error", { hasText: "zoom" }).waitFor();
    await look("wrong link");
    await page.getByRole("button", { name: "Close" }).click();
    await goTo(page, LONG);
    await page.locator(".readout", { hasText: "has not been started" }).waitFor();
    await look("waiting");
    await page.locator(".readout").getByRole("button", { name: "Train" }).click();
    await page.getByRole("button", { name: "Cancel" }).waitFor();
    await look("training");
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.locator(".status", { hasText: "unfinished" }).waitFor();
    await look("stopped");
    await goTo(page, DIVERGES);
    await page.locator(".status strong", { hasText: "Failed" }).waitFor();
    await look("diverged");
    await goTo(page, `${XOR}&pin=L1:2-3`);
    await page.locator(".status strong", { hasText: "Done" }).waitFor();
    const weight = page.getByRole("region", { name: "Evidence for the wire" }).locator(".what-if input");
    await weight.fill("2");
    await weight.press("Tab");
    await page.locator("table.changes").waitFor();
    await look("done, what if", TABS);
    await page.goto(`${address()}index.html?embed${XOR}&embed=1&hide=ask,network`);
    await finished(page);
    await page.evaluate(axe);
    await look("embedded");
    expect(wrong).toEqual([]);
    await page.close();
  });

  test("is reached by keys alone, in order, with a focus that is seen, and without a trap", async () => {
    const { page, complaints } = await opened(XOR);
    await finished(page);
    const stops: { name: string; section: string; seen: boolean }[] = [];
    for (let k = 0; k < 150; k++) {
      await page.keyboard.press("Tab");
      const stop = await page.evaluate(() => {
        const at = document.activeElement;
        if (at === null || at === document.body) return undefined;
        const { outlineStyle, outlineWidth } = getComputedStyle(at);
        const ring = at.querySelector(".ring, .mark");
        const stroke = ring === null ? 0 : Number.parseFloat(getComputedStyle(ring).strokeWidth);
        const label = (at.id === "" ? null : document.querySelector(`label[for="${at.id}"]`)) ?? at.closest("label");
        return {
          name: (at.getAttribute("aria-label") ?? label?.textContent ?? at.textContent ?? "").trim(),
          section: at.closest("header, .ask, .centre, .side, .transport, footer")?.classList[0] ?? "",
          seen: (outlineStyle !== "none" && Number.parseFloat(outlineWidth) > 0) || stroke >= 3,
        };
      });
      // Past the last one the focus leaves the page: nothing holds it.
      if (stop === undefined) break;
      stops.push(stop);
    }
    expect(stops.length).toBeLessThan(150);
    expect(stops.filter(({ seen }) => !seen)).toEqual([]);
    const sections = stops.map(({ section }) => section).filter((each, k, all) => each !== all[k - 1]);
    expect(sections).toEqual(["header", "ask", "centre", "side", "transport"]);
    const names = stops.map(({ name }) => name);
    const wanted = ["Open", "Copy link", "Export ▾", "Keys", "preset", "network", "epochs", "Train", "New seeds"];
    wanted.push("rotated", "paper", "table", "Play", "One checkpoint back", "Epoch", "Width of the wires");
    for (const name of wanted) expect(names.some((each) => each.startsWith(name) || each === name)).toBe(true);
    // Points of the plane and units of the network are one stop each; arrow keys go on from there.
    const point = /^layer \d, seed \d, EI \d+\.\d+ (?:plus or minus \d+\.\d+ bits|bits, exact), degeneracy −?\d+\.\d$/;
    expect(names.filter((name) => point.test(name)).length).toBe(1);
    expect(names.filter((name) => /^(?:input \d|layer \d, unit \d)$/.test(name)).length).toBe(1);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("points of the plane are gone through, read and pinned by keys", async () => {
    const { page } = await opened(XOR);
    await finished(page);
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "");
    await page.locator('.plane .dot[tabindex="0"]').focus();
    const read = new Set<string>();
    for (let k = 0; k < 4; k++) {
      read.add((await focused()).split(", EI")[0]!);
      await page.keyboard.press("ArrowRight");
    }
    expect([...read].sort()).toEqual(["layer 1, seed 0", "layer 1, seed 1", "layer 2, seed 0", "layer 2, seed 1"]);
    await page.keyboard.press("Enter");
    expect(await page.locator(".readout").innerText()).toContain("pinned");
    await page.keyboard.press("Escape");
    // Two units, one after the other, make a wire.
    await page.locator('.network .unit[data-unit="0/0"]').focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await page.getByRole("region", { name: "Evidence for the wire" }).waitFor();
    const slider = page.getByRole("slider", { name: "Epoch" });
    await slider.focus();
    await page.keyboard.press("Home");
    expect(await slider.getAttribute("aria-valuetext")).toBe("epoch 0 of 40");
    await page.close();
  });

  test("gives the focus back when a dialog or a menu is closed, and shows every picture as a table", async () => {
    const { page } = await opened(XOR);
    await finished(page);
    const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim());
    await page.getByRole("button", { name: "Keys" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Keys" }).getByRole("button", { name: "Close" }).press("Enter");
    expect(await focused()).toBe("?");
    await page.getByRole("button", { name: "Export" }).focus();
    await page.keyboard.press("Enter");
    await page.locator(".choices button").first().waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Escape");
    expect(await focused()).toBe("Export ▾");
    const table = page.locator(".centre").getByRole("button", { name: "table", exact: true });
    await table.press("Enter");
    const shown = page.getByRole("dialog", { name: "As a table" });
    const choices = await shown.locator("option").allInnerTexts();
    for (const title of ["Causal plane", "Curves", "Network"])
      expect(choices.some((each) => each.startsWith(title))).toBe(true);
    for (const choice of choices) {
      await shown.locator("select").selectOption({ label: choice });
      await shown
        .getByRole("region", { name: `Rows of ${choice}` })
        .locator("tbody tr")
        .first()
        .waitFor();
    }
    await page.keyboard.press("Escape");
    expect(await focused()).toBe("table");
    await page.close();
  });

  test("tells a screen reader of a training in one place, at most once in five seconds", async () => {
    const { page } = await opened();
    await page.locator(".plane .dot").first().waitFor();
    await page.evaluate(() => {
      const [region, ...others] = document.querySelectorAll('[role="status"], [aria-live]');
      const told: number[] = [];
      Object.assign(window, { told, others: others.length });
      new MutationObserver(() => told.push(performance.now())).observe(region!, {
        childList: true,
        characterData: true,
        subtree: true,
      });
    });
    await page.locator("#option-epochs").fill("20000");
    await page.locator("#option-every").evaluate((input) => {
      (input as HTMLInputElement).value = "10";
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
    await page.locator("form button.primary").click();
    await page.waitForFunction(() => (window as unknown as { told: number[] }).told.length >= 3);
    const { told, others } = await page.evaluate(() => {
      const { told, others } = window as unknown as { told: number[]; others: number };
      return { told, others };
    });
    expect(others).toBe(0);
    // The first may follow what was said before the run.
    for (let k = 2; k < told.length; k++) expect(told[k]! - told[k - 1]!).toBeGreaterThan(4900);
    await page.getByRole("button", { name: "Cancel" }).click();
    await finished(page);
    expect(await status(page)).toMatch(/^Stopped/);
    await page.close();
  });

  test("moves nothing by itself but checkpoints where motion is to be reduced", async () => {
    const { page } = await opened("", { reducedMotion: "reduce" });
    await page.locator(".plane .dot").first().waitFor();
    const first = await page.locator(".transport output").innerText();
    await page.waitForFunction((before) => document.querySelector(".transport output")!.textContent !== before, first);
    await page.keyboard.press("?");
    await page.locator("dialog[open]").waitFor();
    expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
    await page.close();
  });
});
