/** The model that a command's argument names: a file of any format that is known, or `-` for standard input. */
import { basename, dirname } from "node:path";
import type { Model } from "@causalscope/core";
import { readModel as modelFrom } from "@causalscope/core";
import { InvalidInputError, StorageError } from "@causalscope/core/errors";
import { formatOf, takes } from "@causalscope/core/internal";
import type { ModelFormat } from "@causalscope/core/models";
import type { Command } from "commander";
import { choiceOption } from "./choices.ts";
import { filesBeside } from "./files-beside.ts";
import { activationOption, inputShapeOption } from "./flag-values.ts";
import { type Io, pauses } from "./io.ts";

/** What a file does not say. */
export interface ModelFlags {
  readonly activation?: string | readonly string[];
  readonly layout?: "out,in" | "in,out";
  readonly sidecar?: string;
  readonly inputShape?: Readonly<Record<string, readonly number[]>>;
}

/** What commands say of their model. */
export const MODEL_ARGUMENT =
  "model file: ONNX, TensorFlow.js (model.json), safetensors or Causalscope's JSON; - reads standard input";

/** Adds the options that tell what a file does not say. */
export function modelOptions(command: Command): Command {
  return command
    .optionsGroup("Model file:")
    .option(
      "--input-shape <sizes>",
      "input shape, if the file leaves it open: 1,3,224,224, or image=1,3,224,224",
      (text) => inputShapeOption(text),
    )
    .option(
      "--activation <list>",
      "safetensors: one activation for all layers, or one for each: relu,relu,identity",
      (text) => activationOption(text, "--activation"),
    )
    .addOption(
      choiceOption("--layout <axes>", "safetensors: axes of the weights, out,in (as in PyTorch) or in,out", LAYOUTS),
    )
    .option("--sidecar <file>", "safetensors: JSON with what the file lacks (default: FILE.json, if it exists)")
    .optionsGroup("Options:");
}

const LAYOUTS = ["out,in", "in,out"] as const;

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
  const { activation, layout, sidecar, inputShape: inputShapes } = flags;
  const text = sidecar === undefined ? undefined : io.storage.readText(sidecar);
  if (sidecar !== undefined && text === undefined)
    throw new StorageError({ who: sidecar, expected: "a file", got: "none", remedy: "Check --sidecar." });
  const format = formatOf(who, bytes);
  requireFlags(format, flags, who);
  const model = await modelFrom(bytes, {
    name: who,
    // Weights in files of their own stand in the model's folder.
    file: file === "-" ? undefined : filesBeside(file),
    activation,
    layout,
    inputShapes,
    sidecar: text,
    sidecarName: sidecar,
    pause,
  });
  return { who, format, bytes, model };
}

function requireFlags(format: ModelFormat, flags: ModelFlags, who: string): void {
  const words = { activation: "--activation", layout: "--layout", sidecar: "--sidecar", inputShape: "--input-shape" };
  for (const flag of Object.keys(words) as (keyof typeof words)[]) {
    if (flags[flag] === undefined || takes(format, flag === "inputShape" ? "inputShapes" : flag)) continue;
    const got = `a file of the format ${format}, which says it itself`;
    const remedy = `Leave out ${words[flag]}.`;
    throw new InvalidInputError({ who, expected: `a file that needs ${words[flag]}`, got, remedy });
  }
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

/** Whether a file of that path is there. */
export function exists(path: string, io: Io): boolean {
  return io.storage.list(dirname(path))?.includes(basename(path)) ?? false;
}
