/**
 * What layers of a trained network transmit as their smallest weights are removed: whether EI tells, before accuracy does, that too many
 * are gone. Weights of each layer are set to 0 in the order of their size (magnitude pruning), without training in between.
 */

import type { Model } from "@causalscope/core";
import { createNetwork, train } from "@causalscope/core";
import { counted, yieldToEventLoop } from "@causalscope/core/basics";
import { modelOfChain, requireChain } from "@causalscope/core/internal";
import { measureLayers } from "@causalscope/core/measures";
import { options } from "@causalscope/core/schema";
import type { Checkpoint } from "@causalscope/core/training";
import { evaluate } from "@causalscope/core/training";
import type { Part, PartResult, Study, StudyWork, ValueRow } from "@causalscope/runs";
import { blob, checkpointBytes, checkpointFrom } from "@causalscope/runs";
import { resolved } from "@causalscope/runs/internal";
import { numbers, option, type Parsed } from "@causalscope/runs/options";
import { comparedOptions, trainingOptionsOf } from "../common/comparison.ts";
import { type TrainingOptions, trainingOf } from "../common/training-options.ts";
import { dataOf, layerRequests, measuredBy, networkSpec, trainingRules } from "../common/training-rules.ts";
import { plainValue, valueRows } from "../common/value-rows.ts";
import { about } from "./about.ts";
import { pruningFindings } from "./findings.ts";

const schema = options({
  ...comparedOptions({ epochs: 100, tolerance: 0.1 }),
  fractions: option(
    numbers((fraction) => fraction >= 0 && fraction < 1, "at least one fraction from 0, below 1"),
    { is: "fractions of each layer's weights to remove: 0,0.5,0.9", preset: [0, 0.3, 0.5, 0.7, 0.8, 0.9] },
  ),
});

type Options = Parsed<typeof schema>;

interface PruningPart extends Part {
  readonly seed: number;
  readonly fractions: readonly number[];
  readonly training: TrainingOptions;
}

export const study: Study<Options, PruningPart> = {
  ...about,
  options: resolved(schema, (asked, refuse) => {
    const ascends = asked.fractions.every((fraction, k) => k === 0 || fraction > asked.fractions[k - 1]!);
    if (!ascends) refuse("fractions", "ascending fractions", asked.fractions);
    return asked;
  }),
  parts: ({ fractions, ...asked }) =>
    asked.seeds.map((seed) => ({
      at: `seed ${seed}`,
      steps: { unit: "cut", every: 1, last: fractions.length - 1 },
      seconds: asked.epochs / 150 + 2.5 * fractions.length,
      seed,
      fractions,
      training: trainingFor(asked),
    })),
  run,
  findings: pruningFindings,
  figures: async (_, { values }) => (await import("./figures.ts")).pruningFigures(values),
  settings: ({ fractions, ...asked }) => [
    ["network", "25 → 12 → 12 → 5, sigmoid, with biases"],
    ["data", "MNIST's test images, reduced to 5 × 5, 5 classes, 4150 training examples"],
    ["training", `Adam, learning rate 0.005, batches of 50, ${counted(asked.epochs, "epoch")}`],
    ["removed", `the smallest weights of each layer: ${fractions.join(", ")} of them; biases are kept`],
    ["bins", `${asked.bins}`],
    ["standard error of EI", `at most ${asked.tolerance} bit`],
    ["seeds", asked.seeds.join(", ")],
  ],
  quick: { epochs: 5, seeds: [0, 1], fractions: [0, 0.5, 0.9] },
};

function trainingFor(asked: Omit<Options, "fractions">): TrainingOptions {
  return trainingOf({
    ...trainingOptionsOf(asked),
    layers: [25, 12, 12, 5],
    batch: 50,
    bias: true,
    optimizer: "adam",
    learningRate: 0.005,
  });
}

/** Each cut is made of the one before, so that a part goes on from its last: what is 0 already is what is removed first. */
async function* run(
  { seed, fractions, training }: PruningPart,
  work: StudyWork,
  resumeFrom?: PartResult,
): AsyncGenerator<PartResult, void> {
  const { signal, pool, memory, onProgress } = work;
  const data = await dataOf(training, work);
  let last =
    resumeFrom === undefined ? undefined : checkpointFrom(resumeFrom.blobs[0]!.bytes, resumeFrom.blobs[0]!.name);
  last ??= await trained(training, seed, work);
  for (let cut = resumeFrom === undefined ? 0 : resumeFrom.step + 1; cut < fractions.length; cut++) {
    onProgress?.({ fraction: (cut + 1) / (fractions.length + 1), at: `cut ${cut}` });
    const model = withoutSmallest(last.model, fractions[cut]!);
    const scores = {
      train: evaluate(model, data.train, training.loss),
      test: evaluate(model, data.test!, training.loss),
    };
    const found = await measureLayers(layerRequests(model, training, seed, last.epoch), {
      ...measuredBy(training),
      signal,
      pool,
      memory,
    });
    signal?.throwIfAborted();
    const place = { fraction: fractions[cut]!, seed };
    const values: ValueRow[] = valueRows(
      { ...place, layer: 0 },
      { trainAccuracy: plainValue(scores.train.accuracy), testAccuracy: plainValue(scores.test.accuracy) },
    );
    for (const [layer, { ei, eiParts, sensitivity, degeneracy, phi }] of found.entries()) {
      values.push(...valueRows({ ...place, layer: layer + 1 }, { ei, eiParts, sensitivity, degeneracy, phi }));
    }
    last = { ...last, model, ...scores };
    const name = `seed-${seed}/cut-${`${cut}`.padStart(6, "0")}.safetensors`;
    yield { step: cut, rows: { values }, blobs: [blob(name, checkpointBytes({ ...last, seed }))] };
  }
}

async function trained(
  training: TrainingOptions,
  seed: number,
  { signal, onProgress }: StudyWork,
): Promise<Checkpoint> {
  const network = createNetwork({ ...networkSpec(training), seed });
  const rules = { ...trainingRules(training), seed, signal, pause: yieldToEventLoop };
  let last: Checkpoint | undefined;
  const data = await dataOf(training, {});
  // Of the part, training counts as one more cut.
  const tell = ({ epoch }: { epoch: number }) => onProgress?.({ fraction: 0, at: `epoch ${epoch}` });
  for await (const checkpoint of train(network, data, { ...rules, onProgress: tell })) last = checkpoint;
  return last!;
}

/** The network with so much of each layer's weights set to 0, the smallest ones; of equals the first. */
export function withoutSmallest(model: Model, fraction: number): Model {
  const chain = requireChain(model, "pruning");
  const layers = chain.layers.map((layer) => {
    const order = Array.from(layer.weights.keys()).sort(
      (a, b) => Math.abs(layer.weights[a]!) - Math.abs(layer.weights[b]!) || a - b,
    );
    const weights = layer.weights.slice();
    for (const at of order.slice(0, Math.round(fraction * weights.length))) weights[at] = 0;
    return { ...layer, weights };
  });
  return modelOfChain({ ...chain, layers });
}
