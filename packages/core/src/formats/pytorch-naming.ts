/**
 * Which layers a safetensors file holds, told by the names that PyTorch gives tensors: `fc1.weight`, `fc1.bias`, `net.2.weight`,
 * `bn1.running_mean`.
 *
 * Their order is not in the file: the format's own implementation, which torch uses, writes tensors sorted by type and name, whatever the
 * order in which the model defines them. So names that differ in their numbers alone are sorted by number; a file that is in alphabetical
 * order says nothing by its order, and its names are sorted with numbers as numbers (fc2 before fc10); in any other file somebody chose the
 * order, and it is kept. Where the layers then do not fit each other by their shapes, nothing is guessed: it is an error.
 */
import { check, checkFile } from "../checks/check.ts";
import type { LayerActivation } from "../model/activation.ts";
import { requireActivation } from "../model/dense-chain.ts";
import { elements, type Tensor } from "../model/tensor.ts";
import type { LayerPlan, NormPlan, Plan, UnknownPlan } from "./layer-plan.ts";
import { isDecoded, type TensorFile } from "./safetensors.ts";

/** PyTorch's. */
export const EPSILON = 1e-5;

export interface NamingOptions {
  /** One for all layers but the last, which then has none; or one per layer. */
  readonly activation?: string | readonly string[];
  /** How dense weights are stored; default `"out,in"`, as PyTorch has them. */
  readonly layout?: "out,in" | "in,out";
}

export interface Named {
  readonly plans: readonly Plan[];
  readonly notes: readonly string[];
}

/**
 * @throws FormatError for a file without layers, convolutions (what a file does not say of them is too much), and normalisations that
 *   cannot be told to which layer they belong; InvalidInputError for activations that are missing, unknown or not as many as layers.
 */
export function plansByName({ tensors }: TensorFile, who: string, { activation, layout }: NamingOptions): Named {
  const found = modulesOf(tensors);
  const chosen = isChosen(tensors) && !numberedAlike(found);
  const modules = chosen ? found : [...found].sort((a, b) => naturally(a.name, b.name));
  const layers = modules.filter(({ kind }) => kind === "layer");
  checkFile(layers.length > 0, () => ({
    who,
    expected: "weights of layers, named as PyTorch names them (fc1.weight, fc1.bias)",
    got: tensors.size === 0 ? "no tensors" : `tensors such as ${[...tensors.keys()][0]}`,
    remedy: "A sidecar can say which tensor is which.",
  }));
  const convolution = layers.find(({ parts }) => parts.get("weight")!.shape.length > 2);
  checkFile(convolution === undefined, () => ({
    who: `${who}: ${convolution!.parts.get("weight")!.name}`,
    expected:
      "a sidecar, since convolutions need the input's shape, strides and padding, which the file does not contain",
    got: "none",
    remedy:
      'A sidecar is JSON: { "input": { "shape": [1, 28, 28] }, "layers": [{ "name": "conv1", "activation": "relu" }, …] }.',
  }));
  const activations = activationsOf(activation, layers, who);
  const norms = normsOf(modules, chosen, who);
  const plans = modules.flatMap((module): Plan[] => {
    if (module.kind === "unknown") return [unknownPlan(module)];
    if (module.kind === "norm") return norms.has(module) ? [] : [normPlan(module)];
    const norm = [...norms].find(([, layer]) => layer === module)?.[0];
    return [layerPlan(module, activations[layers.indexOf(module)]!, layout === "in,out", norm && normPlan(norm))];
  });
  const notes = [
    `The order of the layers is that of their names or of the file: ${modules.map(({ name }) => name).join(", ")}.`,
  ];
  if (norms.size > 0)
    notes.push(`Batch normalizations are assumed to come before the activation, with ε = ${EPSILON}.`);
  return { plans, notes: modules.length > 1 ? notes : [] };
}

interface Module {
  readonly name: string;
  readonly kind: "layer" | "norm" | "unknown";
  readonly parts: ReadonlyMap<string, Tensor>;
}

/** Tensors by what stands before the last dot, in the order of the file; what has no weights is left out. */
function modulesOf(tensors: ReadonlyMap<string, Tensor>): Module[] {
  const found = new Map<string, Map<string, Tensor>>();
  for (const [name, each] of tensors) {
    const dot = name.lastIndexOf(".");
    const prefix = dot < 0 ? "" : name.slice(0, dot);
    const parts = found.get(prefix) ?? new Map<string, Tensor>();
    found.set(prefix, parts.set(name.slice(dot + 1), each));
  }
  return [...found].flatMap(([name, parts]): Module[] => {
    const kind = kindOf(parts);
    return kind === undefined ? [] : [{ name: name === "" ? "layer" : name, kind, parts }];
  });
}

function kindOf(parts: ReadonlyMap<string, Tensor>): Module["kind"] | undefined {
  if (parts.has("running_mean") && parts.has("running_var")) return "norm";
  const axes = parts.get("weight")?.shape.length ?? 0;
  if (axes >= 2 && axes <= 5) return "layer";
  // Counters, tables of indices and single numbers are no layer's weights.
  return [...parts.values()].some((each) => isDecoded(each) && elements(each.shape) > 1) ? "unknown" : undefined;
}

/** Whether somebody chose the order of the file: the format's own implementation sorts by type and name. */
function isChosen(tensors: ReadonlyMap<string, Tensor>): boolean {
  const list = [...tensors.values()];
  return list.some(({ name, dtype }, at) => at > 0 && dtype === list[at - 1]!.dtype && name < list[at - 1]!.name);
}

function numberedAlike(modules: readonly Module[]): boolean {
  return new Set(modules.map(({ name }) => name.replace(/\d+/g, "#"))).size <= 1;
}

/** Text by characters, numbers in it by value. */
function naturally(a: string, b: string): number {
  const [left, right] = [a, b].map((name) => name.split(/(\d+)/)) as [string[], string[]];
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const [one, other] = [left[at]!, right[at]!];
    // Odd parts are the numbers.
    const difference = at % 2 === 1 ? Number(one) - Number(other) : one < other ? -1 : one > other ? 1 : 0;
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** Which layer each batch normalisation follows; one before all layers stands by itself. */
function normsOf(modules: readonly Module[], chosen: boolean, who: string): ReadonlyMap<Module, Module> {
  const found = new Map<Module, Module>();
  const alike = numberedAlike(modules);
  for (const [at, norm] of modules.entries()) {
    if (norm.kind !== "norm") continue;
    const before = modules[at - 1];
    if ((alike || chosen) && before === undefined) continue;
    const follows = before?.kind === "layer" ? before : undefined;
    const layer = alike ? directlyBefore(before!, norm) : chosen ? follows : partnerOf(norm, modules);
    checkFile(layer !== undefined && ![...found.values()].includes(layer), () => ({
      who: `${who}: ${norm.name}`,
      expected: "a batch normalization numbered like one layer (bn1 after fc1), or right after it (net.0, net.1)",
      got: "one that may belong in several places",
      remedy: "A sidecar can say where it belongs.",
    }));
    found.set(norm, layer);
  }
  return found;
}

/** The layer before, unless a number between them is free, which an activation may have. */
function directlyBefore(before: Module, norm: Module): Module | undefined {
  const number = ({ name }: Module) => Number(/(\d+)\D*$/.exec(name)?.[1]);
  return before.kind === "layer" && number(norm) === number(before) + 1 ? before : undefined;
}

function partnerOf(norm: Module, modules: readonly Module[]): Module | undefined {
  const place = ({ name }: Module) => `${name.slice(0, name.lastIndexOf(".") + 1)} ${/\d*$/.exec(name)![0]}`;
  const partners = modules.filter((each) => each.kind === "layer" && place(each) === place(norm));
  return partners.length === 1 ? partners[0] : undefined;
}

function activationsOf(
  given: NamingOptions["activation"],
  layers: readonly Module[],
  file: string,
): readonly LayerActivation[] {
  const who = `${file}: activation`;
  const names = layers.map(({ name }) => name).join(", ");
  check(given !== undefined, () => ({
    who,
    expected: "the layers' activations, which safetensors files do not contain",
    got: "none",
    remedy: `Set \`activation\` to one for all layers except the last, or to one for each of ${names}; or give a sidecar.`,
  }));
  const list = typeof given === "string" ? layers.map((_, at) => (at < layers.length - 1 ? given : "identity")) : given;
  if (typeof given === "string") requireActivation(given, who);
  check(list.length === layers.length, () => ({
    who,
    expected: `${layers.length} activations, one for each of ${names}`,
    got: `${list.length}`,
  }));
  return list.map((each, at) => {
    requireActivation(each, `${who} of ${layers[at]!.name}`);
    return each;
  });
}

function layerPlan(
  { name, parts }: Module,
  activation: LayerActivation,
  transposed: boolean,
  norm: NormPlan | undefined,
): LayerPlan {
  const bias = parts.get("bias")?.name;
  return {
    kind: "layer",
    name,
    weight: parts.get("weight")!.name,
    ...(bias !== undefined && { bias }),
    transposed,
    ...{ stride: 1, padding: 0, dilation: 1, groups: 1 },
    ...(norm && { norm }),
    activation,
  };
}

function normPlan({ name }: Module): NormPlan {
  return { kind: "norm", name, epsilon: EPSILON };
}

function unknownPlan({ name, parts }: Module): UnknownPlan {
  const names = [...parts.keys()].slice(0, 4).join(", ");
  return {
    kind: "unknown",
    name,
    reason: `its tensors (${names}) are not those of a dense layer or batch normalization`,
  };
}
