/** The units of a model: one input, one output, and between them hidden layers whose units can be read and held. */

import * as v from "valibot";
import { check } from "../checks/check.ts";
import { InvalidInputError } from "../checks/error-classes.ts";
import { parse } from "../checks/schema/parse.ts";
import { options as optionsOf } from "../checks/schema/records.ts";
import { oneOf } from "../checks/schema/scalars.ts";
import type { DenseChain } from "./dense-chain.ts";
import { type Graph, type GraphNode, producers, type Shape } from "./graph.ts";
import { obstacleTo } from "./graph-evaluate.ts";
import { channelOrder, type Layer, layersOf } from "./graph-layers.ts";
import { type Model, requireModel } from "./model.ts";
import { elements } from "./tensor.ts";
import { spatialShape } from "./window-places.ts";

/** What measures of units know of a layer; dense layers say the same. */
export interface UnitLayer {
  readonly name: string;
  /** How many units it has. */
  readonly outputs: number;
  readonly activation: string;
  /** At how many positions each unit has a value; 1 where it is left out. */
  readonly positions?: number;
}

export interface GraphUnitLayer extends UnitLayer {
  /** The tensor of the units' values: after normalisation and activation, before pooling. */
  readonly tensor: string;
  /** Its shape, with the batch. */
  readonly shape: Shape;
  /** Units are its last axis, rather than axis 1; all other axes but the batch are positions. */
  readonly channelsLast: boolean;
  readonly positions: number;
}

/** One layer as it is computed: from `sources` to the tensor of its units, and from that to `output`, which others take. */
export interface GraphStage {
  readonly sources: readonly string[];
  readonly nodes: readonly GraphNode[];
  readonly tensor: string;
  readonly output: string;
  /** Position among the classifier's layers; undefined where no weights stand in it, such as a large pooling. */
  readonly layer: number | undefined;
}

/** How the values of a channel become one number: their mean or their maximum over all positions. */
export type ChannelReading = "mean" | "maximum";
export const channelReading = oneOf(["mean", "maximum"]);

const unitOptions = optionsOf({ channels: v.optional(channelReading, "mean") });

/**
 * What the outputs are: probabilities of a softmax, whose inputs are `logits`; numbers that softmax would make probabilities of; or values
 * that are compared with 0 and 1.
 */
export type ClassifierOutputs =
  | { readonly kind: "softmax"; readonly logits: string }
  | { readonly kind: "logits" }
  | { readonly kind: "values" };

export interface GraphUnits {
  readonly graph: Graph;
  /** The tensor of its inputs, and how many values an example has, in the order of `inputShape`. */
  readonly input: string;
  readonly features: number;
  /** Without the batch. */
  readonly inputShape: Shape;
  readonly output: string;
  readonly outputs: ClassifierOutputs;
  /** Hidden layers in the graph's order, and the output layer as the last. */
  readonly layers: readonly GraphUnitLayer[];
  /** All that leads to the output, in order. */
  readonly stages: readonly GraphStage[];
  /** The nodes of all stages, in the graph's order. */
  readonly nodes: readonly GraphNode[];
  readonly channels: ChannelReading;
}

/** How the units of a model are read and held: as dense layers in a row, where it is that, which is faster; else by its operations. */
export type Units = DenseChain | GraphUnits;

export function isGraphUnits(units: Units): units is GraphUnits {
  return "graph" in units;
}

const known = new WeakMap<Model, Map<ChannelReading, Units>>();

/**
 * The units of a model.
 *
 * @param channels How the values of a channel become one number; default "mean".
 * @throws InvalidInputError as `graphUnits`, and for anything but a model.
 */
export function unitsOf(model: Model, channels: ChannelReading = "mean"): Units {
  requireModel(model, "units of a model");
  const own = known.get(model) ?? new Map<ChannelReading, Units>();
  known.set(model, own);
  const found = own.get(channels) ?? model.chain ?? graphUnits(model, { channels });
  own.set(channels, found);
  return found;
}

/**
 * The units of a graph. Its layers are those of layersOf() that have weights; the units of a convolution are its channels. A
 * normalisation after an activation belongs to the layer after it.
 *
 * @param channels How the values of a channel become one number; default "mean".
 * @throws InvalidInputError for several inputs or outputs, shapes that are not known, operations that cannot be computed, an output with more
 *   than one value per class, or no hidden layer.
 */
export function graphUnits(graph: Graph, options: { readonly channels?: ChannelReading } = {}): GraphUnits {
  const { channels } = parse(unitOptions, options, "graphUnits()");
  const { input, output } = endsOf(graph);
  const by = producers(graph);
  const found = leadingTo(output, layersOf(graph), by);
  const stages: GraphStage[] = [];
  const layers: GraphUnitLayer[] = [];
  for (const layer of found) {
    const isLast = layer === found.at(-1);
    const tensor = isLast ? output : unpooled(layer, by);
    const hasUnits =
      isLast || layer.nodes.some(({ operation: { kind } }) => kind === "dense" || kind === "convolution");
    stages.push({
      sources: layer.sources,
      nodes: layer.nodes,
      tensor,
      output: isLast ? output : layer.output,
      layer: hasUnits ? layers.length : undefined,
    });
    if (hasUnits) layers.push(unitLayer(graph, by, layer, tensor));
  }
  check(layers.length >= 2, () => ({
    who: graph.who,
    expected: "a model with a hidden layer of units: a dense layer or a convolution before the last",
    got: "none",
  }));
  const last = layers.at(-1)!;
  check(last.positions === 1, () => ({
    who: graph.who,
    expected: "an output of one value per class",
    got: `${output} [${last.shape.join(", ")}]`,
  }));
  const inputShape = graph.shapes.get(input)!.slice(1);
  const used = new Set([...found.flatMap(({ nodes }) => nodes), ...arranging(output, found.at(-1)!, by)]);
  return {
    graph,
    input,
    features: elements(inputShape),
    inputShape,
    output,
    outputs: outputsOf(output, last, by),
    layers,
    stages,
    nodes: graph.nodes.filter((node) => used.has(node)),
    channels,
  };
}

function endsOf(graph: Graph): { input: string; output: string } {
  const one = (what: string, names: readonly string[]): string => {
    check(names.length === 1, () => ({
      who: graph.who,
      expected: `a model with one ${what}`,
      got: `${names.length}: ${names.join(", ")}`,
      remedy: `Export the model with one ${what}.`,
    }));
    return names[0]!;
  };
  const output = one("output", graph.outputs);
  const input = one(
    "input",
    graph.inputs.map(({ name }) => name),
  );
  const open = graph.inputs[0]!.shape;
  if (!graph.shapes.has(input)) {
    const sizes = open.map((size) => size ?? "?").join(", ");
    throw new InvalidInputError({
      who: graph.who,
      expected: "an input whose shape is known",
      got: `${input} [${sizes}]`,
      remedy: "Set its sizes with `inputShapes`.",
    });
  }
  const obstacle = obstacleTo(graph, output);
  check(obstacle === undefined, () => ({
    who: graph.who,
    expected: `an output that can be computed`,
    got: `${output}: ${obstacle}`,
  }));
  return { input, output };
}

/** The layers that the output needs; the one that makes it is the last. */
function leadingTo(output: string, layers: readonly Layer[], by: ReadonlyMap<string, GraphNode>): readonly Layer[] {
  const ends = new Map(layers.map((layer) => [layer.output, layer]));
  // Past what only arranges the values, which belongs to no layer.
  let end = output;
  while (!ends.has(end) && by.has(end)) end = by.get(end)!.inputs[0]!;
  const needed = new Set<Layer>();
  const open = [end];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const layer = ends.get(name);
    if (layer === undefined || needed.has(layer)) continue;
    needed.add(layer);
    for (const source of layer.sources) open.push(source);
  }
  return layers.filter((layer) => needed.has(layer));
}

/** The nodes between the end of the last layer and the output. */
function arranging(output: string, { output: end }: Layer, by: ReadonlyMap<string, GraphNode>): GraphNode[] {
  const found: GraphNode[] = [];
  for (let name = output; name !== end; name = by.get(name)!.inputs[0]!) found.push(by.get(name)!);
  return found;
}

/** The values that a layer's pooling, and what only arranges them, is applied to. */
function unpooled({ output, nodes, sources }: Layer, by: ReadonlyMap<string, GraphNode>): string {
  let tensor = output;
  for (let node = by.get(tensor); node !== undefined && nodes.includes(node); node = by.get(tensor)) {
    const passes = /pool|reshape|transpose|slice|pad/.test(node.operation.kind);
    if (!passes || node.inputs.length !== 1 || sources.includes(node.inputs[0]!)) break;
    tensor = node.inputs[0]!;
  }
  return tensor;
}

function unitLayer(
  graph: Graph,
  by: ReadonlyMap<string, GraphNode>,
  { name, activation }: Layer,
  tensor: string,
): GraphUnitLayer {
  const shape = graph.shapes.get(tensor)!;
  const [batch] = graph.shapes.get(graph.inputs[0]!.name)!;
  check(shape.length >= 2 && shape[0] === batch, () => ({
    who: graph.who,
    expected: `values of ${name} with the batch of ${batch} as first axis, and an axis of units`,
    got: `${tensor} [${shape.join(", ")}]`,
  }));
  const channelsLast = channelOrder(graph, by)(tensor, shape);
  const { channels, spatial } = spatialShape(shape, channelsLast);
  return { name, outputs: channels, activation, tensor, shape, channelsLast, positions: elements(spatial) };
}

/** A value after its activation, if that is none, is a logit. A single output is read by the side of ½ it is on. */
function outputsOf(
  output: string,
  { activation, outputs }: UnitLayer,
  by: ReadonlyMap<string, GraphNode>,
): ClassifierOutputs {
  let node = by.get(output);
  while (node?.operation.kind === "reshape") node = by.get(node.inputs[0]!);
  if (node?.operation.kind === "softmax" && outputs > 1) return { kind: "softmax", logits: node.inputs[0]! };
  return { kind: activation === "identity" && outputs > 1 ? "logits" : "values" };
}
