// `npm run bench [name …]`: runs the benchmarks and prints one table. Ratios are of one run; the machine is named below them.
import { readdirSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));
const wanted = process.argv.slice(2);
const files = readdirSync(folder)
  .filter((file) => file.endsWith(".bench.mjs"))
  .filter((file) => wanted.length === 0 || wanted.some((name) => file.startsWith(name)));
if (files.length === 0) {
  console.error(`no benchmark is named ${wanted.join(" or ")}`);
  process.exit(2);
}
const rows = [];
for (const file of files) rows.push(...(await (await import(`./${file}`)).bench()));

const cells = rows.map(({ area, name, value, unit, spread, bar = "" }) => [
  area,
  name,
  `${number(value)} ${unit}`,
  spread === undefined ? "" : `± ${number(spread)}`,
  bar,
]);
const header = ["area", "what", "median", "spread", "bar"];
const widths = header.map((title, c) => Math.max(title.length, ...cells.map((row) => row[c].length)));
for (const row of [header, widths.map((width) => "-".repeat(width)), ...cells]) {
  console.log(`| ${row.map((cell, c) => cell.padEnd(widths[c])).join(" | ")} |`);
}
console.log(`\nNode ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}`);

function number(value) {
  return Math.abs(value) >= 1000 ? Math.round(value).toLocaleString("en-US") : value.toPrecision(3);
}
