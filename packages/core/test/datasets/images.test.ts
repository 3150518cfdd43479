import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FormatError, InvalidInputError } from "../../src/checks/error-classes.ts";
import { readCsv } from "../../src/datasets/csv.ts";
import { digits } from "../../src/datasets/digits.ts";
import { imagesFrom } from "../../src/datasets/image-files.ts";
import { concatenate, keepClasses, randomLabels, shrinkImages } from "../../src/datasets/image-sets.ts";
import { iris } from "../../src/datasets/iris.ts";
import { labelledTable } from "../../src/datasets/labelled-table.ts";
import { smallMnist } from "../../src/datasets/small-mnist.ts";
import { circles, spiral, xor } from "../../src/datasets/toys.ts";

/** An IDX file of unsigned bytes. */
function idx(magic: number, sizes: readonly number[], values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * sizes.length + values.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, magic);
  for (const [axis, size] of sizes.entries()) view.setUint32(4 + 4 * axis, size);
  bytes.set(values, 4 + 4 * sizes.length);
  return bytes;
}

const IMAGES = idx(2051, [3, 2, 2], [0, 51, 102, 255, 1, 2, 3, 4, 5, 6, 7, 8]);
const LABELS = idx(2049, [3], [2, 0, 2]);
const NAMES = ["a", "b", "c"];

function read(images = IMAGES, labels = LABELS) {
  return imagesFrom("small", { who: "images", bytes: images }, { who: "labels", bytes: labels }, NAMES);
}

describe("images with labels", () => {
  it("are read from two IDX files", () => {
    const { rows, features, outputs, inputs, targets, labels } = read();
    expect([rows, features, outputs]).toEqual([3, 4, 3]);
    expect([...inputs.subarray(0, 4)]).toEqual([0, 0.2, 0.4, 1]);
    expect([...labels!]).toEqual([2, 0, 2]);
    expect([...targets]).toEqual([0, 0, 1, 1, 0, 0, 0, 0, 1]);
  });

  it.each([
    [LABELS, LABELS, "images: expected an IDX file of images, which starts with the number 2051; got 2049 (labels)"],
    [IMAGES, IMAGES, "labels: expected an IDX file of labels, which starts with the number 2049; got 2051 (images)"],
    [
      Uint8Array.of(0, 0),
      LABELS,
      "images: expected an IDX file of images, which starts with the number 2051; got 2 bytes",
    ],
    [IMAGES.subarray(0, 20), LABELS, "images"],
    [IMAGES, LABELS.subarray(0, 10), "labels"],
    [IMAGES, idx(2049, [2], [0, 1]), "labels: expected as many labels as images in images (3), at least one; got 2"],
    [IMAGES, idx(2049, [3], [0, 3, 1]), "labels: expected labels from 0 to 2; got 3 at image 1"],
    [IMAGES.subarray(4), LABELS, "got 3"],
  ])("are refused where a file is damaged or another", (images, labels, words) => {
    expect(() => read(images, labels)).toThrow(FormatError);
    expect(() => read(images, labels)).toThrow(words);
  });

  it("keep some classes, under new labels", () => {
    const { rows, labels, classes, targets, inputs } = keepClasses(read(), [2, 0]);
    expect([rows, [...labels!], classes]).toEqual([3, [0, 1, 0], ["c", "a"]]);
    expect([...targets]).toEqual([1, 0, 0, 1, 1, 0]);
    expect([...keepClasses(iris(), [0, 2]).labels!.slice(48, 52)]).toEqual([0, 0, 1, 1]);
    expect(inputs).toHaveLength(12);
    expect(() => keepClasses(read(), [0, 1])).toThrow("expected examples of the label 1 in small; got none");
    expect(() => keepClasses(read(), [0, 0])).toThrow(InvalidInputError);
  });

  it("become smaller, all of them", () => {
    const small = shrinkImages(read(), [2, 2], [1, 1]);
    expect([small.rows, small.features]).toEqual([3, 1]);
    // A blur that reaches everywhere and the middle: near the mean of the four.
    expect(small.inputs[0]).toBeCloseTo(0.4, 1);
    expect(() => shrinkImages(read(), [2, 3], [1, 1])).toThrow("images of 2 × 3");
    expect(() => shrinkImages(read(), [2, 2], [3, 1])).toThrow(InvalidInputError);
  });

  it("follow each other where they are alike", () => {
    const both = concatenate(read(), read());
    expect([both.rows, [...both.labels!]]).toEqual([6, [2, 0, 2, 2, 0, 2]]);
    expect([...both.inputs.subarray(12)]).toEqual([...read().inputs]);
    expect(() => concatenate(read(), digits())).toThrow("expected 4 inputs, 3 outputs, labels; got 64 inputs");
  });

  it("get labels at random, the same for the same seed, and nothing else changes", () => {
    const whole = smallMnist();
    const random = randomLabels(whole, 3);
    expect(random.labels).toStrictEqual(randomLabels(whole, 3).labels);
    expect(random.labels).not.toStrictEqual(randomLabels(whole, 4).labels);
    expect(random.inputs).toBe(whole.inputs);
    const counts = [0, 0, 0, 0, 0];
    for (const label of random.labels!) counts[label]!++;
    // Binomial with p = 1/5: standard deviation 29; five of them within 4.
    for (const count of counts) expect(Math.abs(count - whole.rows / 5)).toBeLessThan(4 * 29);
    for (let row = 0; row < random.rows; row++) {
      expect([...random.targets.subarray(5 * row, 5 * row + 5)].indexOf(1)).toBe(random.labels![row]);
    }
  });
});

describe("the images of the package", () => {
  const folder = new URL("fixtures/", import.meta.url);
  const names = ["t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"];

  it("are MNIST's test images 0 to 4, shrunk and rounded", () => {
    const file = (name: string) => ({ who: name, bytes: new Uint8Array(readFileSync(new URL(name, folder))) });
    const all = Array.from({ length: 10 }, (_, digit) => `${digit}`);
    const whole = imagesFrom("MNIST", file(names[0]!), file(names[1]!), all);
    const small = shrinkImages(keepClasses(whole, [0, 1, 2, 3, 4]), [28, 28], [5, 5]);
    const held = smallMnist();
    expect(held.inputs).toStrictEqual(small.inputs.map((value) => Math.round(255 * value) / 255));
    expect(held.labels).toStrictEqual(small.labels);
  });

  it("are as many as they should be", () => {
    const count = (labels: Int32Array) => {
      const counts = new Array<number>(10).fill(0);
      for (const label of labels) counts[label]!++;
      return counts;
    };
    const mnist = smallMnist();
    expect([mnist.rows, mnist.features, mnist.outputs]).toEqual([5139, 25, 5]);
    expect(count(mnist.labels!)).toEqual([980, 1135, 1032, 1010, 982, 0, 0, 0, 0, 0]);
    const optical = digits();
    expect([optical.rows, optical.features, optical.outputs]).toEqual([1797, 64, 10]);
    expect(count(optical.labels!)).toEqual([178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
    expect([...optical.inputs.subarray(0, 8)].map((value) => 16 * value)).toEqual([0, 0, 5, 13, 9, 1, 0, 0]);
  });
});

describe("toys", () => {
  it("are within the unit square, in two classes, the same for the same seed", () => {
    expect([...xor().labels!]).toEqual([0, 1, 1, 0]);
    for (const toy of [spiral, circles]) {
      const options = { rows: 200, noise: 0.02, seed: 1 };
      const { inputs, labels, rows } = toy(options);
      expect(toy(options).inputs).toStrictEqual(inputs);
      expect(toy({ ...options, seed: 2 }).inputs).not.toStrictEqual(inputs);
      expect(inputs.every((value) => value >= 0 && value <= 1)).toBe(true);
      expect(labels!.reduce((sum, label) => sum + label, 0)).toBe(rows / 2);
      expect(() => toy({ ...options, rows: 1 })).toThrow(InvalidInputError);
      expect(() => toy({ ...options, noise: -1 })).toThrow(InvalidInputError);
    }
    // Without noise, the classes of circles lie at two distances from the middle.
    const { inputs, labels } = circles({ rows: 50, noise: 0, seed: 0 });
    for (const [row, label] of labels!.entries()) {
      const distance = Math.hypot(inputs[2 * row]! - 0.5, inputs[2 * row + 1]! - 0.5);
      expect(distance).toBeCloseTo(label === 0 ? 0.2 : 0.42, 9);
    }
  });
});

describe("a table of one's own", () => {
  const table = (rows: number[][]) => ({
    shape: [rows.length, rows[0]!.length],
    values: Float64Array.from(rows.flat()),
  });

  it("has its labels in the last column, or in a file of their own", () => {
    const own = labelledTable(
      table([
        [0.5, 2, 1],
        [1.5, 3, 0],
      ]),
      undefined,
      "t.csv",
    );
    expect([[...own.inputs], [...own.labels!]]).toEqual([
      [0.5, 2, 1.5, 3],
      [1, 0],
    ]);
    const two = labelledTable(
      table([
        [0.5, 2],
        [1.5, 3],
      ]),
      table([[1], [0]]),
      "t.csv",
    );
    expect([[...two.inputs], [...two.labels!]]).toEqual([[...own.inputs], [1, 0]]);
  });

  it.each([
    [[[1], [0]], undefined, "expected columns of inputs and a last column of labels; got 1 column"],
    [
      [
        [1, 0.5],
        [0, 1],
      ],
      undefined,
      "labels that are whole numbers from 0; got 0.5 in row 0",
    ],
    [
      [
        [1, 0],
        [0, 0],
      ],
      undefined,
      "only the label 0",
    ],
    [
      [
        [1, 0],
        [0, 0],
      ],
      [[0]],
      "expected 2 labels, one per row; got 1",
    ],
  ])("is refused where labels do not fit", (values, labels, words) => {
    const read = () => labelledTable(table(values as number[][]), labels && table(labels as number[][]), "t.csv");
    expect(read).toThrow(InvalidInputError);
    expect(read).toThrow(words);
  });

  it("of other whole numbers, or words, has classes in their order, and says which", () => {
    const signs = labelledTable(
      table([
        [5, 1],
        [6, -1],
        [7, 1],
      ]),
      undefined,
      "t.csv",
    );
    expect([[...signs.labels!], signs.classes]).toEqual([
      [1, 0, 1],
      ["-1", "1"],
    ]);
    expect(signs.notes).toEqual(["labels are classes in this order: -1 → 0, 1 → 1"]);
    const gaps = labelledTable(
      table([
        [5, 10],
        [6, 2],
        [7, 3],
      ]),
      undefined,
      "t.csv",
    );
    expect([[...gaps.labels!], gaps.classes]).toEqual([
      [2, 0, 1],
      ["2", "3", "10"],
    ]);
    const csv = readCsv("a,ok,hue,kind\n1,True,red,dog\n2,False,blue,cat\n3,True,red,cat\n", "t.csv");
    const own = labelledTable(csv, undefined, "t.csv");
    expect(own.columns).toEqual(["a", "ok", "hue=blue", "hue=red"]);
    expect([...own.inputs]).toEqual([1, 1, 0, 1, 2, 0, 1, 0, 3, 1, 0, 1]);
    expect([[...own.labels!], own.classes]).toEqual([
      [1, 0, 0],
      ["cat", "dog"],
    ]);
    expect(own.notes).toEqual([
      "ok: False is 0, True is 1",
      "hue: each of its 2 words is an input of its own, 0 or 1",
      "labels are classes in this order: cat → 0, dog → 1",
    ]);
    // Other examples have the same classes, though they lack some.
    const rest = readCsv("a,ok,hue,kind\n1,True,red,dog\n2,False,blue,dog\n", "u.csv");
    expect([...labelledTable(rest, undefined, "u.csv", { known: own.classes }).labels!]).toEqual([1, 1]);
    expect(() => labelledTable(csv, undefined, "t.csv", { known: ["dog", "fox"] })).toThrow("got cat in row 1");
  });

  it("of a model has as many classes as outputs: positions, or as many names", () => {
    const source = { classes: 3, because: ", the network's outputs" };
    const names = (rows: number[][]) => labelledTable(table(rows), undefined, "t.csv", source).labels!;
    expect([
      ...names([
        [5, 0],
        [6, 1],
        [7, 2],
      ]),
    ]).toEqual([0, 1, 2]);
    expect([
      ...names([
        [5, 1],
        [6, 2],
        [7, 3],
      ]),
    ]).toEqual([0, 1, 2]);
    expect(() =>
      names([
        [5, 0],
        [6, 2],
      ]),
    ).toThrow("none of the label 1");
    expect(() =>
      names([
        [5, 1],
        [6, 3],
      ]),
    ).toThrow("3 labels, the network's outputs; got 2: 1, 3");
    expect(() =>
      names([
        [5, 0],
        [6, 1],
        [7, 2],
        [8, 3],
      ]),
    ).toThrow("labels from 0 to 2, the network's outputs; got 3 in row 3");
  });

  it("leaves out rows that lack a value, where that is asked for", () => {
    const csv = readCsv("a,b,y\n1,2,x\n,3,y\n4,5,NA\n6,7,y\n", "t.csv");
    expect(() => labelledTable(csv, undefined, "t.csv")).toThrow("t.csv, line 3, column 1 (a): expected a value");
    const kept = labelledTable(csv, undefined, "t.csv", { missing: "drop-rows" });
    expect([[...kept.inputs], [...kept.labels!]]).toEqual([
      [1, 2, 6, 7],
      [0, 1],
    ]);
    expect(kept.notes[0]).toBe("2 of 4 rows have missing values and were dropped");
  });
});
