/** The style sheet of the report's page: light and dark, narrow and wide, screen and paper. */
import { DARK_PALETTE, LIGHT_PALETTE, layerClass } from "./chart.ts";

const LIGHT = `--page:#ffffff;--card:#f6f7f9;--ink:#1f2328;--muted:#57606a;--line:#d0d5db;--below:#e7e9ec;--accent:#0a5cad;--warning:#8a4b00;${colors(LIGHT_PALETTE)}color-scheme:light`;
const DARK = `--page:#14171b;--card:#1d2127;--ink:#e8eaed;--muted:#a5adb8;--line:#3b424c;--below:#272c34;--accent:#7db8ff;--warning:#ffc069;${colors(DARK_PALETTE)}color-scheme:dark`;

function colors(palette: readonly string[]): string {
  return palette.map((color, l) => `--c${l}:${color};`).join("");
}

export const pageStyle = `
:root{${LIGHT}}
@media screen and (prefers-color-scheme:dark){:root:not([data-theme=light]){${DARK}}}
@media screen{:root[data-theme=dark]{${DARK}}}
${LIGHT_PALETTE.map((_, l) => `.${layerClass(l)}{--c:var(--c${l})}`).join("")}
.ink{--c:var(--ink)}.muted{--c:var(--muted)}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 "DejaVu Sans",system-ui,Arial,sans-serif}
main,header,footer{max-width:1240px;margin:0 auto;padding:0 20px}
header{display:flex;gap:16px;align-items:start;justify-content:space-between;padding-top:24px}
h1{font-size:26px;line-height:1.25;margin:0;overflow-wrap:anywhere}
h2{font-size:19px;margin:36px 0 10px}
p{max-width:76ch}.lead{margin:12px 0 4px}
button,select{font:inherit;color:var(--ink);background:var(--card);border:1px solid var(--line);border-radius:8px;padding:6px 14px;cursor:pointer}
button{white-space:nowrap}button:hover:enabled{border-color:var(--accent)}button:disabled{opacity:.5;cursor:default}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.controls{position:sticky;top:0;z-index:5;display:flex;gap:16px;align-items:center;background:var(--page);padding:12px 0;border-bottom:1px solid var(--line)}
#play{display:flex;gap:8px;align-items:center;min-width:6.6em;background:var(--accent);border-color:var(--accent);color:var(--page);font-weight:bold}
#play svg{width:14px;height:14px;fill:currentColor;flex:none}#play .two{display:none}#play[aria-pressed=true] .one{display:none}#play[aria-pressed=true] .two{display:inline}
#epoch{flex:1;min-width:60px;accent-color:var(--accent);height:28px;cursor:pointer}
output{min-width:6.5em;text-align:right;font-weight:bold;font-variant-numeric:tabular-nums}
.choices{display:flex;flex-wrap:wrap;gap:6px 32px;margin:12px 0 4px}
fieldset{border:0;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:4px 18px;min-width:0}legend{float:left;padding:0;margin-right:14px;color:var(--muted)}
label{display:inline-flex;gap:7px;align-items:center;cursor:pointer;overflow-wrap:anywhere}
input[type=checkbox]{width:17px;height:17px;accent-color:var(--accent);flex:none;margin:0}
.sample{width:16px;height:16px;fill:var(--c);flex:none}
#figures{display:grid;grid-template-columns:minmax(0,1fr);gap:24px}
@media(min-width:980px){#figures{grid-template-columns:minmax(0,1.12fr) minmax(0,1fr)}}
figure{margin:0;min-width:0}figcaption{font-size:14px;color:var(--muted);margin-top:4px}
figure h2{margin:10px 0 6px}figure h3{font-size:15px;margin:6px 0 0}
.host{position:relative}
.chart{display:block;width:100%;height:auto;font-size:13px;fill:var(--ink);overflow:visible}
.curve{cursor:ew-resize;touch-action:pan-y}
.axis path{fill:none;stroke:var(--muted)}.axis .grid{stroke:var(--line)}.axis .zero{stroke:var(--ink)}
.axis text{font-variant-numeric:tabular-nums}.label{text-anchor:middle;font-size:14px}
.below{fill:var(--below)}.isoline,.nullcline{fill:none;stroke:var(--muted);stroke-dasharray:2 4;opacity:.7}
.nullcline{stroke:var(--ink);stroke-width:1.6;stroke-dasharray:7 4;opacity:1}
.isoline-label,.nullcline-label{text-anchor:middle;fill:var(--muted);font-size:12px}.isoline-label{paint-order:stroke;stroke:var(--page);stroke-width:5px}.nullcline-label{fill:var(--ink);font-weight:bold;font-size:14px}
.trail path{fill:none;stroke:var(--c);stroke-width:2;stroke-linejoin:round}.trail .whole{opacity:.22;stroke-width:1.2}
.picking .trail{opacity:.35}.picking .trail.active{opacity:1}.trail.active path{stroke-width:3}
.dot{cursor:pointer;outline:none}.dot .mark{fill:var(--c);stroke:var(--page);stroke-width:1.5}.dot .hit{fill:transparent}
.dot .bracket{pointer-events:none;fill:var(--c);fill-opacity:.22;stroke:var(--c);stroke-opacity:.5}
.dot .bars{stroke:var(--ink);stroke-width:1.6;fill:none}.dot.active .mark{stroke:var(--ink);stroke-width:2.5}
.dot:focus-visible .hit{stroke:var(--accent);stroke-width:3}
.lines path{fill:none;stroke:var(--c);stroke-linejoin:round}.lines .band{fill:var(--c);stroke:none;opacity:.22}.lines .thin{opacity:.55;stroke-width:.9}.lines .mean{stroke-width:2.4}
.fall{fill:var(--muted);shape-rendering:crispEdges}.cursor{stroke:var(--accent);stroke-width:1.6;fill:none}.follower{fill:var(--c);stroke:var(--page);stroke-width:1.2}
.tip{position:absolute;z-index:4;pointer-events:none;width:max-content;max-width:min(300px,100%);padding:8px 12px;border-radius:8px;border:1px solid var(--line);border-left:5px solid var(--c);background:var(--card);box-shadow:0 4px 16px rgb(0 0 0/.18);font-size:13.5px;line-height:1.45;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.tip[hidden]{display:none}.tip span,.tip strong{display:block}.warning{color:var(--warning)}
.scroll{overflow-x:auto}.scroll:focus-visible{outline-offset:-2px}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:15px}
th,td{text-align:left;padding:6px 18px 6px 0;border-bottom:1px solid var(--line);vertical-align:top}
thead th{color:var(--muted);font-weight:normal;white-space:nowrap}td{white-space:nowrap}th[scope=row]{overflow-wrap:break-word;min-width:7em;max-width:22em;font-weight:600}
main>.words{width:100%}main>.words th{width:8em}.words td{white-space:normal;overflow-wrap:anywhere}.scroll .words{min-width:600px}.scroll .words td:nth-child(2){overflow-wrap:normal}td small{display:block;color:var(--muted);font-size:12.5px}
.swatch{display:inline-block;width:11px;height:11px;border-radius:50%;background:var(--c);margin-right:8px}
li{margin:6px 0;max-width:76ch}footer{color:var(--muted);font-size:14px;padding-top:28px;padding-bottom:36px}
@media(max-width:560px){body{font-size:15px}h1{font-size:21px}main,header,footer{padding-left:14px;padding-right:14px}.controls{gap:10px}#play{min-width:0}output{min-width:5.6em}button,select{padding:6px 10px}}
@media print{.controls{position:static;border:0;padding:4px 0}#play,#epoch,#theme,select,.tip{display:none}output{text-align:left}#figures{display:block}figure,tr{break-inside:avoid}.chart{max-width:640px}body{font-size:12px}}
`.trim();
