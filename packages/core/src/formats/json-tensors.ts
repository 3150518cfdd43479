/** Tensors in our own JSON: a shape and flat values, or the name of a tensor in a file beside it. */

import * as v from "valibot";
import { checkFile } from "../checks/check.ts";
import { FormatError } from "../checks/error-classes.ts";
import { instance } from "../checks/schema/instance-of.ts";
import { longList, wholeItem } from "../checks/schema/lists.ts";
import type { Parsed } from "../checks/schema/parse.ts";
import { options } from "../checks/schema/records.ts";
import { name, oneOf } from "../checks/schema/scalars.ts";
import type { Constant } from "../model/graph.ts";
import { elements, type Tensor, tensor } from "../model/tensor.ts";
import { requireFinite } from "./finite.ts";
import { list, shown } from "./json-values.ts";

const EXPECTED = "an object with shape and values";

/** The numbers themselves are looked at when they are read: there may be millions. */
const values = instance<readonly unknown[]>(Array.isArray, "numbers in one array, row by row", {
  type: "array",
  items: { type: "number" },
});

/** Sizes of axes. */
export const sizes = longList(wholeItem(1), "an array of whole numbers of at least 1");

/** A tensor with its values. */
export const tensorSchema = v.pipe(
  options(
    {
      shape: sizes,
      type: v.optional(oneOf(["float64", "float32"]), "float64"),
      values,
    },
    EXPECTED,
  ),
  v.description("One value per element of the shape, in row-major order."),
);

const reference = options({ tensor: name }, EXPECTED);

/** A tensor, or the name of one in the file that the text accompanies. */
export const storedTensorSchema = v.lazy((value) =>
  typeof value === "object" && value !== null && "tensor" in value ? reference : tensorSchema,
);

export type ParsedTensor = Parsed<typeof tensorSchema> | Parsed<typeof reference>;

/** Where tensors go when a graph is written: the text that stands for one. */
export type TensorWriter = (tensor: Tensor) => string;

/**
 * @param value As `tensorSchema` has it; of a file with tensors, as `storedTensorSchema`.
 * @param stored The tensors of the file that the text accompanies, for `{ "tensor": "fc1.weight" }`; undefined where there is none.
 * @throws FormatError for a shape that the values do not fill, and values that are not finite numbers of their type.
 */
export function tensorFromJson(
  value: ParsedTensor,
  name: string,
  who: string,
  stored: ReadonlyMap<string, Tensor> | undefined,
): Tensor {
  if ("tensor" in value) {
    const found = stored?.get(value.tensor);
    checkFile(found !== undefined, () => ({
      who: `${who}.tensor`,
      expected: "a tensor of the file",
      got: shown(value.tensor),
    }));
    requireFinite(found, `${who}: ${found.name}`);
    return found;
  }
  const { shape, type, values } = value;
  checkFile(values.length === elements(shape), () => ({
    who: `${who}.values`,
    expected: `${elements(shape)} numbers in one array, row by row, as many as the shape has`,
    got: shown(values),
  }));
  const numbers = type === "float32" ? new Float32Array(values.length) : new Float64Array(values.length);
  for (let at = 0; at < values.length; at++) {
    const entry = values[at];
    numbers[at] = typeof entry === "number" ? entry : Number.NaN;
    if (Number.isFinite(numbers[at])) continue;
    const expected = typeof entry === "number" ? `a finite ${type}` : "a number";
    throw new FormatError({ who: `${who}.values[${at}]`, expected, got: shown(entry) });
  }
  return tensor(name, shape, numbers);
}

export function constantFrom(held: Tensor): Constant {
  return { shape: held.shape, values: held.values() };
}

/** Longer rows are broken, so that no part of a text takes much memory in pieces. */
const MOST_PER_LINE = 4096;

/**
 * A tensor with its values in it; the numbers are the shortest that read back to the same bits, one line for each first index.
 *
 * @param count Sees each line.
 */
export function inlineTensor(each: Tensor, who: string, count: (line: string) => string): string {
  requireFinite(each, who);
  const values = each.values();
  const number = values instanceof Float32Array ? shortestFloat32 : shortestFloat64;
  const rowLength = Math.min(MOST_PER_LINE, Math.max(1, values.length / (each.shape[0] ?? 1)));
  const lines: string[] = [];
  for (let at = 0; at < values.length; at += rowLength) {
    lines.push(count(`\n        ${Array.from(values.subarray(at, at + rowLength), number).join(", ")}`));
  }
  const type = values instanceof Float32Array ? "float32" : "float64";
  return `{ "shape": ${list(each.shape)}, "type": "${type}", "values": [${lines.join(",")}\n      ] }`;
}

function shortestFloat64(value: number): string {
  return Object.is(value, -0) ? "-0" : `${value}`;
}

/** 9 digits tell every float32 from every other; what is read as a double and then rounded must be the same. */
function shortestFloat32(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return shortestFloat64(value);
  let shortest = Number(value.toPrecision(9));
  for (let digits = 8; digits >= 1; digits--) {
    const shorter = Number(value.toPrecision(digits));
    if (Math.fround(shorter) !== value) break;
    shortest = shorter;
  }
  return `${shortest}`;
}
