// Builds the browser app into packages/cli/dist/app: the run that a visitor sees first, then the page by Vite, then the list of what its
// worker keeps for when there is no network.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { memoryStorage, performStudy } from "@causalscope/runs";
import { study } from "@causalscope/studies";
import { zipSync } from "fflate";

const root = fileURLToPath(new URL("../", import.meta.url));

const examples = `${root}app/public/examples`;
mkdirSync(examples, { recursive: true });
if (!existsSync(`${examples}/iris.run.zip`)) {
  const storage = memoryStorage();
  await performStudy(await study("iris"), "iris", {
    options: { seeds: [0, 1, 2], epochs: 2000, every: 50, tolerance: 0.05 },
    storage,
  });
  const files = Object.fromEntries([...storage.files("iris")].filter(([path]) => !/\.(?:parquet|csv)$/.test(path)));
  writeFileSync(`${examples}/iris.run.zip`, zipSync(files, { level: 9, mtime: new Date(1980, 0, 1) }));
}
const { status } = spawnSync(process.execPath, [`${root}node_modules/vite/bin/vite.js`, "build", `${root}app`], {
  stdio: "inherit",
});
if (status !== 0) process.exit(status ?? 1);

const built = `${root}packages/cli/dist/app/`;
const files = readdirSync(built, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name !== "sw.js")
  .map((entry) => join(entry.parentPath, entry.name).slice(built.length).split(sep).join("/"))
  // Images to learn from are kept when they are used: they weigh as much as all else.
  .filter((file) => !/\/(?:embedded-images|digits)-/.test(file))
  .sort();
const content = files.map((file) => readFileSync(built + file));
const version = content
  .reduce((hash, bytes) => hash.update(bytes), createHash("sha256"))
  .digest("hex")
  .slice(0, 16);
const listed = files.map((file) => (file === "index.html" ? "./" : file));
const worker = readFileSync(`${built}sw.js`, "utf8")
  .replace("const FILES = [];", `const FILES = ${JSON.stringify(listed)};`)
  .replace('const VERSION = "";', `const VERSION = "${version}";`);
writeFileSync(`${built}sw.js`, worker);
