/** How readers of model files make a graph: node after node, checked on the way. */

import { LIMITS } from "../checks/budget.ts";
import { checkFile, checkLimit } from "../checks/check.ts";
import type { Graph, GraphInput, GraphNode, OpenShape, Shape } from "./graph.ts";
import { checkedSizes, outputShape } from "./graph-shapes.ts";
import { elements } from "./tensor.ts";

/** Makes a graph, node after node; shapes are found and checked on the way. */
export class GraphBuilder {
  readonly who: string;
  readonly #inputs: GraphInput[] = [];
  readonly #nodes: GraphNode[] = [];
  readonly #shapes = new Map<string, Shape>();
  readonly #known = new Set<string>();

  /** `who`: the file's path, for messages. */
  constructor(who: string) {
    this.who = who;
  }

  /**
   * An input of the network. An open first size is a batch of 1; with any other open size the shape stays unknown.
   *
   * @throws FormatError for what is no shape, or a name that is there; TooMuchError for a shape beyond LIMITS.
   */
  input(name: string, shape: OpenShape): void {
    this.#define(name);
    const closed = shape.map((size, axis) => (axis === 0 ? (size ?? 1) : size));
    const who = `${this.who}: input "${name}"`;
    const known = checkedSizes(
      closed.map((size) => size ?? 1),
      who,
    );
    checkLimit(elements(known) <= LIMITS.inputs, () => ({
      who,
      expected: `an input of at most ${LIMITS.inputs.toLocaleString("en")} values`,
      got: `[${known.join(", ")}]`,
    }));
    this.#inputs.push({ name, shape: closed });
    if (closed.every((size) => size !== undefined)) this.#shapes.set(name, closed);
  }

  /**
   * A node. Returns its output's shape: where an input's is not known, what the file says of it, if anything.
   *
   * @throws FormatError for inputs that nothing makes, an output that is made twice, and shapes that do not fit the operation.
   */
  node(node: GraphNode, said?: Shape): Shape | undefined {
    const who = `${this.who}: ${node.name}`;
    for (const name of node.inputs) {
      checkFile(this.#known.has(name), () => ({
        who,
        expected: "inputs that other nodes produce",
        got: `"${name}", which no node produces`,
      }));
    }
    this.#define(node.output);
    this.#nodes.push(node);
    const shape =
      outputShape(
        node.operation,
        node.inputs.map((name) => this.#shapes.get(name)),
        who,
      ) ??
      (said && checkedSizes(said, who));
    if (shape !== undefined) this.#shapes.set(node.output, shape);
    return shape;
  }

  has(name: string): boolean {
    return this.#known.has(name);
  }

  shapeOf(name: string): Shape | undefined {
    return this.#shapes.get(name);
  }

  /** @throws FormatError for no outputs, or outputs that nothing makes. */
  build(rest: Pick<Graph, "format" | "outputs" | "notes" | "inputRange">): Graph {
    const missing = rest.outputs.find((name) => !this.#known.has(name));
    checkFile(rest.outputs.length > 0 && missing === undefined, () => ({
      who: this.who,
      expected: "outputs that nodes produce",
      got: missing === undefined ? "none" : `"${missing}", which no node produces`,
    }));
    return { who: this.who, inputs: this.#inputs, nodes: this.#nodes, shapes: this.#shapes, ...rest };
  }

  #define(name: string): void {
    checkFile(!this.#known.has(name), () => ({
      who: this.who,
      expected: "tensors with unique names",
      got: `"${name}" twice`,
    }));
    this.#known.add(name);
  }
}
