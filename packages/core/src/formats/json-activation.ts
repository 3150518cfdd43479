/** Names of activations in files: the schema, and the patterns that say the same to other programs. */
import * as v from "valibot";
import { instance, type JsonSchema } from "../checks/schema/instance-of.ts";
import {
  activationNames,
  type ElementwiseActivation,
  isActivation,
  isLayerActivation,
  type LayerActivation,
  layerActivations,
} from "../model/activation.ts";

const NUMBER = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?`;
const BOUND = `(?:${NUMBER}|[+-]?Infinity)`;

/** Names with parameters, such as "leaky-relu(slope)". */
const families = layerActivations.filter((each) => each.includes("("));

/** As `activation()` reads a name: spaces may stand around each parameter. */
function pattern(family: string): string {
  const [name, parameters] = family.slice(0, -1).split("(") as [string, string];
  const one = name === "clip" ? BOUND : NUMBER;
  const values = parameters.split(",").map(() => String.raw`\s*${one}\s*`);
  return String.raw`^${name}\(${values.join(",")}\)$`;
}

const json: JsonSchema = {
  type: "string",
  anyOf: [{ enum: activationNames }, ...families.map((family) => ({ description: family, pattern: pattern(family) }))],
};

/** What is applied to each unit by itself. */
export const elementwiseSchema = v.pipe(
  instance<ElementwiseActivation>(
    isActivation,
    `one of ${layerActivations.filter((each) => each !== "softmax").join(", ")}`,
    json,
  ),
  v.description("Elementwise function."),
);

/** What a layer in a row may carry: softmax too. */
export const layerActivationSchema = instance<LayerActivation>(
  isLayerActivation,
  `one of ${layerActivations.join(", ")}`,
  { ...json, anyOf: [{ enum: [...activationNames, "softmax"] }, ...(json.anyOf as JsonSchema[]).slice(1)] },
);
