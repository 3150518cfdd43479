/** One list of mechanisms whose values are known; every engine and method answers for each, or says why it cannot. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Estimate } from "../../src/information/estimate.ts";
import { useKernels } from "../../src/kernels/path.ts";
import { eiParts } from "../../src/measures/edge-information.ts";
import { effectiveInformation } from "../../src/measures/effective-information.ts";
import { blackBox, type DenseSpec, dense, type Mechanism } from "../../src/model/mechanism.ts";
import type { JointMethod } from "../../src/settings/settings.ts";
import { poolOfFile } from "../pools/pools.ts";

interface Case {
  readonly name: string;
  readonly layer: DenseSpec;
  readonly bins: number;
  /** Bits; closed forms or areas of polygons, six decimals. */
  readonly ei: number;
  readonly eiParts?: number;
}

const unit = [0, 1] as const;
const cases: readonly Case[] = [
  {
    name: "an aligned identity",
    layer: { weights: [[1]], activation: "identity", inputRange: unit, outputRange: unit },
    bins: 8,
    ei: 3,
    eiParts: 3,
  },
  {
    name: "a sigmoid edge",
    layer: { weights: [[2]], activation: "sigmoid", inputRange: unit },
    bins: 16,
    ei: 2.406678,
    eiParts: 2.406678,
  },
  {
    name: "a tanh edge",
    layer: { weights: [[1.3]], activation: "tanh", inputRange: [-1, 1] },
    bins: 8,
    ei: 2.549878,
    eiParts: 2.549878,
  },
  {
    name: "no weights",
    layer: {
      weights: [
        [0, 0],
        [0, 0],
      ],
      activation: "sigmoid",
      inputRange: unit,
    },
    bins: 8,
    ei: 0,
    eiParts: 0,
  },
  {
    name: "one output of two inputs",
    layer: { weights: [[1, 1]], activation: "sigmoid", inputRange: unit },
    bins: 8,
    ei: 1.251395,
  },
  {
    name: "two sigmoid units",
    layer: {
      weights: [
        [2, -1],
        [1, 3],
      ],
      activation: "sigmoid",
      inputRange: unit,
    },
    bins: 8,
    ei: 3.132152,
  },
  {
    name: "two sigmoid units with biases",
    layer: {
      weights: [
        [2, -1],
        [1, 3],
      ],
      bias: [0.5, -0.25],
      activation: "sigmoid",
      inputRange: unit,
    },
    bins: 8,
    ei: 3.17949,
  },
  {
    name: "two ReLU units",
    layer: {
      weights: [
        [0.8, 0.3],
        [-0.5, 0.9],
      ],
      activation: "relu",
      inputRange: [0, 10],
    },
    bins: 8,
    ei: 4.078217,
  },
  {
    name: "four units of two inputs",
    layer: {
      weights: [
        [2, -1],
        [1, 3],
        [-2, 2],
        [4, 1],
      ],
      bias: [0, 0, 0, -2],
      activation: "sigmoid",
      inputRange: unit,
    },
    bins: 8,
    ei: 4.430786,
  },
  {
    name: "a block of two edges",
    layer: {
      weights: [
        [2, 0],
        [0, 2],
      ],
      activation: "sigmoid",
      inputRange: unit,
    },
    bins: 16,
    ei: 2 * 2.406678,
    eiParts: 2 * 2.406678,
  },
  {
    name: "six inputs, aligned",
    layer: {
      weights: [0, 1, 2, 3, 4, 5].map((j) => [0, 1, 2, 3, 4, 5].map((i) => (i === j ? 1 : 0))),
      activation: "identity",
      inputRange: unit,
      outputRange: unit,
    },
    bins: 8,
    ei: 18,
    eiParts: 18,
  },
];

/** The same function with its structure hidden. */
function hidden(mechanism: Mechanism): Mechanism {
  const { inputs, outputs, inputRanges, outputRange, evaluate } = mechanism;
  return blackBox({
    inputs,
    outputs,
    inputRange: inputRanges,
    outputRange,
    evaluate: (x) => evaluate(x, x.length / inputs),
  });
}

interface Joint {
  readonly name: string;
  readonly method: JointMethod;
  readonly of?: (mechanism: Mechanism) => Mechanism;
  /** Why this method cannot answer for a case with the samples that a test can draw; it then has to say so itself. */
  readonly cannot?: (given: Case) => string | undefined;
}

const cells = ({ layer, bins }: Case) => bins ** (layer.weights as number[][])[0]!.length;
const joints: readonly Joint[] = [
  { name: "auto", method: "auto" },
  {
    name: "conditional",
    method: "conditional",
    cannot: (given) => (given.ei > 16 ? "2^18 equally likely states do not saturate within the samples" : undefined),
  },
  {
    name: "auto, structure hidden",
    method: "auto",
    of: hidden,
    cannot: (given) => (given.ei > 16 ? "2^18 equally likely states do not saturate within the samples" : undefined),
  },
  {
    name: "plug-in",
    method: "plug-in",
    cannot: (given) => (cells(given) > 4096 ? `${cells(given)} cells of the inputs do not saturate` : undefined),
  },
];

/** Every way to do the work: what it takes to run, and the pool that the measures are given. */
const ways = [
  ["compiled", "wasm", 0],
  ["plain TypeScript", "typescript", 0],
  ["two workers", "wasm", 2],
] as const;

const pools = { 0: poolOfFile(0), 2: poolOfFile(2) };

describe.each(ways)("%s: EI", (_, path, workers) => {
  beforeAll(() => useKernels(path));
  afterAll(() => useKernels("auto"));
  for (const joint of joints) {
    for (const given of cases) {
      const why = joint.cannot?.(given);
      const title = `${joint.name}: ${given.name} gives ${given.ei} bits`;
      if (why !== undefined) {
        test(`${joint.name}: ${given.name} says that ${why}`, async () => {
          const mechanism = (joint.of ?? ((same) => same))(dense(given.layer));
          const found = await effectiveInformation(mechanism, {
            ...{ bins: given.bins, outside: "clamp", method: joint.method, seed: 4, pool: pools[workers] },
            samples: 20_000,
          });
          // What it gives is called unsaturated, and holds the truth within its ends.
          expect(found.warnings[0]).toMatch(/^unsaturated: 9\d % of the (?:samples|input states) /);
          const [low, high] = found.interval;
          expect([low <= given.ei, given.ei <= high]).toEqual([true, true]);
        });
        continue;
      }
      test(title, async () => {
        const mechanism = (joint.of ?? ((same) => same))(dense(given.layer));
        const effort = joint.method === "plug-in" ? { samples: 200_000 } : { tolerance: 0.02 };
        const found = await effectiveInformation(mechanism, {
          bins: given.bins,
          outside: "clamp",
          method: joint.method,
          seed: 4,
          pool: pools[workers],
          ...effort,
        });
        // The plug-in's bias is at most (occupied joint cells) / (2 N ln 2), here 64 · 30 of them.
        const bias = joint.method === "plug-in" ? 2000 / (2 * 200_000 * Math.LN2) : 0;
        expectTrue(found, given.ei, bias);
      });
    }
  }
});

describe.each(ways)("%s: EI_parts", (_, path, workers) => {
  beforeAll(() => useKernels(path));
  afterAll(() => useKernels("auto"));
  for (const [name, of, method] of [
    ["exact", (same: Mechanism) => same, "exact"],
    ["plug-in", (same: Mechanism) => same, "plug-in"],
    ["auto, structure hidden", hidden, "auto"],
  ] as const) {
    for (const given of cases) {
      if (given.eiParts === undefined) continue;
      const { eiParts: truth } = given;
      test(`${name}: ${given.name} gives ${truth} bits`, async () => {
        const effort = method === "exact" ? {} : { samples: 100_000, seed: 4 };
        const options = { bins: given.bins, outside: "clamp", method, pool: pools[workers], ...effort } as const;
        const found = await eiParts(of(dense(given.layer)), options);
        // Raw plug-in: a bias of at most (occupied cells) / (2 N ln 2) per pair.
        const pairs = (given.layer.weights as number[][]).length ** 2;
        expectTrue(found, truth, method === "plug-in" ? (pairs * given.bins ** 2) / (2 * 100_000 * Math.LN2) : 0);
      });
    }
  }
});

function expectTrue(found: Estimate, truth: number, bias: number): void {
  expect(found.bits >= found.interval[0] && found.bits <= found.interval[1]).toBe(true);
  if (found.bounds !== undefined) expect(truth > found.bounds[0] - 1e-6 && truth < found.bounds[1] + 1e-6).toBe(true);
  // Four standard errors; recorded truths have six decimals, some of them doubled.
  expect(Math.abs(found.bits - truth)).toBeLessThan(4 * found.standardError + 2e-6 + bias);
}
