/** The evidence for a wire: its response, its joint distribution, and what another weight would do. */
import { type EdgePicture, type EdgeView, edgeView } from "@causalscope/report/views";
import { useComputed, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { EdgeAt } from "../engine/protocol.ts";
import { edge, edgeProblem, wire } from "../state/network.ts";
import { register } from "../state/pictures.ts";
import { jointTable } from "../state/tables.ts";
import { theme } from "../state/theme.ts";
import * as view from "../state/view.ts";
import { signed } from "./values.ts";
import { WeightWhatIf } from "./WhatIf.tsx";

export function Evidence() {
  const host = useRef<HTMLDivElement>(null);
  const drawing = useRef<EdgeView | undefined>(undefined);
  const picked = wire.value;
  const found = useComputed(() => edge.value);
  useSignalEffect(() => {
    const at = edge.value;
    void theme.value;
    if (host.current === null) return;
    drawing.current ??= edgeView(host.current, { height: 165 });
    drawing.current.show(at && edgePicture(at));
  });
  useEffect(() => {
    const unregister = register({
      name: "wire",
      title: "Evidence of the wire",
      svg: () => drawing.current!.svg(),
      table: () => jointTable(edge.peek()),
    });
    return () => {
      unregister();
      drawing.current?.destroy();
    };
  }, []);
  if (picked === undefined) return null;
  const at = found.value;
  return (
    <section class="card" aria-label="Evidence for the wire">
      <div class="bar">
        <h3>
          L{picked.layer + 1}: {picked.from + 1} → {picked.to + 1}
        </h3>
        <span class="muted num">
          {at === undefined ? (edgeProblem.value ?? "…") : `weight ${signed(at.weight.toFixed(3))}`}
        </span>
        <span class="grow" />
        {view.state.value?.pinned?.kind === "wire" && (
          <button type="button" aria-label="Unpin" title="Unpin (Esc)" onClick={() => view.pin(undefined)}>
            ×
          </button>
        )}
      </div>
      <div class="edge-host" ref={host} />
      {at !== undefined && (
        <p class="bar num">
          <span>
            sensitivity <strong>{at.sensitivity.toFixed(3)}</strong> bit exact
          </span>
          <span class="grow" />
          <span>
            EI_parts <strong>{at.eiParts.toFixed(4)}</strong> bit exact
          </span>
        </p>
      )}
      {at !== undefined && <WeightWhatIf at={at} />}
    </section>
  );
}

function edgePicture({ layer, inputRange, outputRange, response, joint, shape }: EdgeAt): EdgePicture {
  return {
    layer,
    inputRange,
    outputRange,
    response: { inputs: response.x, outputs: response.y },
    held: "others at 0",
    joint: Array.from({ length: shape[0] }, (_, i) => joint.subarray(i * shape[1], (i + 1) * shape[1])),
    noise: "all in noise",
  };
}
