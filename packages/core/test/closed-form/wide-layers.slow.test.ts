/**
 * Wide layers whose EI is known: by hand, as a sum of exact single edges, or as a sum of small blocks. All are measured as one whole, by
 * probabilities of output states. A value may be 4 of its standard errors off, a bracket's end 4 of its own.
 */
import { describe, expect, test } from "vitest";
import type { Estimate } from "../../src/information/estimate.ts";
import { Random, shuffle } from "../../src/information/random.ts";
import { effectiveInformation } from "../../src/measures/effective-information.ts";
import { type DenseSpec, dense } from "../../src/model/mechanism.ts";

const unit = [0, 1] as const;

/** EI of y = sigmoid(w x) at 8 bins on both sides, by an independent program (see layers.test.ts). */
const EDGES: readonly (readonly [weight: number, bits: number])[] = [
  [0.5, 0],
  [1, 0.946532],
  [2, 1.440636],
  [3, 1.689577],
  [5, 1.318341],
  [10, 0.712816],
];

function zeros(outputs: number, inputs: number): number[][] {
  return Array.from({ length: outputs }, () => new Array<number>(inputs).fill(0));
}

function permutation(count: number, seed: number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  shuffle(order, new Random(seed));
  return order;
}

function whole(
  spec: Omit<DenseSpec, "inputRange"> & Partial<Pick<DenseSpec, "inputRange">>,
  tolerance: number,
  bins = 8,
) {
  const mechanism = dense({ inputRange: unit, ...spec });
  return effectiveInformation(mechanism, { bins, method: "likelihood", tolerance, seed: 1 });
}

function expectTruth(found: Estimate, truth: number, error = 0): void {
  expect(found.method).toBe("likelihood");
  expect(Math.abs(found.bits - truth)).toBeLessThanOrEqual(4 * Math.hypot(found.standardError, error) + 1e-9);
  const [lower, upper] = found.bracket!;
  const [lowerError, upperError] = found.bracketError!;
  expect(lower).toBeLessThanOrEqual(truth + 4 * Math.hypot(lowerError, error) + 1e-9);
  expect(upper).toBeGreaterThanOrEqual(truth - 4 * Math.hypot(upperError, error) - 1e-9);
  expect(found.bounds![0]).toBeLessThanOrEqual(truth + 1e-9 + 4 * error);
  expect(found.bounds![1]).toBeGreaterThanOrEqual(truth - 1e-9 - 4 * error);
}

describe("one input for each output", () => {
  test.each([
    ["in order", 100, undefined],
    ["permuted", 100, 7],
  ] as const)("%s, %d → 100", async (_, count, seed) => {
    const order = seed === undefined ? permutation(count, 0).sort() : permutation(count, seed);
    const weights = zeros(count, count);
    let truth = 0;
    for (let j = 0; j < count; j++) {
      const [weight, bits] = EDGES[j % EDGES.length]!;
      weights[j]![order[j]!] = j % 2 === 0 ? weight : -weight;
      truth += bits;
    }
    // A weight of the other sign mirrors the output: the same information.
    expectTruth(await whole({ weights, activation: "sigmoid" }, 0.3), truth);
  });

  test("64 identities aligned with the bins: 3 bits each", async () => {
    const weights = zeros(64, 64);
    for (let j = 0; j < 64; j++) weights[j]![j] = 1;
    const spec = { weights, activation: "identity", inputRange: [-8, 8], outputRange: [-8, 8] } as const;
    expectTruth(await whole(spec, 0.15), 64 * 3);
  });
});

describe("blocks", () => {
  const random = new Random(31);
  const blocks = Array.from({ length: 20 }, () =>
    Array.from({ length: 5 }, () => Array.from({ length: 5 }, () => (2 * random.uniform() - 1) * (5 / Math.sqrt(5)))),
  );

  function blockDiagonal(count: number): number[][] {
    const weights = zeros(5 * count, 5 * count);
    for (let b = 0; b < count; b++) {
      for (let j = 0; j < 5; j++) for (let i = 0; i < 5; i++) weights[5 * b + j]![5 * b + i] = blocks[b]![j]![i]!;
    }
    return weights;
  }

  async function counted(count: number): Promise<[bits: number, error: number]> {
    let [bits, variance] = [0, 0];
    for (const weights of blocks.slice(0, count)) {
      const mechanism = dense({ weights, activation: "sigmoid", inputRange: unit });
      const found = await effectiveInformation(mechanism, { bins: 8, method: "conditional", tolerance: 0.01 });
      bits += found.bits;
      variance += found.standardError ** 2;
    }
    return [bits, Math.sqrt(variance)];
  }

  test("twenty of 5 → 5 are worth the sum of what counting finds", async () => {
    const [truth, error] = await counted(20);
    expectTruth(await whole({ weights: blockDiagonal(20), activation: "sigmoid" }, 0.4), truth, error);
  });

  test("four blocks beside copies, mirror images and sums of their outputs that tell nothing new", async () => {
    const [truth, error] = await counted(4);
    const weights = blockDiagonal(4);
    const copies = [...weights, weights[0]!, weights[7]!.map((w) => -w), weights[3]!];
    expectTruth(await whole({ weights: copies, activation: "sigmoid" }, 0.15), truth, error);
  });
});

describe("degenerate layers", () => {
  test("all weights 0: nothing", async () => {
    const found = await whole({ weights: zeros(40, 30), activation: "tanh" }, 0.1);
    expect(found.bits).toBe(0);
    expect(found.standardError).toBe(0);
  });

  test("rank one: the information of one output with the thresholds of all", async () => {
    // Four outputs that are functions of the same sum, each with thresholds of its own.
    const row = new Array<number>(20).fill(1 / 20);
    const shifts = [0, 0.03, 0.06, 0.09];
    const spec = {
      weights: shifts.map(() => row),
      bias: shifts,
      activation: "identity",
      outputRange: [0, 1.2],
    } as const;
    const found = await whole(spec, 0.02);
    const counted = await effectiveInformation(dense({ ...spec, inputRange: unit }), {
      bins: 8,
      method: "conditional",
    });
    expectTruth(found, counted.bits, counted.standardError);
  });
});
