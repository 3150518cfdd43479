/** Several runs after another in one page: nothing of one is taken for another's. */
import { describe, expect, test } from "vitest";
import { missing } from "../../test/chromium.ts";
import { appInChromium, finished, inChromium, status, XOR } from "./browser.ts";

const { opened } = appInChromium();
const LONG = "#/learn?study=train&data=xor&net=2-3-2&act=tanh&batch=4&epochs=20000&every=20&seeds=0&tol=0.1";

describe.skipIf(missing)(inChromium("several runs"), () => {
  test("a link's promise is of its own run alone, and stays in the address until that is there", async () => {
    const { page, complaints } = await opened(XOR);
    await finished(page);
    const waits =
      "#/learn?study=train&data=digits&net=64-64-64-10&epochs=100000&every=1000&seeds=0-9&v=0.1.0&h=0123456789abcdef";
    await page.evaluate((hash) => {
      location.hash = hash;
    }, waits);
    await page.getByText("It has not been started.").waitFor();
    expect(await status(page)).toContain("result ");
    expect(await status(page)).not.toContain("link");
    expect(page.url()).toContain("h=0123456789abcdef");
    // Another question is not the link's.
    await page.locator("#preset").selectOption("xor");
    await page.getByText("It has not been started.").waitFor({ state: "detached" });
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("a link's epoch is of its own run, also where another is at work", async () => {
    const { page, complaints } = await opened(LONG);
    await page.locator("form button.primary").click();
    await page.locator(".transport output", { hasText: /^\d{3,} / }).waitFor();
    await page.evaluate(() => {
      location.hash =
        "#/learn?study=train&data=xor&net=2-4-2&act=tanh&batch=4&epochs=200&every=20&seeds=0&tol=0.1&e=60";
    });
    await page.locator(".legend", { hasText: "L1 2→4" }).waitFor();
    await finished(page);
    await page.locator(".transport output", { hasText: "60 / 200" }).waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("a refined value that comes late is not put into another run", async () => {
    const { page, complaints } = await opened(
      "#/learn?study=train&data=digits&net=64-16-10&act=tanh&epochs=1&every=1&seeds=0&tol=0.1&pin=L1.0",
    );
    await page.locator("form button.primary").click();
    await page.getByRole("button", { name: /^refine to/ }).waitFor();
    await page.locator("#option-layers").fill("64-2-10");
    await page.locator("#option-tolerance").fill("1");
    await page.getByRole("button", { name: /^refine to/ }).click();
    await page.locator("form button.primary").click();
    await page.locator(".legend", { hasText: "L1 64→2" }).waitFor();
    await finished(page);
    // What was asked before this has been answered when this is.
    await page.keyboard.press("/");
    await page.getByRole("dialog", { name: "Find" }).getByRole("textbox").fill("L1:1-1");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "prune" }).click();
    await page.getByRole("region", { name: "What if" }).getByText("The run itself stays as it is.").waitFor();
    await page
      .getByRole("region", { name: "What if" })
      .getByText(/keep their values|keeps its value/)
      .waitFor();
    // Two units of eight bins tell six bits at most; the layer before had sixteen.
    const bits = await page.locator(".side table.values td").first().innerText();
    expect(Number(bits.split(" ")[0])).toBeLessThan(6.1);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("what was tried has its own question, whatever the panel asks by then", async () => {
    const { page, complaints } = await opened(
      "#/learn?study=train&data=circles&net=2-3-2&epochs=2000&every=100&seeds=0&tol=0.1",
    );
    await page.locator(".legend", { hasText: "L1 2→3" }).waitFor();
    await page.locator("#preset").selectOption("digits");
    await finished(page);
    await page.evaluate((hash) => {
      location.hash = hash;
    }, XOR);
    await page.locator(".legend", { hasText: "L1 2→3" }).waitFor();
    await page.locator("summary", { hasText: "Tried (2)" }).click();
    const tried = await page.locator(".tried button").allInnerTexts();
    expect(tried.map((text) => text.split(" ")[0])).toEqual(["xor", "circles"]);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
