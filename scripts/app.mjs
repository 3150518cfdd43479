// Builds the browser app into packages/cli/dist/app: the run that a visitor sees first, then the page by Vite.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
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
process.exit(status ?? 1);
