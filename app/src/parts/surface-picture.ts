/** Data of two features as a picture, with what a network makes of the plane where there is one. */
import type { Field, SurfacePicture } from "@causalscope/report/views";
import type { Examples, ExamplesOf, SurfaceAt } from "../engine/protocol.ts";
import { upright } from "./heat.ts";

/** More points than this hide one another. */
const MOST_POINTS = 400;

/** Without a network the plane reaches as far as the data do, and from 0 to 1 at the least. */
export function surfacePicture({ train, test, classes, columns }: ExamplesOf, at?: SurfaceAt): SurfacePicture {
  const range = at?.range ?? [extent(train, test, Math.min, 0), extent(train, test, Math.max, 1)];
  return {
    x: range,
    y: range,
    xName: columns[0] ?? "first feature",
    yName: columns[1] ?? "second feature",
    ...(at !== undefined && { field: decision(at) }),
    points: [...pointsOf(train, false), ...(isSame(train, test) ? [] : pointsOf(test, true))],
    classes: classes.length > 0 ? classes.map(classText) : ["class 0", "class 1"],
  };
}

/** XOR learns from the very points that test it. */
function isSame(train: Examples, test: Examples): boolean {
  return train.rows === test.rows && train.inputs.every((value, at) => value === test.inputs[at]);
}

/** A class that is a number alone says what it is. */
const classText = (name: string) => (/^-?\d+$/.test(name) ? `class ${name}` : name);

/** What the network decides over the plane: of two classes, which and how clearly; of more, the class and how far it is ahead. */
function decision({ size, units }: SurfaceAt): Field {
  const outputs = units.at(-1)!;
  if (outputs.length === 1) return upright(size, (at) => 2 * outputs[0]![at]! - 1);
  if (outputs.length === 2) return upright(size, (at) => outputs[1]![at]! - outputs[0]![at]!);
  const ahead = (at: number) => {
    const sorted = outputs.map((values, unit) => ({ unit, value: values[at]! })).sort((a, b) => b.value - a.value);
    return { unit: sorted[0]!.unit, by: sorted[0]!.value - sorted[1]!.value };
  };
  return { ...upright(size, (at) => ahead(at).by), classes: upright(size, (at) => ahead(at).unit).values };
}

function pointsOf({ inputs, labels, rows }: Examples, test: boolean) {
  const every = Math.max(1, Math.ceil(rows / MOST_POINTS));
  return Array.from({ length: Math.ceil(rows / every) }, (_, k) => {
    const row = k * every;
    return { x: inputs[2 * row]!, y: inputs[2 * row + 1]!, label: labels[row]!, test };
  });
}

function extent(train: Examples, test: Examples, most: (a: number, b: number) => number, start: number): number {
  let found = start;
  for (const { inputs } of [train, test]) for (const value of inputs) found = most(found, value);
  return found;
}
