/** Shapes that a caller gives for inputs whose sizes a file leaves open. */
import { check } from "../checks/check.ts";
import type { GraphInput } from "../model/graph.ts";
import { shown } from "./json-values.ts";

/** Whole shapes, batch included, by the inputs' names; "" stands for the only input. */
export type GivenShapes = Readonly<Record<string, readonly number[]>>;

/** What is given for an input, if anything. */
export function givenShape(given: GivenShapes, name: string): readonly number[] | undefined {
  return [name, ""].flatMap((key) => (Object.hasOwn(given, key) ? [given[key]] : []))[0];
}

/** @throws InvalidInputError for the shape of an input that is not there, and one without a name where there are several inputs. */
export function requireShapesOfInputs(
  given: GivenShapes,
  inputs: readonly Pick<GraphInput, "name">[],
  who: string,
): void {
  const names = inputs.map(({ name }) => name);
  const isOnly = names.length === 1;
  const extra = Object.keys(given).find((name) => !names.includes(name) && !(name === "" && isOnly));
  check(extra === undefined, () => ({
    who,
    expected: `shapes of ${names.map((name) => JSON.stringify(name)).join(", ")}`,
    got: extra === "" ? "a shape without a name" : shown(extra),
    remedy: "Give each shape in `inputShapes` the name of its input.",
  }));
}
