/** `causalscope show MODEL`: the layers of a model file, what measures assume of them, and what measuring them will take. */

import { estimateCost } from "@causalscope/core";
import { DEFAULT_BINS, escapedAll, layersOfTopology, occupiedBins, validBins } from "@causalscope/core/internal";
import type { Range } from "@causalscope/core/measures";
import type { LayerEdge, LayerNode } from "@causalscope/core/models";
import type { Command } from "commander";
import { bytes, TRIAL, TRIALS, timeRange } from "./cost.ts";
import { type Io, pauses } from "./io.ts";
import { jsonText } from "./json-text.ts";
import { type ModelFlags, modelOptions, readModel } from "./model-file.ts";
import { binsOption, rangeOption } from "./options.ts";
import { table } from "./table.ts";

interface ShowFlags extends ModelFlags {
  readonly bins?: ReturnType<typeof binsOption>;
  readonly inputRange?: Range;
  readonly json?: boolean;
}

export function showCommand(command: Command, io: Io, version: string): void {
  command
    .argument("<model>", "ONNX, safetensors, TensorFlow.js (model.json) or Causalscope's JSON; - reads standard input")
    .description("Lists the layers of a model file: kinds, shapes, activations, ranges that measures assume, and cost.")
    .option("--input-range <low,high>", "range of the network's inputs; else the file's, else -10,10", (text) =>
      rangeOption(text, "--input-range"),
    )
    .option("--bins <n>", "bins for the cost (default: 8)", (text) => binsOption(text, "--bins"))
    .option("--json", "print JSON");
  modelOptions(command)
    .addHelpText("after", "\nExample:\n  $ causalscope show model.onnx")
    .action((file: string, flags: ShowFlags) => show(file, flags, io, version));
}

/** A layer, and what its measures take. */
interface Shown extends LayerNode {
  /** Of computing, between two ends. */
  readonly seconds: readonly [low: number, high: number] | undefined;
  readonly memory: number | undefined;
  /** Output bins that hold 99.9 % of the outputs, and what that says of the range. */
  readonly occupied: number | undefined;
  readonly rangeNotes: readonly string[];
}

async function show(file: string, flags: ShowFlags, io: Io, version: string): Promise<void> {
  const { who, model } = await readModel(file, io, flags);
  const bins = flags.bins ?? DEFAULT_BINS;
  const ofBins = { bins: validBins(bins, "--bins"), outside: "drop" } as const;
  const pause = pauses(io);
  const allowed = Math.min(TRIAL, TRIALS / Math.max(1, model.layers.length));
  const layers: Shown[] = [];
  const edges: LayerEdge[] = [];
  // Each mechanism while it is there: all of them at once could fill the memory.
  for (const found of layersOfTopology(model, { inputRange: flags.inputRange })) {
    const cost = found.mechanism && (await estimateCost(found.mechanism, { bins }, allowed));
    const use = found.mechanism && (await occupiedBins(found.mechanism, ofBins));
    const ofRange = { occupied: use?.occupied, rangeNotes: use?.warnings ?? [] };
    layers.push({ ...found.layer, seconds: cost?.seconds, memory: cost?.bytes, ...ofRange });
    for (const edge of found.edges) edges.push(edge);
    await pause();
  }
  const { format, notes, inputs, outputs, shapes } = model;
  if (flags.json === true) {
    const ends = { inputs, outputs: outputs.map((name) => ({ name, shape: shapes.get(name) ?? null })) };
    const provenance = { tool: "causalscope", version, file: who };
    io.stdout.write(jsonText({ format, ...ends, layers: layers.map(plain), edges, notes, provenance }));
  } else io.stdout.write(showText(escapedAll(layers), escapedAll(edges), { format, notes: escapedAll(notes) }));
}

/** JSON has no undefined. */
function plain(layer: Shown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(layer).map(([key, value]) => [key, value ?? null]));
}

function showText(
  layers: readonly Shown[],
  edges: readonly LayerEdge[],
  { format, notes }: { readonly format: string; readonly notes: readonly string[] },
): string {
  const columns = [
    { title: "", align: "right" },
    { title: "layer", align: "left" },
    { title: "kind", align: "left" },
    { title: "shape", align: "left" },
    { title: "size", align: "left" },
    { title: "before", align: "left" },
    { title: "activation", align: "left" },
    { title: "parameters", align: "right" },
    { title: "input range", align: "left" },
    { title: "output range", align: "left" },
    { title: "pairs", align: "left" },
    { title: "cost", align: "right" },
  ] as const;
  const rows = layers.map((layer) => [
    `${layer.index}`,
    layer.name,
    layer.kind,
    `${layer.inputShapes.map(shapeText).join(", ")} → ${shapeText(layer.outputShape)}`,
    `${layer.inputs ?? "?"} → ${layer.outputs}`,
    layer.inputActivation ?? "(inputs)",
    layer.activation,
    layer.parameters.toLocaleString("en"),
    rangeText(layer.inputRange),
    rangeText(layer.outputRange),
    layer.engine === undefined ? "–" : layer.engine === "exact" ? "exact" : "sampled",
    layer.seconds === undefined ? "–" : timeRange(layer.seconds),
  ]);
  const parameters = layers.reduce((sum, layer) => sum + layer.parameters, 0);
  const memory = layers.reduce((most, layer) => Math.max(most, layer.memory ?? 0), 0);
  const positions = new Map(layers.map(({ name, index }) => [name, index]));
  const branches = edges.filter(({ from, to }) => positions.get(to) !== positions.get(from)! + 1);
  const lines = [
    `${format}: ${parameters.toLocaleString("en")} parameters in all.`,
    "before: the activation that made a layer's inputs. size: inputs → outputs of what is measured; of a map, the inputs under the window of one place → its channels.",
    "Ranges are those that measures assume; pairs: how EI_parts and sensitivity are found; cost: estimated computing time of all measures at the usual tolerance" +
      (memory > 1e8 ? `, with up to ${bytes(memory)}.` : "."),
    ...layers.flatMap(({ name, place }) => (place === undefined ? [] : [`${name}: measured ${place}`])),
    ...layers.flatMap(({ name, rangeNotes }) => rangeNotes.map((note) => `${name}: ${note} (--range auto)`)),
    ...branches.map(({ from, to }) => `${from} also goes to ${to}`),
    ...layers.flatMap(({ name, obstacle }) =>
      obstacle === undefined ? [] : [`Cannot be measured: ${name}, because ${obstacle}`],
    ),
    ...notes,
  ];
  return `${table(columns, rows)}${lines.join("\n")}\n`;
}

/** Without the batch, where that is one. */
function shapeText(shape: readonly number[] | undefined): string {
  if (shape === undefined) return "?";
  return (shape[0] === 1 && shape.length > 1 ? shape.slice(1) : shape).join("×");
}

function rangeText(range: Range | undefined): string {
  return range === undefined ? "–" : `[${range.map((end) => Number(end.toPrecision(4))).join(", ")}]`;
}
