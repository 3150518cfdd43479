/** Options of studies over a grid, checked. */
import { InvalidInputError } from "@causalscope/core/errors";

export type Who<Options> = (option: keyof Options) => string;

/** The given options over the defaults; a value that is undefined is not given. */
export function withDefaults<Options extends object>(defaults: Options, given: Partial<Options>): Options {
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { ...defaults, ...set };
}

export function requireOption(ok: boolean, who: string, expected: string, got: unknown): void {
  if (!ok) throw new InvalidInputError({ who, expected, got: JSON.stringify(got) ?? "nothing" });
}

/** @throws InvalidInputError unless all are whole, within the limits, and none twice. */
export function requireWholes(values: unknown, least: number, most: number, who: string): void {
  const ok =
    Array.isArray(values) &&
    values.length > 0 &&
    new Set(values).size === values.length &&
    values.every((value) => isWhole(value, least, most));
  requireOption(ok, who, `at least one whole number from ${least} to ${most}, none twice`, values);
}

export function requireWhole(value: unknown, least: number, most: number, who: string): void {
  requireOption(isWhole(value, least, most), who, `a whole number from ${least} to ${most}`, value);
}

export function requirePositive(value: unknown, who: string): void {
  requireOption(isPositive(value), who, "a finite number above 0", value);
}

export function isPositive(value: unknown): value is number {
  return typeof value === "number" && value > 0 && value < Infinity;
}

export function isWhole(value: unknown, least: number, most: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
}
