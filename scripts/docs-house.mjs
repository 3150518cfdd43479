// The map in CONTRIBUTING.md, made of the table that the architecture test holds the imports to (test/house.mjs).
//   node scripts/docs-house.mjs            writes it anew
//   node scripts/docs-house.mjs --check    changes nothing; exit 1 where it differs
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { house } from "../test/house.mjs";

const page = fileURLToPath(new URL("../CONTRIBUTING.md", import.meta.url));
const BEGIN = "<!-- house:begin, made by scripts/docs-house.mjs -->";
const END = "<!-- house:end -->";

const table = (head, rows) => [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");

const [core] = house;
const floors = [...new Set(core.rooms.map(({ floor }) => floor))].sort((a, b) => b - a);
const map = [
  table(
    ["package", "what is in it", "may import"],
    house.map(({ name, uses, about }) => [
      `\`packages/${name}\``,
      about,
      uses.length === 0 ? "nothing" : uses.map((use) => `\`${use}\``).join(", "),
    ]),
  ),
  "The core, top floor first. An import goes to the same room or to a lower floor:",
  table(
    ["floor", "room of `packages/core/src`", "what is in it"],
    floors.flatMap((floor) =>
      core.rooms.filter((room) => room.floor === floor).map(({ room, about }) => [floor, `\`${room}/\``, about]),
    ),
  ),
].join("\n\n");

const text = readFileSync(page, "utf8");
const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
if (from < 0 || to < from) throw new Error(`CONTRIBUTING.md: expected ${BEGIN} … ${END}`);
const made = `${text.slice(0, from + BEGIN.length)}\n\n${map}\n\n${text.slice(to)}`;
if (process.argv.includes("--check")) {
  if (made !== text) {
    process.stderr.write("CONTRIBUTING.md: its map differs from test/house.mjs; run `npm run docs`\n");
    process.exit(1);
  }
} else writeFileSync(page, made);
