/** The command as a process of its own, and signals that come to it. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../../", import.meta.url));
export const command = `${root}packages/cli/dist/main.js`;

// The number of workers is the same on every machine.
export const SMALL = "study iris --layers 4-3 --epochs 4 --every 2 --seeds 2 --tolerance 0.2 --workers 0".split(" ");

export function causalscope(args: readonly string[], cwd: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], { cwd, encoding: "utf8" });
  return { status, stdout, stderr };
}

/**
 * Sends the signals one after the other when such a text comes out on stderr. The process sends them to itself as it writes: from here,
 * they could come after its end on a busy machine.
 */
export function signalled(args: readonly string[], cwd: string, at: RegExp, ...signals: NodeJS.Signals[]) {
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

/** To be done before the tests of a file: the whole check has just built it. */
export function build(): void {
  if (process.env.CAUSALSCOPE_TESTS !== undefined) return;
  execFileSync(process.execPath, [`${root}scripts/build.mjs`], { stdio: "inherit" });
}
