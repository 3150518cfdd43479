/** EI of the recurrent map of trained Elman and GRU cells: what a state keeps of the last one, and what an input writes. */

import { effectiveInformation, eiParts } from "@causalscope/core";
import { delayedRecall, runningParity } from "@causalscope/core/datasets";
import { isDense, yieldToEventLoop } from "@causalscope/core/internal";
import { layerSeed } from "@causalscope/core/measures";
import { type CellKind, cellKinds, recurrentMechanisms, trainRecurrent } from "@causalscope/core/training";
import type { Question, ValueRow } from "@causalscope/runs";
import { type Group, overSeeds, plusMinus } from "./comparison.ts";
import { doneInParts, type Part, type PartContext, plainValue, valueRows } from "./grid.ts";
import type { OpenOptions } from "./open-questions.ts";
import { requirePositive, requireWhole, requireWholes, type Who, withDefaults } from "./options.ts";
import { notLearned, presupposing } from "./premise.ts";
import type { Finding, ValueStudy } from "./study.ts";
import { studySummaries } from "./summaries.ts";

export interface RecurrentStudyOptions extends OpenOptions {
  readonly units: number;
}

export type RecurrentQuestion = Question & RecurrentStudyOptions;

const TASKS = ["parity", "recall"] as const;
type Task = (typeof TASKS)[number];

const SEQUENCES = { sequences: 200, steps: 8, seed: 0 } as const;
const DELAY = 2;

const DEFAULTS: RecurrentStudyOptions = { seeds: [0, 1, 2, 3, 4], epochs: 300, bins: 8, tolerance: 0.02, units: 5 };

export const recurrentStudy: ValueStudy<RecurrentStudyOptions, RecurrentQuestion> = {
  kind: "values",
  name: "recurrent",
  summary: studySummaries.recurrent,
  question: (options, who: Who<RecurrentStudyOptions> = (option) => `study recurrent: ${option}`) => {
    const asked = withDefaults(DEFAULTS, options);
    requireWholes(asked.seeds, 0, Number.MAX_SAFE_INTEGER, who("seeds"));
    requireWhole(asked.epochs, 1, 1e6, who("epochs"));
    requireWhole(asked.bins, 2, 1024, who("bins"));
    requireWhole(asked.units, 1, 64, who("units"));
    requirePositive(asked.tolerance, who("tolerance"));
    return { ...asked };
  },
  options: (asked) => ({ ...asked }),
  ...doneInParts(parts),
  seconds: ({ seeds, epochs }) => 4 * seeds.length * (epochs / 150 + 1),
  settings: ({ seeds, epochs, bins, tolerance, units }) => [
    ["cells", `Elman (tanh) and GRU, ${units} units, one input, one answer at each step`],
    [
      "tasks",
      `running parity of bits; recall of the bit ${DELAY} steps ago; ${SEQUENCES.sequences} sequences of ${SEQUENCES.steps} steps`,
    ],
    ["training", `Adam, learning rate 0.01, batches of 20 sequences, ${epochs} epochs`],
    ["ranges", "states −1 to 1, inputs 0 to 1; what is not varied rests at the middle"],
    ["bins", `${bins}`],
    ["standard error of EI", `at most ${tolerance} bit`],
    ["seeds", seeds.join(", ")],
  ],
  findings,
};

function parts(asked: RecurrentQuestion): Part[] {
  return cellKinds.flatMap((cell) =>
    TASKS.flatMap((task) =>
      asked.seeds.map(
        (seed): Part => ({
          at: `${cell}, ${task}, seed ${seed}`,
          weight: cell === "gru" ? 3 : 1,
          rows: (context) => measured(asked, cell, task, seed, context),
        }),
      ),
    ),
  );
}

async function measured(
  { epochs, bins, tolerance, units }: RecurrentQuestion,
  cell: CellKind,
  task: Task,
  seed: number,
  { signal, pool, memory, onProgress }: PartContext,
): Promise<ValueRow[]> {
  const data = task === "parity" ? runningParity(SEQUENCES) : delayedRecall({ ...SEQUENCES, delay: DELAY });
  const rules = { kind: cell, units, epochs, every: epochs, batchSize: 20, learningRate: 0.01, seed, signal };
  const rows: ValueRow[] = [];
  const tell = ({ epoch }: { epoch: number }) => onProgress((0.8 * epoch) / epochs);
  for await (const found of trainRecurrent(data, { ...rules, pause: yieldToEventLoop, onProgress: tell })) {
    const place = { cell, task, seed, epoch: found.epoch };
    rows.push(
      ...valueRows(
        { ...place, map: "whole" },
        { trainLoss: plainValue(found.loss), trainAccuracy: plainValue(found.accuracy) },
      ),
    );
    const maps = recurrentMechanisms(found.cell);
    for (const [k, map] of (["memory", "writing", "both"] as const).entries()) {
      const mechanism = maps[map];
      const options = { bins, seed: layerSeed(seed, k, found.epoch), signal, memory, tolerance };
      // Functions cannot be sent to workers.
      const shared = isDense(mechanism) ? { ...options, pool } : options;
      const ei = await effectiveInformation(mechanism, shared);
      const pairs = await eiParts(mechanism, isDense(mechanism) ? { bins, signal, pool } : shared);
      rows.push(...valueRows({ ...place, map }, { ei, eiParts: pairs }));
    }
  }
  return rows;
}

function findings({ epochs }: RecurrentQuestion, values: readonly ValueRow[]): Finding[] {
  const of = (measure: string, cell: CellKind, task: Task, map: string, epoch: number): Group =>
    overSeeds(values, measure, (s) => s.cell === cell && s.task === task && s.map === map && s.epoch === epoch);
  const lines = cellKinds.flatMap((cell) =>
    TASKS.map((task) => {
      const change = (map: string) =>
        `${plusMinus(of("ei", cell, task, map, 0))} → ${plusMinus(of("ei", cell, task, map, epochs))}`;
      const accuracy = of("trainAccuracy", cell, task, "whole", epochs);
      return `${cell}, ${task} (${(100 * accuracy.mean).toFixed(0)} % right): h → h ${change("memory")}, x → h ${change("writing")}`;
    }),
  );
  const learners = cellKinds.flatMap((cell) =>
    TASKS.map((task) => {
      const fits = ({ measure, setting: s }: ValueRow) =>
        measure === "trainAccuracy" && s.cell === cell && s.task === task && s.epoch === epochs;
      const accuracies = values.filter(fits).map(({ value }) => value);
      return { cell, task, name: `${cell} on ${task}`, accuracies, classes: 2 };
    }),
  );
  const learned = learners.filter((learner) => notLearned([learner]) === "");
  const missing = notLearned(learners);
  const all = learned.length;
  const rising = (map: string) =>
    learned.filter(({ cell, task }) => of("ei", cell, task, map, epochs).mean > of("ei", cell, task, map, 0).mean)
      .length;
  return [
    presupposing(all === 0 ? missing : "", {
      claim: "What does learning do to the EI of a recurrent map?",
      paper: "Left open by the authors: recurrent networks.",
      found: `EI before → after training, in bits: ${lines.join("; ")}.`,
      verdict: "answered",
      because: `EI from state to state rises in ${rising("memory")} and falls in ${all - rising("memory")} of ${all} combinations of cell and task; from input to state it rises in ${rising("writing")} of ${all}. An untrained cell keeps more of its state than a task of one or two bits asks for, and hears less of its input.${missing === "" ? "" : ` Not judged by: ${missing}.`}`,
    }),
  ];
}
