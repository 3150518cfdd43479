/** A model and examples of the user's own: what `neurons` and `ablate` begin with. */
import { type Dataset, dataset } from "../datasets/dataset.ts";
import { labelledTable } from "../datasets/labelled-table.ts";
import { tableFrom } from "../datasets/read-table.ts";
import type { NumberTable } from "../datasets/table.ts";
import { InvalidInputError, StorageError } from "../errors.ts";
import { networkOf } from "../network/graph-sequential.ts";
import type { Network } from "../network/network.ts";
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

/** @throws InvalidInputError for a model that is no row of dense layers; what the readers throw. */
export async function readNetwork(file: string, io: Io, flags: ModelFlags): Promise<Network> {
  const { model } = await readModel(file, io, flags);
  const found = networkOf(model.graph);
  if ("network" in found) return found.network;
  throw new InvalidInputError({
    who: file,
    expected: "a network that is a row of dense layers",
    got: found.reason,
    remedy: "`causalscope measure` takes other models, too.",
  });
}

/** @throws StorageError for a file that is not there; InvalidInputError for examples that do not fit the network. */
export function readExamples(network: Network, flags: ExampleFlags, io: Io): { train: Dataset; test: Dataset } {
  const train = examples(network, flags.data, flags.labels, flags.divide ?? 1, io);
  if (flags.testData === undefined) {
    if (flags.testLabels === undefined) return { train, test: train };
    throw new InvalidInputError({ who: "--test-labels", expected: "--test-data, which they belong to", got: "none" });
  }
  return { train, test: examples(network, flags.testData, flags.testLabels, flags.divide ?? 1, io) };
}

function examples(network: Network, path: string, labels: string | undefined, divide: number, io: Io): Dataset {
  const values = tableAt(path, io);
  const [inputs, outputs] = [network.layers[0]!.inputs, network.layers.at(-1)!.outputs];
  const classes = Math.max(2, outputs);
  const own = labels === undefined ? undefined : tableAt(labels, io);
  const table = labelledTable(values, own, path, { labels, classes, because: ", the network's outputs" });
  if (table.features !== inputs) {
    throw new InvalidInputError({
      who: path,
      expected: `rows of ${inputs} inputs, as the network has`,
      got: `${table.features}`,
    });
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
