/** Checks that many functions share: what holds is passed over, and what does not is an error in four parts. */
import { FormatError, InvalidInputError, type Problem, TooMuchError } from "./error-classes.ts";
import { shownInput } from "./schema/parse.ts";

/** The kind of error to throw. Default: InvalidInputError; of a file, FormatError. */
type ErrorKind = new (problem: Problem) => Error;

/**
 * @param problem What is wrong where `ok` is not true; as a function, made only then.
 * @throws InvalidInputError, or the kind that is given, unless `ok`.
 */
export function check(
  ok: boolean,
  problem: Problem | (() => Problem),
  Kind: ErrorKind = InvalidInputError,
): asserts ok {
  if (!ok) throw new Kind(typeof problem === "function" ? problem() : problem);
}

/** As `check`, of what a file holds. @throws FormatError unless `ok`. */
export function checkFile(ok: boolean, problem: Problem | (() => Problem)): asserts ok {
  check(ok, problem, FormatError);
}

/** As `check`, of what could be done but would take too much. @throws TooMuchError unless `ok`. */
export function checkLimit(ok: boolean, problem: Problem | (() => Problem)): asserts ok {
  check(ok, problem, TooMuchError);
}

/** The first value that is there twice; undefined where each is there once. */
export function repeated<T>(values: Iterable<T>): T | undefined {
  const seen = new Set<T>();
  for (const value of values) {
    if (seen.has(value)) return value;
    seen.add(value);
  }
  return undefined;
}

/**
 * @param what What the names are of: "layers". @param shown How a name is shown.
 * @throws InvalidInputError, or the kind that is given, for a name that is there twice.
 */
export function requireUnique(
  names: Iterable<string | number>,
  who: string,
  what: string,
  Kind: ErrorKind = InvalidInputError,
): void {
  const twice = repeated(names);
  if (twice !== undefined) throw new Kind({ who, expected: `unique ${what}`, got: `${shownInput(twice)} twice` });
}

/** @param what What is in it: "counts". @throws InvalidInputError for what is neither an array nor a typed array. */
export function requireList(values: unknown, who: string, what: string): asserts values is ArrayLike<unknown> {
  const isList = Array.isArray(values) || (ArrayBuffer.isView(values) && "length" in values);
  check(isList, () => ({ who, expected: `${what}, in an array or a typed array`, got: shownInput(values) }));
}

/**
 * @param positionOf How a position is written, such as `[2][0]` of a matrix. Default: the number.
 * @throws InvalidInputError, or the kind that is given, for a value that is not a finite number, with its position.
 */
export function requireFinite(
  values: ArrayLike<number>,
  who: string,
  Kind: ErrorKind = InvalidInputError,
  positionOf: (at: number) => string = String,
): void {
  for (let at = 0; at < values.length; at++) {
    if (Number.isFinite(values[at])) continue;
    throw new Kind({ who, expected: "finite numbers", got: `${shownInput(values[at])} at ${positionOf(at)}` });
  }
}

/**
 * @param what What they are: "labels, one for each sample".
 * @throws InvalidInputError, or the kind that is given, for a list of another length, and for what is no list.
 */
export function requireCount(
  values: ArrayLike<unknown>,
  count: number,
  who: string,
  what: string,
  Kind: ErrorKind = InvalidInputError,
): void {
  const length: unknown = values?.length;
  if (length === count) return;
  const got = typeof length === "number" && typeof values !== "string" ? `${length}` : shownInput(values);
  throw new Kind({ who, expected: `${count} ${what}`, got });
}

/**
 * How many classes there are: one more than the greatest label.
 *
 * @param most Labels are below it. Default: as many as fit.
 * @throws InvalidInputError for a label that is not a whole number from 0, or not below `most`.
 */
export function countClasses(labels: ArrayLike<number>, who: string, most = Number.MAX_SAFE_INTEGER): number {
  requireList(labels, who, "labels");
  let classes = 0;
  for (let at = 0; at < labels.length; at++) {
    const label = labels[at]!;
    if (!Number.isSafeInteger(label) || label < 0 || label >= most) {
      const limit = most === Number.MAX_SAFE_INTEGER ? "" : ` to ${(most - 1).toLocaleString("en")}`;
      throw new InvalidInputError({
        who,
        expected: `labels, whole numbers from 0${limit}`,
        got: `${shownInput(label)} at ${at}`,
      });
    }
    if (label >= classes) classes = label + 1;
  }
  return classes;
}
