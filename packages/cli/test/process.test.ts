/** The command as a process: signals, pipes, the current folder. */
import { spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { sized } from "../../../test/sizes.ts";
import { filesIn, temporaryFolder } from "../../runs/test/folders.ts";
import { build, causalscope, command, SMALL, signalled } from "./processes.ts";

beforeAll(build);

describe("causalscope as a process", () => {
  it("resumes to the same bytes, whatever ended it: SIGTERM, a second signal that cannot wait, SIGKILL", async () => {
    const cwd = temporaryFolder();
    causalscope([...SMALL, "--out", "whole"], cwd);
    const ways = [
      [["SIGKILL"], { status: null, signal: "SIGKILL" }, false],
      [["SIGTERM"], { status: 143, signal: null }, true],
      [["SIGINT", "SIGTERM"], { status: 143, signal: null }, false],
    ] as const;
    for (const [signals, end, saved] of ways.slice(0, sized({ small: 1, whole: 3 }))) {
      const out = `cut-by-${signals.join("-")}`;
      // With workers the command is quick to hear the first signal, and may have saved all before the second one comes.
      const args = [...SMALL, "--out", out, ...(signals.length > 1 ? [] : ["--workers", "2"])];
      const { stderr, ...ended } = await signalled(args, cwd, /^[78]0 %/m, ...signals);
      const interrupted = stderr.includes("causalscope: interrupted");
      if (signals.length === 1) expect({ ...ended, interrupted }).toEqual({ ...end, interrupted: saved });
      // Two signals come in either order, and the first may have been obeyed before the second one is heard.
      else expect([130, 143]).toContain(ended.status);
      expect(fs.existsSync(`${cwd}/${out}/training.csv`)).toBe(interrupted);
      expect(fs.existsSync(`${cwd}/${out}/.lock`)).toBe(!interrupted);
      expect(causalscope(["study", "iris", "--resume", "--out", out, "--workers", "0"], cwd).status).toBe(0);
      expect(filesIn(`${cwd}/${out}`)).toEqual(filesIn(`${cwd}/whole`));
    }
  });

  it("refuses a second process in the same folder", async () => {
    const cwd = temporaryFolder();
    const long = [...SMALL, "--out", "run", "--epochs", "10000000", "--every", "5000000", "--quiet"];
    const first = spawn(process.execPath, [command, ...long], { cwd, stdio: "ignore" });
    onTestFinished(() => void first.kill("SIGKILL"));
    while (!fs.existsSync(`${cwd}/run/journal.jsonl`)) await new Promise((resolve) => setTimeout(resolve, 20));
    for (const flag of ["--resume", "--force"]) {
      const second = causalscope(["study", "iris", "--out", "run", flag], cwd);
      expect([second.status, second.stdout]).toEqual([2, ""]);
      expect(second.stderr).toContain(
        `run: expected a folder that no other process writes to; got one in use by process ${first.pid}`,
      );
    }
  });

  it("ends at a signal also where it computes without a pause", async () => {
    const cwd = temporaryFolder();
    fs.writeFileSync(`${cwd}/t.csv`, `a,b\n${"x,u\ny,v\n".repeat(500)}`);
    // Says when it is about to compute, and that it has not by then.
    const told = `const of = process.removeAllListeners; process.removeAllListeners = function (name) {
      const done = of.call(this, name); if (name === "SIGTERM") process.stderr.write("begins\\n"); return done; };`;
    const args = ["mi", "t.csv", "--x", "a", "--y", "b", "--permutations", "100000000"];
    const child = spawn(
      process.execPath,
      ["--import", `data:text/javascript,${encodeURIComponent(told)}`, command, ...args],
      { cwd },
    );
    onTestFinished(() => void child.kill("SIGKILL"));
    child.stderr.once("data", () => child.kill("SIGTERM"));
    const ended = await new Promise((resolve) => child.once("exit", (status, signal) => resolve({ status, signal })));
    expect(ended).toEqual({ status: null, signal: "SIGTERM" });
  });

  it("ends quietly when the reader of its output goes away", () => {
    const net = `${temporaryFolder()}/net.json`;
    fs.writeFileSync(net, JSON.stringify({ layers: [{ weights: [[1]], activation: "relu" }] }));
    const line = `"${process.execPath}" "${command}" measure "${net}" --json | true; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync("bash", ["-c", line], { encoding: "utf8" });
    expect({ stdout, stderr }).toEqual({ stdout: "0\n", stderr: "" });
  });
});

describe.runIf(fs.existsSync("/dev/full"))("a command whose output has no room", () => {
  it.each([
    [
      "> /dev/full",
      "causalscope: standard output: expected to be written; got ENOSPC: no space left on device, write.\n",
    ],
    ["> /dev/full 2> /dev/full", ""],
  ])("ends with status 1 and at most one line: %s", (where, said) => {
    const net = `${temporaryFolder()}/net.json`;
    fs.writeFileSync(net, JSON.stringify({ layers: [{ weights: [[1]], activation: "relu" }] }));
    const line = `"${process.execPath}" "${command}" show "${net}" ${where}`;
    const { status, stderr } = spawnSync("bash", ["-c", line], { encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 1, stderr: said });
  });
});

describe("what a command loads", () => {
  /** The files of the modules that a call evaluates, as V8 counts what was covered. */
  function loadedBy(...args: string[]): string[] {
    const folder = temporaryFolder();
    const env = { ...process.env, NODE_V8_COVERAGE: folder };
    expect(spawnSync(process.execPath, [command, ...args], { env }).status).toBe(0);
    const [file, ...others] = fs.readdirSync(folder);
    expect(others).toEqual([]);
    const { result } = JSON.parse(fs.readFileSync(`${folder}/${file}`, "utf8")) as { result: { url: string }[] };
    return result.map(({ url }) => url).filter((url) => url.startsWith("file:"));
  }

  it.each(["--version", "--help"])("%s: at most 45 modules, and no command", (flag) => {
    const loaded = loadedBy(flag);
    expect(loaded.some((url) => url.endsWith("/packages/cli/dist/run-command.js"))).toBe(true);
    expect(loaded.length).toBeLessThanOrEqual(45);
    expect(loaded.filter((url) => /\/cli\/dist\/(measure|study|show)\.js$/.test(url))).toEqual([]);
  });

  it("study --help: no study", () => {
    expect(
      loadedBy("study", "--help").filter((url) => /\/packages\/studies\/dist\/(?!index|(?:[\w-]+\/)?about)/.test(url)),
    ).toEqual([]);
  });

  it("measure --help: no study and no figure", () => {
    const loaded = loadedBy("measure", "--help");
    expect(loaded.some((url) => url.endsWith("/packages/cli/dist/measure.js"))).toBe(true);
    expect(loaded.filter((url) => /\/packages\/(report|studies)\/|\/@observablehq\/|\/linkedom\//.test(url))).toEqual(
      [],
    );
  });
});
