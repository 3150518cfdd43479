/** Files from a server, accepted only with the content that is known. */
import { gunzipped, isGzip } from "../datasets/compressed.ts";
import { FormatError, StorageError } from "../errors.ts";

export interface DownloadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Of the content: as it comes, or unpacked, since packing it anew changes the packed bytes. */
  readonly sha256: string;
  readonly of: "content" | "unpacked";
}

/** @throws StorageError where the server refuses; FormatError for another content than is known. */
export async function download(from: string, { signal, sha256, of }: DownloadOptions): Promise<Uint8Array> {
  const remedy = "Fetch it by other means, put it into a folder, and give --data-dir.";
  let bytes: Uint8Array;
  try {
    const answer = await fetch(from, signal === undefined ? {} : { signal });
    if (!answer.ok) throw new Error(`the answer ${answer.status}`);
    bytes = new Uint8Array(await answer.arrayBuffer());
  } catch (cause) {
    signal?.throwIfAborted();
    const reason =
      cause instanceof Error ? (cause.cause instanceof Error ? cause.cause.message : cause.message) : `${cause}`;
    throw new StorageError({ who: from, expected: "a file to download", got: reason, remedy }, { cause });
  }
  const content = of === "unpacked" && isGzip(bytes) ? gunzipped(bytes, from) : bytes;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", Uint8Array.from(content)));
  const sum = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (sum === sha256) return bytes;
  throw new FormatError({ who: from, expected: `content with the SHA-256 ${sha256}`, got: sum, remedy });
}
