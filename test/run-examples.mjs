// Runs the examples that the folder named holds, one after another, in that folder, and writes what each printed, line by line: test/examples.slow.test.ts.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { format } from "node:util";

const [folder] = process.argv.slice(2);
process.chdir(folder);
const results = [];
for (const { file, outputs } of JSON.parse(readFileSync("examples.json", "utf8"))) {
  const printed = Object.fromEntries(outputs.map((at) => [at, []]));
  globalThis.printAt =
    (at) =>
    (...values) =>
      printed[at].push(format(...values));
  const start = performance.now();
  try {
    await import(pathToFileURL(`${folder}/${file}`).href);
    results.push({ printed });
  } catch (error) {
    results.push({ printed, error: String(error?.stack ?? error) });
  }
  results.at(-1).seconds = (performance.now() - start) / 1000;
}
writeFileSync("results.json", JSON.stringify(results));
// Workers that an example started go with the process.
process.exit(0);
