/** Examples of two features as they would be learned: so that noise and sample are seen before training. */
import { type SurfaceView, surfaceView } from "@causalscope/report/views";
import { useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { examples } from "../state/data.ts";
import { surfacePicture } from "./surface-picture.ts";

export function Preview() {
  const host = useRef<HTMLDivElement>(null);
  const drawing = useRef<SurfaceView | undefined>(undefined);
  useSignalEffect(() => {
    const found = examples.value?.examples;
    if (found === undefined || host.current === null) return;
    const picture = surfacePicture(found);
    if (drawing.current === undefined) drawing.current = surfaceView(host.current, { picture, height: 200 });
    else drawing.current.show(picture);
  });
  useEffect(() => () => drawing.current?.destroy(), []);
  return <div class="wide preview" ref={host} />;
}
