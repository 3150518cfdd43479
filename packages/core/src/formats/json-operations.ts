/** Each operation of a graph in our own JSON: its keys, how each is read, checked and written. */
import * as v from "valibot";
import { longList, numberItem, textItem, wholeItem } from "../checks/schema/lists.ts";
import type { Parsed } from "../checks/schema/parse.ts";
import { described, options } from "../checks/schema/records.ts";
import { text as anyText, name, flag as trueOrFalse, whole as wholeNumber } from "../checks/schema/scalars.ts";
import type { ElementwiseActivation } from "../model/activation.ts";
import type { Constant, Operation, OperationKind } from "../model/graph.ts";
import { elements, type Tensor, tensor } from "../model/tensor.ts";
import { elementwiseSchema } from "./json-activation.ts";
import { constantFrom, type ParsedTensor, sizes, type TensorWriter, tensorFromJson } from "./json-tensors.ts";
import { list } from "./json-values.ts";

interface Field<T> {
  readonly schema: v.GenericSchema<unknown, T>;
  write(value: T, put: TensorWriter, name: string): string;
  /** What a key that is left out stands for, from those before it; absent where the key is required. */
  readonly otherwise?: (operation: Readonly<Record<string, unknown>>) => T | undefined;
  /** Of a tensor: what follows the node's name in its name, and how it is held. */
  readonly tensor?: { readonly suffix: string; readonly held: (tensor: Tensor) => T };
}

type Fields<K extends OperationKind> = {
  readonly [F in Exclude<keyof Extract<Operation, { kind: K }>, "kind">]-?: Field<
    Exclude<Extract<Operation, { kind: K }>[F], undefined>
  >;
};

/** Stands for the schemas of tensors, which differ where a file has tensors of its own. */
const TENSOR = v.never() as v.GenericSchema<unknown, never>;

const weights = (suffix: string): Field<Tensor> => ({
  schema: TENSOR,
  write: (value, put, name) => put({ ...value, name }),
  tensor: { suffix, held: (tensor) => tensor },
});

const constant = (suffix: string): Field<Constant> => ({
  schema: TENSOR,
  write: ({ shape, values }, put, name) => put(tensor(name, shape, values)),
  tensor: { suffix, held: constantFrom },
});

const whole = (least: number): Field<number> => ({ schema: wholeNumber(least), write: (value) => `${value}` });

/** Numbers of axes, places and paddings. */
const counts = longList(wholeItem(0), "an array of whole numbers of at least 0");

const wholes = (least: 0 | 1): Field<readonly number[]> => ({ schema: least === 0 ? counts : sizes, write: list });

const steps: Field<readonly number[]> = {
  schema: longList(
    {
      fits: (value): value is number => Number.isSafeInteger(value) && value !== 0,
      words: "a non-zero whole number",
      json: {
        type: "integer",
        minimum: -Number.MAX_SAFE_INTEGER,
        maximum: Number.MAX_SAFE_INTEGER,
        not: { const: 0 },
      },
    },
    "an array of non-zero whole numbers",
  ),
  write: list,
};

const finite: Field<readonly number[]> = {
  schema: longList(numberItem, "an array of at least one finite number", 1),
  write: list,
};

const flag: Field<boolean> = { schema: trueOrFalse, write: (value) => `${value}` };

const text: Field<string> = { schema: anyText, write: (value) => JSON.stringify(value) };

const elementwise: Field<ElementwiseActivation> = {
  schema: elementwiseSchema,
  write: (value) => JSON.stringify(value),
};

function orElse<T>(field: Field<T>, otherwise: (operation: Readonly<Record<string, unknown>>) => T | undefined) {
  return { ...field, otherwise };
}
const optional = <T>(field: Field<T>): Field<T> => orElse(field, () => undefined);
const or = <T>(field: Field<T>, value: T): Field<T> => orElse(field, () => value);

/** As many of `value` as the window has axes. */
const perAxis = (field: Field<readonly number[]>, value: number): Field<readonly number[]> =>
  orElse(field, (operation) => {
    const { kernel, weights } = operation as { kernel?: readonly number[]; weights?: Tensor };
    return new Array(Math.max(0, kernel?.length ?? weights!.shape.length - 2)).fill(value) as number[];
  });

const window = {
  strides: perAxis(wholes(1), 1),
  dilations: perAxis(wholes(1), 1),
  before: perAxis(wholes(0), 0),
  after: perAxis(wholes(0), 0),
  channelsLast: or(flag, false),
};
const kernel = wholes(1);
const ceil = or(flag, false);
const globalPool = { channelsLast: or(flag, false), keep: or(flag, true) };

/** Every operation, every key of it, in the order in which they are read and written. */
const OPERATIONS: { readonly [K in OperationKind]: Fields<K> } = {
  dense: { weights: weights("weight"), transposed: or(flag, false), bias: optional(weights("bias")) },
  convolution: {
    weights: weights("weight"),
    bias: optional(weights("bias")),
    groups: or(whole(1), 1),
    ...window,
  },
  affine: {
    scale: optional(constant("scale")),
    shift: optional(constant("shift")),
    parameters: orElse(whole(0), ({ scale, shift }) =>
      [scale, shift].reduce<number>((sum, each) => sum + (each ? elements((each as Constant).shape) : 0), 0),
    ),
  },
  activation: { activation: elementwise },
  softmax: { axis: whole(0) },
  "max-pool": { kernel, ceil, ...window },
  "average-pool": { kernel, ceil, countPadding: or(flag, false), ...window },
  "global-average-pool": globalPool,
  "global-max-pool": globalPool,
  reshape: { shape: wholes(1) },
  transpose: { permutation: wholes(0) },
  sum: { coefficients: finite },
  product: {},
  concatenate: { axis: whole(0) },
  slice: { starts: wholes(0), steps, shape: wholes(1) },
  pad: { before: wholes(0), after: wholes(0) },
  unknown: { operator: text, reason: text, shape: optional(wholes(1)) },
};

export const operationKinds = Object.keys(OPERATIONS) as readonly OperationKind[];

/** Parts of nodes that other programs see by name. */
export const nodeDefinitions = { sizes, counts, activation: elementwiseSchema };

/** What each kind does, for readers of its JSON Schema. */
const DESCRIPTIONS: Readonly<Partial<Record<OperationKind, string>>> = {
  dense: "W x + b along the last axis; weights are [outputs, inputs], or [inputs, outputs] if transposed.",
  convolution: "Weights are [outputs, inputs / groups, ...kernel].",
  affine: "scale x + shift, both broadcast to x.",
  sum: "The sum of coefficients[k] times input k.",
  unknown: "An unsupported operator.",
};

const shared = {
  name: described(name, "Unique."),
  inputs: described(
    longList(textItem, "an array of strings"),
    "Names of inputs of the graph, or of outputs of earlier nodes.",
  ),
  output: v.optional(described(name, "Name of the node's output. Default: the node's name.")),
};

/** A node, by its kind. @param tensors The schema of a tensor. */
export function nodeSchema(tensors: v.GenericSchema<unknown, ParsedTensor>) {
  const kinds = Object.entries<Readonly<Record<string, Field<unknown>>>>(OPERATIONS).map(([kind, fields]) => {
    const own = Object.entries(fields).map(([key, { schema, otherwise, tensor }]) => {
      const each = tensor === undefined ? schema : tensors;
      return [key, otherwise === undefined ? each : v.optional(each)] as const;
    });
    const node = options({
      name: shared.name,
      kind: v.literal(kind as OperationKind),
      inputs: shared.inputs,
      output: shared.output,
      ...(Object.fromEntries(own) as Readonly<Record<string, v.GenericSchema>>),
    });
    const description = DESCRIPTIONS[kind as OperationKind];
    return description === undefined ? node : v.pipe(node, v.description(description));
  });
  const expected = `one of ${operationKinds.join(", ")}`;
  // An object's kind that is not known is refused at its kind; what is no object, here.
  return v.variant("kind", kinds, ({ path }) => (path?.length === 1 ? expected : "an object"));
}

export type ParsedNode = Parsed<ReturnType<typeof nodeSchema>>;

/** The operation of a node. @throws FormatError for a tensor that its values do not fill. */
export function operationFromJson(
  node: ParsedNode,
  who: string,
  stored: ReadonlyMap<string, Tensor> | undefined,
): Operation {
  const { kind, name } = node;
  const given = node as Readonly<Record<string, unknown>>;
  const operation: Record<string, unknown> = { kind };
  for (const [key, { otherwise, tensor }] of Object.entries<Field<unknown>>(OPERATIONS[kind])) {
    const read = () =>
      tensor === undefined
        ? given[key]
        : tensor.held(tensorFromJson(given[key] as ParsedTensor, `${name}.${tensor.suffix}`, `${who}: ${key}`, stored));
    const value = given[key] === undefined ? otherwise?.(operation) : read();
    if (value !== undefined) operation[key] = value;
  }
  // The table has every field of every kind; the compiler holds it to that.
  return operation as unknown as Operation;
}

/** Lines `"key": value` for each key of an operation. */
export function operationToJson(operation: Operation, name: string, put: TensorWriter): string[] {
  const given = operation as unknown as Readonly<Record<string, unknown>>;
  return Object.entries<Field<unknown>>(OPERATIONS[operation.kind]).flatMap(([key, { write, tensor }]) =>
    given[key] === undefined ? [] : [`"${key}": ${write(given[key], put, `${name}.${tensor?.suffix}`)}`],
  );
}
