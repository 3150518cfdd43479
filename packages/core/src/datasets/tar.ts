/** Plain files out of a tar archive (POSIX ustar: a header of 512 bytes before each, contents in blocks of 512). */
import { FormatError } from "../checks/error-classes.ts";

const BLOCK = 512;

/** Contents by name. @throws FormatError for bytes that are no such archive, or end too early. */
export function untarred(bytes: Uint8Array, who: string): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const text = (from: number, length: number) => {
    const field = bytes.subarray(from, from + length);
    const end = field.indexOf(0);
    return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
  };
  for (let at = 0; at + BLOCK <= bytes.length && bytes[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, 12).trim(), 8);
    if (text(at + 257, 5) !== "ustar" || !(size >= 0)) {
      throw new FormatError({ who, expected: "a tar archive", got: `no file header at byte ${at}` });
    }
    const from = at + BLOCK;
    if (from + size > bytes.length) {
      const got = `a file that ends ${from + size - bytes.length} bytes too early, within ${text(at, 100)}`;
      throw new FormatError({ who, expected: "a complete tar archive", got });
    }
    const kind = bytes[at + 156];
    if (kind === 0 || kind === 48) files.set(text(at, 100), bytes.subarray(from, from + size));
    at = from + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}
