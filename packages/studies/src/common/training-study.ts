/**
 * Studies of networks that learn, every layer measured on the way: the experiments of Mattsson, Michaud & Hoel, "Examining the
 * causal structures of deep neural networks using information theory" (2020), with everything adjustable. One study differs from
 * another by its presets.
 */

import { createNetwork, train } from "@causalscope/core";
import { yieldToEventLoop } from "@causalscope/core/basics";
import { FormatError, InvalidInputError } from "@causalscope/core/errors";
import { modelOfChain, requireChain } from "@causalscope/core/internal";
import type { LayerMeasures, LayerRequest } from "@causalscope/core/measures";
import { measureLayers } from "@causalscope/core/measures";
import type { Checkpoint, TrainingData } from "@causalscope/core/training";
import { evaluate } from "@causalscope/core/training";
import type { Part, PartResult, Study, StudyWork, WorkOfStudy } from "@causalscope/runs";
import {
  ahead,
  blob,
  checkpointBytes,
  checkpointFrom,
  checkpointName,
  measurementRows,
  runData,
} from "@causalscope/runs";
import { indexOfStep, stepAt, stepsIn } from "@causalscope/runs/internal";
import { type TrainingOptions, type TrainingPresets, trainingSchema } from "./training-options.ts";
import {
  dataOf,
  layerRequests,
  measuredBy,
  networkSpec,
  stepsOfTraining,
  studyMechanisms,
  trainingRules,
} from "./training-rules.ts";
import { trainedNetwork, trainingSettings } from "./training-settings.ts";

/** What tells one training study from another. */
export interface TrainingDefinition
  extends TrainingPresets,
    Pick<Study, "name" | "summary" | "files" | "examples" | "quick"> {}

/** A seed, with all that was asked. */
export interface TrainingPart extends Part {
  readonly seed: number;
  readonly options: TrainingOptions;
}

/** A study of networks that learn, every layer measured at every checkpoint. Its parts are seeds. */
export function trainingStudy(definition: TrainingDefinition): Study<TrainingOptions, TrainingPart> {
  const { name, summary, files, examples, quick = { epochs: 30, every: 6 } } = definition;
  const study: Study<TrainingOptions, TrainingPart> = {
    name,
    summary,
    options: trainingSchema(definition, files),
    parts: (asked) =>
      asked.seeds.map((seed) => ({
        at: `seed ${seed}`,
        steps: stepsOfTraining(asked),
        seed,
        options: asked,
      })),
    run: results,
    findings: () => [],
    figures: async (asked, rows) => {
      const { figures } = await import("@causalscope/report");
      return figures(runData(study, asked, rows, "")!);
    },
    tables: ["measurements", "training"],
    settings: trainingSettings,
    network: trainedNetwork,
    requests: (asked, model, seed, epoch) => layerRequests(model, asked, seed, epoch),
    work,
    data: (asked) => asked,
    ...(files !== undefined && { files }),
    ...(examples !== undefined && { examples }),
    quick,
  };
  return study;
}

async function* results(
  { seed, options: asked }: TrainingPart,
  work: StudyWork,
  resumeFrom?: PartResult,
): AsyncGenerator<PartResult, void> {
  const { signal, pool, memory } = work;
  const report = progressOf(asked, work);
  let took = Number.POSITIVE_INFINITY;
  // Somebody waits for the first value: until it is there, others would only share the workers with it.
  let tellFirst = () => {};
  const first =
    work.onRough &&
    new Promise<void>((resolve) => {
      tellFirst = resolve;
    });
  let begun = 0;
  const measure = async (checkpoint: Checkpoint, signal: AbortSignal): Promise<PartResult> => {
    report(checkpoint.epoch, 0);
    await yieldToEventLoop();
    if (begun++ > 0) await first;
    try {
      return await measured(checkpoint, signal);
    } finally {
      tellFirst();
    }
  };
  const measured = async (checkpoint: Checkpoint, signal: AbortSignal): Promise<PartResult> => {
    const { epoch } = checkpoint;
    const requests = layerRequests(checkpoint.model, asked, seed, epoch);
    const means = { ...measuredBy(asked), signal, pool, memory };
    if (work.onRough !== undefined && took > PATIENCE && sizeOf(requests) <= LARGEST_ROUGH)
      for (const tolerance of roughTolerances(asked.tolerance)) {
        work.onRough(resultOf(seed, checkpoint, await measureLayers(requests, { ...means, tolerance })));
        tellFirst();
      }
    const start = performance.now();
    const measures = await measureLayers(requests, { ...means, onProgress: (fraction) => report(epoch, fraction) });
    took = performance.now() - start;
    signal.throwIfAborted();
    return resultOf(seed, checkpoint, measures);
  };
  // Without workers, training ahead would only put off what can be saved.
  const limit = 1 + AHEAD * (pool?.workers ?? 0);
  yield* ahead(limit, (signal) => trained(asked, seed, work, resumeFrom, signal), measure, signal);
}

/** Checkpoints that each worker may have waiting for it. */
const AHEAD = 2;

/** Milliseconds that one waits for a checkpoint without a rough value of it. */
const PATIENCE = 300;
/** Connections above which exact measures alone take so long that a rough EI would come no sooner. */
const LARGEST_ROUGH = 2000;

const sizeOf = (requests: readonly LayerRequest[]) =>
  requests.reduce((sum, { mechanism }) => sum + mechanism.inputs * mechanism.outputs, 0);

/** Errors of EI on the way to a smaller one, in bits. All together take a fifth of its samples at the most. */
export function roughTolerances(goal: number): number[] {
  const found: number[] = [];
  for (let tolerance = 0.2; tolerance >= 2.5 * goal; tolerance /= 2.5) found.push(tolerance);
  return found;
}

/** Every checkpoint of a seed that is still to be measured. */
async function* trained(
  asked: TrainingOptions,
  seed: number,
  work: StudyWork,
  resumeFrom: PartResult | undefined,
  signal: AbortSignal,
): AsyncGenerator<Checkpoint, void> {
  const data = await dataOf(asked, work);
  const network = createNetwork({ ...networkSpec(asked), seed });
  const from = resumeFrom && checkpointOf(resumeFrom, seed);
  if (from !== undefined) requireSameData(from, nameOf(resumeFrom!), data, asked);
  const options = { ...trainingRules(asked), seed, from, signal, pause: yieldToEventLoop };
  for await (const checkpoint of train(network, data, options)) {
    yield checkpoint;
    // Training would leave no turn to what workers answer.
    await yieldToEventLoop();
  }
}

function nameOf({ blobs }: PartResult): string {
  return `checkpoints/${blobs[0]?.name}`;
}

function checkpointOf(result: PartResult, seed: number): Checkpoint {
  const { step, blobs } = result;
  const who = nameOf(result);
  const checkpoint = checkpointFrom(blobs[0]?.bytes ?? new Uint8Array(), who);
  // A file of a training that was of another version does not say its seed.
  if (checkpoint.epoch === step && (checkpoint.seed ?? seed) === seed) return checkpoint;
  throw new FormatError({
    who,
    expected: `the checkpoint of seed ${seed}, epoch ${step}`,
    got: `one of seed ${checkpoint.seed ?? seed}, epoch ${checkpoint.epoch}`,
    remedy: "Restore the right one, or use --force to start again.",
  });
}

/** Files may have changed since the run was begun; then its networks do not do as well as they did. */
function requireSameData(
  { model, train }: Checkpoint,
  path: string,
  data: TrainingData,
  { loss }: TrainingOptions,
): void {
  const { loss: now } = evaluate(model, data.train, loss);
  if (now === train.loss) return;
  throw new InvalidInputError({
    who: path,
    expected: `its training data, on which its loss is ${train.loss}`,
    got: `data with a loss of ${now}`,
    remedy: "Provide the same files, or use --force to start again.",
  });
}

/** Told how far each checkpoint is, says how far all are: checkpoints are begun in order, and several may be at work. */
function progressOf(asked: TrainingOptions, { onProgress }: StudyWork) {
  const steps = stepsOfTraining(asked);
  const total = stepsIn({ steps });
  const fractions = new Map<number, number>();
  let first: number | undefined;
  return (epoch: number, fraction: number): void => {
    const position = indexOfStep(steps, epoch);
    first ??= position;
    if (position < first) return;
    fractions.set(position, fraction);
    const at = `epoch ${stepAt(steps, first)}`;
    for (; fractions.get(first) === 1; first++) fractions.delete(first);
    const done = [...fractions.values()].reduce((sum, each) => sum + each, first);
    onProgress?.({ at, fraction: done / total });
  };
}

function resultOf(seed: number, checkpoint: Checkpoint, measures: readonly LayerMeasures[]): PartResult {
  const { epoch, step, train: learned, test } = checkpoint;
  const training = {
    seed,
    epoch,
    step,
    trainLoss: learned.loss,
    testLoss: test!.loss,
    trainAccuracy: learned.accuracy,
    testAccuracy: test!.accuracy,
  };
  const measurements = measures.flatMap((layer, position) => measurementRows(layer, position, seed, epoch));
  const blobs = [blob(checkpointName(seed, epoch), checkpointBytes({ ...checkpoint, seed }))];
  return { step: epoch, rows: { measurements, training: [training] }, blobs };
}

/** Times as large as at first, about, weights are after learning. */
const GROWTH = 4;

/** Forward, backward, and the update. */
const PASSES = 3;

/** What a unit takes besides its weights, in multiplications. */
const UNIT = 10;

function work(asked: TrainingOptions): WorkOfStudy {
  const { seeds, epochs, bins, trainRows } = asked;
  const model = createNetwork({ ...networkSpec(asked), seed: 0 });
  const network = requireChain(model, "study");
  const times = seeds.length * stepsIn({ steps: stepsOfTraining(asked) });
  const layers = network.layers.map((layer) => ({ ...layer, weights: layer.weights.map((weight) => GROWTH * weight) }));
  const each = network.layers.reduce((sum, { weights, outputs }) => sum + weights.length + UNIT * outputs, 0);
  return {
    mechanisms: studyMechanisms(model, asked),
    learned: studyMechanisms(modelOfChain({ ...network, layers }), asked),
    options: { bins, ...measuredBy(asked) },
    times,
    multiplications: PASSES * each * epochs * trainRows * seeds.length,
  };
}
