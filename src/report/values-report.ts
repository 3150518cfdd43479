/** The page of a study that trains nothing: what was asked, what was found, the figures. One file that needs nothing else. */
import type { Finding } from "../runs/studies/study.ts";
import { escapeMarkup } from "./chart.ts";
import type { NamedFigure } from "./figures.ts";
import { pageHead } from "./page-head.ts";

export interface ValuesReport {
  readonly study: string;
  /** One line. */
  readonly summary: string;
  readonly settings: readonly (readonly [label: string, value: string])[];
  readonly findings: readonly Finding[];
  readonly figures: readonly NamedFigure[];
  readonly version: string;
}

export function valuesReportHtml({ study, summary, settings, findings, figures, version }: ValuesReport): string {
  const title = `Study “${study}”`;
  return `${pageHead({ title, version })}
<body>
<header><h1>${escapeMarkup(title)}</h1></header>
<main>
<p class="lead">${escapeMarkup(`${summary[0]!.toUpperCase()}${summary.slice(1)}.`)}</p>
<h2>Findings</h2>
${findings.map(findingHtml).join("\n")}
${figures.map(({ svg }) => `<figure class="paper">${svg}</figure>`).join("\n")}
<h2>What was asked</h2>
<table class="words"><tbody>
${settings.map(([label, value]) => `<tr><th scope="row">${escapeMarkup(label)}</th><td>${escapeMarkup(value)}</td></tr>`).join("\n")}
</tbody></table>
</main>
<footer>Made by Causalscope ${escapeMarkup(version)}. Every value, with its error, is in values.csv and values.parquet beside this page.</footer>
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
