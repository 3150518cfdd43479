// Bundles small parts of a few packages into packages/core/src/vendored/generated/, licence included, so that who installs the library does not
// install the rest of them, and what they depend on. Made before every build and test run; the same versions give the same bytes.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { writeGenerated } from "./generated.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/** What is taken of which package, by entry, and the packages whose code comes with it. */
const parts = [
  {
    of: "@noble/hashes",
    take: { "@noble/hashes/sha2.js": ["sha256"], "@noble/hashes/utils.js": ["bytesToHex", "utf8ToBytes"] },
    with: [],
  },
  { of: "fflate", take: { fflate: ["Gunzip", "Inflate", "unzipSync"] }, with: [] },
  { of: "npyjs", take: { npyjs: ["parse"] }, with: [] },
  {
    of: "ml-levenberg-marquardt",
    take: { "ml-levenberg-marquardt": ["levenbergMarquardt"] },
    with: ["ml-matrix", "ml-array-rescale", "ml-array-max", "ml-array-min", "is-any-array"],
  },
];

const exportsOf = ({ take }) =>
  Object.entries(take)
    .map(([from, names]) => `export { ${names.join(", ")} } from "${from}";`)
    .join("\n");

function licence(name) {
  const folder = `${root}node_modules/${name}/`;
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const { version, license } = JSON.parse(readFileSync(`${folder}package.json`, "utf8"));
  if (!["MIT", "Apache-2.0"].includes(license)) throw new Error(`${name}: ${license} is not a licence to bundle under`);
  const text =
    file === undefined
      ? `Licence: ${license}`
      : readFileSync(`${folder}${file}`, "utf8").trim().replaceAll("*/", "* /");
  return `${name} ${version}\n${text}`;
}

export async function bundleVendored() {
  for (const part of parts) {
    const { outputFiles, metafile } = await build({
      stdin: { contents: exportsOf(part), resolveDir: root },
      bundle: true,
      write: false,
      metafile: true,
      format: "esm",
      target: "es2022",
      legalComments: "none",
      logLevel: "warning",
      external: ["cross-fetch"],
      minify: true,
      tsconfigRaw: {},
    });
    const used = new Set(
      Object.entries(metafile.outputs)
        .flatMap(([, { inputs }]) => Object.entries(inputs))
        .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
        .map(([file]) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1])
        .filter((name) => name !== undefined),
    );
    const listed = [part.of, ...part.with];
    const unlisted = [...used].filter((name) => !listed.includes(name));
    if (unlisted.length > 0) throw new Error(`${part.of} brings ${unlisted.join(", ")}: list it with its licence`);
    const notices = listed.filter((name) => used.has(name)).map(licence);
    writeGenerated(
      `${root}packages/core/src/vendored/generated/${part.of.split("/").at(-1)}.ts`,
      `// @ts-nocheck\n// Made by scripts/bundle-vendored.mjs; do not edit.\n/*!\n${notices.join("\n\n")}\n*/\n${outputFiles[0].text}`,
    );
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await bundleVendored();

/** What vitest calls before the tests. */
export const setup = bundleVendored;
