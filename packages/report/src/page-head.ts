/** How every page of a report begins: nothing from outside is ever loaded. */
import { escapeMarkup } from "./chart.ts";
import { pageStyle } from "./page-style.ts";

export interface PageHead {
  readonly title: string;
  readonly version: string;
  /** Whether the page has a script of its own. Default false. */
  readonly scripts?: boolean;
}

/** Printed figures on a page: on white whatever its colours, and never wider than it. */
const PAPER =
  ".paper{background:#ffffff;border-radius:8px;padding:8px}.paper svg{max-width:100%;height:auto;display:block}";

/** From the doctype to the end of the head. */
export function pageHead({ title, version, scripts = false }: PageHead): string {
  const policy = `default-src 'none'; style-src 'unsafe-inline'; ${scripts ? "script-src 'unsafe-inline'; " : ""}img-src data:`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Causalscope ${escapeMarkup(version)}">
<link rel="icon" href="data:,">
<title>${escapeMarkup(title)}</title>
<style>${pageStyle}${scripts ? "" : `\n${PAPER}\n`}</style>
</head>`;
}
