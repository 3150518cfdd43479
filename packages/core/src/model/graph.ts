/**
 * A network as a graph of operations: what a model file holds, whatever its format, as plain data. Readers make it with
 * the builder of graph-builder.ts; graph-layers.ts finds the mechanisms in it, graph-evaluate.ts runs it.
 *
 * Tensors have all their axes, the batch too: where a file leaves the batch open it is 1. Axes count from 0, never from the end.
 */
import type { Range } from "../information/bins.ts";
import type { ElementwiseActivation } from "./activation.ts";
import type { Tensor } from "./tensor.ts";

/** Sizes along each axis; a size that a file leaves open is undefined. */
export type OpenShape = readonly (number | undefined)[];
/** Sizes along each axis. */
export type Shape = readonly number[];

/** Where the window of a convolution or a pooling goes: one number for each spatial axis in each list. */
export interface SlidingWindow {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Zeros (for pooling: nothing) put before and after each axis. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  /** Channels are the last axis, as TensorFlow has them, or axis 1. Axis 0 is the batch; the others are spatial. */
  readonly channelsLast: boolean;
}

/** Values that are broadcast to a tensor from its last axis backwards, as in NumPy. */
export interface Constant {
  readonly shape: Shape;
  readonly values: Float32Array | Float64Array;
}

/** What a node computes, by `kind`, with its weights. Operators of model files are read as one of these. */
export type Operation =
  | {
      /** Along the last axis: `y = W x + b`. */
      readonly kind: "dense";
      /** `[outputs, inputs]`, or where `transposed` `[inputs, outputs]`. */
      readonly weights: Tensor;
      readonly transposed: boolean;
      /** `[outputs]`. */
      readonly bias?: Tensor;
    }
  | ({
      readonly kind: "convolution";
      /** `[outputs, inputs / groups, …kernel]`. */
      readonly weights: Tensor;
      readonly bias?: Tensor;
      readonly groups: number;
    } & SlidingWindow)
  | {
      /** `y = scale · x + shift`, each broadcast to x: batch normalisation, or arithmetic with constants. */
      readonly kind: "affine";
      readonly scale?: Constant;
      readonly shift?: Constant;
      /** The trained numbers in it, where they are not scale and shift one by one: 4 per channel of a batch normalisation. */
      readonly parameters: number;
    }
  | { readonly kind: "activation"; readonly activation: ElementwiseActivation }
  | { readonly kind: "softmax"; readonly axis: number }
  | ({ readonly kind: "max-pool"; readonly kernel: readonly number[]; readonly ceil: boolean } & SlidingWindow)
  | ({
      readonly kind: "average-pool";
      readonly kernel: readonly number[];
      readonly ceil: boolean;
      /** Whether places in the padding count as values of 0. */
      readonly countPadding: boolean;
    } & SlidingWindow)
  /** The mean over all spatial axes, which stay with size 1 where `keep`. */
  | { readonly kind: "global-average-pool"; readonly channelsLast: boolean; readonly keep: boolean }
  | { readonly kind: "global-max-pool"; readonly channelsLast: boolean; readonly keep: boolean }
  /** The same values in the same order. */
  | { readonly kind: "reshape"; readonly shape: Shape }
  /** Axis k of the output is axis `permutation[k]` of the input. */
  | { readonly kind: "transpose"; readonly permutation: readonly number[] }
  /** `Σ coefficients[k] · input k`, inputs broadcast to each other as in NumPy. */
  | { readonly kind: "sum"; readonly coefficients: readonly number[] }
  /** The product of two inputs, broadcast. */
  | { readonly kind: "product" }
  | { readonly kind: "concatenate"; readonly axis: number }
  /** From `starts` (one per axis) in `steps`, to the output's shape. */
  | {
      readonly kind: "slice";
      readonly starts: readonly number[];
      readonly steps: readonly number[];
      readonly shape: Shape;
    }
  /** Zeros before and after each axis. */
  | { readonly kind: "pad"; readonly before: readonly number[]; readonly after: readonly number[] }
  /** What cannot be read; what comes after it starts anew. */
  | {
      readonly kind: "unknown";
      /** As the file calls it: "LSTM". */
      readonly operator: string;
      /** A clause: "recurrence is not supported". */
      readonly reason: string;
      /** Where it is known. */
      readonly shape?: Shape;
    };

export type OperationKind = Operation["kind"];

/** One operation of a network, between the tensors that it takes and the one that it makes. */
export interface GraphNode {
  readonly name: string;
  readonly operation: Operation;
  /** Names of tensors. */
  readonly inputs: readonly string[];
  /** The tensor it makes. */
  readonly output: string;
}

/** An input of a network: its name and its shape, with the batch as the first axis. A size that the file leaves open is undefined. */
export interface GraphInput {
  readonly name: string;
  readonly shape: OpenShape;
}

/** A network as operations between named tensors: what a `Model` is made of. */
export interface Graph {
  /** Where it comes from, for messages: a path. */
  readonly who: string;
  /** "ONNX, opset 17", "safetensors" … */
  readonly format: string;
  readonly inputs: readonly GraphInput[];
  /** Names of tensors. */
  readonly outputs: readonly string[];
  /** In an order in which each comes after what it needs. */
  readonly nodes: readonly GraphNode[];
  /** Of every tensor whose shape is known. */
  readonly shapes: ReadonlyMap<string, Shape>;
  /** The range of the network's own inputs, where the file says it. */
  readonly inputRange?: Range;
  /** What the reader passed over or assumed, for the reader of the results. */
  readonly notes: readonly string[];
}

/** A function whose answer for an object, which never changes, is found once: for what is asked about each of thousands of layers. */
export function oncePer<Key extends object, Answer>(find: (key: Key) => Answer): (key: Key) => Answer {
  const known = new WeakMap<Key, { readonly answer: Answer }>();
  return (key) => {
    let found = known.get(key);
    if (found === undefined) {
      found = { answer: find(key) };
      known.set(key, found);
    }
    return found.answer;
  };
}

/** Which node makes each tensor. */
export const producers: (graph: Graph) => ReadonlyMap<string, GraphNode> = oncePer(
  ({ nodes }) => new Map(nodes.map((node) => [node.output, node])),
);

/** Where each node stands among the graph's. */
export const nodeOrder: (graph: Graph) => ReadonlyMap<GraphNode, number> = oncePer(
  ({ nodes }) => new Map(nodes.map((node, at) => [node, at])),
);

/** Which nodes take each tensor. */
export function consumers(graph: Graph): ReadonlyMap<string, readonly GraphNode[]> {
  const found = new Map<string, GraphNode[]>();
  for (const node of graph.nodes) {
    for (const name of new Set(node.inputs)) {
      const list = found.get(name);
      if (list === undefined) found.set(name, [node]);
      else list.push(node);
    }
  }
  return found;
}

/** The trained numbers in an operation. */
export function parametersOf(operation: Operation): number {
  if (operation.kind === "affine") return operation.parameters;
  if (operation.kind !== "dense" && operation.kind !== "convolution") return 0;
  const size = (shape: Shape) => shape.reduce((product, each) => product * each, 1);
  return size(operation.weights.shape) + (operation.bias === undefined ? 0 : size(operation.bias.shape));
}
