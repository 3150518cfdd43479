/** The fast Fourier transform of complex arrays, re and im in turn. */
import { cos, sin } from "../../information/elementary.ts";

/** e^{−2πik/size} for k < size/2, re and im in turn. */
const rotations = new Map<number, Float64Array>();

function rotationsOf(size: number): Float64Array {
  let found = rotations.get(size);
  if (found === undefined) {
    found = new Float64Array(size);
    for (let k = 0; k < size / 2; k++) {
      const angle = (2 * Math.PI * k) / size;
      found[2 * k] = cos(angle);
      found[2 * k + 1] = -sin(angle);
    }
    rotations.set(size, found);
  }
  return found;
}

/** In place: data_k becomes Σ_n data_n e^{−2πikn/size}, for a size that is a power of two. */
export function transform(data: Float64Array): void {
  const size = data.length / 2;
  for (let k = 1, mirror = 0; k < size; k++) {
    // Adds 1 to the mirrored bits.
    let bit = size >> 1;
    for (; (mirror & bit) !== 0; bit >>= 1) mirror ^= bit;
    mirror |= bit;
    if (k < mirror) {
      swap(data, 2 * k, 2 * mirror);
      swap(data, 2 * k + 1, 2 * mirror + 1);
    }
  }
  const rotation = rotationsOf(size);
  for (let half = 1; half < size; half *= 2) {
    const step = size / half;
    for (let start = 0; start < 2 * size; start += 4 * half) {
      for (let k = 0; k < half; k++) {
        const [a, b] = [start + 2 * k, start + 2 * (k + half)];
        const [c, s] = [rotation[k * step]!, rotation[k * step + 1]!];
        const re = data[b]! * c - data[b + 1]! * s;
        const im = data[b]! * s + data[b + 1]! * c;
        data[b] = data[a]! - re;
        data[b + 1] = data[a + 1]! - im;
        data[a]! += re;
        data[a + 1]! += im;
      }
    }
  }
}

function swap(data: Float64Array, a: number, b: number): void {
  const held = data[a]!;
  data[a] = data[b]!;
  data[b] = held;
}
