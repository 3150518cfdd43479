/** The way in for model files: bytes of any format that is known, a model out. Nothing is fetched, and no file is opened. */

import * as v from "valibot";
import { check, checkFile } from "../checks/check.ts";
import { FormatError, InvalidInputError } from "../checks/error-classes.ts";
import { kindOfValue, shownValue } from "../checks/options-check.ts";
import { callback } from "../checks/schema/instance-of.ts";
import { parse } from "../checks/schema/parse.ts";
import { anyRecord, options as optionsOf } from "../checks/schema/records.ts";
import { oneOf, text } from "../checks/schema/scalars.ts";
import type { Graph } from "../model/graph.ts";
import { modelOf } from "../model/graph-model.ts";
import { withPatterns } from "../model/graph-patterns.ts";
import type { Model } from "../model/model.ts";
import { yieldToEventLoop } from "../settings/yield-to-event-loop.ts";
import type { GivenShapes } from "./input-shapes.ts";
import { graphFromJson } from "./json-graph.ts";
import { graphFromOnnx } from "./onnx/read-onnx.ts";
import { graphFromSafetensors } from "./safetensors-graph.ts";
import { graphFromTfjs, isTfjs } from "./tfjs/tfjs.ts";

/** The formats that `readModel()` reads. */
export type ModelFormat = "json" | "onnx" | "safetensors" | "tfjs";

/** What is read: a file's bytes or text, or all files of a model by name. In a browser a `Blob` or `File` is bytes too. */
export type ModelSource = Uint8Array | ArrayBuffer | Blob | string | ModelFiles;

/** Files by their paths relative to the model's folder: model.onnx beside the weights that it names, model.json beside its shards. */
export type ModelFiles = ReadonlyMap<string, Uint8Array> | Readonly<Record<string, Uint8Array>>;

/** What the file itself does not say. An option that a format does not take is an error. */
export interface ReadModelOptions {
  /** Names the model in messages and tells its format by the extension. Of several files: which of them is the model. */
  readonly name?: string;
  /** Gives the bytes of other files of the model by their paths relative to its folder, at once; undefined where there is none. */
  readonly file?: (path: string) => Uint8Array | undefined;
  /** Shapes of inputs that the file leaves open, by name; "" stands for the only input. ONNX and TensorFlow.js. */
  readonly inputShapes?: GivenShapes | undefined;
  /** Of safetensors: one activation for all layers but the last, or one for each layer. */
  readonly activation?: string | readonly string[] | undefined;
  /** Of safetensors: how dense weights are stored; PyTorch's is "out,in". */
  readonly layout?: "out,in" | "in,out" | undefined;
  /** Of safetensors: JSON text, or its bytes, that says what the file does not. Default: the file NAME.json, where there is one. */
  readonly sidecar?: string | Uint8Array | undefined;
  /** Names the sidecar in messages. */
  readonly sidecarName?: string;
  /** Awaited between steps; throws to cancel. */
  readonly pause?: () => Promise<void>;
}

const readOptions = optionsOf({
  name: v.optional(text),
  file: v.optional(callback),
  inputShapes: v.optional(anyRecord),
  activation: v.optional(
    v.union([v.string(), v.array(v.string())], "the name of an activation, or one for each layer"),
  ),
  layout: v.optional(oneOf(["out,in", "in,out"])),
  sidecar: v.optional(v.any()),
  sidecarName: v.optional(text),
  pause: v.optional(callback),
} satisfies { readonly [name in keyof ReadModelOptions]-?: v.GenericSchema });

/** Which options tell what a file of a format does not say itself, and what the command calls them. */
const TAKEN: Readonly<Record<ModelFormat, readonly (keyof ReadModelOptions)[]>> = {
  json: [],
  onnx: ["inputShapes"],
  tfjs: ["inputShapes"],
  safetensors: ["activation", "layout", "sidecar"],
};

/**
 * Reads a model file: ONNX (opset 7 and later), TensorFlow.js (`model.json` with its shards), safetensors, or
 * Causalscope's own JSON. Nothing in the file is executed.
 *
 * @example
 * ```ts
 * const model = await readModel(await readFile("model.onnx"), { name: "model.onnx" });
 * console.log(model.format); // ONNX, opset 13
 * const { layers } = await measure(model, { bins: 8, measures: ["eiParts"] });
 * for (const { name, eiParts } of layers) console.log(name, eiParts?.bits.toFixed(3)); // /0/MatMul 3.324
 * // /2/MatMul 3.313
 * // /4/MatMul 2.131
 * ```
 * @throws FormatError for bytes that are no model, a malformed one, and parts that are missing, which it names;
 *   InvalidInputError for options that a file of this format does not take; TooMuchError for a file that would take too
 *   much to read.
 */
export async function readModel(source: ModelSource, options: ReadModelOptions = {}): Promise<Model> {
  parse(readOptions, options, "readModel()");
  const { pause = yieldToEventLoop } = options;
  const given = await filesOf(source, options);
  await pause();
  const { bytes, who, file } = given;
  const format = formatOf(who, bytes);
  requireTaken(format, options, who);
  const graph = graphOf(format, bytes, who, file, options);
  await pause();
  const simpler = withPatterns(graph);
  await pause();
  const model = modelOf(simpler);
  // Found here, so that what is wrong with them is said here.
  void model.layers;
  await pause();
  return model;
}

interface Given {
  readonly bytes: Uint8Array;
  readonly who: string;
  readonly file: (path: string) => Uint8Array | undefined;
}

async function filesOf(source: ModelSource, { name, file }: ReadModelOptions): Promise<Given> {
  const beside = checkedFiles(file);
  const alone = (bytes: Uint8Array, own?: string): Given => ({ bytes, who: name ?? own ?? "model", file: beside });
  if (typeof source === "string") {
    // One line without an object in it is a path, more likely.
    check(!/^[^\n{}]{1,500}$/.test(source), () => ({
      who: "readModel()",
      expected: "a model's bytes or text",
      got: shownValue(source),
      remedy: "Text is treated as the content of the file: pass the bytes of the file, not its path.",
    }));
    return alone(new TextEncoder().encode(source));
  }
  if (source instanceof Uint8Array) return alone(source);
  if (source instanceof ArrayBuffer) return alone(new Uint8Array(source));
  if (typeof Blob === "function" && source instanceof Blob) {
    const own = "name" in source && typeof source.name === "string" ? source.name : undefined;
    return alone(new Uint8Array(await source.arrayBuffer()), own);
  }
  const files = source instanceof Map ? source : new Map(isRecord(source) ? Object.entries(source) : []);
  if (files.size === 0 || [...files.values()].some((bytes) => !(bytes instanceof Uint8Array))) {
    const expected = "a model's bytes (Uint8Array) or text, or its files by name";
    const wrong = [...files.values()].find((bytes) => !(bytes instanceof Uint8Array));
    throw new InvalidInputError({ who: "readModel()", expected, got: kindOfValue(files.size === 0 ? source : wrong) });
  }
  const main = name ?? mainFile(files);
  const bytes = files.get(main);
  check(bytes !== undefined, () => ({
    who: "readModel()",
    expected: `the file ${main} among those given`,
    got: [...files.keys()].slice(0, 8).join(", "),
  }));
  const folder = main.slice(0, main.lastIndexOf("/") + 1);
  return { bytes, who: main, file: (path) => files.get(folder + path) ?? beside(path) };
}

/** The caller's files, each checked to be bytes. */
function checkedFiles(file: ReadModelOptions["file"]): Given["file"] {
  return (path) => {
    const found: unknown = file?.(path);
    if (found === undefined || found instanceof Uint8Array) return found;
    // Nobody will wait for it.
    if (found instanceof Promise) found.catch(() => {});
    const remedy = "Read the files first, and pass them by name: readModel({ name: bytes, … }).";
    throw new InvalidInputError({
      who: `readModel(): file("${path}")`,
      expected: "bytes",
      got: kindOfValue(found),
      remedy,
    });
  };
}

/** Which of several files is the model: the one whose bytes are those of one. */
function mainFile(files: ReadonlyMap<string, Uint8Array>): string {
  if (files.size === 1) return [...files.keys()][0] as string;
  const models = [...files].filter(([name, bytes]) => formatFound(name, bytes) !== undefined).map(([name]) => name);
  // A sidecar is JSON too, and named after its file.
  const found = models.filter((name) => !(name.endsWith(".json") && files.has(name.slice(0, -".json".length))));
  check(found.length === 1, () => ({
    who: "readModel()",
    expected: "one model among the files",
    got: found.length === 0 ? `none (${[...files.keys()].slice(0, 8).join(", ")})` : found.slice(0, 8).join(", "),
    remedy: found.length === 0 ? "Also pass the model's file." : "Choose one with the option `name`.",
  }));
  return found[0] as string;
}

function graphOf(
  format: ModelFormat,
  bytes: Uint8Array,
  who: string,
  file: Given["file"],
  { activation, layout, sidecar, sidecarName, inputShapes }: ReadModelOptions,
): Graph {
  switch (format) {
    case "json":
      return graphFromJson(textOf(bytes, who), who);
    case "tfjs":
      return graphFromTfjs(textOf(bytes, who), who, { file, inputShapes });
    case "onnx":
      return graphFromOnnx(bytes, who, { file, inputShapes });
    case "safetensors": {
      const beside = `${who}.json`;
      const found = sidecar === undefined ? file(beside.slice(beside.lastIndexOf("/") + 1)) : undefined;
      const given = sidecar === undefined ? found : sidecar;
      const text = given instanceof Uint8Array ? textOf(given, sidecarName ?? beside) : given;
      check(text === undefined || typeof text === "string", () => ({
        who: "readModel(): sidecar",
        expected: "JSON text, or its bytes",
        got: kindOfValue(text),
      }));
      const aside = text === undefined ? {} : { sidecar: text, sidecarWho: sidecarName ?? beside };
      return graphFromSafetensors(bytes, who, { activation, layout, ...aside });
    }
  }
}

/** Whether a format takes an option that tells what files of others say themselves. */
export function takes(format: ModelFormat, option: keyof ReadModelOptions): boolean {
  return TAKEN[format].includes(option);
}

function requireTaken(format: ModelFormat, options: ReadModelOptions, who: string): void {
  const wrong = (["inputShapes", "activation", "layout", "sidecar"] as const).find(
    (option) => options[option] !== undefined && !takes(format, option),
  );
  check(wrong === undefined, () => ({
    who,
    expected: `no ${wrong} for this format, whose files contain it`,
    got: `a file of the format ${format}`,
  }));
}

/** @throws FormatError for bytes of none. */
export function formatOf(name: string, bytes: Uint8Array): ModelFormat {
  const found = formatFound(name, bytes);
  checkFile(found !== undefined, () => ({
    who: name,
    expected: "a model: ONNX, safetensors, TensorFlow.js (model.json) or Causalscope's JSON",
    got: bytes.length === 0 ? "an empty file" : "a file of another kind",
  }));
  return found;
}

function formatFound(path: string, bytes: Uint8Array): ModelFormat | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  if (name.endsWith(".onnx")) return "onnx";
  if (name.endsWith(".safetensors")) return "safetensors";
  const first = bytes.subarray(0, 64).find((byte) => byte > 0x20 && byte !== 0xef && byte !== 0xbb && byte !== 0xbf);
  const isObject = first === 0x7b;
  if (isObject) return isTfjs(new TextDecoder().decode(bytes)) ? "tfjs" : "json";
  // The name says that it is text: what is wrong with it is for that reader to say.
  if (name.endsWith(".json")) return "json";
  // Eight bytes with the length of a header, which is an object.
  if (bytes.length > 9 && bytes[8] === 0x7b && bytes[7] === 0) return "safetensors";
  // A protocol buffer that begins with the version of its format.
  if (bytes[0] === 0x08) return "onnx";
  return undefined;
}

function isRecord(value: unknown): value is Record<string, Uint8Array> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @throws FormatError for bytes that are not UTF-8. */
export function textOf(bytes: Uint8Array, who: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new FormatError({ who, expected: "text in UTF-8", got: "invalid UTF-8" }, { cause });
  }
}
