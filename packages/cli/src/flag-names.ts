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

/**
 * `film: seed: expected`, `ablate(): settings.seed: expected`, `neuronInformation(): quantizer.width: expected`: who complains, down to the
 * setting. A file's name, `net.json: expected`, is none.
 */
const SETTING = /^(?:(?:[\w ]+(?:\(\))?: )+((?:\w+\.)*\w+)|(\w+))(?=: expected )/;
/** A setting with its flag behind it. */
const BOTH = /\b(\w+) \((--[\w-]+)\)/g;

/** @param command the one that was called; undefined where it never came to that. */
export function inFlags(message: string, command: Command | undefined): string {
  if (command === undefined) return message;
  const flags = new Map(command.options.map((option) => [option.attributeName(), option.long ?? option.flags]));
  let text = message.replace(SETTING, (who, path: string | undefined, alone: string) => {
    const names = (path ?? alone).split(".");
    const at = names.findIndex((name) => flags.has(name));
    if (at < 0) return who;
    const within = names.slice(at + 1).join(".");
    return `${flags.get(names[at]!)}${within === "" ? "" : ` (${within})`}`;
  });
  for (const [complaint, flag] of COMPLAINTS[command.name()] ?? []) text = text.replace(complaint, flag);
  return text
    .replace(BOTH, (both, setting: string, flag: string) => (flags.get(setting) === flag ? flag : both))
    .replace("or { input, output } of such", "or two such, inputs,outputs");
}
