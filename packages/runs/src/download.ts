/**
 * Files from a server, accepted only with the content that is known. They come by HTTPS, are no larger than is known, and are compared with
 * their checksum before anything unpacks them. A server that stops sending is not waited for.
 */

import { FormatError, StorageError } from "@causalscope/core/errors";
import { gunzipped, isGzip } from "@causalscope/core/internal";
import { sha256 } from "@causalscope/core/basics";

export interface DownloadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Of the file as it comes; of its content unpacked where `of` says so, as of a mirror that may have packed it anew. */
  readonly sha256: string;
  readonly of: "file" | "unpacked";
  /** Bytes that the file may have. */
  readonly mostBytes: number;
  /** Bytes that it may unpack to, where it is unpacked. */
  readonly mostUnpacked?: number;
  /** Milliseconds that may pass without a byte. */
  readonly timeout?: number;
}

const TIMEOUT = 60_000;

/**
 * @throws StorageError where the address is not HTTPS, or the server refuses, sends more than is known, or stops sending; FormatError for
 *   another content than is known; the signal's reason when cancelled.
 */
export async function download(from: string, options: DownloadOptions): Promise<Uint8Array> {
  const remedy = "Download it by other means into a folder, and set --data-dir.";
  const refuse = (expected: string, got: string, cause?: unknown) =>
    new StorageError({ who: from, expected, got, remedy }, { cause });
  requireSafe(from, refuse);
  const { mostBytes, mostUnpacked = mostBytes, of, signal, timeout = TIMEOUT } = options;
  let bytes: Uint8Array;
  try {
    bytes = await received(from, mostBytes, timeout, signal, refuse);
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof StorageError) throw cause;
    const reason =
      cause instanceof Error ? (cause.cause instanceof Error ? cause.cause.message : cause.message) : `${cause}`;
    throw refuse("a file to download", reason, cause);
  }
  const sum = sha256(of === "unpacked" && isGzip(bytes) ? unpacked(bytes, mostUnpacked, from) : bytes);
  if (sum === options.sha256) return bytes;
  throw new FormatError({
    who: from,
    expected: `content with the SHA-256 ${options.sha256}`,
    got: sum,
    remedy,
  });
}

type Refuse = (expected: string, got: string, cause?: unknown) => StorageError;

/** This machine's own servers need no HTTPS: nobody listens in between. */
const OWN = new Set(["localhost", "127.0.0.1", "[::1]"]);

function requireSafe(address: string, refuse: Refuse): void {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol === "https:" || (url?.protocol === "http:" && OWN.has(url.hostname))) return;
  throw refuse("an address that starts with https://", address);
}

async function received(
  from: string,
  mostBytes: number,
  timeout: number,
  signal: AbortSignal | undefined,
  refuse: Refuse,
): Promise<Uint8Array> {
  const stop = new AbortController();
  const late = () => stop.abort(refuse("a server that keeps sending data", `no data for ${timeout / 1000} s`));
  let timer = setTimeout(late, timeout);
  const cancel = () => stop.abort(signal?.reason);
  signal?.addEventListener("abort", cancel, { once: true });
  if (signal?.aborted) cancel();
  try {
    const answer = await fetch(from, { signal: stop.signal });
    if (!answer.ok) throw refuse("a file to download", `the answer ${answer.status}`);
    // It may have been sent elsewhere.
    requireSafe(answer.url, refuse);
    const tooLarge = (got: string) => refuse(`at most ${mostBytes} bytes`, got);
    const announced = Number(answer.headers.get("content-length") ?? 0);
    if (announced > mostBytes) throw tooLarge(`${announced}`);
    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const part of answer.body ?? []) {
      clearTimeout(timer);
      timer = setTimeout(late, timeout);
      length += part.length;
      if (length > mostBytes) throw tooLarge("more");
      parts.push(part);
    }
    return joined(parts, length);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", cancel);
    // What is not wanted is not waited for.
    stop.abort();
  }
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The trailer of a gzip file says how much it holds: what says more than is known is not unpacked. */
function unpacked(bytes: Uint8Array, most: number, who: string): Uint8Array {
  const says =
    bytes.length < 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4, 4).getUint32(0, true);
  if (says > most)
    throw new FormatError({ who, expected: `at most ${most} bytes after decompression`, got: `${says}` });
  return gunzipped(bytes, who);
}
