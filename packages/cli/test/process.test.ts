/** The command as a process: signals, pipes, the current folder. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { sized } from "../../../test/sizes.ts";
import { filesIn, temporaryFolder } from "../../runs/test/folders.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const command = `${root}packages/cli/dist/main.js`;

beforeAll(() => {
  // The whole check has just built it.
  if (process.env.CAUSALSCOPE_TESTS !== undefined) return;
  execFileSync(process.execPath, [`${root}scripts/build.mjs`], { stdio: "inherit" });
});

// The number of workers is the same on every machine.
const SMALL = "study iris --layers 4-3 --epochs 4 --every 2 --seeds 2 --tolerance 0.2 --workers 0".split(" ");

function causalscope(args: readonly string[], cwd: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], { cwd, encoding: "utf8" });
  return { status, stdout, stderr };
}

/**
 * Sends the signals one after the other when such a text comes out on stderr. The process sends them to itself as it writes: from here,
 * they could come after its end on a busy machine.
 */
function signalled(args: readonly string[], cwd: string, at: RegExp, ...signals: NodeJS.Signals[]) {
  const program = `
    const { stderr } = process;
    const write = stderr.write.bind(stderr);
    let text = "";
    stderr.write = (chunk, ...rest) => {
      const written = write(chunk, ...rest);
      const before = ${at}.test(text);
      text += chunk;
      if (!before && ${at}.test(text)) for (const signal of ${JSON.stringify(signals)}) process.kill(process.pid, signal);
      return written;
    };`;
  const sending = `data:text/javascript,${encodeURIComponent(program)}`;
  const child = spawn(process.execPath, ["--import", sending, command, ...args], { cwd });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  return new Promise<{ status: number | null; signal: string | null; stderr: string }>((resolve) => {
    child.on("close", (status, signal) => resolve({ status, signal, stderr }));
  });
}

describe("causalscope as a process", () => {
  it("puts each run into the next free folder, and resumes the newest that is unfinished", async () => {
    const cwd = temporaryFolder();
    expect(causalscope(SMALL, cwd).status).toBe(0);
    expect(await signalled(SMALL, cwd, /^[5-8]0 %/m, "SIGINT")).toMatchObject({ status: 130 });
    const least = ["--seeds", "1", "--epochs", "1"];
    expect(causalscope([...SMALL, ...least], cwd).stdout).toContain("runs/iris-3/report.html");
    expect(fs.readdirSync(`${cwd}/runs`)).toEqual(["iris", "iris-2", "iris-3"]);

    const resumed = causalscope(["study", "iris", "--resume", "--workers", "0"], cwd);
    expect(resumed.status).toBe(0);
    expect(resumed.stdout).toContain("runs/iris-2/report.html");
    expect(filesIn(`${cwd}/runs/iris-2`)).toEqual(filesIn(`${cwd}/runs/iris`));

    const none = causalscope(["study", "iris", "--resume"], cwd);
    expect([none.status, none.stdout]).toEqual([2, ""]);
    expect(none.stderr).toMatch(
      /^causalscope: --resume: expected an unfinished run in runs\/iris, runs\/iris-2 …; got none\. [^\n]+\n$/,
    );

    expect(causalscope([...SMALL, "--force", "--epochs", "1"], cwd).status).toBe(0);
    expect(fs.readdirSync(`${cwd}/runs/iris/checkpoints/seed-0`)).toEqual([
      "epoch-000000.safetensors",
      "epoch-000001.safetensors",
    ]);
  });

  it("films into a file whose name begins with a dash, which is no option of the encoder", () => {
    const cwd = temporaryFolder();
    causalscope([...SMALL, "--seeds", "1", "--out", "run"], cwd);
    // In place of ffmpeg: keeps what it is told, and writes what it is given into its last argument's file.
    const encoder = `#!/bin/sh\nprintf "%s\\n" "$@" > told\nfor last; do :; done\ncat > "\${last#file:}"\n`;
    fs.writeFileSync(`${cwd}/encoder`, encoder, { mode: 0o755 });
    const film = ["film", "run", "--size", "480p", "--seconds", "1", "--fps", "2", "--quiet", "--ffmpeg", "./encoder"];
    for (const name of ["-x.mp4", "--help.webm", "pipe:1.mp4"]) {
      const { status, stdout } = causalscope([...film, `--out=${name}`], cwd);
      expect([status, stdout]).toEqual([0, expect.stringContaining(name)]);
      expect(fs.readFileSync(`${cwd}/told`, "utf8").trim().split("\n").at(-1)).toBe(`file:${name}.partial`);
      expect(fs.statSync(`${cwd}/${name}`).size).toBe(2 * 4 * 854 * 480);
    }
  });

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
        `run: expected a folder that no other process is writing; got one in use by process ${first.pid}`,
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

  it.each(["--version", "--help"])("%s: at most 40 modules, and no command", (flag) => {
    const loaded = loadedBy(flag);
    expect(loaded.some((url) => url.endsWith("/packages/cli/dist/run-command.js"))).toBe(true);
    expect(loaded.length).toBeLessThanOrEqual(40);
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
