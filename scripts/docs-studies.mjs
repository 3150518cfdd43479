// The tables of docs/studies.md and the whole of docs/study-options.md, made from the studies themselves (after `npm run build`).
//   node scripts/docs-studies.mjs            writes them anew
//   node scripts/docs-studies.mjs --check    changes nothing; exit 1 and a list where a page differs
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { studyForms } from "./study-forms.mjs";

const docs = fileURLToPath(new URL("../docs/", import.meta.url));
const forms = await studyForms();
const groups = [...new Set(forms.map(({ group }) => group))];
const inGroup = (group) => forms.filter((form) => form.group === group);

const row = (cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
const table = (head, rows) => [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n");
const code = (text) => `\`${text}\``;

function defaultOf({ default: value, written, description }) {
  // What follows from other options is said in words.
  if (value === null || description.includes("(default")) return "";
  if (typeof value === "boolean") return value ? "on" : "off";
  if (Array.isArray(value)) return code(value.join(written === "widths" ? "-" : ","));
  if (typeof value !== "object") return code(value);
  return code(value.input === value.output ? value.input : `${value.input},${value.output}`);
}

const flagText = ({ flag, alias, value }) =>
  code([alias, flag].filter(Boolean).join(", ") + (value === undefined ? "" : ` <${value}>`));

const optionRow = (field) => [flagText(field), defaultOf(field), field.description];

/** The study before it whose options are the same, and more. */
function likeOf(form, printed) {
  const has = (other, field) =>
    other.fields.some(({ flag, description }) => flag === field.flag && description === field.description);
  return printed.find((other) => form.fields.every((field) => has(other, field)));
}

function sectionOf(form, printed) {
  const head = `### ${form.name}\n`;
  const like = likeOf(form, printed);
  if (like === undefined) {
    printed.push(form);
    return `${head}\n${table(["option", "default", ""], form.fields.map(optionRow))}`;
  }
  const preset = (field) => JSON.stringify(field.default);
  // What is said in words is the same in words.
  const said = form.fields.filter((field) => defaultOf(field) !== "");
  const differs = said.filter((field) => preset(like.fields.find(({ flag }) => flag === field.flag)) !== preset(field));
  const lacks = like.fields.filter(({ flag }) => !form.fields.some((field) => field.flag === flag));
  const without = lacks.length === 0 ? "" : `, without ${lacks.map(({ flag }) => code(flag)).join(", ")}`;
  const but = differs.length === 0 ? "" : " Other defaults:";
  const rows =
    differs.length === 0
      ? ""
      : `\n\n${table(
          ["option", "default"],
          differs.map((field) => [flagText(field), defaultOf(field)]),
        )}`;
  return `${head}\nThe options of [${like.name}](#${like.name})${without}.${but}${rows}`;
}

const optionPage = () => {
  const sections = groups.map((group) => {
    const printed = [];
    // The one with most options first: others are said by what differs.
    const ordered = inGroup(group).toSorted((a, b) => b.fields.length - a.fields.length);
    return [`## ${group[0].toUpperCase()}${group.slice(1)}`, ...ordered.map((form) => sectionOf(form, printed))].join(
      "\n\n",
    );
  });
  return `# Options of the studies

What \`causalscope study NAME\` takes, and where each option stands if it is not given; in a program the same names without dashes, as \`learningRate\` for \`--learning-rate\`.
[runs.md](runs.md) has the options of all runs (\`--out\`, \`--resume\`, \`--workers\` …), [datasets.md](datasets.md) those of data in files. Made by \`npm run docs\` from the studies themselves.

${sections.join("\n\n")}
`;
};

function listedPage() {
  let text = readFileSync(`${docs}studies.md`, "utf8");
  for (const group of groups) {
    const [begin, end] = [`<!-- studies:${group}:begin -->`, `<!-- studies:${group}:end -->`];
    if (!text.includes(begin) || !text.includes(end)) {
      process.stderr.write(`docs/studies.md has no place for the ${group}: ${begin} … ${end}\n`);
      process.exit(1);
    }
    const rows = inGroup(group).map(({ name, summary }) => [`[${name}](study-options.md#${name})`, summary]);
    text = `${text.slice(0, text.indexOf(begin) + begin.length)}\n\n${table(["study", ""], rows)}\n\n${text.slice(text.indexOf(end))}`;
  }
  return text;
}

const pages = { "studies.md": listedPage(), "study-options.md": optionPage() };
const current = (name) => {
  try {
    return readFileSync(docs + name, "utf8");
  } catch {
    return "";
  }
};
const different = Object.keys(pages).filter((name) => current(name) !== pages[name]);
if (process.argv.includes("--check")) {
  for (const name of different)
    process.stdout.write(`docs/${name} differs from what the studies say: run \`npm run docs\`\n`);
  process.exit(different.length > 0 ? 1 : 0);
}
for (const name of different) writeFileSync(docs + name, pages[name]);
