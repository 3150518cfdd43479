/** Data of two features, and what the network makes of them. */
import { type SurfaceView, surfaceView } from "@causalscope/report/views";
import { useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { examples, surface } from "../state/network.ts";
import { register } from "../state/pictures.ts";
import { examplesTable } from "../state/tables.ts";
import { surfacePicture } from "./surface-picture.ts";

export function Surface() {
  const host = useRef<HTMLDivElement>(null);
  const drawing = useRef<SurfaceView | undefined>(undefined);
  useSignalEffect(() => {
    const given = examples.value;
    const at = surface.value;
    if (given === undefined || host.current === null) return;
    const picture = surfacePicture(given, at);
    if (drawing.current === undefined) drawing.current = surfaceView(host.current, { picture });
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
