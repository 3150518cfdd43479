/** What holds for every mechanism. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyActivation, bins, layers, options } from "../../../../test/generators.ts";
import { eiPartsMatrix } from "../../src/measures/edge-information.ts";
import { effectiveInformation } from "../../src/measures/effective-information.ts";
import { outputEntropies } from "../../src/measures/output-entropies.ts";
import { sensitivityMatrix } from "../../src/measures/sensitivity.ts";
import { dense } from "../../src/model/mechanism.ts";

const layer = layers();
const measures = [eiPartsMatrix, sensitivityMatrix];

describe("pairwise measures", () => {
  test("lie between 0 and log2 of the bins, and a zero weight's is 0", async () => {
    await fc.assert(
      fc.asyncProperty(layer, options, async (spec, given) => {
        for (const measure of measures) {
          const { bits, shape, outside } = await measure(dense(spec), given);
          expect(shape).toEqual([spec.weights[0]!.length, spec.weights.length]);
          const most = Math.log2(Math.min(given.bins.input, given.bins.output));
          for (let i = 0; i < shape[0]; i++) {
            for (let j = 0; j < shape[1]; j++) {
              const value = bits[i * shape[1] + j]!;
              expect(value).toBeGreaterThanOrEqual(0);
              expect(value).toBeLessThanOrEqual(most + 1e-9);
              if (spec.weights[j]![i] === 0) expect(value).toBe(0);
            }
          }
          for (const share of outside) expect(share >= 0 && share <= 1).toBe(true);
        }
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  test("follow their inputs and outputs when these change places", async () => {
    await fc.assert(
      fc.asyncProperty(layer, options, async (spec, given) => {
        const turned = {
          ...spec,
          weights: spec.weights.map((row) => [...row].reverse()).reverse(),
          bias: spec.bias === null ? null : [...spec.bias].reverse(),
        };
        for (const measure of measures) {
          const here = (await measure(dense(spec), given)).bits;
          const there = (await measure(dense(turned), given)).bits.reverse();
          // The order of a sum of weights may round thresholds differently: a few ulps of probability.
          for (const [at, value] of here.entries()) expect(Math.abs(value - there[at]!)).toBeLessThan(1e-9);
        }
      }),
      { numRuns: 100, seed: 2 },
    );
  });

  test("are the same for sigmoid and tanh when every weight and bias changes its sign", async () => {
    await fc.assert(
      fc.asyncProperty(layer, bins, async (spec, both) => {
        if (spec.activation === "relu" || spec.activation === "identity") return;
        const mirrored = {
          ...spec,
          weights: spec.weights.map((row) => row.map((w) => -w)),
          bias: spec.bias?.map((b) => -b) ?? null,
        };
        for (const measure of measures) {
          const here = (await measure(dense(spec), { bins: both })).bits;
          const there = (await measure(dense(mirrored), { bins: both })).bits;
          for (const [at, value] of here.entries()) expect(Math.abs(value - there[at]!)).toBeLessThan(1e-9);
        }
      }),
      { numRuns: 100, seed: 3 },
    );
  });

  test("do not fall when the bins of either side are split", async () => {
    await fc.assert(
      fc.asyncProperty(layer, bins, fc.integer({ min: 2, max: 4 }), async (spec, both, times) => {
        for (const measure of measures) {
          const coarse = (await measure(dense(spec), { bins: both, outside: "clamp" })).bits;
          for (const finer of [
            { ...both, input: both.input * times },
            { ...both, output: both.output * times },
          ]) {
            const fine = (await measure(dense(spec), { bins: finer, outside: "clamp" })).bits;
            for (const [at, value] of coarse.entries()) expect(fine[at]!).toBeGreaterThan(value - 1e-9);
          }
        }
      }),
      { numRuns: 60, seed: 4 },
    );
  });
});

describe("single outputs", () => {
  test("tell their inputs apart no better than their entropy allows: Σ_i I(x̂_i; ŷ_j) ≤ H(ŷ_j)", async () => {
    await fc.assert(
      fc.asyncProperty(layer, bins, async (spec, both) => {
        const given = { bins: both, outside: "clamp" } as const;
        const { bits, shape } = await eiPartsMatrix(dense(spec), given);
        const entropies = await outputEntropies(dense(spec), given);
        for (let j = 0; j < shape[1]; j++) {
          let sum = 0;
          for (let i = 0; i < shape[0]; i++) sum += bits[i * shape[1] + j]!;
          expect(sum).toBeLessThan(entropies[j]!.bits + 1e-9);
        }
      }),
      { numRuns: 100, seed: 6 },
    );
  });

  test("have the same EI exactly and by sampling, within 5 standard errors, for every activation", async () => {
    const rows = fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: 2, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.double({ min: -2, max: 2, noNaN: true }),
        anyActivation,
        options,
        async (row, bias, phi, given) => {
          const mechanism = dense({
            weights: [row],
            bias: [bias],
            activation: phi,
            inputRange: [-1, 1],
            outputRange: [-1, 2],
          });
          const exact = await effectiveInformation(mechanism, given);
          const sampled = await effectiveInformation(mechanism, {
            ...given,
            method: "conditional",
            tolerance: 0.03,
            seed: 11,
          });
          if (row.some((w) => w !== 0)) expect(exact.method).toBe("exact");
          expect(Math.abs(exact.bits - sampled.bits)).toBeLessThan(5 * sampled.standardError + 1e-6);
        },
      ),
      { numRuns: 60, seed: 7 },
    );
  });
});

describe("EI", () => {
  test("keeps its bounds, whatever the layer", async () => {
    await fc.assert(
      fc.asyncProperty(layer, options, async (spec, given) => {
        const found = await effectiveInformation(dense(spec), { ...given, tolerance: 0.1, samples: 200_000, seed: 7 });
        const [n, m] = [spec.weights[0]!.length, spec.weights.length];
        const most = Math.min(n * Math.log2(given.bins.input), m * Math.log2(given.bins.output));
        expect(Number.isFinite(found.bits) && found.standardError >= 0).toBe(true);
        expect(found.bits).toBeGreaterThan(-5 * found.standardError - 1e-9);
        expect(found.bits).toBeLessThan(most + 5 * found.standardError + 1e-9);
        expect(found.outside >= 0 && found.outside <= 1).toBe(true);
      }),
      { numRuns: 60, seed: 5 },
    );
  });

  test("is the same bytes for the same seed, and other bytes for another", async () => {
    const mechanism = dense({
      weights: [
        [1, -2],
        [3, 0.5],
      ],
      activation: "sigmoid",
      inputRange: [0, 1],
    });
    const run = (seed: number) => effectiveInformation(mechanism, { bins: 8, tolerance: 0.05, seed });
    expect(await run(0)).toEqual(await run(0));
    expect((await run(0)).bits).not.toBe((await run(1)).bits);
  });
});
