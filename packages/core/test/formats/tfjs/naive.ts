/** Runs a graph in the plainest way, to be compared with what TensorFlow.js computes from the same file. Shares no code with the product but φ. */
import { activationOf } from "../../../src/model/activation.ts";
import type { Constant, Graph, Operation, Shape } from "../../../src/model/graph.ts";

export interface Values {
  readonly shape: Shape;
  readonly data: Float64Array;
}

const size = (shape: Shape) => shape.reduce((product, each) => product * each, 1);

/** Every place of a shape, row-major. */
function* places(shape: Shape): Generator<number[]> {
  const place = shape.map(() => 0);
  for (let left = size(shape); left > 0; left--) {
    yield [...place];
    for (let axis = shape.length - 1; axis >= 0 && ++place[axis]! === shape[axis]; axis--) place[axis] = 0;
  }
}

/** The value at a place, 0 outside, places counted from the last axis for values with fewer axes. */
function at({ shape, data }: { readonly shape: Shape; readonly data: ArrayLike<number> }, place: readonly number[]) {
  let index = 0;
  for (const [axis, length] of shape.entries()) {
    const here = length === 1 ? 0 : place[place.length - shape.length + axis]!;
    if (here < 0 || here >= length) return 0;
    index = index * length + here;
  }
  return data[index]!;
}

function made(shape: Shape, value: (place: readonly number[]) => number): Values {
  const data = new Float64Array(size(shape));
  let index = 0;
  for (const place of places(shape)) data[index++] = value(place);
  return { shape, data };
}

export function run(graph: Graph, inputs: Readonly<Record<string, Values>>): Values[] {
  const known = new Map(Object.entries(inputs));
  for (const { operation, inputs: names, output } of graph.nodes) {
    const shape = graph.shapes.get(output)!;
    known.set(
      output,
      apply(
        operation,
        names.map((name) => known.get(name)!),
        shape,
      ),
    );
  }
  return graph.outputs.map((name) => known.get(name)!);
}

function apply(operation: Operation, inputs: readonly Values[], shape: Shape): Values {
  const x = inputs[0]!;
  const constant = (each: Constant | undefined, none: number) =>
    each === undefined ? { shape: [], data: [none] } : { shape: each.shape, data: each.values };
  switch (operation.kind) {
    case "dense": {
      const w = operation.weights.values();
      const [rows, columns] = operation.weights.shape;
      const n = x.shape.at(-1)!;
      const bias = operation.bias?.values();
      return made(shape, (place) => {
        const j = place.at(-1)!;
        let sum = bias?.[j] ?? 0;
        for (let i = 0; i < n; i++) {
          const weight = operation.transposed ? w[i * columns! + j]! : w[j * (w.length / rows!) + i]!;
          sum += weight * at(x, [...place.slice(0, -1), i]);
        }
        return sum;
      });
    }
    case "convolution": {
      const [outputs, within, ...kernel] = operation.weights.shape;
      const w = operation.weights.values();
      const bias = operation.bias?.values();
      const { channelsLast } = operation;
      return made(shape, (place) => {
        const o = channelsLast ? place.at(-1)! : place[1]!;
        const out = channelsLast ? place.slice(1, -1) : place.slice(2);
        const first = Math.floor(o / (outputs! / operation.groups)) * within!;
        let sum = bias?.[o] ?? 0;
        for (let i = 0; i < within!; i++) {
          let index = (o * within! + i) * size(kernel);
          for (const tap of places(kernel)) {
            const from = inside(operation, out, tap);
            const whole = channelsLast ? [place[0]!, ...from, first + i] : [place[0]!, first + i, ...from];
            sum += w[index++]! * valueOr(x, whole, 0);
          }
        }
        return sum;
      });
    }
    case "max-pool":
    case "average-pool": {
      const { channelsLast } = operation;
      return made(shape, (place) => {
        const out = channelsLast ? place.slice(1, -1) : place.slice(2);
        const seen: number[] = [];
        for (const tap of places(operation.kernel)) {
          const from = inside(operation, out, tap);
          const whole = channelsLast ? [place[0]!, ...from, place.at(-1)!] : [place[0]!, place[1]!, ...from];
          const value = valueOr(x, whole, Number.NaN);
          if (!Number.isNaN(value)) seen.push(value);
        }
        return operation.kind === "max-pool" ? Math.max(...seen) : seen.reduce((a, b) => a + b) / seen.length;
      });
    }
    case "global-average-pool":
    case "global-max-pool": {
      const { channelsLast } = operation;
      const spatial = channelsLast ? x.shape.slice(1, -1) : x.shape.slice(2);
      return made(shape, (place) => {
        const channel = operation.keep && !channelsLast ? place[1]! : operation.keep ? place.at(-1)! : place[1]!;
        const seen = [...places(spatial)].map((each) => {
          const whole = channelsLast ? [place[0]!, ...each, channel] : [place[0]!, channel, ...each];
          return at(x, whole);
        });
        return operation.kind === "global-max-pool" ? Math.max(...seen) : seen.reduce((a, b) => a + b) / seen.length;
      });
    }
    case "affine": {
      const scale = constant(operation.scale, 1);
      const shift = constant(operation.shift, 0);
      return made(shape, (place) => at(scale, place) * at(x, place) + at(shift, place));
    }
    case "activation": {
      const { value } = activationOf(operation.activation);
      return { shape, data: x.data.map(value) };
    }
    case "softmax": {
      const n = x.shape[operation.axis]!;
      return made(shape, (place) => {
        const along = Array.from({ length: n }, (_, k) => Math.exp(at(x, place.with(operation.axis, k))));
        return along[place[operation.axis]!]! / along.reduce((a, b) => a + b);
      });
    }
    case "reshape":
      return { shape, data: x.data };
    case "transpose":
      return made(shape, (place) => {
        const from = place.map(() => 0);
        for (const [axis, source] of operation.permutation.entries()) from[source] = place[axis]!;
        return at(x, from);
      });
    case "sum":
      return made(shape, (place) =>
        inputs.reduce((sum, each, k) => sum + operation.coefficients[k]! * at(each, place), 0),
      );
    case "product":
      return made(shape, (place) => at(x, place) * at(inputs[1]!, place));
    case "concatenate":
      return made(shape, (place) => {
        let from = place[operation.axis]!;
        const source = inputs.find((each) => {
          if (from < each.shape[operation.axis]!) return true;
          from -= each.shape[operation.axis]!;
          return false;
        })!;
        return at(source, place.with(operation.axis, from));
      });
    case "pad":
      return made(shape, (place) =>
        valueOr(
          x,
          place.map((here, axis) => here - operation.before[axis]!),
          0,
        ),
      );
    default:
      throw new Error(`the naive evaluator does not run ${operation.kind}`);
  }
}

/** Where a tap of a window lies, which may be outside. */
function inside(
  { strides, dilations, before }: { strides: Shape; dilations: Shape; before: Shape },
  out: readonly number[],
  tap: readonly number[],
) {
  return out.map((here, axis) => here * strides[axis]! + tap[axis]! * dilations[axis]! - before[axis]!);
}

function valueOr({ shape, data }: Values, place: readonly number[], outside: number): number {
  let index = 0;
  for (const [axis, length] of shape.entries()) {
    const here = place[axis]!;
    if (here < 0 || here >= length) return outside;
    index = index * length + here;
  }
  return data[index]!;
}
