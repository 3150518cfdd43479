/**
 * A run's rows turned into series: one array over the epochs for each measure × seed × layer. Figures draw from it, the
 * page embeds it as JSON (bits to six decimals: the full precision is in the run's own files), the player reads it.
 */
import { InvalidInputError } from "@causalscope/core/errors";
import { tellingEnds } from "@causalscope/core/internal";
import { MEASURES, type MeasureName } from "@causalscope/core/measures";
import type { LayerShape, MeasurementRow, RunData, TrainingRow } from "@causalscope/runs";

/** A value per checkpoint; null where nothing was measured. */
export type Series = readonly (number | null)[];

/** A bracket's ends, and their standard errors: 0 where it is proved. Bits. */
export type Bracket = readonly [low: number, high: number, lowError: number, highError: number];

export const TRAINING_COLUMNS = ["trainLoss", "testLoss", "trainAccuracy", "testAccuracy"] as const;
/** How well a network does: its loss or accuracy, of training or test data. */
export type TrainingColumn = (typeof TRAINING_COLUMNS)[number];

/** A run as series over its checkpoints: what figures and views are drawn from. */
export interface ReportData {
  /** Names of model files, of which epochs are positions; undefined for a run of training. */
  readonly checkpoints?: readonly string[];
  readonly study: string;
  readonly version: string;
  readonly lossName: string;
  readonly seeds: readonly number[];
  readonly layers: readonly LayerShape[];
  /** All measured epochs, ascending. */
  readonly epochs: readonly number[];
  /** `[measure][seed][layer][epoch]`, indices by position in the lists above. */
  readonly bits: Readonly<Record<MeasureName, readonly (readonly Series[])[]>>;
  readonly standardErrors: Readonly<Record<MeasureName, readonly (readonly Series[])[]>>;
  /** The brackets that tell more than the errors, in the same order; no list for a measure that has none. */
  readonly brackets: Readonly<Partial<Record<MeasureName, readonly (readonly (readonly (Bracket | null)[])[])[]>>>;
  /** `[column][seed][epoch]`. */
  readonly training: Readonly<Record<TrainingColumn, readonly Series[]>>;
  /** Each warning's text once. */
  readonly warningTexts: readonly string[];
  /** Where they occurred: positions of seed, layer, epoch, measure and text. */
  readonly warnings: readonly (readonly [seed: number, layer: number, epoch: number, measure: number, text: number])[];
  /** Positions of seed and epoch whose values are rough: better ones are being found. Default none. */
  readonly soFar?: readonly (readonly [seed: number, epoch: number])[];
}

/** Whether better values of a checkpoint are being found. */
export function isSoFar({ soFar }: ReportData, seed: number, epoch: number): boolean {
  return soFar?.some(([s, e]) => s === seed && e === epoch) === true;
}

/**
 * The series of a run.
 *
 * @example
 * ```ts
 * const data = reportData(trainingDataOf(await readStudyRun("runs/iris")));
 * console.log(data.bits.ei[0]![1]!.length === data.epochs.length); // true
 * ```
 * @throws InvalidInputError where the run holds no measurement, or rows of a seed or layer that it does not declare.
 */
export function reportData(run: RunData): ReportData {
  if (run.measurements.length === 0) {
    throw new InvalidInputError({
      who: "report",
      expected: "at least one measurement",
      got: "a run without measurements",
      remedy: "Let the run reach its first checkpoint, then create the report.",
    });
  }
  const epochs = [...new Set([...run.measurements, ...run.training].map((row) => row.epoch))].sort((a, b) => a - b);
  const epochAt = positions(epochs);
  const seedAt = positions(run.seeds);
  const grid = <T>() => run.seeds.map(() => run.layers.map(() => empty<T>(epochs.length)));
  const perMeasure = () =>
    Object.fromEntries(MEASURES.map((m) => [m, grid<number>()])) as Record<MeasureName, Cell[][][]>;
  const bits = perMeasure();
  const standardErrors = perMeasure();
  const brackets: Partial<Record<MeasureName, (Bracket | null)[][][]>> = {};
  const texts = new Map<string, number>();
  const warnings: [number, number, number, number, number][] = [];

  for (const row of run.measurements) {
    const seed = declared(seedAt.get(row.seed), "seed", row.seed);
    const layer = declared(run.layers[row.layer] && row.layer, "layer", row.layer);
    const epoch = epochAt.get(row.epoch)!;
    bits[row.measure][seed]![layer]![epoch] = finite(row.bits, 6);
    standardErrors[row.measure][seed]![layer]![epoch] = finite(row.standardError, 6);
    const bracket = bracketOf(row);
    if (bracket !== null) {
      brackets[row.measure] ??= grid<Bracket>();
      brackets[row.measure]![seed]![layer]![epoch] = bracket;
    }
    if (row.warnings === "") continue;
    if (!texts.has(row.warnings)) texts.set(row.warnings, texts.size);
    warnings.push([seed, layer, epoch, MEASURES.indexOf(row.measure), texts.get(row.warnings)!]);
  }

  const training = Object.fromEntries(
    TRAINING_COLUMNS.map((column) => [column, run.seeds.map(() => empty<number>(epochs.length))]),
  ) as Record<TrainingColumn, Cell[][]>;
  for (const row of run.training) {
    const seed = declared(seedAt.get(row.seed), "seed", row.seed);
    for (const column of TRAINING_COLUMNS) training[column][seed]![epochAt.get(row.epoch)!] = significant(row, column);
  }

  return {
    ...(run.checkpoints !== undefined && { checkpoints: run.checkpoints }),
    study: run.study,
    version: run.version,
    lossName: run.lossName,
    seeds: run.seeds,
    layers: run.layers.map(({ name, inputs, outputs, activation }) => ({ name, inputs, outputs, activation })),
    epochs,
    bits,
    standardErrors,
    brackets,
    training,
    warningTexts: [...texts.keys()],
    warnings,
    ...(run.soFar !== undefined && {
      soFar: run.soFar.map(({ seed, epoch }) => [seedAt.get(seed) ?? 0, epochAt.get(epoch) ?? 0] as const),
    }),
  };
}

type Cell = number | null;

function empty<T>(length: number): (T | null)[] {
  return new Array<T | null>(length).fill(null);
}

function bracketOf(row: MeasurementRow): Bracket | null {
  const known = tellingEnds(row);
  if (known === undefined) return null;
  const [low, high, lowError, highError] = [...known.ends, ...known.errors].map((n) => finite(n, 6));
  return low == null || high == null ? null : [low, high, lowError ?? 0, highError ?? 0];
}

function positions(values: readonly number[]): Map<number, number> {
  return new Map(values.map((value, index) => [value, index]));
}

function declared(position: number | undefined, what: string, got: number): number {
  if (position !== undefined) return position;
  throw new InvalidInputError({
    who: "report",
    expected: `rows of the ${what}s that the run declares`,
    got: `a row of ${what} ${got}`,
    remedy: "The run's description and its measurements belong to different runs; point to one run folder.",
  });
}

/** JSON has no NaN: what is not finite was not measured. A tiny error must not be rounded to 0, which means "exact". */
function finite(value: number, decimals: number): Cell {
  if (!Number.isFinite(value)) return null;
  const rounded = Number(value.toFixed(decimals));
  return rounded === 0 && value !== 0 ? Number(value.toPrecision(1)) : rounded;
}

function significant(row: TrainingRow, column: TrainingColumn): Cell {
  return Number.isFinite(row[column]) ? Number(row[column].toPrecision(7)) : null;
}

export function bracketAt(
  { brackets }: Pick<ReportData, "brackets">,
  measure: MeasureName,
  seed: number,
  layer: number,
  epoch: number,
): Bracket | null {
  return brackets[measure]?.[seed]?.[layer]?.[epoch] ?? null;
}

/** Mean over series, epoch by epoch; null where any of them has no value, so that the mean never changes its members. */
export function meanSeries(series: readonly Series[]): Series {
  const length = series[0]?.length ?? 0;
  return Array.from({ length }, (_, e) => {
    let sum = 0;
    for (const one of series) {
      const value = one[e];
      if (value === null || value === undefined) return null;
      sum += value;
    }
    return sum / series.length;
  });
}

/** Epochs of one layer and seed that have a value: position and value, in order. */
export function measured(series: Series): { e: number; value: number }[] {
  const found: { e: number; value: number }[] = [];
  for (const [e, value] of series.entries()) if (value !== null) found.push({ e, value });
  return found;
}

/** What a figure's title ends with. */
export function throughWhat({ checkpoints }: Pick<ReportData, "checkpoints">): string {
  if (checkpoints === undefined) return " through training";
  return checkpoints.length > 1 ? ` over ${checkpoints.length} checkpoints` : "";
}

/** "epoch 10", or the name of the file. */
export function momentName({ checkpoints }: Pick<ReportData, "checkpoints">, epoch: number): string {
  return checkpoints?.[epoch] ?? `epoch ${epoch}`;
}

/** "One training run.", or whatever else the lines are. */
export function whoseLines({ checkpoints, seeds }: Pick<ReportData, "checkpoints" | "seeds">): string {
  if (checkpoints !== undefined)
    return checkpoints.length > 1 ? "The checkpoints of one model, in order." : "One model.";
  if (seeds.length === 1) return "One training run.";
  return `Bold: mean of ${seeds.length} training runs; thin: each run (seed).`;
}
