/** Arrays as NumPy saves them: .npy, and .npz, which is a zip archive of them. */

import { checkFile } from "../checks/check.ts";
import { FormatError } from "../checks/error-classes.ts";
import { parse } from "../vendored/npyjs.ts";
import { unzipped, zipNames } from "./compressed.ts";
import { type CellTable, checkedElements } from "./number-table.ts";

const NUMBERS = /^(?:[<|]?[fiu]\d|\|b1|[<|]?b1)$/;

const NUMPY = Array.from("NUMPY", (letter) => letter.charCodeAt(0));

export function isNpy(bytes: Uint8Array): boolean {
  return bytes[0] === 0x93 && NUMPY.every((code, at) => bytes[at + 1] === code);
}

/**
 * Numbers of any kind but complex ones, in either order of bytes; texts are categories.
 *
 * @throws FormatError for a header that cannot be read, values that are no real numbers, and sizes that the bytes do not hold.
 */
export function readNpy(bytes: Uint8Array, who: string): CellTable {
  const text = textArray(bytes, who);
  if (text !== undefined) return text;
  const { data, shape, dtype, fortranOrder } = parsed(bytes, who);
  checkFile(NUMBERS.test(dtype), () => ({
    who,
    expected: "values of type bool, int8 … uint64, float16, float32 or float64",
    got: dtype ?? "none",
  }));
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
    const remedy = "The file may be truncated or damaged.";
    throw new FormatError({ who, expected: "a complete .npy file of real numbers", got, remedy }, { cause });
  }
}

const TEXT = /'descr':\s*'([<>|])([US])(\d{1,6})'/;

/** An array of texts, whose columns are categories; undefined for other arrays. @throws FormatError for bytes that do not fill its shape. */
function textArray(bytes: Uint8Array, who: string): CellTable | undefined {
  const { from, header } = headerOf(bytes);
  const found = TEXT.exec(header);
  if (found === null) return undefined;
  const [, order, kind, length] = found as unknown as [string, string, string, string];
  const size = Number(length) * (kind === "U" ? 4 : 1);
  const sizes = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  const shape = sizes?.split(",").flatMap((each) => (each.trim() === "" ? [] : [Number(each)]));
  const isFortran = /'fortran_order':\s*True/.test(header);
  checkFile(shape !== undefined && size !== 0 && !isFortran, () => ({
    who,
    expected: "an array of strings in C order",
    got: "another array",
  }));
  const count = checkedElements(shape, Math.floor((bytes.length - from) / size), who);
  const view = new DataView(bytes.buffer, bytes.byteOffset + from);
  const texts = Array.from({ length: count }, (_, at) => {
    let text = "";
    for (let k = 0; k < Number(length); k++) {
      const code = kind === "U" ? view.getUint32(at * size + 4 * k, order !== ">") : view.getUint8(at * size + k);
      if (code === 0) break;
      if (code > 0x10ffff) throw new FormatError({ who, expected: "Unicode strings", got: `the code point ${code}` });
      text += String.fromCodePoint(code);
    }
    return text;
  });
  const width = count / shape[0]!;
  const values = new Float64Array(count);
  const categories = new Map<number, readonly string[]>();
  const firstWords = new Map<number, { line: number; text: string }>();
  for (let column = 0; column < width; column++) {
    const own = Array.from({ length: count / width }, (_, row) => texts[row * width + column]!);
    const sorted = [...new Set(own)].sort((a, b) => (a < b ? -1 : 1));
    const places = new Map(sorted.map((text, place) => [text, place]));
    for (const [row, text] of own.entries()) values[row * width + column] = places.get(text)!;
    categories.set(column, sorted);
    firstWords.set(column, { line: 1, text: own[0]! });
  }
  return { shape, values, categories, firstWords };
}

/** Where the values begin, and what is said of them. */
function headerOf(bytes: Uint8Array): { readonly from: number; readonly header: string } {
  if (bytes.length < 12) return { from: bytes.length, header: "" };
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  // The header's length has 2 bytes in version 1, else 4.
  const [start, length] = bytes[6] === 1 ? [10, view.getUint16(8, true)] : [12, view.getUint32(8, true)];
  const header = new TextDecoder("latin1").decode(bytes.subarray(start, start + length));
  return { from: Math.min(bytes.length, start + length), header };
}

const BIG_ENDIAN = /'descr':\s*'>[fiu]([248])'/;

/** A file of big-endian numbers, of which nothing else is known here, with the bytes of each turned round. @param bytes changed. */
function littleEndian(bytes: Uint8Array): Uint8Array {
  const { from, header } = headerOf(bytes);
  const found = BIG_ENDIAN.exec(header);
  if (found === null) return bytes;
  const size = Number(found[1]);
  bytes[from - header.length + header.indexOf(">", found.index)] = "<".charCodeAt(0);
  for (let at = from; at + size <= bytes.length; at += size) bytes.subarray(at, at + size).reverse();
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
  checkFile(wanted !== undefined && known.includes(wanted), () => ({
    who,
    expected:
      array === undefined
        ? "an archive with one array"
        : known.length === 0
          ? "an archive of arrays"
          : `one of the arrays ${known.join(", ")}`,
    got: array === undefined ? `${known.length}${known.length === 0 ? "" : `: ${known.join(", ")}`}` : `"${array}"`,
    remedy: known.length > 1 ? "Name one of them." : undefined,
  }));
  const file = unzipped(bytes, (name) => name === `${wanted}.npy`, who).get(`${wanted}.npy`)!;
  const at = `${who}: ${wanted}`;
  checkFile(isNpy(file), () => ({ who: at, expected: "an array in NumPy's format", got: "something else" }));
  return readNpy(file, at);
}
