import { describe, expect, it } from "vitest";
import { log2 } from "../../core/src/information/elementary.ts";
import { effectiveInformation } from "../../core/src/measures/effective-information.ts";
import { dense } from "../../core/src/model/mechanism.ts";
import { fineBinLoss, finePeak } from "../src/edge/fine-bins.ts";

describe("EI of one connection as bins become fine", () => {
  it("is greatest near e and coth 1, not at them", () => {
    // Found once by another program, which integrated the same law by adaptive quadrature.
    expect(finePeak("sigmoid")).toBeCloseTo(2.701, 4);
    expect(finePeak("tanh")).toBeCloseTo(1.268, 4);
    const behind = (activation: "sigmoid" | "tanh", said: number) =>
      fineBinLoss(activation, finePeak(activation)) - fineBinLoss(activation, said);
    expect(behind("sigmoid", Math.E)).toBeCloseTo(0.00004, 5);
    expect(behind("tanh", 1.3130352854993312)).toBeCloseTo(0.001, 3);
  });

  it("is what the exact EI tends to", async () => {
    for (const [activation, range, weight] of [
      ["sigmoid", [0, 1], 2.7],
      ["tanh", [-1, 1], 1.9],
    ] as const) {
      const layer = dense({ weights: [[weight]], activation, inputRange: range, outputRange: range });
      const gap = async (bins: number) =>
        Math.abs((await effectiveInformation(layer, { bins })).bits - log2(bins) - fineBinLoss(activation, weight));
      expect(await gap(16_384)).toBeLessThan(0.003);
      expect(await gap(64)).toBeGreaterThan(await gap(16_384));
    }
  });
});
