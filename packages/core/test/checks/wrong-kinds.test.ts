/** Whatever of a wrong kind a public function is given, the error says what was expected and what came. */
import { describe, expect, test } from "vitest";
import * as ablation from "../../src/ablation.ts";
import { CausalscopeError } from "../../src/checks/error-classes.ts";
import * as datasets from "../../src/datasets.ts";
import * as information from "../../src/information.ts";
import * as measures from "../../src/measures.ts";
import * as models from "../../src/models.ts";
import * as neurons from "../../src/neurons.ts";

type Any = (...values: unknown[]) => unknown;

const model = models.network({
  layers: [
    { weights: [[1, 1]], activation: "relu" },
    { weights: [[1], [2]], activation: "softmax" },
  ],
});
const data = datasets.xor();

async function refused(call: () => unknown, what: string): Promise<void> {
  const error = await (async () => call())().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error, what).toBeInstanceOf(CausalscopeError);
  expect((error as Error).message, what).toMatch(/expected .*got /s);
}

const WRONG: readonly (readonly unknown[])[] = [[], [null, null, null, null], [{}, {}, {}, {}]];

/** Functions that take nothing. */
const WITHOUT = ["iris", "digits", "smallMnist", "xor", "shwartzZivTishby"];
/** Not covered yet: what a file holds is checked, but not that a caller gave a file at all. */
const OPEN = ["cifar10From", "imagesFrom", "labelledTable", "tableFrom"];

describe.each([
  ["information", information],
  ["datasets", datasets],
])("/%s", (_, exports) => {
  const names = Object.entries(exports).flatMap(([name, value]) => (typeof value === "function" ? [name] : []));
  test.each(names.filter((name) => ![...WITHOUT, ...OPEN].includes(name)))("%s()", async (name) => {
    for (const values of WRONG) {
      await refused(
        () => (exports as unknown as Record<string, Any>)[name]!(...values),
        `${name}(${JSON.stringify(values)})`,
      );
    }
  });
});

describe("refused is", () => {
  const cases: [what: string, call: () => unknown][] = [
    ["dense()", () => (models.dense as Any)()],
    ["network()", () => (models.network as Any)()],
    ["network() of null", () => (models.network as Any)({ layers: [null] })],
    ["blackBox()", () => (models.blackBox as Any)()],
    ["activation()", () => (models.activation as Any)()],
    ["evaluateGraph()", () => (models.evaluateGraph as Any)()],
    ["evaluateGraph() without inputs", () => (models.evaluateGraph as Any)(model)],
    ["topologyOf() with null", () => (models.topologyOf as Any)(model, null)],
    ["observedRanges() without data", () => (models.observedRanges as Any)(model, {})],
    [
      "coarseGrain() without groups",
      () => (models.coarseGrain as Any)(models.dense({ weights: [[1]], activation: "tanh" }), {}),
    ],
    ["degeneracy() of numbers", () => (measures.degeneracy as Any)(7, 8)],
    ["measureLayers() without options", () => (measures.measureLayers as Any)([])],
    [
      "cumulativeAblation() with a list",
      () => (ablation.cumulativeAblation as Any)(model, data, data, { scope: 0, scores: { a: [1, 2] } }),
    ],
    ["unitScores() with one name", () => (ablation.unitScores as Any)(model, data, "damage")],
    ["neuronInformation() without labels", () => (neurons.neuronInformation as Any)(model, { ...data, labels: null })],
  ];
  test.each(cases)("%s", (what, call) => refused(call, what));
});
