/**
 * Causalscope's own, readable network format: one JSON object with the layers in order. docs/network-json.md documents it; its version 2, a
 * graph, is json-graph.ts.
 * Text in, layers out; nothing is fetched, and a key that is not known is an error, so that a misspelt one is not ignored.
 */
import { FormatError, InvalidInputError } from "../checks/errors.ts";
import { isLayerActivation, layerActivations } from "../model/activation.ts";
import { type DenseChain, denseChain, type LayerSpec } from "../model/dense-chain.ts";
import { characterCounter, knownKeys, list, numbers, parseJson, record, requireRange, shown } from "./json-values.ts";

export const NETWORK_FORMAT = "causalscope-network";
export const NETWORK_FORMAT_VERSION = 1;

const NETWORK_KEYS = ["format", "version", "name", "description", "inputRange", "layers"];
const LAYER_KEYS = ["name", "weights", "bias", "activation"];

/**
 * Reads a network.
 *
 * @param text The whole file; a byte order mark at its start is allowed.
 * @param who Names the text in errors: the file's path.
 * @throws FormatError, naming the place, for text that is no JSON (line and column), unknown or missing keys, values of another type, and
 *   everything that `network()` refuses.
 */
export function chainFromJson(text: string, who: string): DenseChain {
  const root = record(parseJson(text, who), who, "an object with layers");
  if ("graph" in root) {
    throw new FormatError({
      who,
      expected: "layers in a row",
      got: "a graph",
      remedy: "graphFromJson() reads networks of any shape.",
    });
  }
  return chainFromParsed(root, who);
}

/** As `chainFromJson`, from what `JSON.parse` made of the text. */
export function chainFromParsed(root: Record<string, unknown>, who: string): DenseChain {
  knownKeys(root, NETWORK_KEYS, who);
  requireHead(root, NETWORK_FORMAT_VERSION, who);
  const layers = root.layers;
  if (!Array.isArray(layers) || layers.length === 0) {
    throw new FormatError({ who: `${who}: layers`, expected: "an array of at least one layer", got: shown(layers) });
  }
  const specs = layers.map((layer: unknown, index) => layerSpec(layer, `${who}: layer ${index + 1}`));
  const inputRange = root.inputRange ?? null;
  requireRange(inputRange, `${who}: inputRange`);
  try {
    return denseChain({ layers: specs, inputRange });
  } catch (error) {
    if (error instanceof InvalidInputError) throw new FormatError(`${who}: ${error.message}`, { cause: error });
    throw error;
  }
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

/** The keys that say what a file is. */
export function requireHead(root: Record<string, unknown>, version: number, who: string): void {
  if (root.format !== undefined && root.format !== NETWORK_FORMAT) {
    throw new FormatError({ who: `${who}: format`, expected: `"${NETWORK_FORMAT}"`, got: shown(root.format) });
  }
  if (root.version !== undefined && root.version !== version) {
    throw new FormatError({ who: `${who}: version`, expected: `${version}`, got: shown(root.version) });
  }
  for (const key of ["name", "description"]) {
    if (root[key] !== undefined && typeof root[key] !== "string") {
      throw new FormatError({ who: `${who}: ${key}`, expected: "text", got: shown(root[key]) });
    }
  }
}

function layerSpec(value: unknown, position: string): LayerSpec {
  const layer = record(value, position, "an object with weights and an activation");
  const { name, weights, bias, activation } = layer;
  if (name !== undefined && (typeof name !== "string" || name === "")) {
    throw new FormatError({ who: `${position}: name`, expected: "text that is not empty", got: shown(name) });
  }
  const who = name === undefined ? position : `${position} ("${name}")`;
  knownKeys(layer, LAYER_KEYS, who);
  if (!Array.isArray(weights) || weights.length === 0) {
    throw new FormatError({
      who: `${who}: weights`,
      expected: "an array of rows [outputs][inputs], at least one",
      got: shown(weights),
    });
  }
  for (const [j, row] of weights.entries()) {
    numbers(row, `${who}: weights [${j}]`, "a row of numbers, one per input, at least one");
    if (row.length !== weights[0].length) {
      throw new FormatError({
        who: `${who}: weights [${j}]`,
        expected: `${weights[0].length} numbers, like row 0`,
        got: `${row.length}`,
        remedy: "Weights are [outputs][inputs], every row of the same length.",
      });
    }
  }
  if (bias !== undefined && bias !== null) {
    const expected = `an array of ${weights.length} numbers, one per row of weights, or null`;
    numbers(bias, `${who}: bias`, expected);
    if (bias.length !== weights.length) {
      throw new FormatError({ who: `${who}: bias`, expected, got: `${bias.length} numbers` });
    }
  }
  if (!isLayerActivation(activation)) {
    throw new FormatError({
      who: `${who}: activation`,
      expected: `one of ${layerActivations.join(", ")}`,
      got: shown(activation),
    });
  }
  return { name, weights, bias: bias ?? null, activation };
}
