/** SHA-256 of @noble/hashes: bundled by scripts/bundle-vendored.mjs, for the whole package is 0.7 MB. */
import type * as hashes from "@noble/hashes/sha2.js";
import type * as utils from "@noble/hashes/utils.js";
import * as bundled from "./generated/hashes.ts";

const parts = bundled as unknown as Pick<typeof hashes, "sha256"> & Pick<typeof utils, "bytesToHex" | "utf8ToBytes">;

/** In hexadecimal. A text is taken as UTF-8. */
export function sha256(content: string | Uint8Array): string {
  return parts.bytesToHex(parts.sha256(typeof content === "string" ? parts.utf8ToBytes(content) : content));
}
