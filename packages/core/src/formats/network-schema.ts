/** The network file as a schema: layers in a row (version 1), or a graph of operations (version 2). schema/network.json is made from it. */
import * as v from "valibot";
import { instance } from "../checks/schema/instance-of.ts";
import { listOf, longList, numberItem, pathItem, textItem } from "../checks/schema/lists.ts";
import { type Path, pathText, shownInput } from "../checks/schema/parse.ts";
import { described, options } from "../checks/schema/records.ts";
import { name, range, text } from "../checks/schema/scalars.ts";
import { layerActivationSchema } from "./json-activation.ts";
import { nodeDefinitions, nodeSchema } from "./json-operations.ts";
import { storedTensorSchema, tensorSchema } from "./json-tensors.ts";
import { shown } from "./json-values.ts";

export const NETWORK_FORMAT = "causalscope-network";
export const NETWORK_FORMAT_VERSION = 1;
export const GRAPH_FORMAT_VERSION = 2;

/** The keys that say what a file is. */
function head<const Version extends number>(version: Version) {
  return {
    format: v.optional(v.literal(NETWORK_FORMAT, JSON.stringify(NETWORK_FORMAT))),
    version: v.optional(v.literal(version, `${version}`)),
    name: v.optional(described(text, "For human readers.")),
    description: v.optional(described(text, "For human readers.")),
    inputRange: v.optional(
      described(v.nullable(range), "Range of every input of the network, low < high; null if unspecified."),
    ),
  };
}

const ROW = "a row of numbers, one per input, at least one";

/** `[outputs][inputs]`, in one loop: there may be millions. */
const weights = v.pipe(
  instance<readonly (readonly number[])[]>(
    (value) => Array.isArray(value) && value.length > 0,
    "an array of rows [outputs][inputs], at least one",
    { type: "array", minItems: 1, items: { type: "array", minItems: 1, items: { type: "number" } } },
  ),
  v.rawCheck<readonly (readonly number[])[]>(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const rows: readonly unknown[] = dataset.value;
    for (const [j, row] of rows.entries()) {
      if (!Array.isArray(row) || row.length === 0) {
        addIssue({ message: ROW, received: shownInput(row), path: [pathItem(rows, j)] });
        return;
      }
      const wrong = row.findIndex((each) => !numberItem.fits(each));
      if (wrong >= 0) {
        const message = (numberItem.words as (value: unknown) => string)(row[wrong]);
        addIssue({ message, received: shownInput(row[wrong]), path: [pathItem(rows, j), pathItem(row, wrong)] });
        return;
      }
      const inputs = (rows[0] as readonly number[]).length;
      if (row.length === inputs) continue;
      const message = `${inputs} numbers, like row 0\nWeights are [outputs][inputs], every row of the same length.`;
      addIssue({ message, received: `${row.length}`, path: [pathItem(rows, j)] });
      return;
    }
  }),
);

const layer = options(
  {
    name: v.optional(name),
    weights: described(weights, "[outputs][inputs]: one row per output, all rows of the same length."),
    bias: v.optional(
      described(
        v.nullable(longList(numberItem, "an array of numbers, one per row of weights, or null", 1)),
        "One number per output; null for none.",
      ),
    ),
    activation: layerActivationSchema,
  },
  "an object with weights and an activation",
);

/** Version 1. */
export const chainFile = options(
  {
    ...head(NETWORK_FORMAT_VERSION),
    layers: described(listOf(layer, { words: "an array of at least one layer" }), "From the inputs to the outputs."),
  },
  "an object with layers",
);

const input = options(
  {
    name,
    shape: described(
      longList(
        {
          fits: (size): size is number | null => size === null || (Number.isSafeInteger(size) && (size as number) >= 1),
          words: "a whole number of at least 1, or null for an unspecified size",
          json: { anyOf: [{ type: "integer", minimum: 1, maximum: Number.MAX_SAFE_INTEGER }, { type: "null" }] },
        },
        "an array of whole numbers of at least 1, or null for an unspecified size",
      ),
      "The batch axis first; null for an unspecified size.",
    ),
  },
  "an object",
);

function graphFileOf(tensors: Parameters<typeof nodeSchema>[0]) {
  const node = nodeSchema(tensors);
  return options(
    {
      ...head(GRAPH_FORMAT_VERSION),
      graph: options(
        {
          inputs: listOf(input, { words: "an array of at least one input" }),
          outputs: longList(textItem, "an array of at least one string", 1),
          nodes: described(
            listOf(node, { words: "an array of at least one node" }),
            "Each node after the nodes whose outputs it uses.",
          ),
          notes: v.optional(longList(textItem, "an array of strings")),
        },
        "an object with inputs, outputs and nodes",
      ),
    },
    "an object with a graph, or with layers",
  );
}

/** Version 2. */
export const graphFile = graphFileOf(tensorSchema);

/** Version 2, beside the tensors of a file. */
export const storedGraphFile = graphFileOf(storedTensorSchema);

/** Either version. */
export const networkFile = v.pipe(
  v.union([v.pipe(chainFile, v.title("Version 1")), v.pipe(graphFile, v.title("Version 2"))]),
  v.title("Causalscope network"),
  v.description(
    "A neural network: a sequence of layers (version 1) or a graph of operations (version 2). The reader also checks what a schema cannot express: that shapes fit, that names are unique and defined before use, and that parameters of activations are in their domain.",
  ),
);

/** Places of a network file as messages name them: `net.json: node 3 ("fc"): weights.values[2]`. */
export function placesIn(root: unknown, who: string): { readonly at: (path: Path) => string } {
  const listed: Readonly<Record<string, string>> = { layers: "layer", inputs: "input", nodes: "node" };
  return {
    at(path) {
      const inside = path[0] === "graph" && path.length > 1 ? path.slice(1) : path;
      const [list, index, ...rest] = inside;
      const noun = listed[String(list)];
      if (noun === undefined || typeof index !== "number") return [who, pathText(inside)].filter(Boolean).join(": ");
      const held = path.slice(0, path.length - rest.length).reduce((value, key) => Object(value)[key], root);
      const own: unknown = Object(held).name;
      const named = typeof own === "string" && own !== "" ? ` (${shown(own)})` : "";
      return [`${who}: ${noun} ${index + 1}${named}`, pathText(rest)].filter(Boolean).join(": ");
    },
  };
}

/** Parts of the schema that other programs see by name. */
export const networkDefinitions = { layer, tensor: tensorSchema, ...nodeDefinitions };
