/** What a run keeps of the machine that made it. */
import { cpus } from "node:os";
import type { Environment } from "./run-file.ts";

export function environment(): Environment {
  const cpu = cpus()[0]?.model.trim() ?? "unknown";
  return { node: process.versions.node, platform: process.platform, arch: process.arch, cpu };
}
