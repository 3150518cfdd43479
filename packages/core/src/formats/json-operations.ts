/** Each operation of a graph in our own JSON: its keys, how each is read, checked and written. */
import { FormatError } from "../checks/errors.ts";
import { isActivation, layerActivations } from "../model/activation.ts";
import type { Constant, Operation, OperationKind } from "../model/graph.ts";
import { elements, type Tensor, tensor } from "../model/tensor.ts";
import { constantFrom, type TensorWriter, tensorFromJson } from "./json-tensors.ts";
import { isNumber, knownKeys, list, shown } from "./json-values.ts";

interface Reading {
  /** Names the place. */
  readonly who: string;
  /** What a tensor is called that stands here: `fc1.weight`. */
  readonly name: string;
  readonly stored: ReadonlyMap<string, Tensor> | undefined;
}

interface Field<T> {
  readonly read: (value: unknown, reading: Reading) => T;
  write(value: T, put: TensorWriter, name: string): string;
  /** What a key that is left out stands for, from those before it; absent where the key is required. */
  readonly otherwise?: (operation: Readonly<Record<string, unknown>>) => T | undefined;
  /** What follows the node's name in the name of a tensor. */
  readonly suffix?: string;
}

type Fields<K extends OperationKind> = {
  readonly [F in Exclude<keyof Extract<Operation, { kind: K }>, "kind">]-?: Field<
    Exclude<Extract<Operation, { kind: K }>[F], undefined>
  >;
};

const weights = (suffix: string): Field<Tensor> => ({
  read: (value, { who, name, stored }) => tensorFromJson(value, name, who, stored),
  write: (value, put, name) => put({ ...value, name }),
  suffix,
});

const constant = (suffix: string): Field<Constant> => ({
  read: (value, { who, name, stored }) => constantFrom(tensorFromJson(value, name, who, stored)),
  write: ({ shape, values }, put, name) => put(tensor(name, shape, values)),
  suffix,
});

const whole = (least: number): Field<number> => ({
  read(value, { who }) {
    if (isWhole(value, least)) return value;
    throw new FormatError({ who, expected: `a whole number of at least ${least}`, got: shown(value) });
  },
  write: (value) => `${value}`,
});

const wholes = (least: number): Field<readonly number[]> => ({
  read(value, { who }) {
    if (Array.isArray(value) && value.every((each) => isWhole(each, least))) return value;
    throw new FormatError({
      who,
      expected: `an array of whole numbers${least === -Infinity ? "" : ` of at least ${least}`}`,
      got: wrongEntry(value, (each) => isWhole(each, least)),
    });
  },
  write: list,
});

const steps: Field<readonly number[]> = {
  read(value, { who }) {
    const isStep = (each: unknown) => isWhole(each, -Infinity) && each !== 0;
    if (Array.isArray(value) && value.every(isStep)) return value;
    throw new FormatError({ who, expected: "an array of whole numbers but 0", got: wrongEntry(value, isStep) });
  },
  write: list,
};

const finite: Field<readonly number[]> = {
  read(value, { who }) {
    if (Array.isArray(value) && value.length > 0 && value.every(Number.isFinite)) return value;
    throw new FormatError({
      who,
      expected: "an array of at least one finite number",
      got: wrongEntry(value, Number.isFinite),
    });
  },
  write: list,
};

const flag: Field<boolean> = {
  read(value, { who }) {
    if (typeof value === "boolean") return value;
    throw new FormatError({ who, expected: "true or false", got: shown(value) });
  },
  write: (value) => `${value}`,
};

const text: Field<string> = {
  read(value, { who }) {
    if (typeof value === "string") return value;
    throw new FormatError({ who, expected: "text", got: shown(value) });
  },
  write: (value) => JSON.stringify(value),
};

const elementwise: Field<Extract<Operation, { kind: "activation" }>["activation"]> = {
  read(value, { who }) {
    if (isActivation(value)) return value;
    const names = layerActivations.filter((name) => name !== "softmax");
    throw new FormatError({ who, expected: `one of ${names.join(", ")}`, got: shown(value) });
  },
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

/**
 * The operation of a node, from the keys that its kind has.
 *
 * @param others The keys that every node has.
 * @throws FormatError for a kind or key that is not known, a key that is missing, or a value of another type.
 */
export function operationFromJson(
  node: Readonly<Record<string, unknown>>,
  name: string,
  others: readonly string[],
  reading: Omit<Reading, "name">,
): Operation {
  const { kind } = node;
  const { who, stored } = reading;
  if (!operationKinds.includes(kind as OperationKind)) {
    throw new FormatError({ who: `${who}: kind`, expected: `one of ${operationKinds.join(", ")}`, got: shown(kind) });
  }
  const fields = Object.entries<Field<unknown>>(OPERATIONS[kind as OperationKind]);
  knownKeys(node, [...others, "kind", ...fields.map(([key]) => key)], who);
  const operation: Record<string, unknown> = { kind };
  for (const [key, { read, otherwise, suffix }] of fields) {
    const given = node[key];
    const value =
      given === undefined && otherwise !== undefined
        ? otherwise(operation)
        : read(given, { who: `${who}: ${key}`, name: `${name}.${suffix}`, stored });
    if (value !== undefined) operation[key] = value;
  }
  // The table has every field of every kind; the compiler holds it to that.
  return operation as unknown as Operation;
}

/** Lines `"key": value` for each key of an operation. */
export function operationToJson(operation: Operation, name: string, put: TensorWriter): string[] {
  const given = operation as unknown as Readonly<Record<string, unknown>>;
  return Object.entries<Field<unknown>>(OPERATIONS[operation.kind]).flatMap(([key, { write, suffix }]) =>
    given[key] === undefined ? [] : [`"${key}": ${write(given[key], put, `${name}.${suffix}`)}`],
  );
}

function isWhole(value: unknown, least: number): value is number {
  return isNumber(value) && Number.isSafeInteger(value) && value >= least;
}

/** The first entry that is wrong says more than the number of all. */
function wrongEntry(value: unknown, right: (each: unknown) => boolean): string {
  const at = Array.isArray(value) ? value.findIndex((each) => !right(each)) : -1;
  return at < 0 ? shown(value) : `${shown((value as unknown[])[at])} at [${at}]`;
}
