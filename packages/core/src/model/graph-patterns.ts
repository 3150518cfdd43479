/** Activations that a file spells out, such as GELU by the error function, recognised and put in as one operation. */
import { LIMITS } from "../checks/budget.ts";
import type { ElementwiseActivation } from "./activation.ts";
import { consumers, type Graph, type GraphNode, producers } from "./graph.ts";
import { elements } from "./tensor.ts";

/** Constants of half precision are this near to the true ones. */
const NEAR = 1e-3;

/** `scale · tensor + shift`, both numbers. */
interface Scalar {
  readonly tensor: string;
  readonly scale: number;
  readonly shift: number;
}

/** The graph with each of GELU (by erf and by tanh), SiLU, hard-swish and Mish that is spelled out as one activation. */
export function withPatterns(graph: Graph): Graph {
  return new Patterns(graph).applied();
}

class Patterns {
  readonly #graph: Graph;
  readonly #makers: ReadonlyMap<string, GraphNode>;
  readonly #takers: ReadonlyMap<string, readonly GraphNode[]>;
  readonly #outputs: ReadonlySet<string>;

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#makers = producers(graph);
    this.#takers = consumers(graph);
    this.#outputs = new Set(graph.outputs);
  }

  applied(): Graph {
    const instead = new Map<GraphNode, readonly GraphNode[]>();
    for (const node of this.#graph.nodes) {
      if (node.operation.kind !== "product") continue;
      const found = this.#activation(node);
      if (found === undefined) continue;
      const inside = this.#between(node, found.input);
      if (inside === undefined) continue;
      for (const each of inside) instead.set(each, []);
      const scaling = this.#undoing(node, found.factor);
      if (scaling === undefined) instead.set(node, this.#replacement(node, found));
      else {
        instead.set(node, []);
        instead.set(scaling, this.#replacement(scaling, { ...found, factor: 1 }));
      }
    }
    if (instead.size === 0) return this.#graph;
    const nodes = this.#graph.nodes.flatMap((node) => instead.get(node) ?? [node]);
    const made = new Set([...this.#graph.inputs.map(({ name }) => name), ...nodes.map(({ output }) => output)]);
    const shapes = new Map([...this.#graph.shapes].filter(([name]) => made.has(name)));
    for (const { inputs, output } of nodes) {
      const shape = this.#graph.shapes.get(inputs[0] ?? "");
      if (!shapes.has(output) && shape !== undefined) shapes.set(output, shape);
    }
    return { ...this.#graph, nodes, shapes };
  }

  /** The node after this one, where it alone takes its values and takes the factor away: x · (1 + erf …), and then · ½. */
  #undoing({ output }: GraphNode, factor: number): GraphNode | undefined {
    const takers = this.#takers.get(output) ?? [];
    const [taker] = takers;
    if (factor === 1 || takers.length !== 1 || this.#outputs.has(output)) return undefined;
    if (taker?.operation.kind !== "affine") return undefined;
    const { tensor, scale, shift } = this.#scalar(taker.output);
    return tensor === output && shift === 0 && near(scale * factor, 1) ? taker : undefined;
  }

  /** The factor is part of what comes after, where the file multiplies last. */
  #replacement(
    node: GraphNode,
    { input, activation, factor }: { input: string; activation: ElementwiseActivation; factor: number },
  ): readonly GraphNode[] {
    const operation = { kind: "activation", activation } as const;
    if (factor === 1) return [{ name: node.name, operation, inputs: [input], output: node.output }];
    const between = `${node.output} (unscaled)`;
    const scale = { shape: [], values: Float64Array.of(factor) };
    return [
      { name: `${node.name} (unscaled)`, operation, inputs: [input], output: between },
      { name: node.name, operation: { kind: "affine", scale, parameters: 0 }, inputs: [between], output: node.output },
    ];
  }

  #activation(node: GraphNode): { input: string; activation: ElementwiseActivation; factor: number } | undefined {
    const [left, right] = node.inputs.map((name) => this.#scalar(name));
    for (const [plain, gate] of [
      [left, right],
      [right, left],
    ]) {
      const maker = this.#makers.get(gate!.tensor);
      if (plain!.shift !== 0 || maker?.operation.kind !== "activation") continue;
      const inner = this.#scalar(maker.inputs[0]!);
      const found = this.#gated(maker.operation.activation, gate!, inner, plain!.tensor);
      if (found === undefined) continue;
      const factor = snapped(found.factor * plain!.scale);
      return { input: plain!.tensor, activation: found.activation, factor };
    }
    return undefined;
  }

  /** What x times this gate is; `inner`: what the gate's activation is applied to. */
  #gated(activation: ElementwiseActivation, gate: Scalar, inner: Scalar, x: string) {
    const { scale, shift } = gate;
    const onX = inner.tensor === x;
    const isHalf = near(shift, scale);
    if (activation === "erf" && onX && isHalf && inner.shift === 0 && near(inner.scale, Math.SQRT1_2)) {
      return { activation: "gelu", factor: 2 * scale } as const;
    }
    if (activation === "sigmoid" && onX && shift === 0 && inner.shift === 0 && near(inner.scale, 1)) {
      return { activation: "silu", factor: scale } as const;
    }
    if (activation.startsWith("hard-sigmoid") && onX && shift === 0 && inner.shift === 0 && near(inner.scale, 1)) {
      const [slope, offset] = parametersOf(activation) ?? [1 / 6, 0.5];
      return near(slope!, 1 / 6) && near(offset!, 0.5)
        ? ({ activation: "hard-swish", factor: scale } as const)
        : undefined;
    }
    if (activation === "clip(0,6)" && onX && shift === 0 && near(inner.scale, 1) && near(inner.shift, 3)) {
      return { activation: "hard-swish", factor: 6 * scale } as const;
    }
    if (activation !== "tanh") return undefined;
    const maker = this.#makers.get(inner.tensor);
    if (maker?.operation.kind === "activation" && maker.operation.activation === "softplus") {
      const isMish = maker.inputs[0] === x && shift === 0 && inner.shift === 0 && near(inner.scale, 1);
      return isMish ? ({ activation: "mish", factor: scale } as const) : undefined;
    }
    if (!isHalf || inner.shift !== 0 || !this.#isCubic(inner, x)) return undefined;
    return { activation: "gelu-tanh", factor: 2 * scale } as const;
  }

  /** Whether it is √(2/π) (x + 0.044715 x³). */
  #isCubic(inner: Scalar, x: string): boolean {
    const sum = this.#makers.get(inner.tensor);
    if (sum?.operation.kind !== "sum" || sum.inputs.length !== 2) return false;
    const { coefficients } = sum.operation;
    const parts = sum.inputs.map((name, at) => ({ ...this.#scalar(name), by: coefficients[at]! * inner.scale }));
    const linear = parts.find(({ tensor }) => tensor === x);
    const cubic = parts.find(({ tensor }) => tensor !== x);
    if (linear === undefined || cubic === undefined || linear.shift !== 0 || cubic.shift !== 0) return false;
    const cube = this.#cubeScale(cubic.tensor, x);
    const by = Math.sqrt(2 / Math.PI);
    return (
      near(linear.scale * linear.by, by) && cube !== undefined && near(cubic.scale * cubic.by * cube, by * 0.044715)
    );
  }

  /** c where the tensor is c x³. */
  #cubeScale(tensor: string, x: string): number | undefined {
    const maker = this.#makers.get(tensor);
    if (maker?.operation.kind === "activation") {
      return maker.operation.activation === "power(3)" && maker.inputs[0] === x ? 1 : undefined;
    }
    if (maker?.operation.kind !== "product") return undefined;
    const [a, b] = maker.inputs.map((name) => this.#scalar(name)) as [Scalar, Scalar];
    if (a.shift !== 0 || b.shift !== 0) return undefined;
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const square = this.#makers.get(other.tensor);
      const isSquare =
        (square?.operation.kind === "activation" &&
          square.operation.activation === "power(2)" &&
          square.inputs[0] === x) ||
        (square?.operation.kind === "product" && square.inputs.every((name) => name === x));
      if (one.tensor === x && isSquare) return one.scale * other.scale;
    }
    return undefined;
  }

  /** Past scales and shifts by single numbers: a few, for a chain of thousands would be walked anew from each of its ends. */
  #scalar(name: string): Scalar {
    let [tensor, scale, shift] = [name, 1, 0];
    for (let passed = 0; passed < LIMITS.pattern; passed++) {
      const maker = this.#makers.get(tensor);
      if (maker?.operation.kind !== "affine") break;
      const { scale: by, shift: more } = maker.operation;
      if ((by && elements(by.shape) !== 1) || (more && elements(more.shape) !== 1)) break;
      shift += scale * (more?.values[0] ?? 0);
      scale *= by?.values[0] ?? 1;
      tensor = maker.inputs[0]!;
    }
    return { tensor, scale, shift };
  }

  /** The nodes from `input` to `end`, that one left out; undefined where something else takes what they make, or there are many. */
  #between(end: GraphNode, input: string): readonly GraphNode[] | undefined {
    const found = new Set<GraphNode>();
    const open = end.inputs.filter((name) => name !== input);
    while (open.length > 0) {
      const node = this.#makers.get(open.pop()!);
      if (node === undefined) return undefined;
      if (found.has(node)) continue;
      found.add(node);
      if (found.size > LIMITS.pattern || node.inputs.length > LIMITS.pattern) return undefined;
      for (const name of node.inputs) if (name !== input) open.push(name);
    }
    const inside = [...found];
    const isClosed = inside.every(
      ({ output }) =>
        !this.#outputs.has(output) && this.#takers.get(output)!.every((taker) => taker === end || found.has(taker)),
    );
    return isClosed ? inside : undefined;
  }
}

function parametersOf(name: string): number[] | undefined {
  return /\((.*)\)/.exec(name)?.[1]?.split(",").map(Number);
}

function near(value: number, expected: number): boolean {
  return Math.abs(value - expected) <= NEAR * Math.max(Math.abs(expected), NEAR);
}

/** 1 and 2 where it is that but for the rounding of constants. */
function snapped(factor: number): number {
  return near(factor, 1) ? 1 : near(factor, 2) ? 2 : factor;
}
