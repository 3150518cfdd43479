import { describe, expect, it } from "vitest";
import { FormatError } from "../../src/checks/error-classes.ts";
import { cifar10From } from "../../src/datasets/cifar10.ts";

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
