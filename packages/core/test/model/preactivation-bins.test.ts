/** Bins of the output as cuts of the pre-activation, against the activation itself. */
import { describe, expect, test } from "vitest";
import { binEdges, type OutsidePolicy } from "../../src/information/bins.ts";
import { type Activation, activation, activationNames, activations, normalCdf } from "../../src/model/activation.ts";
import { OUTSIDE, preactivationBins } from "../../src/model/preactivation-bins.ts";

/** The bin by the definition: φ(z), then the edges. */
function byDefinition(phi: Activation, edges: Float64Array, policy: OutsidePolicy, z: number): number {
  const y = phi.value(z);
  const count = edges.length - 1;
  if (y < edges[0]!) return policy === "clamp" ? 0 : OUTSIDE;
  if (y > edges[count]!) return policy === "clamp" ? count - 1 : OUTSIDE;
  let bin = 0;
  while (bin + 1 < count && y >= edges[bin + 1]!) bin++;
  return bin;
}

const bump = activation({ name: "bump", value: (z) => 1 / (1 + z * z), turningPoints: [0], defaultRange: [0, 1] });
const wave = activation({
  name: "wave",
  value: (z) => (z < -4 ? Math.sin(-4) : z > 4 ? Math.sin(4) : Math.sin(z)),
  turningPoints: [-Math.PI / 2, Math.PI / 2],
  defaultRange: [-1, 1],
});
const step = activation({ name: "step", value: (z) => (z >= 0.25 ? 1 : 0), defaultRange: [0, 1] });

describe("preactivationBins", () => {
  const all: Activation[] = [...activationNames.map((name): Activation => activations[name]), bump, wave, step];
  for (const phi of all) {
    for (const policy of ["drop", "clamp"] as const) {
      test(`${phi.name}, ${policy}: every z falls in the segment of its bin`, () => {
        for (const range of [phi.defaultRange, [-0.5, 0.75], [0, 2]] as const) {
          for (const count of [2, 7, 8]) {
            const edges = binEdges(count, range);
            const cuts = preactivationBins(phi, edges, policy);
            expect(cuts.bins.length).toBe(cuts.thresholds.length + 1);
            for (let k = 1; k < cuts.thresholds.length; k++)
              expect(cuts.thresholds[k]! > cuts.thresholds[k - 1]!).toBe(true);
            const wrong: object[] = [];
            for (let k = -1200; k <= 1200; k++) {
              const z = k / 100 + 0.00123;
              // Where z lies within an ulp's reach of a cut, φ's own rounding decides: skip those.
              if (cuts.thresholds.some((t) => Math.abs(t - z) < 1e-9)) continue;
              let s = 0;
              while (s < cuts.thresholds.length && z >= cuts.thresholds[s]!) s++;
              const expected = byDefinition(phi, edges, policy, z);
              if (cuts.bins[s] !== expected) wrong.push({ z, bin: cuts.bins[s], expected });
            }
            expect(wrong, `${phi.name} over [${range}] in ${count} bins`).toEqual([]);
          }
        }
      });
    }
  }

  test("a ReLU's atom at 0 belongs to the bin that holds 0", () => {
    const cuts = preactivationBins(activations.relu, binEdges(4, [0, 2]), "drop");
    expect([...cuts.thresholds].slice(0, 3)).toEqual([0.5, 1, 1.5]);
    expect([...cuts.bins]).toEqual([0, 1, 2, 3, OUTSIDE]);
  });

  test("GELU's lowest bin has two segments, left and right of its minimum", () => {
    const cuts = preactivationBins(activations.gelu, binEdges(4, [-0.16, 0.16]), "clamp");
    expect([...cuts.bins]).toEqual([1, 0, 1, 2, 3]);
  });

  test("a bisected threshold is the least double that reaches its edge", () => {
    const cuts = preactivationBins(activations.silu, binEdges(2, [0, 2]), "drop");
    const at = cuts.thresholds[cuts.bins.indexOf(1) - 1]!;
    expect(activations.silu.value(at) >= 1).toBe(true);
    expect(activations.silu.value(at - 4e-16) < 1).toBe(true);
  });
});

describe("normalCdf", () => {
  // Values computed with 30 digits.
  for (const [x, p] of [
    [0, 0.5],
    [1, 0.8413447460685429],
    [-1, 0.15865525393145705],
    [-3.9, 4.809634401760271e-5],
    [-4.1, 2.06575069125467e-5],
    [-8, 6.220960574271784e-16],
    [5, 0.9999997133484281],
  ] as const) {
    test(`of ${x} is ${p}`, () => expect(Math.abs(normalCdf(x) / p - 1)).toBeLessThan(2e-14));
  }
});

describe("activation() refuses", () => {
  const cases: [what: string, spec: object, message: RegExp][] = [
    ["a built-in name", { name: "relu", value: (z: number) => z }, /no built-in activation uses/],
    ["no function", { name: "x", value: 3 }, /a function of one number/],
    ["turning points out of order", { name: "x", value: Math.cos, turningPoints: [1, 0] }, /ascending/],
    ["a value that is not finite", { name: "x", value: () => Number.NaN }, /finite values.*NaN at 0/],
  ];
  for (const [what, spec, message] of cases) test(what, () => expect(() => activation(spec as never)).toThrow(message));
});
