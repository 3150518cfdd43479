/**
 * Which units of which tensors some units of a graph come from, and how: each unit is followed back through the operations to the
 * sources. What is linear on the way becomes sums with known coefficients, exactly; the rest stays as the steps of a program.
 *
 * One long file, since it is one recursion: each kind of operation says how a unit of its output is made of units of its inputs, and all of them
 * share the values that were met so far.
 */
import { Budget, LIMITS } from "../checks/budget.ts";
import { activationOf, type ElementwiseActivation, type LayerActivation } from "./activation.ts";
import type { DenseLayer } from "./dense-chain.ts";
import { type Graph, type GraphNode, nodeOrder, producers, type Shape } from "./graph.ts";
import type { Lists, Program, Step } from "./program.ts";
import { elements, type Tensor } from "./tensor.ts";
import { covered, flatIndex, placeOf, spatialShape } from "./window-places.ts";

export interface TraceSpec {
  readonly graph: Graph;
  /** Tensors at which following back ends. */
  readonly sources: readonly string[];
  readonly output: string;
  /** Flat positions in the output tensor. */
  readonly units: readonly number[];
  /** Most coefficients on the way; more is an obstacle. Default 5e7. */
  readonly most?: number;
  /** What may be spent on the way; more is an obstacle. Default: what the graph's weights stand for. */
  readonly budget?: Budget;
}

export interface SourceUnit {
  readonly tensor: string;
  /** Flat position in it. */
  readonly index: number;
}

export interface Traced {
  /** The units that reach the output, in the order of the sources and of their positions. */
  readonly inputs: readonly SourceUnit[];
  /** Whether a window on the way covers padding. */
  readonly padded: boolean;
  /** One layer's sums with its activation, where it is no more than that. */
  readonly dense: Omit<DenseLayer, "name"> | undefined;
  /** The same as a program. */
  readonly program: () => Program;
}

/** Why units cannot be followed back: a clause. */
export interface Obstacle {
  readonly reason: string;
}

export function isObstacle(traced: Traced | Obstacle): traced is Obstacle {
  return "reason" in traced;
}

const MOST_COEFFICIENTS = 5e7;

/** What following values through a graph may take: its stored numbers, each tensor once, however often nodes take it. */
export function budgetOf({ nodes }: Graph): Budget {
  const stored = new Set<Tensor>();
  for (const { operation } of nodes) {
    if (operation.kind === "dense" || operation.kind === "convolution") stored.add(operation.weights);
  }
  return new Budget([...stored].reduce((sum, { shape }) => sum + elements(shape), 0));
}

export function trace(spec: TraceSpec): Traced | Obstacle {
  try {
    return new Tracer(spec).traced();
  } catch (error) {
    if (error instanceof Blocked) return { reason: error.message };
    throw error;
  }
}

class Blocked extends Error {}

/** What must be found before what was begun can be: it lies deeper than calls may. */
class Deeper extends Error {
  readonly tensor: string;
  readonly index: number;

  constructor(tensor: string, index: number) {
    super();
    this.tensor = tensor;
    this.index = index;
  }
}

/** Steps of the budget for a unit that is met first, for one that is known, and for a place under a window. */
const [UNIT_STEPS, KNOWN_STEPS, PLACE_STEPS] = [150, 2, 60];

/** `shift + Σ coefficients[k] · value ids[k]`, each id once. */
interface Sum {
  readonly shift: number;
  readonly ids: ArrayLike<number>;
  readonly coefficients: ArrayLike<number>;
}

/** What is no sum: made of sums. */
interface Atom {
  readonly node: GraphNode;
  /** For a softmax, those of all its members; its values have consecutive ids, one for each. */
  readonly of: readonly Sum[];
}

/** The expression of one unit of a node's output. */
type Reader = (index: number) => Sum;

class Tracer {
  readonly #spec: TraceSpec;
  readonly #producers: ReadonlyMap<string, GraphNode>;
  readonly #sources: ReadonlySet<string>;
  readonly #readers = new Map<string, Reader>();
  readonly #sums = new Map<string, Map<number, Sum>>();
  /** What each value is: a unit of a source, or (a member of) an atom. */
  readonly #values: (SourceUnit | { readonly atom: Atom; readonly member: number })[] = [];
  readonly #budget: Budget;
  #padded = false;
  #coefficients = 0;
  /** How many calls of `#sum` are within each other. */
  #depth = 0;
  /** Where a value's id stands in the sum that is being made. */
  #slot = new Int32Array(1024).fill(-1);

  constructor(spec: TraceSpec) {
    this.#spec = spec;
    this.#producers = producers(spec.graph);
    this.#sources = new Set(spec.sources);
    this.#budget = spec.budget ?? budgetOf(spec.graph);
  }

  traced(): Traced {
    const outputs = this.#spec.units.map((index) => this.#found(this.#spec.output, index));
    const { inputs, positions } = this.#inputs();
    return {
      inputs,
      padded: this.#padded,
      dense: this.#dense(outputs, inputs.length, positions),
      program: () => this.#program(outputs, inputs.length, positions),
    };
  }

  #shape(tensor: string): Shape {
    const shape = this.#spec.graph.shapes.get(tensor);
    if (shape === undefined) throw new Blocked(`the shape of "${tensor}" is not known`);
    return shape;
  }

  #spend(steps: number): void {
    if (!this.#budget.spend(steps)) {
      throw new Blocked(`following its values back takes more than ${this.#budget.most.toLocaleString("en")} steps`);
    }
  }

  /** As `#sum`, however long the chain of operations: what is too deep for the stack is found first, in the same order. */
  #found(tensor: string, index: number): Sum {
    const open = [{ tensor, index }];
    for (;;) {
      const top = open.at(-1)!;
      try {
        this.#depth = 0;
        const found = this.#sum(top.tensor, top.index);
        open.pop();
        if (open.length === 0) return found;
      } catch (error) {
        if (!(error instanceof Deeper)) throw error;
        open.push(error);
      }
    }
  }

  #sum(tensor: string, index: number): Sum {
    let known = this.#sums.get(tensor);
    if (known === undefined) {
      known = new Map();
      this.#sums.set(tensor, known);
    }
    const before = known.get(index);
    this.#spend(before === undefined ? UNIT_STEPS : KNOWN_STEPS);
    if (before !== undefined) return before;
    if (this.#depth === LIMITS.depth) throw new Deeper(tensor, index);
    this.#depth++;
    const found = this.#sources.has(tensor) ? single(this.#add({ tensor, index })) : this.#reader(tensor)(index);
    this.#depth--;
    known.set(index, found);
    return found;
  }

  #add(value: SourceUnit | { readonly atom: Atom; readonly member: number }): number {
    this.#values.push(value);
    return this.#values.length - 1;
  }

  #reader(tensor: string): Reader {
    const known = this.#readers.get(tensor);
    if (known !== undefined) return known;
    const node = this.#producers.get(tensor);
    if (node === undefined) throw new Blocked(`it also depends on "${tensor}"`);
    const found = this.#readerOf(node);
    this.#readers.set(tensor, found);
    return found;
  }

  #readerOf(node: GraphNode): Reader {
    const { operation, inputs } = node;
    const input = inputs[0]!;
    switch (operation.kind) {
      case "unknown":
        throw new Blocked(`it needs the operator ${operation.operator} of "${node.name}": ${operation.reason}`);
      case "dense":
        return this.#denseReader(node, operation);
      case "convolution":
        return this.#convolutionReader(node, operation);
      case "affine":
        return this.#affineReader(node, operation);
      case "activation":
        if (operation.activation === "identity") return (index) => this.#sum(input, index);
        return (index) => this.#activated(node, operation.activation, this.#sum(input, index));
      case "softmax":
        return this.#softmaxReader(node, operation.axis);
      case "max-pool":
      case "average-pool":
      case "global-max-pool":
      case "global-average-pool":
        return this.#poolReader(node, operation);
      case "reshape":
        return (index) => this.#sum(input, index);
      case "product":
        return this.#productReader(node);
      case "sum": {
        const read = inputs.map((name) => this.#spread(name, node.output));
        return (index) =>
          this.#combine(
            read.map((from) => from(index)),
            operation.coefficients,
            0,
          );
      }
      case "transpose": {
        const from = stridesOf(this.#shape(input));
        const to = this.#shape(node.output);
        return (index) => {
          const at = coordinates(index, to);
          return this.#sum(
            input,
            operation.permutation.reduce((sum, axis, k) => sum + at[k]! * from[axis]!, 0),
          );
        };
      }
      case "slice": {
        const from = stridesOf(this.#shape(input));
        return (index) => {
          const at = coordinates(index, operation.shape);
          const { starts, steps } = operation;
          return this.#sum(
            input,
            at.reduce((sum, k, axis) => sum + (starts[axis]! + k * steps[axis]!) * from[axis]!, 0),
          );
        };
      }
      case "pad": {
        const shape = this.#shape(input);
        const from = stridesOf(shape);
        const to = this.#shape(node.output);
        return (index) => {
          const at = coordinates(index, to).map((k, axis) => k - operation.before[axis]!);
          if (at.every((k, axis) => k >= 0 && k < shape[axis]!))
            return this.#sum(
              input,
              at.reduce((sum, k, axis) => sum + k * from[axis]!, 0),
            );
          this.#padded = true;
          return constant(0);
        };
      }
      case "concatenate": {
        const to = this.#shape(node.output);
        const parts = inputs.map((name) => ({
          name,
          size: this.#shape(name)[operation.axis]!,
          strides: stridesOf(this.#shape(name)),
        }));
        return (index) => {
          this.#spend(KNOWN_STEPS * parts.length);
          const at = [...coordinates(index, to)];
          for (const { name, size, strides } of parts) {
            if (at[operation.axis]! < size)
              return this.#sum(
                name,
                at.reduce((sum, k, axis) => sum + k * strides[axis]!, 0),
              );
            at[operation.axis]! -= size;
          }
          throw new Blocked(`"${node.name}" joins less than its shape says`);
        };
      }
    }
  }

  #denseReader(node: GraphNode, operation: Extract<GraphNode["operation"], { kind: "dense" }>): Reader {
    const [first, second] = operation.weights.shape as [number, number];
    const [n, m] = operation.transposed ? [first, second] : [second, first];
    const weights = operation.weights.values();
    const bias = operation.bias?.values();
    const rows = new Map<number, Sum[]>();
    return (index) => {
      this.#spend(n);
      const row = Math.floor(index / m);
      const j = index % m;
      let terms = rows.get(row);
      if (terms === undefined) {
        terms = Array.from({ length: n }, (_, i) => this.#sum(node.inputs[0]!, row * n + i));
        rows.set(row, terms);
      }
      const own = new Float64Array(n);
      for (let i = 0; i < n; i++) own[i] = operation.transposed ? weights[i * m + j]! : weights[j * n + i]!;
      return this.#combine(terms, own, bias === undefined ? 0 : bias[j]!);
    };
  }

  #convolutionReader(node: GraphNode, operation: Extract<GraphNode["operation"], { kind: "convolution" }>): Reader {
    const [m = 1, within = 1, ...kernel] = operation.weights.shape;
    const taps = kernel.reduce((product, size) => product * size, 1);
    const weights = operation.weights.values();
    const bias = operation.bias?.values();
    const from = this.#shape(node.inputs[0]!);
    const to = this.#shape(node.output);
    const { spatial } = spatialShape(from, operation.channelsLast);
    /** The terms of a place and group, and their weights' places within an output's. */
    const patches = new Map<string, { readonly terms: Sum[]; readonly weightAt: Int32Array }>();
    return (index) => {
      const { batch, channel, place } = placeOf(to, operation.channelsLast, index);
      const group = Math.floor((channel * operation.groups) / m);
      const key = `${batch} ${group} ${place.join(" ")}`;
      let patch = patches.get(key);
      if (patch === undefined) {
        this.#spend(PLACE_STEPS * taps);
        const { inside, padded } = covered(spatial, kernel, operation, place);
        if (padded > 0) this.#padded = true;
        const terms: Sum[] = [];
        const weightAt: number[] = [];
        for (let c = 0; c < within; c++) {
          for (const { tap, place: under } of inside) {
            const unit = flatIndex(from, operation.channelsLast, batch, group * within + c, under);
            terms.push(this.#sum(node.inputs[0]!, unit));
            weightAt.push(c * taps + tap);
          }
        }
        patch = { terms, weightAt: Int32Array.from(weightAt) };
        patches.set(key, patch);
      }
      const base = channel * within * taps;
      const own = Float64Array.from(patch.weightAt, (at) => weights[base + at]!);
      return this.#combine(patch.terms, own, bias === undefined ? 0 : bias[channel]!);
    };
  }

  #affineReader(node: GraphNode, operation: Extract<GraphNode["operation"], { kind: "affine" }>): Reader {
    const shape = this.#shape(node.output);
    const scale = operation.scale && broadcastReader(operation.scale.shape, shape);
    const shift = operation.shift && broadcastReader(operation.shift.shape, shape);
    return (index) => {
      const by = scale === undefined ? 1 : operation.scale!.values[scale(index)]!;
      const more = shift === undefined ? 0 : operation.shift!.values[shift(index)]!;
      return this.#combine([this.#sum(node.inputs[0]!, index)], [by], more);
    };
  }

  #activated(node: GraphNode, activation: ElementwiseActivation, sum: Sum): Sum {
    if (sum.ids.length === 0) return constant(activationOf(activation).value(sum.shift));
    return single(this.#add({ atom: { node, of: [sum] }, member: 0 }));
  }

  #softmaxReader(node: GraphNode, axis: number): Reader {
    const shape = this.#shape(node.output);
    const strides = stridesOf(shape);
    const groups = new Map<number, number>();
    return (index) => {
      const member = Math.floor(index / strides[axis]!) % shape[axis]!;
      const base = index - member * strides[axis]!;
      let first = groups.get(base);
      if (first === undefined) {
        const of = Array.from({ length: shape[axis]! }, (_, k) =>
          this.#sum(node.inputs[0]!, base + k * strides[axis]!),
        );
        const atom = { node, of };
        first = this.#values.length;
        for (let k = 0; k < of.length; k++) this.#add({ atom, member: k });
        groups.set(base, first);
      }
      return single(first + member);
    };
  }

  #poolReader(
    node: GraphNode,
    operation: Extract<
      GraphNode["operation"],
      { kind: "max-pool" | "average-pool" | "global-max-pool" | "global-average-pool" }
    >,
  ): Reader {
    const input = node.inputs[0]!;
    const from = this.#shape(input);
    const to = this.#shape(node.output);
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
      this.#spend(PLACE_STEPS * taps);
      const { inside, padded, batch, channel } = places(index);
      if (padded > 0) this.#padded = true;
      const of = inside.map(({ place }) =>
        this.#sum(input, flatIndex(from, operation.channelsLast, batch, channel, place)),
      );
      if (of.length === 0) throw new Blocked(`"${node.name}" has windows that lie in the padding altogether`);
      if (isMaximum) return of.length === 1 ? of[0]! : single(this.#add({ atom: { node, of }, member: 0 }));
      const count = operation.kind === "average-pool" && operation.countPadding ? of.length + padded : of.length;
      return this.#combine(of, new Float64Array(of.length).fill(1 / count), 0);
    };
  }

  #productReader(node: GraphNode): Reader {
    const [left, right] = node.inputs.map((name) => this.#spread(name, node.output)) as [Reader, Reader];
    return (index) => {
      const [a, b] = [left(index), right(index)];
      if (a.ids.length === 0) return this.#combine([b], [a.shift], 0);
      if (b.ids.length === 0) return this.#combine([a], [b.shift], 0);
      return single(this.#add({ atom: { node, of: [a, b] }, member: 0 }));
    };
  }

  /** Units of `tensor` by positions in `target`, over which it is broadcast. */
  #spread(tensor: string, target: string): Reader {
    const at = broadcastReader(this.#shape(tensor), this.#shape(target));
    return (index) => this.#sum(tensor, at(index));
  }

  /** `shift + Σ by[k] · terms[k]`. */
  #combine(terms: readonly Sum[], by: ArrayLike<number>, shift: number): Sum {
    let total = shift;
    let room = 0;
    for (const term of terms) room += term.ids.length;
    this.#coefficients += room;
    this.#spend(room + terms.length);
    if (this.#coefficients > (this.#spec.most ?? MOST_COEFFICIENTS)) {
      throw new Blocked(`it has more than ${(this.#spec.most ?? MOST_COEFFICIENTS).toLocaleString("en")} connections`);
    }
    if (this.#slot.length < this.#values.length) {
      this.#slot = new Int32Array(2 * this.#values.length).fill(-1);
    }
    const slot = this.#slot;
    const ids = new Int32Array(room);
    const coefficients = new Float64Array(room);
    let size = 0;
    for (let k = 0; k < terms.length; k++) {
      const term = terms[k]!;
      const factor = by[k]!;
      total += factor * term.shift;
      for (let t = 0; t < term.ids.length; t++) {
        const id = term.ids[t]!;
        const add = factor * term.coefficients[t]!;
        if (slot[id]! >= 0) coefficients[slot[id]!]! += add;
        else {
          slot[id] = size;
          ids[size] = id;
          coefficients[size++] = add;
        }
      }
    }
    for (let at = 0; at < size; at++) slot[ids[at]!] = -1;
    return { shift: total, ids: ids.subarray(0, size), coefficients: coefficients.subarray(0, size) };
  }

  /** The source units among the values, in their order, and each value's position among them (−1 for atoms). */
  #inputs(): { readonly inputs: readonly SourceUnit[]; readonly positions: Int32Array } {
    const order = new Map(this.#spec.sources.map((name, at) => [name, at]));
    const found = this.#values
      .map((value, id) => ({ value, id }))
      .filter((entry): entry is { value: SourceUnit; id: number } => "tensor" in entry.value)
      .sort((a, b) => order.get(a.value.tensor)! - order.get(b.value.tensor)! || a.value.index - b.value.index);
    const positions = new Int32Array(this.#values.length).fill(-1);
    for (const [at, { id }] of found.entries()) positions[id] = at;
    return { inputs: found.map(({ value }) => value), positions };
  }

  #dense(outputs: readonly Sum[], inputs: number, positions: Int32Array): Traced["dense"] {
    const { sums, activation } = this.#underOneActivation(outputs) ?? {};
    if (sums === undefined || activation === undefined || inputs === 0) return undefined;
    for (const sum of sums) for (let t = 0; t < sum.ids.length; t++) if (positions[sum.ids[t]!]! < 0) return undefined;
    if (inputs * sums.length > (this.#spec.most ?? MOST_COEFFICIENTS)) {
      throw new Blocked(`its weights, ${inputs} × ${sums.length}, are too many`);
    }
    this.#spend(2 * inputs * sums.length);
    const weights = new Float64Array(inputs * sums.length);
    for (const [j, sum] of sums.entries()) {
      for (let t = 0; t < sum.ids.length; t++) weights[j * inputs + positions[sum.ids[t]!]!] = sum.coefficients[t]!;
    }
    const bias = sums.some(({ shift }) => shift !== 0) ? Float64Array.from(sums, ({ shift }) => shift) : undefined;
    return { inputs, outputs: sums.length, weights, bias, activation };
  }

  /** What an activation that all outputs share is applied to. */
  #underOneActivation(outputs: readonly Sum[]): { sums: readonly Sum[]; activation: LayerActivation } | undefined {
    const atoms = outputs.map((sum) => {
      const value = isSingle(sum) ? this.#values[sum.ids[0]!]! : undefined;
      return value !== undefined && "atom" in value ? value : undefined;
    });
    if (atoms.every((value) => value === undefined)) return { sums: outputs, activation: "identity" };
    const operation = atoms[0]?.atom.node.operation;
    if (operation?.kind === "softmax") {
      const { atom } = atoms[0]!;
      const whole =
        atoms.length === atom.of.length && atoms.every((value, k) => value?.atom === atom && value.member === k);
      return whole ? { sums: atom.of, activation: "softmax" } : undefined;
    }
    if (operation?.kind !== "activation") return undefined;
    const { activation } = operation;
    const shared = atoms.every(
      (value) =>
        value?.atom.node.operation.kind === "activation" && value.atom.node.operation.activation === activation,
    );
    return shared ? { sums: atoms.map((value) => value!.atom.of[0]!), activation } : undefined;
  }

  #program(outputs: readonly Sum[], inputs: number, positions: Int32Array): Program {
    const where = Int32Array.from(positions);
    const steps: Step[] = [];
    let end = inputs;
    /** Positions of these sums, those that are no values yet by a step that makes them. */
    const placed = (sums: readonly Sum[]): Int32Array => {
      const rows = sums.filter((sum) => !isSingle(sum));
      let next = end;
      const found = Int32Array.from(sums, (sum) => (isSingle(sum) ? where[sum.ids[0]!]! : next++));
      if (rows.length > 0) {
        const { starts, positions } = lists(rows.map(({ ids }) => ids));
        const coefficients = new Float64Array(positions.length);
        for (const [row, sum] of rows.entries()) coefficients.set(sum.coefficients, starts[row]);
        const terms = { starts, positions: positions.map((id) => where[id]!) };
        steps.push({ kind: "affine", terms, coefficients, shift: Float64Array.from(rows, ({ shift }) => shift) });
        end = next;
      }
      return found;
    };
    for (const [node, atoms] of this.#atomsByNode()) {
      const all = placed(atoms.flatMap(({ atom }) => atom.of));
      let taken = 0;
      const members = atoms.map(({ atom }) => {
        taken += atom.of.length;
        return Array.from(all.subarray(taken - atom.of.length, taken));
      });
      steps.push(stepOf(node, members));
      for (const { atom, first } of atoms) {
        const size = node.operation.kind === "softmax" ? atom.of.length : 1;
        for (let member = 0; member < size; member++) where[first + member] = end++;
      }
    }
    return { inputs, outputs: outputs.length, steps, results: placed(outputs) };
  }

  /** The atoms of each node, nodes in the graph's order. */
  #atomsByNode(): Map<GraphNode, { readonly atom: Atom; readonly first: number }[]> {
    const found = new Map<GraphNode, { readonly atom: Atom; readonly first: number }[]>();
    for (const [id, value] of this.#values.entries()) {
      if (!("atom" in value) || value.member > 0) continue;
      const list = found.get(value.atom.node) ?? [];
      list.push({ atom: value.atom, first: id });
      found.set(value.atom.node, list);
    }
    const order = nodeOrder(this.#spec.graph);
    return new Map([...found].sort(([a], [b]) => order.get(a)! - order.get(b)!));
  }
}

/** The step that applies a node's operation to these positions, a list for each atom. */
function stepOf({ operation }: GraphNode, members: readonly number[][]): Step {
  switch (operation.kind) {
    case "activation":
      return { kind: "activation", activation: operation.activation, of: Int32Array.from(members, ([of]) => of!) };
    case "softmax":
      return { kind: "softmax", among: lists(members) };
    case "product":
      return {
        kind: "product",
        left: Int32Array.from(members, ([left]) => left!),
        right: Int32Array.from(members, ([, right]) => right!),
      };
    default:
      return { kind: "maximum", among: lists(members) };
  }
}

function lists(all: readonly ArrayLike<number>[]): Lists {
  const starts = new Int32Array(all.length + 1);
  for (const [k, list] of all.entries()) starts[k + 1] = starts[k]! + list.length;
  const positions = new Int32Array(starts.at(-1)!);
  for (const [k, list] of all.entries()) positions.set(list, starts[k]);
  return { starts, positions };
}

function single(id: number): Sum {
  return { shift: 0, ids: [id], coefficients: [1] };
}

function isSingle({ shift, ids, coefficients }: Sum): boolean {
  return shift === 0 && ids.length === 1 && coefficients[0] === 1;
}

function constant(shift: number): Sum {
  return { shift, ids: [], coefficients: [] };
}

function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let size = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = size;
    size *= shape[axis]!;
  }
  return strides;
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
