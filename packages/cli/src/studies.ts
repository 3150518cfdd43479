/** `causalscope studies`: the studies, and about how long each takes. */

import { studies } from "@causalscope/studies/internal";
import type { Command } from "commander";
import { TRIALS, timeRange } from "./cost.ts";
import type { Io } from "./io.ts";
import { studyCost } from "./study-cost.ts";
import { left, table } from "./table.ts";

export function studiesCommand(command: Command, io: Io): void {
  command
    .description("Lists the studies, and about how long each takes with its defaults.")
    .allowExcessArguments(false)
    .action(() => listStudies(io));
}

async function listStudies(io: Io): Promise<void> {
  const rows = [];
  for (const study of Object.values(studies)) {
    const { seconds } = await studyCost(study, study.question({}), { trials: TRIALS / 10 });
    rows.push([study.name, timeRange(seconds), study.summary]);
  }
  io.stdout.write(`${table([left("study"), { title: "estimated time", align: "right" }, left("")], rows)}
Times are of computing, on one core of this machine, for the defaults; workers share them. \`causalscope study NAME --help\` says what can be changed.
`);
}
