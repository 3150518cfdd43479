/** Units of any model: convolutional networks and skips against loops that share nothing, and dense layers as a graph against a Network. */
import { describe, expect, it } from "vitest";
import { cumulativeAblation, type Scope, type UnitScores } from "../../src/ablation/cumulative.ts";
import { type GraphClassifier, graphClassifier } from "../../src/network/graph-classifier.ts";
import { unitActivations } from "../../src/observational/unit-activations.ts";
import { type Fixture, graphOfFile, type Hold, lenet, naiveAnswers, residual } from "./convolutional.ts";

const fixtures: readonly (readonly [string, Fixture])[] = [
  ["convolutions with pooling", lenet()],
  ["a skip connection", residual()],
];

/** Units in the order of layers. */
function positions({ layers }: GraphClassifier): UnitScores {
  return new Map(
    layers
      .slice(0, -1)
      .flatMap(({ outputs }, l) => Array.from({ length: outputs }, (_, unit) => [`${l}/${unit}`, 100 * l + unit])),
  );
}

/** What a mean of some hundred doubles, computed in another order, may differ by. */
const NEAR = 1e-9;

describe("the units of a convolutional network", () => {
  it("are named layers with their channels, positions and activations", () => {
    const { layers, features, inputShape, outputs } = graphClassifier(graphOfFile(lenet().bytes()));
    const said = layers.map(({ name, outputs: units, positions: places, activation }) => [
      name,
      units,
      places,
      activation,
    ]);
    expect(said).toEqual([
      ["conv1", 3, 36, "relu"],
      ["conv2", 4, 4, "relu"],
      ["fc1", 5, 1, "relu"],
      ["fc2", 3, 1, "identity"],
    ]);
    expect([features, inputShape, outputs.kind]).toEqual([72, [2, 6, 6], "logits"]);
    expect(graphClassifier(graphOfFile(lenet().bytes("Softmax"))).outputs.kind).toBe("softmax");
  });

  it.each(fixtures)("have the mean and the maximum of a channel as activation: %s", async (_, fixture) => {
    for (const channels of ["mean", "maximum"] as const) {
      const model = graphClassifier(graphOfFile(fixture.bytes()), { channels });
      const found = await unitActivations(model, fixture.data);
      const { rows, features, inputs } = fixture.data;
      for (let row = 0; row < rows; row++) {
        const { hidden, logits } = fixture.run(inputs.subarray(row * features, (row + 1) * features));
        const expected = hidden.map((maps) =>
          maps.map((map) => {
            const values = map.flat();
            return channels === "mean"
              ? values.reduce((sum, value) => sum + value, 0) / values.length
              : Math.max(...values);
          }),
        );
        for (const [l, wanted] of [...expected, logits].entries()) {
          const { layer, values } = found[l]!;
          for (const [unit, value] of wanted.entries()) {
            expect(Math.abs(values[row * layer.outputs + unit]! - value)).toBeLessThan(NEAR);
          }
        }
      }
    }
  });

  it.each(fixtures)("are held as whole channels after the activation, step by step: %s", async (_, fixture) => {
    for (const ending of [undefined, "Softmax"] as const) {
      const model = graphClassifier(graphOfFile(fixture.bytes(ending)));
      const scores = { position: positions(model) };
      for (const scope of ["network", 0, 1] as readonly Scope[]) {
        const options = { scope, scores, replacement: 0.3, repetitions: 1 } as const;
        const { curves, units } = await cumulativeAblation(model, fixture.data, fixture.data, options);
        const own = [...scores.position.keys()].filter((key) => scope === "network" || key.startsWith(`${scope}/`));
        expect(units).toBe(own.length);
        for (const [direction, order] of [
          ["ascending", own],
          ["descending", own.toReversed()],
        ] as const) {
          const { points } = curves.find((curve) => curve.direction === direction)!;
          expect(points).toHaveLength(own.length + 1);
          for (const { removed, accuracy, loss } of points) {
            const gone = new Set(order.slice(0, removed));
            const hold: Hold = (layer, unit) => (gone.has(`${layer}/${unit}`) ? 0.3 : undefined);
            const wanted = naiveAnswers(fixture, hold);
            expect(accuracy).toBe(wanted.accuracy);
            expect(Math.abs(loss - wanted.loss)).toBeLessThan(NEAR);
          }
        }
      }
    }
  });
});
