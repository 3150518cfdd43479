/**
 * Training gives the same bytes compiled and plain, whatever the widths, batches, activations, losses and optimisers.
 */
import { afterEach, describe, expect, test } from "vitest";
import { tanh } from "../../src/information/elementary.ts";
import { Random } from "../../src/information/random.ts";
import { useKernels } from "../../src/kernels/path.ts";
import { createTrainer } from "../../src/kernels/trainer.ts";
import type { TrainerLayer, TrainerSpec, TrainingTable } from "../../src/kernels/trainer-spec.ts";
import type { TileActivation } from "../../src/kernels/typescript/activate.ts";
import type { UpdateRule } from "../../src/kernels/typescript/optimizer.ts";

afterEach(() => useKernels("auto"));

const random = new Random(3, 1);

function values(count: number, low: number, high: number): Float64Array {
  const made = new Float64Array(count);
  random.fill(made, low, high);
  return made;
}

function examples(rows: number, features: number, outputs: number): TrainingTable {
  const labels = Int32Array.from({ length: rows }, (_, row) => (row * 7) % Math.max(outputs, 2));
  // Targets are one-hot, and for a single output the label itself.
  const targets = Float64Array.from({ length: rows * outputs }, (_, i) => {
    const label = labels[Math.floor(i / outputs)]!;
    return outputs === 1 ? label : Number(label === i % outputs);
  });
  return { rows, inputs: values(rows * features, -2, 2), targets, labels };
}

const rules: readonly UpdateRule[] = [
  { name: "sgd", learningRate: 0.05 },
  { name: "momentum", learningRate: 0.05, momentum: 0.9 },
  { name: "adam", learningRate: 0.01, betas: [0.9, 0.999], epsilon: 1e-8 },
];

function specOf(widths: number[], kinds: TileActivation[], rows: number, changed: Partial<TrainerSpec>): TrainerSpec {
  const layers: TrainerLayer[] = kinds.map((activation, l) => ({
    inputs: widths[l]!,
    outputs: widths[l + 1]!,
    activation,
    bias: l % 2 === 0,
  }));
  const count = layers.reduce((sum, l) => sum + l.inputs * l.outputs + (l.bias ? l.outputs : 0), 0);
  const rule = changed.rule ?? rules[0]!;
  const moments = { sgd: 0, momentum: 1, adam: 2 }[rule.name];
  return {
    layers,
    parameters: values(count, -0.7, 0.7),
    moments: Array.from({ length: moments }, () => values(count, 0, 0.1)),
    loss: "mse",
    rule,
    batchSize: 10,
    divisor: widths.at(-1)!,
    l2: 0,
    data: examples(rows, widths[0]!, widths.at(-1)!),
    ...changed,
  };
}

/** All that a trainer can be asked, after three epochs in an order that is not the rows'. */
function outcome(path: "wasm" | "typescript", spec: TrainerSpec) {
  useKernels(path);
  const trainer = createTrainer(spec);
  const { rows, inputs } = spec.data!;
  for (let i = 0; i < rows; i++) trainer.order[i] = rows - 1 - i;
  const steps = Math.ceil(rows / spec.batchSize);
  for (let epoch = 0; epoch < 3; epoch++) trainer.steps(0, rows, 1 + epoch * steps);
  const found = {
    parameters: trainer.parameters.slice(),
    moments: trainer.moments.map((moment) => moment.slice()),
    score: trainer.score(spec.data!),
    answers: trainer.forward(inputs, rows),
  };
  trainer.free();
  return found;
}

function expectSameBytes(spec: TrainerSpec): void {
  const plain = outcome("typescript", spec);
  const compiled = outcome("wasm", spec);
  // toEqual tells +0 from −0, so what is equal has equal bytes, but for NaNs, of which there are none.
  expect(plain.parameters.every(Number.isFinite)).toBe(true);
  expect(plain.parameters).not.toEqual(spec.parameters);
  expect(compiled).toEqual(plain);
}

describe("training gives the same bytes compiled and plain", () => {
  test.each([
    [[1, 1], 1, 1],
    [[1, 2, 1], 5, 3],
    [[3, 1, 2], 9, 9],
    [[4, 5, 5, 3], 23, 10],
    [[2, 4, 8, 4], 64, 32],
    [[7, 6, 3, 9], 67, 33],
    [[25, 6, 6, 6, 5], 100, 50],
    [[11, 13, 10, 7], 131, 40],
    // More rows than are handed over at a time for a score.
    [[5, 3, 2], 523, 100],
  ])("widths %j, %d rows in batches of %d", (widths, rows, batchSize) => {
    for (const kind of ["sigmoid", "tanh", "relu", "identity"] as const) {
      const kinds = widths.slice(1).map(() => kind);
      for (const rule of rules) expectSameBytes(specOf(widths, kinds, rows, { batchSize, rule, l2: 0.01 }));
    }
  });

  const pairs = (["sigmoid", "tanh", "relu", "identity", "softmax"] as const).flatMap((hidden) => [
    [hidden, "softmax", "cross-entropy"] as const,
    [hidden, "sigmoid", "cross-entropy"] as const,
    [hidden, "softmax", "mse"] as const,
    [hidden, "tanh", "mse"] as const,
  ]);
  test.each(pairs)("%s inside, %s outputs, %s", (hidden, output, loss) => {
    for (const rule of rules) {
      for (const divisor of [0, 1, 3]) {
        const changed = { rule, loss, divisor, l2: divisor / 100, batchSize: 14 };
        expectSameBytes(specOf([6, 9, 5, 3], [hidden, hidden, output], 37, changed));
      }
    }
  });

  test("also where exponentials overflow and sigmoids saturate", () => {
    const spec = specOf([3, 4, 2], ["sigmoid", "softmax"], 21, { loss: "cross-entropy" });
    expectSameBytes({ ...spec, parameters: spec.parameters.map((w) => w * 2000) });
    const twice = specOf([3, 4, 2], ["tanh", "sigmoid"], 21, { loss: "cross-entropy" });
    expectSameBytes({ ...twice, parameters: twice.parameters.map((w) => w * 2000) });
  });

  test("and steps made one by one end where steps made at once end", () => {
    const spec = specOf([4, 5, 3], ["tanh", "softmax"], 30, { rule: rules[2]!, batchSize: 8, loss: "cross-entropy" });
    for (const path of ["wasm", "typescript"] as const) {
      useKernels(path);
      const [once, apart] = [createTrainer(spec), createTrainer(spec)];
      for (const trainer of [once, apart]) for (let i = 0; i < 30; i++) trainer.order[i] = (i * 7) % 30;
      once.steps(0, 30, 1);
      for (let step = 1; step <= 4; step++) apart.steps(8 * (step - 1), Math.min(8 * step, 30), step);
      expect(apart.parameters).toEqual(once.parameters);
      expect(apart.moments).toEqual(once.moments);
      once.free();
      apart.free();
    }
  });
});

test("a trainer's memory, used again, holds nothing of the one before", () => {
  const big = specOf([25, 6, 5], ["tanh", "identity"], 50, { rule: rules[2]! });
  const small = specOf([3, 3, 1], ["relu", "identity"], 6, {});
  const fresh = outcome("wasm", small);
  outcome("wasm", big);
  expect(outcome("wasm", small)).toEqual(fresh);
});

test("tanh is odd, saturates, and is within 3 ulp of the machine's", () => {
  for (const [z, y] of [
    [0, 0],
    [400, 1],
    [-400, -1],
    [Infinity, 1],
    [-Infinity, -1],
    [Number.NaN, Number.NaN],
  ] as const) {
    expect(tanh(z)).toBe(y);
  }
  for (let i = 0; i < 20_000; i++) {
    const z = 10 ** (12 * random.uniform() - 10);
    expect(tanh(-z)).toBe(-tanh(z));
    // Math.tanh promises about an ulp, and Cephes two.
    expect(Math.abs(tanh(z) - Math.tanh(z))).toBeLessThanOrEqual(3 * 2 ** -52 * Math.tanh(z));
  }
});
