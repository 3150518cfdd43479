/** Compressed bytes, unpacked only as far as they can truly reach. */

import { LIMITS } from "../checks/budget.ts";
import { checkFile } from "../checks/check.ts";
import { FormatError } from "../checks/error-classes.ts";
import { Gunzip, Inflate, type UnzipFileInfo, unzipSync } from "../vendored/fflate.ts";

/** Deflate makes at most 258 bytes of 2 bits. */
const MOST_EXPANSION = 1032;

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 0x03 && bytes[3] === 0x04;
}

/** @throws FormatError for bytes that are damaged, cut off, or claim to hold more than they can. */
export function gunzipped(bytes: Uint8Array, who: string): Uint8Array {
  checkFile(bytes.length >= 18, () => ({ who, expected: "a gzip file", got: `${bytes.length} bytes` }));
  const trailer = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 8, 8);
  requireTrue(trailer.getUint32(4, true), bytes.length, who);
  const size = trailer.getUint32(4, true);
  const unpacked = inflated(new Gunzip(), bytes, size, "a gzip file", who);
  checkFile(unpacked !== undefined && crc32(unpacked) === trailer.getUint32(0, true), () => ({
    who,
    expected: "data that match their checksum",
    got: "a damaged or truncated gzip file",
  }));
  return unpacked;
}

/** Packed bytes that are given to the inflater at once: what they expand to is all that can be too much. */
const PIECE = 2 ** 14;

/** What is unpacked, stopped where it becomes more than was said; undefined where it is more or less. */
function inflated(
  inflate: Gunzip | Inflate,
  bytes: Uint8Array,
  size: number,
  expected: string,
  who: string,
): Uint8Array | undefined {
  const unpacked = new Uint8Array(size);
  let at = 0;
  let isOver = false;
  inflate.ondata = (chunk) => {
    isOver ||= at + chunk.length > size;
    if (isOver) return;
    unpacked.set(chunk, at);
    at += chunk.length;
  };
  attempted(
    () => {
      for (let from = 0; from < bytes.length && !isOver; from += PIECE) {
        inflate.push(bytes.subarray(from, from + PIECE), from + PIECE >= bytes.length);
      }
    },
    expected,
    who,
  );
  return isOver || at < size ? undefined : unpacked;
}

/** The files of a zip archive whose names are wanted, in its order. */
export function unzipped(bytes: Uint8Array, wanted: (name: string) => boolean, who: string): Map<string, Uint8Array> {
  let total = 0;
  const deflated = new Map<string, UnzipFileInfo>();
  const order: string[] = [];
  const stored = visited(bytes, who, (file) => {
    const { name, size, originalSize, compression } = file;
    if (!wanted(name)) return false;
    total += originalSize;
    requireTrue(originalSize, Math.min(size, bytes.length), `${who}: ${name}`);
    requireTrue(total, bytes.length, who);
    order.push(name);
    if (compression !== DEFLATED) return true;
    deflated.set(name, file);
    return false;
  });
  return new Map(
    order.map((name) => {
      const file = deflated.get(name);
      const found = file === undefined ? stored[name] : unpackedEntry(bytes, file, `${who}: ${name}`);
      checkFile(found !== undefined, () => ({ who, expected: "a zip archive", got: "a damaged directory" }));
      return [name, found];
    }),
  );
}

/** How most archives pack their files. */
const DEFLATED = 8;

/** One file, unpacked no further than the archive says that it reaches. */
function unpackedEntry(bytes: Uint8Array, { name, size, originalSize }: UnzipFileInfo, who: string): Uint8Array {
  const from = dataOf(bytes, name);
  const packed = from === undefined ? undefined : bytes.subarray(from, from + size);
  const found = packed && inflated(new Inflate(), packed, originalSize, "a zip archive", who);
  checkFile(found !== undefined, () => ({
    who,
    expected: `${originalSize} bytes, as the archive says`,
    got: "a damaged or truncated file",
  }));
  return found;
}

/** Where the packed bytes of a file begin, by the archive's directory at its end. */
function dataOf(bytes: Uint8Array, name: string): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wanted = new TextEncoder().encode(name);
  let end = bytes.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) return undefined;
  let at = view.getUint32(end + 16, true);
  // A directory of an archive of more than 4 GB says where it is elsewhere (zip64).
  if (at === 0xffffffff && end >= 20)
    at = Number(view.getBigUint64(Number(view.getBigUint64(end - 12, true)) + 48, true));
  while (at + ENTRY_BYTES <= bytes.length && view.getUint32(at, true) === 0x02014b50) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => view.getUint16(at + field, true)) as [
      number,
      number,
      number,
    ];
    const own = bytes.subarray(at + ENTRY_BYTES, at + ENTRY_BYTES + nameLength);
    if (own.length === wanted.length && own.every((byte, k) => byte === wanted[k])) {
      const header = view.getUint32(at + 42, true);
      if (header + 30 > bytes.length) return undefined;
      return header + 30 + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
    }
    at += ENTRY_BYTES + nameLength + extraLength + commentLength;
  }
  return undefined;
}

/** Names of the files in a zip archive. */
export function zipNames(bytes: Uint8Array, who: string): string[] {
  const names: string[] = [];
  visited(bytes, who, ({ name }) => {
    names.push(name);
    return false;
  });
  return names;
}

/** What the archive's directory takes for each file, at least. */
const ENTRY_BYTES = 46;

function visited(
  bytes: Uint8Array,
  who: string,
  wanted: (file: UnzipFileInfo) => boolean,
): Readonly<Record<string, Uint8Array>> {
  let entries = 0;
  const filter = (file: UnzipFileInfo): boolean => {
    // A number of files that is not true would be counted to its end.
    checkFile(++entries * ENTRY_BYTES <= bytes.length, () => ({
      who,
      expected: `a zip archive of ${bytes.length} bytes`,
      got: "more files than that",
    }));
    return wanted(file);
  };
  return attempted(() => unzipSync(bytes, { filter }), "a zip archive", who);
}

function attempted<T>(work: () => T, expected: string, who: string): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof FormatError) throw cause;
    throw new FormatError({ who, expected, got: cause instanceof Error ? cause.message : String(cause) }, { cause });
  }
}

function requireTrue(claimed: number, packed: number, who: string): void {
  const most = Math.min(LIMITS.bytes, packed * MOST_EXPANSION, Math.max(LIMITS.unpacked, 4 * packed));
  checkFile(claimed <= most, () => ({
    who,
    expected: `at most ${most} bytes after decompression of ${packed}`,
    got: `${claimed}`,
    remedy: "The file may be truncated or damaged; otherwise, decompress it first.",
  }));
}

const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  return crc;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = CRC[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}
