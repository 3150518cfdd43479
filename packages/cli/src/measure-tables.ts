/** `causalscope measure` for a reader: tables that fit into 100 columns wherever the values do. */

import type { Estimate, EstimateMatrix } from "@causalscope/core";
import { binsText, escapedAll, tellingEnds } from "@causalscope/core/internal";
import type { MeasuredLayer, MeasuredPoint, NotMeasured, Range, Route, UnitGroups } from "@causalscope/core/measures";
import { MEASURES, type MeasureName } from "@causalscope/core/measures";
import type { MeasuredFile } from "./measure-files.ts";
import { bits, decimals, left, percent, range, right, table, withError } from "./table.ts";

const WIDTH = 100;

/** How tables mark an EI so far, of a layer whose measuring was cancelled. */
export const SO_FAR = "cancelled: so far";

const TITLES: Readonly<Record<MeasureName, string>> = {
  ei: "EI",
  eiParts: "EI_parts",
  sensitivity: "sensitivity",
  degeneracy: "degeneracy",
  phi: "φ",
};

const ROUTES: Readonly<Record<Route, string>> = { count: "by counting", likelihood: "from probabilities" };

/** In place of a value that there is none of. */
const NONE = "–";

/** The tables of each file, under its name where there are several. */
export function tablesText(measured: readonly MeasuredFile[]): string {
  const files = escapedAll(measured);
  if (files.length === 1) return fileText(files[0]!);
  return files.map((file) => `${file.who}\n\n${fileText(file)}`).join("\n");
}

function fileText({ found, unmeasured, remaining }: MeasuredFile): string {
  if (found.length === 0) return unmeasuredText(unmeasured);
  const said = values(found);
  const estimated = said.filter(({ value }) => value.bracketError !== undefined && tellingEnds(value) !== undefined);
  const blocks = [
    layersTable(found),
    measuresTable(found),
    ...found.flatMap(matrixTables),
    ...(found.some(({ groups }) => groups !== undefined) ? [groupsTable(found)] : []),
    ...(estimated.length > 0 ? [bracketsTable(estimated)] : []),
  ];
  const tables = blocks.join("\n");
  const notes = [
    footnote(tables, estimated.length > 0),
    ...whatLines(found),
    ...evidenceLines(said),
    warningLines(said),
    ...omittedLines(found),
    unmeasuredText(unmeasured),
  ];
  const missing = remaining.length === 0 ? "" : `Cancelled before ${remaining.join(", ")}.\n`;
  return `${tables}\n${notes.join("")}${missing}`;
}

/** Ranges of data have many digits: JSON has them all. */
function shortRange(ends: Range): string {
  return `[${ends.map((end) => Number(end.toPrecision(4))).join(", ")}]`;
}

/** What the layers are that are no plain dense ones. */
function whatLines(found: readonly MeasuredLayer[]): string[] {
  return found.flatMap(({ what, name }) => (what === undefined ? [] : [`${name}: ${what}\n`]));
}

function omittedLines(found: readonly MeasuredLayer[]): string[] {
  return found.flatMap(({ name, omitted = {} }) => {
    const titlesOf = new Map<string, string[]>();
    for (const measure of MEASURES) {
      const reason = omitted[measure];
      if (reason !== undefined) titlesOf.set(reason, [...(titlesOf.get(reason) ?? []), TITLES[measure]]);
    }
    return [...titlesOf].map(([reason, titles]) => `Not measured: ${titles.join(", ")} of ${name}: ${reason}\n`);
  });
}

export function unmeasuredText(unmeasured: readonly NotMeasured[]): string {
  return unmeasured
    .map(({ name, reason, failed }) =>
      failed ? `Failed: ${name}: ${reason}\n` : `Not measured: ${name}, because ${reason}\n`,
    )
    .join("");
}

function layersTable(found: readonly MeasuredLayer[]): string {
  // In a sweep, these differ from bins to bins.
  const effort = found.every(({ sweep }) => sweep === undefined);
  const columns = [
    left("layer"),
    left("size"),
    left("activation"),
    left("input range"),
    left("output range"),
    right("outside"),
    ...(effort ? [left("EI by"), right("samples")] : []),
  ];
  const rows = found.map((layer) => [
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

function measuresTable(found: readonly MeasuredLayer[]): string {
  const cut = found.some((layer) => [layer, ...(layer.sweep ?? [])].some(isCut));
  const points: MeasuredPoint[] = found.flatMap((layer) => layer.sweep ?? [layer]);
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
  const columns = [left("layer"), right("bins"), ...MEASURES.map((measure) => right(TITLES[measure]))];
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
function bracketsTable(estimated: readonly Said[]): string {
  const rows = estimated.map(({ layer, title, value: { bracket, bracketError, bounds } }) => [
    layer,
    title,
    `[${bracket!.map((end, side) => withError(end, bracketError![side]!)).join(", ")}]`,
    bounds === undefined ? NONE : range(bounds, 1),
  ]);
  const columns = [left("layer"), left("value"), right("bracket"), right("proved bounds")];
  return `Estimated brackets, in bits: in expectation, either end lies on its side of the true value\n${table(columns, rows)}`;
}

function matrixTables({ name, eiPartsMatrix, sensitivityMatrix }: MeasuredLayer): string[] {
  if (eiPartsMatrix === undefined || sensitivityMatrix === undefined) return [];
  return [
    matrixTable(`${name}: terms of EI_parts, in bits; a row per input, a column per output`, eiPartsMatrix),
    matrixTable(`${name}: terms of sensitivity, in bits`, sensitivityMatrix),
  ];
}

/** In blocks of as many outputs as fit. */
function matrixTable(title: string, matrix: EstimateMatrix): string {
  const [inputs, outputs] = matrix.shape;
  const cell = matrix.bits.reduce((most, value) => Math.max(most, decimals(value).length), `${outputs - 1}`.length);
  const fit = Math.max(1, Math.floor((WIDTH - `${inputs - 1}`.length) / (cell + 2)));
  const blocks: string[] = [];
  for (let first = 0; first < outputs; first += fit) {
    const shown = Array.from({ length: Math.min(fit, outputs - first) }, (_, at) => first + at);
    const rows = Array.from({ length: inputs }, (_, i) => [
      `${i}`,
      ...shown.map((j) => decimals(matrix.bits[i * outputs + j]!)),
    ]);
    blocks.push(table([right(""), ...shown.map((j) => right(`${j}`))], rows));
  }
  const error = matrix.standardError.reduce((most, each) => Math.max(most, each), 0);
  const note = error === 0 ? "" : `Standard errors: at most ${error.toPrecision(2)} bit.\n`;
  return `${title}\n${blocks.join("\n")}${note}`;
}

function groupsTable(found: readonly MeasuredLayer[]): string {
  const columns = [left("layer"), left("inputs"), left("outputs"), right("EI"), left("by"), right("outside")];
  const rows = found.flatMap(({ name, groups }) =>
    (groups ?? []).map(({ inputs, outputs, estimate }) => [
      name,
      unitsText(inputs),
      unitsText(outputs),
      bits(estimate),
      estimate.method,
      percent(estimate.outside),
    ]),
  );
  return `EI between groups, in bits\n${table(columns, rows)}`;
}

function unitsText(units: UnitGroups["inputs"]): string {
  const few = units.slice(0, 8).join(",");
  return units.length > 8 ? `${few},… (${units.length})` : few;
}

function footnote(tables: string, estimated: boolean): string {
  const which = `bounds that the true EI keeps${estimated ? "; those in the table of estimated brackets are estimates" : ""}`;
  const bounds = /± [\d.]+ \[/.test(tables) ? `.\n[low, high]: ${which}` : "";
  return `In bits; ± is the standard error, and values without it are exact${bounds}.\n`;
}

interface Said {
  readonly layer: string;
  readonly title: string;
  readonly value: Estimate;
}

/** Every estimate that is shown, with what it is called. */
function values(found: readonly MeasuredLayer[]): Said[] {
  return found.flatMap((layer) => [
    ...(layer.sweep ?? [layer]).flatMap((point: MeasuredPoint) =>
      MEASURES.flatMap((measure) => {
        const title =
          layer.sweep === undefined ? TITLES[measure] : `${TITLES[measure]} at ${binsText(point.bins)} bins`;
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
function evidenceLines(said: readonly Said[]): string[] {
  return said.flatMap(({ layer, title, value: { method, evidence } }) => {
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

function warningLines(said: readonly Said[]): string {
  const titlesOf = new Map<string, string[]>();
  for (const { layer, title, value } of said) {
    for (const warning of value.warnings) {
      const line = `${layer}: ${warning}`;
      titlesOf.set(line, [...(titlesOf.get(line) ?? []), title]);
    }
  }
  return [...titlesOf].map(([line, titles]) => `Warning: ${line} (${titles.join(", ")})\n`).join("");
}

function whole(count: number): string {
  return count.toLocaleString("en");
}
