/** A sample of everything that measures, as one text: what must come out with the same bytes wherever and however it runs. */

import { iris, scaleInputs, split } from "../../src/datasets.ts";
import {
  causalPlane,
  createNetwork,
  dense,
  effectiveInformation,
  eiBetweenGroups,
  eiParts,
  eiPartsMatrix,
  sensitivityMatrix,
  train,
} from "../../src/index.ts";
import type { Pool } from "../../src/measures.ts";
import { chain } from "../../src/models.ts";
import { evaluate } from "../../src/training.ts";

function layer(inputs: number, outputs: number, scale: number, activation: "sigmoid" | "relu" | "gelu" | "tanh") {
  const { weights, bias } = createNetwork({ layers: [inputs, outputs], activation: "tanh", bias: true, seed: inputs })
    .chain!.layers[0]!;
  return dense({
    weights: { data: weights.map((weight) => scale * weight), shape: [outputs, inputs] },
    bias: bias!,
    activation,
    inputRange: [-1, 2],
    outputRange: activation === "relu" ? [0, 2] : activation === "gelu" ? [-1, 3] : undefined,
  });
}

/** Numbers as text, exactly; typed arrays as lists. */
function exactly(_key: string, value: unknown): unknown {
  return ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value;
}

export async function program(pool?: Pool): Promise<string> {
  const found: Record<string, unknown> = {};
  const small = layer(5, 4, 3, "sigmoid");
  const common = { bins: 8, seed: 3, pool };
  found.joint = await effectiveInformation(small, { ...common, tolerance: 0.01 });
  found.wider = await effectiveInformation(layer(20, 6, 4, "tanh"), { ...common, tolerance: 0.02 });
  found.dropping = await effectiveInformation(layer(4, 3, 2, "relu"), { ...common, tolerance: 0.03 });
  found.clamping = await effectiveInformation(layer(4, 3, 2, "relu"), { ...common, tolerance: 0.03, outside: "clamp" });
  found.turning = await effectiveInformation(layer(3, 3, 2, "gelu"), { ...common, tolerance: 0.03 });
  const rough = { ...common, tolerance: 0.6, samples: 200_000 };
  found.wide = await effectiveInformation(layer(24, 20, 5, "sigmoid"), rough);
  found.halfCounted = await effectiveInformation(layer(14, 10, 2, "tanh"), rough);
  found.dependent = await effectiveInformation(layer(5, 9, 3, "gelu"), { ...rough, method: "likelihood" });
  found.manyInputs = await effectiveInformation(layer(40, 5, 3, "relu"), { ...rough, method: "likelihood" });
  found.groups = await eiBetweenGroups(small, [{ inputs: [0, 2], outputs: [1, 3] }], { ...common, tolerance: 0.02 });
  found.chained = await effectiveInformation(
    chain(createNetwork({ layers: [3, 4, 2], activation: "sigmoid", seed: 2, inputRange: [0, 1] }), { from: 0, to: 1 }),
    { ...common, samples: 20_000 },
  );
  for (const [inputs, outputs] of [
    [1, 2],
    [3, 3],
    [12, 7],
    [40, 5],
  ] as const) {
    const one = layer(inputs, outputs, 2, "tanh");
    found[`pairs ${inputs}→${outputs}`] = await eiPartsMatrix(one, { bins: { input: 8, output: 16 }, pool });
    found[`single ${inputs}→${outputs}`] = await sensitivityMatrix(one, { bins: 16, pool });
  }
  found.plugIn = await eiParts(layer(9, 7, 2, "sigmoid"), { ...common, method: "plug-in", samples: 300_000 });
  found.plugInJoint = await effectiveInformation(small, { ...common, method: "plug-in", samples: 60_000 });

  const flowers = split(scaleInputs(iris(), 1 / 8), 100, 1);
  for (const [optimizer, activation, loss] of [
    ["sgd", "sigmoid", "mse"],
    ["adam", ["tanh", "relu", "softmax"], "cross-entropy"],
  ] as const) {
    const network = createNetwork({ layers: [4, 5, 5, 3], activation, seed: 4, inputRange: [0, 1] });
    const options = { epochs: 30, every: 30, batchSize: 7, learningRate: 0.01, seed: 1, optimizer, loss } as const;
    for await (const { model: trained, train: score, test } of train(network, flowers, options)) {
      found[`${optimizer} after ${score.loss}`] = [trained.chain!.layers.map(({ weights }) => weights), score, test];
      found[`${optimizer} evaluated`] = evaluate(trained, flowers.test!, loss);
      if (optimizer === "sgd") found.plane = await causalPlane(trained, { ...common, tolerance: 0.05 });
    }
  }
  return JSON.stringify(found, exactly);
}
