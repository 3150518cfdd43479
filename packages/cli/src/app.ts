/** `causalscope app`: the browser app, served on this machine alone. */
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { CausalscopeError, InvalidInputError } from "@causalscope/core/errors";
import type { Command } from "commander";
import { pagesOf, serveApp } from "./app-server.ts";
import { wholeNumberOption } from "./flag-values.ts";
import { addExamples } from "./help.ts";
import { type Io, print } from "./io.ts";
import { openAddress } from "./open.ts";

interface AppFlags {
  readonly port: number;
  readonly open: boolean;
}

export function appCommand(command: Command, io: Io, version: string): void {
  command
    .description(
      "Serves the browser app on this machine, for its own browsers alone, until Ctrl-C: watch a network learn, open a run by dropping its folder. Nothing is sent anywhere.",
    )
    .allowExcessArguments(false)
    .option(
      "--port <n>",
      "port to listen on, 0 for any that is free",
      (text) => wholeNumberOption(text, "--port", 0),
      0,
    )
    .option("--no-open", "only print the address")
    .action((flags: AppFlags) => runApp(flags, io, version));
  addExamples(command, io, [["causalscope app"], ["causalscope app --port 8080 --no-open"]]);
}

async function runApp({ port, open }: AppFlags, io: Io, version: string): Promise<void> {
  if (port > 65_535) throw new InvalidInputError({ who: "--port", expected: "a port from 0 to 65535", got: `${port}` });
  const pages = pagesOf(fileURLToPath(new URL("./app", import.meta.url)));
  if (!pages.has("/")) {
    throw new CausalscopeError({
      who: "app",
      expected: "the page among the files of the package",
      got: "none",
      remedy: "In a checkout, `npm run app` builds it.",
    });
  }
  const token = randomBytes(32).toString("hex");
  const server = await serveApp({ pages, token, port, version }).catch((error: NodeJS.ErrnoException) => {
    const got = error.code === "EADDRINUSE" ? "one that is in use" : error.message;
    throw new InvalidInputError({ who: "--port", expected: "a port that is free", got }, { cause: error });
  });
  print(io.stdout, `Causalscope is at ${server.address}\n`);
  print(io.stderr, "Ctrl-C ends it.\n");
  if (open) await openAddress(server.address, io);
  await new Promise<void>((resolve) => {
    if (io.signal.aborted) resolve();
    io.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await server.close();
}
