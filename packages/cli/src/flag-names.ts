/**
 * Errors of the library name its settings and functions: `ablate(): bootstrap`. Who typed a command knows flags: `--bootstrap`. Here alone
 * the one becomes the other.
 */
import type { Command } from "commander";

/** Which flag a function's complaint is about, by command: for those that name no setting. */
const COMPLAINTS: Readonly<Record<string, readonly (readonly [complaint: RegExp, flag: string])[]>> = {
  neurons: [[/^learnQuantizer\(\)(?=: )/, "--quantizer"]],
  ablate: [[/^learnQuantizer\(\)(?=: )/, "--quantizer"]],
  mi: [
    [/^learnQuantizer\(\)(?=: expected bins)/, "--bins"],
    [/^\w+\(\)(?=: expected neighbours)/, "--k"],
  ],
};

/** `film: seed: expected`, `ablate(): settings.seed: expected`: who complains, down to the setting. */
const SETTING = /^(?:[\w ]+(?:\(\))?: )*(?:\w+\.)*(\w+)(?=: expected )/;
/** A setting with its flag behind it. */
const BOTH = /\b(\w+) \((--[\w-]+)\)/g;

/** @param command the one that was called; undefined where it never came to that. */
export function inFlags(message: string, command: Command | undefined): string {
  if (command === undefined) return message;
  const flags = new Map(command.options.map((option) => [option.attributeName(), option.long ?? option.flags]));
  let text = message.replace(SETTING, (who, setting: string) => flags.get(setting) ?? who);
  for (const [complaint, flag] of COMPLAINTS[command.name()] ?? []) text = text.replace(complaint, flag);
  return text
    .replace(BOTH, (both, setting: string, flag: string) => (flags.get(setting) === flag ? flag : both))
    .replace("or { input, output } of such", "or two such, inputs,outputs");
}
