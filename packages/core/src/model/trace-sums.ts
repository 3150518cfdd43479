/** Values met on the way back through a graph, and sums of them: what tracing makes of units, within what it may spend. */
import type { Budget } from "../checks/budget.ts";
import type { Graph, GraphNode, Shape } from "./graph.ts";

export interface SourceUnit {
  readonly tensor: string;
  /** Flat position in it. */
  readonly index: number;
}

/** `shift + Σ coefficients[k] · value ids[k]`, each id once. */
export interface Sum {
  readonly shift: number;
  readonly ids: ArrayLike<number>;
  readonly coefficients: ArrayLike<number>;
}

/** What is no sum: made of sums. */
export interface Atom {
  readonly node: GraphNode;
  /** For a softmax, those of all its members; its values have consecutive ids, one for each. */
  readonly of: readonly Sum[];
}

/** What each value is: a unit of a source, or (a member of) an atom. */
export type Value = SourceUnit | { readonly atom: Atom; readonly member: number };

/** Steps of the budget for a unit that is met first, for one that is known or looked at, and for a place under a window. */
export const [UNIT_STEPS, KNOWN_STEPS, PLACE_STEPS] = [150, 2, 60];

/** Units that cannot be followed back; its message is the reason, a clause. */
export class Blocked extends Error {}

export class TraceSums {
  readonly values: Value[] = [];
  /** Most coefficients on the way, and most weights of what is found. */
  readonly most: number;
  /** Whether a window on the way covers padding. */
  padded = false;
  readonly #shapes: Graph["shapes"];
  readonly #budget: Budget;
  #coefficients = 0;
  /** Where a value's id stands in the sum that is being made. */
  #slot = new Int32Array(1024).fill(-1);

  constructor({ shapes }: Graph, budget: Budget, most: number) {
    this.#shapes = shapes;
    this.#budget = budget;
    this.most = most;
  }

  shape(tensor: string): Shape {
    const shape = this.#shapes.get(tensor);
    if (shape === undefined) throw new Blocked(`the shape of "${tensor}" is unknown`);
    return shape;
  }

  spend(steps: number): void {
    if (!this.#budget.spend(steps)) {
      throw new Blocked(`tracing its values takes more than ${this.#budget.most.toLocaleString("en")} steps`);
    }
  }

  add(value: Value): number {
    this.values.push(value);
    return this.values.length - 1;
  }

  /** `shift + Σ by[k] · terms[k]`. */
  combine(terms: readonly Sum[], by: ArrayLike<number>, shift: number): Sum {
    let total = shift;
    let room = 0;
    for (const term of terms) room += term.ids.length;
    this.#coefficients += room;
    this.spend(room + terms.length);
    if (this.#coefficients > this.most) {
      throw new Blocked(`it has more than ${this.most.toLocaleString("en")} connections`);
    }
    if (this.#slot.length < this.values.length) {
      this.#slot = new Int32Array(2 * this.values.length).fill(-1);
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
}

export function single(id: number): Sum {
  return { shift: 0, ids: [id], coefficients: [1] };
}

export function isSingle({ shift, ids, coefficients }: Sum): boolean {
  return shift === 0 && ids.length === 1 && coefficients[0] === 1;
}

export function constant(shift: number): Sum {
  return { shift, ids: [], coefficients: [] };
}
