/** The exact engine against 50-digit arithmetic, on layers chosen to be hard: see exact_reference.py beside it. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { eiPartsMatrix } from "../../src/measures/edge-information.ts";
import type { ActivationName } from "../../src/model/activation.ts";
import { dense } from "../../src/model/mechanism.ts";

interface Case {
  weights: number[];
  bias: number;
  activation: ActivationName;
  inputRange: [number, number];
  outputRange: [number, number];
  bins: { input: number; output: number };
  outside: "drop" | "clamp";
  bits: string[];
}

const cases = JSON.parse(readFileSync(new URL("fixtures/exact.json", import.meta.url), "utf8")) as Case[];

/** The engine's stated error per pair. */
const STATED = 1e-9;

describe("the exact engine keeps its stated error of 1e-9 bit per pair", () => {
  for (const [index, given] of cases.entries()) {
    const { weights, bias, bits, bins, outside, ...rest } = given;
    const shape = `[${weights.join(", ")}], bias ${bias}, ${rest.activation}, bins ${bins.input} and ${bins.output}`;
    test(`case ${index}: ${shape}, ${outside}`, async () => {
      const found = await eiPartsMatrix(dense({ weights: [weights], bias: [bias], ...rest }), { bins, outside });
      for (const [i, truth] of bits.entries()) {
        expect(Math.abs(found.bits[i]! - Number(truth)), `input ${i}: ${found.bits[i]}, truth ${truth}`).toBeLessThan(
          STATED,
        );
      }
    });
  }
});
