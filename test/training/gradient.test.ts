import { describe, expect, test } from "vitest";
import { dataset } from "../../src/datasets/dataset.ts";
import { Random } from "../../src/information/random.ts";
import { trainableActivations } from "../../src/network/activation.ts";
import type { Network } from "../../src/network/network.ts";
import { snapshot, workspace } from "../../src/training/backpropagation.ts";
import { evaluate, inOrder } from "../../src/training/evaluate.ts";
import { createNetwork } from "../../src/training/initialize.ts";
import { type LossName, type Reduction, reductions } from "../../src/training/loss.ts";
import { batchGradient } from "../../src/training/train.ts";

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
    ({ hidden, output, loss }) => {
      for (const bias of [true, false]) {
        for (const reduction of reductions) {
          for (const l2 of [0, 0.3]) {
            const activation = [hidden, hidden, output];
            const network = createNetwork({ layers: [3, 5, 4, 3], activation, bias, initializer: "he", seed: 2 });
            const work = workspace(network);
            batchGradient(work, data, inOrder(ROWS), 0, ROWS, { loss, reduction, l2 });
            const found = work.gradient.slice();
            expect(found.some((slope) => Math.abs(slope) > 1e-3)).toBe(true);
            for (let i = 0; i < found.length; i++) {
              const held = work.parameters[i]!;
              work.parameters[i] = held + STEP;
              const above = objective(snapshot(network, work), loss, reduction, l2);
              work.parameters[i] = held - STEP;
              const below = objective(snapshot(network, work), loss, reduction, l2);
              work.parameters[i] = held;
              expect(Math.abs(found[i]! - (above - below) / (2 * STEP))).toBeLessThan(TOLERANCE);
            }
          }
        }
      }
    },
  );

  test("over a part of the examples is that of these examples alone", () => {
    const network = createNetwork({ layers: [3, 4, 3], activation: "tanh", seed: 0 });
    const rows = Int32Array.of(4, 1, 5, 0, 2, 3);
    const settings = { loss: "mse", reduction: "sum", l2: 0 } as const;
    const whole = workspace(network);
    batchGradient(whole, data, rows, 0, ROWS, settings);
    const first = workspace(network);
    batchGradient(first, data, rows, 0, 5, settings);
    const rest = workspace(network);
    batchGradient(rest, data, rows, 5, 1, settings);
    // Sums of six numbers of order 1: a few ulps.
    for (const [i, slope] of whole.gradient.entries()) {
      expect(Math.abs(slope - first.gradient[i]! - rest.gradient[i]!)).toBeLessThan(1e-14);
    }
    expect(rest.gradient).not.toEqual(new Float64Array(rest.gradient.length));
  });
});

/** What training is said to descend: the reduced loss and l2/2 times the squared weights. */
function objective(network: Network, loss: LossName, reduction: Reduction, l2: number): number {
  const perExample = evaluate(network, data, loss).loss;
  const fused = loss === "cross-entropy" && network.layers.at(-1)!.activation === "softmax";
  const reduced = reduction === "sum" ? perExample * ROWS : fused ? perExample : perExample / data.outputs;
  const squares = network.layers.reduce((sum, { weights }) => sum + weights.reduce((s, w) => s + w * w, 0), 0);
  return reduced + (l2 / 2) * squares;
}
