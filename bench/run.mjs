// `npm run bench [name …]`: runs the benchmarks and prints one table per area; all of them together also write bench/RESULTS.md.
import { readdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { compiler } from "./native/compiler.mjs";

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
for (const file of files) {
  const { bench } = await import(`./${file}`);
  rows.push(...(await bench()));
}

const areas = [...new Set(rows.map(({ area }) => area))];
const tables = areas.map((area) => {
  const found = rows.filter((row) => row.area === area);
  return `## ${area[0].toUpperCase()}${area.slice(1)}\n\n${tableOf(found)}\n`;
});
const processors = cpus();
const machine = [
  `${processors.length} × ${processors[0]?.model ?? "unknown processor"}`,
  `Node ${process.version}`,
  compiler()?.version ?? "no C compiler",
  new Date().toISOString().slice(0, 10),
].join("; ");
console.log(`${tables.join("\n")}\n${machine}`);
if (wanted.length === 0) {
  const about =
    "Written by `npm run bench`. Medians, with the spread from the smallest run to the largest; " +
    "competitors ran in turn with what they are compared with, and the ratio is how many times as fast it is as they are.";
  writeFileSync(`${folder}RESULTS.md`, `# Benchmarks\n\n${about}\n\nMachine: ${machine}.\n\n${tables.join("\n")}`);
}

function tableOf(found) {
  const header = ["what", "median", "spread", "competitor", "ratio", "bar", ""];
  const cells = found.map((row) => {
    const { name, value, unit, spread, against, bar = "", note } = row;
    return [
      name,
      value === undefined ? (note ?? "") : `${number(value)} ${unit}`,
      spread === undefined ? "" : `± ${number(spread)}`,
      against === undefined ? "" : `${against.name}, ${number(against.value)} ${unit}`,
      against === undefined ? "" : `${number(against.ratio)}×`,
      bar,
      verdict(row),
    ];
  });
  const widths = header.map((title, c) => Math.max(3, title.length, ...cells.map((row) => row[c].length)));
  return [header, widths.map((width) => "-".repeat(width)), ...cells]
    .map((row) => `| ${row.map((cell, c) => cell.padEnd(widths[c])).join(" | ")} |`)
    .join("\n");
}

/** "holds" or "misses": what the row says or, where it says nothing, a bar such as "< 0.3" or "≥ 30,000" on the value itself. */
function verdict({ holds, bar, value }) {
  const bound = /^([<≥]) ([\d,.]+)$/.exec(bar ?? "");
  const kept =
    holds ??
    (bound === null || value === undefined
      ? undefined
      : bound[1] === "<"
        ? value < Number(bound[2].replaceAll(",", ""))
        : value >= Number(bound[2].replaceAll(",", "")));
  return kept === undefined ? "" : kept ? "holds" : "misses";
}

function number(value) {
  return Math.abs(value) >= 1000 ? Math.round(value).toLocaleString("en-US") : value.toPrecision(3);
}
