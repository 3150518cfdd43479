/**
 * Values by key. What a command or the library gave is cut into records: a key such as "classifier.json, plain | tanh 6 | ei", and under it the
 * numbers and words of that object. Files keep a record per line. Numbers are the shortest decimals that read back to the same bits.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";

/** Words for readers, and what differs from machine to machine: no values. */
const LEFT_OUT = new Set([
  ...["provenance", "file", "model", "tool", "version", "format"],
  ...["warnings", "notes", "reason", "what", "rangeNotes", "basis", "obstacle"],
  ...["seconds", "memory"],
]);

/** What names an element of a list, where it has one of these. */
const NAMES = ["name", "estimator", "layerName"];

const isScalar = (value) => value === null || ["number", "string", "boolean"].includes(typeof value);
const isPlain = (value) => isScalar(value) || (isList(value) && [...value].every(isPlain));
const isList = (value) => Array.isArray(value) || ArrayBuffer.isView(value);

/** As JSON can hold it: also −0 and numbers that are not finite. */
function encoded(value) {
  if (isList(value)) return Array.from(value, encoded);
  if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))) {
    return Object.is(value, -0) ? "-0" : `${value}`;
  }
  return value;
}

/**
 * Records of any value: of an object one for its own numbers, words and lists of them, and others for the objects in it. Maps are objects;
 * lists of objects go by their elements' names, or positions. Functions, and what LEFT_OUT names, are no values.
 */
export function records(key, value, found = new Map()) {
  if (value === undefined || typeof value === "function") return found;
  if (isPlain(value)) return add(found, key, { value: encoded(value) });
  if (isList(value)) {
    const names = value.map((each, at) => nameOf(each, at));
    const numbered = new Set(names).size < names.length;
    for (const [at, each] of value.entries()) {
      records(`${key} | ${numbered ? `${at} ` : ""}${names[at]}`, each, found);
    }
    return found;
  }
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  const own = {};
  const deeper = [];
  for (const [name, each] of entries) {
    if (LEFT_OUT.has(name) || each === undefined || typeof each === "function") continue;
    // Of a text with numbers in it, the numbers.
    if (name === "note") own.note = each.match(/\d+(?:\.\d+)?(?:e[-+]?\d+)?/g) ?? [];
    else if (isPlain(each)) own[name] = encoded(each);
    else deeper.push([name, each]);
  }
  if (Object.keys(own).length > 0) add(found, key, own);
  for (const [name, each] of deeper) records(`${key} | ${name}`, each, found);
  return found;
}

function nameOf(each, at) {
  const name = NAMES.map((field) => each?.[field]).find((text) => typeof text === "string");
  if (name === undefined) return `${at}`;
  return each.unit === undefined ? name : `${name} | ${each.unit}`;
}

/** Records of a table's rows: the columns up to `measure` (of training up to `epoch`) say which row it is. */
export function rowRecords(key, rows, found = new Map()) {
  for (const row of rows) {
    const columns = Object.keys(row);
    const last = columns.includes("measure") ? columns.indexOf("measure") : columns.indexOf("epoch");
    const given = columns.slice(0, last + 1).filter((name) => row[name] !== "" && row[name] !== null);
    const place = given.map((name) => (name === "measure" ? row[name] : `${name} ${row[name]}`));
    const own = {};
    for (const name of columns.slice(last + 1)) {
      if (!LEFT_OUT.has(name) && row[name] !== null && row[name] !== "") own[name] = encoded(row[name]);
    }
    add(found, `${key} | ${place.join(", ")}`, own);
  }
  return found;
}

function add(found, key, record) {
  if (found.has(key)) throw new Error(`two records have the key ${key}`);
  found.set(key, record);
  return found;
}

/** "key | field[index]" → number, word, boolean or null. */
export function flat(record, key) {
  const found = new Map();
  const visit = (place, value) => {
    if (Array.isArray(value)) {
      found.set(`${place}.length`, value.length);
      for (const [at, each] of value.entries()) visit(`${place}[${at}]`, each);
    } else found.set(place, value);
  };
  for (const [field, value] of Object.entries(record)) visit(`${key} | ${field}`, value);
  return found;
}

/** How many values are the same, and every one that is not: `{ key, recorded, now }`, undefined where there is none. */
export function compared(recorded, now) {
  const different = [];
  let same = 0;
  for (const key of new Set([...recorded.keys(), ...now.keys()])) {
    const [before, after] = [recorded, now].map((all) => flat(all.get(key) ?? {}, key));
    for (const place of new Set([...before.keys(), ...after.keys()])) {
      const pair = { key: place, recorded: before.get(place), now: after.get(place) };
      if (Object.is(pair.recorded, pair.now)) same++;
      else different.push(pair);
    }
  }
  return { same, different };
}

export function readValues(file) {
  if (!existsSync(file)) return new Map();
  return new Map(Object.entries(JSON.parse(readFileSync(file, "utf8"))));
}

export function writeValues(file, values) {
  const lines = [...values].map(([key, record]) => `${JSON.stringify(key)}: ${JSON.stringify(record)}`);
  writeFileSync(file, `{\n${lines.join(",\n")}\n}\n`);
}
