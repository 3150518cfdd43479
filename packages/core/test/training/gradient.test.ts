import { describe, expect, test } from "vitest";
import { dataset } from "../../src/datasets/dataset.ts";
import { Random } from "../../src/information/random.ts";
import { trainableActivations } from "../../src/model/activation.ts";
import { type Model, modelOfChain } from "../../src/model/model.ts";
import { createNetwork } from "../../src/training/initialize.ts";
import { type LossName, type Reduction, reductions } from "../../src/training/loss.ts";
import { flatParameters, withParameters } from "../../src/training/parameters.ts";
import { evaluate } from "../../src/training/score.ts";
import { trainerOf } from "../../src/training/train.ts";

// Six examples: a whole tile of four and half of one.
const ROWS = 6;
const inputs = new Float64Array(ROWS * 3);
new Random(1).fill(inputs, -2, 2);
const data = dataset({ name: "six", inputs: { data: inputs, shape: [ROWS, 3] }, labels: [0, 1, 2, 1, 0, 2] });

// Central differences err by h² f‴/6, about 1e-10 · f‴, and by rounding, about ε |f| / h ≈ 1e-16 · 20 / 1e-5 = 2e-10;
// with f‴ of order 10 at these weights the sum stays below 1e-8.
const STEP = 1e-5;
const TOLERANCE = 1e-8;

const pairs = trainableActivations.flatMap((hidden) =>
  trainableActivations.flatMap((output) =>
    (["mse", "cross-entropy"] as const)
      .filter((loss) => loss === "mse" || output === "softmax" || output === "sigmoid")
      .map((loss) => ({ hidden, output, loss })),
  ),
);

describe("the gradient", () => {
  test.each(pairs)(
    "is that of finite differences: $hidden inside, $output outputs, $loss",
    async ({ hidden, output, loss }) => {
      for (const bias of [true, false]) {
        for (const reduction of reductions) {
          for (const l2 of [0, 0.3]) {
            const activation = [hidden, hidden, output];
            const network = createNetwork({ layers: [3, 5, 4, 3], activation, bias, initializer: "he", seed: 2 });
            const found = await gradient(network, [0, 1, 2, 3, 4, 5], { loss, reduction, l2 });
            expect(found.some((slope) => Math.abs(slope) > 1e-3)).toBe(true);
            const parameters = flatParameters(network.chain!);
            for (let i = 0; i < found.length; i++) {
              const held = parameters[i]!;
              parameters[i] = held + STEP;
              const above = objective(modelOfChain(withParameters(network.chain!, parameters)), loss, reduction, l2);
              parameters[i] = held - STEP;
              const below = objective(modelOfChain(withParameters(network.chain!, parameters)), loss, reduction, l2);
              parameters[i] = held;
              expect(Math.abs(found[i]! - (above - below) / (2 * STEP))).toBeLessThan(TOLERANCE);
            }
          }
        }
      }
    },
  );

  test("over a part of the examples is that of these examples alone", async () => {
    const network = createNetwork({ layers: [3, 4, 3], activation: "tanh", seed: 0 });
    const settings = { loss: "mse", reduction: "sum", l2: 0 } as const;
    const whole = await gradient(network, [4, 1, 5, 0, 2, 3], settings);
    const first = await gradient(network, [4, 1, 5, 0, 2], settings);
    const rest = await gradient(network, [3], settings);
    // Sums of six numbers of order 1, and differences of parameters: a few ulps.
    for (const [i, slope] of whole.entries()) expect(Math.abs(slope - first[i]! - rest[i]!)).toBeLessThan(1e-14);
    expect(rest).not.toEqual(new Float64Array(rest.length));
  });
});

/** How far one step down the gradient with learning rate 1 moves the parameters, over these rows alone. */
async function gradient(
  network: Model,
  rows: number[],
  settings: { loss: LossName; reduction: Reduction; l2: number },
): Promise<Float64Array> {
  const optimizer = { name: "sgd", learningRate: 1 } as const;
  const trainer = await trainerOf(network.chain!, data, { ...settings, batchSize: rows.length, optimizer });
  trainer.order.set(rows);
  const before = trainer.parameters.slice();
  trainer.steps(0, rows.length, 1);
  const found = trainer.parameters.map((after, i) => before[i]! - after);
  trainer.free();
  return found;
}

/** What training is said to descend: the reduced loss and l2/2 times the squared weights. */
function objective(network: Model, loss: LossName, reduction: Reduction, l2: number): number {
  const perExample = evaluate(network, data, loss).loss;
  const fused = loss === "cross-entropy" && network.chain!.layers.at(-1)!.activation === "softmax";
  const reduced = reduction === "sum" ? perExample * ROWS : fused ? perExample : perExample / data.outputs;
  const squares = network.chain!.layers.reduce((sum, { weights }) => sum + weights.reduce((s, w) => s + w * w, 0), 0);
  return reduced + (l2 / 2) * squares;
}
