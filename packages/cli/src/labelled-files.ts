/** A model and examples of the user's own: what `neurons` and `ablate` begin with. */

import type { Model } from "@causalscope/core";
import { type Dataset, dataset } from "@causalscope/core";
import { type LabelledTable, labelledTable } from "@causalscope/core/datasets";
import { InvalidInputError } from "@causalscope/core/errors";
import type { Missing } from "@causalscope/core/internal";
import { isGraphUnits, requireInputShape, unitsOf } from "@causalscope/core/internal";
import type { ChannelReading } from "@causalscope/core/models";
import { type FileProvenance, hasLabels, tableAt } from "@causalscope/runs/internal";
import type { Io } from "./io.ts";
import { type ModelFlags, readModel } from "./model-file.ts";
import { provenanceText } from "./table-file.ts";

export interface ExampleFlags extends ModelFlags {
  readonly data: string;
  readonly labels?: string;
  readonly testData?: string;
  readonly testLabels?: string;
  /** What the inputs are divided by: 255 for bytes. */
  readonly divide?: number;
  /** How rows with missing values are treated. */
  readonly missing?: Missing;
}

/**
 * A model that has hidden units.
 *
 * @param channels how the values of a channel become one number.
 * @throws InvalidInputError for a model without them; what the readers throw.
 */
export async function readClassifier(
  file: string,
  io: Io,
  flags: ModelFlags,
  channels?: ChannelReading,
): Promise<Model> {
  const { model } = await readModel(file, io, flags);
  unitsOf(model, channels);
  return model;
}

/** What results from examples are kept with. */
export interface ExampleProvenance {
  readonly files: readonly FileProvenance[];
  /** By position. */
  readonly classes: readonly string[];
  readonly notes: readonly string[];
}

export interface Examples {
  readonly train: Dataset;
  readonly test: Dataset;
  readonly provenance: ExampleProvenance;
}

/** For the table of settings of a report. */
export function provenanceSettings({ files, classes, notes }: ExampleProvenance): [string, string][] {
  return [
    ...files.map((file): [string, string] => ["file", provenanceText(file)]),
    ["classes", classes.join(", ")],
    ...notes.map((note): [string, string] => ["note", note]),
  ];
}

/** @throws StorageError for a file that is not there; InvalidInputError for examples that do not fit the model. */
export function readExamples(model: Model, flags: ExampleFlags, io: Io): Examples {
  const train = examples(model, flags.data, flags.labels, flags, io);
  const { notes, classes } = train.table;
  if (flags.testData === undefined) {
    if (flags.testLabels === undefined) {
      return { train: train.data, test: train.data, provenance: { files: train.files, classes, notes } };
    }
    throw new InvalidInputError({ who: "--test-labels", expected: "--test-data, which they belong to", got: "none" });
  }
  const test = examples(model, flags.testData, flags.testLabels, flags, io, classes);
  const files = [...train.files, ...test.files];
  const more = test.table.notes.map((note) => `${flags.testData}: ${note}`);
  return { train: train.data, test: test.data, provenance: { files, classes, notes: [...notes, ...more] } };
}

function examples(
  model: Model,
  path: string,
  labels: string | undefined,
  { divide = 1, missing }: ExampleFlags,
  io: Io,
  known?: readonly string[],
): { data: Dataset; table: LabelledTable; files: readonly FileProvenance[] } {
  const values = tableAt(path, "inputs", io.storage);
  const units = unitsOf(model);
  const { outputs } = units.layers.at(-1)!;
  const classes = Math.max(2, outputs);
  // An archive may hold both.
  const labelsAt = labels ?? (hasLabels(path, io.storage) ? path : undefined);
  const own = labelsAt === undefined ? undefined : tableAt(labelsAt, "labels", io.storage);
  const because = ", the network's outputs";
  const table = labelledTable(values.table, own?.table, path, { labels: labelsAt, classes, because, missing, known });
  const inputs = table.features;
  if (isGraphUnits(units)) requireInputShape(units, { features: inputs, name: path }, path);
  else if (inputs !== units.layers[0]!.inputs) {
    const expected = `rows of ${units.layers[0]!.inputs} inputs, as the network has`;
    throw new InvalidInputError({ who: path, expected, got: `${inputs}` });
  }
  const data = divide === 1 ? table.inputs : table.inputs.map((value) => value / divide);
  // With a single output the label is the target.
  const targets =
    outputs === 1 ? { targets: { data: Float64Array.from(table.labels!), shape: [table.rows, 1] as const } } : {};
  const read = dataset({
    name: path,
    inputs: { data, shape: [table.rows, inputs] },
    labels: table.labels,
    classes: table.classes,
    ...targets,
  });
  return { data: read, table, files: [values.provenance, ...(own === undefined ? [] : [own.provenance])] };
}
