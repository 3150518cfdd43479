/** A model and examples of the user's own: what `neurons` and `ablate` begin with. */
import { type Dataset, dataset } from "../datasets/dataset.ts";
import { labelledTable } from "../datasets/labelled-table.ts";
import { tableFrom } from "../datasets/read-table.ts";
import type { NumberTable } from "../datasets/table.ts";
import { InvalidInputError, StorageError } from "../errors.ts";
import {
  type ChannelReading,
  type Classifier,
  graphClassifier,
  isGraphClassifier,
} from "../network/graph-classifier.ts";
import { networkOf } from "../network/graph-sequential.ts";
import { requireInputShape } from "../observational/unit-activations.ts";
import type { Io } from "./io.ts";
import { type ModelFlags, readModel } from "./model-file.ts";

export interface ExampleFlags extends ModelFlags {
  readonly data: string;
  readonly labels?: string;
  readonly testData?: string;
  readonly testLabels?: string;
  /** What the inputs are divided by: 255 for bytes. */
  readonly divide?: number;
}

/**
 * The model as a network in a row, where it is one, else as a graph.
 *
 * @param channels how the values of a channel become one number.
 * @throws InvalidInputError for a model that is no classifier with hidden units; what the readers throw.
 */
export async function readClassifier(
  file: string,
  io: Io,
  flags: ModelFlags,
  channels?: ChannelReading,
): Promise<Classifier> {
  const { model } = await readModel(file, io, flags);
  const found = networkOf(model.graph);
  return "network" in found ? found.network : graphClassifier(model.graph, { channels });
}

/** @throws StorageError for a file that is not there; InvalidInputError for examples that do not fit the model. */
export function readExamples(model: Classifier, flags: ExampleFlags, io: Io): { train: Dataset; test: Dataset } {
  const train = examples(model, flags.data, flags.labels, flags.divide ?? 1, io);
  if (flags.testData === undefined) {
    if (flags.testLabels === undefined) return { train, test: train };
    throw new InvalidInputError({ who: "--test-labels", expected: "--test-data, which they belong to", got: "none" });
  }
  return { train, test: examples(model, flags.testData, flags.testLabels, flags.divide ?? 1, io) };
}

function examples(model: Classifier, path: string, labels: string | undefined, divide: number, io: Io): Dataset {
  const values = tableAt(path, io);
  const { outputs } = model.layers.at(-1)!;
  const classes = Math.max(2, outputs);
  const own = labels === undefined ? undefined : tableAt(labels, io);
  const table = labelledTable(values, own, path, { labels, classes, because: ", the network's outputs" });
  const inputs = table.features;
  if (isGraphClassifier(model)) requireInputShape(model, { features: inputs, name: path }, path);
  else if (inputs !== model.layers[0]!.inputs) {
    const expected = `rows of ${model.layers[0]!.inputs} inputs, as the network has`;
    throw new InvalidInputError({ who: path, expected, got: `${inputs}` });
  }
  const data = divide === 1 ? table.inputs : table.inputs.map((value) => value / divide);
  const names = Array.from({ length: classes }, (_, label) => `${label}`);
  // With a single output the label is the target.
  const targets =
    outputs === 1 ? { targets: { data: Float64Array.from(table.labels!), shape: [table.rows, 1] as const } } : {};
  return dataset({
    name: path,
    inputs: { data, shape: [table.rows, inputs] },
    labels: table.labels!,
    classes: names,
    ...targets,
  });
}

function tableAt(path: string, io: Io): NumberTable {
  const bytes = io.storage.read(path);
  if (bytes !== undefined) return tableFrom(bytes, path);
  throw new StorageError({ who: path, expected: "a file", got: "none", remedy: "Check the path." });
}
