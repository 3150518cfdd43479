/** ablate(): what the command prints, for a program. */
import { describe, expect, it } from "vitest";
import { flowers, trainedOnFlowers } from "../../../../test/trained-iris.ts";
import { cumulativeAblation, unitScores } from "../../src/ablation.ts";
import { ablate, effectiveInformation, neuronInformation } from "../../src/index.ts";

const model = await trainedOnFlowers([4, 3], ["relu", "tanh"], { epochs: 20 });
const few = { repetitions: 2, bootstrap: 0, points: 3 } as const;

describe("ablate", () => {
  it("gives scores, neurons and curves of the whole network and of each hidden layer", async () => {
    const fractions: number[] = [];
    const settings = { ...few, scores: ["information", "damage"], seed: 3 } as const;
    const found = await ablate(model, flowers, settings, { onProgress: (fraction) => fractions.push(fraction) });
    expect(found.scopes.map(({ scope }) => scope)).toEqual(["network", 0, 1]);
    expect(fractions).toEqual([1 / 3, 2 / 3, 1]);
    expect(found.neurons).toEqual(await neuronInformation(model, flowers.train));
    const scores = await unitScores(model, flowers.train, ["information", "damage"], { seed: 3 });
    expect(found.scores).toEqual(scores);
    const { repetitions, points, bootstrap } = few;
    const options = { scope: 1, scores, repetitions, points, bootstrap, seed: 3 } as const;
    expect(found.scopes[2]!.result).toEqual(await cumulativeAblation(model, flowers.train, flowers.test, options));
    expect(found.effects).toHaveLength(7);
    const own = found.neurons.filter(({ layer }) => layer === 0);
    expect(found.scopes[1]!.information).toBeCloseTo(own.reduce((sum, { corrected }) => sum + corrected, 0) / 4, 14);
    expect(Math.abs(found.scopes[0]!.rankCorrelationWithDamage!)).toBeLessThanOrEqual(1);
    expect(found.warnings.join()).toMatch(/Simpson.*too few for a band/s);
  });

  it("looks at pairs of the units with the highest first score, in each layer", async () => {
    const { pairs, effects } = await ablate(model, flowers, { ...few, scores: ["information"], scopes: [0], pairs: 3 });
    expect(pairs.map(({ first, second }) => [first.layer, second.layer])).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
    expect(effects).toHaveLength(4);
  });

  it("refuses scores and settings that are unknown, layers that are not hidden, and anything but a model", async () => {
    const ask = (settings: object, of: unknown = model) => ablate(of as never, flowers, settings as never);
    await expect(ask({ scores: ["informatoin"] })).rejects.toThrow(
      /scores\[0\]: expected one of "information", .*got "informatoin". Did you mean "information"\?/,
    );
    await expect(ask({ score: [] })).rejects.toThrow("Did you mean scores?");
    await expect(ask({ scopes: [2] })).rejects.toThrow(/hidden layer from 0 to 1/);
    await expect(ask({}, { layers: [] })).rejects.toThrow(/expected a model; got an object with the keys layers/);
  });
});

it("a measure of a mechanism that is given a model says what to call", async () => {
  await expect(effectiveInformation(model as never, { bins: 4 })).rejects.toThrow(
    "effectiveInformation(): expected a mechanism; got a model. dense() creates one from weights",
  );
});
