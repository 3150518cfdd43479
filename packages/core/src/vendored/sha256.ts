/** SHA-256 of @noble/hashes: bundled by scripts/bundle-vendored.mjs, for the whole package is 0.7 MB. */
import { bytesToHex, sha256 as hash, utf8ToBytes } from "./generated/hashes.ts";

/** In hexadecimal. A text is taken as UTF-8. */
export function sha256(content: string | Uint8Array): string {
  return bytesToHex(hash(typeof content === "string" ? utf8ToBytes(content) : content));
}
