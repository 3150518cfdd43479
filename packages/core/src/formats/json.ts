/**
 * Causalscope's own, readable network format: one JSON object with the layers in order. docs/network-json.md documents it; its version 2, a
 * graph, is json-graph.ts.
 * Text in, layers out; nothing is fetched, and a key that is not known is an error, so that a misspelt one is not ignored.
 */

import { checkFile } from "../checks/check.ts";
import { FormatError } from "../checks/error-classes.ts";
import { parse } from "../checks/schema/parse.ts";
import { type DenseChain, denseChain } from "../model/dense-chain.ts";
import { characterCounter, inFile, isGraphFile, list, parseJson } from "./json-values.ts";
import { chainFile, NETWORK_FORMAT, NETWORK_FORMAT_VERSION, placesIn } from "./network-schema.ts";

/**
 * Reads a network.
 *
 * @param text The whole file; a byte order mark at its start is allowed.
 * @param who Names the text in errors: the file's path.
 * @throws FormatError, naming the place, for text that is no JSON (line and column), unknown or missing keys, values of another type, and
 *   everything that `network()` refuses.
 */
export function chainFromJson(text: string, who: string): DenseChain {
  const root = parseJson(text, who);
  checkFile(!isGraphFile(root), () => ({
    who,
    expected: "a sequence of layers",
    got: "a graph",
    remedy: "readModel() reads networks of any shape.",
  }));
  return chainFromParsed(root, who);
}

/** As `chainFromJson`, from what `JSON.parse` made of the text. */
export function chainFromParsed(root: unknown, who: string): DenseChain {
  const places = placesIn(root, who);
  const { layers, inputRange = null } = parse(chainFile, root, places, FormatError);
  for (const [at, { weights, bias }] of layers.entries()) {
    checkFile(bias === undefined || bias === null || bias.length === weights.length, () => ({
      who: places.at(["layers", at, "bias"]),
      expected: `an array of ${weights.length} numbers, one per row of weights, or null`,
      got: `${bias!.length} numbers`,
    }));
  }
  return inFile(who, () => denseChain({ layers: layers.map((layer) => ({ bias: null, ...layer })), inputRange }));
}

/**
 * The network as text that `chainFromJson` reads back to the same bits; one line per row of weights.
 *
 * @throws FormatError for more weights than a text can hold.
 */
export function chainToJson({ layers, inputRange }: DenseChain): string {
  const count = characterCounter("chainToJson()");
  const blocks = layers.map((layer) => {
    const rows = Array.from({ length: layer.outputs }, (_, j) =>
      count(`        ${list(layer.weights.subarray(j * layer.inputs, (j + 1) * layer.inputs))}`),
    );
    const bias = layer.bias === undefined ? [] : [`      "bias": ${list(layer.bias)},`];
    return [
      "    {",
      `      "name": ${JSON.stringify(layer.name)},`,
      `      "weights": [\n${rows.join(",\n")}\n      ],`,
      ...bias,
      `      "activation": "${layer.activation}"`,
      "    }",
    ].join("\n");
  });
  const range = inputRange === undefined ? "" : `  "inputRange": ${list(inputRange)},\n`;
  return `{\n  "format": "${NETWORK_FORMAT}",\n  "version": ${NETWORK_FORMAT_VERSION},\n${range}  "layers": [\n${blocks.join(",\n")}\n  ]\n}\n`;
}
