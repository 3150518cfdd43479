import { describe, expect, it } from "vitest";
import { dense } from "../../src/model/mechanism.ts";
import { coarseGrain, select, withOutputs } from "../../src/model/parts-of.ts";
import { fromPlain, toPlain } from "../../src/model/plain-mechanism.ts";

const weights = [
  [1, -2, 0.5],
  [0.25, 1, -1],
  [2, 0.5, 1],
];
const tanh = dense({ name: "layer", weights, activation: "tanh", bias: [0.5, -0.25, 0], inputRange: [0, 1] });
const softmax = dense({ name: "end", weights, activation: "softmax", inputRange: [0, 1] });
const PAIRS = { inputs: [[0, 1], [2]], outputs: [[0], [1], [2]] };

describe("a mechanism made of another", () => {
  it("is sent to workers as itself, where it is dense", async () => {
    for (const made of [coarseGrain(tanh, PAIRS), withOutputs(tanh, [2, 0])]) {
      const again = await fromPlain(structuredClone(toPlain(made)!));
      const x = Float64Array.from({ length: 2 * made.inputs }, (_, k) => 0.1 * k);
      expect([again.inputs, again.outputs]).toEqual([made.inputs, made.outputs]);
      expect(await again.evaluate(x, 2)).toEqual(await made.evaluate(x, 2));
    }
    if (tanh.kind === "dense") expect(toPlain(select(tanh, [0], [1]))).toMatchObject({ name: "layer" });
  });

  it("is not sent as what it was made of, where it is not", async () => {
    const groups = coarseGrain(softmax, PAIRS);
    const some = withOutputs(softmax, [1]);
    expect([groups.kind, some.kind]).toEqual(["blackBox", "blackBox"]);
    expect([toPlain(groups), toPlain(some), groups.alone]).toEqual([undefined, undefined, undefined]);
    // One input alone, the others at rest: what the whole gives for it.
    const alone = await some.alone!(1, Float64Array.of(0.5, 0, 0.25))(Float64Array.of(0.75), 1);
    expect(alone[0]).toBeCloseTo((await softmax.evaluate(Float64Array.of(0.5, 0.75, 0.25), 1))[1]!, 14);
  });
});
