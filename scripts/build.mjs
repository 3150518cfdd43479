// Builds dist/: the report's player is bundled into a module first, then TypeScript is compiled as it is.
import { execFileSync } from "node:child_process";
import { chmodSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bundlePlayer } from "./bundle-player.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
await bundlePlayer();
rmSync(`${root}dist`, { recursive: true, force: true });
execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, "-p", `${root}tsconfig.json`], {
  stdio: "inherit",
});
chmodSync(`${root}dist/cli/main.js`, 0o755);
