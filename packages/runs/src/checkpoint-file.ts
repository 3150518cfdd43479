/**
 * A training checkpoint as a safetensors file: weights under PyTorch's names (`layers.0.weight`, `layers.0.bias`), the
 * optimiser's moments, and as metadata everything else that training needs to go on. Reading restores every bit.
 */

import { type Model, network } from "@causalscope/core";
import { FormatError, InvalidInputError } from "@causalscope/core/errors";
import { readSafetensors, requireChain, safetensorsFrom, type Tensor, tensor } from "@causalscope/core/internal";
import type { LayerActivation } from "@causalscope/core/models";
import type { Checkpoint, OptimizerName, Score } from "@causalscope/core/training";

export const CHECKPOINT_FORMAT = "causalscope-checkpoint";
export const CHECKPOINT_FORMAT_VERSION = 1;

/** A checkpoint with the seed of its training; files of earlier versions do not say it. */
export interface StoredCheckpoint extends Checkpoint {
  readonly seed?: number | undefined;
}

/**
 * The file of a checkpoint within a run's folder of checkpoints.
 *
 * @example
 * ```ts
 * console.log(checkpointName(0, 50)); // seed-0/epoch-000050.safetensors
 * ```
 */
export function checkpointName(seed: number, epoch: number): string {
  return `seed-${seed}/epoch-${`${epoch}`.padStart(6, "0")}.safetensors`;
}

/**
 * A checkpoint of a training as the bytes of a safetensors file: weights, the optimizer's moments, and what else training needs to go on.
 *
 * @example
 * ```ts
 * const model = createNetwork({ layers: [4, 5, 3], activation: "sigmoid", seed: 0 });
 * const options = { optimizer: "adam", learningRate: 0.01, batchSize: 10, epochs: 1, seed: 0 } as const;
 * for await (const checkpoint of train(model, iris(), options))
 *   console.log(checkpoint.epoch, checkpointBytes({ ...checkpoint, seed: 0 }).length); // 0 1792
 * // 1 1800
 * ```
 * @throws InvalidInputError for a model that is more than dense layers in a row.
 */
export function checkpointBytes({
  seed,
  epoch,
  step,
  model,
  optimizer,
  normalization,
  train,
  test,
}: StoredCheckpoint): Uint8Array {
  const network = requireChain(model, "checkpoint");
  const tensors: Tensor[] = network.layers.flatMap(({ inputs, outputs, weights, bias }, l) => [
    tensor(`layers.${l}.weight`, [outputs, inputs], weights),
    ...(bias === undefined ? [] : [tensor(`layers.${l}.bias`, [outputs], bias)]),
  ]);
  for (const [k, moment] of optimizer.moments.entries()) {
    tensors.push(tensor(`optimizer.moments.${k}`, [moment.length], moment));
  }
  for (const [name, values] of Object.entries(normalization ?? {})) {
    tensors.push(tensor(`normalization.${name}`, [values.length], values));
  }
  return safetensorsFrom(tensors, {
    format: CHECKPOINT_FORMAT,
    version: `${CHECKPOINT_FORMAT_VERSION}`,
    ...(seed !== undefined && { seed: `${seed}` }),
    epoch: `${epoch}`,
    step: `${step}`,
    layers: JSON.stringify(network.layers.map(({ name, activation }) => ({ name, activation }))),
    inputRange: JSON.stringify(network.inputRange ?? null),
    optimizer: optimizer.name,
    ...scoreTexts("train", train),
    ...(test === undefined ? {} : scoreTexts("test", test)),
  });
}

/**
 * The checkpoint that a file holds, to the last bit: `train()` goes on from it.
 *
 * @example
 * ```ts
 * const model = createNetwork({ layers: [4, 5, 3], activation: "sigmoid", seed: 0 });
 * const options = { optimizer: "adam", learningRate: 0.01, batchSize: 10, epochs: 1, seed: 0 } as const;
 * for await (const checkpoint of train(model, iris(), options)) {
 *   const { epoch, optimizer } = checkpointFrom(checkpointBytes(checkpoint), "my checkpoint");
 *   console.log(epoch, optimizer.name); // 0 adam
 * // 1 adam
 * }
 * ```
 * @throws FormatError, naming the file, for bytes that `checkpointBytes` did not write.
 */
export function checkpointFrom(bytes: Uint8Array, who: string): StoredCheckpoint {
  const { tensors, metadata } = readSafetensors(bytes, who);
  if (metadata.format !== CHECKPOINT_FORMAT || metadata.version !== `${CHECKPOINT_FORMAT_VERSION}`) {
    throw new FormatError({
      who,
      expected: `a checkpoint of the format ${CHECKPOINT_FORMAT}, version ${CHECKPOINT_FORMAT_VERSION}`,
      got: `${metadata.format ?? "no format"}, version ${metadata.version ?? "none"}`,
    });
  }
  const step = wholeNumber(metadata.step, `${who}: step`);
  return {
    ...(metadata.seed !== undefined && { seed: wholeNumber(metadata.seed, `${who}: seed`) }),
    epoch: wholeNumber(metadata.epoch, `${who}: epoch`),
    step,
    model: networkFrom(tensors, metadata, who),
    train: scoreFrom("train", metadata),
    test: metadata.test_loss === undefined ? undefined : scoreFrom("test", metadata),
    // The trainer checks that the name and the moments are those that it needs.
    optimizer: { name: metadata.optimizer as OptimizerName, step, moments: momentsFrom(tensors) },
    ...normalizationFrom(tensors),
  };
}

function normalizationFrom(tensors: ReadonlyMap<string, Tensor>): Pick<Checkpoint, "normalization"> {
  const [parameters, running] = ["parameters", "running"].map((name) => tensors.get(`normalization.${name}`)?.values());
  if (parameters === undefined || running === undefined) return {};
  return { normalization: { parameters: Float64Array.from(parameters), running: Float64Array.from(running) } };
}

function networkFrom(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>>,
  who: string,
): Model {
  const layers = parsed(metadata.layers, `${who}: layers`);
  if (!Array.isArray(layers)) throw new FormatError({ who: `${who}: layers`, expected: "an array", got: `${layers}` });
  const specs = layers.map((layer: { name?: string; activation?: LayerActivation } | null, l) => {
    const weights = tensors.get(`layers.${l}.weight`);
    if (weights?.shape.length !== 2) {
      throw new FormatError({
        who,
        expected: `a tensor layers.${l}.weight of two dimensions`,
        got: `${weights?.shape.length ?? "none"}`,
      });
    }
    return {
      name: layer?.name,
      weights: { data: weights.values(), shape: weights.shape as [number, number] },
      bias: tensors.get(`layers.${l}.bias`)?.values(),
      activation: layer?.activation as LayerActivation,
    };
  });
  try {
    return network({
      layers: specs,
      inputRange: parsed(metadata.inputRange, `${who}: inputRange`) as [number, number] | null,
    });
  } catch (error) {
    if (error instanceof InvalidInputError) throw new FormatError(`${who}: ${error.message}`, { cause: error });
    throw error;
  }
}

function momentsFrom(tensors: ReadonlyMap<string, Tensor>): Float64Array[] {
  const moments: Float64Array[] = [];
  for (let k = 0; ; k++) {
    const moment = tensors.get(`optimizer.moments.${k}`);
    if (moment === undefined) return moments;
    moments.push(Float64Array.from(moment.values()));
  }
}

function scoreTexts(part: "train" | "test", { loss, accuracy }: Score): Record<string, string> {
  return { [`${part}_loss`]: `${loss}`, [`${part}_accuracy`]: `${accuracy}` };
}

function scoreFrom(part: "train" | "test", metadata: Readonly<Record<string, string>>): Score {
  return { loss: Number(metadata[`${part}_loss`]), accuracy: Number(metadata[`${part}_accuracy`]) };
}

function wholeNumber(text: string | undefined, who: string): number {
  const value = Number(text ?? Number.NaN);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new FormatError({ who, expected: "a whole number", got: text ?? "nothing" });
}

function parsed(text: string | undefined, who: string): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch (cause) {
    throw new FormatError({ who, expected: "JSON", got: text ?? "nothing" }, { cause });
  }
}
