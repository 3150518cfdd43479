/** `causalscope study NAME`: runs an experiment into a folder, with figures and a report. */

import { InvalidInputError } from "@causalscope/core/errors";
import { studySummaries } from "@causalscope/studies/internal";
import type { Command } from "commander";
import { addCommands } from "./add-commands.ts";
import type { Io } from "./io.ts";

export function studyCommand(command: Command, io: Io, version: string): void {
  const listed = Object.entries(studySummaries);
  const names = listed.map(([name, summary]) => `  ${name.padEnd(19)}${summary}`);
  command
    .description(`Runs an experiment into a folder, with figures and a report.\n\nStudies:\n${names.join("\n")}`)
    .argument("[name]")
    .usage("<name> [options]")
    // Whatever follows an unknown name is not what is wrong.
    .allowUnknownOption()
    .allowExcessArguments()
    .action((name?: string) => {
      throw new InvalidInputError({
        who: "study",
        expected: `the name of a study (${Object.keys(studySummaries).join(", ")})`,
        got: name === undefined ? "none" : JSON.stringify(name),
        remedy: "`causalscope study --help` says what each does.",
      });
    });
  const load = async () => (await import("./run-study.ts")).oneStudyCommand;
  const entries = listed.map(([name, summary]) => ({ name, usage: "[options]", summary, load }));
  addCommands(command, entries, io, version);
}
