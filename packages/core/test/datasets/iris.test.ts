import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { iris } from "../../src/datasets/iris.ts";

describe("iris", () => {
  test("has 150 flowers, 4 features, and 3 classes of 50 with one-hot targets", () => {
    const flowers = iris();
    expect([flowers.rows, flowers.features, flowers.outputs]).toEqual([150, 4, 3]);
    expect(flowers.classes).toEqual(["setosa", "versicolor", "virginica"]);
    for (const label of [0, 1, 2]) expect(flowers.labels!.filter((one) => one === label)).toHaveLength(50);
    for (const [row, label] of flowers.labels!.entries()) {
      expect([...flowers.targets.subarray(3 * row, 3 * row + 3)]).toEqual([0, 1, 2].map((k) => (k === label ? 1 : 0)));
    }
  });

  test("has the published means of its four features", () => {
    const { inputs } = iris();
    for (const [feature, mean] of [5.8433, 3.0573, 3.758, 1.1993].entries()) {
      let sum = 0;
      for (let row = 0; row < 150; row++) sum += inputs[row * 4 + feature]!;
      expect(sum / 150).toBeCloseTo(mean, 4);
    }
  });

  // SHA-256 of scikit-learn 1.2.1's iris.csv without its first line, numbers written in the shortest way.
  test("is scikit-learn's copy, to the last value", () => {
    const { inputs, labels } = iris();
    const hash = createHash("sha256");
    for (let row = 0; row < 150; row++)
      hash.update(`${inputs.subarray(4 * row, 4 * row + 4).join()},${labels![row]}\n`);
    expect(hash.digest("hex")).toBe("f3b8e7a959396498c7a9f9ff405f3f95250340d283fc20a0c1b3a0749ddc1908");
  });

  test("is a fresh copy at every call", () => {
    iris().inputs.fill(0);
    expect(iris().inputs[0]).toBe(5.1);
  });
});
