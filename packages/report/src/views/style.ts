/** The style sheet of the views: their colours in both themes as variables, and what shapes cannot say themselves. */
import { DARK, LIGHT, variables } from "./paint.ts";

/**
 * The style sheet that a page with views needs. The theme is the system's, unless the page's root has `data-theme="light"` or `"dark"`.
 */
export const viewStyle: string = `
:root{${variables(LIGHT)}color-scheme:light}
@media screen and (prefers-color-scheme:dark){:root:not([data-theme=light]){${variables(DARK)}color-scheme:dark}}
@media screen{:root[data-theme=dark]{${variables(DARK)}color-scheme:dark}}
.view{position:relative;font:13px/1.4 "DejaVu Sans",system-ui,Arial,sans-serif}
.view .layer{position:absolute;inset:0;width:100%;height:100%;display:block;overflow:visible}
.view text{font-variant-numeric:tabular-nums}.view canvas.layer{pointer-events:none}
.strip .layer,.plane .layer{will-change:transform}.strip{cursor:ew-resize;touch-action:pan-y;user-select:none}.strip .top{pointer-events:none}
.key{display:flex;flex-wrap:wrap;gap:2px 16px;margin:4px 0 0;font:13px/1.5 "DejaVu Sans",system-ui,Arial,sans-serif;color:var(--muted)}.key span{display:inline-flex;gap:5px;align-items:center}.key .sample{width:18px;height:16px}
.plane .dot{cursor:pointer;outline:none}.plane .bracket,.plane .error,.plane .band,.plane .name,.plane circle{pointer-events:none}
.plane .dot.so-far .mark{opacity:.6}.plane .dot.so-far .error{stroke-dasharray:3 4}td.so-far{color:var(--muted)}
.plane .dot.active .mark{stroke:var(--ink);stroke-width:2.2}
.plane .dot:focus-visible .mark{stroke:var(--accent);stroke-width:3.5}
.network .unit{cursor:pointer;outline:none}.network .unit:focus-visible .ring{stroke:var(--accent);stroke-width:4}.network .unit.active .ring{stroke:var(--ink);stroke-width:3}
.network .buttons button{position:absolute;width:24px;height:24px;min-height:24px;padding:0;font:16px/1 inherit;border:1px solid var(--line);border-radius:6px;background:var(--card);color:var(--ink);cursor:pointer}.network .buttons button:hover{border-color:var(--accent)}
.network .large{position:absolute;width:110px;height:110px;border:2px solid var(--ink);border-radius:6px;pointer-events:none;z-index:3}
.tip{position:absolute;z-index:4;pointer-events:none;width:max-content;max-width:min(300px,100%);padding:8px 12px;border-radius:8px;border:1px solid var(--line);border-left:5px solid var(--ink);background:var(--card);color:var(--ink);box-shadow:0 4px 16px rgb(0 0 0/.18);line-height:1.45;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.tip[hidden]{display:none}.tip span,.tip strong{display:block}.tip .warning{color:var(--warning);display:-webkit-box;-webkit-line-clamp:3;-webkit-box-orient:vertical;overflow:hidden}
table.values{border-collapse:collapse;font-variant-numeric:tabular-nums}table.values .sample{width:15px;height:15px;vertical-align:-2px;margin-right:7px}
table.values tbody tr{cursor:pointer}table.values tbody tr.active{background:color-mix(in srgb,var(--accent) 14%,transparent)}
table.values small{display:block;color:var(--muted);font-size:12px;font-weight:normal}table.brief{width:100%}table.brief th,table.brief td{padding:6px 0 6px 6px;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}table.brief tr>:first-child{text-align:left;padding-left:4px}table.brief thead th{color:var(--muted);font-weight:normal;vertical-align:top}
.sr-only{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.export{position:relative;display:inline-block}.export summary{list-style:none;cursor:pointer;border:1px solid var(--line);border-radius:8px;padding:4px 10px;background:var(--card);color:var(--ink);font-size:14px}
.export summary::-webkit-details-marker{display:none}.export summary:hover{border-color:var(--accent)}
.export div{position:absolute;right:0;z-index:6;margin-top:4px;padding:4px;display:flex;flex-direction:column;min-width:7em;background:var(--card);border:1px solid var(--line);border-radius:8px;box-shadow:0 4px 16px rgb(0 0 0/.18)}
.export button{border:0;background:none;color:var(--ink);font:inherit;font-size:14px;text-align:left;padding:7px 12px;border-radius:6px;cursor:pointer}.export button:hover{background:var(--line)}
@media(max-width:700px){.export summary{min-height:44px;display:flex;align-items:center}.export button{min-height:44px}}
@media print{.export,.tip{display:none}}
`.trim();

/**
 * Gives a document the style sheet of its views, also where its policy forbids inline styles.
 *
 * @example
 * ```ts
 * const begin = () => addViewStyle(document);
 * console.log(begin.length); // 0
 * ```
 */
export function addViewStyle(page: Document): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(viewStyle);
  page.adoptedStyleSheets = [...page.adoptedStyleSheets, sheet];
}
