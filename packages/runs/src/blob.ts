import { sha256 } from "@causalscope/core/basics";

/** A file that is kept with a result, such as a checkpoint: what a part is continued from. */
export interface Blob {
  /** A folder and a file, each with a number: `seed-0/epoch-000050.safetensors`. */
  readonly name: string;
  /** Of the bytes, in hexadecimal digits. */
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

/**
 * A blob: bytes under a name, with their SHA-256. In Node and in browsers.
 *
 * @example
 * ```ts
 * const { name, sha256 } = blob("epoch-0", new TextEncoder().encode("weights"));
 * console.log(name, sha256.slice(0, 8)); // epoch-0 9a129038
 * ```
 */
export function blob(name: string, bytes: Uint8Array): Blob {
  return { name, sha256: sha256(bytes), bytes };
}
