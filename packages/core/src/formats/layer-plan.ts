/** Layers in a row, told by tensors' names or by a sidecar, become a graph with the weights of a safetensors file. */

import { checkFile } from "../checks/check.ts";
import { FormatError } from "../checks/error-classes.ts";
import type { Range } from "../information/bins.ts";
import type { LayerActivation } from "../model/activation.ts";
import type { Constant, Graph, Operation, Shape, SlidingWindow } from "../model/graph.ts";
import { GraphBuilder } from "../model/graph-builder.ts";
import { elements, type Tensor } from "../model/tensor.ts";
import { requireFinite } from "./finite.ts";
import type { TensorFile } from "./safetensors.ts";

/** One number for all spatial axes, or one for each. */
export type Sizes = number | readonly number[];

export interface NormPlan {
  readonly kind: "norm";
  /** Its tensors are `NAME.running_mean`, `NAME.running_var` and, where it has them, `NAME.weight` and `NAME.bias`. */
  readonly name: string;
  /** Added to the variance. */
  readonly epsilon: number;
}

export type PoolPlan =
  | { readonly kind: "max" | "average"; readonly size: Sizes; readonly stride?: Sizes; readonly padding: Sizes }
  | { readonly kind: "global-max" | "global-average" };

export interface LayerPlan {
  readonly kind: "layer";
  readonly name: string;
  /** Names of tensors. */
  readonly weight: string;
  readonly bias?: string;
  /** Dense weights are [inputs, outputs]. */
  readonly transposed: boolean;
  readonly stride: Sizes;
  readonly padding: Sizes;
  readonly dilation: Sizes;
  readonly groups: number;
  readonly norm?: NormPlan;
  readonly activation: LayerActivation;
  readonly pool?: PoolPlan;
}

/** What stands between the layers and cannot be read. */
export interface UnknownPlan {
  readonly kind: "unknown";
  readonly name: string;
  readonly reason: string;
}

export type Plan = LayerPlan | NormPlan | UnknownPlan;

export interface PlanInput {
  /** Without the batch; needed where the first layer is a convolution. */
  readonly shape?: Shape;
  readonly range?: Range;
}

/**
 * The graph of layers one after the other. What has more than one axis is flattened before a dense layer.
 *
 * @param remedy What to do where layers do not follow each other.
 * @throws FormatError for tensors that are missing, of a type that is not decoded, not finite, or of shapes that do not fit.
 */
export function graphFromPlans(
  { tensors }: TensorFile,
  plans: readonly Plan[],
  { shape, range }: PlanInput,
  who: string,
  rest: { readonly notes: readonly string[]; readonly remedy?: string },
): Graph {
  const row = new PlanRow(tensors, plans, who, rest.remedy);
  row.begin(shape);
  for (const [at, plan] of plans.entries()) {
    if (plan.kind === "layer") row.layer(plan);
    else if (plan.kind === "norm") row.norm(plan);
    else row.unknown(plan, plans[at + 1]);
  }
  const unused = [...tensors.keys()].filter((name) => !row.used.has(name) && !/\bnum_batches_tracked$/.test(name));
  const notes = unused.length === 0 ? rest.notes : [...rest.notes, `Tensors not used: ${someOf(unused)}.`];
  return row.builder.build({ format: "safetensors", outputs: [row.last], notes, inputRange: range });
}

class PlanRow {
  readonly builder: GraphBuilder;
  readonly used = new Set<string>();
  last = "input";
  readonly #tensors: ReadonlyMap<string, Tensor>;
  readonly #plans: readonly Plan[];
  readonly #names: Set<string>;
  readonly #remedy: string | undefined;

  constructor(tensors: ReadonlyMap<string, Tensor>, plans: readonly Plan[], who: string, remedy: string | undefined) {
    this.builder = new GraphBuilder(who);
    this.#tensors = tensors;
    this.#plans = plans;
    this.#remedy = remedy;
    this.#names = new Set(plans.map(({ name }) => name));
  }

  begin(shape: Shape | undefined): void {
    this.last = this.#unused("input");
    if (shape !== undefined) {
      this.builder.input(this.last, [1, ...shape]);
      return;
    }
    const first = this.#plans[0];
    if (first?.kind !== "layer") {
      const width = first?.kind === "norm" ? this.#tensors.get(`${first.name}.running_mean`)?.shape[0] : undefined;
      this.builder.input(this.last, [1, width]);
      return;
    }
    const weights = this.#weights(first);
    checkFile(weights.shape.length <= 2, () => ({
      who: `${this.builder.who}: ${weights.name}`,
      expected: "the shape of the network's input, which its first layer, a convolution, needs",
      got: "none",
      remedy: 'Give it in a sidecar: { "input": { "shape": [channels, height, width] }, "layers": […] }.',
    }));
    this.builder.input(this.last, [1, weights.shape[first.transposed ? 0 : 1]]);
  }

  layer(plan: LayerPlan): void {
    const weights = this.#weights(plan);
    const bias = plan.bias === undefined ? undefined : this.#tensor(plan.bias, plan.name);
    const operation =
      weights.shape.length === 2 ? this.#dense(plan, weights, bias) : this.#convolution(plan, weights, bias);
    this.#add(plan.name, operation);
    if (plan.norm !== undefined) this.norm(plan.norm);
    this.#activation(plan);
    if (plan.pool !== undefined) this.#pool(plan.pool, plan.name);
  }

  /** γ (x − mean) / √(variance + ε) + β as scale and shift, in double precision. */
  norm({ name, epsilon }: NormPlan): void {
    const mean = this.#tensor(`${name}.running_mean`, name);
    const variance = this.#tensor(`${name}.running_var`, name);
    const gamma = this.#tensors.has(`${name}.weight`) ? this.#tensor(`${name}.weight`, name) : undefined;
    const beta = this.#tensors.has(`${name}.bias`) ? this.#tensor(`${name}.bias`, name) : undefined;
    const channels = elements(mean.shape);
    const shape = this.builder.shapeOf(this.last);
    const width = shape?.[1] ?? channels;
    const who = `${this.builder.who}: ${name}`;
    for (const each of [mean, variance, gamma, beta]) {
      checkFile(each === undefined || (each.shape.length === 1 && each.shape[0] === width), () => ({
        who: `${this.builder.who}: ${each!.name}`,
        expected: `${width} values, one per channel of its input`,
        got: `[${each!.shape.join(", ")}]`,
        remedy: this.#remedy,
      }));
    }
    const [means, variances, gammas, betas] = [mean, variance, gamma, beta].map((each) => each?.values());
    const least = variances!.findIndex((value) => !(value + epsilon > 0));
    checkFile(least < 0, () => ({ who, expected: "variances above −ε", got: `${variances![least]} at [${least}]` }));
    const scale = Float64Array.from(variances!, (value, c) => (gammas?.[c] ?? 1) / Math.sqrt(value + epsilon));
    const shift = Float64Array.from(means!, (value, c) => (betas?.[c] ?? 0) - value * scale[c]!);
    const over = [channels, ...new Array(Math.max(0, (shape?.length ?? 2) - 2)).fill(1)];
    const constant = (values: Float64Array): Constant => ({ shape: over, values });
    const parameters = channels * (2 + (gamma === undefined ? 0 : 1) + (beta === undefined ? 0 : 1));
    this.#add(name, { kind: "affine", scale: constant(scale), shift: constant(shift), parameters });
  }

  /** Its shape is what the next layer takes, where that says it. */
  unknown({ name, reason }: UnknownPlan, next: Plan | undefined): void {
    const following = next?.kind === "layer" ? this.#weights(next) : undefined;
    const shape =
      following?.shape.length === 2 && next?.kind === "layer"
        ? [1, following.shape[next.transposed ? 0 : 1]!]
        : undefined;
    for (const each of this.#tensors.keys()) if (each.startsWith(`${name}.`)) this.used.add(each);
    this.#add(name, { kind: "unknown", operator: name, reason, ...(shape && { shape }) });
  }

  #dense(plan: LayerPlan, weights: Tensor, bias: Tensor | undefined): Operation {
    const shape = this.builder.shapeOf(this.last);
    const [rows, columns] = weights.shape as readonly [number, number];
    const [inputs, otherwise] = plan.transposed ? [rows, columns] : [columns, rows];
    if (shape !== undefined) {
      const width = elements(shape);
      if (width !== inputs) {
        const turned =
          width === otherwise ? ` With the layout ${plan.transposed ? "out,in" : "in,out"}, it would.` : "";
        throw new FormatError({
          who: `${this.builder.who}: ${weights.name}`,
          expected: `${width} inputs, as many values as ${this.last} has`,
          got: `${inputs} of [${weights.shape.join(", ")}]`,
          remedy: `${plan.name} does not fit there.${turned}${this.#remedy === undefined ? "" : ` ${this.#remedy}`}`,
        });
      }
      if (shape.length > 2) this.#add(`${plan.name} flatten`, { kind: "reshape", shape: [1, width] });
    }
    return { kind: "dense", weights, transposed: plan.transposed, ...(bias && { bias }) };
  }

  #convolution(plan: LayerPlan, weights: Tensor, bias: Tensor | undefined): Operation {
    const axes = weights.shape.length - 2;
    const { groups } = plan;
    return { kind: "convolution", weights, groups, ...(bias && { bias }), ...windowOf(plan, axes, plan.name) };
  }

  #activation({ name, activation }: LayerPlan): void {
    if (activation === "identity") return;
    const operation: Operation =
      activation === "softmax" ? { kind: "softmax", axis: 1 } : { kind: "activation", activation };
    this.#add(`${name} activation`, operation);
  }

  #pool(plan: PoolPlan, layer: string): void {
    const name = `${layer} pool`;
    if (!("size" in plan)) {
      this.#add(name, { kind: `${plan.kind}-pool`, channelsLast: false, keep: false });
      return;
    }
    const axes = Math.max(0, (this.builder.shapeOf(this.last)?.length ?? 2) - 2);
    const kernel = perAxis(plan.size, axes, name);
    const { stride = plan.size, padding } = plan;
    const window = windowOf({ stride, padding, dilation: 1 }, axes, name);
    if (plan.kind === "max") this.#add(name, { kind: "max-pool", kernel, ceil: false, ...window });
    // As PyTorch does unless told otherwise.
    else this.#add(name, { kind: "average-pool", kernel, ceil: false, countPadding: true, ...window });
  }

  #add(wanted: string, operation: Operation): void {
    const name = this.#plans.some((plan) => plan.name === wanted) ? wanted : this.#unused(wanted);
    this.builder.node({ name, operation, inputs: [this.last], output: name });
    this.last = name;
  }

  #weights({ weight, name }: LayerPlan): Tensor {
    const weights = this.#tensor(weight, name);
    checkFile(weights.shape.length >= 2 && weights.shape.length <= 5, () => ({
      who: `${this.builder.who}: ${weight}`,
      expected: "weights of 2 axes (a dense layer) to 5 (a convolution)",
      got: `[${weights.shape.join(", ")}]`,
    }));
    return weights;
  }

  #tensor(name: string, layer: string): Tensor {
    const found = this.#tensors.get(name);
    const who = `${this.builder.who}: ${name}`;
    checkFile(found !== undefined, () => ({ who, expected: `a tensor of that name, for ${layer}`, got: "none" }));
    checkFile(elements(found.shape) !== 0, () => ({
      who,
      expected: "at least one value",
      got: `none in [${found.shape.join(", ")}]`,
    }));
    if (!this.used.has(name)) requireFinite(found, who);
    this.used.add(name);
    return found;
  }

  #unused(name: string): string {
    if (this.#names.has(name)) return this.#unused(`${name} `);
    this.#names.add(name);
    return name;
  }
}

function windowOf(
  { stride, padding, dilation }: { readonly stride: Sizes; readonly padding: Sizes; readonly dilation: Sizes },
  axes: number,
  who: string,
): SlidingWindow {
  const around = perAxis(padding, axes, `${who}: padding`);
  return {
    strides: perAxis(stride, axes, `${who}: stride`),
    dilations: perAxis(dilation, axes, `${who}: dilation`),
    before: around,
    after: around,
    channelsLast: false,
  };
}

function perAxis(sizes: Sizes, axes: number, who: string): readonly number[] {
  if (typeof sizes === "number") return new Array<number>(axes).fill(sizes);
  checkFile(sizes.length === axes, () => ({
    who,
    expected: `one number, or one for each of ${axes} axes`,
    got: `${sizes.length}`,
  }));
  return sizes;
}

/** A list that stays readable however long it is. */
export function someOf(names: readonly string[]): string {
  const shown = names.slice(0, 10).join(", ");
  return names.length > 10 ? `${shown} and ${names.length - 10} more` : shown;
}
