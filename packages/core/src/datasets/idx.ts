/** IDX, the format of MNIST: two zeros, a type, the number of axes, sizes and values, all big-endian. */
import { checkFile } from "../checks/check.ts";
import { checkedElements, type NumberTable } from "./number-table.ts";

interface Kind {
  readonly bytes: number;
  readonly get: (view: DataView, at: number) => number;
}

const KINDS: Readonly<Record<number, Kind>> = {
  8: { bytes: 1, get: (view, at) => view.getUint8(at) },
  9: { bytes: 1, get: (view, at) => view.getInt8(at) },
  11: { bytes: 2, get: (view, at) => view.getInt16(at) },
  12: { bytes: 4, get: (view, at) => view.getInt32(at) },
  13: { bytes: 4, get: (view, at) => view.getFloat32(at) },
  14: { bytes: 8, get: (view, at) => view.getFloat64(at) },
};

export function isIdx(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes[0] === 0 && bytes[1] === 0 && KINDS[bytes[2]!] !== undefined && bytes[3]! > 0;
}

/** An image file has three axes; what says to have more than this is another format. */
const MOST_AXES = 8;

/** @throws FormatError for another magic number, or sizes that the bytes do not hold. */
export function readIdx(bytes: Uint8Array, who: string): NumberTable {
  const kind = KINDS[bytes[2]!]!;
  const axes = bytes[3]!;
  checkFile(axes <= MOST_AXES, () => ({
    who,
    expected: `an IDX magic number (2051 for images, 2049 for labels) with at most ${MOST_AXES} axes`,
    got: `${256 * bytes[2]! + axes}`,
  }));
  const from = 4 + 4 * axes;
  checkFile(bytes.length >= from, () => ({
    who,
    expected: `${axes} sizes, ${from} bytes`,
    got: `${bytes.length} bytes`,
  }));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
  const count = checkedElements(shape, (bytes.length - from) / kind.bytes, who);
  const values = new Float64Array(count);
  for (let at = 0; at < count; at++) values[at] = kind.get(view, from + at * kind.bytes);
  return { shape, values };
}
