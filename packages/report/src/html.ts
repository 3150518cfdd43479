/**
 * The report of a run: one HTML file that shows the causal plane through training and needs nothing else: no network,
 * no storage, no library. Names and settings are escaped here; the player writes text nodes only.
 */
import { greatest, least } from "@causalscope/core/basics";
import { MEASURE_TITLES, MEASURES } from "@causalscope/core/measures";
import type { MeasurementRow, RunData } from "@causalscope/runs";
import { escapeMarkup, fixed } from "./chart.ts";
import { type ReportData, reportData } from "./data.ts";
import { playerScript } from "./generated/player.ts";
import { fastestFall, lossFalls } from "./learning.ts";
import { pageHead } from "./page-head.ts";

const METHODS: Readonly<Record<MeasurementRow["method"], string>> = {
  exact: "exact",
  conditional: "sampled (conditional estimator)",
  likelihood: "sampled (probabilities of output states)",
  "plug-in": "sampled (plug-in estimator)",
  derived: "difference of two measures",
};

/**
 * The report of a run of a training study, to be written as a file: one HTML page with moving figures, which needs
 * nothing else.
 *
 * @example
 * ```ts
 * await performStudy(await study("iris"), "runs/short", { options: { seeds: [0], epochs: 20, every: 10 } });
 * const page = reportHtml(trainingDataOf(await readStudyRun("runs/short")));
 * console.log(/<h1>(.*?)<\/h1>/.exec(page)?.[1]); // Causal plane of “iris” through training
 * ```
 * @throws InvalidInputError where the run holds no measurement.
 */
export function reportHtml(run: RunData): string {
  const data = reportData(run);
  const title = `Causal plane of “${run.study}” through training`;
  return `${pageHead({ title, version: run.version, scripts: true })}
<body>
<header><h1>${escapeMarkup(title)}</h1><button id="theme" type="button">Dark page</button></header>
<main>
${lead(data)}
<noscript><p><strong>The interactive figures need JavaScript.</strong> The folder of the run has the same figures as images.</p></noscript>
<div class="controls" role="group" aria-label="Selected checkpoint">
<button id="play" type="button" aria-pressed="false"><svg viewBox="0 0 14 14" aria-hidden="true"><path class="one" d="M2 0l11 7-11 7z"/><path class="two" d="M1 0h4v14H1zM9 0h4v14H9z"/></svg><span>Play</span></button>
<input id="epoch" type="range" min="0" max="0" value="0" step="1" aria-label="Checkpoint">
<output id="moment" for="epoch"></output>
</div>
<div class="choices"><fieldset id="layers"><legend>Layers</legend></fieldset><fieldset id="seeds"><legend>Seeds</legend></fieldset></div>
<div id="figures">
${figure("Causal plane", "plane", planeCaption(data), `<button id="axes" type="button" aria-pressed="false">Paper’s axes</button><button id="band" type="button" aria-pressed="false">Band of seeds</button>`)}
${figure("Effective information and loss", "ei", lossCaption(data))}
${figure("Integration: φ = EI − EI_parts", "phi", "Above zero, only the whole layer carries the information; below zero, single connections carry the same information several times.")}
${figure("Accuracy", "accuracy", "Training: full line; test: dashed.")}
</div>
<h2>Values at this checkpoint</h2>
<p><label>Show <select id="table-seed"></select></label></p>
<div class="scroll" id="values" tabindex="0" role="region" aria-label="Values at this checkpoint"></div>
<p>± is the standard error of measuring${data.seeds.length > 1 ? "; below a mean are the minimum and maximum of its N seeds, their standard deviation (SD), and the standard error over seeds (SE), which is SD / √N" : ""}${Object.keys(data.brackets).length > 0 ? "; below a single value is its bracket" : ""}. <span id="learned"></span></p>
<h2>Settings</h2>
<table class="words"><tbody>
${run.settings.map(([label, value]) => `<tr><th scope="row">${escapeMarkup(label)}</th><td>${escapeMarkup(value)}</td></tr>`).join("\n")}
</tbody></table>
<h2>How the values are computed</h2>
<ul>
${notes(run)
  .map((note) => `<li>${escapeMarkup(note)}</li>`)
  .join("\n")}
</ul>
${warnings(run, data)}
</main>
<footer>Made by Causalscope ${escapeMarkup(run.version)}. The measures follow Mattsson, Michaud and Hoel, “Examining the causal structures of deep neural networks using information theory”, Entropy 22 (2020) 1429. Keys: space plays and pauses, ← and → move by one checkpoint, Home and End to the first and last; on a point of the plane, arrow keys move between points and Enter pins one.</footer>
<script type="application/json" id="run-data">${embedded(data)}</script>
<script>${playerScript}</script>
</body>
</html>
`;
}

/** JSON that no HTML parser and no old JavaScript parser can take for anything else. */
function embedded(data: ReportData): string {
  return JSON.stringify(data).replace(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function figure(title: string, id: string, caption: string, buttons = ""): string {
  const tools = `<span class="tools">${buttons}<span id="${id}-export"></span></span>`;
  return `<figure><div class="heading"><h2>${title}</h2>${tools}</div><div id="${id}"></div><figcaption>${escapeMarkup(caption)}</figcaption></figure>`;
}

function lead(data: ReportData): string {
  const runs = data.seeds.length === 1 ? "one training run" : `${data.seeds.length} training runs from different seeds`;
  return `<p class="lead">A network learns, and each of its layers moves through the causal plane (${runs}, ${data.epochs.length} ${data.epochs.length === 1 ? "checkpoint" : "checkpoints"}). To the right, <em>effective information</em> (EI): what a layer's output tells about its input when the input is pure noise. Upwards, <em>degeneracy</em>: how many of the bits that single connections transmit are lost in overlap when all inputs vary at once. Both together are <em>sensitivity</em>, the bits of the single connections, each tried alone.</p>`;
}

function planeCaption(data: ReportData): string {
  const several = data.seeds.length > 1;
  return [
    `Each point is a layer${several ? " of one training run" : ""}; its trail is the way it has come, with a dot at each checkpoint, the faint line its whole way. ${errors(data)}`,
    several ? `“Band of seeds” shows the area that the seeds of a layer span.` : "",
    "“Paper’s axes” turns the plane: EI is then the height above the dashed nullcline.",
  ]
    .filter(Boolean)
    .join(" ");
}

function errors({ brackets }: ReportData): string {
  const marks =
    "Errors hold for both axes together: lines where sensitivity is exact, for then degeneracy gains what EI loses, else ellipses; small ones lie under their point.";
  return brackets.degeneracy === undefined
    ? marks
    : `${marks} Light boxes: brackets, with 2 standard errors of their ends where these are estimates.`;
}

function lossCaption(data: ReportData): string {
  const parts = [
    data.seeds.length > 1 ? "Bold: mean of the seeds shown; thin: each seed." : "",
    "Shaded bands: ±2 standard errors of measuring.",
    `Loss (training: full line; test: dashed): ${data.lossName}.`,
  ];
  const fall = fastestFall(lossFalls(data));
  if (fall !== undefined)
    parts.push(
      `The background is darker where the mean training loss falls faster; it falls fastest in epochs ${fall.from}–${fall.to}.`,
    );
  parts.push("Click or drag on a curve to select a checkpoint. Epochs are on a square-root scale.");
  return parts.filter(Boolean).join(" ");
}

function notes(run: RunData): string[] {
  const found = MEASURES.flatMap((measure) => {
    const rows = run.measurements.filter((row) => row.measure === measure);
    if (rows.length === 0) return [];
    const worst = rows.reduce((most, row) => Math.max(most, row.standardError), 0);
    const methods = [...new Set(rows.map((row) => METHODS[row.method]))].join(" or ");
    const samples = rows.reduce((most, row) => Math.max(most, row.samples), 0);
    const drawn = samples > 0 ? `, up to ${samples} samples per value` : "";
    const error =
      worst === 0
        ? "no sampling error"
        : `largest standard error ${worst < 0.0005 ? "below 0.0005" : fixed(worst, 3)} bits`;
    return [`${MEASURE_TITLES[measure]}: ${methods}${drawn}; ${error}.`];
  });
  const outside = run.measurements.reduce((most, row) => Math.max(most, row.outside), 0);
  return [
    "Every input of a layer is driven by independent uniform noise over its range; inputs and outputs are divided into bins of equal width. A sampled value has a standard error; a value marked “exact” is computed without sampling.",
    ...found,
    ...evidence(run),
    "Degeneracy = sensitivity − EI, and φ = EI − EI_parts: they inherit the error of EI. Negative degeneracy is correct: with few bins, a single input may move an output only within one bin, which counts as no sensitivity, while all inputs together move it across bins.",
    "Bits depend on bins and ranges: compare values only if these are equal.",
    outside > 0
      ? `Up to ${fixed(outside * 100, outside < 0.001 ? 4 : 1)} % of an output's probability lay outside the output range.`
      : "No output lay outside the output range.",
    "Values here are rounded to 10⁻⁶ bit; the tables of the run have them in full precision.",
  ];
}

/** What stands behind the values that were found from probabilities of output states. */
function evidence(run: RunData): string[] {
  const found = run.measurements.flatMap((row) => (row.measure === "ei" ? (row.evidence ?? []) : []));
  if (found.length === 0) return [];
  const least = found.reduce((least, each) => Math.min(least, each.effectiveSamples), Infinity);
  const guarded = found.reduce((sum, each) => sum + each.guarded, 0);
  const draws = guarded === 0 ? "" : `; ${guarded} draws guarded in all`;
  const bases = [...new Set(found.map(({ basis }) => basis))].join("; ");
  return [
    `EI from probabilities: each value worth at least ${Math.round(least)} independent samples${draws}; ${bases}.`,
  ];
}

/** Each warning once for a layer, with the measures that carry it and where it occurred. */
function warnings(run: RunData, data: ReportData): string {
  const groups = new Map<
    string,
    { row: MeasurementRow; measures: Set<string>; places: Set<string>; epochs: Set<number> }
  >();
  for (const row of run.measurements) {
    if (row.warnings === "") continue;
    const key = JSON.stringify([row.layer, row.warnings]);
    const group = groups.get(key) ?? { row, measures: new Set(), places: new Set(), epochs: new Set() };
    group.measures.add(MEASURE_TITLES[row.measure]);
    group.places.add(`${row.seed}/${row.epoch}`);
    group.epochs.add(row.epoch);
    groups.set(key, group);
  }
  if (groups.size === 0) return "<h2>Warnings</h2>\n<p>None.</p>";
  const total = data.seeds.length * data.epochs.length;
  const rows = [...groups.values()].map(({ row, measures, places, epochs }) => {
    const [first, last] = [least(epochs), greatest(epochs)];
    const when = first === last ? `epoch ${first}` : `epochs ${first} to ${last}`;
    return `<tr><th scope="row">${escapeMarkup(row.layerName)}</th><td>${[...measures].join(", ")}</td><td>${escapeMarkup(row.warnings)}</td><td>${places.size} of ${total} checkpoints, ${when}</td></tr>`;
  });
  return `<h2>Warnings</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Warnings"><table class="words"><thead><tr><th scope="col">layer</th><th scope="col">measures</th><th scope="col">warning</th><th scope="col">where</th></tr></thead><tbody>
${rows.join("\n")}
</tbody></table></div>`;
}
