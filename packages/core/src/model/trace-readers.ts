/** For each kind of operation, how a unit of its output is made of units of its inputs. */
import { activationOf, type ElementwiseActivation } from "./activation.ts";
import type { GraphNode, Shape } from "./graph.ts";
import { stridesOf } from "./strided.ts";
import { elements } from "./tensor.ts";
import { Blocked, constant, KNOWN_STEPS, PLACE_STEPS, type Sum, single, type TraceSums } from "./trace-sums.ts";
import { covered, flatIndex, placeOf, spatialShape } from "./window-places.ts";

/** The expression of one unit of a node's output. */
export type Reader = (index: number) => Sum;

/** What a reader asks for: the values and sums so far, and the sum that a unit of another tensor is. */
export interface Known {
  readonly sums: TraceSums;
  readonly sum: (tensor: string, index: number) => Sum;
}

/** How a unit of a node's output is made of units of its inputs. */
export function readerOf(known: Known, node: GraphNode): Reader {
  const { operation, inputs } = node;
  const input = inputs[0]!;
  switch (operation.kind) {
    case "unknown":
      throw new Blocked(`it needs the operator ${operation.operator} of "${node.name}": ${operation.reason}`);
    case "dense":
      return denseReader(known, node, operation);
    case "convolution":
      return convolutionReader(known, node, operation);
    case "affine":
      return affineReader(known, node, operation);
    case "activation":
      if (operation.activation === "identity") return (index) => known.sum(input, index);
      return (index) => activated(known, node, operation.activation, known.sum(input, index));
    case "softmax":
      return softmaxReader(known, node, operation.axis);
    case "max-pool":
    case "average-pool":
    case "global-max-pool":
    case "global-average-pool":
      return poolReader(known, node, operation);
    case "reshape":
      return (index) => known.sum(input, index);
    case "product":
      return productReader(known, node);
    case "sum": {
      const read = inputs.map((name) => spread(known, name, node.output));
      return (index) =>
        known.sums.combine(
          read.map((from) => from(index)),
          operation.coefficients,
          0,
        );
    }
    case "transpose": {
      const from = stridesOf(known.sums.shape(input));
      const to = known.sums.shape(node.output);
      return (index) => {
        const at = coordinates(index, to);
        return known.sum(
          input,
          operation.permutation.reduce((sum, axis, k) => sum + at[k]! * from[axis]!, 0),
        );
      };
    }
    case "slice": {
      const from = stridesOf(known.sums.shape(input));
      return (index) => {
        const at = coordinates(index, operation.shape);
        const { starts, steps } = operation;
        return known.sum(
          input,
          at.reduce((sum, k, axis) => sum + (starts[axis]! + k * steps[axis]!) * from[axis]!, 0),
        );
      };
    }
    case "pad": {
      const shape = known.sums.shape(input);
      const from = stridesOf(shape);
      const to = known.sums.shape(node.output);
      return (index) => {
        const at = coordinates(index, to).map((k, axis) => k - operation.before[axis]!);
        if (at.every((k, axis) => k >= 0 && k < shape[axis]!))
          return known.sum(
            input,
            at.reduce((sum, k, axis) => sum + k * from[axis]!, 0),
          );
        known.sums.padded = true;
        return constant(0);
      };
    }
    case "concatenate": {
      const to = known.sums.shape(node.output);
      const parts = inputs.map((name) => ({
        name,
        size: known.sums.shape(name)[operation.axis]!,
        strides: stridesOf(known.sums.shape(name)),
      }));
      return (index) => {
        known.sums.spend(KNOWN_STEPS * parts.length);
        const at = [...coordinates(index, to)];
        for (const { name, size, strides } of parts) {
          if (at[operation.axis]! < size)
            return known.sum(
              name,
              at.reduce((sum, k, axis) => sum + k * strides[axis]!, 0),
            );
          at[operation.axis]! -= size;
        }
        throw new Blocked(`"${node.name}" concatenates fewer values than its shape says`);
      };
    }
  }
}

function denseReader(
  known: Known,
  node: GraphNode,
  operation: Extract<GraphNode["operation"], { kind: "dense" }>,
): Reader {
  const [first, second] = operation.weights.shape as [number, number];
  const [n, m] = operation.transposed ? [first, second] : [second, first];
  const weights = operation.weights.values();
  const bias = operation.bias?.values();
  const rows = new Map<number, Sum[]>();
  return (index) => {
    known.sums.spend(n);
    const row = Math.floor(index / m);
    const j = index % m;
    let terms = rows.get(row);
    if (terms === undefined) {
      terms = Array.from({ length: n }, (_, i) => known.sum(node.inputs[0]!, row * n + i));
      rows.set(row, terms);
    }
    const own = new Float64Array(n);
    for (let i = 0; i < n; i++) own[i] = operation.transposed ? weights[i * m + j]! : weights[j * n + i]!;
    return known.sums.combine(terms, own, bias === undefined ? 0 : bias[j]!);
  };
}

function convolutionReader(
  known: Known,
  node: GraphNode,
  operation: Extract<GraphNode["operation"], { kind: "convolution" }>,
): Reader {
  const [m = 1, within = 1, ...kernel] = operation.weights.shape;
  const taps = kernel.reduce((product, size) => product * size, 1);
  const weights = operation.weights.values();
  const bias = operation.bias?.values();
  const from = known.sums.shape(node.inputs[0]!);
  const to = known.sums.shape(node.output);
  const { spatial } = spatialShape(from, operation.channelsLast);
  /** The terms of a place and group, and their weights' places within an output's. */
  const patches = new Map<string, { readonly terms: Sum[]; readonly weightAt: Int32Array }>();
  return (index) => {
    const { batch, channel, place } = placeOf(to, operation.channelsLast, index);
    const group = Math.floor((channel * operation.groups) / m);
    const key = `${batch} ${group} ${place.join(" ")}`;
    let patch = patches.get(key);
    if (patch === undefined) {
      known.sums.spend(PLACE_STEPS * taps);
      const { inside, padded } = covered(spatial, kernel, operation, place);
      if (padded > 0) known.sums.padded = true;
      const terms: Sum[] = [];
      const weightAt: number[] = [];
      for (let c = 0; c < within; c++) {
        for (const { tap, place: under } of inside) {
          const unit = flatIndex(from, operation.channelsLast, batch, group * within + c, under);
          terms.push(known.sum(node.inputs[0]!, unit));
          weightAt.push(c * taps + tap);
        }
      }
      patch = { terms, weightAt: Int32Array.from(weightAt) };
      patches.set(key, patch);
    }
    const base = channel * within * taps;
    const own = Float64Array.from(patch.weightAt, (at) => weights[base + at]!);
    return known.sums.combine(patch.terms, own, bias === undefined ? 0 : bias[channel]!);
  };
}

function affineReader(
  known: Known,
  node: GraphNode,
  operation: Extract<GraphNode["operation"], { kind: "affine" }>,
): Reader {
  const shape = known.sums.shape(node.output);
  const scale = operation.scale && broadcastReader(operation.scale.shape, shape);
  const shift = operation.shift && broadcastReader(operation.shift.shape, shape);
  return (index) => {
    const by = scale === undefined ? 1 : operation.scale!.values[scale(index)]!;
    const more = shift === undefined ? 0 : operation.shift!.values[shift(index)]!;
    return known.sums.combine([known.sum(node.inputs[0]!, index)], [by], more);
  };
}

function activated(known: Known, node: GraphNode, activation: ElementwiseActivation, sum: Sum): Sum {
  if (sum.ids.length === 0) return constant(activationOf(activation).value(sum.shift));
  return single(known.sums.add({ atom: { node, of: [sum] }, member: 0 }));
}

function softmaxReader(known: Known, node: GraphNode, axis: number): Reader {
  const shape = known.sums.shape(node.output);
  const strides = stridesOf(shape);
  const groups = new Map<number, number>();
  return (index) => {
    const member = Math.floor(index / strides[axis]!) % shape[axis]!;
    const base = index - member * strides[axis]!;
    let first = groups.get(base);
    if (first === undefined) {
      const of = Array.from({ length: shape[axis]! }, (_, k) => known.sum(node.inputs[0]!, base + k * strides[axis]!));
      const atom = { node, of };
      first = known.sums.values.length;
      for (let k = 0; k < of.length; k++) known.sums.add({ atom, member: k });
      groups.set(base, first);
    }
    return single(first + member);
  };
}

function poolReader(
  known: Known,
  node: GraphNode,
  operation: Extract<
    GraphNode["operation"],
    { kind: "max-pool" | "average-pool" | "global-max-pool" | "global-average-pool" }
  >,
): Reader {
  const input = node.inputs[0]!;
  const from = known.sums.shape(input);
  const to = known.sums.shape(node.output);
  const { spatial, channels } = spatialShape(from, operation.channelsLast);
  const taps = elements("kernel" in operation ? operation.kernel : spatial);
  const isMaximum = operation.kind === "max-pool" || operation.kind === "global-max-pool";
  const places = (index: number) => {
    if (operation.kind === "global-max-pool" || operation.kind === "global-average-pool") {
      const whole = {
        strides: spatial,
        dilations: spatial.map(() => 1),
        before: spatial.map(() => 0),
        after: spatial.map(() => 0),
      };
      const found = covered(
        spatial,
        spatial,
        { ...whole, channelsLast: operation.channelsLast },
        spatial.map(() => 0),
      );
      return { ...found, batch: Math.floor(index / channels), channel: index % channels };
    }
    const { batch, channel, place } = placeOf(to, operation.channelsLast, index);
    return { ...covered(spatial, operation.kernel, operation, place), batch, channel };
  };
  return (index) => {
    known.sums.spend(PLACE_STEPS * taps);
    const { inside, padded, batch, channel } = places(index);
    if (padded > 0) known.sums.padded = true;
    const of = inside.map(({ place }) =>
      known.sum(input, flatIndex(from, operation.channelsLast, batch, channel, place)),
    );
    if (of.length === 0) throw new Blocked(`"${node.name}" has windows that lie entirely in the padding`);
    if (isMaximum) return of.length === 1 ? of[0]! : single(known.sums.add({ atom: { node, of }, member: 0 }));
    const count = operation.kind === "average-pool" && operation.countPadding ? of.length + padded : of.length;
    return known.sums.combine(of, new Float64Array(of.length).fill(1 / count), 0);
  };
}

function productReader(known: Known, node: GraphNode): Reader {
  const [left, right] = node.inputs.map((name) => spread(known, name, node.output)) as [Reader, Reader];
  return (index) => {
    const [a, b] = [left(index), right(index)];
    if (a.ids.length === 0) return known.sums.combine([b], [a.shift], 0);
    if (b.ids.length === 0) return known.sums.combine([a], [b.shift], 0);
    return single(known.sums.add({ atom: { node, of: [a, b] }, member: 0 }));
  };
}

/** Units of `tensor` by positions in `target`, over which it is broadcast. */
function spread(known: Known, tensor: string, target: string): Reader {
  const at = broadcastReader(known.sums.shape(tensor), known.sums.shape(target));
  return (index) => known.sum(tensor, at(index));
}

function coordinates(index: number, shape: Shape): number[] {
  const at = new Array<number>(shape.length);
  let rest = index;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    at[axis] = rest % shape[axis]!;
    rest = Math.floor(rest / shape[axis]!);
  }
  return at;
}

/** From a position in `to` to the position in `from` that is broadcast there, as in NumPy. */
function broadcastReader(from: Shape, to: Shape): (index: number) => number {
  if (from.length === to.length && from.every((size, axis) => size === to[axis])) return (index) => index;
  const strides = stridesOf(from);
  return (index) => {
    const at = coordinates(index, to);
    let found = 0;
    for (let axis = 0; axis < from.length; axis++) {
      const k = at[axis + to.length - from.length]!;
      if (from[axis]! > 1) found += k * strides[axis]!;
    }
    return found;
  };
}
