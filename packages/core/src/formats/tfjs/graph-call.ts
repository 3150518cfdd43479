/** What the reader of one TensorFlow operator gets, and gives. */
import type { Operation, Shape } from "../../model/graph.ts";
import type { Tensor } from "../../model/tensor.ts";
import type { Attributes } from "./graph-def.ts";

/** A value in the graph: known when the file is read, or computed when the network runs. */
export type Value =
  | { readonly constant: Tensor }
  /** `shape` where it is known. */
  | { readonly name: string; readonly shape: Shape | undefined };

/** Why an operator becomes an unknown node: a clause. Thrown by readers, never to the caller. */
export class Unsupported {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/** What an operator gives: a value that is known now, or operations one after the other on computed values. */
export type Result =
  | { readonly constant: Tensor }
  | { readonly from: readonly Value[]; readonly operations: readonly Operation[] };

export interface OperatorReader {
  /** For the support table. */
  readonly becomes: string;
  readonly remark?: string;
  readonly read: (node: OperatorCall) => Result;
}

export class OperatorCall {
  /** File and node, for messages. */
  readonly who: string;
  readonly op: string;
  readonly name: string;
  readonly attributes: Attributes;
  readonly values: readonly Value[];
  readonly #finite: (tensor: Tensor) => Tensor;

  constructor(
    node: { readonly op: string; readonly name: string; readonly attributes: Attributes },
    values: readonly Value[],
    finite: (tensor: Tensor) => Tensor,
  ) {
    this.who = node.attributes.who;
    this.op = node.op;
    this.name = node.name;
    this.attributes = node.attributes;
    this.values = values;
    this.#finite = finite;
  }

  /** A computed value. @throws Unsupported for a constant or none. */
  computed(at: number): Extract<Value, { name: string }> {
    const value = this.values[at];
    if (value === undefined) throw new Unsupported("an input is missing");
    if ("constant" in value) throw new Unsupported("its input is a constant");
    return value;
  }

  /** @throws Unsupported where the shape is not known. */
  shapeOf(at: number): Shape {
    const { shape } = this.computed(at);
    if (shape === undefined) throw new Unsupported("the shape of its input is unknown");
    return shape;
  }

  /** A constant of finite values. @throws Unsupported for a computed value. @throws FormatError for one that is not finite. */
  constant(at: number, what: string): Tensor {
    const tensor = this.constantOr(at);
    if (tensor === undefined) throw new Unsupported(`${what} computed, not constant`);
    return tensor;
  }

  constantOr(at: number): Tensor | undefined {
    const value = this.values[at];
    return value !== undefined && "constant" in value ? this.#finite(value.constant) : undefined;
  }

  /** A few whole numbers. @throws Unsupported for anything else. */
  wholes(at: number, what: string): readonly number[] {
    const tensor = this.constant(at, what);
    const size = tensor.shape.reduce((product, each) => product * each, 1);
    const values = size <= 1000 ? [...tensor.values()] : [];
    if (values.length !== size || !values.every(Number.isSafeInteger)) {
      throw new Unsupported(`${what} not a list of whole numbers`);
    }
    return values;
  }
}

/** Operations on the first input. */
export function onFirst(node: OperatorCall, ...operations: readonly Operation[]): Result {
  return { from: [node.computed(0)], operations };
}
