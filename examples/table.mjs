// What columns of a table tell of each other, by every estimator that fits. Run: npm run build && node examples/table.mjs [FILE X Y]
import { readFile } from "node:fs/promises";
import { mutualInformation } from "@causalscope/core";
import { iris, tableFrom } from "@causalscope/core/datasets";

const [, , path, x, y] = process.argv;
const flowers = iris();
const rows = Array.from(flowers.labels, (label, row) => [flowers.inputs[row * flowers.features], label]);
const own = { shape: [rows.length, 2], values: Float64Array.from(rows.flat()), names: ["sepal length", "species"] };
const table =
  path === undefined ? own : tableFrom(await readFile(path), path, { words: "categories", missing: "drop-rows" });

const { estimates, warnings } = mutualInformation(table, { x: x ?? "sepal length", y: y ?? "species" });
for (const { estimator, bits, standardError = Number.NaN } of estimates) {
  console.log(`${estimator}: ${bits.toFixed(3)} ± ${standardError.toFixed(3)} bits`);
}
for (const warning of warnings) console.log(`Warning: ${warning}`);
