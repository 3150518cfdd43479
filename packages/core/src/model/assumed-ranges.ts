/**
 * The ranges that are assumed for the values of tensors where nobody says another.
 *
 * What a bounded activation made is followed by interval arithmetic through sums, concatenation, scaling, pooling and further activations:
 * the sum of two tanh lies in −2 … 2. It is not followed through weights: what a dense layer or a convolution makes has the default range
 * of its activation, as in the reference implementation.
 */
import type { Range } from "../information/bins.ts";
import { greatest, least } from "../information/extremes.ts";
import { activationOf, DEFAULT_INPUT_RANGE, type ElementwiseActivation, isBounded } from "./activation.ts";
import { type Constant, type Graph, type GraphNode, producers } from "./graph.ts";
import { activationOfEnd, defaultRange } from "./graph-layers.ts";

/** The assumed range of each tensor, by name. */
export function assumedRanges(graph: Graph): (tensor: string) => Range {
  const bounded = new Map<string, Range>();
  for (const { name } of graph.inputs) if (graph.inputRange !== undefined) bounded.set(name, graph.inputRange);
  for (const node of graph.nodes) {
    const found = rangeThrough(node, (name) => bounded.get(name));
    // A range without width cannot be divided into bins.
    if (found !== undefined && found[0] < found[1]) bounded.set(node.output, found);
  }
  const isInput = new Set(graph.inputs.map(({ name }) => name));
  const by = producers(graph);
  const nodes = new Set(graph.nodes);
  return (tensor) =>
    bounded.get(tensor) ??
    (isInput.has(tensor) ? DEFAULT_INPUT_RANGE : defaultRange(activationOfEnd(nodes, by, tensor)));
}

/** Undefined where the values may lie anywhere. */
function rangeThrough({ operation, inputs }: GraphNode, of: (tensor: string) => Range | undefined): Range | undefined {
  const ranges = inputs.map(of);
  const [first] = ranges;
  switch (operation.kind) {
    case "activation":
      return throughActivation(operation.activation, first);
    case "softmax":
      return [0, 1];
    case "max-pool":
    case "global-average-pool":
    case "global-max-pool":
    case "reshape":
    case "transpose":
    case "slice":
      return first;
    case "pad":
      return first && withZero(first);
    case "average-pool": {
      const pads = [...operation.before, ...operation.after].some((size) => size > 0);
      return first && operation.countPadding && pads ? withZero(first) : first;
    }
    case "affine":
      return first && shifted(scaled(first, operation.scale), operation.shift);
    case "concatenate":
      return allOf(ranges)?.reduce(([low, high], [l, h]) => [Math.min(low, l), Math.max(high, h)]);
    case "sum":
      return allOf(ranges)?.reduce<Range>(
        ([low, high], range, k) => {
          const [l, h] = times(range, operation.coefficients[k]!);
          return [low + l, high + h];
        },
        [0, 0],
      );
    case "product": {
      const [a, b] = allOf(ranges) ?? [];
      if (a === undefined || b === undefined) return undefined;
      const corners = [a[0] * b[0], a[0] * b[1], a[1] * b[0], a[1] * b[1]];
      return [least(corners), greatest(corners)];
    }
    default:
      return undefined;
  }
}

function allOf(ranges: readonly (Range | undefined)[]): readonly Range[] | undefined {
  const known = ranges.filter((range) => range !== undefined);
  return known.length === ranges.length && known.length > 0 ? known : undefined;
}

function throughActivation(name: ElementwiseActivation, before: Range | undefined): Range | undefined {
  const activation = activationOf(name);
  if (before === undefined) return isBounded(activation) ? activation.defaultRange : undefined;
  const turns = activation.turningPoints.filter((z) => z > before[0] && z < before[1]);
  const values = [...before, ...turns].map(activation.value);
  return values.every(Number.isFinite) ? [least(values), greatest(values)] : undefined;
}

function withZero([low, high]: Range): Range {
  return [Math.min(0, low), Math.max(0, high)];
}

function times([low, high]: Range, factor: number): Range {
  return factor < 0 ? [high * factor, low * factor] : [low * factor, high * factor];
}

function scaled(range: Range, scale: Constant | undefined): Range {
  if (scale === undefined) return range;
  const [low, high] = endsOf(scale);
  const ends = [times(range, low), times(range, high)];
  return [Math.min(ends[0]![0], ends[1]![0]), Math.max(ends[0]![1], ends[1]![1])];
}

function shifted([low, high]: Range, shift: Constant | undefined): Range {
  if (shift === undefined) return [low, high];
  const [least, most] = endsOf(shift);
  return [low + least, high + most];
}

function endsOf({ values }: Constant): Range {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return [least, most];
}
