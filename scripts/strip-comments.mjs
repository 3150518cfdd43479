// Takes the comments out of the JavaScript of the core: a third of its bytes, which every install and every page would carry. The declarations
// beside it keep them, for editors; but for those of inner rooms, which no import of a user's leads to.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { transformSync } from "esbuild";

const dist = fileURLToPath(new URL("../packages/core/dist/", import.meta.url));

/** Rooms in which no public name is declared (test/surface.mjs knows where they are). */
const INNER = /^(?:estimators\/(?:counting|exact|likelihood|plug-in)|kernels\/typescript)\/.*\.d\.ts$/;

export function stripComments() {
  for (const name of readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((each) => each.endsWith(".js"))) {
    const text = readFileSync(`${dist}${name}`, "utf8");
    // Licences stay.
    writeFileSync(`${dist}${name}`, transformSync(text, { format: "esm", target: "es2022", charset: "utf8" }).code);
  }
  for (const name of readdirSync(dist, { recursive: true, encoding: "utf8" })) {
    if (!INNER.test(name.replaceAll("\\", "/"))) continue;
    const text = readFileSync(`${dist}${name}`, "utf8");
    writeFileSync(`${dist}${name}`, text.replace(/^\s*\/\*\*[\s\S]*?\*\/\n/gm, ""));
  }
}
