/** Studies that compare trainings: each of several variants is trained from several seeds, and its layers are measured before and after. */

import { createNetwork, train } from "@causalscope/core";
import { greatest, least, momentsOf, yieldToEventLoop } from "@causalscope/core/internal";
import { type LayerRequest, layerSeed, measureLayers } from "@causalscope/core/measures";
import type { Checkpoint, TrainingData } from "@causalscope/core/training";
import type { ValueRow } from "@causalscope/runs";
import { type Part, plainValue, valueRows } from "./grid.ts";
import { embeddedData } from "./study-data.ts";
import { networkSpec, studyMechanisms, type TrainingQuestion, trainingRules } from "./training.ts";

export interface Variant {
  /** What tells it from the others; the same names in all variants. */
  readonly setting: ValueRow["setting"];
  /** With one seed, and `every` as many epochs as there are. */
  readonly asked: TrainingQuestion;
}

/** One part for each variant and seed: its layers at epoch 0 and at the end, and how well it learned. */
export function trainedParts(variants: readonly Variant[]): Part[] {
  return variants.flatMap(({ setting, asked }) =>
    asked.seeds.map((seed): Part => {
      const words = Object.entries(setting).map(([name, value]) => `${name} ${value}`);
      return {
        at: `${words.join(", ")}, seed ${seed}`,
        weight: asked.epochs * asked.trainRows,
        rows: async (context) => {
          const { signal, onProgress } = context;
          const data = await dataOf(asked, context);
          const rows: ValueRow[] = [];
          for await (const checkpoint of checkpoints(asked, data, seed, onProgress, signal)) {
            const place = { ...setting, seed, epoch: checkpoint.epoch };
            rows.push(...scores(place, checkpoint));
            const requests: LayerRequest[] = studyMechanisms(checkpoint.model, asked).map((mechanism, layer) => ({
              mechanism,
              bins: asked.bins,
              seed: layerSeed(seed, layer, checkpoint.epoch),
            }));
            const { pool, memory } = context;
            const found = await measureLayers(requests, {
              tolerance: asked.tolerance,
              samples: asked.samples,
              outside: "drop",
              signal,
              pool,
              memory,
            });
            for (const [layer, { ei, eiParts, sensitivity, degeneracy, phi }] of found.entries()) {
              const own = { ...place, layer: layer + 1 };
              rows.push(...valueRows(own, { ei, eiParts, sensitivity, degeneracy, phi }));
            }
          }
          return rows;
        },
      };
    }),
  );
}

/** The examples of a question: the package's, or those that the context reads. */
export async function dataOf(
  asked: TrainingQuestion,
  { data }: { data?: ((plan: TrainingQuestion) => Promise<TrainingData>) | undefined },
): Promise<TrainingData> {
  return asked.source === "embedded" || data === undefined ? embeddedData(asked) : data(asked);
}

async function* checkpoints(
  asked: TrainingQuestion,
  data: TrainingData,
  seed: number,
  onProgress: (fraction: number) => void,
  signal?: AbortSignal,
): AsyncGenerator<Checkpoint, void> {
  const network = createNetwork({ ...networkSpec(asked), seed });
  yield* train(network, data, {
    ...trainingRules(asked),
    seed,
    every: asked.epochs,
    signal,
    pause: yieldToEventLoop,
    onProgress: ({ epoch }) => onProgress((0.9 * epoch) / asked.epochs),
  });
}

/** Of the whole network, whose layer is 0. */
function scores(place: ValueRow["setting"], { train: learned, test }: Checkpoint): ValueRow[] {
  return valueRows(
    { ...place, layer: 0 },
    {
      trainLoss: plainValue(learned.loss),
      trainAccuracy: plainValue(learned.accuracy),
      testLoss: test && plainValue(test.loss),
      testAccuracy: test && plainValue(test.accuracy),
    },
  );
}

export interface Group {
  readonly mean: number;
  /** Standard error of the mean over the seeds; 0 for one seed. */
  readonly error: number;
  readonly low: number;
  readonly high: number;
  readonly seeds: number;
}

/** Mean over seeds of a measure summed over layers (or of layer 0's scores), among rows that `fits` picks. */
export function overSeeds(
  rows: readonly ValueRow[],
  measure: string,
  fits: (setting: ValueRow["setting"]) => boolean,
): Group {
  const sums = new Map<ValueRow["setting"][string], number>();
  for (const row of rows) {
    if (row.measure !== measure || !fits(row.setting)) continue;
    sums.set(row.setting.seed!, (sums.get(row.setting.seed!) ?? 0) + row.value);
  }
  return group([...sums.values()]);
}

/** Of one value for each seed; NaN for none. */
export function group(values: readonly number[]): Group {
  const { mean, deviation } = momentsOf(values);
  const error = deviation / Math.sqrt(values.length || 1);
  return { mean, error, low: least(values), high: greatest(values), seeds: values.length };
}

/** "3.25 ± 0.04 (N = 3)", the standard error over seeds; of one seed, which has no spread, "3.25". `SPREAD_NOTE` says so where it is shown. */
export function plusMinus(group: Group, decimals = 2): string {
  return `${withError(group, decimals)}${group.seeds < 2 ? "" : ` (N = ${group.seeds})`}`;
}

/** "3.25 ± 0.04, 2.10 ± 0.10 (N = 3)", of groups of as many seeds each. */
export function allPlusMinus(groups: readonly Group[], decimals = 2): string {
  if (new Set(groups.map(({ seeds }) => seeds)).size > 1)
    return groups.map((each) => plusMinus(each, decimals)).join(", ");
  const seeds = groups[0]?.seeds ?? 0;
  return `${groups.map((each) => withError(each, decimals)).join(", ")}${seeds < 2 ? "" : ` (N = ${seeds})`}`;
}

function withError({ mean, error, seeds }: Group, decimals: number): string {
  return seeds < 2 ? mean.toFixed(decimals) : `${mean.toFixed(decimals)} ± ${error.toFixed(decimals)}`;
}
