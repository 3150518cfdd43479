/** Arrays as NumPy saves them: .npy, and .npz, which is a zip archive of them. */
import { parse } from "npyjs";
import { FormatError } from "../errors.ts";
import { unzipped, zipNames } from "./compressed.ts";
import { checkedElements, type NumberTable } from "./table.ts";

const NUMBERS = /^(?:[<|]?[fiu]\d|\|b1|[<|]?b1)$/;

export function isNpy(bytes: Uint8Array): boolean {
  return bytes[0] === 0x93 && String.fromCharCode(...bytes.subarray(1, 6)) === "NUMPY";
}

/** @throws FormatError for a header that cannot be read, values that are no real numbers, and sizes that the bytes do not hold. */
export function readNpy(bytes: Uint8Array, who: string): NumberTable {
  const { data, shape, dtype, fortranOrder } = parsed(bytes, who);
  if (!NUMBERS.test(dtype)) {
    const expected = "values of type bool, int8 … uint64, float16, float32 or float64, little-endian";
    throw new FormatError({ who, expected, got: dtype ?? "none" });
  }
  const stored = data as unknown as ArrayLike<number | bigint | boolean>;
  const count = checkedElements(shape, stored.length, who);
  const values = new Float64Array(count);
  for (let at = 0; at < count; at++) values[at] = Number(stored[at]);
  return { shape, values: fortranOrder ? rowMajor(values, shape) : values };
}

function parsed(bytes: Uint8Array, who: string): ReturnType<typeof parse> {
  try {
    return parse(new Uint8Array(bytes).buffer);
  } catch (cause) {
    const got = cause instanceof Error ? cause.message : String(cause);
    const remedy = "The file may be cut off, or damaged.";
    throw new FormatError({ who, expected: "a whole .npy file of real numbers", got, remedy }, { cause });
  }
}

/** From Fortran's order, in which the first axis runs fastest. */
function rowMajor(values: Float64Array, shape: readonly number[]): Float64Array {
  const sorted = new Float64Array(values.length);
  const index = new Array<number>(shape.length).fill(0);
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, size) => product * size, 1));
  let from = 0;
  for (let at = 0; at < sorted.length; at++) {
    sorted[at] = values[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return sorted;
}

/**
 * @param array Which array of the archive; may be left out where there is one.
 * @throws FormatError as readNpy() does, for an archive without arrays, with several of which none is named, or without the named one.
 */
export function readNpz(bytes: Uint8Array, who: string, array?: string): NumberTable {
  const names = zipNames(bytes, who).filter((name) => name.endsWith(".npy"));
  const known = names.map((name) => name.slice(0, -4));
  const wanted = array ?? (known.length === 1 ? known[0]! : undefined);
  if (wanted === undefined || !known.includes(wanted)) {
    throw new FormatError({
      who,
      expected: array === undefined ? "an archive of one array" : `an array out of ${known.join(", ") || "none"}`,
      got: array === undefined ? `${known.length}${known.length === 0 ? "" : `: ${known.join(", ")}`}` : `"${array}"`,
      remedy: known.length > 1 ? "Name one of them." : undefined,
    });
  }
  const file = unzipped(bytes, (name) => name === `${wanted}.npy`, who).get(`${wanted}.npy`)!;
  const at = `${who}: ${wanted}`;
  if (!isNpy(file)) throw new FormatError({ who: at, expected: "an array as NumPy saves it", got: "other bytes" });
  return readNpy(file, at);
}
