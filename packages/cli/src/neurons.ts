/** `causalscope neurons MODEL --data FILE --labels FILE`: what single neurons know of the labels. */

import { neuronInformation } from "@causalscope/core";
import { InvalidInputError } from "@causalscope/core/errors";
import type { QuantizerSpec } from "@causalscope/core/information";
import { isGraphUnits, unitsOf } from "@causalscope/core/internal";
import type { ChannelReading } from "@causalscope/core/models";
import type { NeuronInformation } from "@causalscope/core/neurons";
import { type NeuronPairs, neuronPairs } from "@causalscope/core/neurons";
import { type Column, csv } from "@causalscope/runs";
import { sentence } from "@causalscope/studies/internal";
import type { Command } from "commander";
import type { Io } from "./io.ts";
import { type ExampleFlags, readClassifier, readExamples } from "./labelled-files.ts";
import { modelOptions } from "./model-file.ts";
import { numberOption, positiveOption, rangeOption, wholeNumberOption } from "./options.ts";
import { decimals, noteLines, probability, right, table } from "./table.ts";
import { missingOption } from "./table-file.ts";

interface NeuronFlags extends ExampleFlags {
  readonly quantizer: QuantizerSpec;
  readonly channels: ChannelReading;
  readonly bootstrap: number;
  readonly permutations: number;
  readonly pairs: number;
  readonly seed: number;
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly figure?: string;
}

/** Options that say where examples are. */
export function exampleOptions(command: Command): Command {
  return modelOptions(command)
    .requiredOption("--data <file>", "examples, a row each: CSV, .npy, .npz (an array of it: FILE.npz:x) or IDX")
    .option(
      "--labels <file>",
      "their labels, numbers or words (default: the last column of the data, or y of an .npz file)",
    )
    .option("--test-data <file>", "other examples, to read results on (default: the same)")
    .option("--test-labels <file>", "their labels")
    .option("--missing <policy>", "rows that lack a value: refuse or drop-rows (default: refuse)", missingOption)
    .option("--divide <number>", "what inputs are divided by: 255 for bytes", (text) =>
      positiveOption(text, "--divide"),
    );
}

/** What `--quantizer` takes. */
export const QUANTIZERS =
  "threshold[,value], uniform,bins, equal-mass,bins, fixed,bins,low,high, width,width or unique (each value a state)";

/** `threshold`, `threshold,0.5`, `uniform,8`, `equal-mass,8`, `fixed,8,0,1`, `width,0.1`, `unique`. */
export function quantizerOption(text: string): QuantizerSpec {
  const [kind, ...numbers] = text.split(",");
  const at = (k: number) => numberOption(numbers[k] ?? "", "--quantizer", "numbers, as in equal-mass,8");
  if (kind === "threshold") return numbers.length === 0 ? { kind } : { kind, threshold: at(0) };
  if (kind === "uniform" || kind === "equal-mass") return { kind, bins: at(0) };
  if (kind === "fixed") return { kind, bins: at(0), range: rangeOption(numbers.slice(1).join(","), "--quantizer") };
  if (kind === "width") return { kind, width: at(0) };
  if (kind === "unique" && numbers.length === 0) return { kind };
  const expected =
    "threshold, threshold,VALUE, uniform,BINS, equal-mass,BINS, fixed,BINS,LOW,HIGH, width,WIDTH or unique";
  throw new InvalidInputError({ who: "--quantizer", expected, got: JSON.stringify(text) });
}

function channelsOption(text: string): ChannelReading {
  if (text === "mean" || text === "maximum") return text;
  throw new InvalidInputError({ who: "--channels", expected: "mean or maximum", got: JSON.stringify(text) });
}

export function neuronsCommand(command: Command, io: Io): void {
  exampleOptions(command.argument("<model>"))
    .description(
      "For each neuron of a model (of convolutions, each channel): entropy, information with the class, KL and class selectivity, with an interval and a p-value corrected for how many neurons there are.",
    )
    .allowExcessArguments(false)
    .option("--quantizer <spec>", QUANTIZERS, quantizerOption, { kind: "threshold" } as QuantizerSpec)
    .option("--channels <reading>", "a channel as its mean or maximum over all positions", channelsOption, "mean")
    .option(
      "--bootstrap <n>",
      "resamples of the intervals; 0 for none",
      (text) => wholeNumberOption(text, "--bootstrap", 0),
      200,
    )
    .option(
      "--permutations <n>",
      "shuffles of the labels for p-values; 0 for those of the G-test",
      (text) => wholeNumberOption(text, "--permutations", 0),
      0,
    )
    .option(
      "--pairs <n>",
      "also what the n neurons of each hidden layer that know most tell in pairs: interaction, redundant, unique, synergistic",
      (text) => wholeNumberOption(text, "--pairs", 0),
      0,
    )
    .option("--seed <n>", "of the bootstrap and the shuffles", (text) => wholeNumberOption(text, "--seed", 0), 0)
    .option("--json", "everything, for a program")
    .option("--csv", "a row for each neuron")
    .option("--figure <file>", "also a histogram for each layer, as SVG")
    .addHelpText(
      "after",
      "\nExamples:\n  $ causalscope neurons model.onnx --data x.npy --labels y.npy\n  $ causalscope neurons model.onnx --data t10k-images-idx3-ubyte.gz --labels t10k-labels-idx1-ubyte.gz --divide 255",
    )
    .action((file: string, flags: NeuronFlags) => runNeurons(file, flags, io));
}

async function runNeurons(file: string, flags: NeuronFlags, io: Io): Promise<void> {
  if (flags.json === true && flags.csv === true) {
    throw new InvalidInputError({ who: "neurons", expected: "--json or --csv", got: "both" });
  }
  const model = await readClassifier(file, io, flags, flags.channels);
  const { train, test, provenance } = readExamples(model, flags, io);
  const { quantizer, bootstrap, permutations, seed } = flags;
  const common = { quantizer, channels: flags.channels, seed, learnFrom: train, signal: io.signal };
  const found = await neuronInformation(model, test, { ...common, bootstrap, permutations });
  const hidden = Array.from({ length: unitsOf(model).layers.length - 1 }, (_, layer) => layer);
  const together: NeuronPairs[] = [];
  for (const layer of flags.pairs > 0 ? hidden : []) {
    const units = mostKnowing(found, layer, Math.max(2, flags.pairs));
    if (units.length > 1) together.push(await neuronPairs(model, test, { ...common, layer, units }));
  }
  const units = unitsOf(model, flags.channels);
  const channels = isGraphUnits(units) ? units.channels : undefined;
  if (flags.figure !== undefined) {
    const { neuronInformationFigure } = await import("@causalscope/report");
    io.storage.write(flags.figure, neuronInformationFigure(found).svg);
  }
  if (flags.json === true) {
    const asked = { model: file, examples: test.rows, quantizer, channels, bootstrap, permutations, seed };
    const pairs = flags.pairs > 0 ? { pairs: together } : {};
    io.stdout.write(`${JSON.stringify({ ...asked, provenance, neurons: found.map(plain), ...pairs }, null, 2)}\n`);
  } else if (flags.csv === true) io.stdout.write(csv(COLUMNS, found));
  else {
    const notes = noteLines(provenance.notes);
    io.stdout.write(`${[asTables(found, permutations, channels), ...together.map(pairTable)].join("\n")}${notes}`);
  }
  if (flags.csv === true) io.stderr.write(noteLines(provenance.notes));
}

/** The units of a layer with the highest information, in their order. */
function mostKnowing(neurons: readonly NeuronInformation[], layer: number, count: number): number[] {
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

const COLUMNS: readonly Column<NeuronInformation>[] = [
  { name: "layer", type: "INT64", of: (row) => row.layer },
  { name: "layer_name", type: "STRING", of: (row) => row.layerName },
  { name: "unit", type: "INT64", of: (row) => row.unit },
  { name: "entropy", type: "DOUBLE", of: (row) => row.entropy },
  { name: "information", type: "DOUBLE", of: (row) => row.information },
  { name: "corrected", type: "DOUBLE", of: (row) => row.corrected },
  { name: "low", type: "DOUBLE", nullable: true, of: (row) => row.interval?.[0] },
  { name: "high", type: "DOUBLE", nullable: true, of: (row) => row.interval?.[1] },
  { name: "kl_selectivity", type: "DOUBLE", of: (row) => row.klSelectivity },
  { name: "kl_class", type: "INT64", of: (row) => row.klClass },
  { name: "class_selectivity", type: "DOUBLE", nullable: true, of: (row) => row.classSelectivity },
  { name: "p_value", type: "DOUBLE", of: (row) => row.pValue },
  { name: "q_value", type: "DOUBLE", of: (row) => row.qValue },
  { name: "warnings", type: "STRING", of: (row) => row.warnings.join("; ") },
];

/** Neurons that a terminal shows of each layer. */
const SHOWN = 10;

function asTables(
  neurons: readonly NeuronInformation[],
  permutations: number,
  channels: ChannelReading | undefined,
): string {
  const head = [
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
  const parts = layers.map((layer) => {
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
    const idle = own.filter(({ entropy }) => entropy === 0).length;
    const more = own.length > SHOWN ? `, the ${SHOWN} that know most` : "";
    return `${own[0]!.layerName}: ${own.length} units, mean ${decimals(mean)} bit, ${idle} inactive${more}\n\n${table(head, rows)}`;
  });
  const warned = neurons.filter(({ warnings }) => warnings.length > 0);
  const notes = [...new Set(warned.flatMap(({ warnings }) => warnings))].map((warning) => {
    const count = warned.filter(({ warnings }) => warnings.includes(warning)).length;
    return `${count} ${count === 1 ? "unit" : "units"}: ${warning}`;
  });
  return `${parts.join("\n")}\nBits, corrected by Miller and Madow; q: false discovery rate of ${permutations > 0 ? `${permutations} shuffles` : "the G-test"}. Layers differ in their values: compare within one.\n${
    channels === undefined ? "" : `Units of convolutions are channels, each as its ${channels} over all positions.\n`
  }${notes.map((note) => `${note}\n`).join("")}`;
}

/** Pairs that a terminal shows of each layer. */
const PAIRS_SHOWN = 10;

function pairTable({ layerName, units, pairs, joint, common, warnings }: NeuronPairs): string {
  const shown = pairs.toSorted((a, b) => Math.abs(b.interaction) - Math.abs(a.interaction)).slice(0, PAIRS_SHOWN);
  const rows = shown.map(({ first, second, information, interaction, chance, qValue, parts }) => {
    const broja = parts.find(({ measure }) => measure === "broja");
    const of = (part: number | undefined) => (part === undefined ? "" : decimals(part));
    return [
      `${first}, ${second}`,
      ...information.map((bits) => decimals(bits)),
      decimals(interaction - chance),
      qValue.toFixed(3),
      of(broja?.redundant),
      of(broja?.uniqueFirst),
      of(broja?.uniqueSecond),
      of(broja?.synergistic),
    ];
  });
  const head = [
    "units",
    "I first",
    "I second",
    "I both",
    "interaction",
    "q",
    "redundant",
    "unique",
    "unique",
    "synergistic",
  ];
  const more = pairs.length > PAIRS_SHOWN ? `, the ${PAIRS_SHOWN} furthest from additive of ${pairs.length}` : "";
  return `${layerName}: pairs of the ${units.length} units that know most${more}

${table(head.map(right), rows)}
Interaction: I first + I second − I both, less its mean under shuffled labels; above 0 redundancy, below 0 synergy. Parts by BROJA; --json has I_min and MMI too.
All ${units.length} together know ${decimals(joint)} bit; O-information ${decimals(common.oInformation)} bit (above 0 they share, below 0 they complement each other).
${warnings.map((warning) => `${sentence(warning)}\n`).join("")}`;
}
