/**
 * The layers of a graph: where noise can be put in and read out, and what lies between. A layer ends where weights, something unknown,
 * a branch or the network's outputs take its values; it reaches back to the ends of the layers before. So a convolution with its batch
 * normalisation, activation and pooling is one layer, and so is what a skip connection adds to.
 */

import { Budget, LIMITS } from "../checks/budget.ts";
import { checkLimit } from "../checks/check.ts";
import type { Range } from "../information/bins.ts";
import { DEFAULT_INPUT_RANGE, type LayerActivation } from "./activation.ts";
import { consumers, type Graph, type GraphNode, nodeOrder, parametersOf, producers, type Shape } from "./graph.ts";
import { tooManyUnits } from "./layer-numbers.ts";
import { defaultRangeOf } from "./mechanism.ts";
import { elements } from "./tensor.ts";
import { uniqueNames } from "./unique-names.ts";
import { flatIndex, spatialShape } from "./window-places.ts";

/** A part of a network that is measured as one step: its operations, where its values come from, and its units. */
export interface Layer {
  /** Its node with weights as the file calls it; several joined by " + ". */
  readonly name: string;
  /** Position among the graph's layers, from 0. */
  readonly index: number;
  /** What it does, in order: "convolution 3×3, max-pool 2×2". */
  readonly kind: string;
  readonly nodes: readonly GraphNode[];
  /** Where it takes values from: ends of layers, or inputs of the network. */
  readonly sources: readonly string[];
  /** The tensor that it ends with. */
  readonly output: string;
  /** What made its inputs: undefined for the network's own; several joined by ", ". */
  readonly inputActivation: string | undefined;
  readonly activation: string;
  readonly parameters: number;
  /** Flat positions in `output` of the units that are measured: all, or all channels at one place. */
  readonly units: readonly number[];
  /** Where that place is, and of what: "at (14, 14) of 28 × 28"; undefined where all units are measured. */
  readonly place: string | undefined;
  /** Why it is no mechanism, a clause; undefined where it is one. */
  readonly obstacle: string | undefined;
}

/** The largest window of a pooling that belongs to the layer before; a larger one is a layer by itself. */
const POOLED_WITHIN = 16;

/**
 * The layers, in the graph's order.
 *
 * @throws TooMuchError for a graph whose layers share so many nodes that listing them is the work.
 */
export function layersOf(graph: Graph): readonly Layer[] {
  const cuts = cutsOf(graph);
  const by = producers(graph);
  const order = nodeOrder(graph);
  const budget = new Budget();
  const found: Layer[] = [];
  const activationBefore = new Map<string, string>();
  const unique = uniqueNames();
  const channels = channelOrder(graph, by);
  for (const { output } of graph.nodes) {
    if (!cuts.has(output)) continue;
    const cone = coneOf(order, by, cuts, output, (steps) => {
      checkLimit(budget.spend(steps), () => ({
        who: graph.who,
        expected: "layers that share few nodes",
        got: `more than ${budget.most} steps to list them`,
      }));
    });
    const name = unique(nameOf(cone.nodes, by.get(output)!));
    const activation = activationOfEnd(new Set(cone.nodes), by, output);
    const before = new Set(cone.sources.map((source) => activationBefore.get(source)));
    const inputActivation = [...before].filter((each) => each !== undefined).join(", ");
    const unknown = cone.nodes.find(({ operation }) => operation.kind === "unknown");
    const shape = graph.shapes.get(output);
    found.push({
      name,
      index: found.length,
      kind: kindOf(cone.nodes),
      nodes: cone.nodes,
      sources: cone.sources,
      output,
      inputActivation: inputActivation === "" ? undefined : inputActivation,
      activation,
      parameters: cone.nodes.reduce((sum, { operation }) => sum + parametersOf(operation), 0),
      ...unitsOf(output, shape, channels),
      obstacle: obstacleOf(unknown, shape, output, cone.sources, channels),
    });
    activationBefore.set(output, activation);
  }
  return found;
}

function obstacleOf(
  unknown: GraphNode | undefined,
  shape: Shape | undefined,
  output: string,
  sources: readonly string[],
  channels: ChannelOrder,
) {
  if (unknown?.operation.kind === "unknown") {
    const { operator, reason } = unknown.operation;
    return `it needs the operator ${operator} of "${unknown.name}": ${reason}`;
  }
  if (shape === undefined)
    return `the shape of "${output}" is unknown: set the shape of the network's inputs (\`inputShapes\`)`;
  if (sources.length === 0) return "none of its inputs can vary";
  const units = spatialShape(shape, channels(output, shape)).channels;
  return units > LIMITS.units ? tooManyUnits(units) : undefined;
}

/** The tensors at which layers end, and the network's inputs. */
function cutsOf(graph: Graph): ReadonlySet<string> {
  const by = producers(graph);
  const takers = consumers(graph);
  const cuts = new Set(graph.inputs.map(({ name }) => name));
  const passed = new Set<string>();
  /** The tensor's own values: past what only arranges them. */
  const cut = (end: string): void => {
    const open = [end];
    for (let tensor = open.pop(); tensor !== undefined; tensor = open.pop()) {
      const node = by.get(tensor);
      if (node === undefined || !arranges(node)) cuts.add(tensor);
      else if (!passed.has(tensor)) {
        passed.add(tensor);
        for (const name of node.inputs) open.push(name);
      }
    }
  };
  for (const tensor of graph.outputs) cut(tensor);
  for (const node of graph.nodes) {
    const { kind } = node.operation;
    if (kind === "dense" || kind === "convolution" || kind === "unknown") {
      for (const name of node.inputs) cut(beforeNormalisation(name, by, takers));
    } else if (isLargePool(node, graph)) for (const name of node.inputs) cut(name);
  }
  // What several nodes take is noise for all of them alike.
  for (const [tensor, nodes] of takers) if (nodes.length > 1) cut(tensor);
  return cuts;
}

/** Batch normalisation of values that an activation made belongs to the weights after it. */
function beforeNormalisation(
  tensor: string,
  by: ReadonlyMap<string, GraphNode>,
  takers: ReadonlyMap<string, readonly GraphNode[]>,
): string {
  let found = tensor;
  for (let node = by.get(found); node !== undefined && takers.get(found)!.length === 1; node = by.get(found)) {
    if (node.operation.kind !== "affine" && !(arranges(node) && node.inputs.length === 1)) break;
    found = node.inputs[0]!;
  }
  const { kind } = by.get(found)?.operation ?? { kind: "input" };
  const isLinear = kind === "dense" || kind === "convolution" || kind === "sum" || kind === "affine";
  return isLinear ? tensor : found;
}

function arranges({ operation }: GraphNode): boolean {
  return ["reshape", "transpose", "slice", "pad", "concatenate"].includes(operation.kind);
}

function isLargePool({ operation, inputs }: GraphNode, graph: Graph): boolean {
  switch (operation.kind) {
    case "max-pool":
    case "average-pool":
      return elements(operation.kernel) > POOLED_WITHIN;
    case "global-max-pool":
    case "global-average-pool": {
      const shape = graph.shapes.get(inputs[0]!);
      return shape === undefined || elements(spatialShape(shape, operation.channelsLast).spatial) > POOLED_WITHIN;
    }
    default:
      return false;
  }
}

/** Steps of the budget that a node of a layer, and each of its inputs, takes, with the memory for it. */
const CONE_STEPS = 30;

/** The nodes between a cut and those before it, in the graph's order, and the cuts that they start from, in order of first use. */
function coneOf(
  order: ReadonlyMap<GraphNode, number>,
  by: ReadonlyMap<string, GraphNode>,
  cuts: ReadonlySet<string>,
  output: string,
  spend: (steps: number) => void,
) {
  const nodes = new Set<GraphNode>();
  const sources = new Set<string>();
  const open = [output];
  while (open.length > 0) {
    const node = by.get(open.pop()!)!;
    if (nodes.has(node)) continue;
    nodes.add(node);
    spend(CONE_STEPS * (1 + node.inputs.length));
    for (const name of node.inputs) {
      if (cuts.has(name)) sources.add(name);
      else open.push(name);
    }
  }
  const ordered = [...nodes].sort((a, b) => order.get(a)! - order.get(b)!);
  const used = [...new Set(ordered.flatMap((node) => node.inputs))].filter((name) => sources.has(name));
  return { nodes: ordered, sources: used };
}

/** A layer of more nodes with weights is called by the first of them. */
const MOST_NAMED = 16;

function nameOf(nodes: readonly GraphNode[], end: GraphNode): string {
  const weighted = nodes.filter(({ operation }) => operation.kind === "dense" || operation.kind === "convolution");
  const normalising = nodes.filter(({ operation }) => operation.kind === "affine");
  const unknown = nodes.filter(({ operation }) => operation.kind === "unknown");
  const naming = weighted.length > 0 ? weighted : unknown.length > 0 ? unknown : normalising;
  if (naming.length === 0) return end.name;
  const names = naming.slice(0, MOST_NAMED).map(({ name }) => name);
  return `${names.join(" + ")}${naming.length > MOST_NAMED ? ` + … (${naming.length})` : ""}`;
}

function kindOf(nodes: readonly GraphNode[]): string {
  const said = nodes.flatMap(({ operation }) => {
    switch (operation.kind) {
      case "dense":
        return ["dense"];
      case "convolution": {
        const [outputs, within, ...kernel] = operation.weights.shape;
        const depthwise = operation.groups > 1 && within === 1 ? "depthwise " : "";
        const groups = operation.groups > 1 && within !== 1 ? ` in ${operation.groups} groups` : "";
        return outputs === undefined ? [] : [`${depthwise}convolution ${kernel.join("×")}${groups}`];
      }
      case "max-pool":
      case "average-pool":
        return [`${operation.kind} ${operation.kernel.join("×")}`];
      case "global-max-pool":
      case "global-average-pool":
      case "sum":
      case "product":
        return [operation.kind];
      case "affine":
        // A shift alone is a bias.
        return operation.parameters > 0 && operation.scale !== undefined ? ["normalization"] : [];
      case "unknown":
        return [operation.operator];
      default:
        return [];
    }
  });
  return said.length === 0 ? (nodes.at(-1)?.operation.kind ?? "") : said.join(", ");
}

/** The activation that made a tensor's values; pooling passes it on. */
export function activationOfEnd(
  nodes: ReadonlySet<GraphNode>,
  by: ReadonlyMap<string, GraphNode>,
  output: string,
): string {
  for (let node = by.get(output); node !== undefined && nodes.has(node); node = by.get(node.inputs[0]!)) {
    const { operation } = node;
    if (operation.kind === "activation") return operation.activation;
    if (operation.kind === "softmax") return "softmax";
    if (operation.kind === "unknown" || operation.kind === "product") return "unknown";
    if (!/pool|reshape|transpose|slice|pad/.test(operation.kind)) return "identity";
  }
  return "identity";
}

/** The default range of an activation's values. */
export function defaultRange(activation: string | undefined): Range {
  return activation === undefined || activation === "unknown"
    ? DEFAULT_INPUT_RANGE
    : defaultRangeOf(activation as LayerActivation);
}

/** All units of a tensor; of a map, all channels at its middle. None where they are too many. */
function unitsOf(output: string, shape: Shape | undefined, order: ChannelOrder): Pick<Layer, "units" | "place"> {
  if (shape === undefined) return { units: [], place: undefined };
  const channelsLast = order(output, shape);
  const { channels, spatial } = spatialShape(shape, channelsLast);
  if (channels > LIMITS.units) return { units: [], place: undefined };
  const middle = spatial.map((size) => Math.floor(size / 2));
  const units = Array.from({ length: channels }, (_, channel) => flatIndex(shape, channelsLast, 0, channel, middle));
  const single = elements(spatial) === 1;
  return { units, place: single ? undefined : `at (${middle.join(", ")}) of ${spatial.join(" × ")}` };
}

/** Whether a tensor's units are along its last axis, rather than along axis 1. */
export type ChannelOrder = (tensor: string, shape: Shape) => boolean;

/** The order of channels in the tensors of a graph: as the operation that made them, or one before it, has it. */
export function channelOrder(graph: Graph, by: ReadonlyMap<string, GraphNode>): ChannelOrder {
  // A sequence of vectors has them last; a map of channels, as ONNX orders it, second.
  const used = graph.nodes.find(({ operation }) => "channelsLast" in operation)?.operation;
  const usually = used !== undefined && "channelsLast" in used && used.channelsLast;
  /** The tensor, at or before this one, whose maker tells. */
  const origins = new Map<string, string>();
  const originOf = (tensor: string): string => {
    const passed: string[] = [];
    let origin = tensor;
    for (;;) {
      const known = origins.get(origin);
      const node = by.get(origin);
      if (known === undefined && node !== undefined && !tells(node)) {
        passed.push(origin);
        origin = node.inputs[0]!;
        continue;
      }
      origin = known ?? origin;
      for (const each of passed) origins.set(each, origin);
      return origin;
    }
  };
  return (tensor, shape) => {
    if (shape.length <= 2) return true;
    const operation = by.get(originOf(tensor))?.operation;
    if (operation !== undefined && "channelsLast" in operation) return operation.channelsLast;
    if (operation?.kind === "dense") return true;
    if (operation?.kind === "softmax") return operation.axis === shape.length - 1;
    return shape.length === 3 || usually;
  };
}

function tells({ operation, inputs }: GraphNode): boolean {
  const kinds = ["dense", "softmax", "reshape", "transpose", "unknown"];
  return "channelsLast" in operation || kinds.includes(operation.kind) || inputs.length === 0;
}
