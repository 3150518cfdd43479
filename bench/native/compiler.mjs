// The C compiler that there is, if any.
import { spawnSync } from "node:child_process";

/** The command of a C compiler and what it says of its version. */
export function compiler() {
  for (const command of ["gcc", "clang"]) {
    const { status, stdout } = spawnSync(command, ["--version"], { encoding: "utf8" });
    if (status === 0) return { command, version: stdout.split("\n")[0] };
  }
  return undefined;
}
