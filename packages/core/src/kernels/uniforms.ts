/** A stretch of a stream of random numbers, compiled where it can be: the same bits as `Random.fill` gives. */
import { Random, type StreamKey } from "../information/random.ts";
import { kernelPath } from "./path.ts";
import { acquire, release } from "./wasm-instance.ts";

/** Draws made at a time; the kernel makes sixteen at once. */
const SLAB = 4096;
const TWO_32 = 2 ** 32;

/**
 * Fills `out` with the draws of a stream from draw `position` on, each uniform on (0, 1).
 *
 * @param position a multiple of 4, below 2^53.
 */
export function fillUniforms(key: StreamKey, position: number, out: Float64Array): void {
  if (kernelPath() === "typescript") {
    new Random(key, position).fill(out, 0, 1);
    return;
  }
  const [k0, k1, c2, c3] = key as Uint32Array & [number, number, number, number];
  const instance = acquire();
  try {
    const at = instance.alloc(8 * Math.min(SLAB, 16 * Math.ceil(out.length / 16)));
    for (let done = 0; done < out.length; ) {
      const counter = (position + done) / 4;
      const low = counter % TWO_32;
      // The kernel counts with the low word alone.
      const count = Math.min(SLAB, out.length - done, 4 * (TWO_32 - low));
      instance.exports.uniforms(at, count, k0, k1, c2, c3, low, Math.floor(counter / TWO_32), 0, 1);
      out.set(instance.f64(at, count), done);
      done += count;
    }
  } finally {
    release(instance);
  }
}
