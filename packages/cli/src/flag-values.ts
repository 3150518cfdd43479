/** From the text of an option to its value. Each function throws InvalidInputError, naming the option, for text that is no such value. */

import { InvalidInputError } from "@causalscope/core/errors";
import type { Scale } from "@causalscope/core/information";
import { validBins, validRange, validScale, validWorkers } from "@causalscope/core/internal";
import type { BinsSpec, Range, UnitGroups } from "@causalscope/core/measures";
import { LEAST_MEMORY, MEASURES, type MeasureName } from "@causalscope/core/measures";
import { someOf } from "./choices.ts";

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const MAX_SEEDS = 10_000;

export function numberOption(text: string, flag: string, expected = "a number"): number {
  const value = NUMBER.test(text.trim()) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) throw new InvalidInputError({ who: flag, expected, got: JSON.stringify(text) });
  return value;
}

export function wholeNumberOption(text: string, flag: string, least: number): number {
  const expected = `a whole number of at least ${least}`;
  const value = numberOption(text, flag, expected);
  if (!Number.isSafeInteger(value) || value < least) throw new InvalidInputError({ who: flag, expected, got: text });
  return value;
}

export function positiveOption(text: string, flag: string): number {
  const expected = "a number above 0";
  const value = numberOption(text, flag, expected);
  if (!(value > 0)) throw new InvalidInputError({ who: flag, expected, got: text });
  return value;
}

/** A number of workers; 0 for none. */
export function workersOption(text: string, flag: string): number {
  return validWorkers(numberOption(text, flag, "a whole number of workers"), flag);
}

const SIZES: Readonly<Record<string, number>> = { "": 1, k: 1e3, kb: 1e3, m: 1e6, mb: 1e6, g: 1e9, gb: 1e9 };

/** `2GB`, `500MB` or a number of bytes. */
export function memoryOption(text: string, flag: string): number {
  const expected = "a size of at least 10MB, such as 2GB, 500MB or a number of bytes";
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim());
  const unit = SIZES[match?.[2]?.toLowerCase() ?? "none"];
  const size = Number(match?.[1]) * (unit ?? Number.NaN);
  if (!(size >= LEAST_MEMORY)) throw new InvalidInputError({ who: flag, expected, got: JSON.stringify(text) });
  return size;
}

/** `8` for both sides, or `8,16` for inputs and outputs. */
export function binsOption(text: string, flag: string): BinsSpec {
  const parts = list(text, flag, "bins, such as 8, or 8,16 for inputs and outputs");
  if (parts.length > 2) {
    throw new InvalidInputError({ who: flag, expected: "bins, such as 8, or 8,16 for inputs and outputs", got: text });
  }
  const [input, output] = parts as [number, number?];
  return validBins(output === undefined ? input : { input, output }, flag);
}

/** `low,high`. */
export function rangeOption(text: string, flag: string): Range {
  const parts = list(text, flag, "a range, such as -1,1");
  return validRange(parts as unknown as Range, flag);
}

/** `3`: seeds 0, 1, 2. `0,1,5`: those; `5,`: that one. */
export function seedsOption(text: string, flag: string): number[] {
  if (text.includes(",")) return list(text.replace(/,\s*$/, ""), flag, "seeds, such as 3 (0, 1 and 2) or 0,1,5");
  const expected = `a number of seeds from 1 to ${MAX_SEEDS}, or a list of seeds such as 0,1,5`;
  const count = numberOption(text, flag, expected);
  if (!Number.isInteger(count) || count < 1 || count > MAX_SEEDS)
    throw new InvalidInputError({
      ...{ who: flag, expected, got: text },
      ...(count === 0 && { remedy: "For seed 0 alone, use 0, with a comma." }),
    });
  return Array.from({ length: count }, (_, seed) => seed);
}

/** `sqrt:51`, `sqrt51`, or `0,1,5`. */
export function scheduleOption(text: string, flag: string): string | number[] {
  const [, count] = /^sqrt:?(\d+)$/.exec(text.trim()) ?? [];
  if (count !== undefined) return `sqrt:${count}`;
  return list(text, flag, "sqrt:N, such as sqrt:51, or epochs with commas between, such as 0,1,5");
}

/** `zscore`, `minmax` or `none`. */
export function scaleOption(text: string, flag: string): Scale {
  return validScale(text as Scale, flag);
}

/** `4-5-5-3`. */
export function widthsOption(text: string, flag: string): number[] {
  const expected = "widths separated by hyphens, such as 4-5-5-3";
  return text.split("-").map((part) => {
    if (!/^\d+$/.test(part)) throw new InvalidInputError({ who: flag, expected, got: JSON.stringify(text) });
    return Number(part);
  });
}

/** `4,8,16,32`: each at most once. */
export function sweepOption(text: string, flag: string): number[] {
  const bins = list(text, flag, "numbers of bins, such as 4,8,16,32");
  for (const each of bins) validBins(each, flag);
  if (new Set(bins).size < bins.length) {
    throw new InvalidInputError({ who: flag, expected: "different numbers of bins", got: text });
  }
  return bins;
}

/** `eiParts,sensitivity`, however they are written: `EI_parts`. */
export function measuresOption(text: string): MeasureName[] {
  const names = text.split(",").map((part) => part.trim().replace(/[-_]/g, "") || part);
  return someOf(names.join(","), MEASURES, "--measures");
}

/** `1,3,224,224`, or with the input's name: `image=1,3,224,224`; several with semicolons. */
export function inputShapeOption(text: string): Record<string, number[]> {
  const shapes = text.split(";").map((part) => {
    const at = part.lastIndexOf("=");
    const sizes = list(part.slice(at + 1), "--input-shape", "sizes, such as 1,3,224,224");
    if (!sizes.every((size) => Number.isSafeInteger(size) && size >= 1)) {
      throw new InvalidInputError({ who: "--input-shape", expected: "sizes, whole numbers of at least 1", got: text });
    }
    return [at < 0 ? "" : part.slice(0, at).trim(), sizes] as const;
  });
  return Object.fromEntries(shapes);
}

/** `zero`, `middle` or a number. */
export function restOption(text: string, flag: string): number | "middle" {
  if (text === "zero" || text === "middle") return text === "zero" ? 0 : text;
  return numberOption(text, flag, "zero, middle or a number");
}

/** `zero`, `mean` … or a number. */
export function nameOrNumberOption(text: string, flag: string, names: readonly string[]): string | number {
  return names.includes(text) ? text : numberOption(text, flag, `${names.join(", ")} or a number`);
}

/** `0,1>2;0>0,1`: inputs > outputs, positions from 0, pairs of groups with semicolons between. */
export function groupsOption(text: string, flag: string): UnitGroups[] {
  const expected = "inputs > outputs by position, such as '0,1>2;0>0,1'";
  return text.split(";").map((pair) => {
    const sides = pair.split(">").map((side) => side.split(",").map((unit) => unit.trim()));
    if (sides.length !== 2 || !sides.flat().every((unit) => /^\d{1,9}$/.test(unit))) {
      throw new InvalidInputError({ who: flag, expected, got: JSON.stringify(text) });
    }
    const [inputs, outputs] = sides.map((side) => side.map(Number)) as [number[], number[]];
    for (const units of [inputs, outputs]) {
      const again = units.find((unit, at) => units.indexOf(unit) < at);
      if (again !== undefined) {
        throw new InvalidInputError({
          who: flag,
          expected: "each unit once in a group",
          got: `${again} twice in ${pair}`,
        });
      }
    }
    return { inputs, outputs };
  });
}

/** `relu`: one for all; `relu,clip(0,6),identity` or `relu,`: one per layer. Whether they are activations is for the reader to say. */
export function activationOption(text: string, flag: string): string | string[] {
  // Commas within brackets are between parameters.
  const names = text.split(/,(?![^(]*\))/).map((name) => name.trim());
  if (names.length > 1 && names.at(-1) === "") names.pop();
  else if (names.length === 1 && names[0] !== "") return names[0]!;
  if (names.every((name) => name !== "")) return names;
  throw new InvalidInputError({
    who: flag,
    expected: "activations, such as relu or relu,tanh",
    got: JSON.stringify(text),
  });
}

function list(text: string, flag: string, expected: string): number[] {
  return text.split(",").map((part) => {
    if (!NUMBER.test(part.trim())) throw new InvalidInputError({ who: flag, expected, got: JSON.stringify(text) });
    return Number(part);
  });
}
