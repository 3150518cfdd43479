// Bundles the report's player (packages/report/src/player) into packages/report/src/generated/player.ts: one string constant that
// reportHtml() puts into its page. Made before every build and test run; the same sources give the same bytes.
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { writeGenerated } from "./generated.mjs";
import { packageSources } from "./package-sources.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const file = `${root}packages/report/src/generated/player.ts`;

/** Largest script, in bytes, that a report may carry. */
const LIMIT = 60_000;

export async function bundlePlayer() {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ["packages/report/src/player/player.ts"],
    bundle: true,
    write: false,
    format: "iife",
    minify: true,
    charset: "utf8",
    legalComments: "none",
    target: "es2020",
    logLevel: "warning",
    tsconfigRaw: {},
    plugins: [packageSources({ browser: true })],
  });
  const script = outputFiles[0].text.trim();
  if (Buffer.byteLength(script) > LIMIT)
    throw new Error(`player: expected at most ${LIMIT} bytes; got ${Buffer.byteLength(script)}`);
  // Either would end the page's script element early, or hide its end.
  if (/<\/script|<!--/i.test(script))
    throw new Error("player: the bundle holds </script or <!--, which an HTML page cannot carry");
  const source = `// Made by scripts/bundle-player.mjs from packages/report/src/player; do not edit.\nexport const playerScript: string = ${JSON.stringify(script)};\n`;
  writeGenerated(file, source);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await bundlePlayer();

/** What vitest calls before the tests. */
export const setup = bundlePlayer;
