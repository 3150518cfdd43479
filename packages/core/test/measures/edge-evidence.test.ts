import { describe, expect, it } from "vitest";
import { InvalidInputError } from "../../src/checks/error-classes.ts";
import { mutualInformation } from "../../src/information/joint-table-information.ts";
import { edgeEvidence } from "../../src/measures/edge-evidence.ts";
import { eiPartsMatrix } from "../../src/measures/edge-information.ts";
import { sensitivityMatrix } from "../../src/measures/sensitivity.ts";
import { blackBox, dense, type Mechanism } from "../../src/model/mechanism.ts";
import { noise } from "../reference/brute-force.ts";

/** Weights of every kind: a strong one, a weak one, none, and a wide layer, whose law is a Fourier series. */
const random = noise(5);
const wide = Array.from({ length: 3 }, () => Array.from({ length: 20 }, () => 2 * random() - 1));
const layers: [string, Mechanism, object][] = [
  [
    "sigmoid",
    dense({
      weights: [
        [3, -1, 0],
        [0.5, 2, 4],
      ],
      bias: [0.3, -1],
      activation: "sigmoid",
      inputRange: [-1, 1],
    }),
    { bins: 8 },
  ],
  [
    "relu, partly outside",
    dense({
      weights: [
        [3, -1],
        [9, 8],
      ],
      activation: "relu",
      inputRange: [
        [0, 1],
        [-2, 3],
      ],
      outputRange: [0, 3],
    }),
    { bins: { input: 4, output: 6 } },
  ],
  [
    "relu, clamped",
    dense({
      weights: [
        [3, -1],
        [9, 8],
      ],
      activation: "relu",
      inputRange: [0, 1],
      outputRange: [0, 3],
    }),
    { bins: 5, outside: "clamp" },
  ],
  ["abs, which turns", dense({ weights: [[4, 2]], activation: "abs", inputRange: [-2, 2] }), { bins: 6, rest: 0.5 }],
  ["20 inputs, tanh", dense({ weights: wide, activation: "tanh", inputRange: [-1, 1] }), { bins: 16, rest: "middle" }],
];

describe.each(layers)("edgeEvidence of %s", (_, layer, options) => {
  const settings = options as Parameters<typeof edgeEvidence>[3];

  it("has the bits of the matrices, to the last one", async () => {
    const parts = await eiPartsMatrix(layer, settings);
    const alone = await sensitivityMatrix(layer, settings);
    for (let i = 0; i < layer.inputs; i++) {
      for (let j = 0; j < layer.outputs; j++) {
        const { eiParts, sensitivity } = await edgeEvidence(layer, i, j, settings);
        expect(eiParts).toMatchObject({ bits: parts.bits[i * layer.outputs + j], standardError: 0, method: "exact" });
        expect(eiParts.outside).toBe(parts.outside[j]);
        expect(sensitivity).toMatchObject({
          bits: alone.bits[i * layer.outputs + j],
          standardError: 0,
          method: "exact",
        });
      }
    }
  });

  it("has the joint law that those bits are of, and that brute force finds", async () => {
    const { joint, shape, eiParts, inputRange, outputRange, sensitivity } = await edgeEvidence(layer, 0, 0, settings);
    const [rows, columns] = shape;
    // The matrix is known to 1e-9 bit, and so is the table.
    expect(Math.abs(mutualInformation(joint, rows, columns) - eiParts.bits)).toBeLessThan(2e-9);
    const total = joint.reduce((sum, p) => sum + p, 0);
    const clamps = settings.outside === "clamp";
    expect(total).toBeCloseTo(clamps ? 1 : 1 - eiParts.outside!, 9);
    expect(Math.min(...joint)).toBeGreaterThanOrEqual(0);

    const draw = noise(11);
    const N = 200_000;
    const found = new Float64Array(rows * columns);
    const x = new Float64Array(layer.inputs);
    const [low, high] = outputRange;
    for (let n = 0; n < N; n++) {
      for (const [i, [from, to]] of layer.inputRanges.entries()) x[i] = from + (to - from) * draw();
      const y = (layer.evaluate(x, 1) as Float64Array)[0]!;
      if (!clamps && (y < low || y > high)) continue;
      const a = Math.min(rows - 1, Math.floor(((x[0]! - inputRange[0]) / (inputRange[1] - inputRange[0])) * rows));
      const b = Math.max(0, Math.min(columns - 1, Math.floor(((y - low) / (high - low)) * columns)));
      found[a * columns + b]! += 1 / N;
    }
    for (const [at, p] of joint.entries()) {
      // Six standard errors of a share among N, and one sample: of some 900 cells of all layers one misses by chance once in 1e6.
      expect(Math.abs(found[at]! - p)).toBeLessThan(6 * Math.sqrt((p * (1 - p)) / N) + 1 / N);
    }
    expect(sensitivity.outside).toBeGreaterThanOrEqual(0);
  });

  it("answers as the layer does, with the others at rest", async () => {
    const j = layer.outputs - 1;
    const { response } = await edgeEvidence(layer, 1, j, settings);
    const rest = settings.rest === "middle" ? 0 : ((settings.rest as number | undefined) ?? 0);
    const [low, high] = layer.inputRanges[1]!;
    expect([response.x.length, response.x[0], response.x[128]]).toEqual([129, low, high]);
    for (const [k, at] of response.x.entries()) {
      const inputs = new Float64Array(layer.inputs).fill(rest);
      inputs[1] = at;
      // Terms at rest are added first: in error by some units in the last place of the sum.
      expect(response.y[k]).toBeCloseTo((layer.evaluate(inputs, 1) as Float64Array)[j]!, 12);
    }
  });
});

describe("edgeEvidence by hand", () => {
  it("of a wire alone is the law of y = x, and of none is that of two independent things", async () => {
    const wire = dense({ weights: [[1]], activation: "identity", inputRange: [0, 1], outputRange: [0, 1] });
    const { joint, eiParts, sensitivity } = await edgeEvidence(wire, 0, 0, { bins: 4 });
    expect([...joint]).toEqual([0.25, 0, 0, 0, 0, 0.25, 0, 0, 0, 0, 0.25, 0, 0, 0, 0, 0.25]);
    expect([eiParts.bits, sensitivity.bits]).toEqual([2, 2]);
    const none = dense({ weights: [[0, 1]], activation: "identity", inputRange: [0, 1], outputRange: [0, 1] });
    const independent = await edgeEvidence(none, 0, 0, { bins: 2 });
    expect([...independent.joint]).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect([independent.eiParts.bits, independent.sensitivity.bits]).toEqual([0, 0]);
  });

  it("of x + x' at one bit a side has 3/8 and 1/8, by the area of triangles", async () => {
    const sum = dense({ weights: [[1, 1]], activation: "identity", inputRange: [-1, 1], outputRange: [-2, 2] });
    const { joint } = await edgeEvidence(sum, 1, 0, { bins: 2 });
    for (const [at, p] of [0.375, 0.125, 0.125, 0.375].entries()) expect(joint[at]).toBeCloseTo(p, 14);
  });

  it("says what lies outside: of y = 2x on 0 … 1 half", async () => {
    const wire = dense({ weights: [[2]], activation: "identity", inputRange: [0, 1], outputRange: [0, 1] });
    const { joint, eiParts, sensitivity } = await edgeEvidence(wire, 0, 0, { bins: 2 });
    for (const [at, p] of [0.25, 0.25, 0, 0].entries()) expect(joint[at]).toBeCloseTo(p, 14);
    for (const { outside } of [eiParts, sensitivity]) expect(outside).toBeCloseTo(0.5, 14);
    expect(eiParts.warnings[0]).toContain("outside the output range");
  });
});

it("edgeEvidence refuses what has no exact law, and positions that there are not", async () => {
  const wire = dense({ weights: [[1]], activation: "identity", inputRange: [0, 1] });
  const box = blackBox({ evaluate: (x) => x, inputs: 1, outputs: 1, inputRange: [0, 1], outputRange: [0, 1] });
  await expect(edgeEvidence(box, 0, 0, { bins: 4 })).rejects.toThrow("one dense layer, for an exact law");
  await expect(edgeEvidence(wire, 1, 0, { bins: 4 })).rejects.toThrow(/edgeEvidence\(\): input/);
  await expect(edgeEvidence(wire, 0, -1, { bins: 4 })).rejects.toThrow(/edgeEvidence\(\): output/);
  await expect(
    edgeEvidence(wire, 0, 0, { bins: 4, noise: { kind: "gaussian", standardDeviation: 1 } as never }),
  ).rejects.toThrow(InvalidInputError);
  await expect(edgeEvidence(wire, 0, 0, { bins: 4, offset: "averaged" } as never)).rejects.toThrow("offset");
});
