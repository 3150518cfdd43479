/** The page of a study that trains nothing: what was asked, what was found, the figures. One file that needs nothing else. */
import type { Finding } from "@causalscope/runs";
import { SPREAD_NOTE, sentence } from "@causalscope/runs/internal";
import { escapeMarkup } from "./chart.ts";
import type { NamedFigure } from "./figures.ts";
import { pageHead } from "./page-head.ts";

/** What a page of findings and figures shows. */
export interface ValuesReport {
  /** Of the page. */
  readonly title: string;
  /** One line. */
  readonly summary: string;
  readonly settings: readonly (readonly [label: string, value: string])[];
  readonly findings: readonly Finding[];
  readonly figures: readonly NamedFigure[];
  readonly version: string;
  /** Where every value is: "in values.csv beside this page". */
  readonly where: string;
}

/**
 * A page of findings and figures, to be written as a file: one HTML page that needs nothing else.
 *
 * @example
 * ```ts
 * const neurons = [{ layer: 0, layerName: "hidden", information: 0.311 }];
 * const page = valuesReportHtml({
 *   title: "Neurons of xor.json", summary: "what single neurons know", settings: [["bins", "2"]], findings: [],
 *   figures: [neuronInformationFigure(neurons)], version: "0.1.0", where: "in neurons.csv beside this page",
 * });
 * console.log(/<h1>(.*?)<\/h1>/.exec(page)?.[1]); // Neurons of xor.json
 * ```
 */
export function valuesReportHtml(report: ValuesReport): string {
  const { title, summary, settings, findings, figures, version, where } = report;
  return `${pageHead({ title, version })}
<body>
<header><h1>${escapeMarkup(title)}</h1></header>
<main>
<p class="lead">${escapeMarkup(sentence(summary))}</p>
${findings.length > 0 ? "<h2>Findings</h2>" : ""}
${findings.map(findingHtml).join("\n")}
${findings.some(({ found }) => found.includes("(N = ")) ? `<p>${escapeMarkup(SPREAD_NOTE)}</p>` : ""}
${figures.map(({ svg }) => `<figure class="paper">${svg}</figure>`).join("\n")}
<h2>Settings</h2>
<table class="words"><tbody>
${settings.map(([label, value]) => `<tr><th scope="row">${escapeMarkup(label)}</th><td>${escapeMarkup(value)}</td></tr>`).join("\n")}
</tbody></table>
</main>
<footer>Made by Causalscope ${escapeMarkup(version)}. Every value, with its error, is ${escapeMarkup(where)}.</footer>
</body>
</html>
`;
}

function findingHtml({ claim, paper, found, verdict, because }: Finding): string {
  const rows = [
    ["the paper", paper],
    ["found", found],
    ["verdict", verdict],
    ["because", because],
  ];
  return `<h3>${escapeMarkup(claim)}</h3>
<table class="words"><tbody>
${rows.map(([label, text]) => `<tr><th scope="row">${label}</th><td>${escapeMarkup(text!)}</td></tr>`).join("\n")}
</tbody></table>`;
}
