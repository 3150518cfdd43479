/** 16-bit floating point, as files store it in little-endian order, made into 32-bit: every value is exact. */

/** The values of IEEE half precision, made at first use: 256 kB. */
let halves: Float32Array | undefined;

/** float16 → float32. `bytes` holds two for each value, at any alignment. */
export function float32FromFloat16(bytes: Uint8Array): Float32Array {
  halves ??= Float32Array.from({ length: 1 << 16 }, (_, bits) => valueOfHalf(bits));
  const table = halves;
  const words = wordsOf(bytes);
  const values = new Float32Array(words.length);
  for (let k = 0; k < values.length; k++) values[k] = table[words[k]!]!;
  return values;
}

/** bfloat16, the upper half of a float32, → float32. `bytes` holds two for each value, at any alignment. */
export function float32FromBfloat16(bytes: Uint8Array): Float32Array {
  const words = wordsOf(bytes);
  const bits = new Uint32Array(words.length);
  for (let k = 0; k < bits.length; k++) bits[k] = words[k]! << 16;
  return new Float32Array(bits.buffer);
}

/** Position of the first value that is NaN or infinite, without decoding: their exponents have all bits set. −1 where there is none. */
export function firstNotFiniteHalf(bytes: Uint8Array, type: "float16" | "bfloat16"): number {
  const exponent = type === "float16" ? 0x7c00 : 0x7f80;
  // Two values at a time: adding an exponent's lowest bit to a full exponent carries into the place of the sign.
  const mask = exponent | (exponent << 16);
  const lowest = type === "float16" ? 0x04000400 : 0x00800080;
  const start = bytes.byteOffset % 4 === 0 ? bytes.byteOffset : undefined;
  const pairs = start === undefined ? [] : new Int32Array(bytes.buffer, start, bytes.length >> 2);
  let pair = 0;
  while (pair < pairs.length && (((pairs[pair]! & mask) + lowest) & 0x80008000) === 0) pair++;
  const words = wordsOf(bytes);
  for (let k = 2 * pair; k < words.length; k++) if ((words[k]! & exponent) === exponent) return k;
  return -1;
}

const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** A view of the bytes where alignment and the machine's order of bytes allow. */
function wordsOf(bytes: Uint8Array): Uint16Array {
  const length = bytes.length >> 1;
  if (LITTLE_ENDIAN && bytes.byteOffset % 2 === 0) return new Uint16Array(bytes.buffer, bytes.byteOffset, length);
  const words = new Uint16Array(length);
  for (let k = 0; k < length; k++) words[k] = bytes[2 * k]! | (bytes[2 * k + 1]! << 8);
  return words;
}

/** 2^−24, the least half above 0. */
const LEAST = 5.9604644775390625e-8;

function valueOfHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  // Exponent 0 has no leading 1.
  return sign * (exponent === 0 ? LEAST * fraction : LEAST * (1 << (exponent - 1)) * (1024 + fraction));
}
