/** One node of an ONNX graph, as the readers of operators see it. */

import { AttributeProto_AttributeType as AttributeType, type NodeProto } from "onnx-buf";
import { checkFile } from "../../checks/check.ts";
import { type Constant, type Operation, oncePer, type Shape } from "../../model/graph.ts";
import { elements } from "../../model/tensor.ts";
import { requireFinite } from "../finite.ts";
import type { Stored } from "./stored.ts";

/** What is known of the graph where the node stands. */
export interface Surroundings {
  readonly opset: number;
  readonly constants: ReadonlyMap<string, Stored>;
  readonly shapeOf: (tensor: string) => Shape | undefined;
}

/** What a node becomes. */
export type Reading =
  /** One operation on these inputs (default: those that are no constants). */
  | { readonly operation: Operation; readonly inputs?: readonly string[] }
  /** Several, each on the one before. */
  | { readonly chain: readonly Operation[] }
  /** The same values as the input. */
  | { readonly same: string }
  /** One operation for each output. */
  | { readonly each: readonly Operation[] }
  | { readonly unknown: string };

/** Whole numbers about axes and parts are few. */
const MOST_IN_LIST = 4096;

export class Call {
  readonly node: NodeProto;
  readonly who: string;
  readonly opset: number;
  readonly #around: Surroundings;

  constructor(node: NodeProto, name: string, file: string, around: Surroundings) {
    this.node = node;
    this.who = `${file}: ${name}`;
    this.opset = around.opset;
    this.#around = around;
  }

  /** The tensor at this place; undefined where it is left out. */
  input(at: number): string | undefined {
    const name = this.node.input[at];
    return name === "" ? undefined : name;
  }

  /** Those inputs that are no constants. */
  get variables(): readonly string[] {
    return this.node.input.filter((name) => name !== "" && !this.#around.constants.has(name));
  }

  constant(at: number): Stored | undefined {
    const name = this.input(at);
    return name === undefined ? undefined : this.#around.constants.get(name);
  }

  /** A weight: finite numbers of the shape's size. */
  weight(at: number): Stored | undefined {
    const stored = this.constant(at);
    if (stored !== undefined) requireFinite(stored, `${this.who}: ${stored.name}`);
    return stored;
  }

  shape(at: number): Shape | undefined {
    const name = this.input(at);
    return name === undefined ? undefined : (this.#around.constants.get(name)?.shape ?? this.#around.shapeOf(name));
  }

  #attribute(name: string, type: AttributeType) {
    const found = this.node.attribute.find((attribute) => attribute.name === name);
    checkFile(found === undefined || found.type === type || found.type === AttributeType.UNDEFINED, () => ({
      who: this.who,
      expected: `the attribute ${name} of the type ${AttributeType[type]}`,
      got: AttributeType[found!.type] ?? `${found!.type}`,
    }));
    return found;
  }

  has(name: string): boolean {
    return this.node.attribute.some((attribute) => attribute.name === name);
  }

  int(name: string, otherwise: number): number {
    const found = this.#attribute(name, AttributeType.INT);
    return found === undefined ? otherwise : whole(found.i, this.who, name);
  }

  ints(name: string): number[] | undefined {
    return this.#attribute(name, AttributeType.INTS)?.ints.map((each) => whole(each, this.who, name));
  }

  float(name: string, otherwise: number): number {
    const found = this.#attribute(name, AttributeType.FLOAT);
    return found === undefined ? otherwise : shortest(found.f);
  }

  text(name: string, otherwise: string): string {
    const found = this.#attribute(name, AttributeType.STRING);
    return found === undefined ? otherwise : new TextDecoder().decode(found.s);
  }

  /** Whole numbers that old versions have as an attribute, and later ones as an input; undefined where there are none. */
  list(name: string, at: number): number[] | undefined {
    const attribute = this.ints(name);
    if (attribute !== undefined) return attribute;
    const stored = this.constant(at);
    if (stored === undefined) return undefined;
    checkFile(elements(stored.shape) <= MOST_IN_LIST, () => ({
      who: this.who,
      expected: `at most ${MOST_IN_LIST} whole numbers for ${name}`,
      got: `${elements(stored.shape)}`,
    }));
    return Array.from(stored.values());
  }

  /** One number, likewise. */
  scalar(name: string, at: number): number | undefined {
    if (this.has(name)) return this.float(name, 0);
    const stored = this.constant(at);
    const values = stored?.values();
    return values?.length === 1 ? values[0] : undefined;
  }

  /** The axis as counted from 0. */
  axis(value: number, rank: number): number {
    const axis = value < 0 ? value + rank : value;
    checkFile(Number.isInteger(axis) && axis >= 0 && axis < Math.max(1, rank), () => ({
      who: this.who,
      expected: `an axis of ${rank}`,
      got: `${value}`,
    }));
    return axis;
  }
}

function whole(value: bigint, who: string, name: string): number {
  const number = Number(value);
  checkFile(Number.isSafeInteger(number), () => ({
    who,
    expected: `a whole number for ${name} that is not too large`,
    got: `${value}`,
  }));
  return number;
}

export function constantFrom(stored: Stored, who: string): Constant {
  requireFinite(stored, `${who}: ${stored.name}`);
  return { shape: stored.shape, values: decoded(stored) };
}

/** Held once, however many nodes take them. */
const decoded = oncePer((stored: Stored) => stored.values());

/** The shortest decimal that is the same float32: 0.1, and not 0.10000000149011612. */
function shortest(value: number): number {
  for (let digits = 6; digits <= 9; digits++) {
    const decimal = Number(value.toPrecision(digits));
    if (Math.fround(decimal) === Math.fround(value)) return decimal;
  }
  return value;
}
