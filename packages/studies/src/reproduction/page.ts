/**
 * The reproduction page, as Markdown: figure by figure what the paper says, what is found here with its error, and why it differs; then
 * the claims, each with its verdict, and what the authors left open.
 */
import { greatest } from "@causalscope/core/basics";
import type { Finding, RunData, ValueRow } from "@causalscope/runs";
import { overSeedsOf } from "@causalscope/runs";
import { SPREAD_NOTE } from "@causalscope/runs/internal";
import type { About } from "../common/about.ts";
import { about as convergence } from "../convergence/about.ts";
import { about as edge } from "../edge/about.ts";
import { about as iris } from "../iris/about.ts";
import { standard as mnist } from "../mnist/about.ts";
import { about as surface } from "../surface/about.ts";
import {
  PUBLISHED_ACCURACY,
  PUBLISHED_CONVERGENCE,
  PUBLISHED_EDGE,
  PUBLISHED_ENDS,
  PUBLISHED_SURFACE,
} from "./published.ts";

const about = { convergence, edge, iris, mnist, surface };

/** The networks of figures 2 and 5, in the order of their tables. */
const NETWORKS = [
  { name: mnist.name, published: PUBLISHED_ENDS.mnist },
  { name: iris.name, published: PUBLISHED_ENDS.iris },
] as const;

/** What the page of the reproduction shows. */
export interface ReproductionSpec {
  readonly version: string;
  readonly runs: Readonly<Partial<Record<string, RunData>>>;
  readonly values: Readonly<Partial<Record<string, readonly ValueRow[]>>>;
  /** What each study found, in order. */
  readonly findings: readonly { readonly study: About; readonly findings: readonly Finding[] }[];
  /** Findings of the training runs together. */
  readonly runFindings: readonly Finding[];
  /** Paths of pictures from the page, by the figure's name. */
  readonly pictures: Readonly<Record<string, string>>;
  /** Figures that could not be drawn, and what they need. */
  readonly missing: readonly { readonly name: string; readonly needs: string }[];
  /** How the page was made: a command. */
  readonly command: string;
}

/** Whether it is of what the authors left open. */
function isOpen({ group }: About): boolean {
  return group === "open questions";
}

/**
 * The page of the reproduction, as Markdown: figure by figure what the paper says, what the runs say, and why it
 * differs; then the claims, each with its verdict.
 *
 * @example
 * ```ts
 * const nothing = { runs: {}, values: {}, findings: [], runFindings: [], pictures: {}, missing: [] };
 * const page = reproductionPage({ ...nothing, version: "0.1.0", command: "causalscope reproduce" });
 * console.log(page.split("\n")[0]); // # Reproduction
 * ```
 */
export function reproductionPage(spec: ReproductionSpec): string {
  const { version, command, findings, runFindings, missing } = spec;
  const claims = [...findings.filter(({ study }) => !isOpen(study)).flatMap((each) => each.findings), ...runFindings];
  const open = findings.filter(({ study }) => isOpen(study));
  const parts = [
    `# Reproduction

This page reproduces every figure of Mattsson, Michaud & Hoel, *Examining the causal structures of deep neural networks using information
theory* (Entropy 2020, 22(12), 1429), with standard errors. It says which of the paper's claims hold, and what its authors left open. It was
written by \`${command}\` of Causalscope ${version}. Every number on it is computed, except those in the columns "published", which are the
values that the authors stored with their code.

A verdict follows from the numbers by a rule in the source of the study; it is not an opinion. If a premise does not hold, for example
because networks have not learned, the claim is not judged.

${SPREAD_NOTE}`,
    verdictTable(claims),
    "## Figure by figure",
    figure1(spec),
    figure2(spec),
    figure3(spec),
    figure4(spec),
    figure5(spec),
    figure6(spec),
    figure7(spec),
    figure8(spec),
    "## The claims",
    ...claims.map(findingText),
    "## What the authors left open",
    ...open.flatMap(({ study, findings }) => [
      picture(spec, `open-${study.name}`, `Study ${study.name}`),
      ...findings.map(findingText),
    ]),
    settingsText(spec),
    missing.length === 0
      ? ""
      : `## Not drawn\n\n${missing.map(({ name, needs }) => `- ${name}: needs ${needs}`).join("\n")}`,
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function verdictTable(claims: readonly Finding[]): string {
  return `## Verdicts\n\n${table(
    ["claim", "verdict"],
    claims.map(({ claim, verdict }) => [claim, `**${verdict}**`]),
  )}`;
}

function findingText({ claim, paper, found, verdict, because }: Finding): string {
  return `### ${claim}

**${verdict[0]!.toUpperCase()}${verdict.slice(1)}.**

- Paper: ${paper}
- Here: ${found}
- ${because}`;
}

function picture({ pictures }: ReproductionSpec, name: string, title: string): string {
  const path = pictures[name];
  return path === undefined ? "" : `![${title}](${path})`;
}

function section(title: string, ...parts: readonly string[]): string {
  return [`### ${title}`, ...parts.filter((part) => part !== "")].join("\n\n");
}

function figure1(spec: ReproductionSpec): string {
  const [edge, surface] = [spec.values[about.edge.name], spec.values[about.surface.name]];
  const parts = [picture(spec, "figure-1", "Figure 1: EI of one connection and of two")];
  if (edge !== undefined) {
    const at = (activation: string, bins: number, weight: number) =>
      edge.find(({ setting: s }) => s.activation === activation && s.bins === bins && s.weight === weight)?.value;
    const rows = PUBLISHED_EDGE.flatMap(({ activation, bins, at: stored }) => {
      const cells = Object.entries(stored).map(([weight, published]) =>
        both(published, at(activation, bins, Number(weight))),
      );
      return cells.every((cell) => cell.includes("not computed")) ? [] : [[activation, `${bins}`, ...cells]];
    });
    parts.push(
      "EI of one connection by its weight w, in bits: published (30,000 samples) → exact.",
      table(["", "bins", "w = 1", "w = 2", "w = 5", "w = 10", "w = 20"], rows),
      "The published values are plug-in estimates, which are too high by about (cells − rows − columns + 1)/(2 N ln 2) bits. Their output bins together are 10⁻⁴ wider than the range, which shifts edges.",
    );
  }
  if (surface !== undefined) {
    const at = (activation: string, [a, b]: readonly [number, number], measure: string) =>
      surface.find(
        ({ setting: s, measure: m }) =>
          m === measure && s.activation === activation && s.weightA === a && s.weightB === b,
      )?.value;
    const rows = PUBLISHED_SURFACE.map(({ activation, weights, ei, eiParts }) => [
      activation,
      `(${weights.join(", ")})`,
      both(ei, at(activation, weights, "ei")),
      both(eiParts, at(activation, weights, "eiParts")),
    ]);
    parts.push(
      "Two inputs into one output at 64 bins, in bits: published → exact.",
      table(["", "weights", "EI", "EI_parts"], rows),
      "EI_parts was published from 30,000 samples for 2 × 4,096 cells: most of the difference is bias.",
    );
  }
  return section("Figure 1: one connection, and two", ...parts);
}

function figure2(spec: ReproductionSpec): string {
  const rows = NETWORKS.flatMap(({ name, published: ends }) => {
    const run = spec.runs[name];
    if (run === undefined) return [];
    return run.layers.map(({ name: layer }, l) => {
      const published = typeof ends.ei[0] === "number" ? ends.ei : ends.ei[l];
      return [name, layer, published === undefined ? "" : range(published), overSeeds(run, l, "ei")];
    });
  });
  const mnist = spec.runs[about.mnist.name];
  const accuracy = mnist && lastAccuracy(mnist);
  return section(
    "Figure 2: loss and EI through training",
    picture(spec, "figure-2", "Figure 2: loss and EI through training"),
    rows.length === 0
      ? ""
      : "EI at the end of training, in bits: the range of the published curves, and the mean here ± its standard error over seeds (N seeds; minimum to maximum; the standard error of measuring the mean).",
    rows.length === 0 ? "" : table(["run", "layer", "published", "here"], rows),
    accuracy === undefined
      ? ""
      : `Accuracy on test images at the end: published ${PUBLISHED_ACCURACY.map((value) => (100 * value).toFixed(1)).join(", ")} %; here ${accuracy} %.`,
    rows.length === 0
      ? ""
      : "For the first layer of MNIST, the two differ by method: the published values are the entropy of its outputs, because no state of 25 inputs occurs twice in a sample. The other layers differ by seed and by training images.",
  );
}

function figure3(spec: ReproductionSpec): string {
  return section(
    "Figure 3: sensitivity and degeneracy of two sigmoid inputs",
    picture(spec, "figure-3", "Figure 3: sensitivity, degeneracy and EI of two sigmoid inputs"),
    "The published surfaces are sampled (10,000 samples for 4,096 × 64 cells); these are exact. Degeneracy is the difference of the other two.",
  );
}

function figure4(spec: ReproductionSpec): string {
  return section(
    "Figure 4: the causal plane",
    picture(spec, "figure-4", "Figure 4: the causal planes of MNIST and Iris"),
    "In the coordinates of the paper's plots, EI/√2 to the right and (sensitivity + degeneracy)/√2 upwards, with a vertical nullcline:",
    picture(spec, "causal-plane-rotated", "The causal plane, rotated as the paper draws it"),
    picture(spec, "planes-by-depth", "Causal planes of shallow, standard and deep networks"),
  );
}

function figure5(spec: ReproductionSpec): string {
  const rows = NETWORKS.flatMap(({ name, published: ends }) => {
    const run = spec.runs[name];
    if (run === undefined) return [];
    return run.layers.map(({ name: layer }, l) => [
      name,
      layer,
      range(ends.phi),
      overSeeds(run, l, "phi"),
      overSeeds(run, l, "eiParts"),
    ]);
  });
  return section(
    "Figure 5: integration",
    picture(spec, "figure-5", "Figure 5: φ through training"),
    rows.length === 0 ? "" : table(["run", "layer", "φ published (all layers)", "φ here", "EI_parts here"], rows),
  );
}

function figure6(spec: ReproductionSpec): string {
  return section(
    "Figure 6: EI_parts by bins and samples",
    picture(spec, "figure-6", "Figure 6: EI_parts by samples and bins"),
    "The dashed lines are the exact values, to which each curve falls. The claim that the bins do not matter is judged below.",
  );
}

function figure7(spec: ReproductionSpec): string {
  const values = spec.values[about.convergence.name] ?? [];
  const at = (scale: number, width: number, draws: number) =>
    values.find(
      ({ measure, setting: s }) =>
        measure === "ei" && s.figure === 7 && s.scale === scale && s.width === width && s.draws === draws,
    );
  const rows = PUBLISHED_CONVERGENCE.flatMap(({ scale, samples, ei }) =>
    ei.map((published, k) => {
      const width = k + 2;
      const [sampled, truth] = [at(scale, width, samples), at(scale, width, 0)];
      return [
        `× ${scale}`,
        `${width}→${width}`,
        samples.toLocaleString("en-US"),
        published.toFixed(4),
        sampled?.value.toFixed(4) ?? "not computed",
        truth === undefined ? "not computed" : `${truth.value.toFixed(4)} ± ${truth.standardError.toFixed(4)}`,
      ];
    }),
  );
  return section(
    "Figure 7: EI by samples",
    picture(spec, "figure-7", "Figure 7: EI and EI_parts by samples"),
    values.length === 0
      ? ""
      : "The authors' weights were not stored, so each row is another layer of the same kind: compare how the plug-in falls with the number of samples.",
    values.length === 0
      ? ""
      : table(["weights", "layer", "samples", "published plug-in", "plug-in here", "EI here"], rows),
  );
}

function figure8(spec: ReproductionSpec): string {
  return section(
    "Figure 8: tanh and ReLU",
    picture(spec, "figure-8", "Figure 8: the causal planes of tanh and ReLU"),
    "With ReLU, outputs above 1 are dropped, as in the paper, and the rest is renormalized: the values are those of the part inside the range. The data of this figure were not published.",
  );
}

function settingsText({ runs }: ReproductionSpec): string {
  const entries = Object.entries(runs).flatMap(([name, run]) => (run === undefined ? [] : [[name, run] as const]));
  if (entries.length === 0) return "";
  const lines = entries.map(
    ([name, run]) => `- **${name}**: ${run.settings.map(([label, value]) => `${label} ${value}`).join("; ")}.`,
  );
  return `## What was run

The authors trained on 25,000 images of MNIST for 500 epochs. The package contains 5,139 of MNIST's test images, of which 4,150 are
for training: six passes over them take as many steps as one of the authors' epochs. \`--data-dir\` with the original MNIST files uses
25,000 images and 500 epochs.

${lines.join("\n")}`;
}

function both(published: number, found: number | undefined): string {
  return `${published.toFixed(3)} → ${found === undefined ? "not computed" : found.toFixed(3)}`;
}

function range([low, high]: readonly [number, number] | readonly number[]): string {
  return `${low}…${high}`.replaceAll("-", "−");
}

/** "3.25 ± 0.08 (N = 3; 3.10 … 3.38; measuring 0.007)". */
function overSeeds(run: RunData, layer: number, measure: string): string {
  const last = greatest(run.measurements.map(({ epoch }) => epoch));
  const rows = run.measurements.filter((row) => row.epoch === last && row.layer === layer && row.measure === measure);
  const found = overSeedsOf(rows.map(({ bits, standardError }) => ({ value: bits, standardError })));
  const { mean, low, high, seeds, standardErrorOfMeasuring, standardErrorOverSeeds } = found;
  const measuring = standardErrorOfMeasuring > 0 ? `measuring ${standardErrorOfMeasuring.toFixed(3)}` : "exact";
  const spread =
    standardErrorOverSeeds === null
      ? `${mean.toFixed(2)} (N = 1; `
      : `${mean.toFixed(2)} ± ${standardErrorOverSeeds.toFixed(2)} (N = ${seeds}; ${low.toFixed(2)} … ${high.toFixed(2)}; `;
  return `${spread}${measuring})`.replaceAll("-", "−");
}

function lastAccuracy(run: RunData): string {
  const last = greatest(run.training.map(({ epoch }) => epoch));
  return run.training
    .filter(({ epoch }) => epoch === last)
    .map((row) => (100 * row.testAccuracy).toFixed(1))
    .join(", ");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
