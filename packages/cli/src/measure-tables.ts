/** What `causalscope measure` shows to a reader. */

import type { Estimate, EstimateMatrix } from "@causalscope/core";
import { escapedAll } from "@causalscope/core/basics";
import { binsText, tellingEnds } from "@causalscope/core/internal";
import type { MeasuredLayer, MeasuredPoint, NotMeasured, Range, Route, UnitGroups } from "@causalscope/core/measures";
import { MEASURE_TITLES, MEASURES } from "@causalscope/core/measures";
import { noteInFlags } from "./flag-names.ts";
import type { MeasuredFile } from "./measure-files.ts";
import { heading, styled } from "./style.ts";
import { type Block, key, left, right, type Table, table } from "./text-table.ts";
import { bits, decimals, percent, range, withError } from "./value-text.ts";

/** How tables mark an EI so far, of a layer whose measuring was cancelled. */
export const SO_FAR = "cancelled: so far";

const ROUTES: Readonly<Record<Route, string>> = { count: "by counting", likelihood: "from probabilities" };

/** In place of a value that there is none of. */
const NONE = "–";

/** The tables of each file, under its name where there are several. */
export function fileBlocks(measured: readonly MeasuredFile[]): Block[] {
  const files = escapedAll(measured);
  if (files.length === 1) return blocksOf(files[0]!);
  return files.flatMap((file, at) => [`${at > 0 ? "\n" : ""}${heading(file.file)}\n\n`, ...blocksOf(file)]);
}

function blocksOf({ layers, notMeasured, remaining }: MeasuredFile): Block[] {
  if (layers.length === 0) return [notMeasuredText(notMeasured, notMeasured.length)];
  const shown = values(layers);
  const estimated = shown.filter(({ value }) => value.bracketError !== undefined && tellingEnds(value) !== undefined);
  const tables = [
    [layersTable(layers)],
    [measuresTable(layers)],
    ...layers.flatMap(matrixTables),
    ...(layers.some(({ groups }) => groups !== undefined) ? [groupsTable(layers)] : []),
    ...(estimated.length > 0 ? [bracketsTable(estimated)] : []),
  ];
  const hasBounds = tables.flat().some(showsBounds);
  return [
    ...tables.flatMap((blocks) => [...blocks, "\n"]),
    footnote(hasBounds, estimated.length > 0),
    ...whatLines(layers),
    ...evidenceLines(shown),
    warningLines(shown),
    ...omittedLines(layers),
    notMeasuredText(notMeasured, layers.length + notMeasured.length + remaining.length),
    remaining.length === 0 ? "" : `Cancelled before ${remaining.join(", ")}.\n`,
  ];
}

/** Whether a cell has bounds behind its error. */
function showsBounds(block: Block): boolean {
  return typeof block !== "string" && block.rows.some((row) => row.some((cell) => /± [\d.]+ \[/.test(cell)));
}

/** Ranges of data have many digits: JSON has them all. */
function shortRange(ends: Range): string {
  return `[${ends.map((end) => Number(end.toPrecision(4))).join(", ")}]`;
}

/** What the layers are that are no plain dense ones. */
function whatLines(layers: readonly MeasuredLayer[]): string[] {
  return layers.flatMap(({ what, name }) => (what === undefined ? [] : [`${name}: ${what}\n`]));
}

function omittedLines(layers: readonly MeasuredLayer[]): string[] {
  return layers.flatMap(({ name, omitted = {} }) => {
    const titlesOf = new Map<string, string[]>();
    for (const measure of MEASURES) {
      const reason = omitted[measure];
      if (reason !== undefined) titlesOf.set(reason, [...(titlesOf.get(reason) ?? []), MEASURE_TITLES[measure]]);
    }
    return [...titlesOf].map(
      ([reason, titles]) => `Not measured: ${titles.join(", ")} of ${name}: ${noteInFlags(reason)}\n`,
    );
  });
}

/** The layers that have no values, those with the same reason together. */
function notMeasuredText(notMeasured: readonly NotMeasured[], count: number): string {
  const failures = notMeasured.filter(({ failed }) => failed);
  const byReason = new Map<string, NotMeasured[]>();
  for (const each of notMeasured) {
    if (!each.failed) byReason.set(each.reason, [...(byReason.get(each.reason) ?? []), each]);
  }
  const lines = [...byReason].map(([said, same]) => {
    const reason = noteInFlags(said);
    const names = same.map(({ name }) => name).join(", ");
    if (same.length === 1) return `Not measured: ${names} (${reason})\n`;
    return `Not measured: ${same.length} of ${count} layers (${reason}): ${names}\n`;
  });
  return [...lines, ...failures.map(({ name, reason }) => `Failed: ${name}: ${reason}\n`)].join("");
}

function layersTable(layers: readonly MeasuredLayer[]): Table {
  // In a sweep, these differ from bins to bins.
  const effort = layers.every(({ sweep }) => sweep === undefined);
  const columns = [
    left("layer"),
    left("size"),
    left("activation"),
    left("input range"),
    left("output range"),
    right("outside"),
    ...(effort ? [left("EI method"), right("samples")] : []),
  ];
  const rows = layers.map((layer) => [
    layer.name,
    `${layer.inputs} → ${layer.outputs}`,
    layer.activation,
    shortRange(layer.inputRange),
    shortRange(layer.outputRange),
    outsideOf(layer),
    ...(effort ? [layer.ei?.method ?? NONE, layer.ei === undefined ? NONE : whole(layer.ei.samples)] : []),
  ]);
  return table(columns, rows);
}

function measuresTable(layers: readonly MeasuredLayer[]): Table {
  const cut = layers.some((layer) => [layer, ...(layer.sweep ?? [])].some(isCut));
  const points: MeasuredPoint[] = layers.flatMap((layer) => layer.sweep ?? [layer]);
  const rows = points.map((point) => [
    point.name,
    binsText(point.bins),
    ...MEASURES.map((measure) => {
      const value = point[measure];
      if (value === undefined) return NONE;
      // The bounds of degeneracy and φ are EI's, moved: JSON and CSV have them, and a table of their own where they are estimated.
      return bits(measure === "ei" ? value : { ...value, bracket: undefined, bounds: undefined });
    }),
    ...(cut ? [isCut(point) ? SO_FAR : ""] : []),
  ]);
  const columns = [
    key(left("layer")),
    key(right("bins")),
    ...MEASURES.map((measure) => right(MEASURE_TITLES[measure])),
  ];
  return table([...columns, ...(cut ? [left("")] : [])], rows);
}

function isCut({ cancelled }: MeasuredPoint): boolean {
  return cancelled === true;
}

/** Of what noise on all inputs makes. */
function outsideOf({ ei, eiParts }: MeasuredLayer): string {
  const value = ei ?? eiParts;
  return value === undefined ? NONE : percent(value.outside);
}

/** A row per value whose bracket is an estimate itself. */
function bracketsTable(estimated: readonly Shown[]): Block[] {
  const rows = estimated.map(({ layer, title, value: { bracket, bracketError, bounds } }) => [
    layer,
    title,
    `[${bracket!.map((end, side) => withError(end, bracketError![side]!)).join(", ")}]`,
    bounds === undefined ? NONE : range(bounds, 1),
  ]);
  const columns = [left("layer"), left("value"), right("bracket"), right("proved bounds")];
  const title = "Estimated brackets, in bits: in expectation, the true value lies between the two ends";
  return [`${title}\n`, table(columns, rows)];
}

function matrixTables({ name, eiPartsMatrix, sensitivityMatrix }: MeasuredLayer): Block[][] {
  if (eiPartsMatrix === undefined || sensitivityMatrix === undefined) return [];
  return [
    matrixTable(`${name}: terms of EI_parts, in bits; one row per input, one column per output`, eiPartsMatrix),
    matrixTable(`${name}: terms of sensitivity, in bits`, sensitivityMatrix),
  ];
}

function matrixTable(title: string, matrix: EstimateMatrix): Block[] {
  const [inputs, outputs] = matrix.shape;
  const columns = Array.from({ length: outputs }, (_, j) => right(`${j}`));
  const rows = Array.from({ length: inputs }, (_, i) => [
    `${i}`,
    ...columns.map((_, j) => decimals(matrix.bits[i * outputs + j]!)),
  ]);
  const error = matrix.standardError.reduce((most, each) => Math.max(most, each), 0);
  const note = error === 0 ? "" : `Standard errors: at most ${error.toPrecision(2)} bits.\n`;
  return [`${title}\n`, table([right(""), ...columns], rows), note];
}

function groupsTable(layers: readonly MeasuredLayer[]): Block[] {
  const columns = [left("layer"), left("inputs"), left("outputs"), right("EI"), left("method"), right("outside")];
  const rows = layers.flatMap(({ name, groups }) =>
    (groups ?? []).map(({ inputs, outputs, estimate }) => [
      name,
      unitsText(inputs),
      unitsText(outputs),
      bits(estimate),
      estimate.method,
      percent(estimate.outside),
    ]),
  );
  return ["EI between groups of units, in bits\n", table(columns, rows)];
}

function unitsText(units: UnitGroups["inputs"]): string {
  const few = units.slice(0, 8).join(",");
  return units.length > 8 ? `${few},… (${units.length})` : few;
}

function footnote(hasBounds: boolean, hasEstimated: boolean): string {
  const which = `bounds on the true EI${hasEstimated ? "; those in the table of estimated brackets are estimates" : ""}`;
  const bounds = hasBounds ? ` [low, high]: ${which}.` : "";
  return `All values are in bits. ± is the standard error; values without it are exact.${bounds}\n`;
}

interface Shown {
  readonly layer: string;
  readonly title: string;
  readonly value: Estimate;
}

/** Every estimate that is shown, with what it is called. */
function values(layers: readonly MeasuredLayer[]): Shown[] {
  return layers.flatMap((layer) => [
    ...(layer.sweep ?? [layer]).flatMap((point: MeasuredPoint) =>
      MEASURES.flatMap((measure) => {
        const title =
          layer.sweep === undefined
            ? MEASURE_TITLES[measure]
            : `${MEASURE_TITLES[measure]} at ${binsText(point.bins)} bins`;
        const value = point[measure];
        return value === undefined ? [] : [{ layer: layer.name, title, value }];
      }),
    ),
    ...(layer.groups ?? []).map(({ inputs, outputs, estimate }) => ({
      layer: layer.name,
      title: `${unitsText(inputs)} > ${unitsText(outputs)}`,
      value: estimate,
    })),
  ]);
}

/** What stands behind each EI that was found from probabilities; degeneracy and φ rest on the same. */
function evidenceLines(shown: readonly Shown[]): string[] {
  return shown.flatMap(({ layer, title, value: { method, evidence } }) => {
    if (evidence === undefined || method === "derived") return [];
    const { routes, effectiveSamples, guarded, basis } = evidence;
    const what = [
      `H(Ŷ) ${ROUTES[routes.output]}, H(Ŷ | cell) ${ROUTES[routes.cell]}`,
      `worth ${whole(Math.round(effectiveSamples))} independent samples`,
      ...(guarded > 0 ? [`${whole(guarded)} draws guarded`] : []),
      basis,
    ];
    return [`${layer}, ${title}: ${what.join("; ")}\n`];
  });
}

function warningLines(shown: readonly Shown[]): string {
  const titlesOf = new Map<string, string[]>();
  for (const { layer, title, value } of shown) {
    for (const warning of value.warnings) {
      const line = `${layer}: ${warning}${warning.endsWith(" would fit") ? " (--range auto)" : ""}`;
      titlesOf.set(line, [...(titlesOf.get(line) ?? []), title]);
    }
  }
  return [...titlesOf]
    .map(([line, titles]) => `${styled("yellow", "Warning:")} ${line} (${titles.join(", ")})\n`)
    .join("");
}

function whole(count: number): string {
  return count.toLocaleString("en");
}
