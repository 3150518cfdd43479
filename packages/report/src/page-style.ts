/** The style sheet of the report's page: light and dark, narrow and wide, screen and paper. */
import { viewStyle } from "./views/style.ts";

export const pageStyle = `
${viewStyle}
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
.sample{width:16px;height:16px;flex:none}
#figures{display:grid;grid-template-columns:minmax(0,1fr);gap:24px}
@media(min-width:980px){#figures{grid-template-columns:minmax(0,1.12fr) minmax(0,1fr)}}
figure{margin:0;min-width:0}figcaption{font-size:14px;color:var(--muted);margin-top:4px}
.heading{display:flex;flex-wrap:wrap;gap:6px 14px;align-items:center;justify-content:space-between}figure h2{margin:10px 0 6px}.tools{display:flex;flex-wrap:wrap;gap:8px;align-items:center}.tools>button{font-size:14px;padding:4px 10px}.tools>button[aria-pressed=true]{background:var(--accent);border-color:var(--accent);color:var(--page)}
.scroll{overflow-x:auto}.scroll:focus-visible{outline-offset:-2px}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:15px}
th,td{text-align:left;padding:6px 18px 6px 0;border-bottom:1px solid var(--line);vertical-align:top}
thead th{color:var(--muted);font-weight:normal;white-space:nowrap}td{white-space:nowrap}th[scope=row]{overflow-wrap:break-word;min-width:7em;max-width:22em;font-weight:600}
main>.words{width:100%}main>.words th{width:8em}.words td{white-space:normal;overflow-wrap:anywhere}.scroll .words{min-width:600px}.scroll .words td:nth-child(2){overflow-wrap:normal}td small{display:block;color:var(--muted);font-size:12.5px}
li{margin:6px 0;max-width:76ch}footer{color:var(--muted);font-size:14px;padding-top:28px;padding-bottom:36px}
@media(max-width:560px){body{font-size:15px}h1{font-size:21px}main,header,footer{padding-left:14px;padding-right:14px}.controls{gap:10px}#play{min-width:0}output{min-width:5.6em}button,select{padding:6px 10px}button,select,.tools>button{min-height:44px}label{min-height:34px}legend{float:none;width:100%}}
@media print{.controls{position:static;border:0;padding:4px 0}#play,#epoch,#theme,select,.tools{display:none}output{text-align:left}#figures{display:block}figure,tr{break-inside:avoid}body{font-size:12px}}
`.trim();
