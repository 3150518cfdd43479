/** Data of two features, and what the network makes of them. */
import { type Field, type SurfacePicture, type SurfaceView, surfaceView } from "@causalscope/report/views";
import { useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Examples, ExamplesOf, SurfaceAt } from "../engine/protocol.ts";
import { examples, surface } from "../state/network.ts";
import { register } from "../state/pictures.ts";
import { examplesTable } from "../state/tables.ts";
import { theme } from "../state/theme.ts";
import { upright } from "./heat.ts";

export function Surface() {
  const host = useRef<HTMLDivElement>(null);
  const drawing = useRef<SurfaceView | undefined>(undefined);
  useSignalEffect(() => {
    const given = examples.value;
    const at = surface.value;
    void theme.value;
    if (given === undefined || host.current === null) return;
    const picture = surfacePicture(given, at);
    if (drawing.current === undefined) drawing.current = surfaceView(host.current, { picture, height: 250 });
    else drawing.current.show(picture);
  });
  useEffect(() => {
    const unregister = register({
      name: "data",
      title: "Data and decision",
      svg: () => drawing.current!.svg(),
      table: () => examplesTable(examples.peek()),
    });
    return () => {
      unregister();
      drawing.current?.destroy();
    };
  }, []);
  return (
    <div class="card">
      <h3>Data, and what the network makes of it</h3>
      <div class="surface-host" ref={host} />
    </div>
  );
}

/** More points than this hide one another. */
const MOST_POINTS = 400;

function surfacePicture({ train, test, classes, columns }: ExamplesOf, at: SurfaceAt | undefined): SurfacePicture {
  const range = at?.range ?? [0, 1];
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
