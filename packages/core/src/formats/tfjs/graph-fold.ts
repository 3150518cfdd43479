/** Arithmetic on shapes, done when the file is read. Larger tensors than a shape are left as they are. */
import { elements, type Tensor, tensor } from "../../model/tensor.ts";
import type { OperatorCall, Result } from "./graph-call.ts";

/** More values than this has no shape. */
const MOST_VALUES = 64;

type Folding = (node: OperatorCall) => Result | undefined;

/** Undefined where the inputs are not all constants. */
export const folding: Readonly<Record<string, Folding>> = {
  Shape: (node) => {
    const [value] = node.values;
    const shape = value === undefined ? undefined : "constant" in value ? value.constant.shape : value.shape;
    return shape && constant(node, [shape.length], shape);
  },
  Cast: (node) => {
    const all = constants(node, 1);
    return all && constant(node, all[0]!.shape, all[0]!.values());
  },
  Reshape: (node) => {
    const all = constants(node, 2);
    if (all === undefined) return undefined;
    const values = [...all[0]!.values()];
    const target = [...all[1]!.values()];
    const rest = elements(target.filter((size) => size >= 0));
    const shape = target.map((size) => (size < 0 ? values.length / rest : size));
    const fits = shape.every(Number.isSafeInteger) && elements(shape) === values.length;
    return fits ? constant(node, shape, values) : undefined;
  },
  Squeeze: (node) => {
    const all = constants(node, 1);
    if (all === undefined) return undefined;
    const [input] = all;
    const named = node.attributes.wholes("squeeze_dims").map((axis) => (axis < 0 ? axis + input!.shape.length : axis));
    const shape = input!.shape.filter((size, axis) => size !== 1 || (named.length > 0 && !named.includes(axis)));
    return constant(node, shape, input!.values());
  },
  ExpandDims: (node) => {
    const all = constants(node, 2);
    if (all === undefined) return undefined;
    const { shape } = all[0]!;
    const axis = all[1]!.values()[0] ?? 0;
    const at = axis < 0 ? axis + shape.length + 1 : axis;
    return Number.isInteger(at) && at >= 0 && at <= shape.length
      ? constant(node, shape.toSpliced(at, 0, 1), all[0]!.values())
      : undefined;
  },
  Pack: (node) => {
    const all = constants(node, node.values.length);
    if (all === undefined || all.length === 0 || all.some(({ shape }) => shape.length > 0)) return undefined;
    return constant(
      node,
      [all.length],
      all.map((each) => each.values()[0]!),
    );
  },
  ConcatV2: (node) => {
    const all = constants(node, node.values.length);
    if (all === undefined || all.slice(0, -1).some(({ shape }) => shape.length !== 1)) return undefined;
    const values = all.slice(0, -1).flatMap((each) => [...each.values()]);
    return values.length <= MOST_VALUES ? constant(node, [values.length], values) : undefined;
  },
  StridedSlice: slice,
  Prod: (node) => {
    const all = constants(node, 2);
    if (all === undefined || all[0]!.shape.length > 1 || node.attributes.flag("keep_dims")) return undefined;
    return constant(node, [], [elements([...all[0]!.values()])]);
  },
  Add: (node) => pairwise(node, (a, b) => a + b),
  AddV2: (node) => pairwise(node, (a, b) => a + b),
  Sub: (node) => pairwise(node, (a, b) => a - b),
  Mul: (node) => pairwise(node, (a, b) => a * b),
};

/** One range of a list of numbers: what is done to shapes. */
function slice(node: OperatorCall): Result | undefined {
  const all = constants(node, 4);
  if (all === undefined) return undefined;
  const [list, begin, end, step] = all.map((each) => [...each.values()]);
  const simple = all[0]!.shape.length === 1 && begin!.length === 1 && end!.length === 1 && step?.[0] === 1;
  const mask = (name: string) => node.attributes.whole(name, 0) !== 0;
  if (!simple || mask("ellipsis_mask") || mask("new_axis_mask")) return undefined;
  const from = mask("begin_mask") ? 0 : begin![0]!;
  if (mask("shrink_axis_mask")) {
    const value = list!.at(from);
    return value === undefined ? undefined : constant(node, [], [value]);
  }
  const kept = list!.slice(from, mask("end_mask") ? undefined : end![0]!);
  return constant(node, [kept.length], kept);
}

function pairwise(node: OperatorCall, combine: (a: number, b: number) => number): Result | undefined {
  const all = constants(node, 2);
  if (all === undefined) return undefined;
  const [a, b] = [all[0]!.values(), all[1]!.values()];
  if (a.length !== b.length && a.length !== 1 && b.length !== 1) return undefined;
  const longer = all[1]!.shape.length > all[0]!.shape.length || b.length > a.length ? all[1]! : all[0]!;
  const size = elements(longer.shape);
  const values = Array.from({ length: size }, (_, k) => combine(a[k % a.length]!, b[k % b.length]!));
  return values.every(Number.isFinite) ? constant(node, longer.shape, values) : undefined;
}

/** The first `count` inputs, where they are all there, constant and small. */
function constants(node: OperatorCall, count: number): readonly Tensor[] | undefined {
  const found = node.values.slice(0, count).map((value) => ("constant" in value ? value.constant : undefined));
  const small = found.filter((each) => each !== undefined && elements(each.shape) <= MOST_VALUES);
  return small.length === count ? (small as Tensor[]) : undefined;
}

function constant(node: OperatorCall, shape: readonly number[], values: Iterable<number>): Result {
  return { constant: tensor(node.name, shape, Float64Array.from(values)) };
}
