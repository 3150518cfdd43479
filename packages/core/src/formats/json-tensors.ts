/** Tensors in our own JSON: a shape and flat values, or the name of a tensor in a file beside it. */
import { FormatError } from "../checks/errors.ts";
import type { Constant, Shape } from "../model/graph.ts";
import { elements, type Tensor, tensor } from "../model/tensor.ts";
import { requireFinite } from "./finite.ts";
import { isNumber, knownKeys, list, record, requireText, shown } from "./json-values.ts";

const KEYS = ["shape", "type", "values"];
const EXPECTED = "an object with shape and values";

/** Where tensors go when a graph is written: the text that stands for one. */
export type TensorWriter = (tensor: Tensor) => string;

/**
 * @param stored The tensors of the file that the text accompanies, for `{ "tensor": "fc1.weight" }`; undefined where there is none.
 * @throws FormatError for a shape that the values do not fill, and values that are not finite numbers of their type.
 */
export function tensorFromJson(
  value: unknown,
  name: string,
  who: string,
  stored: ReadonlyMap<string, Tensor> | undefined,
): Tensor {
  const object = record(value, who, EXPECTED);
  if (stored !== undefined && "tensor" in object) {
    knownKeys(object, ["tensor"], who);
    requireText(object.tensor, `${who}: tensor`);
    const found = stored.get(object.tensor);
    if (found === undefined) {
      throw new FormatError({ who: `${who}: tensor`, expected: "a tensor of the file", got: shown(object.tensor) });
    }
    requireFinite(found, `${who}: ${found.name}`);
    return found;
  }
  knownKeys(object, KEYS, who);
  const { shape, type = "float64", values } = object;
  if (!isShape(shape)) {
    throw new FormatError({
      who: `${who}: shape`,
      expected: "an array of whole numbers of at least 1",
      got: shown(shape),
    });
  }
  if (type !== "float32" && type !== "float64") {
    throw new FormatError({ who: `${who}: type`, expected: '"float32" or "float64"', got: shown(type) });
  }
  if (!Array.isArray(values) || values.length !== elements(shape)) {
    throw new FormatError({
      who: `${who}: values`,
      expected: `${elements(shape)} numbers in one array, row by row, as many as the shape has`,
      got: shown(values),
    });
  }
  const numbers = type === "float32" ? new Float32Array(values.length) : new Float64Array(values.length);
  for (let at = 0; at < values.length; at++) {
    const entry: unknown = values[at];
    if (!isNumber(entry)) {
      throw new FormatError({ who: `${who}: values [${at}]`, expected: "a number", got: shown(entry) });
    }
    numbers[at] = entry;
    if (!Number.isFinite(numbers[at])) {
      throw new FormatError({ who: `${who}: values [${at}]`, expected: `a finite ${type}`, got: `${entry}` });
    }
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

function isShape(value: unknown): value is Shape {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 1);
}
