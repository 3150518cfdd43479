/** The command as a process: what takes many of them. */
import * as fs from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { filesIn, temporaryFolder } from "../../runs/test/folders.ts";
import { build, causalscope, SMALL, signalled } from "./processes.ts";

beforeAll(build);

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
});
