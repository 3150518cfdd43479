import { describe, expect, it } from "vitest";
import { cifar10From } from "../../src/datasets/cifar10.ts";
import { dataset, scaleInputs, split } from "../../src/datasets/dataset.ts";
import { iris } from "../../src/datasets/iris.ts";
import { FormatError, InvalidInputError } from "../../src/errors.ts";
import { network } from "../../src/network/network.ts";
import { decoderBounds } from "../../src/observational/decoder-bound.ts";
import { noisyInformation } from "../../src/observational/noisy-network.ts";

const identity = network({
  layers: [
    { name: "same", weights: [[1]], activation: "identity" },
    { name: "both", weights: [[1], [-1]], activation: "softmax" },
  ],
});

describe("a network with noise in it", () => {
  it("tells which of far points was there, and of points at one place nothing", async () => {
    const far = dataset({ name: "far", inputs: [[0], [1], [2], [3]], labels: [0, 0, 1, 1] });
    const [same] = await noisyInformation(identity, far, { beta: 0.01, passes: 300, draws: 5000 });
    // Four points, hundred deviations apart: two bits.
    expect(same!.bits).toBeCloseTo(2, 1);
    expect(Math.abs(same!.bits - 2)).toBeLessThan(4 * same!.standardError + 1e-9);
    const one = dataset({ name: "one place", inputs: [[1], [1], [1], [1]], labels: [0, 0, 1, 1] });
    const [none] = await noisyInformation(identity, one, { beta: 0.1 });
    expect(Math.abs(none!.bits)).toBeLessThan(4 * none!.standardError + 1e-9);
  });

  it("is half-way where two points overlap as two Gaussians at a distance of two deviations do", async () => {
    const two = dataset({ name: "two", inputs: [[0], [2]], labels: [0, 1] });
    const [same] = await noisyInformation(identity, two, { beta: 1, draws: 4000, passes: 1000 });
    // Known from the closed form: 0.336831 nats.
    expect(Math.abs(same!.bits - 0.33683082 / Math.LN2)).toBeLessThan(4 * same!.standardError + 0.02);
  });

  it("is the same for the same seed, and refuses noise that is none", async () => {
    const two = dataset({ name: "two", inputs: [[0], [2]], labels: [0, 1] });
    const ask = (seed: number) => noisyInformation(identity, two, { beta: 1, draws: 50, seed });
    expect(await ask(1)).toStrictEqual(await ask(1));
    expect(await ask(2)).not.toStrictEqual(await ask(1));
    await expect(noisyInformation(identity, two, { beta: 0 })).rejects.toThrow(InvalidInputError);
    await expect(noisyInformation(identity, two, { beta: 1, passes: 1 })).rejects.toThrow("at least 2 passes");
  });
});

describe("a decoder", () => {
  it("reads off what a layer keeps of the label, and no more than there is", async () => {
    const { train, test } = split(scaleInputs(iris(), 1 / 8), 100, 0);
    const wide = network({
      layers: [
        {
          name: "copy",
          weights: [
            [1, 0, 0, 0],
            [0, 1, 0, 0],
            [0, 0, 1, 0],
            [0, 0, 0, 1],
          ],
          activation: "identity",
        },
        { name: "nothing", weights: [[0, 0, 0, 0]], activation: "identity" },
        { name: "out", weights: [[1], [1], [1]], activation: "softmax" },
      ],
    });
    const [copy, nothing] = await decoderBounds(wide, train, test);
    expect(copy!.bits).toBeGreaterThan(0.8);
    expect(copy!.bits).toBeLessThan(Math.log2(3));
    expect(copy!.accuracy).toBeGreaterThan(0.9);
    expect(Math.abs(nothing!.bits)).toBeLessThan(0.1);
  });
});

describe("CIFAR-10", () => {
  const record = (label: number, pixel: number) => [label, ...new Array<number>(3072).fill(pixel)];

  it("is read from its batches, one after another", () => {
    const bytes = (...records: number[][]) => Uint8Array.from(records.flat());
    const { rows, features, labels, inputs, classes } = cifar10From("two", [
      { who: "a", bytes: bytes(record(3, 255), record(0, 51)) },
      { who: "b", bytes: bytes(record(9, 0)) },
    ]);
    expect([rows, features, [...labels!], inputs[0], inputs[3072]]).toEqual([3, 3072, [3, 0, 9], 1, 0.2]);
    expect(classes![3]).toBe("cat");
  });

  it("is refused where it is cut off, or labels are none of its", () => {
    const read = (bytes: Uint8Array) => cifar10From("x", [{ who: "data_batch_1.bin", bytes }]);
    expect(() => read(Uint8Array.from(record(1, 0)).subarray(1))).toThrow(FormatError);
    expect(() => read(new Uint8Array(0))).toThrow("records of 3073 bytes");
    expect(() => read(Uint8Array.from(record(10, 0)))).toThrow(
      "data_batch_1.bin: expected labels from 0 to 9; got 10 in record 0",
    );
  });
});
