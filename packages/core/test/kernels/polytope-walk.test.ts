/** Walks on polytopes: the same bits compiled and plain, and the chords that they are said to take. */
import { afterEach, describe, expect, test } from "vitest";
import { Random, streamKey } from "../../src/information/random.ts";
import { type KernelPath, useKernels } from "../../src/kernels/path.ts";
import { createPolytopeWalk, drawsOf, type PolytopeWalk } from "../../src/kernels/polytope-walk.ts";
import { instancesInUse } from "../../src/kernels/wasm-instance.ts";
import { directionsOf } from "./directions.ts";

afterEach(() => {
  expect(instancesInUse()).toBe(0);
  useKernels("auto");
});

interface Shape {
  inputs: number;
  rows: number;
  particles: number;
  count: number;
  precision: number;
  /** Coordinates that a direction changes. */
  changed: number;
}

const shapes: Shape[] = [
  { inputs: 1, rows: 1, particles: 2, count: 2, precision: 0, changed: 1 },
  { inputs: 3, rows: 0, particles: 16, count: 16, precision: 25, changed: 2 },
  { inputs: 5, rows: 7, particles: 16, count: 2, precision: 0, changed: 1 },
  { inputs: 5, rows: 7, particles: 16, count: 10, precision: 25, changed: 5 },
  { inputs: 40, rows: 13, particles: 32, count: 32, precision: 25, changed: 1 },
  { inputs: 34, rows: 9, particles: 64, count: 64, precision: 0, changed: 3 },
  { inputs: 70, rows: 21, particles: 64, count: 34, precision: 25, changed: 2 },
  // More directions than eight particles walk along at a time.
  { inputs: 600, rows: 3, particles: 32, count: 18, precision: 25, changed: 1 },
  { inputs: 513, rows: 2, particles: 16, count: 16, precision: 0, changed: 1 },
];

function problem({ inputs, rows, changed }: Shape, seed: number) {
  const random = new Random(seed, inputs, rows);
  // Some weights are 0, so that some rows do not change.
  const weight = () => (random.uniform() < 0.2 ? 0 : 2 * random.uniform() - 1);
  const weights = Array.from({ length: rows }, () => Array.from({ length: inputs }, weight));
  const changes = Array.from({ length: inputs }, (_, i) =>
    Array.from({ length: changed }, (_, k) => [(i + k) % inputs, k === 0 ? 1 : random.uniform() - 0.5] as const),
  );
  return directionsOf(changes, weights);
}

/** Bounds around 0, some far and some infinite. */
function setBounds(kernel: PolytopeWalk, shape: Shape): void {
  const random = new Random(3, shape.rows);
  for (let at = 0; at < shape.rows * shape.particles; at++) {
    kernel.lower[at] = random.uniform() < 0.2 ? -Infinity : -random.uniform();
    kernel.upper[at] = random.uniform() < 0.2 ? Infinity : random.uniform();
  }
}

function sweeps(kernel: PolytopeWalk, { inputs, count, precision }: Shape): number[] {
  const length = inputs * drawsOf(count);
  for (let sweep = 0; sweep < 3; sweep++) {
    kernel.walk(0, inputs, count, 1, precision, streamKey(9), 2 * sweep * length);
    kernel.walk(inputs - 1, -1, count, 1, precision, streamKey(9), (2 * sweep + 1) * length);
  }
  return [...kernel.x, ...kernel.z];
}

function found(path: KernelPath, shape: Shape): number[] {
  useKernels(path);
  const kernel = createPolytopeWalk({ ...shape, directions: problem(shape, 1) });
  setBounds(kernel, shape);
  const all = sweeps(kernel, shape);
  kernel.free();
  return all;
}

test.each(shapes)("%o: the same bits, and particles that are not asked for stay", (shape) => {
  const compiled = found("wasm", shape);
  expect(compiled).toStrictEqual(found("typescript", shape));
  const { particles, count } = shape;
  expect(compiled.every((value, at) => at % particles < count || value === 0)).toBe(true);
  // With a precision many steps are refused.
  const moved = compiled.slice(0, shape.inputs * particles).filter((x) => x !== 0);
  expect(moved.length).toBeGreaterThan(0.8 * shape.inputs * count);
});

describe.each(["wasm", "typescript"] as const)("%s", (path) => {
  test("a kernel takes other directions, shorter and longer, as one made for them", () => {
    useKernels(path);
    const [small, large] = [shapes[3]!, { ...shapes[6]!, particles: 16, count: 10 }];
    const fresh = createPolytopeWalk({ ...small, directions: problem(small, 2) });
    setBounds(fresh, small);
    const wanted = sweeps(fresh, small);
    fresh.free();

    const { inputs, rows } = large;
    const none = {
      start: new Int32Array(1),
      middle: new Int32Array(),
      index: new Int32Array(),
      value: new Float64Array(),
    };
    const kernel = createPolytopeWalk({ inputs, rows, particles: 16, directions: none });
    setBounds(kernel, small);
    for (const directions of [problem(large, 1), problem(small, 2)]) kernel.setDirections(directions);
    sweeps(kernel, small);
    const x = [...kernel.x.subarray(0, small.inputs * 16)];
    expect([...x, ...kernel.z.subarray(0, small.rows * 16)]).toStrictEqual(wanted);
    expect(kernel.z.subarray(small.rows * 16).every((z) => z === 0)).toBe(true);
    kernel.free();
  });

  test("directions that need more memory leave the particles as they are", () => {
    useKernels(path);
    const shape = shapes[3]!;
    const kernel = createPolytopeWalk({ ...shape, directions: problem(shape, 1) });
    kernel.x.fill(0.25);
    const one = problem(shape, 1);
    const many = 20_000;
    const start = Int32Array.from({ length: many + 1 }, (_, d) => d);
    const middle = Int32Array.from({ length: many }, (_, d) => d + 1);
    const index = Int32Array.from({ length: many }, (_, d) => d % 5);
    kernel.setDirections({ start, middle, index, value: new Float64Array(many).fill(1) });
    expect([...kernel.x]).toStrictEqual(new Array(5 * 16).fill(0.25));
    kernel.walk(many - 1, many, 16, 0.25, 0, streamKey(1), 0);
    // At the border of the cube, all can only go back.
    expect(kernel.x.subarray(4 * 16).every((x) => x < 0.25 && x > -0.25)).toBe(true);
    expect(kernel.x.subarray(0, 4 * 16).every((x) => x === 0.25)).toBe(true);
    kernel.setDirections(one);
    kernel.free();
  });
});

describe.each(["wasm", "typescript"] as const)("%s", (path) => {
  test("from outside a bound, the chord begins where the particle stands", () => {
    useKernels(path);
    // Rows with either sign, so that all four ends of a chord are met.
    const directions = directionsOf([[[0, 1]]], [[1], [-1]]);
    for (const [row, x, lower, upper] of [
      [0, 0.5, -0.5, 0.4],
      [0, -0.5, -0.4, 0.5],
      [1, 0.5, -0.4, 0.5],
      [1, -0.5, -0.5, 0.4],
    ] as const) {
      const kernel = createPolytopeWalk({ inputs: 1, rows: 2, particles: 16, directions });
      kernel.x.fill(x);
      kernel.z.fill(x, 0, 16).fill(-x, 16);
      kernel.lower.fill(-Infinity).fill(lower, 16 * row, 16 * (row + 1));
      kernel.upper.fill(Infinity).fill(upper, 16 * row, 16 * (row + 1));
      kernel.walk(0, 1, 16, 0.75, 0, streamKey(1), 0);
      const uniform = new Float64Array(16);
      new Random(streamKey(1), 0).fill(uniform, 0, 1);
      // From 0.5 down to −0.5, or up.
      kernel.x.forEach((moved, p) => {
        expect(moved).toBeCloseTo(x > 0 ? x - 1 + uniform[p]! : x + uniform[p]!, 12);
      });
      kernel.free();
    }
  });
});
