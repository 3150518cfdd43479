/** Networks: read, made, run, traced and written. */

// Files
export {
  type ModelFiles,
  type ModelFormat,
  type ModelSource,
  type ReadModelOptions,
  readModel,
} from "./formats/read-model.ts";
export { tfjsWeights } from "./formats/tfjs/weights.ts";
export { modelToJson } from "./formats/json-graph.ts";
export { modelToSafetensors } from "./formats/safetensors-graph.ts";

// Networks
export { type Model, network } from "./model/model.ts";
export type { DenseChain, DenseLayer, LayerSpec, WeightsSpec } from "./model/dense-chain.ts";
export {
  type Activation,
  type ActivationName,
  type ActivationSpec,
  activation,
  type LayerActivation,
} from "./model/activation.ts";
export type { GraphInput, GraphNode, Operation } from "./model/graph.ts";
export { evaluateGraph } from "./model/graph-evaluate.ts";

// Their layers
export type { Layer } from "./model/graph-layers.ts";
export { type LayerEdge, type LayerNode, type Topology, topologyOf } from "./model/topology.ts";
export type { ChannelReading } from "./model/model-units.ts";
export { type ObservedData, type ObservedRanges, observedRanges } from "./model/observed-ranges.ts";
export { type RangeSettings, rangesOnData } from "./measures/range-settings.ts";

// Mechanisms: what is measured, from one layer to another
export {
  type BlackBoxMechanism,
  type BlackBoxSpec,
  blackBox,
  type DenseMechanism,
  type DenseSpec,
  dense,
  type InputRangeSpec,
  type Mechanism,
  type ProgramMechanism,
} from "./model/mechanism.ts";
export {
  type ChainSpec,
  chain,
  type FoundMechanism,
  isFound,
  layerMechanism,
  type ModelRanges,
  mechanisms,
} from "./model/graph-mechanism.ts";
export type { Obstacle } from "./model/trace.ts";
export { coarseGrain, type MacroSpec } from "./model/parts-of.ts";
export { type OnnxBlackBoxOptions, type OnnxMechanism, onnxBlackBox } from "./runtime/onnx-runtime.ts";
