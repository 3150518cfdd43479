/** `--open`: shows a page or a figure as a double click would. It never fails the command: what cannot be opened is said. */
import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { escaped } from "@causalscope/core/basics";
import { InvalidInputError } from "@causalscope/core/errors";
import { type Io, print } from "./io.ts";
import { onPath } from "./on-path.ts";

/** An opener that does not end after so many milliseconds is the browser itself. */
const PATIENCE = 3000;

interface Opener {
  readonly program: string;
  /** Without the file. */
  readonly args: readonly string[];
  /** The arguments are passed as they are: Windows' shell has rules of its own. */
  readonly verbatim?: boolean;
}

/** @param platform as `process.platform` names it. */
export function openerOf(platform: string): Opener {
  if (platform === "darwin") return { program: "open", args: [] };
  if (platform === "win32") return { program: "cmd", args: ["/c", "start", '""'], verbatim: true };
  return { program: "xdg-open", args: [] };
}

/** @throws InvalidInputError for `--open` where no page is written. */
export function requirePage(open: boolean | undefined, folder: string | undefined): void {
  if (open !== true || folder !== undefined) return;
  throw new InvalidInputError({ who: "--open", expected: "--out FOLDER, whose page it opens", got: "none" });
}

/** Opens a file that was written; says on stderr where that is not possible. */
export async function openFile(file: string, io: Io, platform: string = process.platform): Promise<void> {
  const opener = openerOf(platform);
  const reason = await failureOf(opener, resolve(file), io, platform);
  if (reason === undefined) return;
  print(io.stderr, `Cannot open ${escaped(file)}: ${reason}. Open it in a browser yourself.\n`);
}

/** Opens a page of this machine in the browser; says on stderr where that is not possible. */
export async function openAddress(address: string, io: Io, platform: string = process.platform): Promise<void> {
  const reason = await failureOf(openerOf(platform), address, io, platform);
  if (reason !== undefined) print(io.stderr, `Cannot open a browser: ${reason}. Open the address in one yourself.\n`);
}

/** Why a file or an address was not opened; undefined where it was. */
function failureOf(
  { program, args, verbatim = false }: Opener,
  path: string,
  io: Io,
  platform: string,
): Promise<string | undefined> {
  // Windows has its shell wherever PATH leads.
  const found = platform === "win32" ? program : onPath(program, io);
  if (found === undefined) return Promise.resolve(`there is no ${program} on the PATH`);
  return new Promise((done) => {
    const child = spawn(found, [...args, verbatim ? `"${path}"` : path], {
      stdio: "ignore",
      detached: true,
      windowsVerbatimArguments: verbatim,
      env: io.env,
    });
    const timer = setTimeout(() => done(undefined), PATIENCE);
    child.on("error", ({ message }) => {
      clearTimeout(timer);
      done(message);
    });
    child.on("exit", (status, signal) => {
      clearTimeout(timer);
      done(status === 0 ? undefined : `${program} ended with ${signal ?? `status ${status}`}`);
    });
    child.unref();
  });
}
