/** SHA-256 (FIPS 180-4), synchronous where browsers' own is not. Fifty lines, for the packages that have it weigh a page five times as much. */

/** The first 32 bits of the fractions of the cube roots of the first 64 primes, in hexadecimal. */
const CONSTANTS =
  "428a2f9871374491b5c0fbcfe9b5dba53956c25b59f111f1923f82a4ab1c5ed5d807aa9812835b01243185be550c7dc372be5d7480deb1fe9bdc06a7c19bf174" +
  "e49b69c1efbe47860fc19dc6240ca1cc2de92c6f4a7484aa5cb0a9dc76f988da983e5152a831c66db00327c8bf597fc7c6e00bf3d5a7914706ca635114292967" +
  "27b70a852e1b21384d2c6dfc53380d13650a7354766a0abb81c2c92e92722c85a2bfe8a1a81a664bc24b8b70c76c51a3d192e819d6990624f40e3585106aa070" +
  "19a4c1161e376c082748774c34b0bcb5391c0cb34ed8aa4a5b9cca4f682e6ff3748f82ee78a5636f84c878148cc7020890befffaa4506cebbef9a3f7c67178f2";
const K = Int32Array.from({ length: 64 }, (_, t) => Number.parseInt(CONSTANTS.slice(8 * t, 8 * t + 8), 16));
/** Of the square roots of the first eight. */
const FIRST = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19] as const;

const BLOCK = 64;
const W = new Int32Array(BLOCK);

/** In hexadecimal. A text is taken as UTF-8. */
export function sha256(content: string | Uint8Array): string {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const state = Int32Array.from(FIRST);
  const whole = bytes.length - (bytes.length % BLOCK);
  addBlocks(state, bytes.subarray(0, whole));
  // What is left, a bit that ends it, and the number of bits in the last eight bytes.
  const left = bytes.length - whole;
  const end = new Uint8Array(left + 9 > BLOCK ? 2 * BLOCK : BLOCK);
  end.set(bytes.subarray(whole));
  end[left] = 0x80;
  new DataView(end.buffer).setBigUint64(end.length - 8, 8n * BigInt(bytes.length));
  addBlocks(state, end);
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

function addBlocks(state: Int32Array, bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let [h0, h1, h2, h3, h4, h5, h6, h7] = state as unknown as Eight;
  for (let from = 0; from < bytes.length; from += BLOCK) {
    for (let t = 0; t < 16; t++) W[t] = view.getInt32(from + 4 * t);
    for (let t = 16; t < BLOCK; t++) {
      const [x, y] = [W[t - 15]!, W[t - 2]!];
      const early = turned(x, 7) ^ turned(x, 18) ^ (x >>> 3);
      const late = turned(y, 17) ^ turned(y, 19) ^ (y >>> 10);
      W[t] = (W[t - 16]! + early + W[t - 7]! + late) | 0;
    }
    let [a, b, c, d, e, f, g, h] = [h0, h1, h2, h3, h4, h5, h6, h7];
    for (let t = 0; t < BLOCK; t++) {
      const one = (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & f) ^ (~e & g)) + K[t]! + W[t]!) | 0;
      const two = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + one) | 0;
      d = c;
      c = b;
      b = a;
      a = (one + two) | 0;
    }
    h0 = (h0 + a) | 0;
    h1 = (h1 + b) | 0;
    h2 = (h2 + c) | 0;
    h3 = (h3 + d) | 0;
    h4 = (h4 + e) | 0;
    h5 = (h5 + f) | 0;
    h6 = (h6 + g) | 0;
    h7 = (h7 + h) | 0;
  }
  state.set([h0, h1, h2, h3, h4, h5, h6, h7]);
}

type Eight = [number, number, number, number, number, number, number, number];

function turned(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}
