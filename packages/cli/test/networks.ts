/** Network files for the command line's tests. */
import * as fs from "node:fs";
import { graphFromJson } from "../../core/src/formats/json-graph.ts";
import { modelOf } from "../../core/src/model/graph-model.ts";
import type { Model } from "../../core/src/model/model.ts";
import { temporaryFolder } from "../../runs/test/folders.ts";

export function networkFile(text: string): string {
  const path = `${temporaryFolder()}/net.json`;
  fs.writeFileSync(path, text);
  return path;
}

/** 3 → 2 → 2 → 2: sigmoid, tanh, softmax. One name needs quotes in a CSV; "0" is a name. */
export const TRIO = JSON.stringify({
  inputRange: [0, 1],
  layers: [
    {
      name: 'first, "a"',
      weights: [
        [2, -1, 0.5],
        [1, 3, -2],
      ],
      bias: [0.1, -0.5],
      activation: "sigmoid",
    },
    {
      name: "second",
      weights: [
        [3, -2],
        [1, 1],
      ],
      activation: "tanh",
    },
    {
      name: "0",
      weights: [
        [1, -1],
        [2, 0.5],
      ],
      activation: "softmax",
    },
  ],
});

export const trio: Model = modelOf(graphFromJson(TRIO, "trio"));

/** 2 → 3 → 2: ReLU, softmax. */
export const SMALL_NET = JSON.stringify({
  inputRange: [0, 1],
  layers: [
    {
      name: "hidden",
      weights: [
        [2, -1],
        [1, 3],
        [-1, 1],
      ],
      activation: "relu",
    },
    {
      name: "output",
      weights: [
        [1, -1, 2],
        [-1, 2, 0.5],
      ],
      activation: "softmax",
    },
  ],
});
