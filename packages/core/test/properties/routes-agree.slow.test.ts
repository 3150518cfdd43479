/**
 * Where output states can be counted, their probabilities give the same EI: 40 layers of random sizes, activations, bins, weights and biases.
 * The two routes share no sample and no estimator. Each difference is within 3 combined errors, and all of them together are as large as
 * the errors say: the mean of z² of 40 normal values lies within 0.4 … 1.9 with probability 0.999 (χ² with 40 degrees of freedom).
 */
import { expect, test } from "vitest";
import { activationNames } from "../../../../test/generators.ts";
import { Random } from "../../src/information/random.ts";
import { effectiveInformation } from "../../src/measures/effective-information.ts";
import { dense } from "../../src/model/mechanism.ts";

const LAYERS = 40;

function randomLayer(seed: number) {
  const random = new Random(seed, 77);
  const pick = <T>(values: readonly T[]): T => values[random.below(values.length)]!;
  const inputs = 2 + random.below(29);
  const outputs = 1 + random.below(8);
  const scale = pick([0.5, 1, 2, 4, 8]) / Math.sqrt(inputs);
  const around = (width: number) => width * (2 * random.uniform() - 1);
  const activation = activationNames[seed % activationNames.length]!;
  const bias = random.below(2) === 1 ? Array.from({ length: outputs }, () => around(1)) : undefined;
  const weights = Array.from({ length: outputs }, () => Array.from({ length: inputs }, () => around(scale)));
  const mechanism = dense({
    weights,
    bias,
    activation,
    inputRange: pick([
      [0, 1],
      [-1, 1],
    ] as const),
  });
  const bins = { input: pick([4, 6, 8, 16]), output: pick([4, 8, 16, 32, 64]) };
  return { mechanism, bins, outside: pick(["drop", "clamp"] as const), name: `${inputs} → ${outputs} ${activation}` };
}

test("counting and probabilities agree on 40 random layers", async () => {
  const found: { name: string; z: number }[] = [];
  for (let seed = 0; found.length < LAYERS; seed++) {
    const { mechanism, bins, outside, name } = randomLayer(seed);
    const common = { bins, outside, seed };
    const counted = await effectiveInformation(mechanism, {
      ...common,
      method: "conditional",
      tolerance: 0.03,
      samples: 400_000,
    });
    // Values that counting does not settle are no truth.
    if (counted.standardError > 0.03 || counted.warnings.some((warning) => /unsaturated|too few/.test(warning)))
      continue;
    const other = await effectiveInformation(mechanism, {
      ...common,
      method: "likelihood",
      tolerance: 0.1,
      samples: 400_000,
    });
    const error = Math.hypot(counted.standardError, other.standardError);
    found.push({
      name: `${name}, seed ${seed}`,
      z: error > 0 ? (other.bits - counted.bits) / error : other.bits - counted.bits,
    });
  }
  for (const { name, z } of found) expect(Math.abs(z), name).toBeLessThan(3);
  const meanSquare = found.reduce((sum, { z }) => sum + z * z, 0) / LAYERS;
  expect(meanSquare).toBeLessThan(1.9);
});
