/** `causalscope neurons MODEL --data FILE --labels FILE`: what single neurons know about the labels. */

import { neuronInformation } from "@causalscope/core";
import { counted, escaped } from "@causalscope/core/basics";
import type { QuantizerSpec } from "@causalscope/core/information";
import { isGraphUnits, unitsOf } from "@causalscope/core/internal";
import type { ChannelReading } from "@causalscope/core/models";
import type { NeuronInformation } from "@causalscope/core/neurons";
import { type NeuronPair, type NeuronPairs, neuronPairs } from "@causalscope/core/neurons";
import type { Column } from "@causalscope/runs";
import { sentence } from "@causalscope/runs/internal";
import type { Command } from "commander";
import { choiceOption } from "./choices.ts";
import { exampleOptions } from "./example-options.ts";
import { wholeNumberOption } from "./flag-values.ts";
import { type Format, type FormatFlags, formatOf, formatOptions, printResult } from "./format.ts";
import { addExamples } from "./help.ts";
import { type Io, print } from "./io.ts";
import {
  type ExampleFlags,
  type ExampleProvenance,
  provenanceSettings,
  readClassifier,
  readExamples,
} from "./labelled-files.ts";
import { MODEL_ARGUMENT } from "./model-file.ts";
import { openFile, requirePage } from "./open.ts";
import { quantizerFlag, quantizerText } from "./quantizer-option.ts";
import { type DataTable, dataTable, PAGE, requireResultFolder, writeResultFolder } from "./result-folder.ts";
import { heading } from "./style.ts";
import { type Block, right, table } from "./text-table.ts";
import { decimals, noteLines, probability } from "./value-text.ts";

interface NeuronFlags extends ExampleFlags, FormatFlags {
  readonly quantizer: QuantizerSpec;
  readonly channels: ChannelReading;
  readonly bootstrap: number;
  readonly permutations: number;
  readonly pairs: number;
  readonly seed: number;
  readonly out?: string;
  readonly figure?: string;
  readonly open?: boolean;
}

const CHANNEL_READINGS: readonly ChannelReading[] = ["mean", "maximum"];

export function neuronsCommand(command: Command, io: Io, version: string): void {
  exampleOptions(command.argument("<model>", MODEL_ARGUMENT))
    .description(
      "Measures what each neuron of a model (each channel of a convolution) knows about the labels: its entropy, its mutual information with the class, and its selectivity, with a confidence interval and a p-value corrected for the number of neurons.",
    )
    .allowExcessArguments(false)
    .optionsGroup("Neurons:")
    .addOption(quantizerFlag("how activations become states"))
    .addOption(
      choiceOption(
        "--channels <how>",
        "how the positions of a channel become one number: mean or maximum",
        CHANNEL_READINGS,
        "mean",
      ),
    )
    .option(
      "--bootstrap <n>",
      "bootstrap resamples for the intervals, 0 for none",
      (text) => wholeNumberOption(text, "--bootstrap", 0),
      200,
    )
    .option(
      "--permutations <n>",
      "permutations of the labels for p-values, 0 for the G-test",
      (text) => wholeNumberOption(text, "--permutations", 0),
      0,
    )
    .option(
      "--pairs <n>",
      "also pairs of the n most informative neurons of each hidden layer: redundant, unique and synergistic information",
      (text) => wholeNumberOption(text, "--pairs", 0),
      0,
    )
    .option("--seed <n>", "seed of the resamples and permutations", (text) => wholeNumberOption(text, "--seed", 0), 0)
    .optionsGroup("Output:");
  formatOptions(command, "a row for each neuron, then for each pair")
    .option("--out <folder>", "also write a report: a page, the figure, and the rows as CSV and Parquet")
    .option("--figure <file>", "also write the figure, a histogram for each layer, as SVG")
    .option("--open", "open the page of the report")
    .action((file: string, flags: NeuronFlags) => runNeurons(file, flags, formatOf(command), io, version));
  addExamples(command, io, [
    ["causalscope neurons model.onnx --data x.npy --labels y.npy"],
    ["causalscope neurons model.onnx --data t10k-images-idx3-ubyte.gz --labels t10k-labels-idx1-ubyte.gz --divide 255"],
    ["causalscope neurons model.onnx --data x.npy --labels y.npy --out neurons --open"],
  ]);
}

async function runNeurons(file: string, flags: NeuronFlags, format: Format, io: Io, version: string): Promise<void> {
  requirePage(flags.open, flags.out);
  if (flags.out !== undefined) requireResultFolder(flags.out, "--out", [TABLE], io);
  const model = await readClassifier(file, io, flags, flags.channels);
  const { train, test, provenance } = readExamples(model, flags, io);
  const { quantizer, bootstrap, permutations, seed } = flags;
  const common = { quantizer, channels: flags.channels, seed, learnFrom: train, signal: io.signal };
  const neurons = await neuronInformation(model, test, { ...common, bootstrap, permutations });
  const hidden = Array.from({ length: unitsOf(model).layers.length - 1 }, (_, layer) => layer);
  const together: LayerPairs[] = [];
  for (const layer of flags.pairs > 0 ? hidden : []) {
    const units = mostInformative(neurons, layer, Math.max(2, flags.pairs));
    if (units.length > 1) together.push({ layer, found: await neuronPairs(model, test, { ...common, layer, units }) });
  }
  const units = unitsOf(model, flags.channels);
  const channels = isGraphUnits(units) ? units.channels : undefined;
  const rows = rowsOf(neurons, together);
  const columns = flags.pairs > 0 ? [...COLUMNS, ...PAIR_COLUMNS] : COLUMNS;
  if (flags.figure !== undefined) {
    const { neuronInformationFigure } = await import("@causalscope/report");
    io.storage.write(flags.figure, neuronInformationFigure(neurons).svg);
  }
  const notes = noteLines(provenance.notes);
  printResult(io, format, {
    table: () => [
      ...neuronBlocks(neurons, permutations, channels),
      ...together.flatMap(({ found }) => ["\n", ...pairBlocks(found)]),
      notes,
    ],
    json: () => ({
      ...{ model: file, examples: test.rows, quantizer, channels, bootstrap, permutations, seed },
      provenance,
      neurons: neurons.map(plain),
      ...(flags.pairs > 0 && { pairs: together.map(({ found }) => found) }),
    }),
    columns,
    rows: () => rows,
  });
  if (format === "csv" || format === "ndjson") print(io.stderr, notes);
  if (flags.out === undefined) return;
  const tables = [dataTable(TABLE, columns, rows)];
  await writeReport(flags.out, { file, flags, neurons, provenance, examples: test.rows, version, tables }, io);
  if (flags.open === true) await openFile(`${flags.out}/${PAGE}`, io);
}

/** Name of the table of rows. */
const TABLE = "neurons";

interface Report {
  readonly file: string;
  readonly flags: NeuronFlags;
  readonly neurons: readonly NeuronInformation[];
  readonly provenance: ExampleProvenance;
  readonly examples: number;
  readonly version: string;
  readonly tables: readonly DataTable[];
}

async function writeReport(
  folder: string,
  { file, flags, neurons, provenance, examples, version, tables }: Report,
  io: Io,
): Promise<void> {
  const { valuesReportHtml } = await import("@causalscope/report");
  const { neuronInformationFigure } = await import("@causalscope/report");
  const figures = [neuronInformationFigure(neurons)];
  const { quantizer, channels, bootstrap, permutations, seed } = flags;
  const page = valuesReportHtml({
    title: `Neurons of ${file}`,
    summary: "what single neurons know about the labels, in bits",
    settings: [
      ["model", file],
      ["examples", `${examples} of ${flags.testData ?? flags.data}`],
      ...provenanceSettings(provenance),
      ["quantizer", quantizerText(quantizer)],
      ["channels as their", channels],
      ["bootstrap resamples", `${bootstrap}`],
      ["p-values by", permutations > 0 ? `${permutations} permutations` : "the G-test"],
      ["seed", `${seed}`],
    ],
    findings: [],
    figures,
    version,
    where: `in ${TABLE}.csv and ${TABLE}.parquet beside this page`,
  });
  await writeResultFolder(folder, { page, figures, tables }, io);
}

interface LayerPairs {
  /** Position, from 0. */
  readonly layer: number;
  readonly found: NeuronPairs;
}

/** A neuron, or a pair of them. */
interface Row {
  readonly layer: number;
  readonly layerName: string;
  readonly unit: number;
  readonly pValue: number;
  readonly qValue: number;
  readonly neuron?: NeuronInformation;
  readonly pair?: NeuronPair;
}

function rowsOf(neurons: readonly NeuronInformation[], together: readonly LayerPairs[]): Row[] {
  const single = neurons.map((neuron): Row => {
    const { layer, layerName, unit, pValue, qValue } = neuron;
    return { layer, layerName, unit, pValue, qValue, neuron };
  });
  const pairs = together.flatMap(({ layer, found }) =>
    found.pairs.map((pair): Row => {
      const { first, pValue, qValue } = pair;
      return { layer, layerName: found.layerName, unit: first, pValue, qValue, pair };
    }),
  );
  return [...single, ...pairs];
}

/** The units of a layer with the highest information, in their order. */
function mostInformative(neurons: readonly NeuronInformation[], layer: number, count: number): number[] {
  return neurons
    .filter((neuron) => neuron.layer === layer)
    .toSorted((a, b) => b.information - a.information)
    .slice(0, count)
    .map(({ unit }) => unit)
    .sort((a, b) => a - b);
}

/** JSON has no NaN: a state that does not occur says null. */
function plain({ quantizer, specific, ...neuron }: NeuronInformation) {
  return {
    ...neuron,
    quantizer: { ...quantizer, edges: [...quantizer.edges] },
    specific: specific.map((bits) => (Number.isNaN(bits) ? null : bits)),
  };
}

const COLUMNS: readonly Column<Row>[] = [
  { name: "layer", type: "INT64", of: (row) => row.layer },
  { name: "layer_name", type: "STRING", of: (row) => row.layerName },
  { name: "unit", type: "INT64", of: (row) => row.unit },
  { name: "entropy", type: "DOUBLE", nullable: true, of: ({ neuron }) => neuron?.entropy },
  {
    name: "information",
    type: "DOUBLE",
    of: ({ neuron, pair }) => (neuron === undefined ? pair!.information[2] : neuron.information),
  },
  { name: "corrected", type: "DOUBLE", nullable: true, of: ({ neuron }) => neuron?.corrected },
  { name: "low", type: "DOUBLE", nullable: true, of: ({ neuron }) => neuron?.interval?.[0] },
  { name: "high", type: "DOUBLE", nullable: true, of: ({ neuron }) => neuron?.interval?.[1] },
  { name: "kl_selectivity", type: "DOUBLE", nullable: true, of: ({ neuron }) => neuron?.klSelectivity },
  { name: "kl_class", type: "INT64", nullable: true, of: ({ neuron }) => neuron?.klClass },
  { name: "class_selectivity", type: "DOUBLE", nullable: true, of: ({ neuron }) => neuron?.classSelectivity },
  { name: "p_value", type: "DOUBLE", of: (row) => row.pValue },
  { name: "q_value", type: "DOUBLE", of: (row) => row.qValue },
  { name: "warnings", type: "STRING", of: ({ neuron }) => neuron?.warnings.join("; ") ?? "" },
];

/** Of a pair: the other unit, and what both tell about the class. The parts are those of BROJA. */
const PAIR_COLUMNS: readonly Column<Row>[] = [
  { name: "second_unit", type: "INT64", nullable: true, of: ({ pair }) => pair?.second },
  { name: "interaction", type: "DOUBLE", nullable: true, of: ({ pair }) => pair?.interaction },
  { name: "interaction_by_chance", type: "DOUBLE", nullable: true, of: ({ pair }) => pair?.chance },
  { name: "redundant", type: "DOUBLE", nullable: true, of: ({ pair }) => broja(pair)?.redundant },
  { name: "unique_first", type: "DOUBLE", nullable: true, of: ({ pair }) => broja(pair)?.uniqueFirst },
  { name: "unique_second", type: "DOUBLE", nullable: true, of: ({ pair }) => broja(pair)?.uniqueSecond },
  { name: "synergistic", type: "DOUBLE", nullable: true, of: ({ pair }) => broja(pair)?.synergistic },
];

function broja(pair: NeuronPair | undefined) {
  return pair?.parts.find(({ measure }) => measure === "broja");
}

/** Neurons that a terminal shows of each layer. */
const SHOWN = 10;

function neuronBlocks(
  neurons: readonly NeuronInformation[],
  permutations: number,
  channels: ChannelReading | undefined,
): Block[] {
  const columns = [
    right("unit"),
    right("H"),
    right("I(Y;T)"),
    right("95 %"),
    right("KL selectivity"),
    right("class"),
    right("class selectivity"),
    right("q"),
  ];
  const layers = [...new Set(neurons.map(({ layer }) => layer))];
  const parts = layers.flatMap((layer): Block[] => {
    const own = neurons.filter((neuron) => neuron.layer === layer);
    const rows = own
      .toSorted((a, b) => b.corrected - a.corrected)
      .slice(0, SHOWN)
      .map((neuron) => [
        `${neuron.unit}`,
        decimals(neuron.entropy),
        decimals(neuron.corrected),
        neuron.interval === undefined ? "" : `${decimals(neuron.interval[0])} … ${decimals(neuron.interval[1])}`,
        decimals(neuron.klSelectivity),
        `${neuron.klClass}`,
        neuron.classSelectivity === undefined ? "–" : decimals(neuron.classSelectivity),
        probability(neuron.qValue),
      ]);
    const mean = own.reduce((sum, { corrected }) => sum + corrected, 0) / own.length;
    const inactive = own.filter(({ entropy }) => entropy === 0).length;
    const more = own.length > SHOWN ? `; the ${SHOWN} most informative:` : "";
    return [
      `${heading(escaped(own[0]!.layerName))}: ${counted(own.length, "unit")}, mean ${decimals(mean)} bits, ${inactive} inactive${more}\n\n`,
      table(columns, rows),
      "\n",
    ];
  });
  const warned = neurons.filter(({ warnings }) => warnings.length > 0);
  const notes = [...new Set(warned.flatMap(({ warnings }) => warnings))].map((warning) => {
    const count = warned.filter(({ warnings }) => warnings.includes(warning)).length;
    return `${count} ${count === 1 ? "unit" : "units"}: ${warning}\n`;
  });
  const tested = permutations > 0 ? `${permutations} permutations` : "the G-test";
  return [
    ...parts,
    `H: entropy; I(Y;T): mutual information with the class, with its 95 % interval; both in bits, with the Miller–Madow bias correction. q: false discovery rate of ${tested}.\n`,
    "Compare neurons within a layer: layers have different ranges of values.\n",
    ...(channels === undefined
      ? []
      : [`The units of a convolution are its channels: ${channels} over all positions.\n`]),
    ...notes,
  ];
}

/** Pairs that a terminal shows of each layer. */
const PAIRS_SHOWN = 10;

function pairBlocks({ layerName, units, pairs, joint, common, warnings }: NeuronPairs): Block[] {
  const shown = pairs.toSorted((a, b) => Math.abs(b.interaction) - Math.abs(a.interaction)).slice(0, PAIRS_SHOWN);
  const rows = shown.map((pair) => {
    const { first, second, information, interaction, chance, qValue } = pair;
    const parts = broja(pair);
    const of = (part: number | undefined) => (part === undefined ? "" : decimals(part));
    return [
      `${first}, ${second}`,
      ...information.map((bits) => decimals(bits)),
      decimals(interaction - chance),
      qValue.toFixed(3),
      of(parts?.redundant),
      of(parts?.uniqueFirst),
      of(parts?.uniqueSecond),
      of(parts?.synergistic),
    ];
  });
  const columns = [
    "units",
    "I first",
    "I second",
    "I both",
    "interaction",
    "q",
    "redundant",
    "unique first",
    "unique second",
    "synergistic",
  ];
  const more =
    pairs.length > PAIRS_SHOWN ? `; the ${PAIRS_SHOWN} of ${pairs.length} with the strongest interaction` : "";
  return [
    `${heading(escaped(layerName))}: pairs of the ${units.length} most informative units${more}\n\n`,
    table(columns.map(right), rows),
    "\nInteraction: I first + I second − I both, minus its mean under shuffled labels; above 0: redundancy, below 0: synergy. Redundant, unique and synergistic information by BROJA; JSON also has I_min and MMI.\n",
    `All ${units.length} units together: ${decimals(joint)} bits about the class; O-information ${decimals(common.oInformation)} bits (above 0: redundancy, below 0: synergy).\n`,
    ...warnings.map((warning) => `${sentence(warning)}\n`),
  ];
}
