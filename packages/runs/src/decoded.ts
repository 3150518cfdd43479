import { StorageError } from "@causalscope/core/errors";

/** The bytes of a file as text. @throws StorageError for bytes that are not UTF-8. */
export function decoded(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new StorageError({ who: path, expected: "text in UTF-8", got: "invalid UTF-8" }, { cause });
  }
}
