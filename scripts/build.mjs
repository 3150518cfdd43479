// Builds dist/: the kernels, the report's player and the Iris flowers are made into modules first, then TypeScript is compiled as it is; the
// forms of the studies are made of what was compiled.
import { execFileSync } from "node:child_process";
import { chmodSync, readdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bundlePlayer } from "./bundle-player.mjs";
import { bundleVendored } from "./bundle-vendored.mjs";
import { bundleWebWorker } from "./bundle-web-worker.mjs";
import { compileKernels } from "./compile-kernels.mjs";
import { embedIris } from "./embed-iris.mjs";
import { stripComments } from "./strip-comments.mjs";
import { writeStudyForms } from "./study-forms.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
embedIris();
await Promise.all([bundleVendored(), compileKernels()]);
// It takes parts of the core, which has to be whole by then.
await bundlePlayer();
for (const name of readdirSync(`${root}packages`))
  rmSync(`${root}packages/${name}/dist`, { recursive: true, force: true });
execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, "-b", root], {
  stdio: "inherit",
});
stripComments();
await bundleWebWorker();
chmodSync(`${root}packages/cli/dist/main.js`, 0o755);
await writeStudyForms();
