/** What a run keeps of the program and the machine that made it. */
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import type { Environment } from "./run-file.ts";

/** Version of the installed package. */
export function packageVersion(): string {
  return JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version;
}

export function environment(): Environment {
  const cpu = cpus()[0]?.model.trim() ?? "unknown";
  return { node: process.versions.node, platform: process.platform, arch: process.arch, cpu };
}
