/**
 * Messages of the library name its functions and settings: `ablate(): bootstrap`, or a setting in backquotes. Users of a command know
 * flags: `--bootstrap`. The one becomes the other here alone.
 */
import type { Command } from "commander";

/** Settings in backquotes whose flag has another name, or that stand in reasons and notes, which are printed without their command. */
const FLAGS: Readonly<Record<string, string>> = {
  force: "--force",
  inputShapes: "--input-shape",
  jitter: "--jitter",
};
const QUOTED = /`([a-z]\w*)`/g;

/** A reason or note of the library, with flags for the settings that it names. */
export function noteInFlags(note: string): string {
  return note.replace(QUOTED, (quoted, setting: string) => FLAGS[setting] ?? quoted);
}

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
    .replace(QUOTED, (quoted, setting: string) => flags.get(setting) ?? FLAGS[setting] ?? quoted)
    .replace("or { input, output } with two of them", "or two of them, inputs,outputs");
}
