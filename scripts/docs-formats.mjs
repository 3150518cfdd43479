// The support table of docs/operators.md, made from the readers' own tables of operators (after `npm run build`).
//   node scripts/docs-formats.mjs            writes it anew
//   node scripts/docs-formats.mjs --check    changes nothing; exit 1 where the page differs
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { onnxOperators } from "../packages/core/dist/formats/onnx/operators.js";
import { tfjsOperators } from "../packages/core/dist/formats/tfjs/tfjs.js";

const page = fileURLToPath(new URL("../docs/operators.md", import.meta.url));
const [begin, end] = ["<!-- operators:begin -->", "<!-- operators:end -->"];

/** How what an operator does is measured, by what it is to a layer. */
function measured(as) {
  if (/weights|convolution/.test(as)) return "exact pairs, sampled EI";
  if (/^(activation|softplus)/.test(as) && !as.includes("softmax")) return "with the layer that it follows, exactly";
  if (as === "softmax") return "with the layer that it follows, by sampling";
  if (/normalization|affine/.test(as)) return "folded into its neighbour, exactly";
  if (/pool/.test(as)) return "with the layer that it follows: means of sums exactly, the rest by sampling";
  if (/sum/.test(as)) return "one layer over all that it adds, exactly";
  if (/product/.test(as)) return "by sampling; scales exactly";
  if (/scale/.test(as)) return "folded into its neighbour, exactly";
  if (/passed/.test(as)) return "passed through";
  return "followed through, exactly";
}

const row = (cells) => `| ${cells.join(" | ")} |`;
const table = (head, rows) => [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n");

const onnx = Object.entries(onnxOperators)
  .sort(([a], [b]) => a.localeCompare(b, "en"))
  .map(([name, { as, remark = "" }]) => [name, as, measured(as), remark]);
const tfjs = [...tfjsOperators]
  .sort((a, b) => a.model.localeCompare(b.model) * -1 || a.name.localeCompare(b.name, "en"))
  .map(({ name, model, becomes, remark }) => [name, model, becomes, remark]);
const tables = [
  "### ONNX\n",
  table(["operator", "becomes", "measured", "remark"], onnx),
  "\n### TensorFlow.js\n",
  table(["layer or operator", "model", "becomes", "remark"], tfjs),
].join("\n");

const text = readFileSync(page, "utf8");
const made = `${text.slice(0, text.indexOf(begin) + begin.length)}\n\n${tables}\n\n${text.slice(text.indexOf(end))}`;
if (process.argv.includes("--check")) {
  if (made === text) process.exit(0);
  process.stdout.write("docs/operators.md differs from what the readers support: run `npm run docs`\n");
  process.exit(1);
}
writeFileSync(page, made);
