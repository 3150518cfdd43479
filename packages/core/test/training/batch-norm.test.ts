import { describe, expect, it } from "vitest";
import { checkpointBytes, checkpointFrom } from "../../../runs/src/checkpoint-file.ts";
import { InvalidInputError } from "../../src/checks/error-classes.ts";
import { dataset, scaleInputs, split } from "../../src/datasets/dataset.ts";
import { iris } from "../../src/datasets/iris.ts";
import { tanh } from "../../src/information/elementary.ts";
import { Random } from "../../src/information/random.ts";
import type { TrainerSpec } from "../../src/kernels/trainer-spec.ts";
import { createNetwork } from "../../src/training/initialize.ts";
import { firstNormalization } from "../../src/training/normalization.ts";
import { normalizedTrainer } from "../../src/training/normalized-trainer.ts";
import { trainerLayers } from "../../src/training/parameters.ts";
import { evaluate, throughChain } from "../../src/training/score.ts";
import { type Checkpoint, train } from "../../src/training/train.ts";

const ROWS = 7;
const WIDTHS = [3, 4, 3, 2];
const network = createNetwork({ layers: WIDTHS, activation: "tanh", seed: 1, bias: false });
const random = new Random(5);

function drawn(count: number, low: number, high: number): Float64Array {
  const values = new Float64Array(count);
  random.fill(values, low, high);
  return values;
}

const data = dataset({
  name: "seven",
  inputs: { data: drawn(ROWS * 3, -1, 1), shape: [ROWS, 3] },
  targets: { data: drawn(ROWS * 2, -1, 1), shape: [ROWS, 2] },
});

/** The loss of the batch, normalised by its own means and variances, one number at a time. */
function naiveLoss(parameters: Float64Array): number {
  let values = Array.from({ length: ROWS }, (_, row) => [...data.inputs.subarray(row * 3, row * 3 + 3)]);
  let [at, scale] = [0, 4 * 3 + 3 * 4 + 2 * 3];
  for (let l = 0; l < 3; l++) {
    const units = WIDTHS[l + 1]!;
    const sums = values.map((row) =>
      Array.from({ length: units }, (_, j) =>
        row.reduce((sum, value, i) => sum + value * parameters[at + j * row.length + i]!, 0),
      ),
    );
    at += units * WIDTHS[l]!;
    if (l < 2) {
      for (let j = 0; j < units; j++) {
        const mean = sums.reduce((sum, row) => sum + row[j]!, 0) / ROWS;
        const variance = sums.reduce((sum, row) => sum + (row[j]! - mean) ** 2, 0) / ROWS;
        for (const row of sums) {
          row[j] =
            (parameters[scale + j]! * (row[j]! - mean)) / Math.sqrt(variance + 1e-5) + parameters[scale + units + j]!;
        }
      }
      scale += 2 * units;
    }
    values = sums.map((row) => row.map(tanh));
  }
  return values.flat().reduce((sum, value, k) => sum + (value - data.targets[k]!) ** 2, 0);
}

/** Steps of four examples that change no parameter. */
function resting(parameters: Float64Array): TrainerSpec {
  const rule = { name: "sgd", learningRate: 0 } as const;
  const layers = trainerLayers(network.chain!);
  return { layers, parameters, moments: [], loss: "mse", rule, batchSize: 4, divisor: 0, l2: 0, data };
}

/**
 * What these batches leave of the running means and variances, each layer's means before its variances, and what the network then
 * answers to all examples: written down from PyTorch's BatchNorm1d, one number at a time.
 */
function naiveRunning(parameters: Float64Array, batches: number[][]): { running: number[]; answers: number[] } {
  const means = [Array(4).fill(0), Array(3).fill(0)] as number[][];
  const variances = [Array(4).fill(1), Array(3).fill(1)] as number[][];
  const through = (rows: number[], learning: boolean): number[] => {
    let values = rows.map((row) => [...data.inputs.subarray(row * 3, row * 3 + 3)]);
    let [at, scale] = [0, 4 * 3 + 3 * 4 + 2 * 3];
    for (let l = 0; l < 3; l++) {
      const [inputs, units] = [WIDTHS[l]!, WIDTHS[l + 1]!];
      const weights = parameters.subarray(at, at + units * inputs);
      const [gamma, beta] = [parameters.subarray(scale), parameters.subarray(scale + units)];
      const sums = values.map((row) =>
        Array.from({ length: units }, (_, j) => row.reduce((sum, x, i) => sum + x * weights[j * inputs + i]!, 0)),
      );
      for (let j = 0; l < 2 && j < units; j++) {
        let [mean, variance] = [means[l]![j]!, variances[l]![j]!];
        if (learning) {
          mean = sums.reduce((sum, row) => sum + row[j]!, 0) / sums.length;
          const squares = sums.reduce((sum, row) => sum + (row[j]! - mean) ** 2, 0);
          variance = squares / sums.length;
          means[l]![j] = 0.9 * means[l]![j]! + 0.1 * mean;
          variances[l]![j] = 0.9 * variances[l]![j]! + (0.1 * squares) / (sums.length - 1);
        }
        for (const row of sums) row[j] = (gamma[j]! * (row[j]! - mean)) / Math.sqrt(variance + 1e-5) + beta[j]!;
      }
      at += units * inputs;
      scale += 2 * units;
      values = sums.map((row) => row.map(tanh));
    }
    return values.flat();
  };
  for (const rows of batches) through(rows, true);
  const answers = through([0, 1, 2, 3, 4, 5, 6], false);
  return { running: [means[0]!, variances[0]!, means[1]!, variances[1]!].flat(), answers };
}

describe("batch normalisation", () => {
  it("follows the gradient through the batch's means and variances", () => {
    const first = firstNormalization(network.chain!);
    const parameters = first.parameters.map((value, k) => value + 0.1 * ((k % 7) - 3));
    const trainer = normalizedTrainer(
      network.chain!,
      {
        layers: trainerLayers(network.chain!),
        parameters,
        moments: [],
        loss: "mse",
        rule: { name: "sgd", learningRate: 1 },
        batchSize: ROWS,
        divisor: 0,
        l2: 0,
        data,
      },
      { parameters, running: first.running },
    );
    for (let row = 0; row < ROWS; row++) trainer.order[row] = row;
    trainer.steps(0, ROWS, 1);
    for (let i = 0; i < parameters.length; i++) {
      const held = parameters[i]!;
      parameters[i] = held + 1e-5;
      const above = naiveLoss(parameters);
      parameters[i] = held - 1e-5;
      const below = naiveLoss(parameters);
      parameters[i] = held;
      // Central differences err by h² f‴/6 and by rounding.
      expect(Math.abs(held - trainer.parameters[i]! - (above - below) / 2e-5)).toBeLessThan(1e-6);
    }
  });

  it("keeps running means and variances as PyTorch does, and folds them into the layers", () => {
    const first = firstNormalization(network.chain!);
    const parameters = first.parameters.map((value, k) => value + 0.1 * ((k % 7) - 3));
    const trainer = normalizedTrainer(network.chain!, resting(parameters), { parameters, running: first.running });
    for (let row = 0; row < ROWS; row++) trainer.order[row] = row;
    // Batches of four and of three.
    trainer.steps(0, ROWS, 1);
    const { running, answers } = naiveRunning(parameters, [
      [0, 1, 2, 3],
      [4, 5, 6],
    ]);
    // Sums of a few numbers of order 1, in another order.
    for (const [k, value] of running.entries()) expect(Math.abs(trainer.running[k]! - value)).toBeLessThan(1e-14);
    const found = throughChain(trainer.folded(), data.inputs);
    for (const [k, value] of answers.entries()) expect(Math.abs(found[k]! - value)).toBeLessThan(1e-14);
  });

  const flowers = split(scaleInputs(iris(), 1 / 8), 100, 0);
  const start = createNetwork({ layers: [4, 6, 6, 3], activation: "sigmoid", seed: 0, bias: false });
  const rules = { epochs: 8, batchSize: 9, learningRate: 0.02, seed: 3, optimizer: "adam", batchNorm: true } as const;

  async function trained(options: Partial<Parameters<typeof train>[2]> = {}): Promise<Checkpoint[]> {
    const found: Checkpoint[] = [];
    for await (const checkpoint of train(start, flowers, { ...rules, ...options })) found.push(checkpoint);
    return found;
  }

  it("is the same bytes wherever it is resumed, from a file too, with dropout too", async () => {
    for (const dropout of [0, 0.2]) {
      const whole = await trained({ dropout });
      const from = checkpointFrom(checkpointBytes(whole[5]!), "c.safetensors");
      expect(from).toStrictEqual(whole[5]);
      expect((await trained({ dropout, from })).at(-1)).toStrictEqual(whole.at(-1));
      expect((await trained({ dropout, every: 8 })).at(-1)).toStrictEqual(whole.at(-1));
    }
  });

  it("hands out plain networks that score as it does, and that learn", async () => {
    const found = await trained({ epochs: 60, every: 60 });
    const { model: plain, train: scored } = found.at(-1)!;
    expect(evaluate(plain, flowers.train, "mse")).toEqual(scored);
    expect(plain.chain!.layers.map(({ bias }) => bias !== undefined)).toEqual([true, true, false]);
    expect(scored.accuracy).toBeGreaterThan(0.9);
  });

  it("refuses batches of one, and checkpoints of another kind", async () => {
    await expect(trained({ batchSize: 1 })).rejects.toThrow("one has no variance");
    const without = await trained({ batchNorm: false });
    await expect(trained({ from: without[2]! })).rejects.toThrow(InvalidInputError);
    const from = (await trained({ epochs: 2 }))[2]!;
    const { parameters, running } = from.normalization!;
    const cut = { ...from, normalization: { parameters, running: running.slice(1) } };
    await expect(trained({ from: cut })).rejects.toThrow("24 running means and variances; got 23");
    await expect(trained({ batchNorm: "yes" as never })).rejects.toThrow("true or false");
  });
});
