/** The compiled generator: the plain one's numbers, from anywhere in a stream. */
import { expect, test } from "vitest";
import { Random, streamKey } from "../../src/information/random.ts";
import { acquire, release } from "../../src/kernels/instance.ts";

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
