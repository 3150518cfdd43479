/** The topology of a Keras model as calls of layers in an order in which each comes after what it needs. */

import { checkFile } from "../../checks/check.ts";
import { FormatError } from "../../checks/error-classes.ts";
import { parseJson, record, shown } from "../json-values.ts";
import { type Json, listAt, property, recordAt, textAt, textOf } from "./checked.ts";
import { KerasConfig } from "./keras-config.ts";

/** Output `output` of call `call` of a layer. */
export interface Reference {
  readonly layer: string;
  readonly call: number;
  readonly output: number;
}

export interface LayerSpec {
  readonly name: string;
  readonly className: string;
  readonly config: unknown;
}

export interface LayerCall {
  readonly layer: LayerSpec;
  readonly call: number;
  readonly inputs: readonly Reference[];
}

export interface KerasModel {
  /** Each after what it needs; the layers that are the model's inputs are not among them. */
  readonly calls: readonly LayerCall[];
  readonly inputs: readonly { readonly name: string; readonly shape: unknown }[];
  readonly outputs: readonly Reference[];
}

const MODEL_CLASSES = ["Model", "Functional", "Sequential"];
/** A model within a model within … deeper than this is no model but an attack. */
const MOST_NESTED = 16;
const MOST_VALUES_IN_CALL = 100_000;

export function isModel(className: string): boolean {
  return MODEL_CLASSES.includes(className);
}

/** The model in `modelTopology`, which may be wrapped in `model_config`. */
export function topLevel(topology: Json, who: string): LayerSpec {
  let spec = topology;
  if (property(topology, "model_config") !== undefined) {
    const wrapped = property(topology, "model_config");
    // Keras keeps it as a text in its own files; old converters left it so.
    const at = `${who}: model_config`;
    spec = record(typeof wrapped === "string" ? parseJson(wrapped, at) : wrapped, at, "an object");
  }
  const className = textAt(spec, "class_name", who);
  checkFile(isModel(className), () => ({
    who: `${who}: class_name`,
    expected: MODEL_CLASSES.join(", "),
    got: shown(className),
  }));
  return { name: "", className, config: property(spec, "config") };
}

/** @throws FormatError for layers that are named twice, refer to nothing, or need each other in a circle. */
export function kerasModel(spec: LayerSpec, who: string, depth: number): KerasModel {
  checkFile(depth <= MOST_NESTED, () => ({
    who,
    expected: `at most ${MOST_NESTED} models within each other`,
    got: "more",
  }));
  return spec.className === "Sequential" ? sequential(spec.config, who, depth) : functional(spec.config, who);
}

function sequential(config: unknown, who: string, depth: number): KerasModel {
  const list = Array.isArray(config) ? config : listAt(record(config, `${who}: config`, "an object"), "layers", who);
  const layers = list.map((value: unknown, at) =>
    layerSpec(record(value, `${who}: layer ${at + 1}`, "an object"), who),
  );
  unique(layers, who);
  const first = layers[0];
  checkFile(first !== undefined, () => ({ who, expected: "at least one layer", got: "none" }));
  const given = first.className === "InputLayer";
  const inputName = given ? first.name : `${first.name}_input`;
  const calls = layers.slice(given ? 1 : 0);
  const referTo = (at: number): Reference => ({
    layer: at < 0 ? inputName : calls[at]!.name,
    call: 0,
    output: 0,
  });
  return {
    inputs: [{ name: inputName, shape: shapeIn(first, who, depth) }],
    calls: calls.map((layer, at) => ({ layer, call: 0, inputs: [referTo(at - 1)] })),
    outputs: [referTo(calls.length - 1)],
  };
}

function functional(value: unknown, who: string): KerasModel {
  const config = record(value, `${who}: config`, "an object");
  const entries = listAt(config, "layers", who).map((entry, at) =>
    record(entry, `${who}: layer ${at + 1}`, "an object"),
  );
  const layers = entries.map((entry) => layerSpec(entry, who));
  unique(layers, who);
  const inbound = entries.map((entry, at) => inboundCalls(entry, `${who}: layer "${layers[at]!.name}"`));
  const outputs = references(property(config, "output_layers"), `${who}: output_layers`);
  const inputs = references(property(config, "input_layers"), `${who}: input_layers`);
  const from = firstCalls(layers, [...inbound.flat(2), ...outputs]);
  const isInput = new Set(inputs.map(({ layer }) => layer));
  const calls = layers.flatMap((layer, at) =>
    isInput.has(layer.name)
      ? []
      : inbound[at]!.map((needed, call): LayerCall => ({ layer, call: call + from.get(layer.name)!, inputs: needed })),
  );
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  return {
    inputs: inputs.map(({ layer }) => {
      const spec = byName.get(layer);
      checkFile(spec?.className === "InputLayer", () => ({
        who: `${who}: input_layers`,
        expected: "names of input layers",
        got: shown(layer),
      }));
      return { name: layer, shape: shapeIn(spec, who, 0) };
    }),
    calls: ordered(calls, isInput, who),
    outputs,
  };
}

/** Calls of a model within a model are counted from 1, since it has been made by a call: from 0 only where the file says so. */
function firstCalls(layers: readonly LayerSpec[], all: readonly Reference[]): Map<string, number> {
  const fromZero = new Set(all.filter(({ call }) => call === 0).map(({ layer }) => layer));
  const named = new Set(all.map(({ layer }) => layer));
  return new Map(
    layers.map(({ name, className }) => [name, isModel(className) && named.has(name) && !fromZero.has(name) ? 1 : 0]),
  );
}

function ordered(calls: readonly LayerCall[], inputs: ReadonlySet<string>, who: string): LayerCall[] {
  const key = (layer: string, call: number) => `${call} ${layer}`;
  const made = new Map(calls.map((each) => [key(each.layer.name, each.call), each]));
  const waiting = new Map<LayerCall, number>();
  const needs = new Map<LayerCall, LayerCall[]>();
  for (const call of calls) {
    const sources = call.inputs.filter(({ layer, call: at }) => !(inputs.has(layer) && at === 0));
    waiting.set(call, sources.length);
    for (const { layer, call: at } of sources) {
      const source = made.get(key(layer, at));
      checkFile(source !== undefined, () => ({
        who: `${who}: layer "${call.layer.name}"`,
        expected: "inbound_nodes that name calls of layers",
        got: `call ${at} of ${shown(layer)}, which does not exist`,
      }));
      const list = needs.get(source);
      if (list === undefined) needs.set(source, [call]);
      else list.push(call);
    }
  }
  const ready = calls.filter((call) => waiting.get(call) === 0);
  for (const call of ready) {
    for (const next of needs.get(call) ?? []) {
      const left = waiting.get(next)! - 1;
      waiting.set(next, left);
      if (left === 0) ready.push(next);
    }
  }
  if (ready.length < calls.length) {
    const stuck = calls.find((call) => waiting.get(call) !== 0)!;
    throw new FormatError({
      who,
      expected: "layers without cycles",
      got: `a cycle that contains layer "${stuck.layer.name}", or leads to it`,
    });
  }
  return ready;
}

function layerSpec(entry: Json, who: string): LayerSpec {
  const className = textAt(entry, "class_name", `${who}: layer`);
  const config = property(entry, "config");
  const name =
    property(entry, "name") ??
    (typeof config === "object" && config !== null ? property(config as Json, "name") : undefined);
  return { name: textOf(name, `${who}: layer of class ${shown(className)}: name`), className, config };
}

function unique(layers: readonly LayerSpec[], who: string): void {
  const names = new Set<string>();
  for (const { name } of layers) {
    checkFile(!names.has(name), () => ({ who, expected: "layers with unique names", got: `"${name}" twice` }));
    names.add(name);
  }
}

/** The shape that an input layer, or the first layer of a sequential model, says. */
function shapeIn(layer: LayerSpec, who: string, depth: number): unknown {
  const at = `${who}: layer "${layer.name}"`;
  if (isModel(layer.className)) return kerasModel(layer, at, depth + 1).inputs[0]?.shape;
  const config = new KerasConfig(layer.config, at);
  return config.get("batch_input_shape") ?? config.get("batch_shape");
}

function inboundCalls(entry: Json, who: string): readonly (readonly Reference[])[] {
  const list = property(entry, "inbound_nodes") === undefined ? [] : listAt(entry, "inbound_nodes", who);
  return list.map((node, at) => {
    const where = `${who}: inbound_nodes [${at}]`;
    const found = Array.isArray(node)
      ? references(node, where)
      : kerasTensors(listAt(record(node, where, "an array or an object"), "args", where), where);
    checkFile(found.length > 0, () => ({ who: where, expected: "at least one input", got: "none" }));
    return found;
  });
}

/** `[layer, call, output]`, or a list of those. */
function references(value: unknown, who: string): Reference[] {
  checkFile(Array.isArray(value), () => ({ who, expected: "an array", got: shown(value) }));
  const list: unknown[] = typeof value[0] === "string" ? [value] : value;
  return list.map((each, at) => reference(each, `${who} [${at}]`));
}

function reference(value: unknown, who: string): Reference {
  const [layer, call, output]: unknown[] = Array.isArray(value) ? value : [];
  const count = (number: unknown) => Number.isSafeInteger(number) && (number as number) >= 0;
  checkFile(typeof layer === "string" && count(call) && count(output), () => ({
    who,
    expected: "[layer, call, output]",
    got: shown(value),
  }));
  return { layer, call: call as number, output: output as number };
}

/** The tensors of Keras 3 among the arguments of a call, in order. */
function kerasTensors(args: readonly unknown[], who: string): Reference[] {
  const found: Reference[] = [];
  const pending: unknown[] = [...args].reverse();
  for (let seen = 0; pending.length > 0 && seen < MOST_VALUES_IN_CALL; seen++) {
    const value = pending.pop();
    if (Array.isArray(value)) for (const each of [...value].reverse()) pending.push(each);
    else if (typeof value === "object" && value !== null) {
      if (property(value as Json, "class_name") !== "__keras_tensor__") continue;
      found.push(reference(property(recordAt(value as Json, "config", who), "keras_history"), who));
    }
  }
  return found;
}
