/** Studies that compare trainings: each of several variants is trained from several seeds, and its layers are measured before and after. */

import { createNetwork, train } from "@causalscope/core";
import { yieldToEventLoop } from "@causalscope/core/basics";
import { measureLayers } from "@causalscope/core/measures";
import { options, whole } from "@causalscope/core/schema";
import type { Checkpoint, TrainingData } from "@causalscope/core/training";
import type { Part, Settings, Study, ValueRow } from "@causalscope/runs";
import { type Group, overSeeds } from "@causalscope/runs/internal";
import { epochsOption, option, type Parsed, seedsOption, toleranceOption } from "@causalscope/runs/options";
import type { TrainingOptions } from "./training-options.ts";
import { dataOf, layerRequests, measuredBy, networkSpec, trainingRules } from "./training-rules.ts";
import { inOneGo, type PartContext, plainValue, sharing, valueRows } from "./value-rows.ts";

export interface Variant {
  /** What tells it from the others; the same names in all variants. */
  readonly setting: ValueRow["setting"];
  readonly training: TrainingOptions;
}

/** A variant from a seed. */
export interface ComparisonPart extends Part, Variant {
  readonly seed: number;
}

/** Options that all of these studies have. */
export function comparedOptions(presets: { readonly epochs: number; readonly tolerance: number }) {
  return {
    seeds: seedsOption([0, 1, 2, 3, 4]),
    epochs: epochsOption(presets.epochs),
    bins: option(whole(2, 1024), { is: "bins per neuron", preset: 8 }),
    tolerance: toleranceOption(presets.tolerance),
  };
}

const common = options(comparedOptions({ epochs: 1, tolerance: 1 }));
export type ComparedOptions = Parsed<typeof common>;

/** Those of all trainings of the study: measured before and after alone. */
export function trainingOptionsOf({ seeds, epochs, bins, tolerance }: ComparedOptions) {
  return { seeds, epochs, every: epochs, bins, tolerance };
}

interface Definition<Options extends ComparedOptions>
  extends Pick<Study<Options>, "name" | "summary" | "options" | "findings" | "quick"> {
  readonly variants: (options: Options) => readonly Variant[];
  /** Of all parts together, as those of a part. */
  readonly seconds: (options: Options) => number;
  readonly settings: (options: Options) => Settings;
  /** Of its figure. */
  readonly title: string;
}

export function comparisonStudy<Options extends ComparedOptions>({
  variants,
  seconds,
  settings,
  title,
  ...study
}: Definition<Options>): Study<Options, ComparisonPart> {
  return {
    ...study,
    parts: (asked) =>
      sharing(
        seconds(asked),
        variants(asked).flatMap(({ setting, training }) =>
          training.seeds.map((seed) => {
            const words = Object.entries(setting).map(([name, value]) => `${name} ${value}`);
            const part = { at: `${words.join(", ")}, seed ${seed}`, setting, seed, training };
            return { weight: training.epochs * training.trainRows, part };
          }),
        ),
      ),
    run: inOneGo(measured),
    figures: async (_, { values }) => {
      const { openFigure } = await import("./open-figure.ts");
      return [openFigure(study.name, title, values)];
    },
    settings: (asked) => [
      ...settings(asked),
      ["measured", `before training and after ${asked.epochs} epochs`],
      ["bins", `${asked.bins}`],
      ["standard error of EI", `at most ${asked.tolerance} bit`],
      ["seeds", asked.seeds.join(", ")],
    ],
  };
}

/** The layers of a network at epoch 0 and at the end, and how well it learned. */
async function measured(
  { setting, seed, training }: ComparisonPart,
  { onProgress, ...work }: PartContext,
): Promise<ValueRow[]> {
  const { signal, pool, memory } = work;
  const data = await dataOf(training, work);
  const rows: ValueRow[] = [];
  for await (const checkpoint of checkpoints(training, data, seed, onProgress, signal)) {
    const { epoch, model } = checkpoint;
    const place = { ...setting, seed, epoch };
    rows.push(...scores(place, checkpoint));
    const found = await measureLayers(layerRequests(model, training, seed, epoch), {
      ...measuredBy(training),
      signal,
      pool,
      memory,
    });
    for (const [layer, { ei, eiParts, sensitivity, degeneracy, phi }] of found.entries()) {
      rows.push(...valueRows({ ...place, layer: layer + 1 }, { ei, eiParts, sensitivity, degeneracy, phi }));
    }
  }
  return rows;
}

async function* checkpoints(
  training: TrainingOptions,
  data: TrainingData,
  seed: number,
  onProgress: (fraction: number) => void,
  signal?: AbortSignal,
): AsyncGenerator<Checkpoint, void> {
  const network = createNetwork({ ...networkSpec(training), seed });
  yield* train(network, data, {
    ...trainingRules(training),
    seed,
    every: training.epochs,
    signal,
    pause: yieldToEventLoop,
    onProgress: ({ epoch }) => onProgress((0.9 * epoch) / training.epochs),
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

/** Sums over all layers at the end. */
export function atEnd(values: readonly ValueRow[], epochs: number, measure: string, of: ValueRow["setting"]): Group {
  return overSeeds(
    values,
    measure,
    (setting) => setting.epoch === epochs && Object.entries(of).every(([name, value]) => setting[name] === value),
  );
}

export function learnerAt(
  values: readonly ValueRow[],
  epochs: number,
  name: string,
  of: ValueRow["setting"],
  on = "testAccuracy",
) {
  const fits = ({ measure, setting }: ValueRow) =>
    measure === on &&
    setting.epoch === epochs &&
    Object.entries(of).every(([option, value]) => setting[option] === value);
  return { name, accuracies: values.filter(fits).map(({ value }) => value) };
}

export function signOf(before: Group, after: Group): "rises" | "falls" | "does not change beyond its error" {
  const gap = after.mean - before.mean;
  const error = Math.sqrt(before.error * before.error + after.error * after.error);
  // One seed has no error to go beyond.
  if (before.seeds < 2 || Math.abs(gap) < 2 * error) return "does not change beyond its error";
  return gap > 0 ? "rises" : "falls";
}
