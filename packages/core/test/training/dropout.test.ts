import { afterEach, describe, expect, it } from "vitest";
import { InvalidInputError } from "../../src/checks/error-classes.ts";
import { scaleInputs, split } from "../../src/datasets/dataset.ts";
import { iris } from "../../src/datasets/iris.ts";
import { tanh } from "../../src/information/elementary.ts";
import { Random, Stream, streamKey } from "../../src/information/random.ts";
import { useKernels } from "../../src/kernels/path.ts";
import { createTrainer } from "../../src/kernels/trainer.ts";
import type { TrainerSpec } from "../../src/kernels/trainer-spec.ts";
import { keptUnits } from "../../src/training/dropout.ts";
import { createNetwork } from "../../src/training/initialize.ts";
import { flatParameters } from "../../src/training/parameters.ts";
import { type Checkpoint, type TrainingData, train } from "../../src/training/train.ts";

afterEach(() => useKernels("auto"));

const random = new Random(5);
const ROWS = 45;
const WIDTHS = [3, 5, 4, 2];
const HIDDEN = 9;
const DROPOUT = [0.5, 0.25];

function drawn(count: number, low: number, high: number): Float64Array {
  const values = new Float64Array(count);
  random.fill(values, low, high);
  return values;
}

const network = createNetwork({ layers: WIDTHS, activation: "tanh", seed: 1, bias: false });
const data = { rows: ROWS, inputs: drawn(ROWS * 3, -1, 1), targets: drawn(ROWS * 2, 0, 1), labels: undefined };
const kept = Uint8Array.from(drawn(ROWS * HIDDEN, 0, 1), (u, k) =>
  u < (k % HIDDEN < 5 ? 1 - DROPOUT[0]! : 1 - DROPOUT[1]!) ? 1 : 0,
);

function spec(changed: Partial<TrainerSpec> = {}): TrainerSpec {
  return {
    layers: network.chain!.layers.map(({ inputs, outputs }) => ({ inputs, outputs, activation: "tanh", bias: false })),
    parameters: flatParameters(network.chain!),
    moments: [],
    loss: "mse",
    rule: { name: "sgd", learningRate: 1 },
    batchSize: ROWS,
    divisor: 0,
    l2: 0,
    dropout: DROPOUT,
    data,
    ...changed,
  };
}

function stepped(path: "wasm" | "typescript", changed: Partial<TrainerSpec> = {}, mask: Uint8Array | undefined = kept) {
  useKernels(path);
  const trainer = createTrainer(spec(changed));
  for (let row = 0; row < ROWS; row++) trainer.order[row] = row;
  trainer.steps(0, ROWS, 1, mask);
  const found = { parameters: trainer.parameters.slice(), answers: trainer.forward(data.inputs, ROWS) };
  trainer.free();
  return found;
}

/** The loss over all examples with the units dropped, one number at a time. */
function naiveLoss(parameters: Float64Array): number {
  let loss = 0;
  for (let row = 0; row < ROWS; row++) {
    let values = [...data.inputs.subarray(row * 3, row * 3 + 3)];
    let at = 0;
    let unit = 0;
    for (let l = 0; l < 3; l++) {
      const next: number[] = [];
      for (let j = 0; j < WIDTHS[l + 1]!; j++) {
        let sum = 0;
        for (const value of values) sum += parameters[at++]! * value;
        const factor = l === 2 ? 1 : kept[row * HIDDEN + unit]! / (1 - DROPOUT[l]!);
        if (l < 2) unit++;
        next.push(tanh(sum) * factor);
      }
      values = next;
    }
    for (const [j, value] of values.entries()) loss += (value - data.targets[row * 2 + j]!) ** 2;
  }
  return loss;
}

describe("dropout", () => {
  it("follows the gradient of the network without the dropped units", () => {
    const before = flatParameters(network.chain!);
    const after = stepped("typescript").parameters;
    for (let i = 0; i < before.length; i++) {
      const held = before[i]!;
      before[i] = held + 1e-5;
      const above = naiveLoss(before);
      before[i] = held - 1e-5;
      const below = naiveLoss(before);
      before[i] = held;
      // Central differences: h² f‴/6 + ε |f|/h.
      expect(Math.abs(held - after[i]! - (above - below) / 2e-5)).toBeLessThan(1e-7);
    }
  });

  it("gives the same bytes compiled and plain, also over several batches and blocks", () => {
    for (const changed of [
      {},
      { batchSize: 10, rule: { name: "sgd", learningRate: 0.1 } },
      { batchSize: 1 },
    ] as const) {
      expect(stepped("wasm", changed)).toStrictEqual(stepped("typescript", changed));
    }
    expect(stepped("wasm", {}, undefined)).toStrictEqual(stepped("typescript", {}, undefined));
  });

  it("with every unit kept differs from none in nothing but the scale", () => {
    const all = new Uint8Array(ROWS * HIDDEN).fill(1);
    expect(stepped("wasm", { dropout: [0, 0] }, all)).toStrictEqual(stepped("wasm", { dropout: undefined }, undefined));
  });
});

describe("the units that are kept", () => {
  const examples = 20_000;
  const key = streamKey(3, Stream.dropout, 1);
  const mask = keptUnits(key, network.chain!, DROPOUT, 0, examples);
  const share = (unit: number) => 1 - DROPOUT[unit < 5 ? 0 : 1]!;
  /** Standardised: mean 0 and variance 1. */
  const value = (of: Uint8Array, example: number, unit: number) =>
    (of[example * HIDDEN + unit]! - share(unit)) / Math.sqrt(share(unit) * (1 - share(unit)));

  it("are, of each unit, the fraction that its layer asks for", () => {
    for (let unit = 0; unit < HIDDEN; unit++) {
      let sum = 0;
      for (let example = 0; example < examples; example++) sum += value(mask, example, unit);
      // A mean of independent values of variance 1: five of its standard errors, for nine means.
      expect(Math.abs(sum / examples)).toBeLessThan(5 / Math.sqrt(examples));
    }
  });

  it("are drawn apart from those of other units, of the example before, and of another epoch", () => {
    const other = keptUnits(streamKey(3, Stream.dropout, 2), network.chain!, DROPOUT, 0, examples);
    for (let a = 0; a < HIDDEN; a++) {
      for (let b = 0; b < HIDDEN; b++) {
        const [within, before, epochs] = [0, 0, 0].map((_, kind) => {
          let sum = 0;
          for (let example = 1; example < examples; example++) {
            const [of, at] = kind === 0 ? [mask, example] : kind === 1 ? [mask, example - 1] : [other, example];
            sum += value(mask, example, a) * value(of, at, b);
          }
          return sum / (examples - 1);
        }) as [number, number, number];
        // Products of independent values of variance 1 have variance 1; 243 means, so five standard errors.
        if (a !== b) expect(Math.abs(within)).toBeLessThan(5 / Math.sqrt(examples - 1));
        expect(Math.abs(before)).toBeLessThan(5 / Math.sqrt(examples - 1));
        expect(Math.abs(epochs)).toBeLessThan(5 / Math.sqrt(examples - 1));
      }
    }
  });

  it("are one draw each, of the epoch's stream in order, compiled and plain, wherever the examples are cut", () => {
    const draws = new Random(key, 0);
    const wanted = Uint8Array.from({ length: 500 * HIDDEN }, (_, k) =>
      draws.nextUint32() < share(k % HIDDEN) * 2 ** 32 ? 1 : 0,
    );
    for (const path of ["wasm", "typescript"] as const) {
      useKernels(path);
      for (const cut of [0, 1, 3, 250]) {
        const parts = [
          keptUnits(key, network.chain!, DROPOUT, 0, cut),
          keptUnits(key, network.chain!, DROPOUT, cut, 500 - cut),
        ];
        expect(Uint8Array.from(parts.flatMap((part) => [...part]))).toEqual(wanted);
      }
    }
  });
});

describe("train() with dropout", () => {
  const flowers = split(scaleInputs(iris(), 1 / 8), 100, 0);
  const start = createNetwork({ layers: [4, 6, 6, 3], activation: "sigmoid", seed: 0 });
  const rules = { epochs: 6, batchSize: 10, learningRate: 0.05, seed: 3, reduction: "sum" } as const;

  async function trained(
    options: Partial<Parameters<typeof train>[2]>,
    given: TrainingData = flowers,
  ): Promise<Checkpoint[]> {
    const found: Checkpoint[] = [];
    for await (const checkpoint of train(start, given, { ...rules, ...options })) found.push(checkpoint);
    return found;
  }

  it("is the same however often it is measured, and wherever it is resumed", async () => {
    const whole = await trained({ dropout: 0.3, every: 1 });
    const last = whole.at(-1)!;
    expect((await trained({ dropout: 0.3, every: 6 })).at(-1)).toStrictEqual(last);
    expect((await trained({ dropout: 0.3, every: 1, from: whole[3]! })).at(-1)).toStrictEqual(last);
    expect((await trained({ dropout: [0.3, 0.3] })).at(-1)).toStrictEqual(last);
    expect((await trained({})).at(-1)!.model).not.toStrictEqual(last.model);
  });

  it("of 0 is none", async () => {
    expect(await trained({ dropout: 0 })).toStrictEqual(await trained({}));
  });

  it("refuses fractions that are none, and lists of another length", async () => {
    for (const dropout of [1, -0.1, Number.NaN, [0.5], [0.5, 1]]) {
      await expect(trained({ dropout })).rejects.toThrow(InvalidInputError);
    }
  });
});
