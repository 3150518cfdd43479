import { readdirSync, readFileSync } from "node:fs";
import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { storageOn } from "../../runs/src/storage.ts";
import { studies } from "../../studies/src/index.ts";
import { commands } from "../src/commands.ts";
import type { Io } from "../src/io.ts";
import { causalscope } from "./harness.ts";

const version = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")).version;

describe("causalscope", () => {
  it("prints its version", async () => {
    for (const flag of ["--version", "-V"]) {
      expect(await causalscope([flag])).toEqual({ status: 0, stdout: `${version}\n`, stderr: "" });
    }
  });

  it("prints help with examples", async () => {
    const { status, stdout, stderr } = await causalscope(["--help"]);
    expect([status, stderr]).toEqual([0, ""]);
    for (const words of ["study", "measure", "Examples:", "$ causalscope study iris", "Exit status:"]) {
      expect(stdout).toContain(words);
    }
  });

  it("prints help on stderr without a command, and calls it misuse", async () => {
    const { status, stdout, stderr } = await causalscope([]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain("Usage: causalscope");
  });

  it("refuses an unknown command or option in one line", async () => {
    for (const [argv, words] of [
      [["mesure"], "unknown command 'mesure' (Did you mean measure?)"],
      [["--verbose"], "unknown option '--verbose'"],
    ] as const) {
      expect(await causalscope(argv)).toEqual({ status: 2, stdout: "", stderr: `causalscope: ${words}\n` });
    }
  });

  it("fails with status 1 and one line for what it did not foresee; a stack trace is for those who ask", async () => {
    const storage = storageOn();
    const broken = {
      ...storage,
      read(): never {
        throw new TypeError("a mistake\nof ours");
      },
    };
    const plain = await causalscope(["measure", "x"], { storage: broken });
    expect(plain).toEqual({ status: 1, stdout: "", stderr: expect.any(String) });
    expect(plain.stderr).toMatch(
      /^causalscope: internal error, please report it [^\n]*: TypeError: a mistake of ours \(--debug [^\n]*\n$/,
    );
    const debug = await causalscope(["measure", "x"], { storage: broken, env: { CAUSALSCOPE_DEBUG: "1" } });
    expect(debug.stderr).toContain("    at ");
    const asked = await causalscope(["measure", "x", "--debug"], { storage: broken });
    expect(asked.stderr).toContain("    at ");
  });
});

describe("what is listed before it is loaded", () => {
  it.each(commands)("$name takes what the list says", async ({ name, usage, load }) => {
    const command = new Command(name);
    (await load())(command, { env: {} } as Io, version);
    const names = command.registeredArguments.map((argument) => {
      const word = `${argument.name()}${argument.variadic ? "..." : ""}`;
      return argument.required ? `<${word}>` : `[${word}]`;
    });
    // `study` says itself which names there are.
    expect(names.join(" ")).toBe(name === "study" ? "[name]" : (usage ?? ""));
  });

  it.each(studies)("the study $name is what the list says, with a name that a folder can have", async (entry) => {
    const { name, summary } = await entry.load();
    expect([name, summary]).toEqual([entry.name, entry.summary]);
    expect(name).toMatch(/^[a-z\d]+(-[a-z\d]+)*$/);
  });

  it("the studies are the folders that there are", () => {
    const folder = new URL("../../studies/src/", import.meta.url);
    const folders = readdirSync(folder, { withFileTypes: true }).filter((each) => each.isDirectory());
    const index = readFileSync(new URL("index.ts", folder), "utf8");
    const listed = new Set([...index.matchAll(/import\("\.\/([\w-]+)\/index\.ts"\)/g)].map(([, name]) => name));
    const others = new Set(["common", "reproduction"]);
    expect(folders.map(({ name }) => name).filter((name) => !others.has(name))).toEqual([...listed].sort());
    expect(new Set(studies.map(({ name }) => name)).size).toBe(studies.length);
  });
});
