// The JSON Schemas in packages/core/schema/, made from the schemas that our readers check by (after `npm run build`).
//   node scripts/json-schemas.mjs            writes them anew
//   node scripts/json-schemas.mjs --check    changes nothing; exit 1 where a file differs
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { toJsonSchema } from "@valibot/to-json-schema";

/**
 * A schema of valibot's as JSON Schema. Where a schema is a function in TypeScript, its metadata has the JSON Schema, as `json`.
 *
 * @param definitions Schemas that stand under `$defs`, by name.
 */
export function jsonSchema(schema, definitions = {}) {
  const options = { target: "draft-2020-12", typeMode: "input", errorMode: "ignore", definitions };
  const { title, description, $schema, $defs, ...rest } = cleaned(toJsonSchema(schema, options));
  return { $schema, title, description, ...rest, $defs };
}

/** Without what only our own code reads. */
function cleaned({ is, json, item, unit, required, ...schema }) {
  const own = { ...schema, ...json };
  if (item !== undefined) {
    const { $schema, ...each } = jsonSchema(item);
    Object.assign(own, { type: "object", additionalProperties: each });
  }
  if (required?.length > 0) own.required = required;
  if (unit !== undefined) own.description = `${own.description} In ${unit}.`;
  for (const key of ["properties", "$defs"]) if (own[key]) own[key] = mapValues(own[key], cleaned);
  for (const key of ["anyOf", "oneOf"]) own[key] &&= own[key].map(cleaned);
  if (own.items) own.items = cleaned(own.items);
  return own;
}

function mapValues(object, change) {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
}

/** The text of each file in packages/core/schema/, by name, from the schemas that the readers check by. */
export function jsonSchemas({ networkFile, networkDefinitions, measureSettings }) {
  return {
    "network.json": textOf(jsonSchema(networkFile, networkDefinitions)),
    "settings.json": textOf(jsonSchema(measureSettings)),
  };
}

function textOf(schema) {
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const schemas = {
    ...(await import("../packages/core/dist/formats/network-schema.js")),
    ...(await import("../packages/core/dist/measures/measure.js")),
  };
  for (const [name, text] of Object.entries(jsonSchemas(schemas))) {
    const path = fileURLToPath(new URL(`../packages/core/schema/${name}`, import.meta.url));
    if (!process.argv.includes("--check")) writeFileSync(path, text);
    else if (readFileSync(path, "utf8") !== text) {
      console.error(`packages/core/schema/${name} differs from what the readers check: run \`npm run docs\`.`);
      process.exitCode = 1;
    }
  }
}
