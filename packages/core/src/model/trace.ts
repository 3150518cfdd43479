/**
 * Which units of which tensors some units of a graph come from, and how: each unit is followed back through the operations to the
 * sources. What is linear on the way becomes sums with known coefficients, exactly; the rest stays as the steps of a program.
 */
import { Budget, LIMITS } from "../checks/budget.ts";
import type { DenseLayer } from "./dense-chain.ts";
import { type Graph, type GraphNode, producers } from "./graph.ts";
import type { Program } from "./program.ts";
import { elements, type Tensor } from "./tensor.ts";
import { type Reader, readerOf } from "./trace-readers.ts";
import { denseOf, inputsOf, programOf } from "./trace-result.ts";
import { Blocked, KNOWN_STEPS, type SourceUnit, type Sum, single, TraceSums, UNIT_STEPS } from "./trace-sums.ts";

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

class Tracer {
  readonly sums: TraceSums;
  readonly #spec: TraceSpec;
  readonly #producers: ReadonlyMap<string, GraphNode>;
  readonly #sources: ReadonlySet<string>;
  readonly #readers = new Map<string, Reader>();
  readonly #known = new Map<string, Map<number, Sum>>();
  /** How many calls of `sum` are within each other. */
  #depth = 0;

  constructor(spec: TraceSpec) {
    this.#spec = spec;
    this.#producers = producers(spec.graph);
    this.#sources = new Set(spec.sources);
    this.sums = new TraceSums(spec.graph, spec.budget ?? budgetOf(spec.graph), spec.most ?? MOST_COEFFICIENTS);
  }

  traced(): Traced {
    const { graph, sources, output, units } = this.#spec;
    const outputs = units.map((index) => this.#found(output, index));
    const { inputs, positions } = inputsOf(this.sums, sources);
    const reached = { outputs, inputs: inputs.length, positions };
    return {
      inputs,
      padded: this.sums.padded,
      dense: denseOf(this.sums, reached),
      program: () => programOf(this.sums, graph, reached),
    };
  }

  /** As `sum`, however long the chain of operations: what is too deep for the stack is found first, in the same order. */
  #found(tensor: string, index: number): Sum {
    const open = [{ tensor, index }];
    for (;;) {
      const top = open.at(-1)!;
      try {
        this.#depth = 0;
        const found = this.sum(top.tensor, top.index);
        open.pop();
        if (open.length === 0) return found;
      } catch (error) {
        if (!(error instanceof Deeper)) throw error;
        open.push(error);
      }
    }
  }

  /** The sum that a unit is. */
  sum(tensor: string, index: number): Sum {
    let known = this.#known.get(tensor);
    if (known === undefined) {
      known = new Map();
      this.#known.set(tensor, known);
    }
    const before = known.get(index);
    this.sums.spend(before === undefined ? UNIT_STEPS : KNOWN_STEPS);
    if (before !== undefined) return before;
    if (this.#depth === LIMITS.depth) throw new Deeper(tensor, index);
    this.#depth++;
    const found = this.#sources.has(tensor) ? single(this.sums.add({ tensor, index })) : this.#reader(tensor)(index);
    this.#depth--;
    known.set(index, found);
    return found;
  }

  #reader(tensor: string): Reader {
    const known = this.#readers.get(tensor);
    if (known !== undefined) return known;
    const node = this.#producers.get(tensor);
    if (node === undefined) throw new Blocked(`it also depends on "${tensor}"`);
    const found = readerOf(this, node);
    this.#readers.set(tensor, found);
    return found;
  }
}
