/** The page of a study that trains nothing: what was asked, what was found, the figures. One file that needs nothing else. */
import type { Finding } from "@causalscope/runs";
import { SPREAD_NOTE, sentence } from "@causalscope/runs/internal";
import { escapeMarkup } from "./chart.ts";
import type { NamedFigure } from "./figures.ts";
import { pageHead } from "./page-head.ts";

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
<h2>What was asked</h2>
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
