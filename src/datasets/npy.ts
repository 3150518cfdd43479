/** Arrays as NumPy saves them: .npy, and .npz, which is a zip archive of them. */
import { parse } from "npyjs";
import { FormatError } from "../errors.ts";
import { unzipped, zipNames } from "./compressed.ts";
import { type CellTable, checkedElements } from "./table.ts";

const NUMBERS = /^(?:[<|]?[fiu]\d|\|b1|[<|]?b1)$/;

const NUMPY = Array.from("NUMPY", (letter) => letter.charCodeAt(0));

export function isNpy(bytes: Uint8Array): boolean {
  return bytes[0] === 0x93 && NUMPY.every((code, at) => bytes[at + 1] === code);
}

/** @throws FormatError for a header that cannot be read, values that are no real numbers, and sizes that the bytes do not hold. */
export function readNpy(bytes: Uint8Array, who: string): CellTable {
  const { data, shape, dtype, fortranOrder } = parsed(bytes, who);
  if (!NUMBERS.test(dtype)) {
    const expected = "values of type bool, int8 … uint64, float16, float32 or float64";
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
    return parse(littleEndian(new Uint8Array(bytes)).buffer as ArrayBuffer);
  } catch (cause) {
    const got = cause instanceof Error ? cause.message : String(cause);
    const remedy = "The file may be cut off, or damaged.";
    throw new FormatError({ who, expected: "a whole .npy file of real numbers", got, remedy }, { cause });
  }
}

const BIG_ENDIAN = /'descr':\s*'>[fiu]([248])'/;

/** A file of big-endian numbers, of which nothing else is known here, with the bytes of each turned round. @param bytes changed. */
function littleEndian(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer);
  // The header's length has 2 bytes in version 1, else 4.
  const [from, length] = bytes[6] === 1 ? [10, view.getUint16(8, true)] : [12, view.getUint32(8, true)];
  const header = new TextDecoder("latin1").decode(bytes.subarray(from, from + length));
  const found = BIG_ENDIAN.exec(header);
  if (found === null) return bytes;
  const size = Number(found[1]);
  bytes[from + header.indexOf(">", found.index)] = "<".charCodeAt(0);
  for (let at = from + length; at + size <= bytes.length; at += size) bytes.subarray(at, at + size).reverse();
  return bytes;
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
export function readNpz(bytes: Uint8Array, who: string, array?: string): CellTable {
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
