/** A question as the command asks it. */
import type { Question } from "../engine/protocol.ts";
import { WRITTEN } from "./address.ts";

/** "causalscope study iris --epochs 500". */
export function commandOf({ study, options }: Question): string {
  const flags = Object.entries(options).map(([name, value]) => {
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (value === true) return flag;
    if (value === false) return flag.replace(/^--/, "--no-");
    return `${flag} ${name === "seeds" ? (value as readonly number[]).join(",") + (Array.isArray(value) && value.length === 1 ? "," : "") : (WRITTEN[name]?.print(value) ?? String(value))}`;
  });
  return ["causalscope study", study, ...flags].join(" ");
}
