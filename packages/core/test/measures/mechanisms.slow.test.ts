/** Larger sizes of what mechanisms.test.ts asks. */
import { expect, test } from "vitest";
import { Random } from "../../src/information/random.ts";
import { effectiveInformation } from "../../src/measures/effective-information.ts";
import { chain } from "../../src/model/graph-mechanism.ts";
import { network } from "../../src/model/model.ts";

test("two layers tell no more of their inputs than 4,096 bins of the first one do", async () => {
  const random = new Random(3);
  const weights = (m: number, n: number) =>
    Array.from({ length: m }, () => Array.from({ length: n }, () => 4 * random.uniform() - 2));
  const net = network({
    layers: [
      { name: "a", weights: weights(3, 2), activation: "tanh" },
      { name: "b", weights: weights(3, 3), activation: "sigmoid" },
    ],
    inputRange: [0, 1],
  });
  const whole = await effectiveInformation(chain(net, { from: "a", to: "b" }), { bins: 4, tolerance: 0.03 });
  const bins = { input: 4, output: 4096 };
  const first = await effectiveInformation(chain(net, { from: "a", to: "a" }), { bins, tolerance: 0.05 });
  expect(whole.bits).toBeGreaterThan(0);
  expect(whole.bits).toBeLessThan(first.bits + 0.2);
});
