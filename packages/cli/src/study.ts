/** `causalscope study NAME`: runs an experiment into a folder, with figures and a report. */

import { InvalidInputError } from "@causalscope/core/errors";
import { studies } from "@causalscope/studies";
import type { Command } from "commander";
import { addCommands } from "./add-commands.ts";
import { addExamples } from "./help.ts";
import type { Io } from "./io.ts";
import { suggestion } from "./suggestion.ts";

export function studyCommand(command: Command, io: Io, version: string): void {
  const names = studies.map(({ name }) => name);
  command
    .description("Runs an experiment into a folder, with figures and a report.")
    .argument("[name]")
    .usage("<name> [options]")
    .commandsGroup("Studies:")
    // Whatever follows an unknown name is not what is wrong.
    .allowUnknownOption()
    .allowExcessArguments()
    .configureHelp({ ...command.configureHelp(), visibleArguments: () => [] })
    .action((name?: string) => {
      const meant = name === undefined ? "" : suggestion(name, names);
      throw new InvalidInputError({
        who: "study",
        expected: `the name of a study (${names.join(", ")})`,
        got: name === undefined ? "none" : JSON.stringify(name),
        remedy: `${meant} \`causalscope study --help\` says what each does.`.trim(),
      });
    });
  const load = async () => (await import("./run-study.ts")).oneStudyCommand;
  const entries = studies.map(({ name, summary }) => ({ name, summary, load }));
  addCommands(command, entries, io, version);
  addExamples(command, io, [["causalscope study iris"], ["causalscope study mnist --help", "the options of a study"]]);
}
