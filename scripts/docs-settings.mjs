// The tables of settings in docs/, made from the schemas that check them (after `npm run build`).
//   node scripts/docs-settings.mjs            writes them anew
//   node scripts/docs-settings.mjs --check    changes nothing; exit 1 where a page differs
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const [BEGIN, END] = ["<!-- settings:begin -->", "<!-- settings:end -->"];

/** A row for each option: what it may be, its default, what it is. */
export function settingsTable(fields) {
  const rows = fields.map(({ name, expected, items, unit, default: preset, description }) => [
    `\`${name}\``,
    expected +
      (items === undefined ? "" : `, each ${items.expected}`) +
      (unit === undefined || expected.includes(unit) ? "" : `, in ${unit}`),
    preset === undefined ? "" : `\`${JSON.stringify(preset)}\``,
    description,
  ]);
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(["setting", "value", "default", "what it is"]), "|---|---|---|---|", ...rows.map(line)].join("\n");
}

/** The page with its table made anew. */
export function withTable(page, fields) {
  const [begin, end] = [page.indexOf(BEGIN) + BEGIN.length, page.indexOf(END)];
  return `${page.slice(0, begin)}\n\n${settingsTable(fields)}\n\n${page.slice(end)}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { measureSettings } = await import("../packages/core/dist/measures/measure.js");
  const { fieldsOf } = await import("../packages/core/dist/schema.js");
  const path = fileURLToPath(new URL("../docs/measure-function.md", import.meta.url));
  const text = readFileSync(path, "utf8");
  const made = withTable(text, fieldsOf(measureSettings));
  if (!process.argv.includes("--check")) writeFileSync(path, made);
  else if (made !== text) {
    console.error("docs/measure-function.md differs from what measure() takes: run `npm run docs`.");
    process.exitCode = 1;
  }
}
