/** What a network looks like from outside: its layers as a directed graph, with what comes before and after each. */
import { parse } from "../checks/schema/parse.ts";
import { anyRecord } from "../checks/schema/records.ts";
import type { Range } from "../information/bins.ts";
import type { Shape } from "./graph.ts";
import type { Layer } from "./graph-layers.ts";
import { isFound, layerMechanism, type ModelRanges } from "./graph-mechanism.ts";
import { commonInputRange, isDense, type Mechanism } from "./mechanism.ts";
import { type Model, requireModel } from "./model.ts";
import { budgetOf } from "./trace.ts";

/** A layer with the ranges that its values are expected in, and whether it can be measured. */
export interface LayerNode
  extends Pick<Layer, "name" | "index" | "kind" | "place" | "parameters" | "inputActivation" | "activation"> {
  /** Units that noise is put in for, and that are read: of a convolution, its receptive field, and the channels at one place. */
  readonly inputs: number | undefined;
  readonly outputs: number;
  /** Shapes of the tensors that it takes and makes, with the batch as the first axis; undefined where the file leaves them open. */
  readonly inputShapes: readonly (Shape | undefined)[];
  readonly outputShape: Shape | undefined;
  /** Ranges that measures assume unless others are given. */
  readonly inputRange: Range | undefined;
  readonly outputRange: Range;
  /** Who answers for pairwise measures: the exact engine, or sampling; undefined where the layer cannot be measured. */
  readonly engine: "exact" | "sampling" | undefined;
  /** Why it cannot: a clause. */
  readonly obstacle: string | undefined;
}

/** One layer takes another's values. */
export interface LayerEdge {
  /** Names of layers. */
  readonly from: string;
  readonly to: string;
  /** The tensor that goes along it. */
  readonly tensor: string;
}

/** The layers of a network, and how they follow each other. */
export interface Topology {
  /** By name, in the network's order: each after those that it takes values from. */
  readonly layers: ReadonlyMap<string, LayerNode>;
  /** In the order of the layers that they lead to. */
  readonly edges: readonly LayerEdge[];
}

/** Called with the mechanism of each layer that has one. */
export type OnMechanism = (mechanism: Mechanism, index: number) => void;

/**
 * The layers of a network and how they follow each other, as a directed graph: a node for each layer, an edge from each layer to those that
 * take its values. What all layers together may take is limited: one that exceeds it has an `obstacle`.
 *
 * @example
 * ```ts
 * const model = await readModel(await readFile("model.onnx"), { name: "model.onnx" });
 * const { layers, edges } = topologyOf(model);
 * console.log([...layers.keys()].join(", ")); // /0/MatMul, /2/MatMul, /4/MatMul
 * for (const { from, to } of edges) console.log(from, to); // /0/MatMul /2/MatMul
 * // /2/MatMul /4/MatMul
 * ```
 * @throws InvalidInputError for anything but a model.
 */
export function topologyOf(model: Model, ranges: ModelRanges = {}, onMechanism?: OnMechanism): Topology {
  requireModel(model, "topologyOf()");
  parse(anyRecord, ranges, "topologyOf(): ranges");
  const layers = new Map<string, LayerNode>();
  const edges: LayerEdge[] = [];
  for (const found of layersOfTopology(model, ranges)) {
    layers.set(found.layer.name, found.layer);
    for (const edge of found.edges) edges.push(edge);
    if (found.mechanism !== undefined) onMechanism?.(found.mechanism, found.layer.index);
  }
  return { layers, edges };
}

/** What `topologyOf` finds, a layer at a time, so that whoever asks can stop between them. */
export function* layersOfTopology(
  model: Model,
  ranges: ModelRanges = {},
): Generator<{
  readonly layer: LayerNode;
  /** Those that lead to it. */
  readonly edges: readonly LayerEdge[];
  readonly mechanism: Mechanism | undefined;
}> {
  const budget = ranges.budget ?? budgetOf(model);
  const makers = new Map<string, string>();
  for (const layer of model.layers) {
    const found = layerMechanism(model, layer, { ...ranges, budget });
    const mechanism = isFound(found) ? found.mechanism : undefined;
    const edges = layer.sources.flatMap((tensor) => {
      const from = makers.get(tensor);
      return from === undefined ? [] : [{ from, to: layer.name, tensor }];
    });
    makers.set(layer.output, layer.name);
    const node: LayerNode = {
      name: layer.name,
      index: layer.index,
      kind: layer.kind,
      inputs: mechanism?.inputs,
      outputs: layer.units.length,
      place: layer.place,
      inputShapes: layer.sources.map((tensor) => model.shapes.get(tensor)),
      outputShape: model.shapes.get(layer.output),
      parameters: layer.parameters,
      inputActivation: layer.inputActivation,
      activation: layer.activation,
      inputRange: mechanism && commonInputRange(mechanism),
      outputRange: mechanism?.outputRange ?? model.assumedRange(layer.output),
      engine: mechanism && (isDense(mechanism) ? "exact" : "sampling"),
      obstacle: isFound(found) ? undefined : found.reason,
    };
    yield { layer: node, edges, mechanism };
  }
}
