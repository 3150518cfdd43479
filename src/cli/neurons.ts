/** `causalscope neurons MODEL --data FILE --labels FILE`: what single neurons know of the labels. */
import type { Command } from "commander";
import { InvalidInputError } from "../errors.ts";
import { type NeuronInformation, neuronInformation } from "../observational/neuron-information.ts";
import type { QuantizerSpec } from "../observational/quantizer.ts";
import { type Column, csv } from "../runs/table-files.ts";
import type { Io } from "./io.ts";
import { type ExampleFlags, readExamples, readNetwork } from "./labelled-files.ts";
import { modelOptions } from "./model-file.ts";
import { numberOption, positiveOption, rangeOption, wholeNumberOption } from "./options.ts";
import { decimals, table } from "./table.ts";

interface NeuronFlags extends ExampleFlags {
  readonly quantizer: QuantizerSpec;
  readonly bootstrap: number;
  readonly seed: number;
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly figure?: string;
}

/** Options that say where examples are. */
export function exampleOptions(command: Command): Command {
  return modelOptions(command)
    .requiredOption("--data <file>", "examples, a row each: CSV, .npy, .npz or IDX")
    .option("--labels <file>", "their labels, whole numbers from 0 (default: the last column of the data)")
    .option("--test-data <file>", "other examples, to read results on (default: the same)")
    .option("--test-labels <file>", "their labels")
    .option("--divide <number>", "what inputs are divided by: 255 for bytes", (text) =>
      positiveOption(text, "--divide"),
    );
}

/** `threshold`, `threshold,0.5`, `uniform,8`, `equal-mass,8`, `fixed,8,0,1`. */
function quantizerOption(text: string): QuantizerSpec {
  const [kind, ...numbers] = text.split(",");
  const at = (k: number) => numberOption(numbers[k] ?? "", "--quantizer", "numbers, as in equal-mass,8");
  if (kind === "threshold") return numbers.length === 0 ? { kind } : { kind, threshold: at(0) };
  if (kind === "uniform" || kind === "equal-mass") return { kind, bins: at(0) };
  if (kind === "fixed") return { kind, bins: at(0), range: rangeOption(numbers.slice(1).join(","), "--quantizer") };
  const expected = "threshold, threshold,VALUE, uniform,BINS, equal-mass,BINS or fixed,BINS,LOW,HIGH";
  throw new InvalidInputError({ who: "--quantizer", expected, got: JSON.stringify(text) });
}

export function neuronsCommand(root: Command, io: Io): void {
  exampleOptions(root.command("neurons <model>"))
    .summary("what single neurons know of the labels")
    .description(
      "For each neuron of a network of dense layers: entropy, information with the class, KL and class selectivity, with an interval and a p-value corrected for how many neurons there are.",
    )
    .allowExcessArguments(false)
    .option(
      "--quantizer <spec>",
      "threshold[,value], uniform,bins, equal-mass,bins, fixed,bins,low,high",
      quantizerOption,
      {
        kind: "threshold",
      } as QuantizerSpec,
    )
    .option(
      "--bootstrap <n>",
      "resamples of the intervals; 0 for none",
      (text) => wholeNumberOption(text, "--bootstrap", 0),
      200,
    )
    .option("--seed <n>", "of the bootstrap", (text) => wholeNumberOption(text, "--seed", 0), 0)
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
  const network = await readNetwork(file, io, flags);
  const { train, test } = readExamples(network, flags, io);
  const { quantizer, bootstrap, seed } = flags;
  const found = await neuronInformation(network, test, {
    quantizer,
    bootstrap,
    seed,
    learnFrom: train,
    signal: io.signal,
  });
  if (flags.figure !== undefined) {
    const { neuronInformationFigure } = await import("../report/figures/neuron-information.ts");
    io.storage.write(flags.figure, neuronInformationFigure(found).svg);
  }
  if (flags.json === true) {
    io.stdout.write(
      `${JSON.stringify({ model: file, examples: test.rows, quantizer, bootstrap, seed, neurons: found.map(plain) }, null, 2)}\n`,
    );
  } else if (flags.csv === true) io.stdout.write(csv(COLUMNS, found));
  else io.stdout.write(asTables(found));
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

function asTables(neurons: readonly NeuronInformation[]): string {
  const right = (title: string) => ({ title, align: "right" }) as const;
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
        neuron.qValue < 1e-4 ? "< 0.0001" : neuron.qValue.toFixed(4),
      ]);
    const mean = own.reduce((sum, { corrected }) => sum + corrected, 0) / own.length;
    const idle = own.filter(({ entropy }) => entropy === 0).length;
    const more = own.length > SHOWN ? `, the ${SHOWN} that know most` : "";
    return `${own[0]!.layerName}: ${own.length} units, mean ${decimals(mean)} bit, ${idle} inactive${more}\n\n${table(head, rows)}`;
  });
  const warned = neurons.filter(({ warnings }) => warnings.length > 0);
  const notes = [...new Set(warned.flatMap(({ warnings }) => warnings))].map(
    (warning) => `${warned.filter(({ warnings }) => warnings.includes(warning)).length} units: ${warning}`,
  );
  return `${parts.join("\n")}\nBits, corrected by Miller and Madow; q: false discovery rate of the G-test. Layers differ in their values: compare within one.\n${notes.map((note) => `${note}\n`).join("")}`;
}
