/** Constants that are made of constants: shapes that a file computes, and weights that it stores in another form. */
import { elements } from "../../model/tensor.ts";
import type { Call } from "./call.ts";
import { dequantized, rearranged, type Stored } from "./stored.ts";

/** Whole numbers about shapes are few; arithmetic on weights is left to the network. */
const MOST_COMPUTED = 4096;

/** The node's output, where all that it takes is known; undefined where it is no constant, or not known how. */
export function folded(call: Call): Stored | undefined {
  const { node } = call;
  const first = call.constant(0);
  if (node.opType === "Shape" || node.opType === "Size") {
    const shape = call.shape(0);
    if (shape === undefined) return undefined;
    const part = shape.slice(call.int("start", 0), call.has("end") ? call.int("end", 0) : undefined);
    return node.opType === "Shape" ? integers([part.length], part) : integers([], [elements(shape)]);
  }
  if (call.variables.length > 0) return undefined;
  if (node.opType === "ConstantOfShape") return constantOfShape(call, first);
  if (node.opType === "Concat") return concatenated(call);
  if (first === undefined) return undefined;
  switch (node.opType) {
    case "Identity":
      return first;
    case "Cast":
      // To bool … or to a floating type: only whole numbers for shapes are looked at as such.
      return { ...first, isInteger: ![1, 10, 11, 16].includes(call.int("to", 1)) };
    case "Transpose": {
      const permutation = call.ints("perm") ?? first.shape.map((_, axis) => first.shape.length - 1 - axis);
      const isOrder = [...permutation].sort((a, b) => a - b).every((axis, at) => axis === at);
      if (!isOrder || permutation.length !== first.shape.length) return undefined;
      return rearranged(
        first,
        permutation.map((axis) => first.shape[axis]!),
        permutation,
      );
    }
    case "Reshape": {
      const shape = reshaped(first.shape, call.list("shape", 1), call.int("allowzero", 0) === 1);
      return shape && rearranged(first, shape);
    }
    case "Unsqueeze":
      return rearranged(first, unsqueezed(call, first.shape, call.list("axes", 1) ?? []));
    case "Squeeze":
      return rearranged(first, squeezed(call, first.shape, call.list("axes", 1)));
    case "DequantizeLinear": {
      const scale = call.constant(1);
      if (scale === undefined || call.int("block_size", 0) > 0) return undefined;
      const axis =
        scale.shape.length === 0 || elements(scale.shape) === 1
          ? 0
          : call.axis(call.int("axis", 1), first.shape.length);
      if (elements(scale.shape) > 1 && elements(scale.shape) !== first.shape[axis]) return undefined;
      return dequantized(first, scale, call.constant(2), axis);
    }
    default:
      return elements(first.shape) > MOST_COMPUTED ? undefined : computed(call, first);
  }
}

/** Small arrays of numbers. */
function computed(call: Call, first: Stored): Stored | undefined {
  const a = Array.from(first.values());
  const second = call.constant(1);
  switch (call.node.opType) {
    case "Gather": {
      if (second === undefined || call.int("axis", 0) !== 0 || elements(second.shape) > MOST_COMPUTED) return undefined;
      const inner = elements(first.shape.slice(1));
      const found = Array.from(second.values(), (index) => {
        const at = index < 0 ? index + first.shape[0]! : index;
        return a.slice(at * inner, (at + 1) * inner);
      });
      const shape = [...second.shape, ...first.shape.slice(1)];
      return found.flat().length === elements(shape) ? made(shape, found.flat(), first.isInteger) : undefined;
    }
    case "Slice": {
      if (first.shape.length !== 1) return undefined;
      const [start = 0] = call.list("starts", 1) ?? [];
      const [end = a.length] = call.list("ends", 2) ?? [];
      const [step = 1] = call.list("steps", 4) ?? [];
      if (step !== 1) return undefined;
      const part = a.slice(start, end);
      return made([part.length], part, first.isInteger);
    }
    case "Add":
    case "Sub":
    case "Mul":
    case "Div": {
      if (second === undefined || elements(second.shape) > MOST_COMPUTED) return undefined;
      const b = second.values();
      const wide = a.length >= b.length ? first.shape : second.shape;
      if (a.length !== b.length && a.length !== 1 && b.length !== 1) return undefined;
      const apply = ARITHMETIC[call.node.opType]!;
      const found = Array.from({ length: elements(wide) }, (_, k) => {
        const value = apply(a[a.length === 1 ? 0 : k]!, b[b.length === 1 ? 0 : k]!);
        return call.node.opType === "Div" && first.isInteger ? Math.trunc(value) : value;
      });
      return made(wide, found, first.isInteger);
    }
    case "Neg":
      return made(
        first.shape,
        a.map((value) => -value),
        first.isInteger,
      );
    case "Sqrt":
      return made(first.shape, a.map(Math.sqrt), false);
    default:
      return undefined;
  }
}

const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
};

function constantOfShape(call: Call, shape: Stored | undefined): Stored | undefined {
  const sizes = shape === undefined || elements(shape.shape) > 16 ? undefined : Array.from(shape.values());
  if (sizes === undefined || elements(sizes) > MOST_COMPUTED) return undefined;
  const attribute = call.node.attribute.find(({ name }) => name === "value")?.t;
  const value = attribute?.floatData[0] ?? (attribute?.int64Data[0] === undefined ? 0 : Number(attribute.int64Data[0]));
  const raw = attribute?.rawData;
  if (raw !== undefined && raw.length > 0 && raw.some((byte) => byte !== 0)) return undefined;
  return made(sizes, new Array<number>(elements(sizes)).fill(value), attribute?.dataType === 7);
}

function concatenated(call: Call): Stored | undefined {
  const parts = call.node.input.map((_, at) => call.constant(at));
  const all = parts.filter((part) => part !== undefined && part.shape.length === 1) as Stored[];
  const size = all.reduce((sum, part) => sum + elements(part.shape), 0);
  if (all.length < parts.length || size > MOST_COMPUTED) return undefined;
  const values = all.flatMap((part) => Array.from(part.values()));
  return made(
    [values.length],
    values,
    all.every((part) => part.isInteger),
  );
}

function integers(shape: readonly number[], values: readonly number[]): Stored {
  return made(shape, values, true);
}

function made(shape: readonly number[], numbers: readonly number[], isInteger: boolean): Stored {
  const values = Float64Array.from(numbers);
  return { name: "", shape, dtype: isInteger ? "int64" : "float64", isInteger, values: () => values };
}

/** The shape with 0 (the same as before) and −1 (the rest) filled in; undefined where that leaves no whole numbers. */
export function reshaped(
  input: readonly number[] | undefined,
  wanted: readonly number[] | undefined,
  zeroIsZero: boolean,
): number[] | undefined {
  if (wanted === undefined) return undefined;
  const kept = wanted.map((size, axis) => (size === 0 && !zeroIsZero ? input?.[axis] : size));
  if (kept.some((size) => size === undefined)) return undefined;
  const known = elements(kept.filter((size) => size !== -1) as number[]);
  if (!kept.includes(-1)) return kept as number[];
  if (input === undefined || known <= 0 || elements(input) % known !== 0) return undefined;
  return kept.map((size) => (size === -1 ? elements(input) / known : size!));
}

export function unsqueezed(call: Call, shape: readonly number[], axes: readonly number[]): number[] {
  const rank = shape.length + axes.length;
  const added = new Set(axes.map((axis) => call.axis(axis, rank)));
  const rest = [...shape];
  return Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : (rest.shift() ?? 1)));
}

export function squeezed(call: Call, shape: readonly number[], axes: readonly number[] | undefined): number[] {
  const left = axes === undefined ? undefined : new Set(axes.map((axis) => call.axis(axis, shape.length)));
  return shape.filter((size, axis) => (left === undefined ? size !== 1 : !left.has(axis)));
}
