/** Where a program is, as a shell would find it. */
import { delimiter, join } from "node:path";
import type { Io } from "./io.ts";

/** The path of a program in a folder of PATH; undefined where there is none. */
export function onPath(name: string, { env, storage }: Pick<Io, "env" | "storage">): string | undefined {
  const folders = (env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  for (const folder of folders) {
    const file = listed(folder, storage).find((each) => each === name || each === `${name}.exe`);
    if (file !== undefined) return join(folder, file);
  }
  return undefined;
}

/** A folder of PATH that cannot be read holds nothing for us. */
function listed(folder: string, storage: Io["storage"]): readonly string[] {
  try {
    return storage.list(folder) ?? [];
  } catch {
    return [];
  }
}
