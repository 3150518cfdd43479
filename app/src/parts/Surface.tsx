/** Data of two features, and what the network makes of them. */
import { type SurfacePicture, type SurfaceView, surfaceView } from "@causalscope/report/views";
import { useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Examples, SurfaceAt } from "../engine/protocol.ts";
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

function surfacePicture(
  { train, test, classes }: { train: Examples; test: Examples; classes: readonly string[] },
  at: SurfaceAt | undefined,
): SurfacePicture {
  const points = [
    ...pointsOf(train, false),
    // XOR learns from the very points that test it.
    ...(test.inputs === train.inputs || test.rows === train.rows ? [] : pointsOf(test, true)),
  ];
  const range = at?.range ?? [0, 1];
  const outputs = at?.units.at(-1);
  const decided = (k: number) =>
    outputs === undefined ? 0 : outputs.length > 1 ? outputs[1]![k]! - outputs[0]![k]! : 2 * outputs[0]![k]! - 1;
  return {
    x: range,
    y: range,
    xName: "first feature",
    yName: "second feature",
    ...(at !== undefined && { field: upright(at.size, decided) }),
    points,
    classes: classes.length > 0 ? classes : ["class 0", "class 1"],
  };
}

function pointsOf({ inputs, labels, rows }: Examples, test: boolean) {
  const every = Math.max(1, Math.ceil(rows / MOST_POINTS));
  return Array.from({ length: Math.ceil(rows / every) }, (_, k) => {
    const row = k * every;
    return { x: inputs[2 * row]!, y: inputs[2 * row + 1]!, label: labels[row]!, test };
  });
}
