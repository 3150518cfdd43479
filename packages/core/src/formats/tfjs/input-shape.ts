/** The shape of a network's input: what the file says, and what the caller adds where it says nothing. */
import { check, checkFile } from "../../checks/check.ts";
import type { OpenShape } from "../../model/graph.ts";
import { type GivenShapes, givenShape } from "../input-shapes.ts";
import { openShapeOf, sizesText } from "./checked.ts";

/**
 * @param stated What the file has: sizes, null or −1 for open ones; nothing where all is open.
 * @throws FormatError for a stated shape that is none, or no shape at all.
 * @throws InvalidInputError for a given shape that is none, or another than the file's.
 */
export function inputShape(name: string, stated: unknown, given: GivenShapes, who: string): OpenShape {
  const at = `${who}: input "${name}"`;
  const shape = stated === undefined || stated === null ? undefined : openShapeOf(stated, at);
  const wanted = givenShape(given, name);
  if (wanted === undefined) {
    checkFile(shape !== undefined, () => ({
      who: at,
      expected: "a shape",
      got: "none in the file",
      remedy: "Give the shape of the input.",
    }));
    return shape;
  }
  const valid = wanted.length > 0 && wanted.every((size) => Number.isSafeInteger(size) && size >= 1);
  const fits = shape?.every((size, axis) => axis === 0 || size === undefined || size === wanted[axis]) ?? true;
  check(valid && fits && (shape === undefined || shape.length === wanted.length), () => ({
    who: at,
    expected:
      shape === undefined ? "sizes of at least 1, with the batch first" : `a shape that fits ${sizesText(shape)}`,
    got: sizesText(wanted),
  }));
  return wanted;
}
