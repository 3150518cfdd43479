// Builds dist/: the kernels, the report's player and the Iris flowers are made into modules first, then TypeScript is compiled as it is.
import { execFileSync } from "node:child_process";
import { chmodSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bundlePlayer } from "./bundle-player.mjs";
import { compileKernels } from "./compile-kernels.mjs";
import { embedIris } from "./embed-iris.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
embedIris();
await Promise.all([compileKernels(), bundlePlayer()]);
rmSync(`${root}dist`, { recursive: true, force: true });
execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, "-p", `${root}tsconfig.json`], {
  stdio: "inherit",
});
chmodSync(`${root}dist/cli/main.js`, 0o755);
