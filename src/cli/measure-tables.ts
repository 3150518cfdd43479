/** `causalscope measure` for a reader: tables that fit into 100 columns wherever the values do. */
import type { UnitGroups } from "../causal/group-information.ts";
import type { Estimate, EstimateMatrix } from "../information/estimate.ts";
import { MEASURES, type MeasureName } from "../runs/table.ts";
import type { Measured } from "./measure-layers.ts";
import { binsText } from "./measure-request.ts";
import { bits, decimals, percent, table } from "./table.ts";

const WIDTH = 100;

const TITLES: Readonly<Record<MeasureName, string>> = {
  ei: "EI",
  eiParts: "EI_parts",
  sensitivity: "sensitivity",
  degeneracy: "degeneracy",
  phi: "φ",
};

const left = (title: string) => ({ title, align: "left" }) as const;
const right = (title: string) => ({ title, align: "right" }) as const;

export function tablesText(found: readonly Measured[]): string {
  const said = values(found);
  const blocks = [
    layersTable(found),
    measuresTable(found),
    ...found.flatMap(matrixTables),
    ...(found.some(({ groups }) => groups !== undefined) ? [groupsTable(found)] : []),
  ];
  const tables = blocks.join("\n");
  return `${tables}\n${footnote(tables)}${warningLines(said)}`;
}

function layersTable(found: readonly Measured[]): string {
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
  const rows = found.map(({ measures: layer }) => [
    layer.name,
    `${layer.inputs} → ${layer.outputs}`,
    layer.activation,
    `[${layer.inputRange.join(", ")}]`,
    `[${layer.outputRange.join(", ")}]`,
    percent(layer.ei.outside),
    ...(effort ? [layer.ei.method, whole(layer.ei.samples)] : []),
  ]);
  return table(columns, rows);
}

function measuresTable(found: readonly Measured[]): string {
  const rows = found.flatMap(({ measures, bins, sweep }) =>
    (sweep ?? [{ bins, measures }]).map((point) => [
      measures.name,
      binsText(point.bins),
      // The bounds of degeneracy and φ are EI's, moved: JSON and CSV have them.
      ...MEASURES.map((measure) =>
        bits(measure === "ei" ? point.measures.ei : { ...point.measures[measure], bracket: undefined }),
      ),
    ]),
  );
  return table([left("layer"), right("bins"), ...MEASURES.map((measure) => right(TITLES[measure]))], rows);
}

function matrixTables({ measures, matrices }: Measured): string[] {
  if (matrices === undefined) return [];
  return [
    matrixTable(`${measures.name}: terms of EI_parts, in bits; a row per input, a column per output`, matrices.eiParts),
    matrixTable(`${measures.name}: terms of sensitivity, in bits`, matrices.sensitivity),
  ];
}

/** In blocks of as many outputs as fit. */
function matrixTable(title: string, matrix: EstimateMatrix): string {
  const [inputs, outputs] = matrix.shape;
  const cell = Math.max(`${outputs - 1}`.length, ...Array.from(matrix.bits, (value) => decimals(value).length));
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

function groupsTable(found: readonly Measured[]): string {
  const columns = [left("layer"), left("inputs"), left("outputs"), right("EI"), left("by"), right("outside")];
  const rows = found.flatMap(({ measures, groups }) =>
    (groups ?? []).map(({ inputs, outputs, estimate }) => [
      measures.name,
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

function footnote(tables: string): string {
  const bounds = /± [\d.]+ \[/.test(tables) ? ".\n[low, high]: bounds that the true EI keeps" : "";
  return `In bits; ± is the standard error, and values without it are exact${bounds}.\n`;
}

interface Said {
  readonly layer: string;
  readonly title: string;
  readonly value: Estimate;
}

/** Every estimate that is shown, with what it is called. */
function values(found: readonly Measured[]): Said[] {
  return found.flatMap(({ measures: { name: layer, ...own }, bins, sweep, groups }) => [
    ...(sweep ?? [{ bins, measures: own }]).flatMap((point) =>
      MEASURES.map((measure) => ({
        layer,
        title: sweep === undefined ? TITLES[measure] : `${TITLES[measure]} at ${binsText(point.bins)} bins`,
        value: point.measures[measure],
      })),
    ),
    ...(groups ?? []).map(({ inputs, outputs, estimate }) => ({
      layer,
      title: `${unitsText(inputs)} > ${unitsText(outputs)}`,
      value: estimate,
    })),
  ]);
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
