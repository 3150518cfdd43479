/**
 * A sidecar: a small JSON text that says what a safetensors file does not. docs/safetensors.md documents it. A key that is not known is an
 * error, so that a misspelt one is not ignored.
 */

import * as v from "valibot";
import { checkFile, requireUnique } from "../checks/check.ts";
import { FormatError } from "../checks/error-classes.ts";
import { listOf, longList, wholeItem } from "../checks/schema/lists.ts";
import { type Parsed, parse } from "../checks/schema/parse.ts";
import { options } from "../checks/schema/records.ts";
import { name, number, oneOf, positiveInteger, range, text, whole } from "../checks/schema/scalars.ts";
import { layerActivationSchema } from "./json-activation.ts";
import type { LayerPlan, NormPlan, PlanInput, PoolPlan } from "./layer-plan.ts";
import { placesIn } from "./network-schema.ts";
import { EPSILON } from "./pytorch-naming.ts";
import type { TensorFile } from "./safetensors.ts";

/** Axes of the weights of each kind. */
const AXES = { dense: 2, conv1d: 3, conv2d: 4, conv3d: 5 } as const;

function sizes(least: number) {
  const expected = `a whole number of at least ${least}, or an array of them, one per axis`;
  return v.union([whole(least), longList(wholeItem(least), expected)], expected);
}

const pool = v.variant(
  "kind",
  [
    options({ kind: v.picklist(["global-max", "global-average"]) }),
    options({
      kind: v.picklist(["max", "average"]),
      size: sizes(1),
      stride: v.optional(sizes(1)),
      padding: v.optional(sizes(0), 0),
    }),
  ],
  ({ path }) =>
    path?.length === 1 ? '"max", "average", "global-max" or "global-average"' : "an object with kind and size",
);

const layerSchema = options(
  {
    name,
    activation: layerActivationSchema,
    weight: v.optional(text),
    bias: v.optional(v.nullable(text)),
    layout: v.optional(oneOf(["out,in", "in,out"])),
    kind: v.optional(oneOf(["dense", "conv1d", "conv2d", "conv3d"])),
    stride: v.optional(sizes(1), 1),
    padding: v.optional(sizes(0), 0),
    dilation: v.optional(sizes(1), 1),
    groups: v.optional(positiveInteger, 1),
    batchNorm: v.optional(name),
    epsilon: v.optional(number(0), EPSILON),
    pool: v.optional(pool),
  },
  "an object with a name and an activation",
);

const sidecar = options(
  {
    input: v.optional(
      options(
        {
          shape: v.optional(longList(wholeItem(1), "an array of sizes without the batch, such as [1, 28, 28]", 1)),
          range: v.optional(v.nullable(range)),
        },
        "an object with shape or range",
      ),
      {},
    ),
    layers: listOf(layerSchema, { words: "an array of at least one layer" }),
  },
  "an object with layers",
);

export interface Sidecar {
  readonly input: PlanInput;
  readonly plans: readonly LayerPlan[];
}

/**
 * @param value What `JSON.parse` made of the text.
 * @param layout How dense weights are stored where a layer does not say.
 * @throws FormatError, naming the place, for unknown or missing keys, values of another type, and names that the file does not have.
 */
export function sidecarFrom(value: unknown, file: TensorFile, who: string, layout = "out,in"): Sidecar {
  const places = placesIn(value, who);
  const { input, layers } = parse(sidecar, value, places, FormatError);
  const plans = layers.map((layer, at) => planOf(layer, places.at(["layers", at]), file, layout));
  const names = plans.flatMap(({ name, norm }) => (norm === undefined ? [name] : [name, norm.name]));
  requireUnique(names, who, "names", FormatError);
  const { shape, range } = input;
  return { plans, input: { ...(shape !== undefined && { shape }), ...(range && { range }) } };
}

function planOf(layer: Parsed<typeof layerSchema>, who: string, { tensors }: TensorFile, layout: string): LayerPlan {
  const { name, kind, batchNorm, epsilon, pool, stride, padding, dilation, groups, activation } = layer;
  const tensor = (key: "weight" | "bias"): string => {
    const given = layer[key] ?? `${name}.${key}`;
    checkFile(tensors.has(given), () => ({
      who: `${who}: ${key}`,
      expected: "a tensor of the file",
      got: JSON.stringify(given),
    }));
    return given;
  };
  const weight = tensor("weight");
  const { shape } = tensors.get(weight)!;
  checkFile(kind === undefined || shape.length === AXES[kind], () => ({
    who: `${who}: kind`,
    expected: `weights of ${AXES[kind!]} axes for ${kind}`,
    got: `[${shape.join(", ")}]`,
  }));
  const hasBias = layer.bias === undefined ? tensors.has(`${name}.bias`) : layer.bias !== null;
  const norm: NormPlan | undefined = batchNorm === undefined ? undefined : { kind: "norm", name: batchNorm, epsilon };
  return {
    kind: "layer",
    name,
    weight,
    ...(hasBias && { bias: tensor("bias") }),
    transposed: (layer.layout ?? layout) === "in,out",
    stride,
    padding,
    dilation,
    groups,
    ...(norm && { norm }),
    activation,
    ...(pool && { pool: pool satisfies PoolPlan }),
  };
}
