/** EI of the recurrent map of trained Elman and GRU cells: what a state keeps of the last one, and what an input writes. */

import { effectiveInformation, eiParts } from "@causalscope/core";
import { counted, yieldToEventLoop } from "@causalscope/core/basics";
import { delayedRecall, runningParity } from "@causalscope/core/datasets";
import { isDense } from "@causalscope/core/internal";
import { layerSeed } from "@causalscope/core/measures";
import { options, whole } from "@causalscope/core/schema";
import { type CellKind, cellKinds, recurrentMechanisms, trainRecurrent } from "@causalscope/core/training";
import type { Finding, Part, Rows, Study, ValueRow } from "@causalscope/runs";
import { type Group, overSeeds, plusMinus } from "@causalscope/runs/internal";
import { option, type Parsed } from "@causalscope/runs/options";
import { comparedOptions } from "../common/comparison.ts";
import { notLearned, presupposing } from "../common/premise.ts";
import { inOneGo, type PartContext, plainValue, sharing, valueRows } from "../common/value-rows.ts";
import { about } from "./about.ts";

const TASKS = ["parity", "recall"] as const;
type Task = (typeof TASKS)[number];

const SEQUENCES = { sequences: 200, steps: 8, seed: 0 } as const;
const DELAY = 2;

const schema = options({
  ...comparedOptions({ epochs: 300, tolerance: 0.02 }),
  units: option(whole(1, 64), { is: "units of a cell", preset: 5 }),
});

type Options = Parsed<typeof schema>;

interface RecurrentPart extends Part {
  readonly cell: CellKind;
  readonly task: Task;
  readonly seed: number;
  readonly options: Options;
}

export const study: Study<Options, RecurrentPart> = {
  ...about,
  options: schema,
  parts,
  run: inOneGo(measured),
  settings: ({ seeds, epochs, bins, tolerance, units }) => [
    ["cells", `Elman (tanh) and GRU, ${counted(units, "unit")}, one input, one answer at each step`],
    [
      "tasks",
      `running parity of bits; recall of the bit ${DELAY} steps ago; ${SEQUENCES.sequences} sequences of ${SEQUENCES.steps} steps`,
    ],
    ["training", `Adam, learning rate 0.01, batches of 20 sequences, ${counted(epochs, "epoch")}`],
    ["ranges", "states −1 to 1, inputs 0 to 1; what is not varied rests in the middle"],
    ["bins", `${bins}`],
    ["standard error of EI", `at most ${tolerance} bit`],
    ["seeds", seeds.join(", ")],
  ],
  findings,
  figures: async (_, { values }) => {
    const { openFigure } = await import("../common/open-figure.ts");
    // Both maps by themselves; together they are in the table.
    const shown = values.filter(({ setting: { map } }) => map === undefined || map === "memory" || map === "writing");
    return [openFigure(about.name, "Recurrent networks", shown)];
  },
  quick: { epochs: 5, seeds: [0, 1] },
};

function parts(asked: Options): RecurrentPart[] {
  const seconds = 4 * asked.seeds.length * (asked.epochs / 150 + 1);
  const all = cellKinds.flatMap((cell) =>
    TASKS.flatMap((task) =>
      asked.seeds.map((seed) => ({
        weight: cell === "gru" ? 3 : 1,
        part: { at: `${cell}, ${task}, seed ${seed}`, cell, task, seed, options: asked },
      })),
    ),
  );
  return sharing(seconds, all);
}

async function measured(
  { cell, task, seed, options: { epochs, bins, tolerance, units } }: RecurrentPart,
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

function findings({ epochs }: Options, { values }: Rows): Finding[] {
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
      paper: "The authors leave this open for recurrent networks.",
      found: `EI before → after training, in bits: ${lines.join("; ")}.`,
      verdict: "answered",
      because: `EI from state to state rises in ${rising("memory")} and falls in ${all - rising("memory")} of ${all} combinations of cell and task; from input to state it rises in ${rising("writing")} of ${all}. An untrained cell keeps more of its state than a task of one or two bits requires, and less of its input.${missing === "" ? "" : ` Not judged by: ${missing}.`}`,
    }),
  ];
}
