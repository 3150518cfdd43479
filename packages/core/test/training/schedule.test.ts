import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidInputError } from "../../src/checks/error-classes.ts";
import { iris } from "../../src/datasets/iris.ts";
import { createNetwork } from "../../src/training/initialize.ts";
import { type Schedule, scheduledEpochs } from "../../src/training/schedule.ts";
import { train } from "../../src/training/train.ts";

describe("a √ schedule", () => {
  it("is evenly spaced in the square root of the epoch where there is room", () => {
    expect(scheduledEpochs("sqrt:11", 10_000)).toEqual([0, 100, 400, 900, 1600, 2500, 3600, 4900, 6400, 8100, 10_000]);
    expect(scheduledEpochs("sqrt:5", 6)).toEqual([0, 1, 2, 3, 6]);
    expect(scheduledEpochs("sqrt:2", 9)).toEqual([0, 9]);
  });

  it("has as many epochs as it says, different and ascending, or all that there are", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 400 }), fc.integer({ min: 0, max: 5000 }), (count, epochs) => {
        const found = scheduledEpochs(`sqrt:${count}`, epochs);
        expect(found).toHaveLength(Math.min(count, epochs + 1));
        expect([found[0], found.at(-1)]).toEqual([0, epochs]);
        for (const [k, epoch] of found.entries()) {
          expect(Number.isInteger(epoch)).toBe(true);
          if (k > 0) expect(epoch).toBeGreaterThan(found[k - 1]!);
        }
      }),
    );
  });
});

describe("a list of epochs", () => {
  it("is put in order, with the first and the last", () => {
    expect(scheduledEpochs([7, 1], 10)).toEqual([0, 1, 7, 10]);
    expect(scheduledEpochs([0, 10], 10)).toEqual([0, 10]);
  });

  it("is refused where it is no such list, or leads beyond the last epoch", () => {
    const wrong: readonly unknown[] = [
      [],
      [1, 1],
      [-1],
      [0.5],
      ["1"],
      "sqrt:1",
      "sqrt:",
      "sqrt:1e3",
      "sqrt:1000001",
      5,
      null,
    ];
    for (const schedule of wrong) {
      expect(() => scheduledEpochs(schedule as Schedule, 10), JSON.stringify(schedule)).toThrow(InvalidInputError);
    }
    expect(() => scheduledEpochs([11], 10)).toThrow(/epochs from 0 to 10; got 11/);
  });
});

describe("train() with a schedule", () => {
  const network = createNetwork({ layers: [4, 3, 3], activation: "tanh", seed: 0 });
  const rules = { epochs: 12, batchSize: 50, learningRate: 0.01, seed: 3 };
  const taken = async (options: Partial<Parameters<typeof train>[2]>) => {
    const found = [];
    for await (const checkpoint of train(network, iris(), { ...rules, ...options })) found.push(checkpoint);
    return found;
  };

  it("has checkpoints at its epochs alone, the same as of a training with all of them", async () => {
    const all = await taken({});
    const some = await taken({ at: "sqrt:5" });
    expect(some.map(({ epoch }) => epoch)).toEqual([0, 1, 3, 7, 12]);
    expect(some).toEqual(some.map(({ epoch }) => all[epoch]));
    expect((await taken({ at: [5] })).map(({ epoch }) => epoch)).toEqual([0, 5, 12]);
    const rest = await taken({ at: "sqrt:5", from: some[1]! });
    expect(rest).toEqual(some.slice(2));
  });

  it("takes no spacing beside it, and no epoch beyond its last", async () => {
    await expect(taken({ at: [1], every: 1 })).rejects.toThrow("no at where every is given");
    await expect(taken({ at: [13] })).rejects.toThrow("epochs from 0 to 12");
  });
});
