/** A run as tables: what a screen reader reads, and what is written as CSV. No DOM. */
import { MEASURES } from "@causalscope/core/measures";
import { bracketAt, type ReportData, TRAINING_COLUMNS } from "../data.ts";

/** Rows under names of columns. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/**
 * The measures of a run as a table: a row for each seed, checkpoint and layer, with every value beside its standard error, and the ends of brackets
 * where there are any. Null where nothing was measured.
 *
 * @param epoch position of the only checkpoint to list. Default all.
 *
 * @example
 * ```ts
 * const data = reportData(trainingDataOf(await readStudyRun("runs/iris")));
 * console.log(asTable(data, 0).columns.slice(0, 5).join()); // seed,epoch,layer,ei,eiStandardError
 * ```
 */
export function asTable(data: ReportData, epoch?: number): Table {
  const { seeds, epochs, layers, bits, standardErrors, brackets } = data;
  const bracketed = MEASURES.filter((measure) => brackets[measure] !== undefined);
  const columns = [
    ...["seed", "epoch", "layer"],
    ...MEASURES.flatMap((measure) => [measure, `${measure}StandardError`]),
    ...bracketed.flatMap((measure) => [`${measure}BracketLow`, `${measure}BracketHigh`]),
  ];
  const rows = seeds.flatMap((seed, s) =>
    epochs.flatMap((moment, e) =>
      epoch !== undefined && e !== epoch
        ? []
        : layers.map((layer, l) => [
            ...[seed, moment, layer.name],
            ...MEASURES.flatMap((measure) => [
              bits[measure][s]![l]![e] ?? null,
              standardErrors[measure][s]![l]![e] ?? null,
            ]),
            ...bracketed.flatMap((measure) => {
              const [low = null, high = null] = bracketAt(data, measure, s, l, e) ?? [];
              return [low, high];
            }),
          ]),
    ),
  );
  return { columns, rows };
}

/**
 * How well the networks of a run do, as a table: a row for each seed and checkpoint.
 *
 * @example
 * ```ts
 * const data = reportData(trainingDataOf(await readStudyRun("runs/iris")));
 * console.log(trainingTable(data).columns.join()); // seed,epoch,trainLoss,testLoss,trainAccuracy,testAccuracy
 * ```
 */
export function trainingTable({ seeds, epochs, training }: ReportData): Table {
  const rows = seeds.flatMap((seed, s) =>
    epochs.map((epoch, e) => [seed, epoch, ...TRAINING_COLUMNS.map((column) => training[column][s]![e] ?? null)]),
  );
  return { columns: ["seed", "epoch", ...TRAINING_COLUMNS], rows };
}

/**
 * A table as CSV, with a line of names. Text that a spreadsheet would take for a formula begins with an apostrophe.
 *
 * @example
 * ```ts
 * console.log(csvOf({ columns: ["layer", "ei"], rows: [["a, b", 1.5]] }).split("\n")[1]); // "a, b",1.5
 * ```
 */
export function csvOf({ columns, rows }: Table): string {
  const cell = (value: string | number | null) => {
    if (value === null) return "";
    if (typeof value === "number") return String(value);
    const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return `${[columns, ...rows].map((row) => row.map(cell).join(",")).join("\n")}\n`;
}
