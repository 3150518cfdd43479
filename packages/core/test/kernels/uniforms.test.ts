/** The compiled generator: the plain one's numbers, from anywhere in a stream. */
import { afterEach, expect, test } from "vitest";
import { Random, streamKey } from "../../src/information/random.ts";
import { useKernels } from "../../src/kernels/path.ts";
import { fillUniforms } from "../../src/kernels/uniforms.ts";
import { acquire, release } from "../../src/kernels/wasm-instance.ts";

afterEach(() => useKernels("auto"));

test.each([
  [0, 4096, 0, 1],
  [0, 1, -1, 2],
  [400, 100, 0.25, 1e-3],
  [2 ** 34 - 64, 64, 0, 1],
  [2 ** 34 + 4096, 37, -10, 20],
])("from draw %s, %s numbers", (position, count, low, width) => {
  const key = streamKey(3, 0, 2 ** 40);
  const plain = new Float64Array(count);
  new Random(key, position).fill(plain, low, low + width);
  const instance = acquire();
  const at = instance.alloc(8 * (count + 16));
  const counter = position / 4;
  const [k0, k1, c2, c3] = key as unknown as [number, number, number, number];
  instance.exports.uniforms(
    at,
    count,
    k0,
    k1,
    c2,
    c3,
    counter % 2 ** 32,
    Math.floor(counter / 2 ** 32),
    low,
    low + width - low,
  );
  expect(instance.f64(at, count)).toEqual(plain);
  release(instance);
});

// The last begins below, and ends above, the counter whose low word is 0 again.
test.each([
  [0, 1],
  [8, 16],
  [400, 9001],
  [2 ** 34 - 4100, 5000],
])("the same draws compiled and plain: from draw %s, %s numbers", (position, count) => {
  const key = streamKey(3, 7, 1);
  const random = new Random(key, position);
  const wanted = Float64Array.from({ length: count }, () => random.uniform());
  for (const path of ["wasm", "typescript"] as const) {
    useKernels(path);
    const found = new Float64Array(count);
    fillUniforms(key, position, found);
    expect(found).toEqual(wanted);
  }
});
