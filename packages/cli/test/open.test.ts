/** `--open`, with a program in place of the one that opens files. */
import * as fs from "node:fs";
import { describe, expect, it } from "vitest";
import { disk } from "../../runs/src/storage.ts";
import { temporaryFolder } from "../../runs/test/folders.ts";
import { openerOf, openFile } from "../src/open.ts";
import { causalscope } from "./harness.ts";
import { networkFile, TRIO } from "./networks.ts";

/** A folder for PATH whose `xdg-open` writes down what it is given, and ends with a status. */
function opener(status = 0): { readonly path: string; opened(): string } {
  const path = temporaryFolder();
  const script = `#!/bin/sh\nprintf '%s\\n' "$@" > "${path}/opened"\nexit ${status}\n`;
  fs.writeFileSync(`${path}/xdg-open`, script, { mode: 0o755 });
  return { path, opened: () => fs.readFileSync(`${path}/opened`, "utf8") };
}

async function open(file: string, PATH: string, platform = "linux"): Promise<string> {
  let said = "";
  const stream = { write: (text: string) => (said += text) };
  const io = { stdout: stream, stderr: stream, env: { PATH }, storage: disk, signal: new AbortController().signal };
  await openFile(file, { ...io, stdin: (async function* () {})() }, platform);
  return said;
}

describe("--open", () => {
  it("gives the file to the desktop, by its whole path, so that no name is an option", async () => {
    const { path, opened } = opener();
    expect(await open("-x.html", path)).toBe("");
    expect(opened()).toBe(`${process.cwd()}/-x.html\n`);
  });

  it("says in words what does not work", async () => {
    expect(await open("page.html", "/nowhere")).toBe(
      "Cannot open page.html: there is no xdg-open on the PATH. Open it in a browser yourself.\n",
    );
    expect(await open("page.html", opener(3).path)).toBe(
      "Cannot open page.html: xdg-open ended with status 3. Open it in a browser yourself.\n",
    );
    const broken = opener();
    fs.chmodSync(`${broken.path}/xdg-open`, 0o644);
    expect(await open("page.html", broken.path)).toMatch(/^Cannot open page\.html: .*EACCES.*yourself\.\n$/);
  });

  it("knows each system's own program", () => {
    expect(openerOf("darwin")).toEqual({ program: "open", args: [] });
    expect(openerOf("win32")).toEqual({ program: "cmd", args: ["/c", "start", '""'], verbatim: true });
    expect(openerOf("freebsd").program).toBe("xdg-open");
  });

  it("opens the page of a report; a command that has failed to open it has not failed", async () => {
    const out = `${temporaryFolder()}/report`;
    const { path, opened } = opener();
    const args = ["measure", networkFile(TRIO), "--bins", "4", "--tolerance", "0.2", "--out", out, "--open", "--quiet"];
    expect((await causalscope(args, { env: { PATH: path } })).status).toBe(0);
    expect(opened()).toBe(`${out}/report.html\n`);
    const without = await causalscope(args, { env: {} });
    expect([without.status, without.stderr]).toEqual([0, expect.stringContaining("Cannot open")]);
  });

  it.each(["measure", "neurons", "ablate"])("%s: is refused where no page is written", async (name) => {
    const args = [name, networkFile(TRIO), ...(name === "measure" ? [] : ["--data", "x.csv"]), "--open"];
    const { status, stdout, stderr } = await causalscope(args);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toBe("causalscope: --open: expected --out FOLDER, whose page it opens; got none.\n");
  });
});
