/** Layers of trained networks with values from an independent program. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { eiParts } from "../../src/measures/edge-information.ts";
import { effectiveInformation } from "../../src/measures/effective-information.ts";
import { sensitivity } from "../../src/measures/sensitivity.ts";
import { type DenseSpec, dense } from "../../src/model/mechanism.ts";

interface Recorded extends DenseSpec {
  net: string;
  layer: number;
  bins: number;
  eiParts: number;
  sensitivity: number;
  ei: number | null;
  eiStandardError: number | null;
}

const { layers }: { layers: Recorded[] } = JSON.parse(
  readFileSync(new URL("fixtures/truth.json", import.meta.url), "utf8"),
);

/** Without what is recorded beside it. */
function mechanismOf({ weights, bias, activation, inputRange, outputRange }: Recorded) {
  return dense({ weights, bias, activation, inputRange, outputRange });
}

describe("recorded values of trained layers", () => {
  // The recorded sums carry six decimals of up to 2,048 pairs; the file promises 1e-5.
  const TOLERANCE = 1e-5;
  for (const layer of layers) {
    const title = `${layer.net} layer ${layer.layer} at ${layer.bins} bins`;
    test(`${title}: EI_parts and sensitivity agree to ${TOLERANCE} bit`, async () => {
      const mechanism = mechanismOf(layer);
      expect(Math.abs((await eiParts(mechanism, { bins: layer.bins })).bits - layer.eiParts)).toBeLessThan(TOLERANCE);
      expect(Math.abs((await sensitivity(mechanism, { bins: layer.bins })).bits - layer.sensitivity)).toBeLessThan(
        TOLERANCE,
      );
    });
    if (layer.ei === null) continue;
    const { ei, eiStandardError } = layer;
    test(`${title}: EI agrees within 4 standard errors and the recorded ±0.01`, async () => {
      const found = await effectiveInformation(mechanismOf(layer), { bins: layer.bins, seed: 1, tolerance: 0.01 });
      expect(found.standardError).toBeLessThanOrEqual(0.01);
      expect(Math.abs(found.bits - ei)).toBeLessThan(4 * Math.hypot(found.standardError, eiStandardError!) + 0.01);
    });
  }
});
