/** A graph on many rows, from tensors within it to others: what is computed already need not be computed again. */
import { check } from "../checks/check.ts";
import type { Graph } from "./graph.ts";
import { withBatch } from "./graph-batch.ts";
import { BATCH_VALUES, evaluateGraph } from "./graph-evaluate.ts";
import type { GraphUnits } from "./model-units.ts";
import { elements } from "./tensor.ts";

export class GraphRows {
  readonly rows: number;
  /** Whether examples go through together; else one by one. */
  readonly together: boolean;
  readonly #size: number;
  /** The graph for a whole batch, and for the rows that are left at the end. */
  readonly #whole: Graph;
  readonly #rest: Graph;

  /** @throws InvalidInputError for a graph of a fixed batch that mixes its examples. */
  constructor({ graph, input, nodes }: Pick<GraphUnits, "graph" | "input" | "nodes">, rows: number) {
    const batch = graph.shapes.get(input)![0]!;
    const greatest = [input, ...nodes.map(({ output }) => output)].reduce(
      (most, name) => Math.max(most, elements(graph.shapes.get(name)!) / batch),
      0,
    );
    const size = Math.min(rows, Math.max(1, Math.floor(BATCH_VALUES / greatest)));
    const whole = withBatch(graph, input, nodes, size);
    check(whole !== undefined || batch === 1, () => ({
      who: graph.who,
      expected: `a network that treats the ${batch} examples of its batch independently`,
      got: "one that mixes them",
    }));
    this.rows = rows;
    this.together = whole !== undefined;
    this.#size = whole === undefined ? 1 : size;
    this.#whole = whole ?? graph;
    this.#rest = (whole && withBatch(graph, input, nodes, rows % size || size)) ?? graph;
  }

  /** How many values of a tensor an example has. */
  unitsOf(tensor: string): number {
    const shape = this.#whole.shapes.get(tensor)!;
    return elements(shape) / this.#size;
  }

  /**
   * The wanted tensors, batch after batch; each `[rows of the batch, values]`, not to be changed.
   *
   * @param given `[rows, values]` by tensor: all that is needed to compute them.
   */
  *batches(
    given: ReadonlyMap<string, Float64Array>,
    wanted: readonly string[],
  ): Generator<{ readonly first: number; readonly values: ReadonlyMap<string, Float64Array> }> {
    for (let first = 0; first < this.rows; first += this.#size) {
      const count = Math.min(this.#size, this.rows - first);
      // Not by assignment: a tensor may be called __proto__.
      const parts = Object.fromEntries(
        [...given].map(([name, values]) => {
          const units = values.length / this.rows;
          return [name, values.subarray(first * units, (first + count) * units)] as const;
        }),
      );
      yield { first, values: evaluateGraph(count === this.#size ? this.#whole : this.#rest, parts, wanted) };
    }
  }

  /** The wanted tensors for all rows: `[rows, values]`, each an array of its own. */
  evaluate(given: ReadonlyMap<string, Float64Array>, wanted: readonly string[]): Map<string, Float64Array> {
    const found = new Map(wanted.map((name) => [name, new Float64Array(this.rows * this.unitsOf(name))]));
    for (const { first, values } of this.batches(given, wanted)) {
      for (const [name, part] of values) found.get(name)!.set(part, first * this.unitsOf(name));
    }
    return found;
  }
}
