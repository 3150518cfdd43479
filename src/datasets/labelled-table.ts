/** A user's own examples: a table of inputs and a label for each row. */
import { InvalidInputError } from "../errors.ts";
import { type Dataset, dataset } from "./dataset.ts";
import type { NumberTable } from "./table.ts";

/**
 * Labels may be any whole numbers from 0; where they are left out, the table's last column holds them. Inputs are taken as they are.
 *
 * @param who names the table in errors: its path. @param source its labels' own path, and the classes that there can be.
 * @throws InvalidInputError for labels that are not whole, another number of them, fewer than two classes, or a class without an example.
 */
export function labelledTable(
  values: NumberTable,
  labels: NumberTable | undefined,
  who: string,
  source: { readonly labels?: string | undefined; readonly classes?: number; readonly because?: string } = {},
): Dataset {
  const labelled = source.labels ?? who;
  const rows = values.shape[0]!;
  const columns = values.values.length / rows;
  if (labels === undefined && columns < 2) {
    throw new InvalidInputError({
      who,
      expected: "columns of inputs and a last one of labels",
      got: `${columns} column`,
      remedy: "Give the labels in a file of their own: --labels FILE.",
    });
  }
  const features = labels === undefined ? columns - 1 : columns;
  const found = labels === undefined ? lastColumn(values.values, columns) : [...labels.values];
  if (found.length !== rows) {
    throw new InvalidInputError({ who: labelled, expected: `${rows} labels, one per row`, got: `${found.length}` });
  }
  const wrong = found.findIndex((label) => !Number.isInteger(label) || label < 0 || label > 65_535);
  if (wrong >= 0) {
    const expected = "labels that are whole numbers from 0";
    throw new InvalidInputError({ who: labelled, expected, got: `${found[wrong]} in row ${wrong} (from 0)` });
  }
  const { classes: most = 65_536, because = "" } = source;
  const above = found.findIndex((label) => label >= most);
  if (above >= 0) {
    const got = `${found[above]} in row ${above} (from 0)`;
    throw new InvalidInputError({ who: labelled, expected: `labels from 0 to ${most - 1}${because}`, got });
  }
  const classes = found.reduce((most, label) => Math.max(most, label + 1), 0);
  const absent = Array.from({ length: classes }, (_, label) => label).find((label) => !found.includes(label));
  if (classes < 2 || absent !== undefined) {
    const got = absent === undefined ? "the label 0 alone" : `none of the label ${absent}`;
    const expected = `examples of each label from 0 to ${Math.max(1, classes - 1)}`;
    throw new InvalidInputError({ who: labelled, expected, got });
  }
  const inputs = new Float64Array(rows * features);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < features; i++) inputs[row * features + i] = values.values[row * columns + i]!;
  }
  return dataset({ name: who, inputs: { data: inputs, shape: [rows, features] }, labels: found });
}

function lastColumn(values: ArrayLike<number>, columns: number): number[] {
  return Array.from({ length: values.length / columns }, (_, row) => values[row * columns + columns - 1]!);
}
