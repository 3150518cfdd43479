/** What following units back has come to: the units it begins at, and one layer or a program that leads from them. */
import type { LayerActivation } from "./activation.ts";
import type { DenseLayer } from "./dense-chain.ts";
import { type Graph, type GraphNode, nodeOrder } from "./graph.ts";
import type { Lists, Program, Step } from "./program.ts";
import { type Atom, Blocked, isSingle, type SourceUnit, type Sum, type TraceSums } from "./trace-sums.ts";

/** The outputs as sums, and where their values stand among the inputs. */
interface Reached {
  readonly outputs: readonly Sum[];
  readonly inputs: number;
  /** For each value its position among the inputs, −1 for atoms. */
  readonly positions: Int32Array;
}

/** The source units among the values, in their order, and each value's position among them (−1 for atoms). */
export function inputsOf(
  found: TraceSums,
  sources: readonly string[],
): { readonly inputs: readonly SourceUnit[]; readonly positions: Int32Array } {
  const order = new Map(sources.map((name, at) => [name, at]));
  const units = found.values
    .map((value, id) => ({ value, id }))
    .filter((entry): entry is { value: SourceUnit; id: number } => "tensor" in entry.value)
    .sort((a, b) => order.get(a.value.tensor)! - order.get(b.value.tensor)! || a.value.index - b.value.index);
  const positions = new Int32Array(found.values.length).fill(-1);
  for (const [at, { id }] of units.entries()) positions[id] = at;
  return { inputs: units.map(({ value }) => value), positions };
}

/** One layer's sums with its activation, where the outputs are no more than that. */
export function denseOf(
  found: TraceSums,
  { outputs, inputs, positions }: Reached,
): Omit<DenseLayer, "name"> | undefined {
  const { sums, activation } = underOneActivation(found, outputs) ?? {};
  if (sums === undefined || activation === undefined || inputs === 0) return undefined;
  for (const sum of sums) for (let t = 0; t < sum.ids.length; t++) if (positions[sum.ids[t]!]! < 0) return undefined;
  if (inputs * sums.length > found.most) {
    throw new Blocked(`its weights, ${inputs} × ${sums.length}, are too many`);
  }
  found.spend(2 * inputs * sums.length);
  const weights = new Float64Array(inputs * sums.length);
  for (const [j, sum] of sums.entries()) {
    for (let t = 0; t < sum.ids.length; t++) weights[j * inputs + positions[sum.ids[t]!]!] = sum.coefficients[t]!;
  }
  const bias = sums.some(({ shift }) => shift !== 0) ? Float64Array.from(sums, ({ shift }) => shift) : undefined;
  return { inputs, outputs: sums.length, weights, bias, activation };
}

/** What an activation that all outputs share is applied to. */
function underOneActivation(
  found: TraceSums,
  outputs: readonly Sum[],
): { sums: readonly Sum[]; activation: LayerActivation } | undefined {
  const atoms = outputs.map((sum) => {
    const value = isSingle(sum) ? found.values[sum.ids[0]!]! : undefined;
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
    (value) => value?.atom.node.operation.kind === "activation" && value.atom.node.operation.activation === activation,
  );
  return shared ? { sums: atoms.map((value) => value!.atom.of[0]!), activation } : undefined;
}

/** The outputs as a program of the inputs. */
export function programOf(found: TraceSums, graph: Graph, { outputs, inputs, positions }: Reached): Program {
  const where = Int32Array.from(positions);
  const steps: Step[] = [];
  let end = inputs;
  /** Positions of these sums, those that are no values yet by a step that makes them. */
  const placed = (sums: readonly Sum[]): Int32Array => {
    const rows = sums.filter((sum) => !isSingle(sum));
    let next = end;
    const at = Int32Array.from(sums, (sum) => (isSingle(sum) ? where[sum.ids[0]!]! : next++));
    if (rows.length > 0) {
      const { starts, positions } = lists(rows.map(({ ids }) => ids));
      const coefficients = new Float64Array(positions.length);
      for (const [row, sum] of rows.entries()) coefficients.set(sum.coefficients, starts[row]);
      const terms = { starts, positions: positions.map((id) => where[id]!) };
      steps.push({ kind: "affine", terms, coefficients, shift: Float64Array.from(rows, ({ shift }) => shift) });
      end = next;
    }
    return at;
  };
  for (const [node, atoms] of atomsByNode(found, graph)) {
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
function atomsByNode(
  { values }: TraceSums,
  graph: Graph,
): Map<GraphNode, { readonly atom: Atom; readonly first: number }[]> {
  const found = new Map<GraphNode, { readonly atom: Atom; readonly first: number }[]>();
  for (const [id, value] of values.entries()) {
    if (!("atom" in value) || value.member > 0) continue;
    const list = found.get(value.atom.node) ?? [];
    list.push({ atom: value.atom, first: id });
    found.set(value.atom.node, list);
  }
  const order = nodeOrder(graph);
  return new Map([...found].sort(([a], [b]) => order.get(a)! - order.get(b)!));
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
