/** Keras models as TensorFlow.js keeps them ("layers models"): functional, sequential, and models within models. */

import { checkFile } from "../../checks/check.ts";
import { FormatError } from "../../checks/error-classes.ts";
import type { Graph } from "../../model/graph.ts";
import { GraphBuilder } from "../../model/graph-builder.ts";
import type { Tensor } from "../../model/tensor.ts";
import type { GivenShapes } from "../input-shapes.ts";
import { shown } from "../json-values.ts";
import type { Json } from "./checked.ts";
import { unknown } from "./convolution.ts";
import { inputShape } from "./input-shape.ts";
import { KerasConfig } from "./keras-config.ts";
import type { KerasLayer, LayerReader, Step } from "./keras-layer.ts";
import { linearLayers } from "./keras-linear.ts";
import { plainLayers } from "./keras-plain.ts";
import {
  isModel,
  type KerasModel,
  kerasModel,
  type LayerCall,
  type LayerSpec,
  type Reference,
  topLevel,
} from "./keras-topology.ts";
import { recurrentShape, whyNot } from "./keras-unknown.ts";
import { KerasWeights } from "./keras-weights.ts";

/** Every layer that is read, by its class. */
export const kerasLayers: Readonly<Record<string, LayerReader>> = { ...linearLayers, ...plainLayers };

/** Models that are called over and over by models within models must not fill the memory. */
const MOST_CONNECTIONS = 50_000;

/** @throws FormatError for whatever is no Keras model, or does not fit its weights. */
export function kerasGraph(
  topology: Json,
  tensors: ReadonlyMap<string, Tensor>,
  who: string,
  given: GivenShapes,
  notes: readonly string[],
): Graph {
  const builder = new GraphBuilder(who);
  const spec = topLevel(topology, who);
  const model = kerasModel(spec, who, 0);
  for (const { name, shape } of model.inputs) builder.input(name, inputShape(name, shape, given, who));
  const reading = new Reading(builder, new KerasWeights(tensors, who), who);
  const inputs = model.inputs.map(({ name }) => name);
  const outputs = reading.model(model, inputs, "", 0);
  return builder.build({ format: "TensorFlow.js layers model", outputs, notes });
}

class Reading {
  readonly #builder: GraphBuilder;
  readonly #weights: KerasWeights;
  readonly #who: string;
  /** Models within models, each read once however often it is called. */
  readonly #models = new Map<LayerSpec, KerasModel>();
  #connections = 0;

  constructor(builder: GraphBuilder, weights: KerasWeights, who: string) {
    this.#builder = builder;
    this.#weights = weights;
    this.#who = who;
  }

  /** Adds the layers of a model, and returns the names of its outputs. */
  model(model: KerasModel, inputs: readonly string[], path: string, depth: number): string[] {
    const who = path === "" ? this.#who : `${this.#who}: model "${path.slice(0, -1)}"`;
    checkFile(inputs.length === model.inputs.length, () => ({
      who,
      expected: `${model.inputs.length} inputs`,
      got: `${inputs.length}`,
    }));
    const key = ({ layer, call, output }: Reference) => `${output} ${call} ${layer}`;
    const made = new Map(model.inputs.map(({ name }, at) => [key({ layer: name, call: 0, output: 0 }), inputs[at]]));
    const needed = neededOutputs(model);
    const tensorOf = (reference: Reference, by: string): string => {
      const name = made.get(key(reference));
      if (name !== undefined) return name;
      const { layer, call, output } = reference;
      const got = `output ${output} of call ${call} of ${shown(layer)}, which does not exist`;
      throw new FormatError({ who: by, expected: "outputs of layers", got });
    };
    for (const call of model.calls) {
      this.#connections += call.inputs.length;
      checkFile(this.#connections <= MOST_CONNECTIONS, () => ({
        who: this.#who,
        expected: `at most ${MOST_CONNECTIONS} connections between layers`,
        got: "more",
      }));
      const { layer } = call;
      const at = `${this.#who}: layer "${path}${layer.name}"`;
      const from = call.inputs.map((reference) => tensorOf(reference, at));
      const outputs = isModel(layer.className)
        ? this.#nested(call, from, path, depth)
        : this.#layer(call, from, path, needed.get(`${call.call} ${layer.name}`) ?? 1);
      outputs.forEach((name, output) => {
        made.set(key({ layer: layer.name, call: call.call, output }), name);
      });
    }
    return model.outputs.map((reference) => tensorOf(reference, who));
  }

  #nested({ layer, call }: LayerCall, inputs: readonly string[], path: string, depth: number): string[] {
    const model = this.#models.get(layer) ?? kerasModel(layer, `${this.#who}: layer "${path}${layer.name}"`, depth + 1);
    this.#models.set(layer, model);
    return this.model(model, inputs, `${path}${numbered(layer.name, Math.max(0, call - 1))}/`, depth + 1);
  }

  #layer({ layer, call }: LayerCall, inputs: readonly string[], path: string, outputs: number): string[] {
    const { className } = layer;
    const name = `${path}${numbered(layer.name, call)}`;
    const who = `${this.#who}: layer "${path}${layer.name}"`;
    const reader = Object.hasOwn(kerasLayers, className) ? kerasLayers[className] : undefined;
    const config = new KerasConfig(layer.config, who);
    const shapes = inputs.map((input) => this.#builder.shapeOf(input));
    if (reader === undefined) {
      const shape = outputs === 1 ? recurrentShape(className, config, shapes[0]) : undefined;
      return Array.from({ length: Math.min(outputs, MOST_OUTPUTS) }, (_, k) => {
        const output = k === 0 ? name : `${name}:${k}`;
        this.#builder.node({ name: output, operation: unknown(className, whyNot(className), shape), inputs, output });
        return output;
      });
    }
    const own: KerasLayer = { who, className, config, inputs, shapes, ...this.#weights.of(path, layer.name, who) };
    return [this.#emit(name, reader.read(own), inputs, who)];
  }

  /** The nodes of one layer. The last one's output has the layer's name. */
  #emit(name: string, steps: readonly Step[], inputs: readonly string[], who: string): string {
    const [first] = inputs;
    if (steps.length === 0) {
      checkFile(inputs.length === 1, () => ({ who, expected: "1 input", got: `${inputs.length}` }));
      return first!;
    }
    const seen = new Set<string>();
    let previous: readonly string[] = inputs;
    for (const [at, { operation, more = [], take }] of steps.entries()) {
      const label = seen.has(operation.kind) ? `${operation.kind}-${at + 1}` : operation.kind;
      seen.add(label);
      const output = at === steps.length - 1 ? name : `${name}:${label}`;
      const from = [...previous.slice(0, take), ...more];
      this.#builder.node({ name: at === 0 ? name : `${name}:${label}`, operation, inputs: from, output });
      previous = [output];
    }
    return name;
  }
}

/** More outputs than this has no layer. */
const MOST_OUTPUTS = 64;

function neededOutputs(model: KerasModel): Map<string, number> {
  const needed = new Map<string, number>();
  for (const { layer, call, output } of [...model.calls.flatMap(({ inputs }) => inputs), ...model.outputs]) {
    const key = `${call} ${layer}`;
    needed.set(key, Math.max(needed.get(key) ?? 1, output + 1));
  }
  return needed;
}

/** A layer that is called again is named "dense#2". */
function numbered(name: string, call: number): string {
  return call === 0 ? name : `${name}#${call + 1}`;
}
