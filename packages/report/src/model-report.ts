/** The report of measured model files: figures, tables, and a page that needs nothing else. */

import type { Estimate } from "@causalscope/core";
import { tellingEnds } from "@causalscope/core/internal";
import type { SomeMeasures } from "@causalscope/core/measures";
import { MEASURE_TITLES, type MeasureName, MEASURES } from "@causalscope/core/measures";
import type { MeasurementRow, RunData } from "@causalscope/runs";
import { escapeMarkup } from "./chart.ts";
import { causalPlaneFigure } from "./figures/causal-plane.ts";
import { effectiveInformationFigure } from "./figures/effective-information.ts";
import { integrationFigure } from "./figures/integration.ts";
import type { NamedFigure } from "./figures.ts";
import { pageHead } from "./page-head.ts";

/** A measured model, as `measure()` returns it, with the path of its file. */
export interface MeasuredModel {
  /** The file's path. */
  readonly who: string;
  readonly layers: readonly (SomeMeasures & { readonly position: number; readonly what?: string | undefined })[];
  readonly notMeasured: readonly { readonly name: string; readonly reason: string }[];
}

/** What a report of measured models shows: one model, or the checkpoints of one. */
export interface ModelReportSpec {
  /** What was measured: "model.onnx", or "5 checkpoints, ckpt-1.onnx to ckpt-5.onnx". */
  readonly title: string;
  readonly version: string;
  readonly seed: number;
  /** What was asked, as words and values. */
  readonly settings: readonly (readonly [label: string, value: string])[];
  /** In the order of the checkpoints. */
  readonly models: readonly MeasuredModel[];
}

/**
 * The measured values of all models as rows of a table, a row for each model, layer and measure: `epoch` is the
 * position of the model, and a layer is known by its name.
 *
 * @example
 * ```ts
 * const wire = network({ layers: [{ weights: [[9]], activation: "sigmoid" }] });
 * const { layers, notMeasured } = await measure(wire, { bins: 8 });
 * const rows = modelRows({ seed: 0, models: [{ who: "wire.json", layers, notMeasured }] });
 * console.log(rows.map((row) => row.measure).join(" ")); // ei eiParts sensitivity degeneracy phi
 * console.log(csv(measurementColumns, rows).split("\n").length - 2); // 5
 * ```
 */
export function modelRows({ models, seed }: Pick<ModelReportSpec, "models" | "seed">): MeasurementRow[] {
  const names = layerNames(models);
  return models.flatMap(({ layers }, epoch) =>
    layers.flatMap((layer) =>
      MEASURES.flatMap((measure): MeasurementRow[] => {
        const value = layer[measure];
        if (value === undefined) return [];
        const { interval: _, degreesOfFreedom: __, warnings, ...kept } = value;
        const place = { seed, epoch, layer: names.indexOf(layer.name), layerName: layer.name, measure };
        return [{ ...place, ...kept, warnings: warnings.join("; ") }];
      }),
    ),
  );
}

function layerNames(models: readonly MeasuredModel[]): string[] {
  const positions = new Map<string, number>();
  for (const { layers } of models) {
    for (const { name, position } of layers) positions.set(name, Math.max(position, positions.get(name) ?? 0));
  }
  return [...positions].sort(([, a], [, b]) => a - b).map(([name]) => name);
}

function runDataOf(spec: ModelReportSpec): RunData {
  const names = layerNames(spec.models);
  const layers = names.map((name) => {
    const { inputs, outputs, activation } = spec.models
      .flatMap((model) => model.layers)
      .find((each) => each.name === name)!;
    return { name, inputs, outputs, activation };
  });
  return {
    study: spec.title,
    settings: spec.settings,
    checkpoints: spec.models.map(({ who }) => fileName(who)),
    seeds: [spec.seed],
    layers,
    lossName: "",
    measurements: modelRows(spec),
    training: [],
    version: spec.version,
  };
}

/**
 * The figures of measured models, as SVG: the causal plane, with trails where there are several checkpoints; then also
 * EI and φ over them.
 *
 * @example
 * ```ts
 * const wire = network({ layers: [{ weights: [[9]], activation: "sigmoid" }] });
 * const { layers, notMeasured } = await measure(wire, { bins: 8 });
 * const models = [{ who: "wire.json", layers, notMeasured }];
 * const spec = { title: "wire.json", version: "0.1.0", seed: 0, settings: [], models };
 * console.log(modelFigures(spec).map(({ name }) => name)); // [ 'causal-plane' ]
 * ```
 */
export function modelFigures(spec: ModelReportSpec): NamedFigure[] {
  const data = runDataOf(spec);
  const has = (...measures: readonly MeasureName[]) =>
    measures.every((measure) => data.measurements.some((row) => row.measure === measure));
  const several = spec.models.length > 1;
  const found: NamedFigure[] = [];
  if (has("sensitivity", "degeneracy")) found.push({ name: "causal-plane", svg: causalPlaneFigure(data) });
  if (several && has("ei")) found.push({ name: "effective-information", svg: effectiveInformationFigure(data) });
  if (several && has("phi")) found.push({ name: "integration", svg: integrationFigure(data) });
  return found;
}

/**
 * The report of measured models, to be written as a file: one HTML page with figures and tables, which needs nothing
 * else.
 *
 * @example
 * ```ts
 * const wire = network({ layers: [{ weights: [[9]], activation: "sigmoid" }] });
 * const { layers, notMeasured } = await measure(wire, { bins: 8 });
 * const models = [{ who: "wire.json", layers, notMeasured }];
 * const page = modelReportHtml({ title: "wire.json", version: "0.1.0", seed: 0, settings: [], models });
 * console.log(/<h1>(.*?)<\/h1>/.exec(page)?.[1]); // Causal structure of wire.json
 * ```
 */
export function modelReportHtml(spec: ModelReportSpec): string {
  const title = `Causal structure of ${spec.title}`;
  const figures = modelFigures(spec)
    .map(
      ({ name, svg }) =>
        `<figure><div class="paper">${svg.replace(/^<\?xml[^>]*>\s*/, "")}</div><figcaption>${name}.svg</figcaption></figure>`,
    )
    .join("\n");
  return `${pageHead({ title, version: spec.version })}
<body>
<header><h1>${escapeMarkup(title)}</h1></header>
<main>
<p class="lead">Each layer is driven by noise: every input is uniform and independent over its range. <em>Effective information</em> (EI) is what the outputs then say about the inputs. <em>Sensitivity</em> is what single connections transmit, each measured alone; the part lost to overlap is <em>degeneracy</em>. φ is what only the whole layer carries, beyond its parts (EI_parts).</p>
${figures}
${spec.models.map(modelSection).join("\n")}
<h2>Settings</h2>
<table class="words"><tbody>
${spec.settings.map(([label, value]) => `<tr><th scope="row">${escapeMarkup(label)}</th><td>${escapeMarkup(value)}</td></tr>`).join("\n")}
</tbody></table>
</main>
<footer>Made by Causalscope ${escapeMarkup(spec.version)}. The measures follow Mattsson, Michaud and Hoel, “Examining the causal structures of deep neural networks using information theory”, Entropy 22 (2020) 1429.</footer>
</body>
</html>
`;
}

function modelSection({ who, layers, notMeasured }: MeasuredModel): string {
  const rows = layers.map((layer) => {
    const size = `${layer.inputs} → ${layer.outputs}${layer.what === undefined ? "" : `, ${layer.what}`}`;
    const ranges = `[${layer.inputRange.map(short).join(", ")}] → [${layer.outputRange.map(short).join(", ")}]`;
    const values = MEASURES.map(
      (measure) => `<td>${layer[measure] === undefined ? "–" : valueText(layer[measure])}</td>`,
    );
    return `<tr><th scope="row">${escapeMarkup(layer.name)}</th><td>${escapeMarkup(size)}</td><td>${escapeMarkup(layer.activation)}</td><td>${ranges}</td>${values.join("")}</tr>`;
  });
  const reasons = [
    ...notMeasured.map(({ name, reason }) => [name, reason] as const),
    ...layers.flatMap(({ name, omitted = {} }) =>
      Object.entries(omitted).map(
        ([measure, reason]) => [`${MEASURE_TITLES[measure as MeasureName]} of ${name}`, reason] as const,
      ),
    ),
  ];
  const warnings = layers.flatMap((layer) =>
    [...new Set(MEASURES.flatMap((measure) => layer[measure]?.warnings ?? []))].map(
      (text) => [layer.name, text] as const,
    ),
  );
  return `<h2>${escapeMarkup(who)}</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Values"><table>
<thead><tr><th scope="col">layer</th><th scope="col">what</th><th scope="col">activation</th><th scope="col">ranges</th>${MEASURES.map((measure) => `<th scope="col">${MEASURE_TITLES[measure]} (bits)</th>`).join("")}</tr></thead>
<tbody>
${rows.join("\n")}
</tbody></table></div>
<p>The number after ± is the standard error; values without it are exact. Brackets show bounds.</p>
${list("Not measured", reasons)}${list("Warnings", warnings)}`;
}

function list(title: string, entries: readonly (readonly [string, string])[]): string {
  if (entries.length === 0) return "";
  const items = entries.map(([name, text]) => `<li>${escapeMarkup(name)}: ${escapeMarkup(text)}</li>`);
  return `<h3>${title}</h3>\n<ul>\n${items.join("\n")}\n</ul>\n`;
}

function valueText(value: Estimate): string {
  const { bits, standardError } = value;
  const error = standardError === 0 ? "" : ` ± ${standardError.toPrecision(2)}`;
  const known = tellingEnds(value);
  const ends = known === undefined ? "" : ` [${known.ends.map((end) => end.toFixed(2)).join(", ")}]`;
  return `${bits.toFixed(3)}${error}${ends}`;
}

function short(value: number): number {
  return Number(value.toPrecision(4));
}

function fileName(path: string): string {
  return path.split(/[/\\]/).at(-1) ?? path;
}
