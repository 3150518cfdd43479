// Compiles packages/core/assembly/ with AssemblyScript into packages/core/src/kernels/generated/: the bytes of each module as one string, so that Node
// and every bundler carry them along, a page only those that it needs; in hexadecimal, which is a quarter smaller than base64 once it is compressed. Made before every build and test run; skipped where the sources have not changed.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { readIfThere, writeGenerated } from "./generated.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const folder = `${root}packages/core/src/kernels/generated/`;
/** Modules, by the file that says what they export. */
const MODULES = { index: "module", "index-likelihood": "likelihood-module", "index-pairs": "pairs-module" };
const FLAGS = ["-O3", "--noAssert", "--runtime", "stub", "--enable", "simd", "--zeroFilledMemory"];

export async function compileKernels() {
  const sources = Object.fromEntries(
    readdirSync(`${root}packages/core/assembly`)
      .filter((name) => name.endsWith(".ts"))
      .sort()
      .map((name) => [`assembly/${name}`, readFileSync(`${root}packages/core/assembly/${name}`, "utf8")]),
  );
  const { version } = JSON.parse(readFileSync(`${root}node_modules/assemblyscript/package.json`, "utf8"));
  const stamp = createHash("sha256")
    .update(JSON.stringify([version, FLAGS, sources, "hex"]))
    .digest("hex");
  const header = `// Made by scripts/compile-kernels.mjs from assembly/ (${stamp}); do not edit.\n`;
  for (const [entry, name] of Object.entries(MODULES)) {
    const file = `${folder}${name}.ts`;
    if (!readIfThere(file)?.startsWith(header)) await compileModule(entry, sources, file, header);
  }
}

async function compileModule(entry, sources, file, header) {
  // Loaded here, for it takes longer to load than to find out that nothing changed.
  const { default: asc } = await import("assemblyscript/asc");
  let binary;
  const { error, stderr } = await asc.main([`assembly/${entry}.ts`, "--outFile", "kernels.wasm", ...FLAGS], {
    readFile: (name) => sources[name] ?? null,
    writeFile: (_name, contents) => {
      binary = contents;
    },
    listFiles: () => [],
  });
  if (error !== null || binary === undefined)
    throw new Error(`packages/core/assembly/: ${stderr.toString() || error?.message}`);
  const hex = Buffer.from(binary).toString("hex");
  writeGenerated(file, `${header}export const moduleHex: string =\n  "${hex}";\n`);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await compileKernels();

/** What vitest calls before the tests. */
export const setup = compileKernels;
