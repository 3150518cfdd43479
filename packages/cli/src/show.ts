/** `causalscope show MODEL`: the layers of a model file, what measures assume of them, and what measuring them will take. */

import { estimateCost } from "@causalscope/core";
import { escapedAll } from "@causalscope/core/basics";
import { DEFAULT_BINS, layersOfTopology, occupiedBins, validBins } from "@causalscope/core/internal";
import type { Range } from "@causalscope/core/measures";
import type { LayerEdge, LayerNode } from "@causalscope/core/models";
import type { Column } from "@causalscope/runs";
import type { Command } from "commander";
import { bytes, TRIAL, TRIALS, timeRange } from "./cost-text.ts";
import { noteInFlags } from "./flag-names.ts";
import { binsOption, rangeOption } from "./flag-values.ts";
import { type Format, type FormatFlags, formatOf, formatOptions, printResult } from "./format.ts";
import { addExamples } from "./help.ts";
import { type Io, pauses } from "./io.ts";
import { MODEL_ARGUMENT, type ModelFlags, modelOptions, readModel } from "./model-file.ts";
import { type Block, key, left, right, table } from "./text-table.ts";

interface ShowFlags extends ModelFlags, FormatFlags {
  readonly bins?: ReturnType<typeof binsOption>;
  readonly inputRange?: Range;
}

export function showCommand(command: Command, io: Io, version: string): void {
  command
    .argument("<model>", MODEL_ARGUMENT)
    .description("Lists the layers of a model: kinds, shapes, activations, the ranges that measures assume, and cost.")
    .option("--input-range <low,high>", "range of the model's inputs (default: the file's, else -10,10)", (text) =>
      rangeOption(text, "--input-range"),
    )
    .option("--bins <n>", "bins per neuron, for the cost (default: 8)", (text) => binsOption(text, "--bins"));
  formatOptions(modelOptions(command), "a row for each layer").action((file: string, flags: ShowFlags) =>
    show(file, flags, formatOf(command), io, version),
  );
  addExamples(command, io, [["causalscope show model.onnx"], ["causalscope show model.onnx --format csv"]]);
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

async function show(file: string, flags: ShowFlags, format: Format, io: Io, version: string): Promise<void> {
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
  const { notes, inputs, outputs, shapes } = model;
  const ends = { inputs, outputs: outputs.map((name) => ({ name, shape: shapes.get(name) ?? null })) };
  const provenance = { tool: "causalscope", version, file: who };
  printResult(io, format, {
    table: () => showBlocks(escapedAll(layers), escapedAll(edges), { format: model.format, notes: escapedAll(notes) }),
    json: () => ({ format: model.format, ...ends, layers: layers.map(plain), edges, notes, provenance }),
    columns: COLUMNS,
    rows: () => layers,
  });
}

const COLUMNS: readonly Column<Shown>[] = [
  { name: "layer", type: "INT64", of: (row) => row.index },
  { name: "name", type: "STRING", of: (row) => row.name },
  { name: "kind", type: "STRING", of: (row) => row.kind },
  { name: "input_shapes", type: "STRING", of: (row) => row.inputShapes.map(shapeText).join(" ") },
  { name: "output_shape", type: "STRING", of: (row) => shapeText(row.outputShape) },
  { name: "inputs", type: "INT64", nullable: true, of: (row) => row.inputs },
  { name: "outputs", type: "INT64", of: (row) => row.outputs },
  { name: "input_activation", type: "STRING", nullable: true, of: (row) => row.inputActivation },
  { name: "activation", type: "STRING", of: (row) => row.activation },
  { name: "parameters", type: "INT64", of: (row) => row.parameters },
  { name: "input_low", type: "DOUBLE", nullable: true, of: (row) => row.inputRange?.[0] },
  { name: "input_high", type: "DOUBLE", nullable: true, of: (row) => row.inputRange?.[1] },
  { name: "output_low", type: "DOUBLE", nullable: true, of: (row) => row.outputRange?.[0] },
  { name: "output_high", type: "DOUBLE", nullable: true, of: (row) => row.outputRange?.[1] },
  { name: "pairwise", type: "STRING", nullable: true, of: (row) => row.engine && pairwise(row) },
  { name: "seconds_low", type: "DOUBLE", nullable: true, of: (row) => row.seconds?.[0] },
  { name: "seconds_high", type: "DOUBLE", nullable: true, of: (row) => row.seconds?.[1] },
  { name: "memory", type: "INT64", nullable: true, of: (row) => row.memory },
  { name: "not_measured", type: "STRING", nullable: true, of: (row) => row.obstacle },
];

/** JSON has no undefined. */
function plain(layer: Shown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(layer).map(([key, value]) => [key, value ?? null]));
}

function showBlocks(
  layers: readonly Shown[],
  edges: readonly LayerEdge[],
  { format, notes }: { readonly format: string; readonly notes: readonly string[] },
): Block[] {
  const columns = [
    key(right("")),
    key(left("layer")),
    left("kind"),
    left("shape"),
    left("size"),
    left("inputs from"),
    left("activation"),
    right("parameters"),
    left("input range"),
    left("output range"),
    left("pairwise"),
    right("cost"),
  ];
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
    pairwise(layer) ?? "–",
    layer.seconds === undefined ? "–" : timeRange(layer.seconds),
  ]);
  const parameters = layers.reduce((sum, layer) => sum + layer.parameters, 0);
  const memory = layers.reduce((most, layer) => Math.max(most, layer.memory ?? 0), 0);
  const positions = new Map(layers.map(({ name, index }) => [name, index]));
  const branches = edges.filter(({ from, to }) => positions.get(to) !== positions.get(from)! + 1);
  const lines = [
    `${format}: ${parameters.toLocaleString("en")} parameters.`,
    "",
    "size: inputs → outputs of the layer as it is measured. For a convolution: the inputs in the window of one position → the channels.",
    "inputs from: the activation that produced the layer's inputs.",
    "Ranges are those that measures assume.",
    "pairwise: how EI_parts and sensitivity are computed, exactly or from samples.",
    `cost: estimated computing time of all measures at the default tolerance${memory > 1e8 ? `, using up to ${bytes(memory)} of memory` : ""}.`,
    ...layers.flatMap(({ name, place }) => (place === undefined ? [] : [`${name}: measured ${place}`])),
    ...layers.flatMap(({ name, rangeNotes }) => rangeNotes.map((note) => `${name}: ${note} (--range auto)`)),
    ...branches.map(({ from, to }) => `${from} also feeds ${to}`),
    ...layers.flatMap(({ name, obstacle }) =>
      obstacle === undefined ? [] : [`Not measurable: ${name} (${noteInFlags(obstacle)})`],
    ),
    ...notes,
  ];
  return [table(columns, rows), "\n", ...lines.map((line) => `${line}\n`)];
}

/** How what concerns pairs is found. */
function pairwise({ engine }: Shown): "exact" | "sampled" | undefined {
  return engine === undefined ? undefined : engine === "exact" ? "exact" : "sampled";
}

/** Without the batch, where that is one. */
function shapeText(shape: readonly number[] | undefined): string {
  if (shape === undefined) return "?";
  return (shape[0] === 1 && shape.length > 1 ? shape.slice(1) : shape).join("×");
}

function rangeText(range: Range | undefined): string {
  return range === undefined ? "–" : `[${range.map((end) => Number(end.toPrecision(4))).join(", ")}]`;
}
