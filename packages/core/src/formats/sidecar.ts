/**
 * A sidecar: a small JSON text that says what a safetensors file does not. docs/safetensors.md documents it. A key that is not known is an
 * error, so that a misspelt one is not ignored.
 */
import { FormatError, InvalidInputError } from "../checks/errors.ts";
import { validRange } from "../information/bins.ts";
import { isLayerActivation, layerActivations } from "../model/activation.ts";
import { isNumber, knownKeys, record, requireRange, requireText, shown } from "./json-values.ts";
import type { LayerPlan, NormPlan, PlanInput, PoolPlan, Sizes } from "./layer-plan.ts";
import { EPSILON } from "./pytorch-naming.ts";
import type { TensorFile } from "./safetensors.ts";

const ROOT_KEYS = ["input", "layers"];
const INPUT_KEYS = ["shape", "range"];
const LAYER_KEYS = [
  "name",
  "activation",
  "weight",
  "bias",
  "layout",
  "kind",
  "stride",
  "padding",
  "dilation",
  "groups",
];
const NORM_KEYS = ["batchNorm", "epsilon"];
const POOL_KEYS = ["kind", "size", "stride", "padding"];
/** Axes of the weights of each kind. */
const KINDS: Readonly<Record<string, number>> = { dense: 2, conv1d: 3, conv2d: 4, conv3d: 5 };
const POOLS = ["max", "average", "global-max", "global-average"];

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
  const root = record(value, who, "an object with layers");
  knownKeys(root, ROOT_KEYS, who);
  if (!Array.isArray(root.layers) || root.layers.length === 0) {
    throw new FormatError({
      who: `${who}: layers`,
      expected: "an array of at least one layer",
      got: shown(root.layers),
    });
  }
  const plans = root.layers.map((layer: unknown, at) => layerFrom(layer, `${who}: layer ${at + 1}`, file, layout));
  const names = plans.flatMap(({ name, norm }) => (norm === undefined ? [name] : [name, norm.name]));
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice !== undefined) throw new FormatError({ who, expected: "names used once", got: `"${twice}" twice` });
  return { plans, input: inputFrom(root.input, `${who}: input`) };
}

function inputFrom(value: unknown, who: string): PlanInput {
  if (value === undefined) return {};
  const { shape, range = null, ...rest } = record(value, who, "an object with shape or range");
  knownKeys(rest, INPUT_KEYS, who);
  if (shape !== undefined && !(Array.isArray(shape) && shape.length > 0 && shape.every((size) => isWhole(size, 1)))) {
    throw new FormatError({
      who: `${who}: shape`,
      expected: "an array of sizes without the batch, such as [1, 28, 28]",
      got: shown(shape),
    });
  }
  requireRange(range, `${who}: range`);
  return { ...(shape !== undefined && { shape }), ...(range !== null && { range: checked(range, `${who}: range`) }) };
}

function layerFrom(value: unknown, position: string, { tensors }: TensorFile, layout: string): LayerPlan {
  const layer = record(value, position, "an object with a name and an activation");
  requireText(layer.name, `${position}: name`);
  const { name, activation } = layer;
  const who = `${position} ("${name}")`;
  knownKeys(layer, [...LAYER_KEYS, ...NORM_KEYS, "pool"], who);
  if (!isLayerActivation(activation)) {
    throw new FormatError({
      who: `${who}: activation`,
      expected: `one of ${layerActivations.join(", ")}`,
      got: shown(activation),
    });
  }
  const tensor = (key: "weight" | "bias"): string => {
    const given = layer[key] ?? `${name}.${key}`;
    if (typeof given === "string" && tensors.has(given)) return given;
    throw new FormatError({ who: `${who}: ${key}`, expected: "a tensor of the file", got: shown(given) });
  };
  const weight = tensor("weight");
  const hasBias = layer.bias === undefined ? tensors.has(`${name}.bias`) : layer.bias !== null;
  requireKind(layer.kind, tensors.get(weight)!.shape, who);
  return {
    kind: "layer",
    name,
    weight,
    ...(hasBias && { bias: tensor("bias") }),
    transposed: oneOf(layer.layout ?? layout, ["out,in", "in,out"], `${who}: layout`) === "in,out",
    stride: sizes(layer.stride ?? 1, 1, `${who}: stride`),
    padding: sizes(layer.padding ?? 0, 0, `${who}: padding`),
    dilation: sizes(layer.dilation ?? 1, 1, `${who}: dilation`),
    groups: whole(layer.groups ?? 1, `${who}: groups`),
    ...normFrom(layer, who),
    activation,
    ...(layer.pool !== undefined && { pool: poolFrom(layer.pool, `${who}: pool`) }),
  };
}

function requireKind(kind: unknown, shape: readonly number[], who: string): void {
  if (kind === undefined) return;
  const axes = KINDS[oneOf(kind, Object.keys(KINDS), `${who}: kind`)];
  if (shape.length === axes) return;
  throw new FormatError({
    who: `${who}: kind`,
    expected: `weights of ${axes} axes for ${kind}`,
    got: `[${shape.join(", ")}]`,
  });
}

function normFrom({ batchNorm, epsilon = EPSILON }: Record<string, unknown>, who: string): { norm?: NormPlan } {
  if (batchNorm === undefined) return {};
  requireText(batchNorm, `${who}: batchNorm`);
  if (!isNumber(epsilon) || !(epsilon >= 0)) {
    throw new FormatError({ who: `${who}: epsilon`, expected: "a number of at least 0", got: shown(epsilon) });
  }
  return { norm: { kind: "norm", name: batchNorm, epsilon } };
}

function poolFrom(value: unknown, who: string): PoolPlan {
  const pool = record(value, who, "an object with kind and size");
  const kind = oneOf(pool.kind, POOLS, `${who}: kind`);
  if (kind === "global-max" || kind === "global-average") {
    knownKeys(pool, ["kind"], who);
    return { kind };
  }
  knownKeys(pool, POOL_KEYS, who);
  return {
    kind: kind as "max" | "average",
    size: sizes(pool.size, 1, `${who}: size`),
    ...(pool.stride !== undefined && { stride: sizes(pool.stride, 1, `${who}: stride`) }),
    padding: sizes(pool.padding ?? 0, 0, `${who}: padding`),
  };
}

function sizes(value: unknown, least: number, who: string): Sizes {
  const isSize = (each: unknown): each is number => isWhole(each, least);
  if (isSize(value) || (Array.isArray(value) && value.every(isSize))) return value;
  throw new FormatError({
    who,
    expected: `a whole number of at least ${least}, or an array of them, one per axis`,
    got: shown(value),
  });
}

function whole(value: unknown, who: string): number {
  if (isWhole(value, 1)) return value;
  throw new FormatError({ who, expected: "a whole number of at least 1", got: shown(value) });
}

function oneOf(value: unknown, texts: readonly string[], who: string): string {
  if (typeof value === "string" && texts.includes(value)) return value;
  throw new FormatError({ who, expected: texts.map((text) => `"${text}"`).join(" or "), got: shown(value) });
}

function isWhole(value: unknown, least: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least;
}

function checked(range: readonly [number, number], who: string) {
  try {
    return validRange(range, who);
  } catch (error) {
    if (error instanceof InvalidInputError) throw new FormatError(error.message, { cause: error });
    throw error;
  }
}
