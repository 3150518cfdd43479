/** Networks: read, made, run, traced and written. */

// Files
export {
  type ModelFiles,
  type ModelFormat,
  type ModelSource,
  type ReadModelOptions,
  readModel,
} from "./formats/read-model.ts";
export type { GivenShapes } from "./formats/input-shapes.ts";
export { type FileOf, tfjsWeights } from "./formats/tfjs/weights.ts";
export { modelToJson } from "./formats/json-graph.ts";
export { modelToSafetensors } from "./formats/safetensors-graph.ts";

// Networks
export { type Model, network } from "./model/model.ts";
export { type WeightEdit, withActivation, withWeights } from "./model/edited.ts";
export type { ChainLayers, DenseChain, DenseLayer, LayerSpec, WeightsSpec } from "./model/dense-chain.ts";
export {
  type Activation,
  type ActivationName,
  type ActivationSpec,
  activation,
  type ElementwiseActivation,
  type LayerActivation,
  type ParametrizedActivation,
  type TrainableActivation,
} from "./model/activation.ts";
export type {
  Constant,
  Graph,
  GraphInput,
  GraphNode,
  OpenShape,
  Operation,
  Shape,
  SlidingWindow,
} from "./model/graph.ts";
export type { Tensor } from "./model/tensor.ts";
export { evaluateGraph } from "./model/graph-evaluate.ts";

// Their layers
export type { Layer } from "./model/graph-layers.ts";
export { type LayerEdge, type LayerNode, type OnMechanism, type Topology, topologyOf } from "./model/topology.ts";
export type { ChannelReading } from "./model/model-units.ts";
export {
  type ObservedData,
  type ObservedRanges,
  type ObservedRangesOptions,
  observedRanges,
} from "./model/observed-ranges.ts";
export { type RangeSettings, rangesOnData } from "./measures/range-settings.ts";

// Mechanisms: what is measured, from one layer to another
export {
  type BlackBoxMechanism,
  type BlackBoxSpec,
  blackBox,
  type DenseMechanism,
  type DenseSpec,
  type DenseStructure,
  dense,
  type InputRangeSpec,
  type Mechanism,
  type MechanismBase,
  type ProgramMechanism,
  type RangeOptions,
} from "./model/mechanism.ts";
export type { Evaluate } from "./model/evaluate-layers.ts";
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
export type { OnnxRuntime, OnnxSession, OnnxValue } from "./runtime/load-runtime.ts";
