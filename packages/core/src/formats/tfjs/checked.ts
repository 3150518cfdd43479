/** Reading of JSON that may hold anything: each access says where it was, what was expected and what came. */

import { checkFile } from "../../checks/check.ts";
import { FormatError } from "../../checks/error-classes.ts";
import { record, shown } from "../json-values.ts";

export type Json = Readonly<Record<string, unknown>>;

/** More axes than this has no tensor of a network. */
const MOST_AXES = 16;
/** More values than this in one tensor are no network but a damaged file. */
const MOST_ELEMENTS = 2 ** 40;

/** The own property, so that a key such as "constructor" finds nothing. */
export function property(value: Json, key: string): unknown {
  return Object.hasOwn(value, key) ? (value[key] ?? undefined) : undefined;
}

export function recordAt(value: Json, key: string, who: string): Json {
  return record(property(value, key), `${who}: ${key}`, "an object");
}

export function listAt(value: Json, key: string, who: string): readonly unknown[] {
  const list = property(value, key);
  checkFile(Array.isArray(list), () => ({ who: `${who}: ${key}`, expected: "an array", got: shown(list) }));
  return list;
}

export function textAt(value: Json, key: string, who: string): string {
  return textOf(property(value, key), `${who}: ${key}`);
}

export function textOf(value: unknown, who: string): string {
  checkFile(typeof value === "string" && value !== "", () => ({
    who,
    expected: "non-empty text",
    got: shown(value),
  }));
  return value;
}

/** Sizes from 0 on, whose product is no more than a tensor of a network can hold. */
export function shapeOf(value: unknown, who: string): readonly number[] {
  const sizes = Array.isArray(value) && value.length <= MOST_AXES ? (value as unknown[]) : undefined;
  if (!sizes?.every((size) => Number.isSafeInteger(size) && (size as number) >= 0)) {
    throw new FormatError({ who, expected: `a shape of at most ${MOST_AXES} whole sizes`, got: sizesText(value) });
  }
  requireFew(sizes as number[], who);
  return sizes as number[];
}

/** The shape of an input: sizes from 1 on, open where the file has null or −1. */
export function openShapeOf(value: unknown, who: string): readonly (number | undefined)[] {
  const sizes = Array.isArray(value) && value.length <= MOST_AXES ? (value as unknown[]) : undefined;
  const open = (size: unknown) => size === null || size === undefined || size === -1;
  if (!sizes?.every((size) => open(size) || (Number.isSafeInteger(size) && (size as number) >= 1))) {
    throw new FormatError({
      who,
      expected: `a shape of at most ${MOST_AXES} sizes, whole numbers of at least 1 or unspecified`,
      got: sizesText(value),
    });
  }
  const shape = sizes.map((size) => (open(size) ? undefined : (size as number)));
  requireFew(
    shape.filter((size) => size !== undefined),
    who,
  );
  return shape;
}

export function sizesText(value: unknown): string {
  if (!Array.isArray(value) || value.length > MOST_AXES) return shown(value);
  return `[${value.map((size: unknown) => (size === null || size === undefined ? "?" : shown(size))).join(", ")}]`;
}

function requireFew(sizes: readonly number[], who: string): void {
  let product = 1;
  for (const size of sizes) product *= size;
  checkFile(product <= MOST_ELEMENTS, () => ({
    who,
    expected: `a shape of at most ${MOST_ELEMENTS} values`,
    got: sizesText(sizes),
  }));
}
