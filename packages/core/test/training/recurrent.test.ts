import { describe, expect, it } from "vitest";
import { DivergedError, InvalidInputError } from "../../src/checks/error-classes.ts";
import { delayedRecall, runningParity } from "../../src/datasets/sequences.ts";
import {
  cellKinds,
  createCell,
  type RecurrentOptions,
  recurrentGradient,
  step,
  trainRecurrent,
} from "../../src/training/recurrent.ts";
import { recurrentMechanisms } from "../../src/training/recurrent-mechanisms.ts";

describe("tasks in time", () => {
  it("ask for the parity of the bits so far", () => {
    const { inputs, targets, steps } = runningParity({ sequences: 5, steps: 6, seed: 1 });
    for (let row = 0; row < 5; row++) {
      for (let t = 0, ones = 0; t < steps; t++) {
        ones += inputs[row * steps + t]!;
        expect(targets[row * steps + t]).toBe(ones % 2);
      }
    }
  });

  it("ask for the bit of some steps ago, and for nothing before there is one", () => {
    const { inputs, targets, steps } = delayedRecall({ sequences: 3, steps: 5, seed: 1, delay: 2 });
    for (let row = 0; row < 3; row++) {
      for (let t = 0; t < steps; t++) {
        expect(targets[row * steps + t]).toBe(t < 2 ? Number.NaN : inputs[row * steps + t - 2]);
      }
    }
    expect(() => delayedRecall({ sequences: 1, steps: 2, seed: 0, delay: 2 })).toThrow("a delay from 0 to 1 steps");
  });
});

describe("recurrent cells", () => {
  it("follow the gradient through time", () => {
    const data = delayedRecall({ sequences: 4, steps: 5, seed: 2, delay: 1 });
    for (const kind of cellKinds) {
      const { cell, readout } = createCell(kind, 3, 7);
      const { gradient } = recurrentGradient(cell, readout, data);
      const all = [cell.parameters, readout];
      let at = 0;
      for (const values of all) {
        for (let i = 0; i < values.length; i++, at++) {
          const held = values[i]!;
          values[i] = held + 1e-5;
          const above = recurrentGradient(cell, readout, data).loss;
          values[i] = held - 1e-5;
          const below = recurrentGradient(cell, readout, data).loss;
          values[i] = held;
          // Central differences err by h² f‴/6 and by rounding.
          expect(Math.abs(gradient[at]! - (above - below) / 2e-5)).toBeLessThan(1e-8);
        }
      }
    }
  });

  const rules: RecurrentOptions = {
    kind: "elman",
    units: 4,
    epochs: 150,
    every: 50,
    batchSize: 10,
    learningRate: 0.02,
    seed: 0,
  };
  const recall = delayedRecall({ sequences: 60, steps: 6, seed: 0, delay: 1 });

  it("learn to recall, to the same bytes however often they are looked at", async () => {
    for (const kind of cellKinds) {
      const ends = [];
      for (const every of [50, 150]) {
        for await (const checkpoint of trainRecurrent(recall, { ...rules, kind, every })) {
          if (checkpoint.epoch === 150) ends.push(checkpoint);
        }
      }
      expect(ends[0]).toStrictEqual(ends[1]);
      expect(ends[0]!.accuracy).toBeGreaterThan(0.98);
    }
  });

  it("learn the parity of short sequences, which takes a state that each bit turns over", async () => {
    const parity = runningParity({ sequences: 60, steps: 4, seed: 0 });
    for (const kind of cellKinds) {
      const options = { ...rules, kind, units: 8, epochs: 200, every: 200 };
      const found = [];
      for await (const { accuracy } of trainRecurrent(parity, options)) found.push(accuracy);
      // All sixteen sequences are among the sixty; a readout of the newest bit alone is right at the first step and half of the others.
      expect(found[0]).toBeLessThan(0.7);
      expect(found[1]).toBe(1);
    }
  });

  it("refuse options out of range, and say when they diverge", async () => {
    const first = (options: Partial<RecurrentOptions>) => trainRecurrent(recall, { ...rules, ...options }).next();
    await expect(first({ units: 0 })).rejects.toThrow(InvalidInputError);
    await expect(first({ epochs: 0.5 })).rejects.toThrow(InvalidInputError);
    const diverging = trainRecurrent(recall, { ...rules, learningRate: 1e308, every: 1 });
    await diverging.next();
    await expect(
      (async () => {
        for await (const _ of diverging);
      })(),
    ).rejects.toThrow(DivergedError);
  });

  it("are mechanisms that do what a step does", async () => {
    for (const kind of cellKinds) {
      const { cell } = createCell(kind, 3, 1);
      const { memory, writing, both } = recurrentMechanisms(cell);
      const h = [0.3, -0.8, 0.1];
      const near = async (found: ArrayLike<number> | Promise<ArrayLike<number>>, wanted: Float64Array) => {
        for (const [j, value] of Array.from(await found).entries()) expect(value).toBeCloseTo(wanted[j]!, 12);
      };
      await near(memory.evaluate(Float64Array.from(h), 1), step(cell, 0.5, h));
      await near(writing.evaluate(Float64Array.of(0.7), 1), step(cell, 0.7, [0, 0, 0]));
      await near(both.evaluate(Float64Array.of(0.7, ...h), 1), step(cell, 0.7, h));
    }
  });
});
