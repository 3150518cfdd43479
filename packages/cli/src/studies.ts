/** `causalscope studies`: the studies, and about how long each takes. */

import type { Column } from "@causalscope/runs";
import { type StudyCost, studyCost } from "@causalscope/runs";
import { studyOptions } from "@causalscope/runs/options";
import { type StudyEntry, studies } from "@causalscope/studies";
import type { Command } from "commander";
import { TRIALS, timeRange } from "./cost-text.ts";
import { type Format, formatOf, formatOptions, printResult } from "./format.ts";
import { addExamples } from "./help.ts";
import type { Io } from "./io.ts";
import { left, right, table } from "./text-table.ts";

export function studiesCommand(command: Command, io: Io): void {
  command
    .description("Lists the studies, with the estimated time of each at its defaults.")
    .allowExcessArguments(false);
  formatOptions(command, "a row for each study").action(() => listStudies(formatOf(command), io));
  addExamples(command, io, [["causalscope studies"], ["causalscope study mnist --help"]]);
}

interface Listed extends Pick<StudyEntry, "name" | "summary"> {
  readonly kind: "training" | "values";
  readonly seconds: StudyCost["seconds"];
}

const COLUMNS: readonly Column<Listed>[] = [
  { name: "study", type: "STRING", of: (row) => row.name },
  { name: "kind", type: "STRING", of: (row) => row.kind },
  { name: "seconds_low", type: "DOUBLE", of: (row) => row.seconds[0] },
  { name: "seconds_high", type: "DOUBLE", of: (row) => row.seconds[1] },
  { name: "summary", type: "STRING", of: (row) => row.summary },
];

async function listStudies(format: Format, io: Io): Promise<void> {
  const listed: Listed[] = [];
  for (const { name, summary, load } of studies) {
    const study = await load();
    const { seconds } = await studyCost(study, studyOptions(study), { trials: TRIALS / 10 });
    listed.push({ name, kind: study.network === undefined ? "values" : "training", summary, seconds });
  }
  const rows = listed.map(({ name, seconds, summary }) => [name, timeRange(seconds), summary]);
  printResult(io, format, {
    table: () => [
      table([left("study"), right("estimated time"), left("what it does")], rows),
      "\nComputing time with default options on one core of this machine; workers share it. `causalscope study NAME --help` lists the options of a study.\n",
    ],
    json: () => ({ studies: listed }),
    columns: COLUMNS,
    rows: () => listed,
  });
}
