/** The model that a command's argument names: a file of any format that is known, or `-` for standard input. */
import { basename, dirname } from "node:path";
import type { Command } from "commander";
import { FormatError, InvalidInputError, StorageError } from "../errors.ts";
import { graphFromJson } from "../formats/json-graph.ts";
import { graphFromOnnx } from "../formats/onnx/read-onnx.ts";
import { graphFromSafetensors } from "../formats/safetensors-graph.ts";
import { graphFromTfjs, isTfjs } from "../formats/tfjs/tfjs.ts";
import type { Graph } from "../network/graph.ts";
import { type Model, modelOf } from "../network/graph-mechanism.ts";
import { withPatterns } from "../network/graph-patterns.ts";
import { filesBeside } from "./files-beside.ts";
import { type Io, pauses } from "./io.ts";
import { activationOption, inputShapeOption, layoutOption } from "./options.ts";

/** What a file does not say. */
export interface ModelFlags {
  readonly activation?: string | readonly string[];
  readonly layout?: "out,in" | "in,out";
  readonly sidecar?: string;
  readonly inputShape?: Readonly<Record<string, readonly number[]>>;
}

/** Adds the options that tell what a file does not say. */
export function modelOptions(command: Command): Command {
  return command
    .option("--activation <list>", "for safetensors: one activation, or one per layer (relu,relu,identity)", (text) =>
      activationOption(text, "--activation"),
    )
    .option("--layout <axes>", "for safetensors: out,in (as PyTorch stores weights) or in,out", (text) =>
      layoutOption(text, "--layout"),
    )
    .option(
      "--sidecar <file>",
      "for safetensors: JSON that tells what the file does not (default: FILE.json, if there)",
    )
    .option(
      "--input-shape <sizes>",
      "shape of the input where the file leaves it open (1,3,224,224; of one of several: image=1,3,224,224)",
      inputShapeOption,
    );
}

export type ModelFormat = "json" | "onnx" | "safetensors" | "tfjs";

export interface NamedModel {
  /** What errors and provenance call it: the path, or "standard input". */
  readonly who: string;
  readonly format: ModelFormat;
  readonly bytes: Uint8Array;
  readonly model: Model;
}

/**
 * @throws StorageError for a file that cannot be read, FormatError for one that holds no network, InvalidInputError for flags that its format
 *   does not take.
 */
export async function readModel(file: string, io: Io, flags: ModelFlags = {}): Promise<NamedModel> {
  const who = file === "-" ? "standard input" : file;
  const pause = pauses(io);
  const bytes = await readBytes(file, who, io);
  await pause();
  const format = formatOf(file, bytes, who);
  requireFlags(format, flags, who);
  const graph = graphOf(format, file, who, bytes, io, flags);
  await pause();
  const simpler = withPatterns(graph);
  await pause();
  const model = modelOf(simpler);
  await pause();
  return { who, format, bytes, model };
}

function graphOf(
  format: ModelFormat,
  file: string,
  who: string,
  bytes: Uint8Array,
  io: Io,
  { activation, layout, sidecar, inputShape }: ModelFlags,
): Graph {
  // Weights in files of their own stand in the model's folder.
  const beside = filesBeside(file === "-" ? undefined : file);
  switch (format) {
    case "json":
      return graphFromJson(textOf(bytes, who), who);
    case "tfjs":
      return graphFromTfjs(textOf(bytes, who), who, { file: beside, inputShapes: inputShape });
    case "onnx":
      return graphFromOnnx(bytes, who, { file: beside, inputShapes: inputShape });
    case "safetensors": {
      const path = sidecar ?? `${file}.json`;
      const text = sidecar === undefined ? ownSidecar(file, path, beside) : io.storage.readText(sidecar);
      if (sidecar !== undefined && text === undefined)
        throw new StorageError({ who: sidecar, expected: "a file", got: "none", remedy: "Check --sidecar." });
      const aside = text === undefined ? {} : { sidecar: text, sidecarWho: path };
      return graphFromSafetensors(bytes, who, { activation, layout, ...aside });
    }
  }
}

/** The sidecar that lies beside a file unasked. */
function ownSidecar(file: string, path: string, beside: (name: string) => Uint8Array | undefined): string | undefined {
  const bytes = file === "-" ? undefined : beside(basename(path));
  return bytes && textOf(bytes, path);
}

function requireFlags(format: ModelFormat, flags: ModelFlags, who: string): void {
  const taken: readonly (keyof ModelFlags)[] =
    format === "safetensors" ? ["activation", "layout", "sidecar"] : format === "json" ? [] : ["inputShape"];
  for (const [flag, words] of Object.entries({
    activation: "--activation",
    layout: "--layout",
    sidecar: "--sidecar",
    inputShape: "--input-shape",
  }) as [keyof ModelFlags, string][]) {
    if (flags[flag] === undefined || taken.includes(flag)) continue;
    const expected = `a file that does not say it itself, for ${words}`;
    throw new InvalidInputError({ who, expected, got: `a file of the format ${format}` });
  }
}

function formatOf(file: string, bytes: Uint8Array, who: string): ModelFormat {
  const first = bytes.subarray(0, 64).find((byte) => byte > 0x20 && byte !== 0xef && byte !== 0xbb && byte !== 0xbf);
  const isObject = first === 0x7b;
  const name = basename(file).toLowerCase();
  if (name.endsWith(".onnx")) return "onnx";
  if (name.endsWith(".safetensors")) return "safetensors";
  if (isObject || name.endsWith(".json") || file === "-") {
    return isObject && isTfjs(new TextDecoder().decode(bytes)) ? "tfjs" : "json";
  }
  // Eight bytes with the length of a header, which is an object.
  if (bytes.length > 9 && bytes[8] === 0x7b && bytes[7] === 0) return "safetensors";
  // A protocol buffer that begins with the version of its format.
  if (bytes[0] === 0x08) return "onnx";
  throw new FormatError({
    who,
    expected: "a model: ONNX, safetensors, TensorFlow.js (model.json) or Causalscope's JSON",
    got: bytes.length === 0 ? "an empty file" : "a file of another kind",
  });
}

async function readBytes(file: string, who: string, io: Io): Promise<Uint8Array> {
  if (file !== "-") {
    const bytes = io.storage.read(file);
    if (bytes === undefined)
      throw new StorageError({ who, expected: "a file", got: "none", remedy: "Check the path." });
    return bytes;
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of io.stdin) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function textOf(bytes: Uint8Array, who: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new FormatError({ who, expected: "text in UTF-8", got: "bytes that are none" }, { cause });
  }
}

/** Whether a file of that path is there. */
export function exists(path: string, io: Io): boolean {
  return io.storage.list(dirname(path))?.includes(basename(path)) ?? false;
}
