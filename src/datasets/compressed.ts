/** Compressed bytes, unpacked only as far as they can truly reach. */
import { gunzipSync, type UnzipFileInfo, unzipSync } from "fflate";
import { LIMITS } from "../budget.ts";
import { FormatError } from "../errors.ts";

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
  if (bytes.length < 18) throw new FormatError({ who, expected: "a gzip file", got: `${bytes.length} bytes` });
  const trailer = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 8, 8);
  requireTrue(trailer.getUint32(4, true), bytes.length, who);
  const unpacked = attempted(() => gunzipSync(bytes), "a gzip file", who);
  if (unpacked.length !== trailer.getUint32(4, true) || crc32(unpacked) !== trailer.getUint32(0, true)) {
    throw new FormatError({ who, expected: "data that its checksum confirms", got: "a damaged or cut gzip file" });
  }
  return unpacked;
}

/** The files of a zip archive whose names are wanted, in its order. */
export function unzipped(bytes: Uint8Array, wanted: (name: string) => boolean, who: string): Map<string, Uint8Array> {
  let total = 0;
  const files = visited(bytes, who, ({ name, size, originalSize }) => {
    if (!wanted(name)) return false;
    total += originalSize;
    requireTrue(originalSize, Math.min(size, bytes.length), `${who}: ${name}`);
    requireTrue(total, bytes.length, who);
    return true;
  });
  return new Map(Object.entries(files));
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
    if (++entries * ENTRY_BYTES > bytes.length) {
      throw new FormatError({ who, expected: `a zip archive of ${bytes.length} bytes`, got: "more files than that" });
    }
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
  const most = Math.min(LIMITS.bytes, packed * MOST_EXPANSION);
  if (claimed <= most) return;
  throw new FormatError({
    who,
    expected: `at most ${most} bytes unpacked from ${packed}`,
    got: `${claimed}`,
    remedy: "The file may be cut off, or damaged.",
  });
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
