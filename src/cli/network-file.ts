/** The network that a command's argument names: a file, or `-` for standard input. */
import { FormatError, StorageError } from "../errors.ts";
import { networkFromJson } from "../formats/json.ts";
import type { Network } from "../network/network.ts";
import type { Io } from "./io.ts";

export interface NamedNetwork {
  /** What errors and provenance call it: the path, or "standard input". */
  readonly who: string;
  readonly network: Network;
}

/** @throws StorageError for a file that cannot be read, FormatError for text that is no network. */
export async function readNetwork(file: string, io: Io): Promise<NamedNetwork> {
  const who = file === "-" ? "standard input" : file;
  return { who, network: networkFromJson(await readText(file, who, io), who) };
}

async function readText(file: string, who: string, io: Io): Promise<string> {
  if (file !== "-") {
    const text = io.storage.readText(file);
    if (text === undefined) throw new StorageError({ who, expected: "a file", got: "none", remedy: "Check the path." });
    return text;
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of io.stdin) chunks.push(chunk);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw new FormatError({ who, expected: "text in UTF-8", got: "bytes that are none" }, { cause });
  }
}
